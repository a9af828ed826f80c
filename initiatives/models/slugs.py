"""Keys made from titles, in any script: the one rule for report files and the desk."""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

# What apostrophes and soft signs of any script become; they part no words: Oʻzbekiston, альянс.
_INSIDE_WORDS = re.compile(r"[ʹʺʻʼʽʾʿˈ‘’‛′‵'`´]")
_WORD = re.compile(r"[a-z0-9]+")


def slug_from(text: str, most: int = 100) -> str:
    """Lower-case ASCII words with hyphens between them, cut between words; empty where nothing is left.

    Letters are romanised one by one (anyascii), so that kanji are read as in Chinese.
    """
    composed = unicodedata.normalize("NFKC", text)
    words = _WORD.findall("".join(map(_romanised, composed)).lower())
    return cut_slug("-".join(words), most)


def as_key(text: str) -> str:
    """A date or a word as a part of keys and refs: “not_taken_up”, “2026-02”, “2024-04-2025-03”, “by-2026-02”."""
    return text.replace("../", "by-").replace("/", "-").lower()


def free_slug(base: str, taken: set[str], most: int = 100) -> str:
    """The base, or with a number behind it where that is taken; it is added to ``taken``."""
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{cut_slug(base, most - len(str(number)) - 1)}-{number}"
    taken.add(slug)
    return slug


def cut_slug(slug: str, most: int) -> str:
    """At most so many characters, whole words where there are several."""
    if len(slug) <= most:
        return slug
    return slug[: most + 1].rpartition("-")[0] or slug[:most]


def _romanised(character: str) -> str:
    if _INSIDE_WORDS.fullmatch(character):
        return ""
    letters = _INSIDE_WORDS.sub("", anyascii(character))
    # Where there is no case, a capital begins a syllable that means something: 大学 is DaXue.
    is_word = letters[:1].isupper() and character.upper() == character.lower()
    return f" {letters}" if is_word else letters
