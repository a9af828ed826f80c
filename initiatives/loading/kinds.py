"""The kinds of records that files speak of, in the order in which they are written.

A record is compared and kept as plain values: text, numbers, lists of natural keys; translations each by itself.
Mentions and updates are entries, not records; they are matched in entries.py because nobody may edit them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.db import models

from ..models import (
    Attendance,
    Citation,
    Delegate,
    Dialogue,
    Discrepancy,
    Initiative,
    Line,
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
from ..models.amounts import plain_number
from ..models.other_names import as_lines
from ..models.translations import flat
from .file_part import FilePart
from .languages import in_other_languages
from .schema import (
    AttendancePart,
    DelegatePart,
    DialoguePart,
    DiscrepancyPart,
    InitiativePart,
    LinePart,
    MeetingPart,
    MemberPart,
    ReportPart,
)
from .target_schema import TargetPart
from .vocabulary_schema import ParticipantPart, ThemePart

Key = tuple[str, ...]
Values = dict[str, Any]

# Keys a query: below the number of parameters that SQLite takes.
CHUNK = 500


# Where a file calls a field otherwise than its model.
IN_FILE = {
    "launched_on": "launched",
    "starts_on": "starts",
    "ends_on": "ends",
    "published_on": "published",
    "due_on": "due",
    "unsourced_due_on": "due",
    "unsourced_due_note": "due_note",
    "is_head": "head",
}


@dataclass(frozen=True)
class Kind:
    """A model as files see it: the part of a file that states its fields, and which a new row cannot do without.

    ``elsewhere`` are fields that no key of that part states by itself, ``shown`` derived ones that a workbook shows.
    """

    model: type[Record]
    part: type[FilePart] = FilePart
    required: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return str(self.model._meta.model_name)

    @cached_property
    def keys(self) -> dict[str, str]:
        """The fields that the part states, with their keys in it, in its order."""
        of_row = ("id", *self.model.natural_key_fields)
        names = {
            IN_FILE.get(field.name, field.name): field.name
            for field in (*self.model._meta.concrete_fields, *self.model._meta.many_to_many)
            if field.name not in of_row and field.editable
        }
        return {names[key]: key for key in self.part.model_fields if key in names}

    @cached_property
    def fields(self) -> tuple[str, ...]:
        """The fields that files state; what names the row is none of them."""
        return (*self.keys, *self.elsewhere)

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

    def stated(self, part: FilePart) -> Values:
        """What a part of a file says of the fields, as the database has it."""
        values = {name: getattr(part, key) for name, key in self.keys.items()}
        translations = (in_other_languages(name, text) for name, text in values.items())
        stated = {name: self._joined(name, value) for name, value in values.items()}
        return reduce(or_, translations, stated)

    def _joined(self, name: str, value: Any) -> Any:
        """Of a list one text, or the items in the one order in which they are compared; what is JSON as it is."""
        field = self.model._meta.get_field(name)
        if not isinstance(value, list) or isinstance(field, models.JSONField):
            return value
        return as_lines(value) if isinstance(field, models.TextField) else sorted(set(value))

    def read(self, row: Record) -> Values:
        """The plain values of a row whose references are selected and prefetched."""
        values = {name: self._plain(row, name) for name in self.fields}
        return values | translations_of(row)

    def read_shown(self, row: Record) -> Values:
        """What a workbook shows of a row beside these."""
        return {name: self._plain(row, name) for name in self.shown}

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


def translations_of(row: Any) -> Values:
    """What a row, or a version of one, says in other languages, each a value of its own: “title.ja”."""
    # Of a report these are other reports.
    translations = getattr(row, "translations", None)
    return {**flat(translations)} if isinstance(translations, dict) else {}


def plain(value: Any) -> Any:
    """A value of a file or a column in one comparable form; None for empty."""
    if value is None or value == "" or value == []:
        return None
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, models.Choices):
        return value.value
    if isinstance(value, str):
        return str(value)
    return value


KINDS = {
    kind.name: kind
    for kind in (
        Kind(Participant, ParticipantPart, ("name",)),
        Kind(Theme, ThemePart, ("name",)),
        Kind(Dialogue, DialoguePart, ("name",)),
        Kind(Membership, MemberPart),
        Kind(Meeting, MeetingPart, ("dialogue", "kind", "title")),
        Kind(
            Report,
            ReportPart,
            ("title", "publisher", "kind", "language"),
            elsewhere=("meeting", "sha256"),
        ),
        Kind(Line, LinePart, elsewhere=("kind",)),
        Kind(Attendance, AttendancePart),
        Kind(Delegate, DelegatePart),
        Kind(
            Initiative,
            InitiativePart,
            ("title", "dialogue"),
            # A due date that a file states without a mention.
            elsewhere=("unsourced_due_on", "unsourced_due_note"),
            shown=("due_on", "due_note"),
        ),
        Kind(Role),
        Kind(Lineage),
        Kind(Target, TargetPart),
        Kind(Discrepancy, DiscrepancyPart, ("topic",)),
        Kind(Citation, elsewhere=("locator", "says", "position")),
    )
}
