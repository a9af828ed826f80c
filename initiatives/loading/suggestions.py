"""What was likely meant by a word that is not known: near in meaning first, then in letters; else nothing.

A wrong suggestion that is followed puts a wrong fact into the record: numbers, short words and ties decide against it.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from ..models import DeliveryStatus
from .said import phrased

# Words that say nothing of what a name is.
SMALL_WORDS = {"a", "an", "and", "de", "for", "in", "la", "of", "on", "the", "to"}
# How others call what our word lists have; beside them the labels and the words of OGP are known.
OTHER_WORDS = {
    "under_way": ("ongoing", "started", "in progress", "in_progress", "implementing"),
    "delivered": ("completed", "done", "finished", "implemented", "fulfilled", "achieved"),
    "dropped": ("cancelled", "canceled", "abandoned"),
    "stalled": ("delayed", "blocked"),
    "suspended": ("paused", "on hold"),
    "preparing": ("planned", "in preparation"),
    "no_information": ("unknown", "no info"),
    "undertaken": ("committed", "pledged", "promised"),
    "supported": ("endorsed", "welcomed", "backed"),
    "adopted": ("agreed", "approved"),
    "proposed": ("suggested",),
    "mentioned": ("noted", "referred to"),
    "statement": ("press release", "speech"),
    "press": ("article", "news"),
    "joint": ("joint statement", "communique"),
    "state": ("country",),
}

Names = Mapping[str, Collection[str]]


def nearest(word: str, names: Names) -> str:
    """The key that was likely meant by a word, “” where none is; ``names`` has what each key is also called."""
    words = _words(word)
    if not words:
        return ""
    scores = {
        key: max(_likeness(words, _words(name)) for name in (key, *others))
        for key, others in names.items()
    }
    best = max(scores.values(), default=0)
    if best > 0.5:
        keys = [key for key, score in scores.items() if score == best]
        return keys[0] if len(keys) == 1 else ""
    return _by_letters(words, names)


def closest(word: str, words: Iterable[str]) -> str:
    """The one of these words that was likely meant, “” where none is."""
    return nearest(word, dict.fromkeys(words, ()))


def closest_value(word: str, values: Iterable[str]) -> str:
    """The value of one of our word lists that was likely meant, also where others call it otherwise."""
    status_words = {status.value: status.ogp or "" for status in DeliveryStatus}
    # A word of OGP that several of ours have says nothing.
    counts = Counter(status_words.values())
    names = {
        value: [
            *OTHER_WORDS.get(value, ()),
            *(w for w in (status_words.get(value, ""),) if w and counts[w] == 1),
        ]
        for value in values
    }
    return nearest(word, names)


def did_you_mean(key: str) -> str:
    """The question, “” where there is nothing to ask."""
    return phrased("did you mean “%(key)s”?", key=key) if key else ""


@lru_cache(maxsize=20_000)
def _words(text: str) -> tuple[str, ...]:
    """The words of a name or an id in one form, without accents and without those that say nothing."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", plain)
    return tuple(word for word in words if word not in SMALL_WORDS) or tuple(words)


def _likeness(words: tuple[str, ...], others: tuple[str, ...]) -> float:
    """1 for the same words, less for an acronym, then the share of the words that both have."""
    if words == others:
        return 1
    for short, long in ((words, others), (others, words)):
        # Two letters are the code of some country.
        if len(short) == 1 and len(long) > 2 and short[0] == "".join(w[0] for w in long):
            return 0.9
    if _numbers(words) != _numbers(others):
        return 0
    common = {*words} & {*others}
    # “us” alone is no part of the name of anything.
    if not any(len(word) > 2 for word in common):
        return 0
    return 0.89 * len(common) / len({*words} | {*others})


def _by_letters(words: tuple[str, ...], names: Names) -> str:
    forms: dict[str, set[str]] = defaultdict(set)
    for key, others in names.items():
        for name in (key, *others):
            forms[" ".join(_words(name))].add(key)
    close = difflib.get_close_matches(" ".join(words), list(forms), 3, 0.75)
    likely = [form for form in close if _is_typo(words, tuple(form.split()))]
    keys = forms[likely[0]] if likely else set()
    return next(iter(keys)) if len(keys) == 1 else ""


def _is_typo(words: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether all words are the same but for a slip in long ones; a slip in “uz” may be another country."""
    if _numbers(words) != _numbers(others):
        return False
    if len(words) != len(others):
        return _is_slip("".join(words), "".join(others))
    return all(map(_is_slip, words, others))


def _is_slip(word: str, other: str) -> bool:
    if word == other:
        return True
    short, long = sorted((word, other), key=len)
    if len(short) < 4:
        # “uzb” is “uz”, and “kz” is not.
        return len(short) > 1 and len(long) == len(short) + 1 and long.startswith(short)
    return _distance(word, other) <= (1 if len(long) < 9 else 2)


def _distance(word: str, other: str) -> int:
    """Letters left out, put in, changed or swapped with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(word, 1):
        before, last, row = row, before, [i]
        for j, other_letter in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != other_letter))
            if i > 1 and j > 1 and letter == other[j - 2] and other_letter == word[i - 2]:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _numbers(words: Iterable[str]) -> list[str]:
    return sorted(number for word in words for number in re.findall(r"\d+", word))
