"""Columns in two tiers, one above the other, on one scale: where their parts lie; drawn by ``charts/tiers.svg``.

Lengths are pixels of a picture that is shown at its own size or a little less, as text (see ``charts.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .charts import stacked

# Counts of one column, in the order in which they are stacked from the base line.
Counts = Sequence[int]
# Room for the name of a tier, and for a number above its tallest column.
HEAD, NUMBER = 22, 18
LETTER = 7.5


@dataclass(frozen=True)
class Size:
    """``margin`` is the room for the numbers of the scale, ``plot`` what both tiers share in height."""

    width: int
    margin: int
    plot: int


WIDE = Size(1136, 34, 300)
NARROW = Size(340, 24, 280)


@dataclass(frozen=True)
class TierPart:
    """``of`` is its place among the counts given."""

    of: int
    y: str
    height: str


@dataclass(frozen=True)
class TierColumn:
    """``number`` is its total, short enough to stand above it; empty for none."""

    x: str
    middle: str
    width: str
    top: str
    number: str
    parts: list[TierPart]


@dataclass(frozen=True)
class GridLine:
    y: str
    number: str


@dataclass(frozen=True)
class Tier:
    head: str
    base: str
    grid: list[GridLine]
    columns: list[TierColumn]


@dataclass(frozen=True)
class Tiers:
    """``named`` are the columns that have room for a label below them."""

    width: int
    height: str
    labels: str
    below: str
    tiers: list[Tier]
    named: frozenset[int]


def two_tiers(
    upper: Sequence[Counts], lower: Sequence[Counts], size: Size, *, apart: bool = False
) -> Tiers:
    """Both tiers have the same columns, of which the last may stand ``apart`` from the others."""
    places = len(upper) + apart * 0.5
    pitch = min((size.width - size.margin) / max(places, 1), 48.0)
    tallest = [max((sum(counts) for counts in tier), default=0) for tier in (upper, lower)]
    step = _step(sum(tallest))
    tiers, y = [], 0.0
    for tier, most in zip((upper, lower), tallest, strict=True):
        height = size.plot * most / (sum(tallest) or 1)
        base = y + HEAD + (NUMBER + height if most else 0)
        grid = [
            GridLine(_text(base - size.plot * number / sum(tallest)), short(number))
            for number in range(step, most + 1, step)
        ]
        columns = []
        for at, counts in enumerate(tier):
            left = size.margin + pitch * (at + (0.5 if apart and at == len(tier) - 1 else 0))
            columns.append(_column(counts, left, pitch, base, size.plot, sum(tallest)))
        tiers.append(Tier(_text(y + 14), _text(base), grid, columns))
        y = base + 12
    every = max(1, -int(-(4 * LETTER + 4) // pitch))
    last = len(upper) - 1 - apart
    named = frozenset(at for at in range(last + 1) if (last - at) % every == 0)
    return Tiers(size.width, _text(y + 26), _text(y + 6), _text(y + 21), tiers, named)


def _column(
    counts: Counts, left: float, pitch: float, base: float, plot: int, scale: int
) -> TierColumn:
    wide, total = pitch * 0.76, sum(counts)
    parts, top = [], base
    for place, part in enumerate(stacked(counts, plot, longest=scale)):
        if counts[place]:
            top = base - float(part.start) - float(part.width)
            parts.append(TierPart(place, _text(top), part.width))
    number = short(total) if total else ""
    return TierColumn(
        _text(left + (pitch - wide) / 2),
        _text(left + pitch / 2),
        _text(wide),
        _text(top - 5),
        number,
        parts,
    )


def _step(total: int) -> int:
    """The distance of the lines of the grid: 1, 2 or 5 and noughts, for about six lines."""
    digits = 1
    while True:
        for step in (digits, 2 * digits, 5 * digits):
            if total <= 7 * step:
                return step
        digits *= 10


def short(number: int) -> str:
    """A number in at most four signs: 950, 1.2k, 45k, 1.1M; what is cut off is told elsewhere."""
    for unit, sign in ((1_000_000, "M"), (1_000, "k")):
        if number >= unit:
            return f"{number / unit:.1f}{sign}" if number < 10 * unit else f"{number // unit}{sign}"
    return str(number)


def _text(number: float) -> str:
    return f"{number:.1f}"
