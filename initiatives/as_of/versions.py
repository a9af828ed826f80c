"""What the versions that are kept of rows tell of the end of a day."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any, TypeVar

from django.db.models import Exists, Max, Min, Model, OuterRef, Q, QuerySet
from django.utils.functional import cached_property

from ..models import ENTRIES, Citation, Entry, Initiative, Merge, Publication, Published
from ..recording.entry_rows import MOST_NAMED
from ..recording.initiative_columns import InitiativeColumns

R = TypeVar("R", bound=QuerySet[Any])
M = TypeVar("M", bound=Model)


class Versions:
    """The versions in the database ``using`` as of ``end``, the first moment after a day."""

    def __init__(self, using: str, end: datetime.datetime) -> None:
        self.using, self.end = using, end

    def of(self, model: type[Model]) -> QuerySet[Any]:
        """All versions of the rows of a model, later ones too."""
        versions: QuerySet[Any] = model.history.model._default_manager.using(self.using)  # type: ignore[attr-defined]
        return versions

    def _last(self, model: type[Model]) -> QuerySet[Any]:
        """For each row of a model its key and, as ``last``, its last version by that day."""
        versions = self.of(model).filter(history_date__lt=self.end).order_by()
        last: QuerySet[Any] = versions.values("id").annotate(last=Max("history_id"))
        return last

    def apply(self, model: type[Model], rows: Collection[Any], columns: Sequence[str]) -> set[int]:
        """Set columns of rows of a model as they were on that day; return the keys of the rows that were there."""
        if not rows:
            return set()
        by_key = {row.pk: row for row in rows}
        there = set()
        for key, *values in self._on_day(model, by_key).values_list("id", *columns):
            if row := by_key.get(key):
                there.add(key)
                for name, value in zip(columns, values, strict=True):
                    setattr(row, name, value)
        return there

    def columns(self, keys: Collection[int], names: Sequence[str]) -> InitiativeColumns:
        """Columns of initiatives as they were on that day, of those that were there."""
        return InitiativeColumns.read(self._on_day(Initiative, keys), names)

    def _on_day(self, model: type[Model], keys: Collection[int]) -> QuerySet[Any]:
        """The last version by that day of each row of these keys, and of others perhaps, but for what was gone."""
        last = among(self._last(model), "id", keys).values("last")
        return self.of(model).filter(history_id__in=last).exclude(history_type="-").order_by()

    def rows(self, model: type[M], **of: Any) -> list[M]:
        """The rows of a model as they were on that day, those too that are gone; where no version is kept, as now."""
        # Those too that were so once, and by that day were not.
        ever = self.of(model).filter(**of).order_by().values("id")
        last = self._last(model).filter(id__in=ever).values("last")
        versions = self.of(model).filter(history_id__in=last, **of).exclude(history_type="-")
        unversioned = model._default_manager.using(self.using).filter(**of)
        kept = self.of(model).filter(id=OuterRef("pk"))
        return [
            *(version.instance for version in versions.order_by("id")),
            *unversioned.filter(~Exists(kept)).order_by("pk"),
        ]

    def _changed_since(self, model: type[Model]) -> QuerySet[Any]:
        """The keys of rows of which a version is younger than that day."""
        since = self.of(model).filter(history_date__gte=self.end).order_by()
        return since.values("id")

    def told_since(self) -> Iterator[QuerySet[Any]]:
        """The keys of initiatives by what of public entries and their citations was not so on that day, or perhaps."""
        for model in ENTRIES:
            changed = (
                Q(recorded_at__gte=self.end),
                Q(withdrawn_at__gte=self.end),
                Q(pk__in=self._changed_since(model)),
            )
            entries: Any = model._default_manager.using(self.using)
            keys = entries.published().order_by().values_list("initiative", flat=True)
            yield from map(keys.filter, changed)
        cited = Citation.objects.using(self.using).filter(pk__in=self._changed_since(Citation))
        of_updates = cited.filter(status_update__isnull=False).order_by()
        yield of_updates.values_list("status_update__initiative", flat=True)

    def drafts(self, model: type[Entry | Initiative | Published]) -> QuerySet[Any]:
        """The keys of rows that were drafts on that day, among those that changed since."""
        changed = self._last(model).filter(id__in=self._changed_since(model))
        drafts = self.of(model).filter(publication=Publication.DRAFT)
        return drafts.filter(history_id__in=changed.values("last")).order_by().values("id")

    def withdrawn_initiatives(self) -> QuerySet[Any]:
        """The keys of initiatives that were withdrawn on that day, among those that ever were."""
        versions = self.of(Initiative).filter(withdrawn_at__isnull=False).order_by()
        last = self._last(Initiative).filter(id__in=versions.values("id"))
        return versions.filter(history_id__in=last.values("last")).values("id")

    def existing(self, rows: R) -> R:
        """Rows that were there on that day, and no drafts, as far as their versions tell."""
        versions = self.of(rows.model).filter(id=OuterRef("pk"))
        if issubclass(rows.model, Published):
            rows = rows.exclude(pk__in=self.drafts(rows.model))
        return rows.filter(Exists(versions.filter(history_date__lt=self.end)) | ~Exists(versions))

    def without_versions(self, keys: Collection[int]) -> set[int]:
        """Initiatives of which no version is kept at all: rows that were written past the history."""
        versions = self.of(Initiative).filter(id=OuterRef("pk"))
        rows = Initiative.objects.using(self.using).filter(~Exists(versions)).order_by()
        return set(among(rows, "pk", keys).values_list("pk", flat=True)).intersection(keys)

    def merged_since(self, model: type[Model]) -> dict[int, int]:
        """The rows of a model that have been merged into others since that day, each with what it is today."""
        return self._merged_since.get(str(model._meta.model_name), {})

    @cached_property
    def _merged_since(self) -> dict[str, dict[int, int]]:
        merges = Merge.objects.using(self.using).standing().filter(at__gte=self.end)
        led_on: dict[str, dict[int, int]] = defaultdict(dict)
        # The latest first: what one was merged into may have been merged itself.
        for kind, gone, kept in merges.order_by("-at", "-pk").values_list("kind", "gone", "kept"):
            led_on[kind][gone] = led_on[kind].get(kept, kept)
        return led_on

    def unpublished_since(self, keys: Collection[int]) -> set[int]:
        """Initiatives of which something is a draft again that was public on that day."""
        initiatives: set[int] = set()
        for model in ENTRIES:
            was_public = self.of(model).filter(
                id=OuterRef("pk"), publication=Publication.PUBLIC, history_date__lt=self.end
            )
            drafts = model._default_manager.using(self.using).filter(
                Exists(was_public), publication=Publication.DRAFT
            )
            of_drafts = among(drafts.order_by(), "initiative", keys)
            initiatives |= set(of_drafts.values_list("initiative", flat=True))
        return initiatives.intersection(keys)


def among(rows: QuerySet[Any], column: str, keys: Collection[int]) -> QuerySet[Any]:
    """Rows of these keys; all of them where the keys are so many that to name them costs more than to read the rest."""
    return rows.filter(**{f"{column}__in": list(keys)}) if len(keys) <= MOST_NAMED else rows


def record_begins(using: str) -> datetime.datetime | None:
    """When the first entry was recorded, or the first version of an initiative kept; None for an empty record."""
    moments = [
        model._default_manager.using(using).aggregate(first=Min("recorded_at"))["first"]
        for model in ENTRIES
    ]
    versions = Initiative.history.model._default_manager.using(using)
    moments.append(versions.aggregate(first=Min("history_date"))["first"])
    return min(filter(None, moments), default=None)
