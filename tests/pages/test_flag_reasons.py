"""The words for each flag agree with the flag and never with more than the sources say."""

import datetime
from typing import Any

import pytest

from initiatives.models import (
    FLAGS,
    Act,
    DeliveryStatus,
    Dialogue,
    EvidenceGrade,
    Initiative,
    LineageKind,
    Meeting,
    Standing,
    StatusGroup,
)
from initiatives.pages import glossary
from initiatives.pages.flag_reasons import flag_reasons
from initiatives.partial_dates import PartialDate

DAY = datetime.date(2026, 1, 1)


def initiative(**values: Any) -> Initiative:
    dates = ("due_on", "latest_update_on", "delivered_on", "last_heard_on")
    values |= {name: PartialDate(values[name]) for name in dates if name in values}
    return Initiative(dialogue=Dialogue(stale_after_days=365), **values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"delivery_status": "no_information", "due_on": "2025-12-30"},
            "Overdue by 2 days: due 30 December 2025, and no recorded document",
        ),
        ({"delivery_status": "under_way", "due_on": "2025"}, "Overdue by 1 day: due 2025,"),
        (
            {"delivery_status": "under_way", "last_heard_on": "2022"},
            "Last heard of 2022, 1,097 days ago; the limit here is 365 days.",
        ),
        (
            {"delivery_status": "delivered", "due_on": "2021", "delivered_on": "2022-05"},
            "Delivered as of May 2022; it was due 2021.",
        ),
        (
            {"delivery_status": "delivered", "status_grade": "statement"},
            "The status rests on one side’s own statement alone.",
        ),
        (
            {"delivery_status": "delivered", "latest_update_on": "2027"},
            "The latest update is as of 2027, which is yet to come.",
        ),
        (
            {"delivery_status": "continuing", "due_on": "2027"},
            "It continues with no end foreseen, yet it was due 2027.",
        ),
        (
            {
                "delivery_status": "delivered",
                "latest_update_on": "2021",
                "raised_at": Meeting(starts_on=PartialDate("2022-04")),
            },
            "The latest update is as of 2021, before the meeting of April 2022.",
        ),
    ],
)
def test_a_flag_says_why(values: dict[str, Any], expected: str) -> None:
    (reason,) = flag_reasons(initiative(**values), DAY)
    assert reason.words.startswith(expected)


def test_without_flags_there_is_nothing_to_say() -> None:
    assert flag_reasons(initiative(due_on="2020", last_heard_on="2019"), DAY) == []
    assert flag_reasons(initiative(delivery_status="delivered"), DAY) == []


@pytest.mark.parametrize(
    ("meaning", "words"),
    [
        (glossary.STATUS_MEANING, DeliveryStatus.values),
        (glossary.GROUP_MEANING, StatusGroup.values),
        (glossary.STANDING_MEANING, Standing.values),
        (glossary.GRADE_MEANING, EvidenceGrade.values),
        (glossary.ACT_MEANING, Act.values),
        (glossary.FLAG_MEANING, list(FLAGS)),
        (glossary.RELATION_FROM_EARLIER, LineageKind.values),
    ],
)
def test_every_word_of_the_vocabulary_has_a_meaning(
    meaning: dict[str, str], words: list[str]
) -> None:
    assert list(map(str, meaning)) == words
    assert all(meaning.values())
