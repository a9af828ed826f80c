"""A conflict that a load left, settled by a person: of each field what the file says, or what stands.

The base of the next load moves to what the file says either way, as where a load is told who wins: nobody is asked
again until the file changes once more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ..models import ENTRY_OF, Entry, LoadConflict, LoadedFact, Publication, Record
from ..models.translations import column_of, flat, nested
from ..recording import actions, permissions
from ..recording.bulk_history import change_all
from ..recording.diff import typed_fields
from ..recording.record_ids import AddressBook, in_key, in_values
from ..recording.resting import initiatives_resting_on
from ..recording.translation import translate
from .kinds import KINDS, Values
from .problems import LoadError
from .rows import RowWriter

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def row_of(conflict: LoadConflict) -> Any:
    """The record that the conflict is about, of an entry what stands in its place; None where it is gone.

    Of a record that was merged into another one, that one.
    """
    if kind := KINDS.get(conflict.kind):
        parts = len(kind.model.natural_key_lookups())
        now = in_key(conflict.kind, conflict.key, AddressBook().now)
        key = tuple(now.split("/", parts - 1))
        return next((row for _key, row in kind.existing([key])), None)
    model = ENTRY_OF.get(conflict.kind)
    entry = model._default_manager.filter(ref=conflict.key).first() if model else None
    return entry.newest if entry else None


def deletion_of(conflict: LoadConflict) -> Any:
    """The version with which the record of a conflict was deleted; None where nobody knows of one."""
    kind = KINDS.get(conflict.kind)
    if kind is None or not hasattr(kind.model, "history"):
        return None
    lookups = kind.model.natural_key_lookups()
    named = dict(zip(lookups, conflict.key.split("/", len(lookups) - 1), strict=False))
    deletions = kind.model.history.filter(history_type="-", **named)
    return deletions.order_by("-history_date", "-history_id").first()


def read(conflict: LoadConflict, row: Any) -> Values:
    """The plain values of the row that the conflict is about, as far as it says anything of them."""
    if kind := KINDS.get(conflict.kind):
        return kind.read(row)
    values = {field["field"]: field["ours"] for field in conflict.fields}
    return values if row.ref == conflict.key else values | _entry_values(row, values)


def digest_of(conflict: LoadConflict, row: Any) -> str:
    """A name for all that a person decides about: it is another one once anything of that has changed."""
    stands = [row.pk, read(conflict, row)] if row else []
    text = json.dumps([conflict.fields, stands], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@transaction.atomic
def settle(
    *, by: User | None, conflict: LoadConflict, from_file: Collection[str], expected: str
) -> None:
    """Take ``from_file`` (names of fields) as the file has them, and let the others stay; the conflict is gone then.

    Raises ValidationError, with nothing written, where the row cannot be so, or what was shown (``expected``, its
    digest) has changed.
    """
    conflicts = LoadConflict.objects.select_for_update()
    current = conflicts.filter(pk=conflict.pk).first()
    row: Any = current and row_of(current)
    if current is None or digest_of(current, row) != expected:
        raise ValidationError(_("It was changed meanwhile. Look at it again."), code="moved")
    if row is None:
        _leave_deleted(current)
        return
    permissions.require(by, "correct" if isinstance(row, Entry) else "change", row)
    values = {f["field"]: f["theirs"] for f in current.fields if f["field"] in set(from_file)}
    if values:
        values = in_values(current.kind, values, AddressBook().now)
        try:
            write = _correct if isinstance(row, Entry) else _change
            write(current, row, values, by)
        except (LoadError, FieldDoesNotExist) as error:
            raise ValidationError(_("What the file names there is not known any more.")) from error
    for fact in _facts(current):
        fact.values = {**fact.values, **_stated(current)}
        fact.save(update_fields=["values"])
    current.delete()


def _leave_deleted(conflict: LoadConflict) -> None:
    """Of a record that is gone there is nothing to choose: what the document says is not taken."""
    for fact in _facts(conflict):
        said = {**fact.values, **_stated(conflict)}
        # Nothing is what it says no more.
        fact.values = {name: value for name, value in said.items() if value is not None}
        fact.save(update_fields=["values"])
    conflict.delete()


def _facts(conflict: LoadConflict) -> Any:
    named = {"source": conflict.source, "kind": conflict.kind, "key": conflict.key}
    return LoadedFact.objects.filter(**named)


def _stated(conflict: LoadConflict) -> Values:
    return {field["field"]: field["theirs"] for field in conflict.fields}


def _change(conflict: LoadConflict, row: Record, values: Values, by: User | None) -> None:
    kind, writer = KINDS[conflict.kind], RowWriter(Publication.DRAFT)
    list(kind.model._base_manager.select_for_update().filter(pk=row.pk).values_list("pk"))
    rested = initiatives_resting_on(type(row), [row.pk])
    writer.find_values(kind, values)
    columns = writer.set_values(kind, row, values)
    row.full_clean()
    reason = f"Conflict settled as {conflict.source} says"
    change_all([row], columns, by=by, reason=reason)
    actions.refresh(rested | initiatives_resting_on(type(row), [row.pk]), by=by, reason=reason)


def _correct(conflict: LoadConflict, entry: Any, values: Values, by: User | None) -> None:
    """Entries are never edited: what the file says otherwise is a correction; texts in other languages are not."""
    texts = {name: value for name, value in values.items() if column_of(name) != name}
    own = {name: value for name, value in values.items() if name not in texts}
    if own:
        entry = _write_correction(entry, own, by)
    if texts:
        said = {**flat(entry.translations), **texts}
        told = nested({name: value for name, value in said.items() if value})
        translate(by=by, entry=entry, translations=told)


def _write_correction(entry: Any, values: Values, by: User | None) -> Any:
    model, participants = type(entry), None
    copied = {
        field.attname: getattr(entry, field.attname)
        for field in model._meta.concrete_fields
        if field.name in typed_fields(model)
    }
    copied |= {"initiative": entry.initiative, "publication": entry.publication}
    correction = model(corrects=entry, recorded_by=by, **copied)
    if hasattr(entry, "by"):
        participants = list(entry.by.all())
    for name, value in values.items():
        field = model._meta.get_field(name)
        if field.many_to_many:
            participants = [_named(field, key) for key in value or ()]
        elif field.is_relation:
            setattr(correction, name, _named(field, value) if value else None)
        elif value is None:
            setattr(correction, name, None if field.null else field.get_default())
        else:
            is_number = field.get_internal_type() == "DecimalField"
            setattr(correction, name, Decimal(value) if is_number else value)
    return actions.record(correction, by=by, participants=participants or ())


def _named(field: Any, key: Any) -> Any:
    (lookup,) = field.related_model.natural_key_lookups()
    row = field.related_model._default_manager.filter(**{lookup: key}).first()
    if row is None:
        raise ValidationError(_("What the file names there is not known any more."))
    return row


def _entry_values(entry: Any, names: Collection[str]) -> Values:
    """The plain values of an entry in these fields."""
    values: Values = {}
    for name in names:
        if column_of(name) != name:
            values[name] = flat(entry.translations).get(name)
            continue
        field = type(entry)._meta.get_field(name)
        if field.many_to_many:
            values[name] = sorted(row.natural_key()[0] for row in getattr(entry, name).all())
            continue
        value = getattr(entry, name)
        value = value.natural_key()[0] if isinstance(value, Record) else value
        values[name] = None if value is None or value == "" else str(value)
    return values
