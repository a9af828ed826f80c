"""The record as it would be if every draft were public: for pages of the desk that show what a draft would look like.

Public pages know nothing of it, and nothing of it is kept: each preview reads anew what it shows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property
from pyroaring import BitMap

from ..facets.index import FACETS, Columns, Index, index
from ..facets.registry import INVOLVED
from ..models import (
    ENTRIES,
    AnyEntry,
    Citation,
    Initiative,
    Participant,
    Publication,
    Report,
    Theme,
)
from ..models.citations import SUBJECTS, CitationQuerySet
from ..models.reports import ReportQuerySet
from ..recording.derivation import derive_from
from ..recording.involvement import Involved, read_involved
from .current import CurrentView, EntryRows, M
from .past_index import values_of


class PreviewView(CurrentView):
    """All rows, drafts too; of entries those that stand, the drafts among them counted as if they were public."""

    is_preview = True

    def public(self, model: Any) -> Any:
        """But initiatives that were withdrawn: no draft brings them back into lists."""
        rows = self.once_public(model)
        return rows.filter(withdrawn_at__isnull=True) if model is Initiative else rows

    def once_public(self, model: Any) -> Any:
        return model._default_manager.all()

    def entries(self, model: type[AnyEntry], *, withdrawn: bool = False) -> Any:
        return _standing(model.objects.all(), withdrawn=withdrawn)

    def citations(
        self, subjects: Collection[str] = SUBJECTS, *, withdrawn: bool = False
    ) -> CitationQuerySet:
        """But those for an update that stands no more."""
        stands = Q(status_update__isnull=True) | Q(status_update__in=self.updates())
        return Citation.objects.filter(stands)

    def reports(self) -> ReportQuerySet:
        return Report.objects.all()

    def participants(self) -> Mapping[int, Participant]:
        return Participant.objects.in_bulk()

    def involved(self, keys: Collection[int]) -> Involved:
        return read_involved(keys, self.entries)

    def initiatives_with(self, participant: Participant) -> Any:
        """As their entries and roles name them, without a look at what each makes of them."""
        own = Initiative.objects.filter(
            pk__in=self.updates().filter(participant=participant).values("initiative")
        )
        said = Initiative.objects.filter(
            pk__in=self.mentions().filter(by=participant).values("initiative")
        )
        return (
            (own | said | Initiative.objects.filter(roles__participant=participant))
            .order_by()
            .values("pk")
        )

    def themes_of(self, initiative: Initiative) -> list[Theme]:
        return list(initiative.themes.all())

    @cached_property
    def index(self) -> Index:
        """That of today, in which initiatives with drafts, and those that are drafts, stand as they would."""
        return PreviewIndex(index(self.using), self)

    def as_known(self, rows: Iterable[M]) -> list[M]:
        known_rows = super().as_known(rows)
        initiatives = [row for row in known_rows if isinstance(row, Initiative)]
        derive_from(initiatives, self.entries, self.citations())
        return known_rows


def _standing(rows: EntryRows, *, withdrawn: bool) -> EntryRows:
    corrections = rows.model._default_manager.filter(corrects=OuterRef("pk"))
    rows = rows.filter(~Exists(corrections))
    if not withdrawn:
        return rows.filter(withdrawn_at__isnull=True)
    return rows.exclude(publication=Publication.DRAFT, withdrawn_at__isnull=False)


class PreviewIndex(Index):
    """The bitmaps of today with those initiatives put in their place that something which is a draft speaks of."""

    def __init__(self, today: Index, view: PreviewView) -> None:
        super().__init__(today.version, today.day)
        drafts = view.public(Initiative).filter(_of_drafts())
        rows = drafts.select_related("dialogue", "raised_at")
        moved = {row.pk: row for row in view.as_known(rows.order_by())}
        self.all, self.parts = today.all | BitMap(moved), today.parts
        for name, by_value in today.bitmaps.items():
            for value, keys in list(by_value.items()):
                self.bitmaps[name][value] = keys - BitMap(moved)
        for initiative in moved.values():
            for name, value in values_of(initiative):
                self.bitmaps[name][value].add(initiative.pk)
        codes = {key: row.code for key, row in view.participants().items()}
        for key, pairs in view.involved(moved).items():
            for participant, capacity in pairs:
                for name in {"participant", capacity} & FACETS.keys():
                    self.bitmaps[name][codes[participant]].add(key)
        for facet in (f for f in FACETS.values() if f.has_many and f.path != INVOLVED):
            having = Initiative.objects.filter(facet.only, pk__in=moved).order_by()
            for key, content in having.values_list("pk", facet.path):
                for value in facet.read(content):
                    self.bitmaps[facet.name][value].add(key)
        self.note_missing()

    def page(
        self, keys: BitMap, order: Columns, first: int, last: int, *, using: str = "default"
    ) -> list[int]:
        rows = Initiative.objects.using(using).filter(pk__in=list(keys)).order_by(*order)
        return list(rows.values_list("pk", flat=True)[first:last])


def _of_drafts() -> Q:
    drafts = Q(publication=Publication.DRAFT)
    for model in ENTRIES:
        entries = model.objects.filter(publication=Publication.DRAFT)
        drafts |= Q(pk__in=entries.order_by().values("initiative"))
    return drafts
