"""A load undone: what the public saw is withdrawn, all else is as before, and the mended file loads as new."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from initiatives.loading import undo as undoing
from initiatives.loading.merge import ConflictSide
from initiatives.loading.plan_types import Plan
from initiatives.loading.undo import undo
from initiatives.loading.undo_plan_types import UndoMoved, UndoPlan, UndoRefused
from initiatives.models import (
    Citation,
    Correction,
    Initiative,
    Load,
    LoadConflict,
    LoadedFact,
    Meeting,
    Mention,
    Participant,
    Report,
    Role,
    StatusUpdate,
)
from initiatives.recording.permissions import ADMINISTRATOR
from initiatives.recording.removal import remove
from tests import make
from tests.fields.report_file import full_texts
from tests.people import make_person
from tests.recording.test_removal import tables_with
from tests.report_files import (
    DIALOGUE,
    FULL,
    VOCABULARY,
    actions_of,
    every_model,
    load_texts,
    report,
)
from tests.search.index import stored_index

pytestmark = pytest.mark.django_db

WHY = "It was the wrong document."
MORE = """\
participants:
  - {code: kg, name: Kyrgyzstan}
themes:
  - {id: energy, name: Energy, sdgs: [7]}
"""
FIRST = report("first", DIALOGUE)
# A meeting with lines and delegates, an initiative with everything, a discrepancy, in a dialogue that is there.
RICH = report(
    body=FULL.removeprefix(DIALOGUE)
    .replace("{participant: uz, head", "{participant: kg, delegates: [{name: B. Other}], head")
    .replace("  locator: para 1\nini", "  agenda: [Water, Trade]\n  locator: para 1\nini")
    .replace("themes: [education]", "themes: [education, energy]")
    + """\
discrepancies:
  - id: opening
    topic: When it opened
    initiative: university
    says: In May.
    locator: para 9
""",
)
MENDED = (
    RICH.replace("title: Report statement", "title: The statement")
    .replace("title: Digital university", "title: The university")
    .replace("para 6", "para 5")
    .replace("themes: [education, energy]", "themes: [education]")
    .replace("roles: {funder: [jp]}", "roles: {lead: [uz]}")
    .replace("title: First meeting", "title: 1st meeting")
    .replace("agenda: [Water, Trade]", "agenda: [Water]")
)
CHANGING = report(
    "second",
    """\
dialogues:
  - {id: dialogue, name: The Great Dialogue, purpose: Closer ties., locator: head}
meetings:
  - {id: fm-1, number: 2, city: Tokyo, agenda: [Energy], locator: para 2}
initiatives:
  - id: university
    summary: With walls, after all.
    themes: [water]
    act: supported
    by: [jp]
    locator: para 3
