"""How many initiatives each value of each filter would give, from bitmaps in memory.

Every process holds one bitmap (Roaring) of initiatives for each value of each facet; a count is the size of an
intersection. The bitmaps carry the data version they were read at and are brought up to date, before they answer, for
the initiatives that were written since; see docs/decisions.md for the measurements behind this.
"""

from __future__ import annotations

import datetime
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from functools import cache
from typing import Any, Generic, TypeVar, cast, overload

from django.conf import settings
from django.db.models import OrderBy
from django.utils import timezone
from pyroaring import BitMap

from ..models import Initiative, Lineage
from ..models.initiatives import InitiativeQuerySet
from ..search.postings import SearchMatches
from ..search.query import find, reads_places
from ..serving import changes as _changes
from ..serving import dependencies
from ..serving.changes import MOST_CHANGES, Changes, changes_between
from ..serving.data_version import Version, data_version
from ..serving.routing import version_of
from ..serving.shares import Share
from ..serving.statement_limit import unlimited
from ..serving.statements import INITIATIVES
from .facet import NONE, Facet, Hop, hops
from .part_tree import PartTree
from .registry import facets_of
from .remembered import Memory
from .sort_order import SortOrder

Selection = Mapping[str, Sequence[str]]
Columns = tuple[str | OrderBy, ...]
T = TypeVar("T")

