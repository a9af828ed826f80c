"""Where the parts of the pictures lie: pure geometry, drawn by the templates in ``initiatives/charts/``.

Lengths are those of an SVG's own coordinates and come as text, since templates would write numbers in the reader's
own notation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

# A share that is not nothing is never invisible.
LEAST = 0.6


@dataclass(frozen=True)
class Stretch:
    """A part of a bar: where it begins and how long it is."""

    start: str
    width: str


def stacked(counts: Sequence[float], length: float = 100.0) -> list[Stretch]:
    """One bar of that length, its parts as long as their shares; empty parts have no length.

    Small parts are drawn ``LEAST`` long, and what that takes comes off the others.
    """
    total = sum(counts)
    if not total:
        return [Stretch("0.00", "0.00") for _ in counts]
    least = LEAST * length / 100
    small = [0 < count * length / total < least for count in counts]
    rest = sum(count for count, is_small in zip(counts, small, strict=True) if not is_small)
    scale = (length - least * sum(small)) / (rest or total)
    stretches, at = [], 0.0
    for count, is_small in zip(counts, small, strict=True):
        width = least if is_small else count * scale
        stretches.append(Stretch(_text(at), _text(width)))
        at += width
    return stretches


def _text(number: float) -> str:
    return f"{number:.2f}"
