"""What pages of single records ask of the index of today: small questions, each an ``answer``.

A kept page that asked them is true while they are answered alike, whatever else the index holds (page_cache.py).
"""

from __future__ import annotations

from pyroaring import BitMap

from ..serving.dependencies import answer
from .index import Columns, index
from .status_counts import StatusTally, tally_within

# The values of filters, by their names.
Chosen = tuple[tuple[str, tuple[str, ...]], ...]


@answer
def values_of(using: str, facet: str, initiative: int) -> frozenset[str]:
    """The values of a facet that an initiative has."""
    bitmaps = index(using).bitmaps[facet]
    return frozenset(value for value, keys in bitmaps.items() if initiative in keys)


@answer
def keys_of(using: str, selection: Chosen) -> BitMap:
    """The initiatives that a selection of the filters leaves."""
    return index(using).matching(dict(selection))


@answer
def public_among(using: str, initiatives: tuple[int, ...]) -> BitMap:
    return index(using).all & BitMap(initiatives)


@answer
def first_of(using: str, initiatives: bytes, order: Columns, count: int) -> list[int]:
    """The first in an order of the initiatives in a bitmap, as it is serialized."""
    return index(using).page(BitMap.deserialize(initiatives), order, 0, count, using=using)


@answer
def wholes_of(using: str, initiatives: tuple[int, ...]) -> dict[int, int]:
    """What these initiatives are parts of, without those that are parts of none."""
    whole_of = index(using).parts.whole_of
    return {part: whole_of[part] for part in initiatives if part in whole_of}


@answer
def above_and_below(using: str, initiative: int) -> tuple[list[int], BitMap]:
    """The whole of an initiative, the whole of that, and so on; and its parts, and the parts of these."""
    parts = index(using).parts
    return parts.above(initiative), parts.below(initiative)


@answer
def tally_of(using: str, selection: Chosen) -> StatusTally:
    """How the initiatives stand that a selection of the filters leaves."""
    facets = index(using)
    return tally_within(facets, facets.matching(dict(selection)))
