"""How many initiatives each value of each filter would give, from bitmaps in memory.

Every process holds one bitmap (Roaring) of initiatives for each value of each facet; a count is the size of an
intersection. The bitmaps carry the data version they were read at and are brought up to date, before they answer, for
the initiatives that were written since; see docs/decisions.md for the measurements behind this.
"""

from __future__ import annotations

import datetime
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db.models import OrderBy
from django.utils import timezone
from pyroaring import BitMap

from ..models import Initiative, Lineage
from ..models.initiatives import InitiativeQuerySet
from ..search.postings import SearchMatches
from ..search.query import find
from ..serving.data_version import Version, data_version, noted_since
from ..serving.routing import version_of
from ..serving.shares import Share
from ..serving.statement_limit import unlimited
from .facet import Facet, Hop, hops
from .part_tree import PartTree
from .registry import facets_of
from .sort_order import SortOrder

Selection = Mapping[str, Sequence[str]]
Columns = tuple[str | OrderBy, ...]
T = TypeVar("T")

FACETS = facets_of(Initiative)
# More changed initiatives than that are not worth looking up one by one.
MOST_CHANGES = 5000
# Texts whose matches are kept for a version of the data.
MOST_TEXTS = 200
# So few changed initiatives are put into an order one by one.
MOST_MERGED = 50
INITIATIVES = Initiative._meta.db_table
# A text that was not asked for before costs more than the page that shows what it finds.
NEW_TEXTS = Share(lambda: settings.THREADS // 2, patience=1)


class Index:
    """Bitmaps of public initiatives by facet and value, as of one data version and day; not changed once made.

    ``ahead`` are those that are open and have a due date ahead of them.
    """

    def __init__(self, version: Version, day: datetime.date) -> None:
        self.version, self.day = version, day
        self.all, self.ahead = BitMap(), BitMap()
        self.parts = PartTree()
        self.bitmaps: dict[str, dict[str, BitMap]] = defaultdict(lambda: defaultdict(BitMap))
        self._orders: dict[Columns, SortOrder] = {}
        self._texts: dict[str, SearchMatches] = {}
        self._remembered: dict[str, Any] = {}
        # From earlier versions, each with the initiatives that changed since.
        self._earlier_orders: dict[Columns, tuple[SortOrder, BitMap]] = {}

    # --- Answering --------------------------------------------------------------------------------

    def matching(self, selection: Selection, within: BitMap | None = None) -> BitMap:
        """The initiatives that a selection leaves: “or” within a facet, “and” between facets."""
        matching = self.all if within is None else self.all & within
        for facet, values in selection.items():
            if values:
                matching = matching & self._any(facet, values)
        return matching

    def counts(
        self,
        selection: Selection,
        offered: Mapping[str, Iterable[str]],
        within: BitMap | None = None,
    ) -> dict[str, dict[str, int]]:
        """For each value offered: how many are left when it is chosen, whatever else its facet has chosen.

        Values that leave none are not in it.
        """
        matching, every = self.matching(selection, within), self.all
        counts = {}
        for facet, values in offered.items():
            left = matching
            if selection.get(facet):
                others = {name: chosen for name, chosen in selection.items() if name != facet}
                left = self.matching(others, within)
            having = self.bitmaps[facet]
            # Of all of them a bitmap knows at once how many it has.
            count = len if left == every else left.intersection_cardinality
            found = {v: count(having[v]) for v in values if v in having}
            counts[facet] = {value: count for value, count in found.items() if count}
        return counts

    def find(self, text: str, *, using: str = "default") -> SearchMatches:
        """What a text finds; asked of the database once for each version of the data. Raises Busy."""
        matches = self._texts.get(text)
        if matches is None:
            with NEW_TEXTS.place():
                matches = find(text, using=using)
            if len(self._texts) >= MOST_TEXTS:
                self._texts.clear()
            self._texts[text] = matches
        return matches

    def remember(self, name: str, read: Callable[[], T]) -> T:
        """What ``read`` reads from the database; read once for each version of the data."""
        if name not in self._remembered:
            with unlimited():
                self._remembered[name] = read()
        return cast("T", self._remembered[name])

    def page(
        self, keys: BitMap, order: Columns, first: int, last: int, *, using: str = "default"
    ) -> list[int]:
        """The keys from one position to before another, in an order of all public initiatives."""
        if order not in self._orders:
            rows = Initiative.objects.using(using).public().order_by(*order)
            before, changed = self._earlier_orders.pop(order, (None, BitMap()))
            with unlimited():
                self._orders[order] = (
                    before.with_changes(changed, rows) if before else SortOrder.read(rows)
                )
        return self._orders[order].page(keys, first, last)

    def having(self, facet: str, value: str) -> BitMap:
        """The initiatives that have a value of a facet."""
        return self.bitmaps[facet].get(value) or BitMap()

    def _any(self, facet: str, values: Sequence[str]) -> BitMap:
        return BitMap.union(BitMap(), *(self.having(facet, value) for value in values))

    def hops(self) -> set[Hop]:
        """The steps to other tables that facets and the orders in memory take."""
        orders = [*self._orders.copy(), *self._earlier_orders.copy()]
        columns = {
            str(getattr(getattr(column, "expression", None), "name", column))
            for order in orders
            for column in order
        }
        paths = columns.union(*(facet.paths for facet in FACETS.values()))
        return {hop for path in paths for hop in hops(Initiative, path)}

    # --- Reading the database ---------------------------------------------------------------------

    def add(self, only: Iterable[int] | None = None, *, using: str = "default") -> None:
        """Add the public initiatives, or those of them with these primary keys."""
        rows = Initiative.objects.using(using).public().order_by()
        links = Lineage.objects.using(using).of_parts().order_by()
        changed = list(only or ())
        if only is not None:
            rows, links = rows.filter(pk__in=changed), links.filter(later__in=changed)
        whole_of = dict(links.values_list("later", "earlier"))
        self.parts = self.parts.with_changes(BitMap(changed), whole_of)
        single = [facet for facet in FACETS.values() if facet.path and not facet.has_many]
        self.all |= self._add_values(single, rows)
        self.ahead |= BitMap(rows.due_ahead(self.day).values_list("pk", flat=True))
        for facet in FACETS.values():
            if not facet.path:
                for value, _label in facet.choices:
                    keys = facet.having(rows, [value], self.day).values_list("pk", flat=True)
                    self.bitmaps[facet.name][value] |= BitMap(keys.iterator(chunk_size=10_000))
            elif facet.has_many:
                self._add_values([facet], facet.counted(rows))

    def _add_values(self, facets: Sequence[Facet], rows: InitiativeQuerySet) -> BitMap:
        """Add the values that the columns of these facets give; returns the initiatives that were read."""
        read = []
        paths = list(dict.fromkeys(facet.path for facet in facets))
        keys_of: dict[str, dict[Any, list[int]]] = {path: defaultdict(list) for path in paths}
        by_content = list(keys_of.values())
        for pk, *contents in rows.values_list("pk", *paths).iterator(chunk_size=10_000):
            read.append(pk)
            for keys_by, content in zip(by_content, contents, strict=True):
                keys_by[tuple(content) if isinstance(content, list) else content].append(pk)
        for facet in facets:
            for content, keys in keys_of[facet.path].items():
                for value in facet.read(content):
                    self.bitmaps[facet.name][value] |= BitMap(keys)
        return BitMap(read)

    def with_changes(self, version: Version, changed: Iterable[int], *, using: str) -> Index:
        """The index of a later version, in which only these initiatives differ."""
        later, stale = Index(version, self.day), BitMap(changed)
        later.all, later.ahead, later.parts = self.all - stale, self.ahead - stale, self.parts
        for facet, values in self.bitmaps.items():
            for value, keys in values.items():
                later.bitmaps[facet][value] = keys - stale
        later.add(stale, using=using)
        later._earlier_orders = _earlier(self._orders, self._earlier_orders, stale)
        return later


def _earlier(
    now: dict[Columns, SortOrder],
    before: dict[Columns, tuple[SortOrder, BitMap]],
    changed: BitMap,
) -> dict[Columns, tuple[SortOrder, BitMap]]:
    """The orders that a version knew and had not asked for yet, each with all that changed since it was read."""
    earlier = {key: (value, since | changed) for key, (value, since) in before.copy().items()}
    earlier |= {key: (value, changed) for key, value in now.copy().items()}
    return {
        key: (value, since) for key, (value, since) in earlier.items() if len(since) <= MOST_MERGED
    }


_indexes: dict[str, Index] = {}
_making = threading.Lock()


def index(using: str = "default") -> Index:
    """The index of the data as it is now, for a public page as it was when the page was asked for."""
    day, cached, version = timezone.localdate(), _indexes.get(using), version_of(using)
    if cached and (cached.version, cached.day) == (version, day):
        return cached
    with _making:
        # Read again: while this thread waited, another one may have made the index of a later version.
        version, cached = data_version(using), _indexes.get(using)
        if cached is None or (cached.version, cached.day) != (version, day):
            with unlimited():
                cached = _indexes[using] = _up_to_date(cached, version, day, using)
        return cached


def forget() -> None:
    """Drop what is in memory; for tests, whose databases are rolled back."""
    _indexes.clear()


def _up_to_date(cached: Index | None, version: Version, day: datetime.date, using: str) -> Index:
    if cached and cached.day == day:
        changed = _changed_since(cached, using)
        if changed is not None:
            return cached.with_changes(version, changed, using=using)
    fresh = Index(version, day)
    fresh.add(using=using)
    return fresh


def _changed_since(cached: Index, using: str) -> set[int] | None:
    """The initiatives written since an index was made; None where that is not known, or they are too many."""
    followed = cached.hops()
    tables = {INITIATIVES, *(hop.table for hop in followed)}
    changed = noted_since(cached.version, tables, using=using, most=MOST_CHANGES)
    if changed is None:
        return None
    keys = set(changed[INITIATIVES])
    for hop in followed:
        if changed_rows := changed[hop.table]:
            if None in changed_rows or not hop.is_traced:
                return None
            reached = Initiative.objects.using(using).filter(**{f"{hop.path}__in": changed_rows})
            keys |= set(reached.order_by().values_list("pk", flat=True)[: MOST_CHANGES + 1])
    if len(keys) > MOST_CHANGES:
        return None
    return {key for key in keys if key} if None not in keys else None
