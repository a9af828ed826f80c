"""A load undone as its plan says: one transaction, with history for all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DataError, IntegrityError, OperationalError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _
from simple_history.utils import get_history_manager_for_model

from ..exports.tables.base import in_chunks
from ..models import (
    ENTRIES,
    AnyEntry,
    Citation,
    Discrepancy,
    Initiative,
    Lineage,
    Load,
    LoadConflict,
    LoadedFact,
    Meeting,
    Mention,
    Publication,
    Record,
    Report,
    Role,
    StatusUpdate,
    Target,
    Translated,
)
from ..models.corrections import wait_for_loads
from ..models.translations import column_of
from ..recording import actions, permissions
from ..recording.bulk_history import BATCH, change_all, delete_all, relate_all
from ..recording.diff import typed_fields
from ..recording.refs import base_ref, free_ref
from ..recording.resting import initiatives_resting_on
from ..recording.reversion import revert
from ..recording.withdrawal import withdraw_loaded
from .kinds import KINDS, Kind
from .undo_plan import TRANSLATED_ENTRIES, make_undo_plan
from .undo_plan_types import UndoAction, UndoItem, UndoMoved, UndoPlan, UndoRefused

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# Deleted before what is derived is brought up to date, since that names documents; the others after it.
HANGING: tuple[type[Record], ...] = (Citation, Discrepancy, Lineage, Role)


def undo(
    number: int,
    *,
    by: User | None = None,
    reason: str = "",
    dry_run: bool = False,
    expected: str | None = None,
) -> UndoPlan:
    """Plan to undo the load of that number and, unless it is a dry run, do so in one transaction; return the plan.

    ``expected`` is the digest of the plan that somebody has agreed to: raises UndoMoved where it is another one by now.
    Raises UndoRefused, ValidationError where readers would see it and no reason is given, and PermissionDenied; nothing
    is written then.
    """
    if by and not permissions.may_load(by):
        raise PermissionDenied(permissions.NO_ROLE)
    try:
        with transaction.atomic():
            if dry_run:
                return make_undo_plan(_get(number))
            wait_for_loads()
            plan = make_undo_plan(_get(number))
            agreed = plan.digest if expected is None else expected
            if plan.digest == agreed:
                # Nobody changes any of it from here on; what somebody did meanwhile is in the plan.
                _lock(plan)
                plan = make_undo_plan(plan.load)
            if plan.digest != agreed:
                raise UndoMoved(plan)
            if plan.needs_reason and not reason.strip():
                raise ValidationError({"reason": _("Say why; everybody can read it.")})
            _UndoWriter(plan, by, reason.strip()).write()
    except (IntegrityError, OperationalError, DataError, ProtectedError) as error:
        what = _("The database refused it, and nothing was written: %(error)s")
        raise UndoRefused(what % {"error": error}) from error
    return plan


def _get(number: int) -> Load:
    load = Load.objects.filter(pk=number).first()
    if load is None:
        raise UndoRefused(_("There is no load %(number)s.") % {"number": number})
    return load


def _lock(plan: UndoPlan) -> None:
    """Lock the initiatives, as the actions do, then all other rows of the plan."""
    initiatives = set()
    keys: dict[type[Record], set[int]] = {}
    for item in plan.items:
        keys.setdefault(item.model, set()).add(item.pk)
    for model, of_model in keys.items():
        initiatives |= initiatives_resting_on(model, of_model)
    for batch in in_chunks(sorted(initiatives), BATCH):
        actions.lock_initiatives(batch)
    for kind in KINDS.values():
        for batch in in_chunks(sorted(keys.get(kind.model, ())), BATCH):
            rows = kind.model._base_manager.select_for_update(of=("self",)).filter(pk__in=batch)
            list(rows.order_by("pk").values_list("pk"))


class _UndoWriter:
    """One plan on its way into the database."""

    def __init__(self, plan: UndoPlan, by: User | None, reason: str) -> None:
        self.plan, self.load, self.by, self.reason = plan, plan.load, by, reason
        # As histories keep it (admin/base/reasons.py).
        self.why = f"Undone: load {self.load.pk}"
        self.at = timezone.now()
        self.touched: set[int] = set()

    def write(self) -> None:
        self.touch()
        for model in ENTRIES:
            self.say_again(model)
        self.withdraw()
        # Readings of a target go before it.
        for deleted in (*HANGING, *ENTRIES):
            self.delete(deleted)
        self.delete(Target)
        for kind in KINDS.values():
            self.set_back(kind)
            self.bring_back(kind)
        for kind in TRANSLATED_ENTRIES:
            self.set_back(kind)
        self.touch()
        ended = {item.pk for item in self.plan.of(UndoAction.DELETED, Initiative)}
        actions.refresh(self.touched - ended, by=self.by, reason=self.why)
        for kind in reversed(KINDS.values()):
            if kind.model not in (*HANGING, Target):
                self.delete(kind.model)
        self.bases()
        self.load.undone_at, self.load.undone_by = self.at, self.by
        self.load.undo_reason = self.reason
        self.load.save(update_fields=["undone_at", "undone_by", "undo_reason"])

    def touch(self) -> None:
        """Note the initiatives that rest on what changes: before, and as it is afterwards."""
        for model in {item.model for item in self.plan.items}:
            keys = [item.pk for item in self.plan.items if item.model is model]
            self.touched |= initiatives_resting_on(model, keys)

    def say_again(self, model: type[AnyEntry]) -> None:
        """Correct the corrections of the load by what they had taken the place of."""
        set_back = self.plan.of(UndoAction.SET_BACK, model)
        # Of others only what they are in other languages goes back.
        says = {item.pk: item.says for item in set_back if item.says}
        values = {item.pk: item.values for item in set_back}
        rows: Any = model._base_manager.select_related("initiative", "report")
        earlier = rows.in_bulk(says.values())
        entries: list[Any] = []
        speakers: dict[int, list[int]] = {}
        names = [name for name in typed_fields(model) if name != "by"]
        for wrong, key in says.items():
            said = earlier[key]
            entry: Any = model(
                initiative=said.initiative,
                corrects_id=wrong,
                recorded_by=self.by,
                publication=Publication.PUBLIC,
                **{name: getattr(said, name) for name in names},
            )
            for name, value in values[wrong].items():
                column: Any = model._meta.get_field(name)
                setattr(
                    entry, name, column.get_default() if value is None else column.to_python(value)
                )
            base = base_ref(entry)
            taken = model._base_manager.filter(ref__startswith=base).values_list("ref", flat=True)
            entry.ref = free_ref(base, {*taken, *(other.ref for other in entries)})
            if isinstance(said, Mention):
                speakers[len(entries)] = list(said.by.values_list("pk", flat=True))
            entries.append(entry)
        if not entries:
            return
        related = {index: keys for index, keys in speakers.items() if keys}
        actions.append(
            entries, by=self.by, reason=self.why, related=related, public_reason=self.reason
        )
        if model is StatusUpdate:
            later = {entry.corrects_id: entry for entry in entries}
            citations = list(Citation.objects.filter(status_update__in=list(later)))
            for citation in citations:
                citation.status_update = later[citation.status_update_id]
            change_all(citations, ["status_update"], by=self.by, reason=self.why)

    def withdraw(self) -> None:
        initiatives = self.rows(UndoAction.WITHDRAWN, Initiative)
        entries = [entry for model in ENTRIES for entry in self.rows(UndoAction.WITHDRAWN, model)]
        sources = self.load.sources
        withdraw_loaded(
            by=self.by,
            load=self.load,
            initiatives=initiatives,
            entries=entries,
            reports=list(Report.objects.filter(slug__in=sources).order_by("slug")),
            reason=self.reason,
            at=self.at,
        )

    def set_back(self, kind: Kind) -> None:
        items = {i.pk: i for i in self.plan.of(UndoAction.SET_BACK, kind.model) if not i.says}
        if kind.model is Meeting:
            # Meetings may swap numbers, or give theirs back by being deleted.
            freed = [pk for pk, item in items.items() if "number" in item.values]
            freed += [item.pk for item in self.plan.of(UndoAction.DELETED, Meeting)]
            Meeting.objects.filter(pk__in=freed).update(number=None)
        for batch in in_chunks(items, BATCH):
            rows = list(kind.model._default_manager.filter(pk__in=batch).order_by("pk"))
            fields: set[str] = set()
            for row in rows:
                fields |= self.give_values(kind, row, items[row.pk])
            change_all(rows, fields, by=self.by, reason=self.why, public_reason=self.reason)

    def give_values(self, kind: Kind, row: Record, item: UndoItem) -> set[str]:
        """Give a row what it held before; returns the columns to save, relations are saved here."""
        for name, value in item.values.items():
            if name in kind.many:
                relate_all(kind.model, name, {row.pk: value})
            elif column_of(name) != name and isinstance(row, Translated):
                row.say_in(name, value)
            else:
                field: Any = kind.model._meta.get_field(name)
                setattr(row, field.attname, value)
        return {column_of(name) for name in item.values.keys() - set(kind.many)}

    def bring_back(self, kind: Kind) -> None:
        for item in self.plan.of(UndoAction.BROUGHT_BACK, kind.model):
            versions = get_history_manager_for_model(kind.model)
            revert(by=self.by, version=versions.get(history_id=item.version))

    def delete(self, model: type[Record]) -> None:
        rows = self.rows(UndoAction.DELETED, model)
        for group in _leaves_first(model, rows):
            for batch in in_chunks(group, BATCH):
                delete_all(batch, by=self.by, reason=self.why)

    def rows(self, action: UndoAction, model: type[Record]) -> list[Any]:
        keys = [item.pk for item in self.plan.of(action, model)]
        related = [name for name in ("initiative",) if model in ENTRIES]
        return [
            row
            for batch in in_chunks(keys, BATCH)
            for row in model._base_manager.filter(pk__in=batch)
            .select_related(*related)
            .order_by("pk")
        ]

    def bases(self) -> None:
        """Let the bases be as the plan says, and drop the conflicts that the load left."""
        facts = self.plan.facts
        for (source, kind, key), values in facts.items():
            rows = LoadedFact.objects.filter(source=source, kind=kind, key=key)
            if values is None:
                rows.delete()
            elif not rows.update(values=values):
                LoadedFact.objects.create(source=source, kind=kind, key=key, values=values)
        if not self.load.is_edit:
            left = LoadConflict.objects.filter(found_at__gte=self.load.loaded_at)
            left.filter(source__in=self.load.sources).delete()


def _leaves_first(model: type[Record], rows: Sequence[Any]) -> list[list[Any]]:
    """Rows in groups such that none is referred to by a row of its own kind in a later group."""
    own: list[Any] = [f for f in model._meta.concrete_fields if f.related_model is model]
    left, groups = list(rows), []
    while left:
        named = {getattr(row, field.attname) for row in left for field in own}
        groups.append([row for row in left if row.pk not in named])
        left = [row for row in left if row.pk in named]
    return groups
