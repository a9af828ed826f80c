"""Names and titles in an order that people know, the same on every database.

As in the Unicode collation (UTS #10): letters first, whatever their case, accents and punctuation; only then the text
as it is written. Letters that alphabets of Central Asia added stand behind the one that they were made from.

What the database sorts has one order for all readers; what a page sorts itself has that of its language.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache, partial
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import get_language

from ..languages import alphabets

# Compared; longer texts would be too large for an index.
MOST_LETTERS = 200
MOST_WRITTEN = 100
# What Unicode does not take apart.
COMPOSED = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th"}
)
# Letters of their own, behind another one and before the next.
BEHIND = str.maketrans(
    {
        "ə": "e\uffff",
        "ә": "а\uffff",
        "ғ": "г\uffff",
        "қ": "к\uffff",
        "ң": "н\uffff",
        "ө": "о\uffff",
        "ұ": "у\ufffe",
        "ү": "у\uffff",
        "і": "и\uffff",
        "һ": "х\ufffe",
        "ҳ": "х\uffff",
        "ҷ": "ч\uffff",
    }
)


def sort_key(text: str) -> bytes:
    """A key by which texts sort, byte for byte, whoever reads them."""
    return _key(_compared(text.casefold()), text)


def page_key(text: str) -> bytes:
    """The key by which a text sorts among others on a page, in the order of the language that is read."""
    return _page_key(text, get_language())


@lru_cache(maxsize=20_000)
def _page_key(text: str, code: str | None) -> bytes:
    if not alphabets.has_order(code):
        return sort_key(text)
    assert code
    folded = unicodedata.normalize("NFC", text.casefold())
    compared = _compared(alphabets.put_letters(folded, code))
    # Once more: letters with marks have become plain ones.
    again = alphabets.put_japanese if code == "ja" else partial(alphabets.put_letters, code=code)
    return _key(again(compared), text)


def _compared(folded: str) -> str:
    letters = unicodedata.normalize("NFKD", folded).translate(COMPOSED)
    kept = "".join(letter for letter in letters if unicodedata.category(letter)[0] not in "MPS")
    return " ".join(kept.split())[:MOST_LETTERS].translate(BEHIND)


def _key(compared: str, text: str) -> bytes:
    return f"{compared}\0{text[:MOST_WRITTEN]}".encode(errors="replace")


def said_key(row: Any) -> bytes:
    """The key by which a row sorts by its name in the language of the page."""
    said = row.said(row.TRANSLATED[0])
    is_stored = said.is_original and not alphabets.has_order(get_language())
    return bytes(row.sort_key) if is_stored else page_key(said.text)


class SortKeyField(models.BinaryField[Any, Any]):
    """The key by which rows sort by the text in another field, ``of``: derived from it whenever the row is saved.

    Bytes, which no collation of a database puts in another order. ``save``, bulk inserts, ``QuerySet.update`` and dumps
    that are loaded keep it (``models/records.py``); `check_data --refresh` brings it up to date after an edit by hand.
    """

    def __init__(self, *args: Any, of: str = "", **kwargs: Any) -> None:
        self.of = of
        # In the database too: while a release is replaced, the one of before inserts rows without the column.
        kwargs |= {"default": b"", "db_default": b"", "editable": False, "db_index": True}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes:
        key = sort_key(getattr(model_instance, self.of))
        setattr(model_instance, self.attname, key)
        return key


def sort_key_fields(model: type[models.Model]) -> list[SortKeyField]:
    """The keys that a model has."""
    return [field for field in model._meta.concrete_fields if isinstance(field, SortKeyField)]


def stale_sort_keys() -> Iterator[models.Model]:
    """The rows whose key is not that of their text: somebody wrote past the models, or another release did."""
    for model in apps.get_app_config("initiatives").get_models():
        for field in sort_key_fields(model):
            for row in model._default_manager.order_by("pk").only("pk", field.of, field.name):
                if bytes(getattr(row, field.name)) != sort_key(getattr(row, field.of)):
                    yield row


def refresh_sort_keys() -> int:
    """Bring the keys of all rows up to date; return how many were not."""
    rows = list(stale_sort_keys())
    for row in rows:
        keys = {field.name: field.pre_save(row, add=False) for field in sort_key_fields(type(row))}
        type(row)._default_manager.filter(pk=row.pk).update(**keys)
    return len(rows)
