"""What a plan to undo a load is made of: each row that the load wrote, what becomes of it, and why one stays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy

from ..models import ENTRIES, Initiative, Load, Record
from .kinds import Values
from .plan_types import FactKey, counts_by_kind


class UndoAction(StrEnum):
    """What becomes of a row that a load wrote, in the order in which people look at them."""

    WITHDRAWN = "withdrawn"
    DELETED = "deleted"
    SET_BACK = "set_back"
    BROUGHT_BACK = "brought_back"
    STAYS = "stays"


WORDS = {
    UndoAction.WITHDRAWN: gettext_lazy("Withdrawn"),
    UndoAction.DELETED: gettext_lazy("Deleted"),
    UndoAction.SET_BACK: gettext_lazy("As it was before"),
    UndoAction.BROUGHT_BACK: gettext_lazy("Brought back"),
    UndoAction.STAYS: gettext_lazy("Stays as it is"),
}


class UndoRefused(Exception):
    """The load cannot be undone; says why."""


class UndoMoved(Exception):
    """The data has changed since somebody looked at the plan; carries the plan of now, and nothing is written."""

    def __init__(self, plan: UndoPlan) -> None:
        super().__init__("the data has changed since the plan was shown")
        self.plan = plan


@dataclass(slots=True)
class UndoItem:
    """One row: what becomes of it, of which fields, and why where it stays.

    ``values`` are the columns to write of a row that is set back, ``says`` is the entry whose words a set back entry
    has again, ``version`` the one that is brought back (primary keys).
    """

    model: type[Record]
    pk: int
    name: str
    title: str
    action: UndoAction
    fields: list[str] = field(default_factory=list)
    why: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    says: int | None = None
    version: int | None = None

    @property
    def kind(self) -> str:
        return str(self.model._meta.model_name)

    @property
    def word(self) -> str:
        """What it is, in words."""
        return str(self.model._meta.verbose_name)

    def stay(self, why: str, fields: Iterable[str] = ()) -> None:
        self.action, self.why, self.fields = UndoAction.STAYS, why, list(fields)


@dataclass(slots=True)
class UndoPlan:
    """Everything that undoing a load would do; ``facts`` are the bases to write, None for those that go."""

    load: Load
    items: list[UndoItem] = field(default_factory=list)
    facts: dict[FactKey, Values | None] = field(default_factory=dict)

    def of(self, action: UndoAction, model: type[Record] | None = None) -> list[UndoItem]:
        return [
            item for item in self.items if item.action == action and model in (None, item.model)
        ]

    @property
    def needs_reason(self) -> bool:
        """Whether the public will see that something was taken back."""
        return any(
            item.action == UndoAction.WITHDRAWN
            or (item.action == UndoAction.SET_BACK and item.model in CORRECTED)
            for item in self.items
        )

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many of each kind and action: ``{"initiative": {"withdrawn": 3}}``."""
        return counts_by_kind((item.kind, item.action.value) for item in self.items)

    @property
    def digest(self) -> str:
        """A name for all that the plan tells, the same as long as the database stays as it is."""
        told: list[Any] = [
            [i.kind, i.pk, i.name, i.action.value, i.fields, i.why] for i in self.items
        ]
        told += [[*key, values] for key, values in sorted(self.facts.items())]
        text = json.dumps(told, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


# What the register of corrections tells of.
CORRECTED: tuple[type[Record], ...] = (Initiative, *ENTRIES)
