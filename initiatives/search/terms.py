"""The terms of folded texts, and the places at which they stand: what the index of words is made of.

A word of a script with spaces has itself for a term and its beginnings of up to three letters, so that what somebody
has typed of a word is one term or a range of terms; a run of a script without spaces has its letters, its pairs of
letters and one for where it begins. Every text has the term ``EVERY``. A word takes one place, a run one for each
letter, and so does what parts them: pieces are looked up term by term, each so many places behind the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from .normalization import UNSPACED, fold

EVERY = ""
# No word. Of texts not indexed as a whole: for want of places, or for a word too long for an index of PostgreSQL.
CUT = "|"
# Letters of the beginnings of words that are terms of their own.
BEGINNING = 3
LONGEST = 100
# Of one initiative; the first of them are for its title.
PLACES = 1 << 13
TITLE_PLACES = 1 << 10


class Texts(NamedTuple):
    """The folded texts of an initiative, of which the title is the first; empty where there is none."""

    title: str = ""
    body: str = ""

    @classmethod
    def of(cls, title: str, others: Iterable[str]) -> Texts:
        """A title and other texts, folded; all spellings of the title stand before the others."""
        parts = fold(title), fold(*others)
        return cls(parts[0], f" {' | '.join(part.strip() for part in parts if part.strip())} ")


class Terms(NamedTuple):
    """The terms of an initiative’s texts, each with its places, and those of its title."""

    places: dict[str, list[int]]
    in_title: set[str]


class Lookup(NamedTuple):
    """A term, or all whole words that begin with it."""

    term: str
    is_range: bool = False

    def holds(self, term: str) -> bool:
        return term.startswith(self.term) if self.is_range else term == self.term


def terms_of(texts: Texts) -> Terms:
    """What there is to index of texts; nothing where there are none."""
    found = Terms({}, set())
    if texts.body:
        found.places[EVERY] = []
        title = texts.title.split()
        is_whole = _add(found, title, 0, TITLE_PLACES)
        found.in_title.update(found.places)
        is_whole &= _add(found, texts.body.split()[len(title) :], TITLE_PLACES, PLACES)
        if not is_whole:
            found.places[CUT] = []
    return found


def _add(found: Terms, words: list[str], place: int, end: int) -> bool:
    """Add words from one place to before another; whether all of them have a place and are indexed as they are."""
    is_whole = True
    for word in words:
        terms, length = _terms_of_word(word)
        has_place = place + length < end
        for term, behind in terms:
            places = found.places.setdefault(term, [])
            if has_place:
                places.append(place + behind)
        # Of a run each letter has its place.
        is_whole &= has_place and len(word) <= max(LONGEST, length)
        place += length + 1
    return is_whole


@lru_cache(maxsize=50_000)
def _terms_of_word(word: str) -> tuple[tuple[tuple[str, int], ...], int]:
    """The terms of a word, each with how many places behind its first, and how many places the word takes."""
    if word == "|":
        return (), 1
    if UNSPACED.match(word):
        return (_beginning(word), *_letters(word), *_pairs(word)), len(word)
    beginnings = [word[:length] for length in range(1, min(BEGINNING, len(word)) + 1)]
    return tuple((term, 0) for term in (*beginnings, _whole(word))), 1


def _whole(word: str) -> str:
    # A short one is told from a beginning of others by what follows it.
    return word[:LONGEST] if len(word) > BEGINNING else f"{word} "


def _beginning(run: str) -> tuple[str, int]:
    # What tells 水 力 from 水の力, where the same letters are as far apart.
    return f" {run[0]}", 0


def _letters(run: str) -> Iterator[tuple[str, int]]:
    return ((letter, place) for place, letter in enumerate(run))


def _pairs(run: str) -> Iterator[tuple[str, int]]:
    return (("".join(pair), place) for place, pair in enumerate(pairwise(run)))


def lookups(piece: str) -> list[tuple[Lookup, int]]:
    """What stands where a piece (``normalization.parse_terms``) does, each so many places behind the first."""
    found: list[tuple[Lookup, int]] = []
    place = 0
    words = piece.split()
    for number, word in enumerate(words, 1):
        if UNSPACED.match(word):
            if place:
                found.append((Lookup(_beginning(word)[0]), place))
            found += _run(word, place)
        elif number < len(words) or piece.endswith(" "):
            found.append((Lookup(_whole(word)), place))
        else:
            found.append((Lookup(word[:LONGEST], is_range=len(word) > BEGINNING), place))
        place += _terms_of_word(word)[1] + 1
    return found


def _run(run: str, place: int) -> Iterator[tuple[Lookup, int]]:
    """Every other pair of letters, and the last one."""
    if len(run) == 1:
        yield Lookup(run), place
    pairs = list(_pairs(run))
    for term, behind in pairs[::2] if len(pairs) % 2 else [*pairs[::2], *pairs[-1:]]:
        yield Lookup(term), place + behind


def tells_all(piece: str) -> bool:
    """Whether the one term of a piece stands just where the piece does, whatever else is in its texts."""
    # One letter longer than a term, a whole word is no longer told from others that begin so.
    return len(lookups(piece)) == 1 and len(piece.lstrip()) <= LONGEST
