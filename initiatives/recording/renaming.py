"""A record under a new address: the old one leads on for good, and nobody else gets it.

Refs of entries stay. What else is named after the record is named anew with it: its targets, lines, delegates and
citations, and what loads keep, so that a file that says the old id, or the new one, changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import (
    Citation,
    Delegate,
    FormerAddress,
    Line,
    Load,
    LoadConflict,
    LoadedFact,
    Record,
    ReplacedFact,
    Report,
    Target,
)
from ..models.corrections import wait_for_loads
from ..models.former_addresses import check_new_id
from . import actions, permissions, register
from .basis import was_public
from .bulk_history import batches_of, change_all, move_all
from .record_ids import ADDRESSED, Change, in_key, in_values, renaming, rows_naming
from .resting import initiatives_resting_on

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# Rows that are named after others.
NAMED_AFTER: tuple[type[Record], ...] = (Target, Line, Delegate, Citation)


@transaction.atomic
def rename(
    *, by: User | None, row: Any, key: str, reason: str = "", before: str | None = None
) -> None:
    """Give a record another id, and so another address; a former one of its own may be given back to it.

    ``before`` is the id that it has to have still, where somebody agreed to that. Raises ValidationError, with the
    field, for an id that has the wrong shape, is reserved, is another record's or was once; PermissionDenied for who
    may not change the record.
    """
    wait_for_loads()
    model = type(row)
    kind, field = str(model._meta.model_name), model.natural_key_fields[0]
    assert kind in ADDRESSED
    row = model._base_manager.select_for_update(of=("self",)).get(pk=row.pk)
    permissions.require(by, "change", row)
    old, key = getattr(row, field), key.strip()
    if before is not None and before != old:
        words = _("Somebody has changed its id meanwhile: it is “%(key)s” now.")
        raise ValidationError(words, code="moved", params={"key": old})
    if key == old:
        raise ValidationError({field: _("That is its id already.")}, code="same")
    _check(row, field, key, own=old)
    former = FormerAddress.objects.filter(kind=kind)
    former.filter(key=key).delete()
    former.filter(leads_to=old).update(leads_to=key)
    setattr(row, field, key)
    why = f"New address: {old} → {key}"
    change_all([row], [field], by=by, reason=why)
    name_anew(kind, old, key, by=by, reason=why)
    FormerAddress.objects.create(kind=kind, key=old, leads_to=key, since=timezone.now())
    if was_public(row):
        register.note_new_address(row, old, by=by, reason=reason.strip())
    actions.refresh(initiatives_resting_on(model, [row.pk]), by=by, reason=why)


def _check(row: Any, field: str, key: str, *, own: str) -> None:
    model = type(row)
    try:
        model._meta.get_field(field).clean(key, row)
        check_new_id(model, key, own=own)
    except ValidationError as error:
        raise ValidationError({field: error}) from None
    others = model._base_manager.exclude(pk=row.pk)
    is_source = model is Report and LoadedFact.objects.filter(source=key).exists()
    if is_source or others.filter(**{field: key}).exists():
        raise ValidationError({field: _("“%(key)s” is taken.") % {"key": key}}, code="taken")
    if register.is_tombstone(model, key):
        raise ValidationError(
            {field: _("“%(key)s” is the id of what was removed for good.") % {"key": key}},
            code="removed",
        )


# --- What is named after it -----------------------------------------------------------------------


def name_anew(kind: str, old: str, new: str, *, by: User | None, reason: str) -> None:
    """Change an id inside of the names of rows and of what loads keep."""
    change = renaming(kind, old, new)
    for model in NAMED_AFTER:
        refs = refs_named_anew(model, old, change)
        for rows in batches_of(model, refs):
            for row in rows:
                row.ref = refs[row.pk]
            change_all(rows, ["ref"], by=by, reason=reason)
    for kept in (LoadedFact, ReplacedFact, LoadConflict):
        _change_kept(kept, old, change)
    loads = list(rows_naming(Load.objects.all(), "files", old))
    for load in loads:
        load.files = [file | {"source": change("report", file["source"])} for file in load.files]
    move_all(loads, ["files"], by=None, reason="")


def refs_named_anew(model: Any, old: str, change: Change) -> dict[int, str]:
    """By row, of those with an id in their name that changes, what they are called from then on."""
    name = str(model._meta.model_name)
    rows = rows_naming(model._base_manager.all(), "ref", old).values_list("pk", "ref")
    anew = {pk: (ref, in_key(name, ref, change)) for pk, ref in rows}
    return {pk: then for pk, (ref, then) in anew.items() if then != ref}


def _change_kept(model: Any, old: str, change: Change) -> None:
    """Change ids in what loads keep of records: sources that are reports, keys, and values that name others."""
    column = "fields" if model is LoadConflict else "values"
    rows = {
        row.pk: row
        for name in ("source", "key", column)
        for row in rows_naming(model._default_manager.all(), name, old)
    }
    changed = []
    for row in rows.values():
        before = (row.source, row.key, getattr(row, column))
        row.source = change("report", row.source)
        row.key = in_key(row.kind, row.key, change)
        setattr(row, column, _in_kept(row.kind, before[2], change))
        if before != (row.source, row.key, getattr(row, column)):
            changed.append(row)
    move_all(changed, ["source", "key", column], by=None, reason="")


def _in_kept(kind: str, kept: Any, change: Change) -> Any:
    if isinstance(kept, dict):
        return in_values(kind, kept, change)
    if kept is None:
        return None
    sides = ("base", "ours", "theirs")
    return [
        field
        | {
            side: in_values(kind, {field["field"]: field[side]}, change)[field["field"]]
            for side in sides
            if side in field
        }
        for field in kept
    ]
