"""Sentences that are kept and read later, by people of other languages.

As text each is English, which is what is stored, compared and printed; beside that it knows its message and the values
in it, and is said again in the language of whoever reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Self

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext, override

from ..languages import ENGLISH, count, series
from ..partial_dates import PartialDate

# Where one sentence says what is wrong, and then what to do about it.
CUT = re.compile("; ?|；|。")


class Said(str):
    """An English sentence; ``kept`` is, as JSON, what ``in_language`` says it from."""

    __slots__ = ("kept",)
    kept: dict[str, Any]

    @classmethod
    def of(cls, text: str, **kept: Any) -> Self:
        made = cls(text)
        made.kept = {name: value for name, value in kept.items() if value is not None}
        return made


class Faulty(ValueError):
    """A value that cannot be taken over: what is wrong with it, and what to do about that."""

    def __init__(self, what: str, cure: str = "") -> None:
        super().__init__("; ".join(filter(None, (what, cure))))
        self.what, self.cure = what, cure


# --- Making them ----------------------------------------------------------------------------------


def phrased(message: str, /, **values: Any) -> Said:
    """A sentence of a message and its values; these may be sentences, dates, lazy strings or lists of such."""
    if not values:
        return Said.of(message, message=message)
    text = message % {name: _in_english(value) for name, value in values.items()}
    kept = {name: as_json(value) for name, value in values.items()}
    return Said.of(text, message=message, values=kept)


def nphrased(singular: str, plural: str, number: int, /, **values: Any) -> Said:
    """The same of two messages, of which a number decides."""
    one = phrased(singular if number == 1 else plural, **values)
    return Said.of(one, **one.kept | {"message": singular, "plural": plural, "number": number})


def in_a_row(parts: Iterable[Any], between: str = ", ") -> Said:
    """Parts in a row; a comma between them is that of the language."""
    every = list(parts)
    text = between.join(map(_in_english, every))
    return Said.of(text, row=[as_json(part) for part in every], between=between)


def alternatives(parts: Iterable[Any]) -> str:
    """“jp or kr”."""
    words = ""
    for part in parts:
        words = phrased("%(one)s or %(other)s", one=words, other=part) if words else part
    return words


def together(parts: Iterable[Any]) -> str:
    """“title and dialogue”."""
    words = ""
    for part in parts:
        words = phrased("%(one)s and %(other)s", one=words, other=part) if words else part
    return words


def in_groups(value: int) -> Said:
    """A number with its digits in groups."""
    return Said.of(f"{value:,}", count=value)


def kind_word(model: Any) -> Said:
    """What one row of a model is called."""
    return Said.of(_in_english(model._meta.verbose_name), kind=model._meta.model_name)


def kind_heading(model: Any) -> Said:
    """The same at the beginning of a text."""
    return Said.of(capfirst(kind_word(model)), heading=model._meta.model_name)


def kinds_word(model: Any) -> Said:
    """What several rows of a model are called."""
    return Said.of(_in_english(model._meta.verbose_name_plural), kinds=model._meta.model_name)


def of_lazy(text: Any) -> Said:
    """A string of ``gettext_lazy``."""
    return phrased(_in_english(text))


def of_error(error: ValidationError) -> Said:
    """What a validator of the models says."""
    every = [phrased(_in_english(one.message), **(one.params or {})) for one in error.error_list]
    return every[0] if len(every) == 1 else in_a_row(every, " ")


def halves(whole: Said) -> tuple[Said, Said]:
    """What is wrong and what to do about it, of one sentence that says both."""
    what, _cut, cure = whole.partition("; ")
    return Said.of(what, whole=whole.kept, half=0), Said.of(cure, whole=whole.kept, half=1)


def without_stop(half: Said) -> Said:
    return Said.of(half.rstrip("."), **half.kept)


def what_and_cure(error: ValueError) -> tuple[str, str]:
    """What is wrong with a value and what to do about it, from what its validator raised."""
    if isinstance(error, Faulty):
        return error.what, error.cure
    what, _cut, cure = str(error).partition("; ")
    return what, cure


def _in_english(value: Any) -> str:
    match value:
        case str():
            return value
        case PartialDate():
            with override(ENGLISH):
                return value.in_words
        case Promise():
            with override(ENGLISH):
                return str(value)
        case list() | tuple():
            return in_a_row(value)
    return str(value)


# --- Keeping and reading them ---------------------------------------------------------------------


def as_json(value: Any) -> Any:
    """What to keep of a value so that ``in_language`` can say it; of a plain text that text."""
    match value:
        case Said():
            return value.kept
        case PartialDate():
            return {"day": str(value)}
        case Promise():
            return of_lazy(value).kept
        case list() | tuple():
            return in_a_row(value).kept
    return str(value)


def in_language(kept: Any) -> str:
    """A sentence, or what was kept of one, in the language that is read now; a plain text is as it is."""
    match kept:
        case Said():
            return in_language(kept.kept)
        case {"day": day}:
            return PartialDate(day).in_words
        case {"count": value}:
            return count(value)
        case {"kind": name}:
            return str(apps.get_model("initiatives", name)._meta.verbose_name)
        case {"heading": name}:
            return capfirst(in_language({"kind": name}))
        case {"kinds": name}:
            return str(apps.get_model("initiatives", name)._meta.verbose_name_plural)
        case {"whole": whole, "half": half}:
            parts = CUT.split(in_language(whole), maxsplit=1)
            return parts[half].rstrip(".。") if half < len(parts) else ""
        case {"row": row, "between": between}:
            parts = [in_language(part) for part in row]
            return series(parts) if between == ", " else between.join(parts)
        case {"message": message}:
            plural, values = kept.get("plural"), kept.get("values")
            words = ngettext(message, plural, kept["number"]) if plural else gettext(message)
            return words % {n: in_language(v) for n, v in values.items()} if values else words
    return str(kept)
