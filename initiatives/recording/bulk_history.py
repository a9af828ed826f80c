"""Many rows at once, each with its version in the change history.

``QuerySet.update`` and ``bulk_create`` leave no history, and django-simple-history's bulk helpers leave out
many-to-many fields; these two functions write both.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models, router, transaction
from django.db.models.deletion import Collector
from simple_history.models import HistoricalRecords
from simple_history.utils import get_history_manager_for_model

from ..models import Entry, Initiative
from ..models.records import Record
from .diff import typed_fields
from .register import note_edits

if TYPE_CHECKING:
    from django.contrib.auth.models import User

R = TypeVar("R", bound=models.Model)

# Rows a statement: large enough for speed, small enough for flat memory.
BATCH = 1000
# The same where each row gets a value of its own, which is looked for among those of the statement.
BATCH_OF_VALUES = 200


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
    columns = [model._meta.get_field(name).attname for name in fields]  # type: ignore[union-attr]
    if columns:
        # A statement a row: the one of bulk_update, a choice by primary key for each column, takes five times as long.
        for row in rows:
            values = {column: getattr(row, column) for column in columns}
            model._default_manager.filter(pk=row.pk).update(**values)
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
    columns = [model._meta.get_field(name).attname for name in fields]
    # Most rows get the same: one statement for all of these, and one for those that get what no other gets.
    alike: dict[str, tuple[dict[str, Any], list[Any]]] = {}
    for row in rows if columns else ():
        values = {column: getattr(row, column) for column in columns}
        alike.setdefault(repr(values), (values, []))[1].append(row)
    alone = [same[0] for _values, same in alike.values() if len(same) == 1]
    for values, same in alike.values():
        if len(same) > 1 or len(alone) == 1:
            keys = [row.pk for row in same]
            models.QuerySet.update(model._base_manager.filter(pk__in=keys), **values)
    if len(alone) > 1:
        models.QuerySet(model).bulk_update(alone, fields, batch_size=BATCH_OF_VALUES)
    if hasattr(model, "history"):
        _write_versions(model, rows, by=by, reason=reason, update=True)


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
