"""What would count as delivered: which criterion holds, and what follows for an initiative, today and earlier."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from initiatives.as_of.past import view_on
from initiatives.loading.data_checks import derived_columns, status_against_criterion
from initiatives.models import Correction, Criterion, Initiative, SearchText
from initiatives.recording import actions
from initiatives.recording.removal import remove
from initiatives.recording.withdrawal import reinstate
from tests import make
from tests.clock import Clock

pytestmark = pytest.mark.django_db

UNVERIFIABLE: dict[str, Any] = {"verifiability": "not_verifiable", "why": "it names no measure."}


def flags_of(initiative: Initiative) -> list[str]:
    initiative.refresh_from_db()
    assert list(derived_columns()) == []
    return initiative.flags()


def test_the_latest_that_stands_holds() -> None:
    initiative = make.initiative()
    of_report = make.criterion(
        initiative=initiative, report=make.report(published_on="2022-06"), **UNVERIFIABLE
    )
    make.criterion(initiative=initiative, read_on="2022-05-31")
    initiative.refresh_from_db()
    assert (initiative.verifiability, initiative.can_be_rated) == ("not_verifiable", False)
    assert Criterion.objects.newest_first().first() == of_report
    actions.withdraw(by=None, entry=of_report, reason="Misread.")
    initiative.refresh_from_db()
    assert (initiative.verifiability, initiative.can_be_rated) == ("verifiable", True)
    make.criterion(initiative=initiative, publication="draft", read_on="2023-01-01", **UNVERIFIABLE)
    initiative.refresh_from_db()
    assert initiative.verifiability == "verifiable"


def test_a_status_is_flagged_that_was_recorded_on_an_earlier_day_than_the_first_criterion(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(monkeypatch, "2026-01-05")
    before, same_day, nothing_said = (make.initiative() for _ in range(3))
    make.update(initiative=before, on="2025")
    make.update(initiative=nothing_said, status="not_reviewed")
    clock.turn(1)
    make.criterion(initiative=before)
    make.update(initiative=same_day, on="2025")
    for initiative in (same_day, nothing_said):
        make.criterion(initiative=initiative)
    assert flags_of(before) == ["status_before_criterion"]
    assert flags_of(same_day) == flags_of(nothing_said) == []
    clock.turn(1)
    # A later criterion makes no status older: the first one counts.
    make.criterion(initiative=same_day)
    assert flags_of(same_day) == []
    # A status of today is no older any more.
    make.update(initiative=before, on="2026")
    assert flags_of(before) == []


def test_an_earlier_day_knows_what_stood_then(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, "2026-01-05")
    initiative = make.initiative()
    make.mention(initiative=initiative)
    make.update(initiative=initiative, on="2025")
    clock.turn(2)
    criterion = make.criterion(initiative=initiative, **UNVERIFIABLE)
    clock.turn(2)
    actions.withdraw(by=None, entry=criterion, reason="Misread.")
    clock.turn(2)

    def on(day: int) -> tuple[str, list[str], int]:
        view = view_on(datetime.date(2026, 1, day))
        (row,) = view.as_known([Initiative.objects.select_related("dialogue", "raised_at").get()])
        unrated = view.tally().unrated
        assert unrated == (row.verifiability == "not_verifiable")
        return row.verifiability, row.flags(), view.criteria().count()

    assert on(6) == ("", [], 0)
    assert on(8) == ("not_verifiable", ["status_before_criterion"], 1)
    assert on(10) == ("", [], 0)
    # Before the record began, what documents said is known, and not when it was recorded.
    day = datetime.date(2022, 5, 2)
    assert view_on(day).criteria().count() == 0
    make.criterion(initiative=initiative, read_on="2022-05-02")
    view = view_on(day)
    assert view.criteria().count() == 1
    (row,) = view.as_known([Initiative.objects.select_related("dialogue", "raised_at").get()])
    assert (row.verifiability, row.flags()) == ("verifiable", [])


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"read_by": ""}, "read_by"),
        ({"read_on": None}, "read_on"),
        ({"read_on": "2026-05"}, "read_on"),
        ({"read_by": "", "read_on": None}, "report"),
        ({"verifiability": "partly"}, "why"),
        ({"what": " "}, "what"),
        ({"verifiability": "perhaps"}, "verifiability"),
    ],
)
def test_what_a_criterion_lacks_is_said_at_its_field(said: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        make.criterion(**said)
    assert field in refusal.value.message_dict
    assert not Criterion.objects.exists()
    with pytest.raises(ValidationError) as refusal:
        make.criterion(report=make.report(), locator="")
    assert list(refusal.value.message_dict) == ["locator"]


def test_it_is_found_registered_recorded_anew_and_removed_without_a_trace() -> None:
    initiative = make.initiative()
    criterion = make.criterion(initiative=initiative, what="Zebras graze.")
    assert "zebra graze" in SearchText.objects.get().body
    actions.withdraw(by=None, entry=criterion, reason="Misread.")
    assert "zebra" not in SearchText.objects.get().body
    anew = reinstate(by=None, row=criterion, reason="Read again.")
    lines = Correction.objects.order_by("pk")
    assert [(line.kind, line.subject) for line in lines] == [
        ("withdrawn", "criterion"),
        ("reinstated", "criterion"),
    ]
    assert ["What would count as delivered", "", "Zebras graze."] in lines[1].differences
    remove(by=None, row=anew, reason="A court said so.")
    assert not Criterion.objects.exists()
    assert not Criterion.history.exists()
    assert "zebra" not in SearchText.objects.get().body
    assert lines.last().kind == "removed"  # type: ignore[union-attr]
    initiative.refresh_from_db()
    assert initiative.verifiability == ""


def test_delivered_although_not_verifiable_is_worth_a_look() -> None:
    initiative = make.initiative(title="Friendship")
    make.update(initiative=initiative, status="delivered")
    assert list(status_against_criterion()) == []
    make.criterion(initiative=initiative, **UNVERIFIABLE)
    assert [record for record, _what in status_against_criterion()] == [
        f"initiative {initiative.slug}"
    ]
