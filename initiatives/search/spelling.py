"""“Did you mean …”: for words that nothing public has, the nearest one that something has.

Nearest is by the Damerau–Levenshtein distance in which each pair of swapped neighbours counts once (optimal string
alignment): one letter up to seven, two in longer words; of equally near words the one that stands in more records.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pyroaring import BitMap
from rapidfuzz import process
from rapidfuzz.distance import OSA

from ..models import Initiative
from .documents import passages
from .normalization import TYPED, fold, letters, words
from .postings import read, select
from .records import SearchableRecord
from .terms import Lookup

# Shorter words are too near to too many others.
SHORTEST = 4
# Up to so many letters one may be wrong, and in longer words two.
SHORT = 7
# A text of more words, or with more of them wrong, is no slip of the keyboard.
MOST_WORDS, MOST_WRONG = 12, 3
# The nearest words, which are compared by how often they stand, and texts that tell how a word is written.
MOST_NEAR, MOST_READ = 50, 10


class TypedWord(NamedTuple):
    """A word in what somebody typed: where it stands, and its folded form."""

    start: int
    end: int
    term: str


class Known(NamedTuple):
    """What there is to mean: public initiatives, other records, and how many of these have each word."""

    initiatives: BitMap
    records: Callable[[], Sequence[SearchableRecord]]
    words: Mapping[str, int]


def count_words(records: Iterable[SearchableRecord]) -> Counter[str]:
    """In how many of the records each folded word stands."""
    return Counter(word for record in records for word in set(record.body.split()))


def correct(
    text: str, known: Known, *, is_found: Callable[[str], bool], using: str = "default"
) -> str:
    """A typed text with the nearest words for those that are not found; empty where there is nothing to mean.

    Quotes, minus and all other words stay. At most three queries for each wrong word and some for how it is written.
    """
    sought = list(typed_words(text))
    if len(sought) > MOST_WORDS:
        return ""
    wrong = [word for word in sought if not is_found(text[word.start : word.end])]
    if not 0 < len(wrong) <= MOST_WRONG:
        return ""
    corrected = text
    for word in reversed(wrong):
        nearest = _nearest(word.term, known, using)
        if nearest is None:
            return ""
        typed = text[word.start : word.end]
        written = _as_written(*nearest, typed, known)
        corrected = f"{corrected[: word.start]}{written}{corrected[word.end :]}"
    return corrected


def typed_words(text: str) -> Iterator[TypedWord]:
    """The words that are to be found, each with its place; what is behind a minus is not."""
    for match in TYPED.finditer(text):
        if not match["minus"]:
            for start, end in _spans(text, *match.span()):
                term = words(text[start:end])
                if len(term) == 1:
                    yield TypedWord(start, end, term[0])


def _spans(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Where words begin and end: accents and apostrophes are part of them."""
    start = first
    for place in range(first, last + 1):
        if place == last or letters(text[place]) == " ":
            if start < place:
                yield start, place
            start = place + 1


# --- The nearest word -----------------------------------------------------------------------------


def _nearest(term: str, known: Known, using: str) -> tuple[str, BitMap] | None:
    """The word that is meant, and the public initiatives in which it stands; None where none is near."""
    if not _is_word(term):
        return None
    distances = dict(_near(term, {*_indexed_words(term, using), *known.words}))
    near = sorted(distances, key=lambda word: (distances[word], word))[:MOST_NEAR]
    if not near:
        return None
    standing = read([Lookup(word) for word in near], using)
    initiatives = {word: standing[Lookup(word)].matches.all & known.initiatives for word in near}
    counts = {word: len(initiatives[word]) + known.words.get(word, 0) for word in near}
    # A word of drafts alone is none, nor is one that stands nowhere any more.
    public = filter(counts.get, near)
    meant = min(public, key=lambda word: (distances[word], -counts[word]), default=None)
    return (meant, initiatives[meant]) if meant else None


def _near(term: str, candidates: Iterable[str]) -> Iterator[tuple[str, float]]:
    most = 1 if len(term) <= SHORT else 2
    shortest, longest = len(term) - most, len(term) + most
    # Before they are looked at closely: most are too long or too short.
    choices = [word for word in candidates if shortest <= len(word) <= longest]
    found = process.extract(term, choices, scorer=OSA.distance, score_cutoff=most, limit=None)
    return ((word, distance) for word, distance, _place in found if _is_word(word))


def _is_word(term: str) -> bool:
    """Whether it is long enough to be told from others, and no number or date, which are all near to one another."""
    return len(term) >= SHORTEST and not any(map(str.isdigit, term))


def _indexed_words(term: str, using: str) -> Iterator[str]:
    """Whole words of the index that begin as this one does, or with its second letter; one query."""
    # Of others the first letter is missing: to read all that there are would take most of the time.
    ranges = [Lookup(letter, is_range=True) for letter in {*term[:2]}]
    for (key,) in select(["term"], ranges, using):
        word = bytes(key).decode()
        if " " not in word:
            yield word


# --- As records write it --------------------------------------------------------------------------


def _as_written(term: str, initiatives: BitMap, typed: str, known: Known) -> str:
    """A folded word as texts have it: in lower case where some have it so, in the form nearest to what was typed."""
    forms = Counter(
        text[start:end]
        for text in _texts_with(term, initiatives, known)
        for start, end in _spans(text, 0, len(text))
        if _is_written_so(term, text[start:end])
    )
    lower = [form for form in forms if form == form.lower()]
    written = lower if lower and typed == typed.lower() else list(forms)
    nearest: Callable[[str], tuple[float, int]] = lambda form: (  # noqa: E731
        OSA.distance(form.lower(), typed.lower()),
        -forms[form],
    )
    return min(written, key=nearest, default=term)


def _is_written_so(term: str, written: str) -> bool:
    return len(words(written)) == 1 and term in fold(written).split()


def _texts_with(term: str, initiatives: BitMap, known: Known) -> Iterator[str]:
    word = f" {term} "
    of_records = [record for record in known.records() if word in record.body][:MOST_READ]
    for record in of_records:
        yield from (passage.text for passage in record.passages)
    rows = list(Initiative.objects.public().filter(pk__in=list(initiatives[:MOST_READ])))
    passages_of = passages(rows)
    for row in rows:
        yield row.title
        yield from (passage.text for passage in passages_of[row.pk])
