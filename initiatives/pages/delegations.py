"""The meetings a participant came to, and who came for it, as documents write their names and offices."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from ..as_of.current import CurrentView
from ..models import Attendance, Capacity, Delegate, Meeting, Participant
from .meeting_sequence import meetings_of_keys

# Of a delegation, on a page that is not the meeting's own.
NAMED = 2


@dataclass(frozen=True)
class AttendedMeeting:
    """A meeting, as what a participant came to it, the first of those named, heads before others, and how many more."""

    meeting: Meeting
    capacity: Capacity
    people: list[Delegate]
    more: int


def attended_meetings(
    view: CurrentView, participant: Participant, count: int
) -> tuple[list[AttendedMeeting], int]:
    """The latest meetings it came to, at most ``count``, and how many there are; two queries."""
    rows = view.read(_attended, participant.pk)
    by_meeting = {meeting: (key, capacity) for meeting, key, capacity in rows}
    meetings = view.attended_meetings(meetings_of_keys(view, by_meeting))
    latest = meetings[:count]
    people: dict[int, list[Delegate]] = defaultdict(list)
    keys = [by_meeting[meeting.pk][0] for meeting in latest]
    for person in view.stated(Delegate, "attendance", keys) if keys else []:
        people[person.attendance_id].append(person)
    return [_attended_meeting(meeting, *by_meeting[meeting.pk], people) for meeting in latest], len(
        meetings
    )


def _attended_meeting(
    meeting: Meeting, attendance: int, capacity: str, people: dict[int, list[Delegate]]
) -> AttendedMeeting:
    named = sorted(people[attendance], key=lambda person: (not person.is_head, person.ref))
    return AttendedMeeting(meeting, Capacity(capacity), named[:NAMED], len(named[NAMED:]))


def _attended(view: CurrentView, participant: int) -> Any:
    rows = view.public(Attendance).filter(participant=participant).order_by()
    return rows.values_list("meeting", "pk", "capacity")
