"""A column of an export: its name, what it holds, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

Value = str | int | Decimal | Sequence[str] | Sequence[int] | Mapping[str, Any] | None
Type = Literal["text", "word", "date", "time", "address", "integer", "number", "texts"]
Words = Mapping[str, StrOrPromise]


@dataclass(frozen=True)
class ExportColumn:
    """What one column holds, and how it is read from a row.

    ``name`` is its header in CSV and XLSX and its path in JSON: “dialogue.slug” is the key “slug” of the object
    “dialogue”. ``words`` are the values that a “word” may have, with what they mean; ``many`` says that there may be
    several values, which JSON has as a list and a sheet in one cell. “texts” are an object of JSON, text by field and
    language, and in no sheet: there the table of translations has them.
    """

    name: str
    label: StrOrPromise
    type: Type
    description: StrOrPromise
    read: Callable[[Any], Value]
    words: Words = field(default_factory=dict)
    many: bool = False

    @cached_property
    def path(self) -> tuple[str, str]:
        """The key in JSON, and the key in the object there; the latter is empty where it is none."""
        head, _dot, key = self.name.partition(".")
        return head, key


LANGUAGE, TRANSLATIONS = _("Language"), _("In other languages")
LANGUAGE_OF_RECORD = _("The language of its own texts: a BCP 47 tag.")
TEXTS_OF_RECORD = _(
    "What its texts are in other languages, by column and language: an object, in JSON only; sheets have the table"
    " of translations."
)


def in_sheets(columns: Sequence[ExportColumn]) -> list[ExportColumn]:
    """The columns that a sheet has."""
    return [column for column in columns if column.type != "texts"]


def entry(column: ExportColumn) -> dict[str, Any]:
    """A column's entry in the data dictionary: name, label, type, description and what its words mean."""
    return {
        "name": column.name,
        "label": str(column.label),
        "type": f"list of {column.type}" if column.many else column.type,
        "description": str(column.description),
        "words": {word: str(meaning) for word, meaning in column.words.items()},
    }
