"""Stock `dumpdata` and `loaddata` carry everything to another database and back, change history included."""

from __future__ import annotations

import contextlib
import datetime
import io
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connections, models
from django.db.backends.sqlite3.base import DatabaseWrapper

from initiatives.loading import uploads
from initiatives.models import (
    Assignment,
    FollowUpPlan,
    FormerAddress,
    Initiative,
    Load,
    LoadConflict,
    Merge,
    Report,
    Review,
    Role,
    SavedFilter,
)
from initiatives.recording import actions
from tests import make, template
from tests.every_model import MAKERS
from tests.search.index import assert_index_is_right, assert_postings_are_right

pytestmark = pytest.mark.django_db(transaction=True)

Rows = dict[str, list[dict[str, Any]]]

# Every database makes these for itself.
EXCLUDED = [
    "contenttypes",
    "auth.permission",
    "sessions",
    "initiatives.datachange",
    "initiatives.dataversion",
    "initiatives.searchposting",
]


@contextlib.contextmanager
def sqlite_file(path: Path) -> Iterator[None]:
    """Work on another database: an SQLite file in the place of the test's own."""
    config = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}
    own = connections["default"]
    connections["default"] = DatabaseWrapper(
        connections.configure_settings({"default": config})["default"], "default"
    )
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = own
        ContentType.objects.clear_cache()


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """An SQLite file with all tables and no rows."""
    path = tmp_path / "other.sqlite3"
    template.copy_to(path)
    return path


def dump(*options: str, form: str = "json", exclude: Sequence[str] = EXCLUDED) -> str:
    text = io.StringIO()
    call_command(
        "dumpdata", "--natural-foreign", *options, format=form, exclude=exclude, stdout=text
    )
    return text.getvalue()


def load(text: str, folder: Path, form: str = "json") -> None:
    path = folder / f"dump.{form}"
    path.write_text(text, encoding="utf-8")
    call_command("loaddata", str(path), verbosity=0)


def our_models() -> list[type[models.Model]]:
    """Users and everything of ours, with the links of many-to-many fields."""
    ours = apps.get_app_config("initiatives").get_models(include_auto_created=True)
    return [User, *(model for model in ours if model._meta.label_lower not in EXCLUDED)]


def rows(form: str) -> Rows:
    """Every row of every model as plain values, numbers of rows included, as far as a format of dumps can tell them."""
    # JSON has milliseconds, by the rule of ECMA-262 that Django keeps.
    known_to_the = "milliseconds" if form == "json" else "microseconds"

    def plain(value: Any) -> Any:
        if isinstance(value, datetime.datetime):
            return value.isoformat(timespec=known_to_the)
        if isinstance(value, memoryview):
            return bytes(value)
        return str(value) if isinstance(value, Decimal) else value

    def values(model: type[models.Model]) -> list[dict[str, Any]]:
        if not model._meta.auto_created:
            return list(model._base_manager.order_by("pk").values())
        # A link of a many-to-many field has no number that anything refers to.
        ends = [field.attname for field in model._meta.concrete_fields[1:]]
        return list(model._base_manager.order_by(*ends).values(*ends))

    return {
        model._meta.label: [{k: plain(v) for k, v in row.items()} for row in values(model)]
        for model in our_models()
    }


def compare(after: Rows, before: Rows) -> None:
    for label, expected in before.items():
        assert after[label] == expected, label


def fill() -> None:
    """Rows of every model, in every state that refers to another row."""
    clerk = User.objects.create_superuser("clerk", password="only-for-tests")
    uz, jp = make.participant("uz", name="O‘zbekiston"), make.participant("jp", name="日本")
    dialogue = make.dialogue("ca-jp", members=[uz, jp], launched_on="2004-08")
    meeting = make.meeting("fm-8", dialogue=dialogue, number=8, attended_by=[uz, jp], host=jp)
    # The translation has the lower number: its original comes after it in the file.
    translation = make.report("statement-en", issued_by=[uz, jp], meeting=meeting)
    original = make.report("statement-ja", language="ja", published_on="2022-04", kind="statement")
    Report.objects.get(pk=translation.pk).save()
    translation.translation_of = original
    translation.save()
    themes = [make.theme("education", sdgs=[4, 9]), make.theme("water", sdgs=[])]
    university = make.initiative(
        "university", raised_at=meeting, themes=themes, proposers=[uz], due_on="2023"
    )
    actions.record_mention(
        by=clerk,
        initiative=university,
        report=original,
        act="adopted",
        participants=[uz, jp],
        quote="大学\n“no more\tthan that” \u2028 🏛",
        quote_language="ja",
    )
    first = make.update(initiative=university, by=clerk, report=original, on="2022")
    second = make.update(initiative=university, by=clerk, corrects=first, status="delivered")
    make.update(initiative=university, by=clerk, corrects=second, publication="draft")
    mention = make.mention(initiative=university, report=translation)
    make.mention(initiative=university, report=translation, corrects=mention, participants=[jp])
    withdrawn = make.update(initiative=university, participant=uz, on=None)
    actions.withdraw(by=clerk, entry=withdrawn, reason="Of another university.")
    draft = make.initiative("draft", publication="draft", dialogue=dialogue)
    lineage = make.lineage(earlier=university, later=draft)
    statement = make.line("We met.\n再会", meeting=meeting, kind="statement", by=[uz, jp])
    delegate = make.delegate(attendance=meeting.attendances.all()[0], is_head=True)
    target = make.target(initiative=university, value=Decimal("0.0001"))
    make.reading(target, 10**19)
    discrepancy = make.discrepancy(dialogue=dialogue, meeting=meeting, initiative=university)
    cited: dict[str, Any] = {
        "line": statement,
        "delegate": delegate,
        "dialogue": dialogue,
        "membership": dialogue.memberships.all()[0],
        "meeting": meeting,
        "attendance": meeting.attendances.all()[0],
        "role": university.roles.get(),
        "lineage": lineage,
        "target": target,
        "status_update": second,
        "discrepancy": discrepancy,
    }
    for name, subject in cited.items():
        make.citation(report=original, **{name: subject})
    for maker in MAKERS.values():
        maker()
    Assignment.objects.create(user=clerk, dialogue=dialogue)
    FollowUpPlan.objects.create(initiative=university, responsible=clerk, notes="Ask.")
    FormerAddress.objects.create(kind="participant", key="jpn", leads_to="jp")
    Merge.objects.create(kind="participant", kept=jp.pk, gone=10**9, key="jpn", by=clerk)
    SavedFilter.objects.create(
        user=clerk, of_list="initiatives.initiative", name="Late", query="flag=overdue"
    )
    Review.objects.create(ref="initiative/draft/1", initiative=draft, asked_by=clerk)
    LoadConflict.objects.create(source="r", kind="theme", key="water", fields=[{"field": "name"}])
    loaded = Load.objects.create(loaded_by=clerk, files=[{"name": "report.yaml"}])
    loaded.versions.create(kind="theme", row=1, version=1)
    loaded.replaced_facts.create(source="r", kind="theme", key="water", values={"name": "Wa"})
    uploads.store([("report.yaml", bytes(range(256)))], by=clerk)
    university.title = "Central Asian Digital University"
    university.save()
    university.themes.set(themes[:1])


