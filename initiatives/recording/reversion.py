"""A row as it was in one of its versions, written again as a new version; no version is ever taken away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from ..languages import ENGLISH
from ..models import Citation, Entry, Initiative, Publication, Record
from . import actions, permissions
from .bulk_history import change_all, create_all, relate_all, tracks_relations
from .derivation import DERIVED
from .diff import Names, VersionValues, current_values, typed_fields
from .publication import publish, unpublish
from .record_ids import AddressBook, in_key
from .refs import name_citation
from .renaming import NAMED_AFTER
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
    with override(ENGLISH):
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


# --- What belongs to a row ------------------------------------------------------------------------

# Models of rows that belong to another one, each with its reference to that.
Parts = Sequence[tuple[Any, str]]


@dataclass(frozen=True)
class PartChange:
    """A row that belonged to another one then, and is otherwise now; one without ``version`` was added since."""

    model: Any
    key: int
    version: Any
    row: Any
    values: dict[str, Any]

    @property
    def name(self) -> str:
        """What a form calls it."""
        return f"{self.model._meta.model_name}-{self.key}"


def changed_parts(parts: Parts, key: int, version: Any) -> list[PartChange]:
    """What became of the rows that belonged to a row (primary key) at the moment of one of its versions."""
    changed = []
    until = _parts_until(version)
    for model, name in parts:
        of_row = {f"{name}_id": key}
        kept = model.history.filter(until, **of_row)
        then = {old.id: old for old in kept.order_by("history_date", "history_id")}
        then = {pk: old for pk, old in then.items() if old.history_type != "-"}
        now = {row.pk: row for row in model._default_manager.filter(**of_row)}
        for pk, old in then.items():
            values = values_to_restore(now.get(pk), old)
            if values and (pk in now or not model._default_manager.filter(pk=pk).exists()):
                changed.append(PartChange(model, pk, old, now.get(pk), values))
        added = [row for pk, row in now.items() if pk not in then]
        changed += [PartChange(model, row.pk, None, row, {}) for row in added]
    return changed


def _parts_until(version: Any) -> Q:
    """Which versions of parts were there at a version of their row: one save writes both, in one order or the other."""
    if tracks_relations(version.instance_type):
        # Its version is written last, with what it is related to.
        return Q(history_date__lte=version.history_date)
    later = version.instance_type.history.filter(
        id=version.id, history_date__gt=version.history_date
    )
    following = later.order_by("history_date", "history_id").first()
    return Q(history_date__lt=following.history_date) if following else Q()


@transaction.atomic
def revert_with_parts(
    *, by: User | None, version: Any, parts: Sequence[PartChange]
) -> Record | None:
    """Write a row as it was in a version, and of what belongs to it these parts; return the row where it changed.

    What was added since is taken out first. Raises ValidationError, and writes nothing, where one cannot be so.
    """
    for part in parts:
        if part.version is None:
            _take_out(part.row, by)
    model = version.instance_type
    row = model._base_manager.filter(pk=version.id).first()
    is_same = row is not None and not values_to_restore(row, version)
    reverted = None if is_same and parts else revert(by=by, version=version)
    for part in parts:
        if part.version is not None:
            revert(by=by, version=part.version)
    return reverted


def _take_out(row: Any, by: User | None) -> None:
    permissions.require(by, "delete", row)
    initiatives = initiatives_resting_on(type(row), [row.pk])
    row._history_user, row._change_reason = by, BROUGHT_BACK
    try:
        row.delete()
    except ProtectedError as error:
        message = _("“%(row)s” stays: other rows rest on it.")
        raise ValidationError(message % {"row": row}) from error
    actions.refresh(initiatives, by=by, reason=BROUGHT_BACK)


# --- One row --------------------------------------------------------------------------------------


def _rebuild(version: Any) -> Any:
    row = version.instance
    if isinstance(row, Initiative):
        # What entries decide is decided anew, and it is shown to the public by a step of its own.
        withdrawal = ("withdrawn_at", "withdrawn_by", "withdrawal_reason")
        for name in ("publication", *withdrawal, *DERIVED):
            field: Any = Initiative._meta.get_field(name)
            setattr(row, field.attname, field.get_default())
    if isinstance(row, NAMED_AFTER):
        # What it belongs to may have another id since.
        named: Any = row
        named.ref = in_key(str(row._meta.model_name), named.ref, AddressBook().now)
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
