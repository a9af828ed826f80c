"""When an initiative is due, as its mentions say one after the other: set, moved, stated again, or dropped.

The last that speaks of the due date counts, whole: its date or meeting, and its words. A meeting counts with its last
day once it has one, and not while it is postponed or cancelled. Pure functions; nothing here reads or writes.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

from ..models import Meeting, MeetingState, Mention
from ..partial_dates import PartialDate

CALLED_OFF = (MeetingState.POSTPONED, MeetingState.CANCELLED)


class DueStatement(NamedTuple):
    """What one mention says: a date, a meeting (its key, with ``on`` where its date counts), or that it is dropped."""

    on: PartialDate | None = None
    meeting: int | None = None
    is_dropped: bool = False
    note: str = ""

    @property
    def has_deadline(self) -> bool:
        return self.on is not None or self.meeting is not None

    def is_same_deadline(self, other: DueStatement) -> bool:
        """Whether one says what the other one says, or only says it more precisely."""
        if self.meeting is not None and self.meeting == other.meeting:
            return True
        if self.on is None or other.on is None:
            return False
        if datetime.date.min in (self.on.first_day, other.on.first_day):
            # “By February 2026” leaves the first day open: what it sets is the last one.
            return self.on.last_day == other.on.last_day
        return lies_within(self.on, other.on) or lies_within(other.on, self.on)


class DueChange(Enum):
    """What a mention does with the due date that the earlier ones leave."""

    SET = "set"
    MOVED = "moved"
    RESTATED = "restated"
    DROPPED = "dropped"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class DueStep:
    """One statement with what it changes; ``earlier`` is the deadline that stood before it, if any."""

    statement: DueStatement
    change: DueChange
    earlier: DueStatement | None


def lies_within(date: PartialDate, period: PartialDate) -> bool:
    return period.first_day <= date.first_day and date.last_day <= period.last_day


def date_of_meeting(
    ends_on: PartialDate | None, starts_on: PartialDate | None, state: str | None
) -> PartialDate | None:
    """The last day of a meeting, as precisely as documents say; None while it is called off."""
    if state in CALLED_OFF:
        return None
    return ends_on or starts_on


def statement_of(mention: Mention) -> DueStatement | None:
    """What a mention (``due_at`` selected) says of the due date; None where it says nothing of it."""
    if not mention.speaks_of_due_date:
        return None
    meeting: Meeting | None = mention.due_at
    on = mention.due_on
    if meeting:
        on = date_of_meeting(meeting.ends_on, meeting.starts_on, meeting.state)
    return DueStatement(on, mention.due_at_id, mention.due_dropped, mention.due_note)


def statement_of_columns(
    due_on: Any, due_at: int | None, dropped: bool, note: str, *of_meeting: Any
) -> DueStatement | None:
    """The same from the columns ``DUE_COLUMNS``."""
    if not (due_on or due_at or dropped or note):
        return None
    return DueStatement(date_of_meeting(*of_meeting) if due_at else due_on, due_at, dropped, note)


DUE_COLUMNS = (
    "due_on",
    "due_at",
    "due_dropped",
    "due_note",
    "due_at__ends_on",
    "due_at__starts_on",
    "due_at__state",
)


def due_steps(statements: Sequence[DueStatement]) -> list[DueStep]:
    """What each statement changes, from all of them in the order of their documents.

    A date that lies within the one before it, or the other way round, moves nothing. Words alone move nothing either.
    """
    steps: list[DueStep] = []
    earlier: DueStatement | None = None
    for statement in statements:
        if statement.is_dropped:
            change = DueChange.DROPPED
        elif not statement.has_deadline:
            change = DueChange.WORDS
        elif earlier is None:
            change = DueChange.SET
        elif statement.is_same_deadline(earlier):
            change = DueChange.RESTATED
        else:
            change = DueChange.MOVED
        steps.append(DueStep(statement, change, earlier))
        if statement.is_dropped:
            earlier = None
        elif statement.has_deadline:
            earlier = statement
    return steps


def count_moves(statements: Sequence[DueStatement]) -> int:
    if len(statements) < 2:
        return 0
    return sum(step.change == DueChange.MOVED for step in due_steps(statements))
