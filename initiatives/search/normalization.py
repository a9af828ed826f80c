"""Text as search sees it: the same letters whatever the script, case, marks, keyboard or apostrophes.

Each character is folded by itself: Unicode NFKC (UAX #15), case folding, without accents and apostrophes, so that
``Oʻzbekiston`` and ``O´zbekiston`` are one word; letters of a language’s own become those that people type who have no
key for them. Everything that is not a letter or digit parts words, and so does the border between a script that is
written without spaces and one that is not: ``日本のODA事業`` is three words. English plurals lose their ending.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, pairwise
from typing import NamedTuple

# Whatever keyboards give for the apostrophe of Uzbek, for that of English, and for the soft sign of transliterations.
APOSTROPHES = dict.fromkeys(map(ord, "'`´ʹʻʼʽʾʿˈˊˋ‘’‛′‵᾽᾿῾ꞌ՚׳＇｀"))
# Letters of a language’s own, as people type them who have no key for them.
TYPED_PLAIN = {
    **dict(zip("ıȷəǝŋðүөәһієјیىک", "ijeendуоахиеиييك", strict=True)),
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
}
# Most others name the plain one: “LATIN SMALL LETTER L WITH STROKE”, “CYRILLIC SMALL LETTER KA WITH DESCENDER”.
PLAIN_IN_NAME = re.compile("((?:LATIN|CYRILLIC) SMALL LETTER .+?) WITH ")
# What is seen as nothing or as a longer line: the fillers of Hangul, the kashida of Arabic.
UNSEEN = "\u115f\u1160\u0640"
# Marks that are no accents: vowels and tones of Indian and South-East Asian scripts, where กา and กี are two words, and
# the voicing of kana (か, が). Unlike accents and the points of Hebrew and Arabic, nobody leaves them out when typing.
SIGNS = re.compile(
    "[\u0900-\u17ff\u1810-\u1aaf\u1b00-\u1ccf\u3099\u309a\ua800-\uabff\U00011000-\U00011fff]"
)
# Scripts written without spaces, and Korean, whose compounds have none: a term may begin in the middle of a run.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u303b\u3040-\u31ff\u3400-\u9fff"
    "\ua960-\ua97f\ua9e0-\ua9ff\uaa60-\uaa7f\uac00-\ud7ff\uf900-\ufaff\U0001aff0-\U0001b16f"
    "\U00020000-\U0003ffff"
)
UNSPACED = re.compile(f"[{_UNSPACED}]")
# A word among folded letters.
WORD = re.compile(f"[{_UNSPACED}]+|[^ {_UNSPACED}]+")
# Words that end like a plural and are none.
NO_PLURALS = {"news", "series", "species"}
MOST_PIECES = 50
# Where a text is cut, a space that is this near is better than the middle of a word; in letters.
LONG_WORD = 30
# Folded characters that a process keeps in mind: all that languages of today use, whatever somebody sends.
MOST_CHARACTERS = 2**16


# --- Folding --------------------------------------------------------------------------------------


class _Plain(dict[int, str]):
    """Each character by its number: folded letters, a space for what parts words, nothing for what only marks them."""

    def __missing__(self, number: int) -> str:
        plain = _plain(unicodedata.normalize("NFC", chr(number)))
        if len(self) < MOST_CHARACTERS:
            self[number] = plain
        return plain


def _plain(character: str) -> str:
    # NFKC makes a blank and an accent of U+00B4.
    if ord(character[0]) in APOSTROPHES:
        return ""
    parts = unicodedata.normalize("NFKC", character).casefold()
    plain = "".join(map(_plain_part, unicodedata.normalize("NFD", parts)))
    return unicodedata.normalize("NFC", plain)


def _plain_part(part: str) -> str:
    category = unicodedata.category(part)
    if category == "Cf" or part in UNSEEN or ord(part) in APOSTROPHES:
        return ""
    if category.startswith("M"):
        return part if SIGNS.match(part) else ""
    if category == "Nd":
        return str(unicodedata.decimal(part))
    if category[0] not in "LN":
        return " "
    if named := PLAIN_IN_NAME.match(unicodedata.name(part, "")):
        try:
            return _plain(unicodedata.lookup(named[1]))
        except KeyError:
            return part
    return TYPED_PLAIN.get(part, part)


PLAIN = _Plain()
# None and not "", which would cost the fast way through text that is all ASCII.
PLAIN_ASCII = {number: PLAIN[number] or None for number in range(128)}


def letters(text: str) -> str:
    """Compatible forms, case, accents, apostrophes and own letters folded; between words stand spaces, one or several.

    Scripts that meet are not parted yet.
    """
    if text.isascii():
        return text.translate(PLAIN_ASCII)
    return unicodedata.normalize("NFC", text.translate(PLAIN))


def singular(word: str) -> str:
    """An English word without its plural ending; other words as they are."""
    if len(word) <= 3 or not word.endswith("s") or not word.isascii() or word in NO_PLURALS:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    if word.endswith(("sses", "shes", "ches", "xes", "tzes", "zzes")):
        return word[:-2]
    return word if word.endswith(("ss", "us", "is")) else word[:-1]


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    folded = letters(text)
    # Where all are between spaces it is faster not to look at each letter.
    spaced = folded.isascii() or not UNSPACED.search(folded)
    found = folded.split() if spaced else WORD.findall(folded)
    return [singular(word) if word[-1] == "s" else word for word in found]


def fold(*texts: str) -> str:
    """Texts as they are stored for search: folded words, each between spaces, with a bar between texts.

    A text that has a second usual spelling stands in that one too, behind all others: ``Қазақстан`` is
    `` казакстан | казахстан ``.
    """
    spelt_also = [
        spelling.pattern.sub(spelling.other, text)
        for text in texts
        for spelling in _other_spellings(text)
    ]
    folded = (" ".join(parts) for text in (*texts, *spelt_also) if (parts := words(text)))
    return f" {' | '.join(folded)} "


# A page looks at each text several times, and names of participants, reports and meetings stand beside many rows.
fold_once = lru_cache(maxsize=2_000)(fold)


# --- Second spellings -----------------------------------------------------------------------------


class _Spelling:
    """How some people spell letters, be they one character or two; ``after`` is a pattern of what must stand before."""

    def __init__(self, spelt: dict[str, str], *, after: str = "") -> None:
        self.spelt = spelt
        cased = [form for letter in spelt for form in (letter, letter.upper())]
        forms = [*cased, *(unicodedata.normalize("NFD", form) for form in cased)]
        self.pattern = re.compile(f"{after}(?:{'|'.join(dict.fromkeys(forms))})")
        # One of these is in each match; to look for a character is much faster.
        self.characters = {form[-1] for form in forms}

    def other(self, match: re.Match[str]) -> str:
        return self.spelt[unicodedata.normalize("NFC", match[0]).lower()]


# A text is found by its plain letters and by each of these, all letters of one at a time: Mueller, Ashgabat, казахстан.
# Texts that hold such a spelling themselves are not turned back: the ue of “due” is no ü.
SPELT_ALSO = (
    # German and Nordic names on keyboards without their letters.
    _Spelling({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"}),
    # Turkic and Slavic names in English.
    _Spelling(
        {"ş": "sh", "š": "sh", "ç": "ch", "č": "ch", "ž": "zh", "ğ": "gh"}
        | {"ə": "a", "đ": "dj", "ŋ": "ng"}
    ),
    # Tajik and Kazakh names in Russian, which writes the first қ of Қазақстан as к and the second as х.
    _Spelling({"ҷ": "дж", "җ": "дж"}),
    _Spelling({"қ": "х"}, after="(?<=[\u0400-\u052f])"),
)
_SPELT_ALSO = re.compile(
    f"[{''.join(set().union(*(spelling.characters for spelling in SPELT_ALSO)))}]"
)


def _other_spellings(text: str) -> list[_Spelling]:
    if text.isascii() or not _SPELT_ALSO.search(text):
        return []
    return [spelling for spelling in SPELT_ALSO if spelling.pattern.search(text)]


# --- What somebody typed --------------------------------------------------------------------------

DASHES = "-‐‑‒–—―−˗⁃﹘﹣－"
QUOTES = '"“”„‟«»‹›〝〞〟❝❞＂'
# -"a phrase", a “phrase”, 「a phrase」 that may hold 『others』, -word, word.
TYPED = re.compile(
    rf"""(?P<minus>(?<!\S)[{DASHES}])?(?:
    (?P<phrase>[{QUOTES}][^{QUOTES}]*[{QUOTES}]|「[^」]*」|『[^』]*』|｢[^｣]*｣|《[^》]*》|〈[^〉]*〉)
    |(?P<word>[^\s{QUOTES}「」『』｢｣《》〈〉]+))""",
    re.VERBOSE,
)


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

    A piece begins where a word begins, and may end within one unless it is quoted: “AI” is no “aid”. In scripts without
    spaces it begins and ends anywhere. What is typed without a space and is several words, such as ``long-term`` and
    ``第5回``, is a phrase.
    """
    asked = [*islice(_pieces(text), MOST_PIECES)]
    return SearchTerms(
        [piece for piece, is_excluded in asked if not is_excluded],
        [piece for piece, is_excluded in asked if is_excluded],
    )


