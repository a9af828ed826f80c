"""What is kept in memory of the rest of the database beside the bitmaps, each value until what it rests on changes."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection
from functools import reduce
from operator import or_
from typing import Any, NamedTuple, TypeVar, cast

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from ..serving import dependencies
from ..serving.changes import Changes
from ..serving.dependencies import Dependencies
from ..serving.statement_limit import unlimited
from ..serving.statements import INITIATIVES

T = TypeVar("T")

# Values in memory that a later version takes over.
MOST_REMEMBERED = 500
# Of these so many counts, which are half a megabyte each where the record is large.
MOST_COUNTED = 30
# A block are initiatives whose keys differ in so many of their last bits.
BLOCK_BITS = 9
# Rows of more blocks that have changed are counted with all others.
MOST_BLOCKS = 50
# What rows are counted by that are not to be told apart.
ANY = Value(0)


class Remembered(NamedTuple):
    """A value in memory, what it rests on, and whether it is the same on any day.

    Of counts, ``stale`` are the blocks in which initiatives have changed since.
    """

    value: Any
    rests_on: Dependencies
    any_day: bool
    stale: frozenset[int] = frozenset()

    def after(self, changes: Changes) -> Remembered | None:
        """The same at a later version; None where it has to be read anew."""
        # To ask for answers again an index is needed, which is being made.
        if self.rests_on.answers:
            return None
        if self.rests_on.are_untouched(changes):
            return self
        keys = changes.get(INITIATIVES, frozenset())
        others = changes.keys() - {INITIATIVES}
        if not isinstance(self.value, Counts) or None in keys:
            return None
        stale = self.stale.union(key >> BLOCK_BITS for key in keys if key is not None)
        if self.rests_on.everything or self.rests_on.tables & others or len(stale) > MOST_BLOCKS:
            return None
        return self._replace(stale=stale)


class Counts(NamedTuple):
    """How many rows have each value, and of each block of initiatives: values and counts in turn, four bytes each."""

    total: Counter[int]
    of_blocks: dict[int, array[int]]

    def with_blocks(self, blocks: Collection[int], found: QuerySet[Any]) -> Counts:
        """The same where blocks have only the rows that were found of them."""
        total, of_blocks = self.total.copy(), self.of_blocks.copy()
        for block in blocks:
            before = of_blocks.pop(block, array("I"))
            total -= Counter(dict(zip(before[::2], before[1::2], strict=True)))
        for block, value, count in found:
            of_blocks.setdefault(block, array("I")).extend((value, count))
            total[value] += count
        return Counts(total, of_blocks)


class Memory:
    """Values by their names, of one version of the data."""

    def __init__(self) -> None:
        self._remembered: dict[str, Remembered] = {}

    def remember(self, name: str, read: Callable[[], T], *, any_day: bool = False) -> T:
        """What ``read`` reads from the database; read again once what it rests on has changed.

        What that is, is found out while it reads (``serving/dependencies.py``), so all has to be read within it. It is
        read anew each day as well, but for what is the same on ``any_day``.
        """
        kept = self._remembered.get(name)
        if kept is None or kept.stale:
            with unlimited(), dependencies.traced() as rests_on:
                value = read()
            rests_on.resolve()
            kept = self._remembered[name] = Remembered(value, rests_on, any_day)
        dependencies.rest_on(kept.rests_on)
        return cast("T", kept.value)

    def count(
        self,
        name: str,
        rows: Any,
        value: Combinable = ANY,
        *,
        initiative: str = "initiative",
    ) -> Counter[int]:
        """How many rows have each value, on any day; of none but 0 and keys.

        After a write only those of initiatives in blocks with one that changed are counted again, so nothing but
        changes of their ``initiative`` may move them, and of whole tables.
        """
        kept = self._remembered.get(name)
        before, stale = (kept.value, kept.stale) if kept else (Counts(Counter(), {}), ())
        key = f"{initiative}__id"
        ranges = (
            Q(**{f"{key}__range": (of << BLOCK_BITS, (of + 1 << BLOCK_BITS) - 1)}) for of in stale
        )
        block = F(f"{initiative}_id").bitrightshift(BLOCK_BITS)
        found = rows.filter(reduce(or_, ranges, Q())).order_by().annotate(block=block, of=value)
        by_block = found.values_list("block", "of").annotate(Count("pk"))
        counts = self.remember(name, lambda: before.with_blocks(stale, by_block), any_day=True)
        values = self._remembered.copy().items()
        counted = [name for name, kept in values if isinstance(kept.value, Counts)]
        for oldest in counted[:-MOST_COUNTED]:
            self._remembered.pop(oldest, None)
        return counts.total

    def remember_from(self, earlier: Memory, changes: Changes) -> None:
        """Take over what earlier values are after changes."""
        values = [*earlier._remembered.copy().items()][-MOST_REMEMBERED:]
        later = ((name, kept.after(changes)) for name, kept in values)
        self._remembered = {name: kept for name, kept in later if kept}

    def remember_of_any_day(self, earlier: Memory) -> None:
        values = earlier._remembered.copy().items()
        self._remembered = {name: kept for name, kept in values if kept.any_day}
