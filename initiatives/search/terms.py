"""The terms by which folded texts are indexed: what a row of ``SearchPosting`` can be asked for.

Of a word of a script with spaces: its beginnings of up to three letters and, if it is longer, the word itself; so
what somebody has typed of a word is one term, or a range of whole words. Of a run of a script without spaces: its
letters and pairs of letters. And one term that every text has.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from .normalization import UNSPACED

EVERY = ""
# Letters of the beginnings of words that are terms of their own.
BEGINNING = 3
# A longer word is cut here: PostgreSQL’s indexes take no term of any length.
LONGEST = 100


class Lookup(NamedTuple):
    """A term, or all whole words that begin with it."""

    term: str
    is_range: bool = False

    def holds(self, term: str) -> bool:
        return term.startswith(self.term) if self.is_range else term == self.term


def terms_of(folded: str) -> set[str]:
    """The terms of a folded text (``normalization.fold``); none of a text that is not there, which is empty."""
    terms = {EVERY} if folded else set()
    for word in set(folded.split()):
        terms.update(_terms_of_word(word))
    return terms


@lru_cache(maxsize=50_000)
def _terms_of_word(word: str) -> tuple[str, ...]:
    if word == "|":
        return ()
    if UNSPACED.match(word):
        return (*word, *_pairs(word))
    beginnings = [word[:length] for length in range(1, min(BEGINNING, len(word)) + 1)]
    return (*beginnings, word[:LONGEST]) if len(word) > BEGINNING else tuple(beginnings)


def _pairs(run: str) -> Iterator[str]:
    return map("".join, pairwise(run))


def lookups(piece: str) -> tuple[list[Lookup], bool]:
    """What to look up for a piece (``normalization.parse_terms``), and whether that tells all.

    Texts that hold the piece have all of it; where it does not tell all, such texts need not hold the piece.
    """
    words = piece.split()
    found = [*_whole_words(words[:-1]), *_typed_so_far(words[-1])]
    return list(dict.fromkeys(found)), len(found) == 1 and len(words[-1]) <= LONGEST


def _whole_words(words: list[str]) -> Iterator[Lookup]:
    for word in words:
        # Of a phrase: the longest of its terms, which for a short word is a beginning of others too.
        yield from _letters(word) if UNSPACED.match(word) else [Lookup(_terms_of_word(word)[-1])]


def _typed_so_far(word: str) -> Iterator[Lookup]:
    if UNSPACED.match(word):
        yield from _letters(word)
    else:
        yield Lookup(word[:LONGEST], is_range=len(word) > BEGINNING)


def _letters(run: str) -> Iterator[Lookup]:
    yield from map(Lookup, _pairs(run) if len(run) > 1 else run)