def asks_too_much(text: str) -> bool:
    """Whether a typed text has more pieces than are looked for."""
    return next(islice(_pieces(text), MOST_PIECES, None), None) is not None


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """The different pieces of a typed text, each with whether it is excluded."""
    known = set[tuple[str, bool]]()
    for match in TYPED.finditer(text):
        if parts := words(match["phrase"] or match["word"]):
            piece = " ".join(parts)
            piece = piece if UNSPACED.match(piece) else f" {piece}"
            piece = f"{piece} " if match["phrase"] and not UNSPACED.match(parts[-1]) else piece
            asked = piece, bool(match["minus"])
            if asked not in known:
                known.add(asked)
                yield asked


# --- What is found --------------------------------------------------------------------------------


def highlight(text: str, terms: SearchTerms) -> Iterator[tuple[str, bool]]:
    """The text in segments, each with whether it is part of a match; joined they are the text."""
    folded = fold_once(text)
    found = [piece for piece in terms.pieces if piece in folded]
    spans = _spans(text, found, _located(text)) if found else []
    return _segments(text, spans, 0, len(text))


def excerpt(text: str, terms: SearchTerms, length: int = 240) -> list[tuple[str, bool]]:
    """The part of a text around a match, in segments as `highlight` gives them; none without a match.

    The match is the first one of the piece that stands there least often: of “the gallium” not just any “the”.
    """
    folded = fold_once(text)
    found = sorted((piece for piece in terms.pieces if piece in folded), key=folded.count)
    if not found:
        return []
    located = _located(text)
    spans = _spans(text, found, located)
    first, last = _spans(text, found[:1], located)[0] if len(found) > 1 else spans[0]
    start, end = max(0, first - length // 3), len(text)
    # Not in the middle of a word, where there are spaces to begin and end at.
    if start:
        start = text.find(" ", start, min(start + LONG_WORD, first)) + 1 or _past_marks(text, start)
        start = min(start, first)
    if start + length < end:
        end = max(start + length, last)
        space = text.rfind(" ", max(last, end - LONG_WORD), end)
        end = space if space >= 0 else _past_marks(text, end)
    before, after = "… " * bool(start), " …" * (end < len(text))
    segments = ((before, False), *_segments(text, spans, start, end), (after, False))
    return [part for part in segments if part[0]]


def _segments(
    text: str, spans: list[tuple[int, int]], start: int, end: int
) -> Iterator[tuple[str, bool]]:
    for first, last in spans:
        if first >= end:
            break
        if last <= start:
            continue
        if start < first:
            yield text[start:first], False
        yield text[max(first, start) : min(last, end)], True
        start = min(last, end)
    if start < end:
        yield text[start:end], False


def _spans(text: str, pieces: list[str], located: list[_Located]) -> list[tuple[int, int]]:
    """Where pieces begin and end in the text, in order and apart: whole words, letters in scripts without spaces."""
    spans = [span for folded in located for span in _occurrences(folded, pieces)]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            start, end = merged[-1][0], max(merged.pop()[1], end)
        merged.append((start, _past_marks(text, end)))
    return merged


def _past_marks(text: str, at: int) -> int:
    """The next place where no letter is parted from its accents and vowel signs."""
    while at < len(text) and unicodedata.category(text[at]).startswith("M"):
        at += 1
    return at


class _Located(NamedTuple):
    """Letters, and where each begins and ends in the text that they come from."""

    letters: str
    starts: Sequence[int]
    ends: Sequence[int]


def _located(text: str) -> list[_Located]:
    """Every spelling of the text, folded."""
    return [_folded(spelling) for spelling in _spellings(text)]


def _spellings(text: str) -> Iterator[_Located]:
    yield _Located(text, range(len(text)), range(1, len(text) + 1))
    for spelling in _other_spellings(text):
        parts, starts, ends = list[str](), list[int](), list[int]()
        at = 0
        for match in spelling.pattern.finditer(text):
            start, end = match.span()
            other = spelling.other(match)
            parts += text[at:start], other
            starts += [*range(at, start), *[start] * len(other)]
            ends += [*range(at + 1, start + 1), *[end] * len(other)]
            at = end
        starts += range(at, len(text))
        ends += range(at + 1, len(text) + 1)
        yield _Located("".join(parts) + text[at:], starts, ends)


def _occurrences(located: _Located, pieces: list[str]) -> Iterator[tuple[int, int]]:
    folded, starts, ends = located
    for piece in pieces:
        blank = piece.startswith(" ")
        at = folded.find(piece)
        while at >= 0:
            # Those that overlap are one, so that a long run of them is not gone through again and again.
            last = folded.rfind(piece, at, at + 2 * len(piece) - 1)
            yield starts[at + blank], ends[last + len(piece.rstrip()) - 1]
            at = folded.find(piece, last + 1)


def _folded(spelling: _Located) -> _Located:
    """A spelling as `fold` has it, each letter of a spaced script where its whole word stands."""
    joined, starts, ends = _composed(spelling)
    folded, first, last = [" "], [0], [0]
    for match in WORD.finditer(joined):
        word = singular(match[0])
        start, end = match.span()
        if UNSPACED.match(word):
            first += starts[start:end]
            last += ends[start:end]
        else:
            first += [starts[start]] * len(word)
            last += [ends[end - 1]] * len(word)
        folded.append(f"{word} ")
        first.append(0)
        last.append(0)
    return _Located("".join(folded), first, last)


def _composed(spelling: _Located) -> _Located:
    """The same as `letters` gives of a text."""
    if spelling.letters.isascii():
        in_place = letters(spelling.letters)
        if len(in_place) == len(spelling.letters):
            return _Located(in_place, spelling.starts, spelling.ends)
    plain = [PLAIN[ord(character)] for character in spelling.letters]
    joined, starts, ends = "".join(plain), spelling.starts, spelling.ends
    if {*map(len, plain)} != {1}:
        starts = [at for part, at in zip(plain, spelling.starts, strict=True) for _ in part]
        ends = [at for part, at in zip(plain, spelling.ends, strict=True) for _ in part]
    if unicodedata.is_normalized("NFC", joined):
        return _Located(joined, starts, ends)
    bases = [at for at, letter in enumerate(joined) if not at or not _joins_the_one_before(letter)]
    parts, first, last = list[str](), list[int](), list[int]()
    for start, end in pairwise([*bases, len(joined)]):
        part = unicodedata.normalize("NFC", joined[start:end])
        parts.append(part)
        first += [starts[start]] * len(part)
        last += [ends[end - 1]] * len(part)
    return _Located("".join(parts), first, last)


def _joins_the_one_before(letter: str) -> bool:
    """Whether NFC may make one of the letter and what stands before: marks, vowels and finals of Hangul."""
    is_final = "\u1160" <= letter <= "\u11ff" or "\ud7b0" <= letter <= "\ud7ff"
    return is_final or unicodedata.category(letter).startswith("M")
