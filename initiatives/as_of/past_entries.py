"""Which entries and documents a reader would have known at the end of an earlier day, as querysets."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from ..facets.index import index
from ..models import (
    ENTRIES,
    AnyEntry,
    Citation,
    Criterion,
    Initiative,
    Publication,
    Report,
    Role,
    StatusUpdate,
)
from ..models.citations import SUBJECTS, CitationQuerySet
from ..models.relations import RoleQuerySet
from ..models.reports import ReportQuerySet
from ..partial_dates import DAY, sort_key
from ..serving.dependencies import rest_on_everything
from .current import CurrentView, EntryRows, StatedRow
from .merged import stated_of_merged
from .versions import Versions, record_begins


class PastEntries(CurrentView):
    """What documents said and was recorded as of the end of ``as_of``, a day before today; ``using`` is read."""

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

    @cached_property
    def was_shown(self) -> bool:
        begins = index(self.using).remember("begins", lambda: record_begins(self.using))
        return begins is not None and begins < self._end

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

    def roles(self) -> RoleQuerySet:
        """Roles that a document which was out bears out, or none does at all; those shown were shown."""
        return self._roles(self.once_public(Role))

    def _roles(self, rows: RoleQuerySet) -> RoleQuerySet:
        if self.was_shown:
            return self.versions.existing(rows)
        cited = Citation.objects.using(self.using).filter(role__gt=0).order_by()
        borne_out = cited.filter(self._published("report__"))
        return rows.exclude(~Q(pk__in=borne_out.values("role")), pk__in=cited.values("role"))