def fill_and_delete() -> None:
    """The history of rows that are gone, of which some are references of other history."""
    fill()
    gone = make.initiative("gone", themes=[make.theme("gone")], proposers=[make.participant("xx")])
    role = make.role(initiative=gone)
    participant, theme = role.participant, gone.themes.get()
    gone.themes.clear()
    for row in (*Role.objects.filter(initiative=gone), gone, participant, theme):
        row.delete()
    assert not Initiative.objects.filter(slug="gone").exists()


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_everything_comes_back_from_another_database(
    form: str, other: Path, tmp_path: Path
) -> None:
    fill_and_delete()
    before = rows(form)
    assert all(before.values())
    text = dump(form=form)
    with sqlite_file(other):
        load(text, tmp_path, form)
        compare(rows(form), before)
        assert_postings_are_right()
        text = dump(form=form)
    call_command("flush", interactive=False, verbosity=0)
    assert not Initiative.history.exists()
    load(text, tmp_path, form)
    compare(rows(form), before)


@pytest.mark.parametrize("form", ["jsonl", "xml"])
def test_formats_that_would_lose_the_history_are_refused(form: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Dumps are JSON or YAML"):
        dump(form=form)
    with pytest.raises(ImportError, match="Dumps are JSON or YAML"):
        load("", tmp_path, form)


def history_models() -> list[str]:
    ours = apps.get_app_config("initiatives").get_models(include_auto_created=True)
    return [m._meta.label for m in ours if m.__name__.startswith("Historical")]


def dump_by_name() -> str:
    """Everything but the change history, and no number of a row."""
    return dump("--natural-primary", exclude=[*EXCLUDED, *history_models()])


def test_a_dump_by_natural_keys_comes_back_under_other_numbers(other: Path, tmp_path: Path) -> None:
    fill()
    text = dump_by_name()
    assert '"pk"' not in text
    with sqlite_file(other):
        for _ in range(3):
            make.initiative(themes=[make.theme()], proposers=[make.participant()])
        # Both have the roles, unless a test has emptied the one before.
        expected = sorted({*in_order(dump_by_name()), *in_order(text)})
        for _again in range(2):
            load(text, tmp_path)
            # The second time each row is found by its natural key.
            assert in_order(dump_by_name()) == expected
        assert actions.refresh(Initiative.objects.values_list("pk", flat=True)) == 0
        assert_index_is_right()


def in_order(text: str) -> list[str]:
    # Django writes milliseconds where a time has microseconds, though there be none of them.
    rows = json.loads(text.replace(".000Z", "Z"))
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def test_loading_adds_no_versions_of_its_own(other: Path, tmp_path: Path) -> None:
    initiative = Initiative.objects.bulk_create(
        [Initiative(slug="bulk", title="Bulk", dialogue=make.dialogue())]
    )[0]
    Initiative.themes.through.objects.create(initiative=initiative, theme=make.theme())
    text = dump()
    with sqlite_file(other):
        load(text, tmp_path)
        loaded = Initiative.objects.get()
        assert loaded.themes.exists()
        assert not Initiative.history.exists()
        # Later changes are kept again.
        loaded.themes.clear()
        assert Initiative.history.count() == 1


def test_a_reference_to_a_row_that_is_gone_keeps_its_number(other: Path, tmp_path: Path) -> None:
    role = make.role()
    gone = role.participant_id
    role.delete()
    role.participant.delete()
    text = dump()
    with sqlite_file(other):
        load(text, tmp_path)
        assert set(Role.history.values_list("participant_id", flat=True)) == {gone}
