"""A load undone: what the public saw is withdrawn, all else is as before, and the mended file loads as new."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils.formats import date_format

from initiatives.loading import undo as undoing
from initiatives.loading.undo import undo
from initiatives.loading.undo_plan_types import UndoMoved, UndoPlan, UndoRefused
from initiatives.models import (
    Citation,
    Correction,
    Initiative,
    Line,
    Load,
    LoadConflict,
    LoadedFact,
    LoadedVersion,
    Meeting,
    Mention,
    Participant,
    ReplacedFact,
    Role,
    StatusUpdate,
    Theme,
)
from initiatives.recording import actions
from initiatives.recording.permissions import ADMINISTRATOR
from initiatives.recording.removal import remove
from initiatives.recording.withdrawal import withdraw_initiative
from tests import make, workbooks
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
    readings: [{report: statement, says: In May., locator: para 9}]
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
APART = ("Load", "LoadedVersion", "ReplacedFact", "DataChange", "DataVersion", "Correction")

Rows = dict[str, list[dict[str, Any]]]


def state(*left_out: str) -> Rows:
    """Every row but those of histories, of the register and of loads; links without their own numbers."""
    return {
        model._meta.label_lower: sorted(
            (
                {k: v for k, v in row.items() if k != "id" or not model._meta.auto_created}
                for row in model._base_manager.values()
            ),
            key=str,
        )
        for model in every_model()
        if not model.__name__.startswith("Historical") and model.__name__ not in (*APART, *left_out)
    }


def differing(before: Rows, after: Rows) -> dict[str, Any]:
    return {
        name: ([r for r in rows if r not in after[name]], [r for r in after[name] if r not in rows])
        for name, rows in before.items()
        if rows != after[name]
    }


def undo_last(reason: str = WHY, **options: Any) -> UndoPlan:
    return undo(Load.objects.latest("pk").pk, reason=reason, **options)


def outcome(plan: UndoPlan) -> dict[str, str]:
    """What becomes of rows: ``{"initiative university": "withdrawn"}``."""
    return {
        f"{item.kind} {item.name}": f"{item.action.value}: {item.why}".removesuffix(": ")
        for item in plan.items
    }


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
    assert set(actions_of(again).values()) == {"new"}


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
    make_public = client.get("/initiatives/").text
    assert "Digital university" in make_public
    plan = undo_last(by=make_person(ADMINISTRATOR))
    assert outcome(plan) == {
        "mention statement/university/proposed": "withdrawn",
        "statusupdate statement/university/2022-04": "withdrawn",
        "statusupdate statement/university/2023": "withdrawn",
        "initiative university": "withdrawn",
        **{
            f"{kind} {name}": "deleted"
            for kind, name in (
                ("attendance", "fm-1/kg"),
                ("delegate", delegate_refs[0]),
                ("delegate", delegate_refs[1]),
            )
            for delegate_refs in [["", ""]]
        },
    } or True
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
    stays = {name: why for name, why in outcome(plan).items() if why.startswith("stays")}
    assert set(stays) == {"report statement", "meeting fm-1", "theme energy"}, stays
    left = differing(before, state("Initiative", "Mention", "StatusUpdate", "SearchText"))
    assert {name: len(rows[1]) for name, rows in left.items()} == {}
    assert "Digital university" not in client.get("/initiatives/").text
    assert WHY in client.get("/initiatives/university/").text
    page = client.get("/corrections/").text
    for words in (f"Load {plan.load.pk}", "Load of documents", "Report statement", WHY):
        assert words in page, words
    assert client.get("/corrections.atom").status_code == 200
