"""What a status update would change is known before it is written, and so is what speaks against it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from initiatives.models import Initiative, StatusUpdate
from initiatives.recording.derivation import DERIVED
from initiatives.recording.preview import get_outlooks, refusals
from tests import make

pytestmark = pytest.mark.django_db


def planned(initiative: Initiative, **values: Any) -> StatusUpdate:
    """An update that is not written."""
    fields = {"status": "under_way", "on": "2022-05", "what": "Work goes on.", "locator": "p. 1"}
    fields |= {"report": make.report(published_on="2022-06")} | values
    return StatusUpdate(initiative=initiative, **fields)


def doubts(update: StatusUpdate) -> list[str]:
    return [doubt.code for doubt in get_outlooks([update])[0].doubts]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"status": "delivered", "on": "2021"},
        {"status": "delivered", "on": "2023"},
        {"status": "stalled", "on": None},
        {"status": "continuing", "on": "2022-04-17"},
        {"status": "no_information", "on": "2024-01-02"},
        {"participant": True, "on": "2024"},
        {"corrects": True, "on": "2020"},
    ],
)
@pytest.mark.parametrize("earlier", [0, 1, 2])
def test_what_is_foreseen_is_what_comes(values: dict[str, Any], earlier: int) -> None:
    values = dict(values)
    initiative = make.initiative(raised_at=make.meeting(), due_on="2022-12")
    make.mention(initiative=initiative)
    done = [
        make.update(initiative=initiative, on=f"2022-0{number + 4}", report=make.report(kind=kind))
        for number, kind in zip(range(earlier), ("statement", "press"), strict=False)
    ]
    if values.pop("participant", None):
        values["participant"] = make.participant()
    if values.pop("corrects", None):
        values["corrects"] = done[-1] if done else None
    initiative.refresh_from_db()
    update = planned(initiative, **values)
    (outlook,) = get_outlooks([update])
    assert outlook.before is initiative
    foreseen = {name: getattr(outlook.after, name) for name in DERIVED}
    fields = ("status", "on", "what", "locator", "report", "participant", "corrects")
    make.update(initiative=initiative, **{name: getattr(update, name) for name in fields})
    initiative.refresh_from_db()
    assert {name: getattr(initiative, name) for name in DERIVED} == foreseen


def test_looking_ahead_writes_nothing_and_changes_no_row() -> None:
    initiative = make.initiative()
    get_outlooks([planned(initiative)])
    assert initiative.delivery_status == "not_reviewed"
    assert not StatusUpdate.objects.exists()


def test_the_changes_are_in_words() -> None:
    initiative = make.initiative(due_on="2021")
    changes = {
        name: (now, then) for name, now, then in get_outlooks([planned(initiative)])[0].changes
    }
    assert changes["Delivery"] == ("Not yet reviewed", "Under way")
    assert changes["As of"] == ("–", "May 2022")
    assert changes["Best evidence"] == ("–", "Joint document")
    assert changes["Standing"] == ("Mentioned", "Mentioned")
    assert changes["Flags"] == ("–", "Overdue, No recent news")


def test_an_update_that_fits_raises_no_doubt() -> None:
    initiative = make.initiative(raised_at=make.meeting(starts_on="2022-04-15"))
    make.update(initiative=initiative, on="2022-04-17", status="preparing")
    assert doubts(planned(initiative)) == []


@pytest.mark.parametrize(
    ("row", "values", "code"),
    [
        ({}, {"on": "2022-03"}, "older"),
        ({}, {"on": None}, "older"),
        ({}, {"on": "2022-04-17", "what": "Work has begun.", "locator": "para 7"}, "repeated"),
        ({"due_on": "2022-06"}, {}, "due"),
        ({"due_on": "2022-04"}, {"status": "delivered"}, "late"),
        ({"due_on": "2099"}, {"status": "continuing"}, "no_end"),
        ({}, {"on": "2022-07", "status": "stalled"}, "report"),
    ],
)
def test_what_disagrees_raises_a_doubt(row: Any, values: Any, code: str) -> None:
    initiative = make.initiative(**row)
    make.update(initiative=initiative, on="2022-04-17")
    assert code in doubts(planned(initiative, **values))


def test_what_was_delivered_does_not_open_again_without_a_doubt() -> None:
    initiative = make.initiative()
    delivered = make.update(initiative=initiative, on="2022-04-17", status="delivered")
    assert doubts(planned(initiative)) == ["reopened"]
    assert doubts(planned(initiative, corrects=delivered)) == []


def test_a_status_before_the_first_document_needs_a_note() -> None:
    initiative = make.initiative()
    make.mention(initiative=initiative, report=make.report(published_on="2023"))
    assert "proposed on 2023" in refusals(planned(initiative, on="2022"))["on"]
    assert refusals(planned(initiative, on="2022", note="It had begun.")) == {}
    assert refusals(planned(initiative, on="2023")) == {}
    # A document without a date may be older.
    make.mention(initiative=initiative, report=make.report(published_on=None))
    assert refusals(planned(initiative, on="2022")) == {}


def test_the_same_words_are_repeated_whatever_their_case_and_place() -> None:
    initiative = make.initiative()
    make.update(initiative=initiative, on="2022-04", what="Work began.", locator="p 1")
    values = {"on": "2022-04", "what": "work  BEGAN"}
    assert "repeated" in doubts(planned(initiative, **values))
    part = planned(initiative, **values, participant=make.participant())
    assert "repeated" not in doubts(part)


def test_one_countrys_part_neither_decides_nor_asks_to() -> None:
    initiative = make.initiative()
    make.update(initiative=initiative, on="2022-04-17")
    update = planned(initiative, on="2021", participant=make.participant())
    assert doubts(update) == []
    assert get_outlooks([update])[0].after.delivery_status == "under_way"


@pytest.mark.parametrize(
    ("on", "refused"),
    [
        ("2026-11-24", True),
        ("2026-12", True),
        ("2027", True),
        ("2026-11-23", False),
        ("2026-11", False),
        ("2026", False),
        ("2022-04-14", True),
        ("2022-03", True),
        ("2021", True),
        ("2022-04", False),
        ("2022", False),
        (None, False),
    ],
)
def test_no_day_to_come_and_none_before_the_meeting(on: str | None, refused: bool) -> None:
    initiative = make.initiative(raised_at=make.meeting(starts_on="2022-04-15"))
    today = datetime.date(2026, 11, 23)
    assert bool(refusals(planned(initiative, on=on), today)) is refused


def test_without_a_meeting_any_day_of_the_past_may_be_right() -> None:
    assert refusals(planned(make.initiative(), on="1998")) == {}
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    assert "on" in refusals(planned(make.initiative(), on=tomorrow.isoformat()))


def test_looking_ahead_costs_as_much_for_many_as_for_one(
    django_assert_num_queries: Any,
) -> None:
    report = make.report()
    for _ in range(20):
        make.initiative(raised_at=make.meeting())
    rows = Initiative.objects.select_related("dialogue", "raised_at")
    updates = [planned(row, report=report) for row in rows]
    with django_assert_num_queries(5):
        get_outlooks(updates[:1])
    with django_assert_num_queries(5):
        assert len(get_outlooks(updates)) == 20
