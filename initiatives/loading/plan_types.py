"""What a plan is made of: the records and entries that a load would write."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .document import Document, SheetDocument
from .entries import EntryPlan
from .kinds import Key, Values
from .merge import Action, MergeItem
from .statements import Statement
from .yaml_text import Path

if TYPE_CHECKING:
    from ..models import Load


@dataclass(slots=True)
class RecordItem:
    """A record to create or to change; ``values`` are the fields to write."""

    item: MergeItem
    values: Values
    statements: list[Statement]
    pk: int | None = None


FactKey = tuple[str, str, str]
# The ids made for one file, by where they belong.
MadeIds = dict[Path, str]


@dataclass(slots=True)
class Plan:
    """Everything that a load would do, in the order of writing."""

    documents: Sequence[Document]
    items: list[MergeItem] = field(default_factory=list)
    records: dict[str, list[RecordItem]] = field(default_factory=dict)
    entries: EntryPlan = field(default_factory=EntryPlan)
    facts: dict[FactKey, Values] = field(default_factory=dict)
    stored_facts: dict[FactKey, Values] = field(default_factory=dict)
    # Bases of one file and of records that were merged, of which it spoke of more than one.
    merged_facts: dict[FactKey, list[Values]] = field(default_factory=dict)
    # By kind and key the records into which others were merged, of which these files spoke.
    merged_into: set[tuple[str, str]] = field(default_factory=set)
    # Records by kind that a person deleted after a load, and that stay so or are brought back.
    deleted: dict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))
    restored: dict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))

    # The ids that files leave out, for each document those made for it.
    made_ids: list[MadeIds] = field(default_factory=list)

    # Primary keys by kind of what files state no more and nobody has changed: it is taken out.
    removed: dict[str, list[int]] = field(default_factory=dict)
    # Initiatives, id to primary key, that are public again: they were withdrawn by undoing a load.
    reinstated: dict[str, int] = field(default_factory=dict)
    # What was kept of it when it was written, if it changed anything.
    load: Load | None = None

    def count(self, *actions: Action) -> int:
        return sum(1 for item in self.items if item.action in actions)

    @property
    def is_edit(self) -> bool:
        """Whether it is of sheets, which say what a person changes and are the base of no later load."""
        return any(isinstance(document, SheetDocument) for document in self.documents)

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many of each kind and action: ``{"initiative": {"new": 3}}``."""
        return counts_by_kind((item.kind, item.action.value) for item in self.items)

    @property
    def new(self) -> int:
        """How many records and entries the load adds; corrections of entries are changes."""
        return self.count(Action.NEW)

    @property
    def changed(self) -> int:
        """How many existing ones it changes or takes out, those included that have a conflict in another field."""
        actions = (Action.CHANGED, Action.REMOVED)
        return sum(1 for item in self.items if item.changes or item.action in actions)


def counts_by_kind(items: Iterable[tuple[str, str]]) -> dict[str, dict[str, int]]:
    """How many of each kind and action there are among pairs of both."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, action in items:
        table[kind][action] += 1
    return {kind: dict(row) for kind, row in table.items()}
