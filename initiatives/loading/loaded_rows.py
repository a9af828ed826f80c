"""What a load did to rows, read from its journal and the change history: before it, after it, and now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Min, OuterRef, Subquery
from simple_history.utils import get_history_manager_for_model

from ..exports.tables.base import in_chunks
from ..models import Load, Record
from ..models.translations import column_of
from ..recording.diff import Names, VersionValues
from .kinds import CHUNK, Kind, Values, translations_of

# What a row is called in a plan: the first of these columns that says something.
TITLES = ("title", "name", "topic", "text", "metric")
# Columns of a version by name; of many-to-many fields sets of primary keys; translations each by its name too.
Columns = dict[str, Any]


@dataclass(slots=True)
class LoadedRow:
    """One row that a load wrote: what it held before (None where it is new), after, and holds now (None: it is gone).

    ``before_version`` is the primary key of the version that the load found.
    """

    pk: int
    before: Columns | None
    after: Columns
    now: Columns | None
    is_taken_out: bool = False
    before_version: int | None = None

    def changed(self, names: tuple[str, ...]) -> list[str]:
        """Those of the fields, and the translations, that the load changed."""
        return self._differing(names, self.before)

    def changed_since(self, names: tuple[str, ...]) -> list[str]:
        """Those of the fields, and the translations, that hold something else by now."""
        return self._differing(names, self.now)

    def _differing(self, names: tuple[str, ...], other: Columns | None) -> list[str]:
        columns, after = other or {}, self.after
        translations = (name for name in (*after, *columns) if column_of(name) != name)
        every_name = dict.fromkeys((*names, *translations))
        return [name for name in every_name if columns.get(name) != after.get(name)]


def loaded_rows(load: Load, model: type[Record]) -> list[LoadedRow]:
    """The rows of a model that a load wrote, in the order in which it first did; without those that were removed."""
    return [
        row for batch in in_chunks(noted_spans(load, model), CHUNK) for row in _rows(model, batch)
    ]


def noted_spans(load: Load, model: type[Record]) -> list[tuple[int, int, int]]:
    """The rows of a model that a load wrote, each with its first and last version of that, by primary key.

    Versions are numbers of this database. Where a dump brought the load without its history, there are none, or others.
    """
    noted = load.versions.filter(kind=model._meta.model_name).values_list("row").order_by()
    spans = sorted(noted.annotate(first=Min("version"), last=Max("version")), key=lambda s: s[1])
    versions = get_history_manager_for_model(model).filter(history_date__gte=load.loaded_at)
    rows = {
        key: row
        for batch in in_chunks([last for _row, _first, last in spans], CHUNK)
        for key, row in versions.filter(history_id__in=batch).values_list("history_id", "id")
    }
    return [span for span in spans if rows.get(span[2]) == span[0]]


def _rows(model: type[Record], spans: list[tuple[int, int, int]]) -> Iterator[LoadedRow]:
    versions = get_history_manager_for_model(model)
    earlier = versions.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    last = earlier.order_by("-history_id").values("history_id")[:1]
    firsts = versions.filter(history_id__in=[first for _pk, first, _last in spans]).order_by()
    before = dict(firsts.values_list("id").annotate(before=Subquery(last)))
    of_rows = versions.filter(id__in=[pk for pk, _first, _last in spans]).order_by()
    newest = dict(of_rows.values_list("id").annotate(Max("history_id")))
    keys = {last for _pk, _first, last in spans} | {*newest.values(), *before.values()}
    by_key = {version.history_id: version for version in versions.filter(history_id__in=keys)}
    contents = VersionValues(model, list(by_key.values()), Names())

    def columns(key: int | None) -> Columns | None:
        version = by_key.get(key) if key is not None else None
        return values(version) if version and version.history_type != "-" else None

    def values(version: Any) -> Columns:
        return contents.values(version) | translations_of(version)

    for pk, _first, last_key in spans:
        found, is_taken_out = before.get(pk), by_key[last_key].history_type == "-"
        after = values(by_key[last_key])
        now = columns(newest[pk])
        yield LoadedRow(pk, columns(found), after, now, is_taken_out, found)


def natural_keys(model: type[Record], keys: Iterable[int]) -> dict[int, str]:
    """The natural keys, as texts, of the rows that are there."""
    rows = model._base_manager.filter(pk__in=list(keys)).order_by()
    columns = rows.values_list("pk", *model.natural_key_lookups())
    return {pk: "/".join(map(str, key)) for pk, *key in columns}


def current_rows(kind: Kind, keys: Sequence[int]) -> dict[int, Values]:
    """What rows hold now, as files say it."""
    selected = [name for name in kind.references if name not in kind.many]
    rows = kind.model._base_manager.filter(pk__in=keys)
    rows = rows.select_related(*selected).prefetch_related(*kind.many)
    return {row.pk: kind.read(row) for row in rows}


def are_there(kind: Kind, field: str, value: Any) -> bool:
    """Whether the rows exist that a field named; of other fields always."""
    model = kind.references.get(field)
    keys = value if isinstance(value, set) else {value} - {None}
    return model is None or model._base_manager.filter(pk__in=keys).count() == len(keys)


def title_of(columns: Columns) -> str:
    return next((str(columns[name]) for name in TITLES if columns.get(name)), "")
