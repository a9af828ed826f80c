"""When two addresses are one, and two titles the same or nearly."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable
from difflib import SequenceMatcher
from urllib.parse import unquote, urlsplit

from ..search.normalization import letters, singular
from ..serving.link_marks import without_link_marks

# Words of a title that do not tell one initiative from another.
SMALL = {
    *("a", "an", "and", "for", "in", "of", "on", "the", "to", "with"),
    *("creation", "establishment", "initiative", "program", "programme", "project", "proposal"),
}
PIECE = re.compile(r"\d+|[^\W\d_]+")
# Two words are one, spelt otherwise, where this much of their letters is the same: Asia and Asian, programme and
# program; neither transport and transit nor eighth and fourth. Shorter ones and numbers tell titles apart.
ALIKE = 0.8
SHORTEST = 4
BEGINNING = 3
ARCHIVE = re.compile(r"https?://web\.archive\.org/web/[^/]+/(?=https?:/)", re.IGNORECASE)


def comparable_address(address: str) -> str:
    """An address without what makes no other page of it.

    That is the scheme, www., the last slash, a fragment, marks of newsletters, and the archive that keeps a copy.
    """
    parts = urlsplit(ARCHIVE.sub("", address.strip()))
    host = parts.netloc.lower().removeprefix("www.")
    # What follows #! or #/ is the page itself on sites that are made of one.
    page = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    query = without_link_marks(parts.query)
    return host + unquote(parts.path).rstrip("/") + (f"?{query}" if query else "") + page


class SimilarTitles:
    """Titles among which one is found that is the same as another or nearly so.

    The same are those of the same words, in any order, or of the same letters; nearly the same, those in which one word
    is spelt a little otherwise.
    """

    def __init__(self) -> None:
        self._same: dict[Hashable, str] = {}
        self._nearly: dict[Hashable, list[tuple[str, str]]] = defaultdict(list)

    def add(self, key: str, title: str) -> None:
        for same in _exact_forms(title):
            self._same.setdefault(same, key)
        for rest, word in _with_one_word_out(title):
            self._nearly[rest].append((word, key))

    def find(self, title: str) -> str | None:
        """The key of a title that was added and that this one repeats."""
        for same in _exact_forms(title):
            if key := self._same.get(same):
                return key
        for rest, word in _with_one_word_out(title):
            for other, key in self._nearly.get(rest, ()):
                if SequenceMatcher(None, word, other, False).ratio() >= ALIKE:
                    return key
        return None


def _pieces(title: str) -> list[str]:
    every = [singular(piece) for piece in PIECE.findall(letters(title))]
    return [piece for piece in every if piece not in SMALL] or every


def _exact_forms(title: str) -> tuple[Hashable, Hashable]:
    pieces = _pieces(title)
    return tuple(sorted(pieces)), "".join(pieces)


def _with_one_word_out(title: str) -> list[tuple[Hashable, str]]:
    """Each longer word of a title, with all the others and how it begins."""
    pieces = sorted(_pieces(title))
    return [
        ((*pieces[:place], *pieces[place + 1 :], word[:BEGINNING]), word)
        for place, word in enumerate(pieces)
        if len(word) >= SHORTEST and not word.isdigit()
    ]