""",
)
APART = (
    *("Load", "LoadedVersion", "ReplacedFact", "DataChange", "DataVersion", "Correction"),
    "SearchPosting",
)

Rows = dict[str, list[dict[str, Any]]]


def state(*left_out: str) -> Rows:
    """Every row but those of histories, of the register and of loads; links without their own numbers.

    Of the index of words what it says.
    """
    rows: Rows = {
        model._meta.label_lower: sorted(
            (
                {k: v for k, v in row.items() if k != "id" or not _is_renumbered(model)}
                for row in model._base_manager.values()
            ),
            key=str,
        )
        for model in every_model()
        if not model.__name__.startswith("Historical") and model.__name__ not in (*APART, *left_out)
    }
    if "SearchText" not in left_out:
        index = sorted(stored_index().items())
        rows["index of words"] = [{"term": term, "found": found} for term, found in index]
    return rows


def _is_renumbered(model: Any) -> bool:
    return bool(model._meta.auto_created) or model is LoadedFact


def differing(before: Rows, after: Rows) -> dict[str, Any]:
    return {
        name: ([r for r in rows if r not in after[name]], [r for r in after[name] if r not in rows])
        for name, rows in before.items()
        if rows != after.get(name, rows)
    }


def undo_last(reason: str = WHY, **options: Any) -> UndoPlan:
    return undo(Load.objects.latest("pk").pk, reason=reason, **options)


def outcome(plan: UndoPlan) -> dict[str, str]:
    """What becomes of rows: ``{"initiative university": "withdrawn"}``."""
    return {
        f"{item.kind} {item.name}": f"{item.action.value}: {item.why}".removesuffix(": ")
        for item in plan.items
    }


def written(plan: Plan) -> dict[str, str]:
    """What a load does, but for what its vocabulary no longer has."""
    return {name: action for name, action in actions_of(plan).items() if action != "gone"}


def loader() -> User:
    """Somebody who may load and not publish."""
    person = make_person()
    person.user_permissions.set(Permission.objects.filter(codename="load"))
    return person


# --- Round trips ----------------------------------------------------------------------------------


def test_of_drafts_nothing_is_left() -> None:
    load_texts(VOCABULARY, FIRST)
    before = state()
    load_texts(MORE, RICH, by=loader())
    assert differing(before, state())
    plan = undo_last("")
    assert differing(before, state()) == {}
    assert {item.action.value for item in plan.items} == {"deleted"}
    assert Initiative.history.filter(slug="university").latest().history_type == "-"
    assert not Correction.objects.exists()
    again = load_texts(MORE, RICH, by=loader())
    assert set(written(again).values()) == {"new"}


def test_a_state_that_the_load_was_the_first_to_name_goes_with_it() -> None:
    load_texts(VOCABULARY, FIRST)
    before = state()
    naming = report(
        "second", FULL.replace("university", "college").replace("by: [uz]", "by: [France]")
    )
    load_texts(naming.replace("title: Digital", "new: true\n    title: Digital"), by=loader())
    assert Participant.objects.filter(code="fr").exists()
    undo_last("")
    assert differing(before, state()) == {}


def test_of_drafts_with_every_key_nothing_is_left() -> None:
    before = state()
    load_texts(*full_texts(), by=loader())
    assert len(differing(before, state())) > 15
    undo_last("")
    assert differing(before, state()) == {}


def test_what_the_public_saw_is_withdrawn_in_one_step(client: Client) -> None:
    load_texts(VOCABULARY, FIRST)
    before = state()
    load_texts(MORE, RICH)
    assert "Digital university" in client.get("/initiatives/").text
    plan = undo_last(by=make_person(ADMINISTRATOR))
    done = outcome(plan)
    withdrawn = {name for name, words in done.items() if words == "withdrawn"}
    assert withdrawn == {
        "initiative university",
        "mention statement/university/proposed",
        "statusupdate statement/university/2022-04",
        "statusupdate statement/university/2023",
    }
    # One moment, one reason, one line.
    line = Correction.objects.get()
    rows = [Initiative.objects.get(), Mention.objects.get(), *StatusUpdate.objects.all()]
    assert {(row.withdrawn_at, row.withdrawal_reason) for row in rows} == {(line.at, WHY)}
    assert (line.kind, line.subject, line.reason) == ("withdrawn", "load", WHY)
    assert (line.role, line.dialogue) == ("administrator", Meeting.objects.get().dialogue)
    assert line.differences == [
        ["Documents", "Report statement", ""],
        ["Initiatives", "1", ""],
        ["Mentions", "1", ""],
        ["Status updates", "2", ""],
    ]
    # What withdrawn rows name stays to be read; all else is as it was.
    stays = {name: why for name, why in done.items() if why.startswith("stays")}
    assert set(stays) == {
        "report statement",
        "meeting fm-1",
        "citation statement/meeting/fm-1",
        "theme energy",
    }
    left = differing(before, state("Initiative", "Mention", "StatusUpdate", "SearchText"))
    assert not any(gone for gone, _more in left.values())
    assert {name.partition(".")[2]: len(more) for name, (_gone, more) in left.items()} == {
        "citation": 1,
        "initiative_themes": 2,
        "involvement": 2,
        "loadedfact": 5,
        "meeting": 1,
        "mention_by": 1,
        "report": 1,
        "theme": 1,
    }
    assert "Digital university" not in client.get("/initiatives/").text
    assert WHY in client.get("/initiatives/university/").text
    page = client.get("/corrections/").text
    for words in (f"Load {plan.load.pk}", "Load of documents", "Report statement", WHY):
        assert words in page, words
    assert (
        f"Withdrawn: load of documents, Load {plan.load.pk}" in client.get("/corrections.atom").text
    )
    assert f",load-{plan.load.pk}," in b"".join(client.get("/corrections.csv")).decode()


def test_the_mended_file_loads_as_new(client: Client) -> None:
    load_texts(VOCABULARY, FIRST)
    load_texts(MORE, RICH)
    undo_last()
    plan = load_texts(MORE, MENDED, by=make_person(ADMINISTRATOR))
    done = written(plan)
    assert set(done.values()) == {"new", "changed"}
    changed = {name for name, action in done.items() if action == "changed"}
    assert changed == {"initiative university", "meeting fm-1", "report statement"}
    assert not LoadConflict.objects.exists()
    initiative = Initiative.objects.get()
    assert (initiative.title, initiative.is_withdrawn) == ("The university", False)
    assert [theme.slug for theme in initiative.themes.all()] == ["education"]
    assert [role.role for role in Role.objects.all()] == ["lead"]
    assert Mention.objects.public().current().get().ref == "statement/university/proposed/2"
    assert StatusUpdate.objects.public().current().count() == 2
    line = Correction.objects.latest("pk")
    assert (line.kind, line.subject, line.report) == (
        "reinstated",
        "load",
        Report.objects.get(slug="statement"),
    )
    assert "The university" in client.get("/initiatives/").text
    assert written(load_texts(MORE, MENDED)) == {}
    # And is undone in its turn: the initiative, which it made public again, too.
    assert outcome(undo_last())["initiative university"] == "withdrawn"
    assert actions_of(load_texts(MORE, RICH))["initiative university"] == "changed"
    assert Initiative.objects.public().count() == 1


def test_evidence_is_of_the_update_that_stands() -> None:
    evidence = "evidence: [{update: statement/university/2023, locator: p. 2, says: It has.}]\n"
    texts = (RICH, report("evidence", evidence))
    load_texts(VOCABULARY, FIRST, MORE)
    load_texts(*texts)
    undo_last()
    assert set(written(load_texts(*texts)).values()) == {"new", "changed"}
    (citation,) = Citation.objects.filter(status_update__isnull=False)
    assert citation.status_update == StatusUpdate.objects.get(ref="statement/university/2023/2")
    assert written(load_texts(*texts)) == {}


def test_fields_return_to_what_they_held_before() -> None:
    load_texts(VOCABULARY, FIRST, RICH, MORE)
    before = state()
    load_texts(CHANGING, take=ConflictSide.FILE)
    undo_last()
    left = differing(before, state("SearchText"))
    assert [row["slug"] for row in left.pop("initiatives.report")[1]] == ["second"]
    assert [row["ref"] for row in left.pop("initiatives.mention")[1]] == [
        "second/university/supported"
    ]
    assert left.pop("initiatives.mention_by")
    # The base of what stays is what it was loaded by.
    facts = left.pop("initiatives.loadedfact", ([], []))
    assert [(row["source"], row["kind"]) for row in facts[1]] == [("second", "report")]
    assert left == {}
    assert written(load_texts(VOCABULARY, FIRST, RICH, MORE)) == {}
    kinds = Correction.objects.order_by("pk").values_list("kind", "subject", "reason")

    assert list(kinds)[-2:] == [("withdrawn", "load", WHY), ("corrected", "initiative", WHY)]


# --- Refused, broken off, erased ------------------------------------------------------------------


def test_it_is_refused_with_the_reason() -> None:
    load_texts(VOCABULARY, FIRST)
    load_texts(MORE, RICH)
    number = Load.objects.latest("pk").pk
    with pytest.raises(ValidationError, match="everybody can read it"):
        undo(number, reason=" ")
    with pytest.raises(PermissionDenied):
        undo(number, reason=WHY, by=make_person("Publisher"))
    with pytest.raises(PermissionDenied):
        undo(number, reason=WHY, by=loader())
    shown = undo(number, dry_run=True)
    make.update(initiative=Initiative.objects.get(), what="Meanwhile.")
    with pytest.raises(UndoMoved) as moved:
        undo(number, reason=WHY, expected=shown.digest)
    assert not Load.objects.filter(undone_at__isnull=False).exists()
    undo(number, reason=WHY, expected=moved.value.plan.digest)
    with pytest.raises(UndoRefused, match="is undone already"):
        undo(number, reason=WHY)
    with pytest.raises(UndoRefused, match="no load 0"):
        undo(0)


def test_a_load_that_changes_nothing_is_none() -> None:
    load_texts(VOCABULARY, FIRST)
    load_texts(VOCABULARY, FIRST)
    load_texts(VOCABULARY, FIRST, report("third"), dry_run=True)
    assert Load.objects.count() == 1


def test_what_breaks_off_leaves_all_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    load_texts(VOCABULARY, FIRST)
    load_texts(MORE, RICH)
    before, lines = state(), Correction.objects.count()

    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(undoing._UndoWriter, "bases", fail)
    with pytest.raises(RuntimeError):
        undo_last()
    assert differing(before, state()) == {}
    assert (Correction.objects.count(), Load.objects.latest("pk").is_undone) == (lines, False)


def test_a_removal_erases_what_loads_keep_and_the_rest_is_undone_all_the_same() -> None:
    load_texts(VOCABULARY, FIRST)
    load_texts(MORE, RICH.replace("Building", "Zzsecretzz"))
    load_texts(MORE, RICH)
    assert "initiatives_replacedfact" in tables_with("zzsecretzz")
    remove(by=None, row=StatusUpdate.objects.latest("pk"), reason="Order.")
    assert tables_with("zzsecretzz") == set()
    undo_last()
    done = outcome(undo(Load.objects.all()[1].pk, reason=WHY))
    assert done["initiative university"] == "withdrawn"
    assert tables_with("zzsecretzz") == set()
