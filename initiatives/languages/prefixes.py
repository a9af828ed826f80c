"""English is at the root of the site, each other language under a prefix: “/ja/…”.

The prefix counts as a part of where the site is mounted (the script prefix of WSGI, PEP 3333): every address that is
made begins with it, and nothing that reads ``path_info`` has to know of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import get_language

ENGLISH: str = settings.LANGUAGE_CODE
# Codes of all other languages, each the first part of the paths that are read in it.
PREFIXES: tuple[str, ...] = tuple(code for code, _name in settings.LANGUAGES if code != ENGLISH)
# Those that the desk is in, too; it is in English for readers of all others.
OF_THE_DESK: tuple[str, ...] = ("ja", "ru")
# Those whose translation a native speaker has read through; the pages of all others say that nobody has.
CHECKED: frozenset[str] = frozenset({ENGLISH})
# BCP 47, where that is not the code: Uzbek is written in two scripts, and pages are in Latin.
_TAGS: Mapping[str, str] = {ENGLISH: "en", "uz": "uz-Latn"}


def language_tag(code: str | None = None) -> str:
    """The tag (BCP 47) of a language of the pages, or of the one that is read."""
    code = code or get_language() or ENGLISH
    return _TAGS.get(code, code)


# Of all languages of the pages, English first.
LANGUAGE_TAGS: tuple[str, ...] = tuple(_TAGS.get(code, code) for code in (ENGLISH, *PREFIXES))


def prefix_of(path: str) -> str:
    """The code of the language with whose prefix a path begins; empty for English: of “/ja/initiatives/” ja."""
    code = path[1:].partition("/")[0]
    return code if code in PREFIXES else ""


def in_english(script_prefix: str) -> str:
    """Where the site is mounted, without the language that is read: of “/tracker/ja/” “/tracker/”.

    Only that one: “/ru/” may be where the site is mounted, and is then read in English.
    """
    code = get_language()
    return script_prefix.removesuffix(f"{code}/") if code in PREFIXES else script_prefix
