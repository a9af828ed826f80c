"""The three-way merge of one record: base is what the last load wrote, ours the database, theirs the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from django.utils.translation import gettext_noop as N_  # noqa: N812  Babel looks for that name

from . import names
from .kinds import Key, Values


class Action(StrEnum):
    """What a load does with a record or an entry."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    KEPT = "kept"
    CONFLICT = "conflict"
    GONE = "gone"
    REMOVED = "removed"


class ConflictSide(StrEnum):
    """Who wins a conflict; without one of these it stays open, and the database as it is."""

    FILE = "file"
    DATABASE = "database"


# What a plan notes of a record or entry: in English, as it is kept (kept_words.py).
DELETED = N_("deleted since it was loaded")
LOST = N_("what it belongs to was deleted")
WITHDRAWN = N_("withdrawn since it was loaded")
REINSTATED = N_("was withdrawn by undoing a load, and becomes public again")
# One thing to decide: kind and name of the record or entry, and the field; “” for all of it.
ConflictKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class ConflictChoices:
    """Who wins which conflict: what was chosen for one of them, else what holds for all."""

    take: ConflictSide | None = None
    chosen: Mapping[ConflictKey, ConflictSide] = field(default_factory=dict)

    def of(self, item: MergeItem, field_name: str = "") -> ConflictSide | None:
        return self.chosen.get((item.kind, item.name, field_name), self.take)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field: what the last load wrote, what stands, what the file says; None is empty.

    ``origin`` says who wrote what stands, where somebody is to decide about it.
    """

    field: str
    base: Any
    ours: Any
    theirs: Any
    origin: str = ""


@dataclass(slots=True)
class MergeItem:
    """What a load does with one record or entry, and why.

    ``follows`` says that another item decides: the record that this one belongs to was deleted. ``unused`` is what a
    document says of a record that was deleted, where that is a conflict.
    """

    kind: str
    key: Key
    action: Action
    changes: list[FieldChange] = field(default_factory=list)
    conflicts: list[FieldChange] = field(default_factory=list)
    kept: list[FieldChange] = field(default_factory=list)
    source: str = ""
    file: str = ""
    title: str = ""
    note: str = ""
    follows: bool = False
    unused: Sequence[FieldChange] = ()

    @property
    def name(self) -> str:
        return "/".join(self.key)

    def take_in(self, other: MergeItem) -> None:
        """Let what was decided of other fields be of this item too."""
        self.changes += other.changes
        self.conflicts += other.conflicts
        self.kept += other.kept

    def settle(self) -> None:
        """Name the action after what is in the item."""
        if self.conflicts:
            self.action = Action.CONFLICT
        elif self.changes:
            self.action = Action.CHANGED
        elif self.kept:
            self.action = Action.KEPT


class FieldRules(Protocol):
    """What a merge has to know of the fields of one record."""

    def default(self, name: str) -> Any:
        """What a new row has there."""

    def refines(self, name: str, finer: Any, coarser: Any) -> bool:
        """Whether the one value says the same as the other, more precisely."""

    def is_stated_elsewhere(self, name: str, value: Any) -> bool:
        """Whether the last load of another document left that value."""

    def names_elsewhere(self, name: str) -> str | None:
        """Of a list of names what the last load of other documents left there; None of other fields."""

    def is_coarsened(self, name: str, value: Any) -> bool:
        """Whether the last load of another document left a more precise value."""


def merge(
    item: MergeItem,
    ours: Values,
    theirs: Values,
    stated: Sequence[tuple[Values, Values | None]],
    choices: ConflictChoices,
    fields: FieldRules,
) -> list[Values]:
    """Sort the fields that documents state into changes, conflicts and kept edits of ``item``.

    ``stated`` gives each document's values and the base of its last load (None if it never stated the record),
    ``theirs`` the most precise of these values of each field, on which they agree. Returns the new base of each.
    """
    bases = [dict(base or {}) for _values, base in stated]
    settled = {
        name: _merge_field(
            item, name, ours.get(name), value, stated, choices.of(item, name), fields
        )
        for name, value in theirs.items()
    }
    for (values, _base), base in zip(stated, bases, strict=True):
        for name in set(base) - set(values):
            del base[name]
        base.update({name: value for name, value in values.items() if settled[name]})
    item.settle()
    return bases


def _merge_field(
    item: MergeItem,
    name: str,
    ours: Any,
    theirs: Any,
    stated: Sequence[tuple[Values, Values | None]],
    take: ConflictSide | None,
    fields: FieldRules,
) -> bool:
    """Decide about one field; returns whether the base moves to what the file says."""
    if ours == theirs:
        return True
    elsewhere = fields.names_elsewhere(name)
    if elsewhere is not None:
        before = names.joined((base or {}).get(name) for _values, base in stated)
        merged = names.merged(ours, before, theirs or "", elsewhere) or None
        left_out = {*names.names_of(theirs)} - {*names.names_of(merged)}
        if merged != ours:
            item.changes.append(FieldChange(name, before or None, ours, merged))
        elif left_out:
            item.kept.append(FieldChange(name, before or None, ours, theirs))
        return True
    ours_is_finer = fields.refines(name, ours, theirs)
    if ours_is_finer and fields.is_stated_elsewhere(name, ours):
        # Another document says it more precisely.
        return True
    pairs = [((base or {}).get(name), values[name]) for values, base in stated if name in values]
    changed = [base for base, value in pairs if base != value]
    change = FieldChange(name, changed[0] if changed else theirs, ours, theirs)
    if not changed:
        item.kept.append(change)
        return True
    if ours_is_finer and ours not in changed:
        # A person says it more precisely.
        return True
    # “proposal” is what a kind is by default, and what another document may say.
    is_free = ours == fields.default(name) and (
        ours is None or not fields.is_stated_elsewhere(name, ours)
    )
    is_loaded = all(base == ours or (base is None and is_free) for base in changed)
    if not is_loaded and fields.refines(name, theirs, ours):
        is_loaded = (
            any(base == ours for base, _value in pairs)
            or fields.is_stated_elsewhere(name, ours)
            or is_never_coarsened(name, ours, changed, fields)
        )
    if is_loaded or take == ConflictSide.FILE:
        item.changes.append(change)
        return True
    if take == ConflictSide.DATABASE:
        item.kept.append(change)
        return True
    item.conflicts.append(change)
    return False


def is_never_coarsened(name: str, ours: Any, bases: Sequence[Any], fields: FieldRules) -> bool:
    """Whether what stands was not made less precise by a person, so that a more precise word says the same."""
    return not fields.is_coarsened(name, ours) and all(
        base is None or base == fields.default(name) or fields.refines(name, ours, base)
        for base in bases
    )


def differences(base: Mapping[str, Any], ours: Values, theirs: Values) -> list[FieldChange]:
    """The fields in which ours and theirs differ, in the order of theirs."""
    names = dict.fromkeys((*theirs, *ours))
    return [
        FieldChange(name, base.get(name), ours.get(name), theirs.get(name))
        for name in names
        if ours.get(name) != theirs.get(name)
    ]
