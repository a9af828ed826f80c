"""The derived flags: what each means, and that SQL and Python mean the same."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st

from initiatives.models import (
    FLAGS,
    DeliveryStatus,
    Dialogue,
    EvidenceGrade,
    Initiative,
    Meeting,
    MeetingKind,
)
from tests import make
from tests.extent import TIMES
from tests.models.test_partial_dates import partial_dates

pytestmark = pytest.mark.django_db

DAY = datetime.date(2022, 4, 15)


def flagged(on: datetime.date | None = DAY, **values: Any) -> list[str]:
    """The flags of an initiative with these columns, by its own word and by that of the database."""
    initiative = make.initiative(dialogue=values.pop("dialogue", None) or make.dialogue())
    Initiative.objects.filter(pk=initiative.pk).update(**values)
    initiative.refresh_from_db()
    flags = [f for f in FLAGS if Initiative.objects.flagged(f, on).filter(pk=initiative.pk)]
    assert initiative.flags(on) == flags
    return flags


@pytest.mark.parametrize(
    ("due", "overdue"),
    [
        ("2022-04-14", True),
        ("2022-04-15", False),
        ("2022-03", True),
        ("2022-04", False),
        ("2021", True),
        ("2022", False),
        (None, False),
    ],
)
def test_overdue_means_that_the_last_day_it_may_mean_has_passed(
    due: str | None, overdue: bool
) -> None:
    flags = flagged(due_on=due, delivery_status="under_way")
    assert flags == (["overdue"] if overdue else [])


@pytest.mark.parametrize("status", DeliveryStatus)
def test_what_is_closed_or_has_no_end_is_not_overdue(status: DeliveryStatus) -> None:
    flags = flagged(due_on="2020", delivery_status=status)
    never = (DeliveryStatus.CONTINUING, DeliveryStatus.NOT_REVIEWED)
    assert ("overdue" in flags) == (status.is_open and status not in never)


def test_what_nobody_has_reviewed_is_neither_overdue_nor_stale() -> None:
    long_ago: dict[str, Any] = {"due_on": "2020", "last_heard_on": "2019"}
    assert flagged(**long_ago) == []
    assert flagged(delivery_status="no_information", **long_ago) == ["overdue", "stale"]


@pytest.mark.parametrize(
    ("due", "status", "passed"),
    [
        ("2021", "not_reviewed", True),
        ("2022", "not_reviewed", False),
        (None, "not_reviewed", False),
        ("2021", "no_information", False),
        ("2021", "under_way", False),
    ],
)
def test_of_what_nobody_has_reviewed_it_is_known_that_the_due_date_has_passed(
    due: str | None, status: str, passed: bool
) -> None:
    initiative = make.initiative(due_on=due)
    initiative.delivery_status = status
    assert initiative.is_due_unreviewed(DAY) == passed
    assert not (passed and initiative.is_due_ahead(DAY))


@pytest.mark.parametrize(
    ("heard", "stale"),
    [
        ("2022-03-15", False),
        ("2022-03-14", True),
        ("2022-03", False),
        ("2022-02", True),
        ("2022", False),
        ("2021", True),
        (None, False),
    ],
)
def test_stale_means_silent_for_longer_than_the_dialogue_allows(
    heard: str | None, stale: bool
) -> None:
    dialogue = make.dialogue(stale_after_days=31)
    values: dict[str, Any] = {"last_heard_on": heard, "delivery_status": "under_way"}
    assert flagged(dialogue=dialogue, **values) == (["stale"] if stale else [])


def test_what_is_closed_is_not_stale() -> None:
    assert flagged(last_heard_on="2000", delivery_status="dropped") == []


def test_each_dialogue_has_its_own_limit_of_silence() -> None:
    patient, hasty = make.dialogue(stale_after_days=10_000), make.dialogue(stale_after_days=1)
    heard: dict[str, Any] = {"last_heard_on": "2022-04-01", "delivery_status": "under_way"}
    assert flagged(dialogue=patient, **heard) == []
    assert flagged(dialogue=hasty, **heard) == ["stale"]


def test_a_dialogue_may_be_silent_for_ever() -> None:
    dialogue = make.dialogue(stale_after_days=2**31 - 1)
    assert flagged(last_heard_on="1000", delivery_status="under_way", dialogue=dialogue) == []


@pytest.mark.parametrize(
    ("due", "delivered", "late"),
    [
        ("2022-04", "2022-05-01", True),
        ("2022-04", "2022-04-30", False),
        ("2022", "2023", True),
        ("2022", "2022-12", False),
        ("2022-12", "2022", False),
        ("2022", None, False),
        (None, "2022", False),
    ],
)
def test_delivered_late_means_first_known_after_due(
    due: str | None, delivered: str | None, late: bool
) -> None:
    values: dict[str, Any] = {"due_on": due, "delivered_on": delivered}
    assert flagged(delivery_status="delivered", **values) == (["delivered_late"] if late else [])
    assert "delivered_late" not in flagged(delivery_status="under_way", **values)


@pytest.mark.parametrize("grade", [*EvidenceGrade, ""])
@pytest.mark.parametrize("status", DeliveryStatus)
def test_one_sided_means_known_by_the_word_of_one_side_alone(grade: str, status: str) -> None:
    unknown = status in ("not_reviewed", "no_information")
    expected = grade == "statement" and not unknown
    assert flagged(status_grade=grade, delivery_status=status) == ["one_sided"] * expected


@pytest.mark.parametrize(
    ("latest", "raised", "contradictory"),
    [
        ("2021", "2022-01-01", True),
        ("2022", "2022-04-15", False),
        ("2022-04-14", "2022-04-15", True),
        ("2022-04-15", "2022-04-15", False),
        ("2022-04-15", None, False),
        ("2022-04-16", None, True),
        ("2022-04", None, False),
        ("2022-05", None, True),
        ("2023", None, True),
        (None, "2022-04-15", False),
    ],
)
def test_contradictory_means_before_it_was_raised_or_in_the_future(
    latest: str | None, raised: str | None, contradictory: bool
) -> None:
    meeting = make.meeting(starts_on=raised)
    flags = flagged(latest_update_on=latest, raised_at=meeting)
    assert flags == ["contradictory"] * contradictory


def test_no_foreseen_end_contradicts_a_due_date() -> None:
    assert flagged(delivery_status="continuing", due_on="2030") == ["contradictory"]
    assert flagged(delivery_status="continuing") == []


def test_flags_are_those_of_today_unless_a_day_is_given() -> None:
    today = timezone.localdate()
    yesterday, tomorrow = today - datetime.timedelta(1), today + datetime.timedelta(1)
    for due, flags in ((yesterday, ["overdue"]), (today, [])):
        assert flagged(None, due_on=due.isoformat(), delivery_status="under_way") == flags
    assert flagged(None, latest_update_on=tomorrow.isoformat()) == ["contradictory"]


@pytest.mark.parametrize("word", ["", "open", "public", "delete", "flags"])
def test_a_word_that_is_no_flag_is_refused(word: str) -> None:
    with pytest.raises(ValueError, match="is not a flag"):
        Initiative.objects.flagged(word)


dates = st.one_of(st.none(), partial_dates.map(str))
recorded_days = st.one_of(st.none(), st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 1, 5)))
rows = st.fixed_dictionaries(
    {
        "delivery_status": st.sampled_from(DeliveryStatus.values),
        "status_grade": st.sampled_from(["", *EvidenceGrade.values]),
        "due_on": dates,
        "delivered_on": dates,
        "latest_update_on": dates,
        "last_heard_on": dates,
        "status_recorded_on": recorded_days,
        "criterion_recorded_on": recorded_days,
        "raised": st.integers(0, 3),
        "dialogue": st.integers(0, 3),
    }
)
days = st.one_of(
    st.dates(datetime.date(2021, 1, 1), datetime.date(2024, 12, 31)),
    st.sampled_from([datetime.date.min, datetime.date(1000, 1, 1), datetime.date.max]),
    st.none(),
)


@settings(max_examples=30 * TIMES)
@given(
    st.lists(rows, min_size=5, max_size=30),
    st.lists(dates, min_size=3, max_size=3),
    st.lists(st.sampled_from([1, 30, 365, 800_000, 2**31 - 1]), min_size=4, max_size=4),
    days,
)
@example([], [None] * 3, [2**31 - 1] * 4, datetime.date.min)
def test_every_flag_means_the_same_in_sql_and_in_python(
    grid: list[dict[str, Any]],
    starts: list[str | None],
    limits: list[int],
    on: datetime.date | None,
) -> None:
    for model in (Initiative, Meeting, Dialogue):
        model._base_manager.all().delete()
    dialogues = [make.dialogue(stale_after_days=limit) for limit in limits]
    meetings = [
        Meeting(
            slug=f"m-{number}",
            title="M",
            dialogue=dialogues[0],
            starts_on=start,
            kind=MeetingKind.FORUM,
        )
        for number, start in enumerate(starts)
    ]
    raised = [*Meeting.objects.bulk_create(meetings), None]
    Initiative.objects.bulk_create(
        Initiative(
            slug=f"i-{number}",
            title="I",
            raised_at=raised[row.pop("raised")],
            dialogue=dialogues[row.pop("dialogue")],
            **row,
        )
        for number, row in enumerate(dict(row) for row in grid)
    )
    every = list(Initiative.objects.select_related("dialogue", "raised_at"))
    assert len(every) == len(grid)
    for flag in FLAGS:
        in_sql = set(Initiative.objects.flagged(flag, on).values_list("slug", flat=True))
        assert in_sql == {initiative.slug for initiative in every if flag in initiative.flags(on)}
    is_open = set(Initiative.objects.open().values_list("slug", flat=True))
    assert is_open == {initiative.slug for initiative in every if initiative.status.is_open}
