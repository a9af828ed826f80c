"""Text as search sees it: the same letters whatever the script, case, marks or apostrophes.

Folding is Unicode NFKC (UAX #15) and case folding; combining marks and apostrophes go, so that ``Oʻzbekiston`` and
``O‘zbekiston`` are one word; everything that is not a letter or digit parts words. English plurals lose their ending.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

# ' ` ´ ʹ ʻ ʼ ʽ ʾ ʿ ˈ ‘ ’ ‛ ′ ‵ ＇: Uzbek is written with any of them.
APOSTROPHES = dict.fromkeys(map(ord, "'`´ʹʻʼʽʾʿˈ‘’‛′‵＇"))
# The voicing marks of Japanese kana tell letters apart (か, が); they are no accents.
VOICING = {"\u3099", "\u309a"}
WORD = re.compile(r"[^\W_]+")
# Scripts written without spaces: a term may begin in the middle of a run of letters.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
# What somebody typed: -"a phrase", a “phrase”, -word, word.
TYPED = re.compile(
    r"""(?P<minus>(?<!\S)[-−–])?(?:["“”„«»](?P<phrase>[^"“”„«»]*)["“”„«»]|(?P<word>[^\s"“”„«»]+))"""
)
MOST_PIECES = 50


def letters(text: str) -> str:
    """Compatible forms, case, marks and apostrophes folded; words not parted yet."""
    text = unicodedata.normalize("NFKC", text).translate(APOSTROPHES).casefold()
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFD", text)
    kept = (c for c in parts if c in VOICING or unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFKC", "".join(kept))


def singular(word: str) -> str:
    """An English word without its plural ending; other words as they are."""
    if len(word) <= 3 or not word.endswith("s") or not word.isascii():
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word[:-1]


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return [singular(word) for word in WORD.findall(letters(text))]


def fold(*texts: str) -> str:
    """Texts as they are stored for search: folded words, each between spaces, with a bar between texts."""
    folded = (" ".join(parts) for text in texts if (parts := words(text)))
    return f" {' | '.join(folded)} "


@dataclass(frozen=True, slots=True)
class SearchTerms:
    """What somebody searches for: pieces that all must stand in a folded text, and pieces that must not."""

    pieces: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.pieces or self.excluded)

    def matches(self, folded: str) -> bool:
        """The rule of search, in plain Python; SQL says the same in search/query.py."""
        return all(piece in folded for piece in self.pieces) and not any(
            piece in folded for piece in self.excluded
        )


def parse_terms(text: str) -> SearchTerms:
    """What a typed text asks for: words, “phrases” and -exclusions; the first fifty of them.

    A piece begins where a word begins, except in scripts without spaces, and may end within a word.
    """
    pieces: dict[str, None] = {}
    excluded: dict[str, None] = {}
    for match in TYPED.finditer(text):
        parts = words(match["phrase"] if match["phrase"] is not None else match["word"])
        if parts and len(pieces) + len(excluded) < MOST_PIECES:
            piece = " ".join(parts)
            piece = piece if UNSPACED.match(piece) else f" {piece}"
            (excluded if match["minus"] else pieces)[piece] = None
    return SearchTerms(list(pieces), list(excluded))


def highlight(text: str, terms: SearchTerms) -> Iterator[tuple[str, bool]]:
    """The text in segments, each with whether it is part of a match; joined they are the text."""
    spans = sorted(_spans(text, terms.pieces))
    end = 0
    for start, stop in spans:
        if stop <= end:
            continue
        start = max(start, end)
        if start > end:
            yield text[end:start], False
        yield text[start:stop], True
        end = stop
    if end < len(text):
        yield text[end:], False


def excerpt(text: str, terms: SearchTerms, length: int = 240) -> list[tuple[str, bool]]:
    """The part of a text around its first match, in segments as `highlight` gives them; none without a match."""
    spans = sorted(_spans(text, terms.pieces))
    if not spans:
        return []
    start = max(0, spans[0][0] - length // 3)
    # Not in the middle of a word, where there are spaces to begin at.
    start = text.find(" ", start, spans[0][0]) + 1 if start else 0
    end = start + length
    if end < len(text):
        end = max(text.rfind(" ", start, end), spans[0][1])
    segments = list(highlight(text[start:end], terms))
    before, after = "… " * bool(start), " …" * (end < len(text))
    return [part for part in ((before, False), *segments, (after, False)) if part[0]]


# A word as it is written: letters and digits with their marks and apostrophes.
RUN = re.compile(rf"(?:[^\W_]|[{''.join(map(chr, APOSTROPHES))}\u0300-\u036f])+")


def _spans(text: str, pieces: list[str]) -> Iterator[tuple[int, int]]:
    """Where pieces begin and end in the text, by whole words; within a run in scripts without spaces."""
    words_at: list[tuple[str, int, int]] = []
    for run in RUN.finditer(text):
        words_at += [(word, run.start(), run.end()) for word in _words_of_run(run[0])]
    for piece in pieces:
        parts = piece.split()
        if UNSPACED.match(piece):
            yield from _within_runs(text, piece)
            continue
        for index in range(len(words_at) - len(parts) + 1):
            matched = [word for word, _start, _stop in words_at[index : index + len(parts)]]
            if matched[:-1] == parts[:-1] and matched[-1].startswith(parts[-1]):
                yield words_at[index][1], words_at[index + len(parts) - 1][2]


@lru_cache(maxsize=10_000)
def _words_of_run(run: str) -> tuple[str, ...]:
    """The same words come again and again in titles and summaries."""
    return tuple(words(run))


def _within_runs(text: str, piece: str) -> Iterator[tuple[int, int]]:
    folded, origin = [], []
    for position, character in enumerate(text):
        for letter in letters(character):
            folded.append(letter)
            origin.append(position)
    together = "".join(folded)
    start = together.find(piece)
    while start >= 0:
        yield origin[start], origin[start + len(piece) - 1] + 1
        start = together.find(piece, start + len(piece))
