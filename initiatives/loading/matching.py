"""Which entry of a file is which entry of the last load: entries have no names of their own in a file."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from .kinds import Values

# Entries with another date or act are the same one, changed, where this part of their words is the same.
ALIKE = 0.5
# Beyond this many pairs to compare, order decides.
COMPARED = 2_500


def match(
    theirs: Sequence[Values],
    bases: Mapping[str, Values],
    recorded: Mapping[str, Values],
    marker: str,
) -> list[str | None]:
    """For each entry that the file states, the ref of the one it was, or None for a new one.

    In this order: the same words as in the last load (``bases``) or in what people recorded by hand; the same date or
    act (``marker``), most alike first; another date or act, but much the same words.
    """
    matches: list[str | None] = [None] * len(theirs)
    _same(theirs, bases, matches)
    _same(theirs, recorded, matches)
    left = [index for index, ref in enumerate(matches) if ref is None]
    free = [ref for ref in bases if ref not in set(matches)]
    for *_likeness, index, ref in _pairs(theirs, bases, left, free, marker):
        if matches[index] is None and ref in free:
            matches[index] = ref
            free.remove(ref)
    return matches


def _same(theirs: Sequence[Values], ours: Mapping[str, Values], matches: list[str | None]) -> None:
    by_content: dict[str, list[str]] = {}
    for ref, values in ours.items():
        by_content.setdefault(_content(values), []).append(ref)
    for index, values in enumerate(theirs):
        refs = by_content.get(_content(values))
        if matches[index] is None and refs:
            matches[index] = refs.pop(0)


def _pairs(
    theirs: Sequence[Values],
    bases: Mapping[str, Values],
    left: Sequence[int],
    free: Sequence[str],
    marker: str,
) -> list[tuple[bool, float, int, str]]:
    """Pairs that may be one entry, best first."""
    pairs = []
    weigh = len(left) * len(free) <= COMPARED
    for index in left:
        for ref in free:
            same = theirs[index].get(marker) == bases[ref].get(marker)
            alike = _alike(theirs[index], bases[ref], marker) if weigh else 0.0
            if same or alike >= ALIKE:
                pairs.append((same, alike, index, ref))
    # Sorting keeps the order of file and refs among equals.
    return sorted(pairs, key=lambda pair: pair[:2], reverse=True)


def _alike(first: Values, second: Values, marker: str) -> float:
    return SequenceMatcher(None, _words(first, marker), _words(second, marker), False).ratio()


def _words(values: Values, marker: str) -> list[str]:
    texts = [value for name, value in sorted(values.items()) if name != marker]
    return " ".join(map(str, texts)).split()


def _content(values: Values) -> str:
    return json.dumps(values, sort_keys=True)
