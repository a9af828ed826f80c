"""Many rows at once, each with its version in the change history.

``QuerySet.update`` and ``bulk_create`` leave no history, and django-simple-history's bulk helpers leave out
many-to-many fields; these two functions write both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models, router, transaction
from django.db.models.deletion import Collector
from simple_history.models import HistoricalRecords
from simple_history.utils import get_history_manager_for_model

from ..models import Entry, Initiative
from ..models.entries import MUTABLE, AppendOnly
from ..models.records import Record
from ..models.sort_keys import sort_key_fields
from .diff import typed_fields
from .register import note_edits

if TYPE_CHECKING:
    from django.contrib.auth.models import User

R = TypeVar("R", bound=models.Model)

# Rows a statement: large enough for speed, small enough for flat memory.
BATCH = 1000


@transaction.atomic
def create_all(
    rows: Sequence[R],
    *,
    by: User | None,
    reason: str,
    related: Mapping[str, Mapping[int, Iterable[int]]] | None = None,
) -> Sequence[R]:
    """Insert rows of one model and their first version.

    ``related`` gives, for many-to-many fields by name, the primary keys to relate to the row of an index in ``rows``.
    """
    if not rows:
        return rows
    model = type(rows[0])
    model._default_manager.bulk_create(rows, batch_size=BATCH)
    for name, keys in (related or {}).items():
        relate_all(model, name, {rows[index].pk: pks for index, pks in keys.items()})
    _write_versions(model, rows, by=by, reason=reason, update=False)
    return rows


@transaction.atomic
def change_all(
    rows: Sequence[R],
    fields: Collection[str],
    *,
    by: User | None,
    reason: str,
    documents: Mapping[int, int] | None = None,
    public_reason: str = "",
) -> None:
    """Write ``fields`` of existing rows of one model and their next version.

    ``documents`` are those in whose name a load does it, ``public_reason`` is for ``register.note_edits``.
    """
    if not rows:
        return
    model = type(rows[0])
    if issubclass(model, Entry) and not MUTABLE.issuperset(fields):
        raise AppendOnly
    _write_columns(rows, fields)
    versions = _write_versions(model, rows, by=by, reason=reason, update=True)
    is_told = issubclass(model, Initiative | Entry)
    if is_told and (not fields or not {*typed_fields(model)}.isdisjoint(fields)):
        note_edits(versions, by=by, documents=documents, reason=public_reason)


def move_all(rows: Sequence[Any], fields: Collection[str], *, by: User | None, reason: str) -> None:
    """Write ``fields`` of existing rows of one model, entries too, and their next version where they have any.

    Past the rule that entries are never edited, and told of in no line of the register: for who merges records.
    """
    if not rows:
        return
    model: Any = type(rows[0])
    _write_columns(rows, fields)
    if hasattr(model, "history"):
        _write_versions(model, rows, by=by, reason=reason, update=True)


def _write_columns(rows: Sequence[R], fields: Collection[str]) -> None:
    """Write ``fields`` of existing rows and the keys by which they sort: one update if all get the same, or upserts."""
    if not fields:
        return
    model: Any = type(rows[0])
    keys = [key for key in sort_key_fields(model) if key.of in fields]
    names = [*fields, *(key.name for key in keys)]
    columns = [model._meta.get_field(name).attname for name in names]
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        for row in batch:
            for key in keys:
                key.pre_save(row, add=False)
        stored: Any = models.QuerySet(model).filter(pk__in=[row.pk for row in batch])
        values = {column: getattr(batch[0], column) for column in columns}
        if all(getattr(row, name) == value for row in batch for name, value in values.items()):
            stored.update(**values)
            continue
        # To insert what is there is a tenth of the work of bulk_update, which chooses by primary key for each column.
        locked = stored.select_for_update().order_by("pk")
        there = set(locked.values_list("pk", flat=True))
        stored.bulk_create(
            [row for row in batch if row.pk in there],
            update_conflicts=True,
            unique_fields=["pk"],
            update_fields=names,
        )


def write_first_versions(rows: Sequence[R], *, by: User | None) -> None:
    """Keep a first version of rows that have none, since they were written past the history."""
    _write_versions(type(rows[0]), rows, by=by, reason=None, update=False)


def delete_all(rows: Sequence[Record], *, by: User | None, reason: str) -> None:
    """Delete rows of one model, with the last version of each; raises ProtectedError for what something rests on.

    Past the rule that entries are never deleted: to be called with drafts that nobody has seen.
    """
    if not rows:
        return
    for row in rows:
        row._history_user = by  # type: ignore[attr-defined]
        row._change_reason = reason  # type: ignore[attr-defined]
    collector = Collector(using=router.db_for_write(type(rows[0])), origin=rows[0])
    collector.collect(list(rows))
    collector.delete()


def delete_bare(rows: Sequence[Any], *, by: User | None, reason: str) -> None:
    """Delete rows of one model, entries too, to which nothing refers any more, with the last version of each."""
    if not rows:
        return
    model: Any = type(rows[0])
    keys = [row.pk for row in rows]
    for field in model._meta.many_to_many:
        relate_all(model, field.name, dict.fromkeys(keys, ()))
    versions = _write_versions(model, rows, by=by, reason=reason, update=True)
    written = get_history_manager_for_model(model).filter(pk__in=[row.pk for row in versions])
    written.update(history_type="-")
    # Past the signals, which would write a version for each row.
    stored: Any = models.QuerySet(model).filter(pk__in=keys)
    stored._raw_delete(stored.db)


def relate_all(model: type[models.Model], name: str, keys: Mapping[int, Iterable[int]]) -> None:
    """Replace the rows that each row (by primary key) is related to through a many-to-many field."""
    through, near, far = _through(model, name)
    through._base_manager.filter(**{f"{near}__in": list(keys)}).delete()
    links = [
        through(**{f"{near}_id": pk, f"{far}_id": other})
        for pk, others in keys.items()
        for other in others
    ]
    through._base_manager.bulk_create(links, batch_size=BATCH)


def related_keys(model: Any, name: str, keys: Collection[int]) -> dict[int, set[int]]:
    """By row what it is related to now through a many-to-many field."""
    related: dict[int, set[int]] = {pk: set() for pk in keys}
    pairs = model._base_manager.filter(pk__in=keys, **{f"{name}__isnull": False})
    for pk, other in pairs.order_by().values_list("pk", name):
        related[pk].add(other)
    return related


def batches_of(model: Any, keys: Iterable[int]) -> Iterator[list[Any]]:
    """The rows of these primary keys, so many at once as a statement writes."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), BATCH):
        rows = model._base_manager.filter(pk__in=ordered[start : start + BATCH])
        yield list(rows.order_by("pk"))


