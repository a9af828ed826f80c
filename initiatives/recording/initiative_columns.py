"""What is known of many initiatives at once: for each column and content the initiatives that have it, and no row."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from math import prod
from typing import Any, TypeVar

from django.db.models import QuerySet, Value
from django.db.models.functions import Replace
from pyroaring import BitMap

from ..models.aggregates import read_columns
from ..partial_dates import PartialDateField, of_column

# Of words it matters only that there are some.
WORDS = {"condition": Replace("condition", Value(","), Value(" "))}
# Where contents can be combined in fewer ways than one for so many initiatives, bitmaps tell sooner than each of them.
FEW = 3


T = TypeVar("T")
# Contents, each with initiatives that have it.
ByInitiative = list[tuple[T, BitMap]]


def merged(contents: Iterable[tuple[T, BitMap]]) -> dict[T, BitMap]:
    """Each content once, with all that have it."""
    grouped: dict[T, list[BitMap]] = defaultdict(list)
    for content, having in contents:
        grouped[content].append(having)
    return {content: BitMap.union(*several) for content, several in grouped.items()}


def union(several: Iterable[BitMap]) -> BitMap:
    return BitMap.union(BitMap(), *several)


def by_content() -> dict[Any, array[int]]:
    """Keys by a content that they have, to be collected."""
    return defaultdict(partial(array, "I"))


def to_bitmaps(collected: Mapping[T, array[int]]) -> dict[T, BitMap]:
    return {content: BitMap(keys) for content, keys in collected.items()}


class InitiativeColumns:
    """By a column and its content the keys of ``all`` initiatives that have it; who has nothing there is in none."""

    def __init__(self) -> None:
        self.all = BitMap()
        self._columns: dict[str, dict[Any, BitMap]] = {}
        # What the keys in a column are the keys of.
        self.rows: dict[str, Mapping[int, Any]] = {}

    @classmethod
    def read(cls, rows: QuerySet[Any], names: Sequence[str]) -> InitiativeColumns:
        """These columns of rows of initiatives, or of versions of some."""
        fields = {field.attname: field for field in rows.model._meta.concrete_fields}
        found = cls()
        grouped = [by_content() for _ in names]
        contents = (WORDS.get(name, name) for name in names)
        for keys, columns in read_columns(rows.values_list("id", *contents)):
            found.all |= BitMap(keys)
            for group, column in zip(grouped, columns, strict=True):
                for key, value in zip(keys, column.split(","), strict=True):
                    group[value].append(key)
        for name, group in zip(names, grouped, strict=True):
            to_content = fields[name].to_python
            if isinstance(fields[name], PartialDateField):
                to_content = of_column
            found.set(name, ((text and to_content(text), BitMap(of)) for text, of in group.items()))
        return found

    def set(self, name: str, contents: Iterable[tuple[Any, BitMap]]) -> None:
        """Set a column: what its contents are, each with the initiatives that have it, among others perhaps."""
        self._columns[name] = {
            content: keys & self.all
            for content, keys in merged(contents).items()
            if content is not None and content != ""
        }

    def __getitem__(self, name: str) -> dict[Any, BitMap]:
        return self._columns.setdefault(name, defaultdict(BitMap))

    def take(self, other: InitiativeColumns) -> None:
        """Let those that are in another one be as they are there."""
        self.all |= other.all
        for name in {*self._columns, *other._columns}:
            kept = [(content, keys - other.all) for content, keys in self[name].items()]
            self.set(name, [*kept, *other[name].items()])

    def within(self, keys: BitMap) -> InitiativeColumns:
        """The same of these initiatives alone."""
        fewer = InitiativeColumns()
        fewer.all, fewer.rows = self.all & keys, self.rows
        for name, by_content in self._columns.items():
            fewer.set(name, by_content.items())
        return fewer

    def alike(self, *names: str) -> Iterable[tuple[tuple[Any, ...], Iterable[int]]]:
        """Initiatives that are equal in these columns: the contents, None for nothing, and their keys."""
        if not self.all:
            return []
        most = prod(len(self[name]) + 1 for name in names)
        return self._met(names) if most < len(self.all) / FEW else self._looked_up(names)

    def _met(self, names: Sequence[str]) -> Iterable[tuple[tuple[Any, ...], BitMap]]:
        """Where there are few contents, by what their bitmaps have in common."""
        groups: list[tuple[tuple[Any, ...], BitMap]] = [((), self.all)]
        for name in names:
            nothing = self.all - union(self[name].values())
            contents = [*self[name].items(), (None, nothing)]
            groups = [
                ((*others, content), both)
                for others, keys in groups
                for content, having in contents
                if (both := keys & having)
            ]
        return groups

    def _looked_up(self, names: Sequence[str]) -> Iterable[tuple[tuple[Any, ...], list[int]]]:
        """Where there are many, by a look at what each initiative has."""
        of_keys = []
        for name in names:
            of_key: list[Any] = [None] * (self.all.max() + 1)
            for content, keys in self[name].items():
                for key in keys:
                    of_key[key] = content
            of_keys.append(map(of_key.__getitem__, self.all))
        grouped: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        for key, contents in zip(self.all, zip(*of_keys, strict=True), strict=True):
            grouped[contents].append(key)
        return grouped.items()
