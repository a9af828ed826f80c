"""A language that is none: what a translator would be handed is marked, so that what nobody is handed shows."""

from __future__ import annotations

import contextlib
import functools
import re
import sys
import types
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils.translation import trans_real

from initiatives.as_of import days
from initiatives.facets import index as facet_index

# It takes the place of a language that the desk is in too; days, numbers and names of languages are in Cyrillic then.
LANGUAGE, PREFIX = "ru", "/ru"
BEGIN, END = "⟦", "⟧"
# Right-to-left override, and the end of it: a page has to put up with text that runs the other way.
RIGHT_TO_LEFT, ENDS = "\u202e", "\u202c"
DIAERESIS = "\u0308"
VOWEL = re.compile("[aeiou]", re.IGNORECASE)
# Placeholders, tags and entities.
KEPT = re.compile(r"(%\(\w+\)[a-z]|<[^>]*>|&#?\w+;|\{[^}]*\})")

Style = Callable[[str], str]


def wrapped(message: str) -> str:
    return f"{BEGIN}{message}{END}"


def longer_and_accented(message: str) -> str:
    """A third longer, as Kazakh and Turkmen are, with a mark above each vowel."""
    parts = KEPT.split(message)
    parts[::2] = [VOWEL.sub(rf"\g<0>{DIAERESIS}", part) for part in parts[::2]]
    return wrapped(unicodedata.normalize("NFC", "".join(parts)) + " ~" * (len(message) // 6))


def right_to_left(message: str) -> str:
    return wrapped(f"{RIGHT_TO_LEFT}{message}{ENDS}")


def forget_what_was_written() -> None:
    """What is kept in memory, in case it is kept without its language."""
    facet_index.forget()
    days.forget()
    for kept in _kept(frozenset(name for name in sys.modules if name.startswith("initiatives."))):
        kept.cache_clear()


@functools.cache
def _kept(modules: frozenset[str]) -> list[Any]:
    """What keeps answers in memory; looked for once, as there are as many names as in the whole program."""
    values = [value for name in modules for value in vars(sys.modules[name]).values()]
    found = [one for value in values for one in (value, *_closed_over(value), *_of_class(value))]
    return [one for one in found if type(one) is functools._lru_cache_wrapper]


def _closed_over(value: Any) -> Iterator[Any]:
    cells = value.__closure__ if type(value) is types.FunctionType else None
    # A name that is not bound yet is an empty cell.
    return (cell.cell_contents for cell in cells or () if cell != types.CellType())


def _of_class(value: Any) -> list[Any]:
    return list(vars(value).values()) if isinstance(value, type) else []


@contextlib.contextmanager
def pseudo_language(style: Style = wrapped) -> Iterator[None]:
    """Under ``PREFIX`` each message comes back marked by ``style``.

    Nothing is kept in memory of the language whose place it takes. Whoever asks for a page in English first sees what
    is kept without its language.
    """

    def written(message: str) -> str:
        return style(message.rpartition(trans_real.CONTEXT_SEPARATOR)[2]) if message else ""

    known = trans_real.DjangoTranslation

    def gettext(self: Any, message: str, known: Any = known.gettext) -> str:
        return written(message) if self.to_language() == LANGUAGE else str(known(self, message))

    def ngettext(self: Any, one: str, many: str, number: float, known: Any = known.ngettext) -> str:
        if self.to_language() == LANGUAGE:
            return written(one if number == 1 else many)
        return str(known(self, one, many, number))

    forget_what_was_written()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(known, "gettext", gettext)
        patch.setattr(known, "ngettext", ngettext)
        yield
    forget_what_was_written()
