"""The meetings around a brief: the one before, the next one, and who came last time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..as_of.current import CurrentView
from ..models import Attendance, Capacity, Dialogue, Meeting, MeetingState, Report
from .brief_lines import NAME, clip
from .citations import attach_sources

# Lines of a brief for who came.
MOST = 12
MOST_SOURCES = 3
HEAD = 80


@dataclass(frozen=True)
class Delegation:
    """One that came, in words: “Japan”, “Y. Hayashi, Minister for Foreign Affairs”."""

    name: str
    head: str


@dataclass(frozen=True)
class Came:
    """Who came to a meeting, members first; ``more`` is how many are not listed, ``reports`` say so."""

    meeting: Meeting
    delegations: list[Delegation]
    more: int
    reports: list[Report]


@dataclass(frozen=True)
class Meetings:
    """``held`` are those that were held before, the latest first; ``next`` is the first that is planned."""

    held: list[Meeting]
    next: Meeting | None

    @classmethod
    def read(cls, view: CurrentView, dialogue: Dialogue, before: Meeting | None = None) -> Meetings:
        """One query."""
        rows = Meeting.objects.public().filter(dialogue=dialogue).order_by("starts_on", "slug")
        meetings = view.meetings(rows.select_related("dialogue"))
        meetings.sort(key=lambda one: (one.starts_on or "", one.slug))
        day = view.day.isoformat()
        held = [one for one in meetings if one.state == MeetingState.HELD and one.starts_on]
        held = [one for one in held if one.starts_on <= day]
        if before:
            held = [one for one in held if one.pk != before.pk]
            if before.starts_on:
                held = [one for one in held if one.starts_on <= before.starts_on]
        ahead = [
            one
            for one in meetings
            if one.state == MeetingState.PLANNED
            and one.starts_on
            and not one.starts_on.ends_before(day)
        ]
        return cls(held[::-1], ahead[0] if ahead else None)

    def came(self, view: CurrentView) -> Came | None:
        """Who came to the latest of the meetings held of which that is known; three queries."""
        rows = Attendance.objects.public().filter(meeting__in=[one.pk for one in self.held])
        attended = set(rows.order_by().values_list("meeting", flat=True).distinct())
        for meeting in self.held:
            if meeting.pk in attended:
                of_meeting = rows.filter(meeting=meeting).select_related("participant")
                return _came(view, meeting, view.attendances(of_meeting, meeting))
        return None


def _came(view: CurrentView, meeting: Meeting, attendances: list[Attendance]) -> Came:
    attendances.sort(key=lambda one: (Capacity.values.index(one.capacity), one.participant.name))
    attach_sources(attendances, citations=view.citations())
    return Came(
        meeting,
        [_delegation(one) for one in attendances[:MOST]],
        max(len(attendances) - MOST, 0),
        list(_reports(attendances))[:MOST_SOURCES],
    )


def _delegation(one: Attendance) -> Delegation:
    name = clip(one.participant.name, NAME)
    if one.capacity != Capacity.MEMBER:
        name = f"{name} ({Capacity(one.capacity).label.lower()})"
    return Delegation(name, clip(", ".join(filter(None, (one.head, one.head_title))), HEAD))


def _reports(attendances: Iterable[Attendance]) -> Iterable[Report]:
    """The documents that say so, each once, those that name the most first."""
    found: dict[Report, int] = {}
    for attendance in attendances:
        for citation in getattr(attendance, "sources", ()):
            found[citation.report] = found.get(citation.report, 0) + 1
    return sorted(found, key=lambda report: -found[report])
