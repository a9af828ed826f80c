"""What a reader would have known of the record at the end of an earlier day.

From the day on which the record begins that is what the tracker showed: entries by when they were recorded, corrected
and withdrawn, initiatives and meetings by the versions that are kept of each. For a day before that it follows from the
documents that were out by then. What is a draft today is shown on no day.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model
from django.utils import timezone
from django.utils.functional import cached_property

from ..models import (
    ENTRIES,
    Attendance,
    Dialogue,
    Discrepancy,
    Entry,
    Initiative,
    Lineage,
    Meeting,
    MeetingState,
    Participant,
    Report,
    Role,
    Target,
)
from ..partial_dates import PartialDate, sort_key
from ..recording.derivation import derive_from
from ..recording.initiative_columns import InitiativeColumns
from ..recording.involvement import InCapacity, Involved, read_capacities, read_involved
from .current import CurrentView, M, count_documents, newest_first, with_meetings
from .days import day_index
from .merged import apply_merged
from .past_columns import read_past_columns
from .past_entries import PastEntries
from .past_index import OF_VERSIONS, PastIndex


def _columns(model: type[Model], *of_today: str) -> list[str]:
    """The columns that a row has as they were on the day: all but its key and these."""
    names = ("id", *of_today)
    return [field.attname for field in model._meta.concrete_fields if field.name not in names]


# What names and describes a row is today’s, and so is what other rows tell: themes, the host’s name.
IN_LANGUAGES = ("language", "translations")
OF_INITIATIVE = _columns(
    Initiative, "slug", "title", "other_names", "sort_key", "summary", "kind", *IN_LANGUAGES
)
# Of these, what the index of a day goes by.
OF_COLUMNS = [name for name in OF_INITIATIVE if name in OF_VERSIONS]
OF_TARGET = _columns(Target, "initiative", "ref")
OF_MEETING = _columns(
    Meeting, "slug", "title", "other_names", "dialogue", "kind", "number", "host", *IN_LANGUAGES
)


def view_on(day: datetime.date | None, using: str = "default") -> CurrentView:
    """What is known at the end of a day; of today where there is none. Not meant for days to come."""
    if day is None or day >= timezone.localdate():
        return CurrentView(day, using)
    return PastView(day, using)


class PastView(PastEntries):
    """The record as of the end of ``as_of``, a day before today; ``using`` is the database that is read."""

    def __init__(self, as_of: datetime.date, using: str = "default") -> None:
        super().__init__(as_of, using)
        self._meetings_by_key: dict[int, Meeting | None] = {}

    @cached_property
    def index(self) -> PastIndex:
        # By a view of its own: what this one has looked at before may be of an earlier version.
        return day_index(PastView(self.day, self.using))

    # --- Rows of today ----------------------------------------------------------------------------

    def public(self, model: Any) -> Any:
        """Those too that were withdrawn since."""
        return self.once_public(model)

    # --- Initiatives ------------------------------------------------------------------------------

    def as_known(self, rows: Iterable[M]) -> list[M]:
        known_rows: list[Any] = list(rows)
        if known_rows:
            known_rows = self._AS_KNOWN[type(known_rows[0])](self, known_rows)
        return super().as_known(known_rows)

    def _initiatives(self, rows: Sequence[Initiative]) -> list[Initiative]:
        """Without the reports that they rest on."""
        known_rows = self._as_shown(rows) if self.was_shown else self._as_documents_say(rows)
        keys = {row.pk for row in known_rows}
        return [row for row in rows if row.pk in keys]

    def columns(self, keys: Collection[int] | None = None) -> InitiativeColumns:
        """All initiatives as they were known, or those of these keys: what the index of the day goes by."""
        return read_past_columns(self, OF_COLUMNS, keys)

    def _initiatives_with_reports(self, rows: Sequence[Initiative]) -> list[Initiative]:
        initiatives = self._initiatives(rows)
        names = ("standing_report", "latest_update_report", "condition_report")
        keys = {getattr(row, f"{name}_id") for row in initiatives for name in names} - {None}
        reports = Report.objects.using(self.using).public().in_bulk(keys)
        meetings = self._meetings_of(row.due_at_id for row in initiatives)
        for row in initiatives:
            row.due_at = meetings.get(row.due_at_id or 0)
            for name in names:
                setattr(row, name, reports.get(getattr(row, f"{name}_id")))
        return initiatives

    def _as_documents_say(self, rows: Sequence[Initiative]) -> list[Initiative]:
        """Known is what a document that was out speaks of."""
        meetings = self.raised_at(row.raised_at_id for row in rows)
        for row in rows:
            row.dialogue = self._dialogue(row.dialogue_id)
            row.raised_at = meetings.get(row.raised_at_id or 0)
        spoken_of = derive_from(rows, self.entries, self.citations())
        for row in spoken_of:
            # When something was recorded is of days that were still to come.
            row.status_recorded_on = row.criterion_recorded_on = None
        return spoken_of

    def _as_shown(self, rows: Sequence[Initiative]) -> list[Initiative]:
        there = self.versions.apply(Initiative, rows, OF_INITIATIVE)
        without = self.versions.without_versions([row.pk for row in rows])
        # What was merged since is one thing on every day: what was known of both, as documents say it.
        merged = {*self.versions.merged_since(Initiative).values()} & {row.pk for row in rows}
        without |= merged - there
        unversioned = [row for row in rows if row.pk in without]
        shown = [row for row in rows if row.pk in there and row.is_public]
        meetings = self.raised_at(row.raised_at_id for row in rows)
        for row in shown + unversioned:
            row.dialogue = self._dialogue(row.dialogue_id)
            row.raised_at = meetings.get(row.raised_at_id or 0)
        # What was derived may tell of what is a draft again.
        taken_back = merged | self.versions.unpublished_since([row.pk for row in shown])
        rederived = [row for row in shown if row.pk in taken_back]
        entries, citations = self.entries, self.citations()
        spoken_of = {row.pk for row in derive_from(rederived + unversioned, entries, citations)}
        return shown + [row for row in unversioned if row.pk in spoken_of]

    def _dialogue(self, key: int) -> Dialogue:
        # One that was written after all were read.
        return self.known_dialogues.get(key) or Dialogue.objects.using(self.using).get(pk=key)

    @cached_property
    def known_dialogues(self) -> dict[int, Dialogue]:
        """All dialogues, with the silence that they allowed."""
        dialogues = Dialogue.objects.using(self.using).in_bulk()
        if self.was_shown:
            self.versions.apply(Dialogue, dialogues.values(), ["stale_after_days"])
        return dialogues

    # --- Meetings ---------------------------------------------------------------------------------

    def _meetings(self, rows: Sequence[Meeting]) -> list[Meeting]:
        keys = [row.pk for row in rows]
        if self.was_shown:
            self.versions.apply(Meeting, rows, OF_MEETING)
            existed = self.versions.existing(Meeting.objects.using(self.using).filter(pk__in=keys))
            known_keys = set(existed.order_by().values_list("pk", flat=True))
            absent = [row for row in rows if row.pk not in known_keys]
            known_keys |= apply_merged(self.versions, absent, OF_MEETING)
        else:
            ahead = {row.pk for row in rows if self._is_ahead(row) or not row.starts_on}
            known_keys = {*keys} - ahead | self._announced(ahead)
            for row in rows:
                if self._is_ahead(row):
                    row.state = MeetingState.PLANNED
        return [row for row in rows if row.pk in known_keys]

    def raised_at(self, keys: Iterable[int | None]) -> dict[int, Meeting]:
        """Of the meetings with these keys those at which something can have been raised."""
        meetings = self._meetings_of(keys)
        return {key: row for key, row in meetings.items() if not self._is_to_come(row)}

    def _meetings_of(self, keys: Iterable[int | None]) -> dict[int, Meeting]:
        """The known meetings with these keys, each read once."""
        wanted = {key for key in keys if key}
        if missing := wanted - self._meetings_by_key.keys():
            self._meetings_by_key |= dict.fromkeys(missing)
            rows = Meeting.objects.using(self.using).public().filter(pk__in=missing)
            meetings = self.as_known(rows.order_by().select_related("dialogue"))
            self._meetings_by_key |= {meeting.pk: meeting for meeting in meetings}
        pairs = ((key, self._meetings_by_key[key]) for key in wanted)
        return {key: meeting for key, meeting in pairs if meeting}

    def _is_to_come(self, meeting: Meeting) -> bool:
        """Whether nothing that happened at a meeting can have been known; what was shown was shown."""
        return not self.was_shown and self._is_ahead(meeting)

    def _is_ahead(self, meeting: Meeting) -> bool:
        return bool(meeting.starts_on and not self._has_begun(meeting.starts_on))

    def _has_begun(self, date: str) -> bool:
        return PartialDate(date).starts_by(self._day)

    def _announced(self, keys: Collection[int]) -> set[int]:
        """Meetings of which a document that was out speaks."""
        if not keys:
            return set()
        reports = (
            Report.objects.using(self.using).public().filter(self._published(""), meeting__in=keys)
        )
        cited = self.citations().filter(meeting__in=keys)
        return {
            *reports.order_by().values_list("meeting", flat=True),
            *cited.order_by().values_list("meeting", flat=True),
        }

    # --- What belongs to them ---------------------------------------------------------------------

    def _attendances(self, rows: Sequence[Attendance]) -> list[Attendance]:
        return [row for row in rows if not self._is_to_come(row.meeting)]

    def _entries(self, rows: Sequence[Entry]) -> Sequence[Entry]:
        """What was withdrawn later stood."""
        for row in rows:
            if row.withdrawn_at and row.withdrawn_at >= self._end:
                row.withdrawn_at, row.withdrawal_reason = None, ""
        return rows

    def _links(self, rows: Sequence[Lineage]) -> list[Lineage]:
        """Those of which both ends, read with them, were known."""
        ends = self.as_known(end for row in rows for end in (row.earlier, row.later))
        known_keys = {end.pk for end in ends}
        return [row for row in rows if {row.earlier_id, row.later_id} <= known_keys]

    def _participants(self, rows: Sequence[Participant]) -> list[Participant]:
        """Those that were no drafts."""
        if not self.was_shown:
            return [*rows]
        drafts = {*self.versions.drafts(Participant).values_list("id", flat=True)}
        return [row for row in rows if row.pk not in drafts]

    def _targets(self, rows: Sequence[Target]) -> list[Target]:
        if self.was_shown:
            there = self.versions.apply(Target, rows, OF_TARGET)
            return [row for row in rows if row.pk in there]
        return [*rows]

    def _discrepancies(self, rows: Sequence[Discrepancy]) -> list[Discrepancy]:
        return [row for row in rows if getattr(row, "sources", None)]

    _AS_KNOWN: ClassVar[Mapping[type[Model], Callable[[PastView, Any], Any]]] = {
        Attendance: _attendances,
        Discrepancy: _discrepancies,
        Initiative: _initiatives_with_reports,
        Lineage: _links,
        Meeting: _meetings,
        Participant: _participants,
        Target: _targets,
        **dict.fromkeys(ENTRIES, _entries),
    }

    # --- Who is in them ---------------------------------------------------------------------------

    def involved(self, keys: Collection[int]) -> Involved:
        """As mentions, updates and roles said that were known; three queries."""
        return read_involved(keys, self.entries, self.roles())

    def capacities(self, keys: Collection[int] | None = None) -> InCapacity:
        """The same of all initiatives, or of those of these keys, by participant and capacity."""
        return read_capacities(
            self.entries_of_all, self._roles(Role.objects.using(self.using)), keys
        )

    def initiatives_with(self, participant: Participant) -> Any:
        return list(self.index.having("participant", participant.code))

    # --- Lists and counts -------------------------------------------------------------------------

    def attended_meetings(self, meetings: Iterable[Meeting]) -> list[Meeting]:
        in_order = super().attended_meetings(meetings)
        return [meeting for meeting in in_order if not self._is_to_come(meeting)]

    def next_meetings(self, count: int) -> list[Meeting]:
        ahead = (
            meeting
            for meeting in self._all_meetings
            if meeting.state == MeetingState.PLANNED and not meeting.is_over(self.day)
        )
        return oldest_first(ahead)[:count]

    def latest_meetings(self, count: int) -> list[Meeting]:
        meetings = (
            meeting
            for meeting in self._all_meetings
            if meeting.state == MeetingState.HELD
            and meeting.starts_on
            and self._has_begun(meeting.starts_on)
        )
        return newest_first(meetings)[:count]

    def raising_meetings(self, count: int, besides: Sequence[str] = ()) -> list[Meeting]:
        having = self.index.having
        raising = newest_first(row for row in self._all_meetings if having("meeting", row.slug))
        return with_meetings(raising[:count], besides)

    def figures(self) -> dict[str, int]:
        dialogues = Dialogue.objects.using(self.using).public().order_by()
        participants = Participant.objects.using(self.using).public().order_by()
        if self.was_shown:
            existing = self.versions.existing
            dialogues, participants = existing(dialogues), existing(participants)
        begun = [
            dialogue
            for dialogue in dialogues
            if self.was_shown
            or (dialogue.launched_on and self._has_begun(dialogue.launched_on))
            or self.index.having("dialogue", dialogue.slug)
        ]
        return {
            "dialogues": len(begun),
            "meetings": len(self._all_meetings),
            "participants": participants.count(),
            **count_documents(self.reports()),
        }

    @cached_property
    def _all_meetings(self) -> list[Meeting]:
        """All meetings that were known, with their dialogues."""
        rows = Meeting.objects.using(self.using).public().order_by().select_related("dialogue")
        return self.as_known(rows)


def oldest_first(meetings: Iterable[Meeting]) -> list[Meeting]:
    """The other way round; those without a date last, too."""
    return sorted(meetings, key=lambda row: (not row.starts_on, sort_key(row.starts_on), row.slug))
