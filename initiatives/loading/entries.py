"""Mentions and updates in a load: matched with what the file said last time, corrected but never edited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..actions import free_ref
from ..models import Entry, Mention, StatusUpdate
from .kinds import CHUNK, Values, plain
from .merge import Action, Item, Take, differences
from .statements import EntryStatement

MODELS: dict[str, type[Entry]] = {"mention": Mention, "statusupdate": StatusUpdate}
COLUMNS = {
    "mention": ("act", "locator", "quote", "quote_language", "note"),
    "statusupdate": ("status", "on", "what", "locator", "participant__code", "note"),
}


@dataclass(slots=True)
class Standing:
    """The head of a chain of corrections as it stands in the database."""

    pk: int
    values: Values
    withdrawn: bool


@dataclass(slots=True)
class EntryItem:
    """An entry to write: a new one, or a correction of the entry with that primary key."""

    item: Item
    statement: EntryStatement
    ref: str
    corrects: int | None = None


@dataclass(slots=True)
class EntryPlan:
    items: list[Item] = field(default_factory=list)
    to_write: list[EntryItem] = field(default_factory=list)
    facts: dict[tuple[str, str, str], Values] = field(default_factory=dict)
    refs: set[str] = field(default_factory=set)


def plan_entries(
    statements: Sequence[EntryStatement],
    facts: dict[tuple[str, str, str], Values],
    take: Take | None,
) -> EntryPlan:
    """Compare what files say of entries with what stands; ``facts`` are the bases of the sources concerned."""
    plan = EntryPlan()
    for kind in MODELS:
        of_kind = [statement for statement in statements if statement.kind == kind]
        bases = {(source, ref): values for (source, of, ref), values in facts.items() if of == kind}
        initiatives = {statement.initiative for statement in of_kind}
        initiatives |= {ref.split("/")[1] for _source, ref in bases}
        taken, standing = standing_entries(kind, initiatives)
        _Matching(plan, kind, taken, standing, take).match(of_kind, bases)
        plan.refs |= taken
    return plan


def standing_entries(kind: str, initiatives: Iterable[str]) -> tuple[set[str], dict[str, Standing]]:
    """All refs of entries of these initiatives, and for each the head of its chain of corrections."""
    model, names = MODELS[kind], COLUMNS[kind]
    refs: dict[int, str] = {}
    heads: dict[int, Standing] = {}
    corrected_by: dict[int, int] = {}
    slugs = sorted(initiatives)
    for start in range(0, len(slugs), CHUNK):
        rows = model._default_manager.filter(initiative__slug__in=slugs[start : start + CHUNK])
        columns = ("pk", "ref", "corrects_id", "withdrawn_at", *names)
        for pk, ref, corrects, withdrawn_at, *values in rows.values_list(*columns):
            refs[pk] = ref
            if corrects:
                corrected_by[corrects] = pk
            stands = {
                name.removesuffix("__code"): value
                for name, raw in zip(names, values, strict=True)
                if (value := plain(raw)) is not None
            }
            heads[pk] = Standing(pk, stands, withdrawn_at is not None)
        if kind == "mention":
            _add_participants(rows, heads)
    return set(refs.values()), {ref: heads[_head(pk, corrected_by)] for pk, ref in refs.items()}


def _head(pk: int, corrected_by: dict[int, int]) -> int:
    while pk in corrected_by:
        pk = corrected_by[pk]
    return pk


def _add_participants(rows: Any, heads: dict[int, Standing]) -> None:
    pairs = rows.filter(by__isnull=False).order_by("by__code").values_list("pk", "by__code")
    for pk, code in pairs:
        heads[pk].values.setdefault("by", []).append(code)


class _Matching:
    """Pairs what each file says of each initiative with what it said when it was loaded last."""

    def __init__(
        self,
        plan: EntryPlan,
        kind: str,
        taken: set[str],
        standing: dict[str, Standing],
        take: Take | None,
    ) -> None:
        self.plan, self.kind, self.taken = plan, kind, taken
        self.standing, self.take = standing, take

    def match(
        self, statements: Iterable[EntryStatement], bases: dict[tuple[str, str], Values]
    ) -> None:
        theirs: dict[tuple[str, str], list[EntryStatement]] = defaultdict(list)
        for statement in statements:
            theirs[statement.source, statement.initiative].append(statement)
        earlier: dict[tuple[str, str], dict[str, Values]] = defaultdict(dict)
        for (source, ref), values in bases.items():
            earlier[source, ref.split("/")[1]][ref] = values
        for key in dict.fromkeys((*theirs, *earlier)):
            self.pair(theirs.get(key, []), earlier.get(key, {}), source=key[0])

    def pair(
        self, statements: list[EntryStatement], bases: dict[str, Values], *, source: str
    ) -> None:
        """Same words first, then same date or act, then the order in the file."""
        left, bases = list(statements), dict(bases)
        marker = "on" if self.kind == "statusupdate" else "act"
        tests = (
            lambda base, theirs: base == theirs,
            lambda base, theirs: base.get(marker) == theirs.get(marker),
            lambda base, theirs: True,
        )
        pairs: list[tuple[EntryStatement, str, Values]] = []
        for test in tests:
            for statement in list(left):
                ref = next((r for r, b in bases.items() if test(b, statement.values)), None)
                if ref is not None:
                    pairs.append((statement, ref, bases.pop(ref)))
                    left.remove(statement)
        for statement, ref, base in pairs:
            self.compare(statement, ref, base)
        for statement in left:
            self.add(statement, None)
        for ref, base in bases.items():
            stands = self.standing.get(ref)
            if stands and not stands.withdrawn:
                item = Item(self.kind, (ref,), Action.GONE, source=source)
                self.plan.items.append(item)
            self.plan.facts[source, self.kind, ref] = base

    def compare(self, statement: EntryStatement, ref: str, base: Values) -> None:
        theirs, stands = statement.values, self.standing.get(ref)
        if stands is None:
            self.add(statement, None)
            return
        # A withdrawn entry says nothing any more; to say it again is a new entry.
        ours = {} if stands.withdrawn else stands.values
        item = Item(self.kind, (ref,), Action.SAME, source=statement.source)
        item.file = statement.document.name
        changes = differences(base, ours, theirs)
        new_base = theirs
        if changes and theirs == base:
            item.kept = changes
        elif changes and stands.withdrawn and self.take == Take.FILE:
            self.add(statement, None)
            return
        elif changes and (ours == base or self.take == Take.FILE):
            item.changes = changes
            self.add(statement, stands.pk, item, ref)
        elif changes and self.take == Take.DATABASE:
            item.kept = changes
        elif changes:
            item.conflicts, new_base = changes, base
        item.settle()
        self.plan.items.append(item)
        self.plan.facts[statement.source, self.kind, ref] = new_base

    def add(
        self,
        statement: EntryStatement,
        corrects: int | None,
        item: Item | None = None,
        fact: str | None = None,
    ) -> None:
        last = statement.values.get("on", "undated")
        if self.kind == "mention":
            last = statement.values["act"]
        ref = free_ref(f"{statement.source}/{statement.initiative}/{last}", self.taken)
        if item is None:
            item = Item(self.kind, (ref,), Action.NEW, source=statement.source)
            item.file = statement.document.name
            item.title = statement.values.get("what", "")
            self.plan.items.append(item)
        self.plan.facts[statement.source, self.kind, fact or ref] = statement.values
        self.plan.to_write.append(EntryItem(item, statement, ref, corrects))
