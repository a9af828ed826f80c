"""What a reader would have known of the record at the end of an earlier day.

From the day on which the record begins that is what the tracker showed: entries by when they were recorded, corrected
and withdrawn, initiatives and meetings by the versions that are kept of each. For a day before that it follows from the
documents that were out by then. What is a draft today is shown on no day.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar

from django.db.models import Exists, Max, Min, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import cached_property

from ..facets.index import index
from ..models import (
    Attendance,
    Citation,
    Dialogue,
    Discrepancy,
    Entry,
    Initiative,
    Meeting,
    MeetingState,
    Mention,
    Publication,
    Report,
    StatusUpdate,
    Target,
)
from ..models.follow_up import CitationQuerySet, MentionQuerySet, StatusUpdateQuerySet
from ..models.reports import ReportQuerySet
from ..recording.derivation import DERIVED, derive_from
from .current import CurrentView, E, EntryRows

R = TypeVar("R", bound=QuerySet[Any])

# Of these columns an initiative and a meeting have the value of the day; of all others, title and roles too, today's.
OF_INITIATIVE = [
    "publication",
    "due_on",
    *(name if not name.endswith("_report") else f"{name}_id" for name in DERIVED),
]
OF_TARGET = ["value", "unit", "due_on", "reached", "reached_on", "note"]
OF_MEETING = ["state", "starts_on", "ends_on", "format", "city", "venue", "agenda", "outcomes"]


class PastRecord(CurrentView):
    """The record as of the end of ``asked``, a day before today; ``using`` is the database that is read."""

    is_past = True

    def __init__(self, asked: datetime.date, using: str = "default") -> None:
        super().__init__(asked, using)
        next_day = asked + datetime.timedelta(days=1)
        # The first day that is not known, as text to compare partial dates with, and its first moment.
        self._after = next_day.isoformat()
        self._end = timezone.make_aware(datetime.datetime.combine(next_day, datetime.time.min))
        self._meetings: dict[int, Meeting | None] = {}

    @cached_property
    def was_shown(self) -> bool:
        """Whether the record had begun, so that somebody may have read and cited it."""
        begins = index(self.using).keep("begins", lambda: record_begins(self.using))
        return begins is not None and begins < self._end

    # --- Entries ----------------------------------------------------------------------------------

    def mentions(self, *, withdrawn: bool = False) -> MentionQuerySet:
        rows = Mention.objects.using(self.using).public()
        if self.was_shown:
            return self._shown(rows, withdrawn=withdrawn)
        return rows.current().filter(self._out("report__"))

    def updates(self, *, withdrawn: bool = False) -> StatusUpdateQuerySet:
        rows = StatusUpdate.objects.using(self.using).public()
        if self.was_shown:
            return self._shown(rows, withdrawn=withdrawn)
        not_ahead = Q(on__isnull=True) | Q(on__lte=self.iso)
        return rows.current().filter(self._out("report__"), not_ahead)

    def withdrawn(self, rows: EntryRows) -> EntryRows:
        return rows.filter(withdrawn_at__lt=self._end)

    def as_they_stood(self, entries: Iterable[E]) -> list[E]:
        found = list(entries)
        for entry in found:
            if entry.withdrawn_at and entry.withdrawn_at >= self._end:
                entry.withdrawn_at, entry.withdrawal_reason = None, ""
        return found

    def citations(self) -> CitationQuerySet:
        """Whether the update that they bear out stood on that day is for who asks to see."""
        rows = Citation.objects.using(self.using).public()
        if self.was_shown:
            return self._existing(rows)
        return rows.filter(self._out("report__"))

    def reports(self, rows: ReportQuerySet) -> ReportQuerySet:
        return self._existing(rows) if self.was_shown else rows.filter(self._out(""))

    def _out(self, report: str) -> Q:
        """A document was out; one without a date by the end of the meeting that it belongs to."""
        ended = Q(**{f"{report}meeting__ends_on__ends_before": self._after}) | Q(
            **{
                f"{report}meeting__ends_on__isnull": True,
                f"{report}meeting__starts_on__ends_before": self._after,
            }
        )
        undated = Q(**{f"{report}published_on__isnull": True})
        return Q(**{f"{report}published_on__ends_before": self._after}) | (undated & ended)

    def _shown(self, rows: EntryRows, *, withdrawn: bool) -> EntryRows:
        """Of public entries those that the tracker showed on that day as standing, or also those struck through."""
        drafts = self._drafts(rows.model)
        entries = rows.model._default_manager.using(self.using)
        corrections = entries.filter(
            corrects=OuterRef("pk"), publication=Publication.PUBLIC, recorded_at__lt=self._end
        ).exclude(pk__in=drafts)
        known = rows.filter(~Exists(corrections), recorded_at__lt=self._end)
        if not withdrawn:
            known = known.filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=self._end))
        return known.exclude(Q(pk__in=drafts) | Q(initiative__in=self._drafts(Initiative)))

    def _drafts(self, model: type[Entry | Initiative]) -> QuerySet[Any]:
        """The keys of rows that were drafts on that day, among those that changed since."""
        since = self._versions_of(model).filter(history_date__gte=self._end).order_by()
        changed = self._last(model).filter(id__in=since.values("id"))
        drafts = self._versions_of(model).filter(publication=Publication.DRAFT)
        return drafts.filter(history_id__in=changed.values("last")).order_by().values("id")

    # --- Initiatives and meetings -----------------------------------------------------------------

    def put(
        self, initiatives: Iterable[Initiative], *, with_reports: bool = True
    ) -> list[Initiative]:
        rows = list(initiatives)
        found = self._as_shown(rows) if self.was_shown else self._as_documents_say(rows)
        for row in found:
            row.as_of = self.asked
        if with_reports:
            self._put_reports(found)
        # In their order.
        known = {row.pk for row in found}
        return [row for row in rows if row.pk in known]

    def _as_documents_say(self, rows: Sequence[Initiative]) -> list[Initiative]:
        """Known is what a document that was out speaks of."""
        meetings = self._meetings_of(rows)
        for row in rows:
            row.dialogue = self._dialogues.get(row.dialogue_id) or row.dialogue
            meeting = meetings.get(row.raised_at_id or 0)
            row.raised_at = None if meeting is None or self._is_ahead(meeting) else meeting
        return derive_from(rows, self.mentions(), self.updates(), self.citations())

    def _as_shown(self, rows: Sequence[Initiative]) -> list[Initiative]:
        keys = [row.pk for row in rows]
        columns = ["dialogue_id", "raised_at_id", *OF_INITIATIVE]
        versions = self._versions_on(Initiative, columns, keys)
        without = self._without_versions(keys)
        found, untold = [], []
        for row in rows:
            version = versions.get(row.pk)
            if version:
                for name, value in version.items():
                    setattr(row, name, value)
            if version is None and row.pk in without:
                untold.append(row)
            elif row.is_public and version is not None:
                found.append(row)
        meetings = self._meetings_of(rows)
        for row in [*found, *untold]:
            row.dialogue = self._dialogues.get(row.dialogue_id) or row.dialogue
            row.raised_at = meetings.get(row.raised_at_id or 0)
        hiding = self._hiding([row.pk for row in found])
        hidden = [row for row in found if row.pk in hiding]
        known = derive_from([*hidden, *untold], self.mentions(), self.updates(), self.citations())
        spoken_of = {row.pk for row in known}
        return [*found, *(row for row in untold if row.pk in spoken_of)]

    def _hiding(self, keys: Sequence[int]) -> set[int]:
        """Initiatives of which something is a draft again that was public then: what was derived may tell of it."""
        found: set[int] = set()
        for model in (Mention, StatusUpdate):
            was_public = self._versions_of(model).filter(
                id=OuterRef("pk"), publication=Publication.PUBLIC, history_date__lt=self._end
            )
            drafts = model._default_manager.using(self.using).filter(
                Exists(was_public), initiative__in=keys, publication=Publication.DRAFT
            )
            found |= set(drafts.order_by().values_list("initiative", flat=True))
        return found

    def _put_reports(self, rows: Iterable[Initiative]) -> None:
        rows = list(rows)
        names = ("standing_report", "latest_update_report")
        wanted = {getattr(row, f"{name}_id") for row in rows for name in names} - {None}
        reports = Report.objects.using(self.using).public().in_bulk(wanted)
        for row in rows:
            for name in names:
                setattr(row, name, reports.get(getattr(row, f"{name}_id")))

    @cached_property
    def _dialogues(self) -> dict[int, Dialogue]:
        """All dialogues, with the silence that they allowed."""
        found = Dialogue.objects.using(self.using).in_bulk()
        if self.was_shown:
            for key, version in self._versions_on(Dialogue, ["stale_after_days"], found).items():
                found[key].stale_after_days = version["stale_after_days"]
        return found

    def attendances(self, rows: Iterable[Attendance], meeting: Meeting) -> list[Attendance]:
        return [] if self.is_to_come(meeting) else list(rows)

    def meetings(self, rows: Iterable[Meeting]) -> list[Meeting]:
        return self._put_meetings(list(rows))

    def _meetings_of(self, initiatives: Iterable[Initiative]) -> dict[int, Meeting]:
        """The known meetings where initiatives were first raised, each read once."""
        wanted = {row.raised_at_id for row in initiatives if row.raised_at_id}
        if missing := wanted - self._meetings.keys():
            self._meetings |= dict.fromkeys(missing)
            rows = Meeting.objects.using(self.using).public().filter(pk__in=missing)
            known = self._put_meetings(list(rows.order_by().select_related("dialogue")))
            self._meetings |= {meeting.pk: meeting for meeting in known}
        found = ((key, self._meetings[key]) for key in wanted)
        return {key: meeting for key, meeting in found if meeting}

    def _put_meetings(self, rows: list[Meeting]) -> list[Meeting]:
        if self.was_shown:
            keys = [row.pk for row in rows]
            versions = self._versions_on(Meeting, OF_MEETING, keys)
            existed = self._existing(Meeting.objects.using(self.using).filter(pk__in=keys))
            known = set(existed.order_by().values_list("pk", flat=True))
            for row in rows:
                for name, value in versions.get(row.pk, {}).items():
                    setattr(row, name, value)
        else:
            ahead = [row for row in rows if self._is_ahead(row) or not row.starts_on]
            announced = self._announced([row.pk for row in ahead])
            known = {row.pk for row in rows} - {row.pk for row in ahead} | announced
            for row in rows:
                if self._is_ahead(row):
                    row.state, row.outcomes = MeetingState.PLANNED, ""
        found = [row for row in rows if row.pk in known]
        for row in found:
            row.as_of = self.asked
        return found

    # --- What hangs on them -----------------------------------------------------------------------

    def targets(self, targets: Iterable[Target]) -> list[Target]:
        found = list(targets)
        if self.was_shown:
            versions = self._versions_on(Target, OF_TARGET, [one.pk for one in found])
            for one in found:
                for name, value in versions.get(one.pk, {}).items():
                    setattr(one, name, value)
            return [one for one in found if one.pk in versions]
        for one in found:
            if not one.reached_on or str(one.reached_on) > self.iso:
                one.reached = one.reached_on = None
        return [one for one in found if one.value is not None or one.reached is not None]

    def disagreements(self, discrepancies: Iterable[Discrepancy]) -> list[Discrepancy]:
        return [one for one in discrepancies if getattr(one, "sources", None)]

    def is_to_come(self, meeting: Meeting) -> bool:
        """Whether nothing that happened at a meeting can have been known; what was shown was shown."""
        return not self.was_shown and self._is_ahead(meeting)

    def _is_ahead(self, meeting: Meeting) -> bool:
        return bool(meeting.starts_on) and str(meeting.starts_on) > self.iso

    def _announced(self, keys: Collection[int]) -> set[int]:
        """Meetings of which a document that was out speaks."""
        if not keys:
            return set()
        reports = Report.objects.using(self.using).public().filter(self._out(""), meeting__in=keys)
        cited = self.citations().filter(meeting__in=keys)
        return {
            *reports.order_by().values_list("meeting", flat=True),
            *cited.order_by().values_list("meeting", flat=True),
        }

    # --- Versions ---------------------------------------------------------------------------------

    def _versions_of(self, model: type[Model]) -> QuerySet[Any]:
        versions: QuerySet[Any] = model.history.model._default_manager.using(self.using)  # type: ignore[attr-defined]
        return versions

    def _last(self, model: type[Model]) -> QuerySet[Any]:
        """For each row of a model its key and, as ``last``, its last version by that day."""
        versions = self._versions_of(model).filter(history_date__lt=self._end).order_by()
        last: QuerySet[Any] = versions.values("id").annotate(last=Max("history_id"))
        return last

    def _versions_on(
        self, model: type[Model], columns: Sequence[str], keys: Collection[int]
    ) -> dict[int, dict[str, Any]]:
        """The columns of rows, by primary key, as they were on that day; without rows that were not there."""
        last = self._last(model).filter(id__in=list(keys)).values("last")
        versions = self._versions_of(model).filter(history_id__in=last).exclude(history_type="-")
        return {
            key: dict(zip(columns, values, strict=True))
            for key, *values in versions.order_by().values_list("id", *columns)
        }

    def _existing(self, rows: R) -> R:
        """Rows that were there on that day, as far as their versions tell."""
        versions = self._versions_of(rows.model).filter(id=OuterRef("pk"))
        return rows.filter(Exists(versions.filter(history_date__lt=self._end)) | ~Exists(versions))

    def _without_versions(self, keys: Collection[int]) -> set[int]:
        """Initiatives of which no version is kept at all: rows that were written past the history."""
        versions = self._versions_of(Initiative).filter(id=OuterRef("pk"))
        rows = Initiative.objects.using(self.using).filter(~Exists(versions), pk__in=list(keys))
        return set(rows.order_by().values_list("pk", flat=True))


def record_begins(using: str) -> datetime.datetime | None:
    """When the first entry was recorded, or the first version of an initiative kept; None for an empty record."""
    moments = [
        model._default_manager.using(using).aggregate(first=Min("recorded_at"))["first"]
        for model in (Mention, StatusUpdate)
    ]
    versions = Initiative.history.model._default_manager.using(using)
    moments.append(versions.aggregate(first=Min("history_date"))["first"])
    return min(filter(None, moments), default=None)
