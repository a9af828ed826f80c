"""Where the parts of the pictures lie: pure geometry, drawn by the templates in ``initiatives/charts/``.

Lengths are those of an SVG's own coordinates and come as text, since templates would write numbers in the reader's
own notation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from unicodedata import east_asian_width

# A share that is not nothing is never invisible.
LEAST = 0.6


@dataclass(frozen=True)
class BarSegment:
    """A part of a bar: where it begins and how long it is."""

    start: str
    width: str


def stacked(
    counts: Sequence[float], length: float = 100.0, longest: float | None = None
) -> list[BarSegment]:
    """One bar, its parts as long as their shares; empty parts have no length.

    All of them are ``length`` long; or, with ``longest``, as much of it as they are of the longest bar, so that bars
    share one scale. Small parts are drawn ``LEAST`` long, and what that takes comes off the others.
    """
    total = sum(counts)
    if not total:
        return [BarSegment("0.00", "0.00") for _ in counts]
    least = LEAST * length / 100
    if longest:
        length = max(length * total / longest, least * sum(count > 0 for count in counts))
    small, scale = [False for _ in counts], length / total
    # What the small ones take may make further ones small.
    while True:
        were_small = small
        small = [
            count > 0 and (was or count * scale < least)
            for count, was in zip(counts, were_small, strict=True)
        ]
        rest = sum(count for count, is_small in zip(counts, small, strict=True) if not is_small)
        scale = (length - least * sum(small)) / (rest or total)
        if small == were_small:
            break
    stretches, at = [], 0.0
    for count, is_small in zip(counts, small, strict=True):
        width = least if is_small else count * scale
        stretches.append(BarSegment(_text(at), _text(width)))
        at += width
    return stretches


def reached(promised: Decimal | None, so_far: Decimal | None) -> str:
    """How long the bar of a target is, 100 where all that was promised is reached; empty where nothing can be said."""
    if not promised or so_far is None:
        return ""
    return _text(min(float(so_far / promised), 1.0) * 100)


def _text(number: float) -> str:
    return f"{number:.2f}"


# --- Lineage: where an initiative comes from above it, what came of it below -------------------------

WIDTH = 320
LINE = 17
TRUNK, BRANCH = 10, 30


@dataclass(frozen=True)
class LineageNode:
    """An initiative in the picture: its dot, the line to the trunk, and its words line by line.

    ``relation`` stands above the title; the initiative in the middle has no ``address``.
    """

    x: int
    y: int
    line: str
    relation: str
    address: str
    text_x: int
    words: list[tuple[int, str]]


@dataclass(frozen=True)
class LineagePicture:
    nodes: list[LineageNode]
    height: int


def lineage(
    title: str, earlier: Sequence[tuple[str, str, str]], later: Sequence[tuple[str, str, str]]
) -> LineagePicture:
    """A small tree; ``earlier`` and ``later`` are relations, titles and addresses."""
    rows = [*earlier, ("", title, ""), *later]
    places, top = [], LINE
    for relation, name, _address in rows:
        text_x = BRANCH + 14 if relation else TRUNK + 14
        lines = wrapped(name, (WIDTH - text_x) // 8)
        places.append((top, text_x, lines))
        top += LINE * (len(lines) + bool(relation)) + LINE // 2
    middle = places[len(earlier)][0] - 4
    nodes = []
    for (relation, _name, address), (y, text_x, lines) in zip(rows, places, strict=True):
        first = y + LINE if relation else y
        dot = y - 4
        turn = 8 if dot < middle else -8
        nodes.append(
            LineageNode(
                BRANCH if relation else TRUNK,
                dot,
                f"M{BRANCH} {dot}H{TRUNK + 8}Q{TRUNK} {dot} {TRUNK} {dot + turn}V{middle}"
                if relation
                else "",
                relation,
                address,
                text_x,
                [(first + LINE * at, line) for at, line in enumerate(lines)],
            )
        )
    return LineagePicture(nodes, top)


def wrapped(text: str, width: int, most: int = 2) -> list[str]:
    """A text in at most that many lines of ``width`` letters, wide ones counting twice; an ellipsis where it is cut."""
    lines: list[str] = [""]
    for word in text.split():
        for piece in _pieces(word, width):
            joined = f"{lines[-1]} {piece}".strip()
            if _width(joined) <= width:
                lines[-1] = joined
            else:
                lines.append(piece)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while _width(last) > width - 1:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip()}…"]


def _pieces(word: str, width: int) -> list[str]:
    """A word that is longer than a line, in pieces: scripts without spaces are one word."""
    pieces = [""]
    for letter in word:
        if _width(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
