"""The kinds of records that files speak of, in the order in which they are written.

A record is compared and kept as plain values: text, numbers, lists of natural keys. Mentions and updates are entries,
not records; they are matched in entries.py because nobody may edit them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models

from ..models import (
    Attendance,
    Citation,
    Dialogue,
    Discrepancy,
    Initiative,
    Lineage,
    Meeting,
    Membership,
    Participant,
    Record,
    Report,
    Role,
    Target,
    Theme,
)

Key = tuple[str, ...]
Values = dict[str, Any]

# Keys a query: below the number of parameters that SQLite takes.
CHUNK = 500


@dataclass(frozen=True)
class Kind:
    """A model as files see it: which fields they state, and which a new row cannot do without."""

    model: type[Record]
    fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return str(self.model._meta.model_name)

    @cached_property
    def references(self) -> dict[str, type[Record]]:
        """The fields, keys included, that name other records, and the models of these."""
        values = {}
        for name in (*self.model.natural_key_fields, *self.fields):
            target = self.model._meta.get_field(name).related_model
            if isinstance(target, type) and issubclass(target, Record):
                values[name] = target
        return values

    @cached_property
    def many(self) -> tuple[str, ...]:
        return tuple(n for n in self.fields if self.model._meta.get_field(n).many_to_many)

    @cached_property
    def defaults(self) -> Values:
        """What a new row has in the fields that nobody states."""
        return {
            name: plain(self.model._meta.get_field(name).get_default())  # type: ignore[union-attr]
            for name in self.fields
            if name not in self.many
        }

    def read(self, row: Record) -> Values:
        """The plain values of a row whose references are selected and prefetched."""
        return {name: self._plain(row, name) for name in self.fields}

    def _plain(self, row: Record, name: str) -> Any:
        if name in self.many:
            keys = sorted(str(related.natural_key()[0]) for related in getattr(row, name).all())
            return plain(keys)
        value = getattr(row, name)
        if isinstance(value, Record):
            return value.natural_key()[0]
        return plain(value)

    def existing(self, keys: Iterable[Key]) -> Iterator[tuple[Key, Record]]:
        """The rows of these natural keys that the database holds, with their keys."""
        wanted_keys = set(keys)
        first = self.model.natural_key_lookups()[0]
        selected = [n for n in self.references if n not in self.many]
        heads = sorted({key[0] for key in wanted_keys})
        for start in range(0, len(heads), CHUNK):
            rows = self.model._default_manager.filter(
                **{f"{first}__in": heads[start : start + CHUNK]}
            )
            for row in rows.select_related(*selected).prefetch_related(*self.many):
                key = tuple(str(part) for part in row.natural_key())
                if key in wanted_keys:
                    yield key, row


def plain(value: Any) -> Any:
    """A value of a file or a column in one comparable form; None for empty."""
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, Decimal):
        # Zero is added for the sake of minus zero.
        return format(value.normalize() + 0, "f")
    if isinstance(value, models.Choices):
        return value.value
    if isinstance(value, str):
        return str(value)
    return value


KINDS = {
    kind.name: kind
    for kind in (
        Kind(Participant, ("name", "official_name", "kind"), ("name",)),
        Kind(Theme, ("name", "sdgs"), ("name",)),
        Kind(
            Dialogue,
            (
                "name",
                "short_name",
                "other_names",
                "launched_on",
                "purpose",
                "website",
                "stale_after_days",
            ),
            ("name",),
        ),
        Kind(Membership, ("since", "until", "note")),
        Kind(
            Meeting,
            (
                "dialogue",
                "kind",
                "number",
                "title",
                "starts_on",
                "ends_on",
                "format",
                "state",
                "city",
                "venue",
                "host",
                "chair",
                "agenda",
                "outcomes",
                "note",
            ),
            ("dialogue", "kind", "title"),
        ),
        Kind(
            Report,
            (
                "title",
                "publisher",
                "kind",
                "issued_by",
                "published_on",
                "language",
                "url",
                "archived_url",
                "meeting",
                "translation_of",
                "coverage",
                "note",
                "sha256",
            ),
            ("title", "publisher", "kind", "language"),
        ),
        Kind(Attendance, ("head", "head_title", "capacity", "note")),
        Kind(
            Initiative,
            (
                "title",
                "summary",
                "kind",
                "dialogue",
                "raised_at",
                "themes",
                "due_on",
                "due_note",
            ),
            ("title", "dialogue"),
        ),
        Kind(Role),
        Kind(Lineage),
        Kind(Target, ("value", "unit", "due_on", "reached", "reached_on", "note")),
        Kind(Discrepancy, ("topic", "resolution", "dialogue", "meeting", "initiative"), ("topic",)),
        Kind(Citation, ("locator", "says")),
    )
}
