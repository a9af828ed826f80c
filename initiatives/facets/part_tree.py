"""Which initiatives are parts of which others, in memory, so that totals count a whole and not its parts again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property

from pyroaring import BitMap


class PartTree:
    """The wholes of parts, by primary keys, drafts and what is withdrawn included; not changed once made."""

    def __init__(self, whole_of: Mapping[int, int] | None = None) -> None:
        self.whole_of = dict(whole_of or {})

    def with_changes(self, changed: BitMap, whole_of: Mapping[int, int]) -> PartTree:
        """The tree where the wholes of the changed initiatives are these, or none."""
        if whole_of == {key: self.whole_of[key] for key in changed if key in self.whole_of}:
            return self
        kept = {part: whole for part, whole in self.whole_of.items() if part not in changed}
        return PartTree({**kept, **whole_of})

    def above(self, part: int) -> list[int]:
        """The whole of an initiative, the whole of that, and so on."""
        wholes: list[int] = []
        whole = self.whole_of.get(part)
        # A circle would be one of two moments, between which somebody turned a relation round.
        while whole is not None and whole not in wholes:
            wholes.append(whole)
            whole = self.whole_of.get(whole)
        return wholes

    def parts_of(self, whole: int) -> set[int]:
        """The parts of an initiative, without those of these."""
        return self._parts_of.get(whole) or set()

    def below(self, whole: int) -> BitMap:
        """The parts of an initiative, and the parts of these, down to the last."""
        return self._below.get(whole) or BitMap()

    def counted(self, initiatives: BitMap) -> BitMap:
        """What a total of some initiatives counts: those of which no whole, nor one above it, is among them."""
        if initiatives.isdisjoint(self._parts):
            return initiatives
        wholes = initiatives & self._wholes
        return initiatives - BitMap.union(BitMap(), *(self._below[whole] for whole in wholes))

    @cached_property
    def _parts(self) -> BitMap:
        return BitMap(self.whole_of)

    @cached_property
    def _wholes(self) -> BitMap:
        return BitMap(self.whole_of.values())

    @cached_property
    def _parts_of(self) -> dict[int, set[int]]:
        parts_of: dict[int, set[int]] = defaultdict(set)
        for part, whole in self.whole_of.items():
            parts_of[whole].add(part)
        return dict(parts_of)

    @cached_property
    def _below(self) -> dict[int, BitMap]:
        below: dict[int, list[int]] = defaultdict(list)
        for part, whole in self._pairs():
            below[whole].append(part)
        return {whole: BitMap(parts) for whole, parts in below.items()}

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """Each part with its whole and with every one above it."""
        for part in self.whole_of:
            for whole in self.above(part):
                yield part, whole
