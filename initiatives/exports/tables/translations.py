"""What texts are called in other languages: a row for each, whatever it is of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ...facets.index import Index
from ...models import (
    Criterion,
    Dialogue,
    Initiative,
    Meeting,
    Participant,
    StatusUpdate,
    Theme,
    Translated,
)
from ...models.translations import flat
from .base import Table, column

# What has translations, by the word for it; in this order.
TRANSLATED: dict[str, type[Translated]] = {
    "participant": Participant,
    "theme": Theme,
    "dialogue": Dialogue,
    "meeting": Meeting,
    "initiative": Initiative,
    "criterion": Criterion,
    "update": StatusUpdate,
}
IN_WORDS = {
    "participant": pgettext_lazy("what a translation is of", "participant"),
    "theme": pgettext_lazy("what a translation is of", "theme"),
    "dialogue": pgettext_lazy("what a translation is of", "dialogue"),
    "meeting": pgettext_lazy("what a translation is of", "meeting"),
    "initiative": pgettext_lazy("what a translation is of", "initiative"),
    "criterion": pgettext_lazy("what a translation is of", "criterion"),
    "update": pgettext_lazy("what a translation is of", "status update"),
}


@dataclass(frozen=True, slots=True)
class TranslationRow:
    kind: str
    key: str
    field: str
    language: str
    text: str


class TranslationRows:
    """All public translations, or those of some kinds, read and counted as a queryset is."""

    def __init__(self, kinds: Iterable[str] = TRANSLATED) -> None:
        self.kinds = kinds

    @property
    def db(self) -> str:
        return str(Initiative.objects.public().db)

    def order_by(self, *names: str) -> TranslationRows:
        return self

    def count(self) -> int:
        return sum(map(self._count, self.kinds))

    def _count(self, kind: str) -> int:
        """Read as one text, which takes half as long as one for each row."""
        rows = self._said(kind).annotate(text=Cast("translations", TextField()))
        read = json.loads(f"[{','.join(rows.values_list('text', flat=True))}]")
        return sum(len(texts) for said in read for texts in said.values())

    def _said(self, kind: str) -> Any:
        """Public rows of a kind that say anything in other languages."""
        every: Any = TRANSLATED[kind]._default_manager
        rows = every.public()
        rows = rows.current() if hasattr(rows, "current") else rows
        # These few first: SQLite would begin with all that is public.
        said = every.filter(translations__said=True).values("pk")
        return rows.filter(pk__in=said).order_by()

    def iterator(self, chunk_size: int = 1000) -> Iterator[TranslationRow]:
        for kind in self.kinds:
            (key,) = TRANSLATED[kind].natural_key_fields  # type: ignore[attr-defined]
            stated = self._said(kind).order_by(key).values_list(key, "translations")
            for name, translations in stated.iterator(chunk_size=chunk_size):
                for said, text in flat(translations).items():
                    field, _dot, tag = said.partition(".")
                    yield TranslationRow(kind, name, field, tag, text)


class _TranslationsTable(Table):
    @property
    def public(self) -> Any:
        return TranslationRows()

    def count(self, index: Index) -> int:
        return sum(
            index.remember(f"translations of {kind}", TranslationRows([kind]).count)
            for kind in TRANSLATED
        )


TRANSLATIONS = _TranslationsTable(
    "translations",
    _("Translations"),
    _("What names and texts are in other languages than the one they were written in."),
    (
        column(
            "kind",
            _("Kind"),
            _("What it is of."),
            "word",
            words=IN_WORDS,
        ),
        column("key", _("Id"), _("The id or code of that, as in its own table.")),
        column("field", _("Column"), _("The column there that holds the original.")),
        column("language", _("Language"), _("A BCP 47 tag.")),
        column("text", _("Text"), _("What the original is in that language.")),
    ),
    lambda rows: rows,
    Initiative,
    key=("kind", "key", "field", "language"),
)
