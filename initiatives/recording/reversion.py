"""A row as it was in one of its versions, written again as a new version; no version is ever taken away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from ..models import Citation, Entry, Initiative, Publication, Record
from . import actions, permissions
from .bulk_history import change_all, create_all, relate_all
from .derivation import DERIVED
from .diff import Names, VersionValues, current_values, typed_fields
from .publication import publish, unpublish
from .refs import name_citation
from .resting import initiatives_resting_on

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# How the reason of such a version begins.
BROUGHT_BACK = "Brought back"


def restorable_fields(model: type[models.Model]) -> list[str]:
    """The fields that come back: those that people type.

    Not the key, by which addresses and files know the row; not whether it is public, which has steps of its own;
    not what entries decide. Of an entry, which is never edited, it is publication alone.
    """
    if issubclass(model, Entry):
        return ["publication"]
    return typed_fields(model)


def values_to_restore(row: Any, version: Any) -> dict[str, Any]:
    """What the row would hold that it does not hold now, by the name of the field; empty where it cannot come back."""
    for _version, values in restorable_versions(row, [version]):
        return values
    return {}


def restorable_versions(row: Any, versions: Sequence[Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The versions of one row that hold anything else than it does now, each with what that is."""
    if not versions:
        return
    model = versions[0].instance_type
    names = restorable_fields(model)
    contents = VersionValues(model, versions, Names())
    current = current_values(row, names) if row is not None else {}
    for version in versions:
        old = contents.values(version)
        if issubclass(model, Entry) and (row is None or row.is_withdrawn or version.withdrawn_at):
            continue
        if isinstance(row, Entry) and _is_no_draft_any_more(row, version):
            continue
        values = {name: old[name] for name in names if row is None or current[name] != old[name]}
        if values:
            yield version, values


def _is_no_draft_any_more(entry: Entry, version: Any) -> bool:
    """Whether the version is of a draft and the public sees the entry now: undoing a publication is a withdrawal."""
    is_seen = entry.publication == Publication.PUBLIC and entry.initiative.is_public
    return is_seen and version.publication == Publication.DRAFT


@transaction.atomic
def revert(
    *,
    by: User | None,
    version: Any,
) -> Record:
    """Write what people typed of a row as it was in a version, also of a row that was deleted; return the row.

    Raises ValidationError, and writes nothing, where the row cannot be so any more; PermissionDenied for who may not.
    """
    model = version.instance_type
    rows = model._base_manager.select_for_update(no_key=True)
    row: Any = rows.filter(pk=version.id).first()
    values = values_to_restore(row, version)
    if not values:
        raise ValidationError(_("The row is as it was in that version."), code="same")
    if isinstance(row, Entry):
        step = publish if values["publication"] == Publication.PUBLIC else unpublish
        step(by=by, row=row)  # type: ignore[arg-type]
        return row
    is_gone, rested = row is None, set[int]()
    if is_gone:
        row = _rebuild(version)
    else:
        permissions.require(by, "change", row)
        rested = initiatives_resting_on(model, [row.pk])
    links = {}
    for name, value in values.items():
        field: Any = model._meta.get_field(name)
        if field.many_to_many:
            links[name] = _existing_keys(field.related_model, value)
        else:
            setattr(row, field.attname, value)
    # References that were looked up before are of the old keys.
    row._state.fields_cache.clear()
    _check(row)
    permissions.require(by, "add" if is_gone else "change", row)
    when = date_format(localtime(version.history_date), "j F Y, H:i:s")
    reason = f"{BROUGHT_BACK}: the version of {when}"
    if is_gone:
        related = {name: {0: keys} for name, keys in links.items()}
        create_all([row], by=by, reason=reason, related=related)
    else:
        for name, keys in links.items():
            relate_all(model, name, {row.pk: keys})
        columns = [name for name in values if name not in links]
        extra = ["ref"] if isinstance(row, Citation) else []
        change_all([row], [*columns, *extra], by=by, reason=reason)
    actions.refresh(rested | initiatives_resting_on(model, [row.pk]), by=by, reason=reason)
    return row  # type: ignore[no-any-return]


def _rebuild(version: Any) -> Any:
    row = version.instance
    if isinstance(row, Initiative):
        # What entries decide is decided anew, and it is shown to the public by a step of its own.
        withdrawal = ("withdrawn_at", "withdrawn_by", "withdrawal_reason")
        for name in ("publication", *withdrawal, *DERIVED):
            field: Any = Initiative._meta.get_field(name)
            setattr(row, field.attname, field.get_default())
    return row


def _check(row: Any) -> None:
    missing = {
        field.name: _("This is gone: bring it back first.")
        for field in row._meta.concrete_fields
        if field.is_relation
        and getattr(row, field.attname) is not None
        and not field.related_model._base_manager.filter(pk=getattr(row, field.attname)).exists()
    }
    if missing:
        raise ValidationError(missing)
    if isinstance(row, Citation):
        name_citation(row)
    row.full_clean()


def _existing_keys(model: Any, keys: set[Any]) -> list[Any]:
    return list(model._base_manager.filter(pk__in=keys).values_list("pk", flat=True))