FACETS = facets_of(Initiative)
# Texts whose matches are kept for a version of the data.
MOST_TEXTS = 200
# So few changed initiatives are put into an order one by one.
MOST_MERGED = 50
# To find phrases that nobody asked for before costs more than the page that shows them.
NEW_PHRASES = Share(lambda: settings.THREADS // 2, patience=1)


class Whole(Generic[T]):
    """A part of an index: a page that reads it rests on all initiatives (``serving/dependencies.py``)."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, index: None, owner: type) -> Whole[T]: ...

    @overload
    def __get__(self, index: Index, owner: type) -> T: ...

    def __get__(self, index: Index | None, owner: type) -> T | Whole[T]:
        if index is None:
            return self
        if self.name == "version":
            dependencies.rest_on_everything()
        else:
            dependencies.rest_on_tables(followed_tables())
        return cast("T", index.__dict__[self.name])

    def __set__(self, index: Index, value: T) -> None:
        index.__dict__[self.name] = value


class Index(Memory):
    """Bitmaps of public initiatives by facet and value, as of one data version and day; not changed once made.

    ``ahead`` are those that are open and have a due date ahead of them.
    """

    version = Whole[Version]()
    all = Whole[BitMap]()
    ahead = Whole[BitMap]()
    parts = Whole[PartTree]()
    bitmaps = Whole[dict[str, dict[str, BitMap]]]()

    def __init__(self, version: Version, day: datetime.date) -> None:
        super().__init__()
        self.version, self.day = version, day
        self.all, self.ahead = BitMap(), BitMap()
        self.parts = PartTree()
        self.bitmaps = defaultdict(lambda: defaultdict(BitMap))
        # The initiatives that were found to have a value of each facet, of those that are being added.
        self._valued: dict[str, BitMap] = defaultdict(BitMap)
        self._filled: dict[str, dict[str, BitMap]] = {}
        self._orders: dict[Columns, SortOrder] = {}
        self._texts: dict[str, SearchMatches] = {}
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

        Values that no initiative has, whatever is chosen, are not in it.
        """
        matching, every = self.matching(selection, within), self.all
        counts = {}
        for facet, values in offered.items():
            left = matching
            if selection.get(facet):
                others = {name: chosen for name, chosen in selection.items() if name != facet}
                left = self.matching(others, within)
            having = self._having_any(facet)
            # Of none and of all of them it is known at once how many a bitmap has.
            if not left:
                counts[facet] = {value: 0 for value in values if value in having}
                continue
            count = len if left == every else left.intersection_cardinality
            counts[facet] = {value: count(having[value]) for value in values if value in having}
        return counts

    def find(self, text: str, *, using: str = "default") -> SearchMatches:
        """What a text finds; asked of the database once for each version of the data. Raises Busy."""
        matches = self._texts.get(text)
        if matches is None:
            with NEW_PHRASES.place() if reads_places(text) else nullcontext():
                matches = find(text, using=using)
            if len(self._texts) >= MOST_TEXTS:
                self._texts.clear()
            self._texts[text] = matches
        return matches

    def page(
        self, keys: BitMap, order: Columns, first: int, last: int, *, using: str = "default"
    ) -> list[int]:
        """The keys from one position to before another, in an order of all public initiatives."""
        dependencies.rest_on_tables(hop.table for path in _columns_of(order) for hop in _hops(path))
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

    def _having_any(self, facet: str) -> dict[str, BitMap]:
        """The bitmaps of a facet without those of values that no initiative has."""
        if facet not in self._filled:
            bitmaps = self.bitmaps[facet]
            self._filled[facet] = {value: keys for value, keys in bitmaps.items() if keys}
        return self._filled[facet]

    def _any(self, facet: str, values: Sequence[str]) -> BitMap:
        return BitMap.union(BitMap(), *(self.having(facet, value) for value in values))

    def note_missing(self) -> None:
        """Note which of all initiatives have no value of a facet, for those that can be asked for it."""
        for facet in (facet for facet in FACETS.values() if facet.none):
            bitmaps = self.bitmaps[facet.name]
            with_value = (keys for value, keys in bitmaps.items() if value != NONE)
            bitmaps[NONE] = self.all - BitMap.union(BitMap(), *with_value)

    def hops(self) -> set[Hop]:
        """The steps to other tables that facets and the orders in memory take."""
        orders = [*self._orders.copy(), *self._earlier_orders.copy()]
        paths = {path for order in orders for path in _columns_of(order)}
        paths.update(*(facet.paths for facet in FACETS.values()))
        return {hop for path in paths for hop in _hops(path)}

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
        self._valued.clear()
        read = self._add_values(single, rows)
        self.all |= read
        self._add_of_day(rows, few=only is not None)
        many = [facet for facet in FACETS.values() if facet.has_many]
        for path in dict.fromkeys(facet.path for facet in many):
            self._add_many([facet for facet in many if facet.path == path], rows)
        for facet in (facet for facet in FACETS.values() if facet.none):
            self._add_keys(facet, NONE, read - self._valued[facet.name])

    def _add_of_day(self, rows: InitiativeQuerySet, *, few: bool) -> None:
        """Add the values that depend on the day: the database finds those of many, and few are looked at in memory."""
        facets = [facet for facet in FACETS.values() if not facet.path]
        if few:
            for row in rows.select_related("dialogue", "raised_at"):
                row.as_of = self.day
                if row.is_due_ahead():
                    self.ahead = self.ahead | BitMap([row.pk])
                for facet in facets:
                    for value in facet.values(row):
                        self._add_keys(facet, value, [row.pk])
            return
        self.ahead = BitMap(rows.due_ahead(self.day).values_list("pk", flat=True))
        for facet in facets:
            for value, _label in facet.choices:
                keys = facet.having(rows, [value], self.day).values_list("pk", flat=True)
                self._add_keys(facet, value, keys.iterator(chunk_size=10_000))

    def _add_many(self, facets: Sequence[Facet], rows: InitiativeQuerySet) -> None:
        """Add the values of facets that read one path to other tables; one query, since each reads some of its rows."""
        path = facets[0].path
        columns = list(dict.fromkeys(name for facet in facets for name, _ in facet.conditions))
        keys_of: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        found = rows.filter(**{f"{path}__isnull": False}).values_list("pk", path, *columns)
        for pk, content, *others in found.iterator(chunk_size=10_000):
            keys_of[(_hashable(content), *others)].append(pk)
        for (content, *others), keys in keys_of.items():
            row = dict(zip(columns, others, strict=True))
            for facet in facets:
                if all(row[name] == value for name, value in facet.conditions):
                    for value in facet.read(content):
                        self._add_keys(facet, value, keys)

    def on_day(self, day: datetime.date, *, using: str) -> Index:
        """The index of the same version on another day."""
        other = Index(self.version, day)
        other.all, other.parts = self.all, self.parts
        other.bitmaps |= {name: self.bitmaps[name] for name in FACETS if FACETS[name].path}
        other._orders, other._earlier_orders = self._orders.copy(), self._earlier_orders.copy()
        other._texts = self._texts
        other.remember_of_any_day(self)
        other._add_of_day(Initiative.objects.using(using).public().order_by(), few=False)
        return other

    def _add_values(self, facets: Sequence[Facet], rows: InitiativeQuerySet) -> BitMap:
        """Add the values that the columns of these facets give; returns the initiatives that were read."""
        read = []
        paths = list(dict.fromkeys(facet.path for facet in facets))
        keys_of: dict[str, dict[Any, list[int]]] = {path: defaultdict(list) for path in paths}
        by_content = list(keys_of.values())
        for pk, *contents in rows.values_list("pk", *paths).iterator(chunk_size=10_000):
            read.append(pk)
            for keys_by, content in zip(by_content, contents, strict=True):
                keys_by[_hashable(content)].append(pk)
        for facet in facets:
            for content, keys in keys_of[facet.path].items():
                for value in facet.read(content):
                    self._add_keys(facet, value, keys)
        return BitMap(read)

    def _add_keys(self, facet: Facet, value: str, keys: Iterable[int]) -> None:
        # Not in place: an earlier version may have the same bitmap.
        if added := BitMap(keys):
            self.bitmaps[facet.name][value] = self.having(facet.name, value) | added
            self._valued[facet.name] |= added

    def with_changes(
        self, version: Version, changed: Iterable[int], changes: Changes, *, using: str
    ) -> Index:
        """The index of a later version, in which these initiatives differ, and else only what ``changes`` name."""
        later, stale = Index(version, self.day), BitMap(changed)
        later.all, later.ahead, later.parts = self.all - stale, self.ahead - stale, self.parts
        for facet, values in self.bitmaps.items():
            # Most bitmaps are as they were, and shared: ``add`` puts others in place of those that it adds to.
            later.bitmaps[facet].update(values)
            for value, keys in values.items():
                if not keys.isdisjoint(stale):
                    later.bitmaps[facet][value] = keys - stale
        if stale:
            later.add(stale, using=using)
        later._earlier_orders = _earlier(self._orders, self._earlier_orders, stale)
        later.remember_from(self, changes)
        return later


def _hashable(content: Any) -> Any:
    return tuple(content) if isinstance(content, list) else content


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
# Of the day to come.
_next: dict[str, Index] = {}
_making = threading.Lock()


def index(using: str = "default") -> Index:
    """The index of the data as it is now, for a public page as it was when the page was asked for."""
    with dependencies.untraced():
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


def make_ready(day: datetime.date) -> None:
    """Make the indexes of a day to come, beside whoever reads those of today."""
    for using in list(_indexes):
        if using not in _next or _next[using].day != day:
            _next[using] = index(using).on_day(day, using=using)


def forget() -> None:
    """Drop what is in memory; for tests, whose databases are rolled back."""
    _indexes.clear()
    _next.clear()
    _changes.forget()


def _up_to_date(cached: Index | None, version: Version, day: datetime.date, using: str) -> Index:
    if cached and cached.day != day:
        ready = _next.pop(using, None)
        cached = ready if ready and ready.day == day else cached.on_day(day, using=using)
    changes = changes_between(cached.version if cached else version, version, using)
    if cached and changes is not None:
        changed = _changed_by(changes, cached, using)
        if changed is not None:
            return cached.with_changes(version, changed, changes, using=using)
    fresh = Index(version, day)
    fresh.add(using=using)
    return fresh


@cache
def followed_tables() -> frozenset[str]:
    """The tables, as the triggers note them, from which facets follow."""
    paths = {path for facet in FACETS.values() for path in facet.paths}
    return frozenset({INITIATIVES, *(hop.table for path in paths for hop in _hops(path))})


@cache
def _hops(path: str) -> tuple[Hop, ...]:
    return tuple(hops(Initiative, path))


def _columns_of(order: Columns) -> list[str]:
    return [str(getattr(getattr(column, "expression", None), "name", column)) for column in order]


def _changed_by(changes: Changes, cached: Index, using: str) -> set[int] | None:
    """The initiatives whose values or places changes touched; None where that is not known, or they are too many."""
    keys: set[int | None] = set(changes.get(INITIATIVES, ()))
    for hop in cached.hops():
        if changed_rows := changes.get(hop.table):
            if None in changed_rows or not hop.is_traced:
                return None
            reached = Initiative.objects.using(using).filter(**{f"{hop.path}__in": changed_rows})
            keys |= set(reached.order_by().values_list("pk", flat=True)[: MOST_CHANGES + 1])
    if len(keys) > MOST_CHANGES or None in keys:
        return None
    return {key for key in keys if key is not None}
