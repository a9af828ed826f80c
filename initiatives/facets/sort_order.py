"""In which order lists show initiatives, kept in memory and brought up to date with a few rows of the database."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable
from functools import cached_property
from heapq import nsmallest
from itertools import islice
from math import isqrt

from pyroaring import BitMap

from ..models.initiatives import InitiativeQuerySet

# Rows that one question may ask the database to put in order with the changed ones.
PROBES = 400
QUESTIONS = 12


class SortOrder:
    """Primary keys of all public initiatives in one order; not changed once made."""

    def __init__(self, keys: Iterable[int]) -> None:
        self.keys = array("I", keys)

    @classmethod
    def read(cls, rows: InitiativeQuerySet) -> SortOrder:
        """The keys of ordered rows; one query over all of them."""
        return cls(rows.values_list("pk", flat=True).iterator(chunk_size=10_000))

    @cached_property
    def _all(self) -> BitMap:
        return BitMap(self.keys)

    @cached_property
    def _places(self) -> array[int]:
        """The place of each key in the order, by its rank among all keys."""
        places = array("I", bytes(4 * len(self.keys)))
        rank = self._all.rank
        for place, key in enumerate(self.keys):
            places[rank(key) - 1] = place
        return places

    def page(self, selected: BitMap, first: int, last: int) -> list[int]:
        """The wanted keys from one position to before another."""
        selected = selected & self._all
        if len(selected) == len(self.keys):
            return list(self.keys[first:last])
        # Few are looked up and sorted; among many, enough of them are met before long.
        if len(selected) <= isqrt(last * len(self.keys)):
            places, rank = self._places, self._all.rank
            return nsmallest(last, selected, key=lambda key: places[rank(key) - 1])[first:]
        return list(islice((key for key in self.keys if key in selected), first, last))

    def with_changes(self, changed: BitMap, rows: InitiativeQuerySet) -> SortOrder:
        """The order of now, where only ``changed`` differ from before; ``rows`` are all public ones, in order.

        Each question puts the changed rows in order among a few others, which tells between which of them they belong;
        a hundred thousand rows take two questions, a million three.
        """
        others = self.keys[:]
        for key in changed & self._all:
            others.remove(key)
        moved = list(rows.filter(pk__in=list(changed)).values_list("pk", flat=True))
        # Each belongs before ``others`` of a position between these two, both included.
        between = {key: (0, len(others)) for key in moved}
        for _question in range(QUESTIONS):
            spans = {between[key] for key in moved if between[key][0] < between[key][1]}
            if not spans:
                for key in reversed(moved):
                    others.insert(between[key][0], key)
                return SortOrder(others)
            places = {others[place]: place for place in _spread(spans)}
            in_order = rows.filter(pk__in=[*places, *moved]).values_list("pk", flat=True)
            moved = _narrow(between, places, list(in_order))
        # Somebody writes faster than this asks.
        return SortOrder.read(rows)


def _spread(spans: Collection[tuple[int, int]]) -> set[int]:
    """Places spread evenly over each span, about ``PROBES`` of them in all and one at least of each."""
    most = max(PROBES // len(spans), 1)
    places = set()
    for first, last in spans:
        count = min(most, last - first)
        places |= {first + (last - first) * (2 * n + 1) // (2 * count) for n in range(count)}
    return places


def _narrow(
    between: dict[int, tuple[int, int]], places: dict[int, int], in_order: list[int]
) -> list[int]:
    """Narrow the spans by where each key stands among those of known places; return the keys in order."""
    after = 0
    for key in in_order:
        if key in places:
            after = places[key] + 1
        else:
            between[key] = (max(between[key][0], after), between[key][1])
    before = None
    for key in reversed(in_order):
        if key in places:
            before = places[key]
        elif before is not None:
            between[key] = (between[key][0], min(between[key][1], before))
    return [key for key in in_order if key not in places]