def tracks_relations(model: type[models.Model]) -> bool:
    """Whether versions of the model hold many-to-many fields."""
    return bool(get_history_manager_for_model(model).model._history_m2m_fields)


def write_version(row: models.Model, *, by: User | None, created: bool) -> None:
    """Keep one version of a row that was saved, with its many-to-many fields, while its history was switched off.

    The library keeps one for the row and one for each change of a relation: three for one click.
    """
    versions = _write_versions(type(row), [row], by=by, reason=None, update=not created)
    if isinstance(row, Initiative) and not created:
        note_edits(versions, by=by)


def deleted_row(model: type[R], key: object) -> R | None:
    """The row of that primary key as it was when somebody deleted it; None where it is there, or never was."""
    manager = get_history_manager_for_model(model)
    last = manager.filter(id=key).order_by("-history_date", "-history_id").first()
    row: R | None = last.instance if last and last.history_type == "-" else None
    return row


def _through(model: type[models.Model], name: str) -> tuple[type[models.Model], str, str]:
    field: Any = model._meta.get_field(name)
    return field.remote_field.through, field.m2m_field_name(), field.m2m_reverse_field_name()


def _write_versions(
    model: type[R],
    rows: Sequence[R],
    *,
    by: User | None,
    reason: str | None,
    update: bool,
) -> list[Any]:
    manager = get_history_manager_for_model(model)
    written: list[Any] = []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        versions = manager.bulk_history_create(
            batch, update=update, default_user=by, default_change_reason=reason
        )
        for field in versions[0]._history_m2m_fields:
            _write_link_versions(model, field, versions)
        written += versions
    return written


def _write_link_versions(model: type[models.Model], field: Any, versions: Sequence[Any]) -> None:
    through, near, _far = _through(model, field.name)
    version_model = HistoricalRecords.m2m_models[field]
    version_of = {version.id: version for version in versions}
    names = [f.attname for f in through._meta.concrete_fields]
    links = through._base_manager.filter(**{f"{near}__in": list(version_of)}).values(*names)
    version_model.objects.bulk_create(
        [version_model(history=version_of[link[f"{near}_id"]], **link) for link in links],
        batch_size=BATCH,
    )
