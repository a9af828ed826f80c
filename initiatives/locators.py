"""Places in a document, as people write them, in the order in which a reader comes to them."""

from __future__ import annotations

import re

PIECES = re.compile(r"\d+|[^\W\d_]+")
# Documents begin and end with these; in between stands what is numbered.
AHEAD = ["title", "headline", "heading", "head", "summary", "introduction", "preamble", "opening"]
AT_THE_END = {"last", "closing", "reference", "footnote", "note", "asterisk", "annex"}
# One place or several: “para 2” and “paras 2-4” stand together.
PLURALS = {"paras": "para", "items": "item", "bullets": "bullet", "pages": "page", "pp": "p"}

Place = tuple[int, tuple[tuple[int, int, str], ...]]


def place(locator: str) -> Place:
    """A key to sort by: “para 2” before “para 10”, the head before all, no locator after all."""
    pieces = [PLURALS.get(one, one) for one in PIECES.findall(locator.casefold())]
    if not pieces:
        return (300, ())
    first = pieces[0]
    rank = AHEAD.index(first) if first in AHEAD else 200 if first in AT_THE_END else 100
    # Numbers before words: “item 2” before “item 2, note”.
    return (rank, tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in pieces))
