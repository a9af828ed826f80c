"""What a table to take away is: its columns, its key, what it refers to, and how its rows are read."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.urls import get_script_prefix
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from ...as_of.current import CurrentView
from ...facets.index import Index
from ...models import Entry, Initiative, Involvement, Lineage, Record, Role, Target
from ...models.records import of_hidden_initiatives
from ...models.translations import flat, nested
from ..export_column import (
    LANGUAGE,
    LANGUAGE_OF_RECORD,
    TEXTS_OF_RECORD,
    TRANSLATIONS,
    ExportColumn,
    Type,
    Value,
    Words,
)

# What is not seen where one of these initiatives is not; all else of it is.
TO_INITIATIVES: Mapping[type[Record], Sequence[str]] = {
    Involvement: ["initiative"],
    Role: ["initiative"],
    Target: ["initiative"],
    Lineage: ["earlier", "later"],
}
FIRST_MOMENT = datetime.datetime(1, 1, 1, tzinfo=datetime.UTC)
# Rows that are in memory at once.
CHUNK = 1000

R = TypeVar("R")
Prepare = Callable[[Sequence[Any], CurrentView], None]


@dataclass(slots=True)
class TableRow:
    """A public record as an export reads it; ``site`` is scheme and host, ``day`` the one that flags are as of."""

    record: Any
    site: str
    day: datetime.date


@dataclass(frozen=True)
class Table:
    """Rows of one kind; ``key`` are the columns that name one, ``refers`` those that name a row of another table.

    ``dress`` says which rows there are, in their order and with all that the columns read. Of entries they are those
    that stand, or those that were ``withdrawn``. ``prepare`` reads for many rows at once what no queryset brings along.
    """

    name: str
    title: StrOrPromise
    description: StrOrPromise
    columns: Sequence[ExportColumn]
    dress: Callable[[QuerySet[Any]], QuerySet[Any]]
    model: type[Record]
    key: Sequence[str] = ("slug",)
    refers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    withdrawn: bool = False
    prepare: Prepare = lambda rows, view: None

    @property
    def public(self) -> QuerySet[Any]:
        """All rows that anybody may see, entries that were corrected left out."""
        manager: Any = self.model._default_manager
        rows = manager.public()
        if self.withdrawn:
            return self.dress(rows.withdrawn())
        return self.dress(rows.current() if hasattr(rows, "current") else rows)

    def count(self, index: Index) -> int:
        """How many rows it has."""
        return index.remember(f"rows of {self.name}", lambda: self._count(index), any_day=True)

    def _count(self, index: Index) -> int:
        """Of the long tables, which hang on initiatives, all but the few that are not shown."""
        rows: Any = self.model._default_manager.order_by()
        if self.model is Initiative:
            return len(index.all)
        if self.withdrawn:
            # Above nothing and not “not null”: for that SQLite would look at every row.
            return int(self.public.order_by().filter(withdrawn_at__gt=FIRST_MOMENT).count())
        if issubclass(self.model, Entry):
            left_out = rows.not_standing()
        elif self.model in TO_INITIATIVES:
            left_out = of_hidden_initiatives(rows, TO_INITIATIVES[self.model])
        else:
            return int(self.public.order_by().count())
        (initiative, *_other) = TO_INITIATIVES.get(self.model, ["initiative"])
        every = index.count(f"all {self.name}", rows, initiative=initiative).total()
        return every - int(left_out.count())

    def chunks(
        self,
        site: str,
        rows: QuerySet[Any] | list[Any] | None = None,
        view: CurrentView | None = None,
    ) -> Iterator[list[Any]]:
        """The lines of all public rows, or of those given, a few at a time, as they are known to a view."""
        view, rows = view or CurrentView(), self.public if rows is None else rows
        records = iter(rows) if isinstance(rows, list) else rows.iterator(chunk_size=CHUNK)
        for chunk in in_chunks(records, CHUNK):
            self.prepare(chunk, view)
            yield [TableRow(record, site, view.day) for record in chunk]


def in_chunks(items: Iterable[R], size: int) -> Iterator[list[R]]:
    """The items in lists of that size, the last one shorter."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


# --- Columns --------------------------------------------------------------------------------------


def column(
    name: str,
    label: StrOrPromise,
    description: StrOrPromise,
    kind: Type = "text",
    *,
    at: str = "",
    words: Words | None = None,
) -> ExportColumn:
    """A column that holds what stands at a path of attributes, its own name unless given: “dialogue.slug”."""
    path = (at or name).split(".")

    def read(line: TableRow) -> Value:
        value: Any = line.record
        for attribute in path:
            value = getattr(value, attribute)
            if value is None:
                return None
        if isinstance(value, datetime.datetime):
            return moment(value)
        return value if value != "" else None

    return ExportColumn(name, label, kind, description, read, words or {})


# What is written in a language and said in others.
IN_LANGUAGES = (
    column("language", LANGUAGE, LANGUAGE_OF_RECORD),
    ExportColumn(
        "translations",
        TRANSLATIONS,
        "texts",
        TEXTS_OF_RECORD,
        lambda line: nested(flat(line.record.translations)),
    ),
)


def several(
    name: str, label: StrOrPromise, description: StrOrPromise, relation: str, attribute: str
) -> ExportColumn:
    """A column of one attribute of many records; the relation is to be prefetched."""
    return ExportColumn(
        name,
        label,
        "text",
        description,
        lambda line: [getattr(other, attribute) for other in getattr(line.record, relation).all()],
        many=True,
    )


def other_names(description: StrOrPromise) -> ExportColumn:
    """The column of further names and acronyms, one of each."""
    return ExportColumn(
        "other_names",
        _("Other names"),
        "text",
        description,
        lambda line: line.record.other_names.splitlines(),
        many=True,
    )


def address(description: StrOrPromise) -> ExportColumn:
    """The column of the page of each record."""

    def read(line: TableRow) -> Value:
        model: Any = type(line.record)
        return line.site + page_of(model, line.record.natural_key()[0])

    return ExportColumn("address", _("Address"), "address", description, read)


def page_of(model: type[Record], key: str) -> str:
    """The address of the page of a record; remembered, since making one takes long."""
    return _page_of(get_script_prefix(), model, key)


@lru_cache(maxsize=10_000)
def _page_of(_prefix: str, model: type[Record], key: str) -> str:
    row: Any = model(**{model.natural_key_fields[0]: key})
    return str(row.get_absolute_url())


def moment(at: datetime.datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return at.astimezone(datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def words_of(choices: Iterable[tuple[Any, Any]]) -> dict[str, StrOrPromise]:
    """The words of a closed list, each with its label."""
    return {str(value): label for value, label in choices if value != ""}
