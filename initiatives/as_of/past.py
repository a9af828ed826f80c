"""What a reader would have known of the record at the end of an earlier day.

From the day on which the record begins that is what the tracker showed: entries by when they were recorded, corrected
and withdrawn, initiatives and meetings by the versions that are kept of each. For a day before that it follows from the
documents that were out by then. What is a draft today is shown on no day.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import Model, Q
from django.utils import timezone
from django.utils.functional import cached_property

from ..facets.index import index
from ..models import (
    ENTRIES,
    AnyEntry,
    Attendance,
    Citation,
    Criterion,
    Dialogue,
    Discrepancy,
    Entry,
    Initiative,
    Lineage,
    Meeting,
    MeetingState,
    Participant,
    Publication,
    Report,
    Role,
    StatusUpdate,
    Target,
)
from ..models.citations import SUBJECTS, CitationQuerySet
from ..models.relations import RoleQuerySet
from ..models.reports import ReportQuerySet
from ..partial_dates import DAY, PartialDate, sort_key
from ..recording.derivation import derive_from
from ..recording.initiative_columns import InitiativeColumns
from ..recording.involvement import InCapacity, Involved, read_capacities, read_involved
from ..serving.dependencies import rest_on_everything
from .current import (
    CurrentView,
    EntryRows,
    M,
    StatedRow,
    count_documents,
    newest_first,
    with_meetings,
)
from .days import day_index
from .merged import apply_merged, stated_of_merged
from .past_columns import read_past_columns
from .past_index import OF_VERSIONS, PastIndex
from .versions import Versions, record_begins


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


class PastView(CurrentView):
    """The record as of the end of ``as_of``, a day before today; ``using`` is the database that is read."""

    is_past = True

    def __init__(self, as_of: datetime.date, using: str = "default") -> None:
        super().__init__(as_of, using)
        # Much of it comes from what is kept of the day.
        rest_on_everything()
        next_day = as_of + datetime.timedelta(days=1)
        # The day and the first one that is not known, as text to compare partial dates with.
        self._day, self._after = as_of.isoformat(), next_day.isoformat()
        self._end = timezone.make_aware(datetime.datetime.combine(next_day, datetime.time.min))
        self.versions = Versions(using, self._end)
        self._meetings_by_key: dict[int, Meeting | None] = {}

    @cached_property
    def was_shown(self) -> bool:
        begins = index(self.using).remember("begins", lambda: record_begins(self.using))
        return begins is not None and begins < self._end

    @cached_property
    def index(self) -> PastIndex:
        # By a view of its own: what this one has looked at before may be of an earlier version.
        return day_index(PastView(self.day, self.using))

    # --- Rows of today ----------------------------------------------------------------------------

    def public(self, model: Any) -> Any:
        """Those too that were withdrawn since."""
        return self.once_public(model)

    # --- Entries and documents --------------------------------------------------------------------

    def entries(self, model: type[AnyEntry], *, withdrawn: bool = False) -> Any:
        rows: Any = model.objects.using(self.using).once_public()
        if self.was_shown:
            return self._shown(rows, withdrawn=withdrawn)
        return rows.public().current().filter(self._was_out(model))

    def entries_of_all(self, model: type[AnyEntry]) -> Any:
        """Those that stand, for whoever reads nearly all: of initiatives that are not known too, so as not to look."""
        rows: Any = model.objects.using(self.using).order_by()
        if self.was_shown:
            return self._shown(rows.published(), withdrawn=False)
        rows = rows.exclude(pk__in=rows.not_standing())
        for later in self._came_later(model):
            rows = rows.exclude(later)
        return rows

    def told_otherwise(self) -> Iterator[Any]:
        """The keys of initiatives by each thing that stands today and did not on the day, or the other way round."""
        if self.was_shown:
            yield from self.versions.told_since()
            return
        for model in ENTRIES:
            rows: Any = model.objects.using(self.using).order_by()
            rows = rows.exclude(pk__in=rows.not_standing()).values_list("initiative", flat=True)
            yield from map(rows.filter, self._came_later(model))
        cited = Citation.objects.using(self.using).once_public(["status_update"]).order_by()
        cited = cited.filter(status_update__isnull=False).exclude(self._published("report__"))
        yield cited.values_list("status_update__initiative", flat=True)

    def _was_out(self, model: type[AnyEntry]) -> Q:
        was_out = self._published("report__")
        if model is Criterion:
            was_out |= Q(report__isnull=True, read_on__starts_by=self._day)
        if model is StatusUpdate:
            was_out |= Q(report__isnull=True, looked_on__starts_by=self._day)
            was_out &= Q(on__first_day__lte=sort_key(self._day)[:DAY])
        return was_out

    def _came_later(self, model: type[AnyEntry]) -> list[Q]:
        """The opposite, for whoever reads nearly all: each by an index where few are, and none looked for by one."""
        later = Report.objects.using(self.using).exclude(self._published("")).order_by()
        came_later = [Q(report__in=later.values("pk"))]
        if model is Criterion:
            came_later.append(Q(report__isnull=True) & ~Q(read_on__starts_by=self._day))
        if model is StatusUpdate:
            came_later.append(Q(report__isnull=True) & ~Q(looked_on__starts_by=self._day))
            # What ends before the day has begun, and is found out sooner.
            first_day = sort_key(self._day)[:DAY]
            came_later.append(Q(on__reaches=self._day) & Q(on__first_day__gt=first_day))
        return came_later

    def stream(self, model: type[AnyEntry]) -> Any:
        """What the documents of before tell was recorded later."""
        if not self.was_shown:
            return model.objects.none()
        rows = self.entries(model, withdrawn=True)
        return rows.exclude(initiative__in=self.versions.withdrawn_initiatives())

    def withdrawn(self, rows: EntryRows) -> EntryRows:
        return rows.filter(withdrawn_at__lt=self._end)

    def shown_later(self, model: type[AnyEntry]) -> Q:
        """The same as ``_shown`` the other way round: what was withdrawn or corrected by then does not stand today."""
        later = Q(recorded_at__gte=self._end) | Q(pk__in=self.versions.drafts(model))
        for hidden in (self.versions.drafts(Initiative), self.versions.withdrawn_initiatives()):
            later |= Q(initiative__in=hidden)
        return later

    def citations(
        self, subjects: Collection[str] = SUBJECTS, *, withdrawn: bool = False
    ) -> CitationQuerySet:
        """Whether the update that they bear out stood on that day is for who asks to see."""
        rows = Citation.objects.using(self.using).once_public(subjects)
        if self.was_shown:
            return self.versions.existing(rows)
        return rows.filter(self._published("report__"))

    def reports(self) -> ReportQuerySet:
        rows = Report.objects.using(self.using).public()
        return self.versions.existing(rows) if self.was_shown else rows.filter(self._published(""))

    def stated(self, model: type[StatedRow], column: str, keys: Sequence[int]) -> list[StatedRow]:
        if self.was_shown:
            return stated_of_merged(self.versions, model, column, keys)
        # Before that, what a document that was out states.
        name = str(model._meta.model_name)
        cited = self.citations().filter(**{f"{name}__isnull": False}).order_by().values(name)
        rows: Any = model._default_manager.using(self.using)
        return list(rows.public().filter(pk__in=cited, **{f"{column}__in": keys}))

    def _published(self, report: str) -> Q:
        """A document was out; one without a date by the end of the meeting that it belongs to."""
        ended = Q(meeting__ends_on__ends_before=self._after) | Q(
            meeting__ends_on__isnull=True, meeting__starts_on__ends_before=self._after
        )
        # As a subquery: joined, the meeting of every document would be looked at.
        undated = Report.objects.using(self.using).filter(ended, published_on__isnull=True)
        was_dated = Q(**{f"{report}published_on__ends_before": self._after})
        return was_dated | Q(**{f"{report}pk__in": undated.values("pk")})

    def _shown(self, rows: EntryRows, *, withdrawn: bool) -> EntryRows:
        """Of public entries those that the tracker showed on that day as standing, or also those struck through."""
        drafts = self.versions.drafts(rows.model)
        entries = rows.model._default_manager.using(self.using)
        # Not “before”: for that SQLite would look at every entry by the index of moments.
        corrections = entries.filter(corrects__gt=0, publication=Publication.PUBLIC)
        corrections = corrections.exclude(Q(recorded_at__gte=self._end) | Q(pk__in=drafts))
        shown = rows.exclude(pk__in=corrections.values("corrects"))
        shown = shown.filter(recorded_at__lt=self._end)
        if not withdrawn:
            shown = shown.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=self._end))
            shown = shown.exclude(initiative__in=self.versions.withdrawn_initiatives())
        initiatives = self.versions.drafts(Initiative)
        return shown.exclude(Q(pk__in=drafts) | Q(initiative__in=initiatives))

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

    def roles(self) -> RoleQuerySet:
        """Roles that a document which was out bears out, or none does at all; those shown were shown."""
        return self._roles(self.once_public(Role))

    def _roles(self, rows: RoleQuerySet) -> RoleQuerySet:
        if self.was_shown:
            return self.versions.existing(rows)
        cited = Citation.objects.using(self.using).filter(role__gt=0).order_by()
        borne_out = cited.filter(self._published("report__"))
        return rows.exclude(~Q(pk__in=borne_out.values("role")), pk__in=cited.values("role"))

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
