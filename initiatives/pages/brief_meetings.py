"""The meetings around a brief: the one before, the next one, and who came last time."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ..as_of.current import CurrentView
from ..models import Attendance, Capacity, Dialogue, Meeting, MeetingState, Report
from ..partial_dates import PartialDate, sort_key
from .brief_lines import NAME, clip
from .lines import attach_stated, attendances_of
from .meeting_sequence import held_together, known_meetings

# Lines of a brief for who came.
MOST = 12
MOST_SOURCES = 3
HEAD = 80


@dataclass(frozen=True)
class BriefDelegation:
    """A participant that came, in words: “Japan”, “Y. Hayashi, Minister for Foreign Affairs”."""

    name: str
    head: str


@dataclass(frozen=True)
class AttendanceSummary:
    """Who came to a meeting, members first; ``more`` is how many are not listed, ``reports`` say so."""

    meeting: Meeting
    delegations: list[BriefDelegation]
    more: int
    reports: list[Report]


@dataclass(frozen=True)
class BriefMeetings:
    """``earlier`` are those that were held before, the latest first; ``next`` is the first that runs or is planned."""

    earlier: list[Meeting]
    next: Meeting | None

    @classmethod
    def read(
        cls, view: CurrentView, dialogue: Dialogue, before: Meeting | None = None
    ) -> BriefMeetings:
        """Of a meeting, what belongs to the same one as it does is neither before nor after it."""
        return cls._around(view, known_meetings(view, dialogue.pk), before)

    @classmethod
    def read_of(cls, view: CurrentView, dialogues: Iterable[int]) -> BriefMeetings:
        """Of several dialogues (primary keys), the latest and the next meeting of any of them."""
        meetings = [meeting for key in dialogues for meeting in known_meetings(view, key)]
        return cls._around(view, sorted(meetings, key=_begins), None)

    @classmethod
    def _around(
        cls, view: CurrentView, meetings: list[Meeting], before: Meeting | None
    ) -> BriefMeetings:
        if before:
            own = {meeting.pk for meeting in held_together(meetings, before)} - {before.pk}
            meetings = [meeting for meeting in meetings if meeting.pk not in own]
        starts_on = before.starts_on if before else None
        earlier = [
            meeting
            for meeting in meetings
            if meeting.state == MeetingState.HELD
            and meeting != before
            and meeting.last_date
            and meeting.last_date.starts_by(view.day)
            and (not starts_on or meeting.last_date <= PartialDate(starts_on))
        ]
        ahead = (
            meeting
            for meeting in meetings
            if meeting.starts_on
            and (
                meeting.is_running(view.day)
                or (meeting.state == MeetingState.PLANNED and not meeting.is_over(view.day))
            )
            and meeting not in earlier
        )
        return cls(_latest_first(earlier), next(ahead, None))

    def last_attendance(self, view: CurrentView) -> AttendanceSummary | None:
        """Who came to the latest of the meetings held of which that is known; three queries."""
        rows = Attendance.objects.public().filter(meeting__in=[row.pk for row in self.earlier])
        attended = set(rows.order_by().values_list("meeting", flat=True).distinct())
        for meeting in self.earlier:
            if meeting.pk in attended:
                return _summary(view, meeting)
        return None


def _begins(meeting: Meeting) -> tuple[bool, str, str]:
    return (not meeting.starts_on, sort_key(meeting.starts_on), meeting.slug)


def _newest(meeting: Meeting) -> tuple[datetime.date, int]:
    assert meeting.starts_on, "what was held before a day has a date"
    return PartialDate(meeting.starts_on).newest_key


def _latest_first(meetings: list[Meeting]) -> list[Meeting]:
    """By their dates, what is part of another just after that one: the summit before the forum of its last day."""
    by_key = {meeting.pk: meeting for meeting in meetings}

    def place(meeting: Meeting) -> tuple[object, ...]:
        whole = by_key.get(meeting.part_of_id or 0, meeting)
        return (_newest(whole), whole.slug, whole is meeting, _newest(meeting), meeting.slug)

    return sorted(meetings, key=place, reverse=True)


def _summary(view: CurrentView, meeting: Meeting) -> AttendanceSummary:
    attendances = attendances_of(view, meeting)
    attach_stated(attendances, view)
    return AttendanceSummary(
        meeting,
        [_delegation(attendance) for attendance in attendances[:MOST]],
        max(len(attendances) - MOST, 0),
        list(_reports(attendances))[:MOST_SOURCES],
    )


def _delegation(attendance: Attendance) -> BriefDelegation:
    name = clip(str(attendance.participant), NAME)
    if attendance.capacity != Capacity.MEMBER:
        name = f"{name} ({Capacity(attendance.capacity).label.lower()})"
    heads = "; ".join(str(head) for head in attendance.heads)  # type: ignore[attr-defined]
    return BriefDelegation(name, clip(heads, HEAD))


def _reports(attendances: Iterable[Attendance]) -> Iterable[Report]:
    """The documents that say so, each once, those that name the most first."""
    counts = Counter(
        citation.report
        for attendance in attendances
        for citation in getattr(attendance, "sources", ())
    )
    return [report for report, _count in counts.most_common()]
