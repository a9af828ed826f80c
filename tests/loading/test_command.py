"""What load_report prints, as text and as JSON, and what it says when the database will not have it."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from initiatives.loading import apply
from initiatives.loading.plan import make_plan
from initiatives.loading.plan_types import Plan
from initiatives.models import Initiative, Participant, Report, StatusUpdate, Target
from initiatives.recording import actions
from tests.report_files import FULL, VOCABULARY, report, row_counts

pytestmark = pytest.mark.django_db

FILE = report(body=FULL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "vocabulary.yaml").write_text(VOCABULARY)
    (tmp_path / "statement.yaml").write_text(FILE)
    return tmp_path


def run(folder: Path, **options: Any) -> str:
    output = io.StringIO()
    call_command("load_report", str(folder), stdout=output, **options)
    return output.getvalue()


def change_both(folder: Path) -> None:
    """Staff and the file change the title, and the file alone the target."""
    Initiative.objects.update(title="[Staff’s] title")
    file = folder / "statement.yaml"
    file.write_text(FILE.replace("Digital university", "Digital academy").replace("600", "700"))


def test_the_plan_names_what_is_new_and_counts_it(folder: Path) -> None:
    output = run(folder)
    assert "+ initiative university  “Digital university”" in output
    assert "27 new and 0 changed written in" in output
    assert run(folder).splitlines()[-1] == "0 changes."


def test_a_brief_plan_counts_what_is_new_and_tells_changes_in_full(folder: Path) -> None:
    new, written = run(folder, brief=True).splitlines()
    assert new.startswith("2 files; new: ")
    assert "1 initiative" in new
    assert written.startswith("27 new and 0 changed written in")
    assert run(folder, brief=True).splitlines() == ["2 files", "0 changes."]
    change_both(folder)
    output = run(folder, brief=True)
    assert "~ target university/students\n    value: “600” → “700”" in output
    assert "! initiative university" in output
    assert "1 in conflict" in output


def test_the_plan_shows_changes_and_conflicts_field_by_field(folder: Path) -> None:
    run(folder)
    change_both(folder)
    output = run(folder)
    assert "~ target university/students\n    value: “600” → “700”" in output
    assert (
        "! initiative university  “Digital academy”\n"
        "    title: conflict\n"
        "        last load  “Digital university”\n"
        "        now        “[Staff’s] title”\n"
        "        file       “Digital academy”\n"
    ) in output
    assert "0 new and 2 changed written in" in output
    assert "1 in conflict, left as they stand; --take file or" in output
    assert "1 in conflict" in run(folder)
    assert "“[Staff’s] title” → “Digital academy”" in run(folder, take="file")
    assert run(folder).splitlines()[-1] == "0 changes."


def test_the_plan_says_what_stays_and_what_is_gone(folder: Path) -> None:
    run(folder)
    Initiative.objects.update(title="Staff’s title")
    Target.objects.all().delete()
    shorter = FILE.replace("    roles: {funder: [jp]}\n", "")
    (folder / "statement.yaml").write_text(shorter)
    output = run(folder)
    assert "title: stays “Staff’s title” (the file says “Digital university”)" in output
    assert "= target university/students\n    deleted since it was loaded, on " in output
    assert "? role university/funder/jp\n    no longer in its file; it stays" in output
    Target.objects.all().delete()
    (folder / "statement.yaml").write_text(shorter.replace("600", "700"))
    assert re.search("deleted since it was loaded, on .*, and changed in the file", run(folder))


def test_a_dry_run_says_what_would_be_written(folder: Path) -> None:
    before = row_counts()
    assert "27 new and 0 changed would be written in" in run(folder, dry_run=True)
    assert row_counts() == before


def test_long_lists_are_cut_unless_all_is_asked_for(tmp_path: Path) -> None:
    codes = "\n".join(f"  - {{code: land-{n}, name: Land {n}}}" for n in range(30))
    (tmp_path / "vocabulary.yaml").write_text(f"participants:\n{codes}\n")
    output = run(tmp_path, dry_run=True)
    assert output.count("+ participant land") == 20
    assert "+ and 10 participant more, all new" in output
    assert run(tmp_path, dry_run=True, verbosity=2).count("+ participant land") == 30
    assert run(tmp_path, dry_run=True, verbosity=0) == ""


def test_new_mentions_say_by_whom_they_are_and_citations_come_last(folder: Path) -> None:
    (folder / "statement.yaml").write_text(FILE.replace("    by: [uz]", "    by: all"))
    lines = [line for line in run(folder, dry_run=True).splitlines() if line.startswith("+ ")]
    assert "+ mention statement/university/proposed  “proposed by uz”" in lines
    kinds = [line.split()[1] for line in lines]
    assert kinds.index("citation") == len(kinds) - kinds.count("citation")


def test_json_holds_every_item_with_its_fields(folder: Path) -> None:
    first = json.loads(run(folder, json=True))
    assert (first["files"], first["new"], first["changed"]) == (2, 27, 0)
    assert sum(sum(row.values()) for row in first["counts"].values()) == 27
    assert len(first["items"]) == 27
    assert {item["action"] for item in first["items"]} == {"new"}
    change_both(folder)
    Participant.objects.filter(code="kz").delete()
    plan = json.loads(run(folder, json=True))
    items = {f"{item['kind']} {item['key']}": item for item in plan["items"]}
    assert (plan["new"], plan["changed"]) == (0, 2)
    assert plan["counts"]["initiative"] == {"conflict": 1}
    assert items["initiative university"] == {
        "kind": "initiative",
        "key": "university",
        "title": "Digital academy",
        "action": "conflict",
        "source": "statement",
        "file": str(folder / "statement.yaml"),
        "note": "",
        "follows": False,
        "changes": [],
        "conflicts": [
            {
                "field": "title",
                "base": "Digital university",
                "ours": "[Staff’s] title",
                "theirs": "Digital academy",
                "origin": "",
            }
        ],
        "kept": [],
    }
    assert items["target university/students"]["changes"] == [
        {"field": "value", "base": "600", "ours": "600", "theirs": "700", "origin": ""}
    ]
    assert items["participant kz"]["note"].startswith("deleted since it was loaded, on ")
    assert json.loads(run(folder, json=True, dry_run=True))["changed"] == 0


def moved_while_planned(monkeypatch: pytest.MonkeyPatch, move: Any) -> None:
    """Let somebody else act when the plan is made and nothing is written yet."""

    def and_then(*args: Any, **kwargs: Any) -> Plan:
        plan = make_plan(*args, **kwargs)
        move()
        return plan

    monkeypatch.setattr(apply, "make_plan", and_then)


def test_an_edit_between_plan_and_write_stops_the_load(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder)
    (folder / "statement.yaml").write_text(FILE.replace("Digital university", "Digital academy"))
    moved_while_planned(monkeypatch, lambda: Initiative.objects.update(title="Staff’s title"))
    with pytest.raises(CommandError) as caught:
        run(folder)
    assert str(caught.value) == (
        "1 problem, nothing was written:\n"
        f"  {folder}/statement.yaml: somebody changed university while this load was planned"
        " (nothing was written; load again)"
    )
    # The edit was in the same transaction here, so it is undone with the load.
    assert Initiative.objects.get().title == "Digital university"


@pytest.mark.parametrize("gone", ["row", "reference"])
def test_a_deletion_between_plan_and_write_stops_the_load(
    gone: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder)
    changed = (
        FILE.replace("600", "700")
        + "  - {initiative: university, status: stalled, of: kz, what: Nothing."
    )
    (folder / "statement.yaml").write_text(changed + ", locator: para 9}\n")
    rows = Target.objects.all() if gone == "row" else Participant.objects.filter(code="kz")
    moved_while_planned(monkeypatch, rows.delete)
    with pytest.raises(CommandError, match="while this load was planned"):
        run(folder)
    assert Target.objects.get().value == 600


def test_a_withdrawal_between_plan_and_write_stops_the_load(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(folder)
    (folder / "statement.yaml").write_text(FILE.replace("Building has begun", "Building began"))
    update = StatusUpdate.objects.get(on="2023")
    moved_while_planned(
        monkeypatch, lambda: actions.withdraw(by=None, entry=update, reason="A mistake.")
    )
    with pytest.raises(CommandError, match="somebody changed statement/university/2023"):
        run(folder)
    assert StatusUpdate.objects.count() == 2


@pytest.mark.parametrize("options", [{}, {"dry_run": True}])
def test_a_database_that_is_busy_is_said_to_be_so(
    options: dict[str, bool], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(apply, "make_plan", refuse)
    with pytest.raises(CommandError) as caught:
        run(folder, **options)
    assert "the database refused the load: database is locked (nothing was written; if" in str(
        caught.value
    )


def test_history_names_the_report_and_nobody(folder: Path) -> None:
    run(folder)
    version = Report.objects.get().history.get()
    assert (version.history_change_reason, version.history_user) == ("Loaded from statement", None)


def test_files_without_ids_are_written_with_them_where_somebody_asks(
    folder: Path, tmp_path: Path
) -> None:
    errors = io.StringIO()
    text = FILE.replace("  id: statement\n", "  # to be named\n")
    (folder / "statement.yaml").write_text(text)
    run(folder, dry_run=True, stderr=errors)
    assert "1 file leaves ids out; --write-ids FOLDER" in errors.getvalue()
    to = tmp_path / "named"
    run(folder, write_ids=to, stderr=errors)
    assert [file.name for file in to.iterdir()] == ["statement.yaml"]
    named = "  # to be named\n  id: report-statement-2022-04-17\n  title"
    written = (to / "statement.yaml").read_text()
    assert written == text.replace("  # to be named\n  title", named)
    # In its own place, and nothing else to be done from then on.
    run(folder / "statement.yaml", write_ids=folder)
    assert (folder / "statement.yaml").read_text() == written
    errors = io.StringIO()
    run(folder / "statement.yaml", stderr=errors)
    assert not errors.getvalue()
