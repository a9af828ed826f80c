"""What a load would do: every record and entry of the files compared with the database. Nothing here writes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..models import LoadedFact
from .checks import check_invariants, check_references
from .document import Document
from .entries import EntryPlan, plan_entries, standing_entries
from .kinds import CHUNK, KINDS, Key, Kind, Values
from .merge import Action, Item, Take, merge
from .problems import LoadError, Problem
from .statements import Statement, Statements

FactKey = tuple[str, str, str]


@dataclass(slots=True)
class RecordItem:
    """A record to create or to change; ``values`` are the fields to write."""

    item: Item
    values: Values
    statements: list[Statement]
    pk: int | None = None


@dataclass(slots=True)
class Plan:
    """Everything that a load would do, in the order of writing."""

    documents: Sequence[Document]
    items: list[Item] = field(default_factory=list)
    records: dict[str, list[RecordItem]] = field(default_factory=dict)
    entries: EntryPlan = field(default_factory=EntryPlan)
    facts: dict[FactKey, Values] = field(default_factory=dict)
    stored_facts: dict[FactKey, Values] = field(default_factory=dict)

    def count(self, *actions: Action) -> int:
        return sum(1 for item in self.items if item.action in actions)

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many of each kind and action: ``{"initiative": {"new": 3}}``."""
        table: dict[str, Counter[str]] = defaultdict(Counter)
        for item in self.items:
            table[item.kind][item.action.value] += 1
        return {kind: dict(row) for kind, row in table.items()}

    @property
    def changes_nothing(self) -> bool:
        return not self.count(Action.NEW, Action.CHANGED) and self.facts == self.stored_facts


def make_plan(
    documents: Sequence[Document],
    *,
    take: Take | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Plan:
    """Compare checked documents with the database.

    Raises LoadError with every fault: documents that disagree, references that lead nowhere, numbers used
    twice, circles.
    """
    progress("Reading what the files say")
    statements = Statements()
    problems = _repeated_sources(documents)
    for document in documents:
        statements.add(document)
    plan = Plan(documents)
    plan.stored_facts = _stored_facts({document.source for document in documents})
    progress("Comparing entries")
    plan.entries = plan_entries(statements.entries, plan.stored_facts, take)
    statements.records += _existing_evidence(statements.evidence, plan.entries.refs, problems)
    finals: dict[str, dict[Key, Values]] = {}
    known: dict[str, set[Key]] = {}
    for kind in KINDS.values():
        progress(f"Comparing {kind.model._meta.verbose_name_plural}")
        merging = _Merging(kind, plan, take, problems)
        finals[kind.name] = merging.run([s for s in statements.records if s.kind == kind.name])
        known[kind.name] = {s.key for s in statements.records if s.kind == kind.name}
    progress("Checking references")
    problems += check_references(plan, known)
    if not problems:
        problems += check_invariants(plan.records, finals)
    if problems:
        raise LoadError(problems)
    plan.items += plan.entries.items
    plan.facts |= plan.entries.facts
    return plan


def _repeated_sources(documents: Iterable[Document]) -> list[Problem]:
    first: dict[str, Document] = {}
    problems = []
    for document in documents:
        if document.source == "vocabulary":
            continue
        if other := first.get(document.source):
            what = f"the report “{document.source}” is in {other.name} already"
            line = document.line(("report", "id"))
            problems.append(Problem(document.name, line, what, "give each report its own id"))
        first.setdefault(document.source, document)
    return problems


def _stored_facts(sources: Iterable[str]) -> dict[FactKey, Values]:
    names, found = sorted(sources), {}
    for start in range(0, len(names), CHUNK):
        rows = LoadedFact.objects.filter(source__in=names[start : start + CHUNK])
        for source, kind, key, values in rows.values_list("source", "kind", "key", "values"):
            found[source, kind, key] = values
    return found


def _existing_evidence(
    evidence: Iterable[Statement], refs: set[str], problems: list[Problem]
) -> list[Statement]:
    """The citations of updates that exist; the others become problems."""
    found: list[Statement] = []
    missing: list[Statement] = []
    for statement in evidence:
        (found if _update_ref(statement) in refs else missing).append(statement)
    if missing:
        # Of initiatives that these files do not update themselves.
        wanted = {_update_ref(statement).split("/")[1] for statement in missing}
        refs = refs | standing_entries("statusupdate", wanted)[0]
    for statement in missing:
        if (ref := _update_ref(statement)) in refs:
            found.append(statement)
            continue
        near = sorted(r for r in refs if r.split("/")[1] == ref.split("/")[1])[:3]
        hint = f"its updates: {', '.join(near)}" if near else "report id/initiative id/date"
        what = f"there is no update “{ref}”"
        problems.append(Problem(statement.document.name, statement.line("update"), what, hint))
    return found


def _update_ref(evidence: Statement) -> str:
    assert evidence.subject
    return evidence.subject[1][0]


class _Merging:
    """The merge of all records of one kind."""

    def __init__(self, kind: Kind, plan: Plan, take: Take | None, problems: list[Problem]) -> None:
        self.kind, self.plan, self.take, self.problems = kind, plan, take, problems
        self.to_write: list[RecordItem] = []

    def run(self, statements: Sequence[Statement]) -> dict[Key, Values]:
        """Plan every record stated, and return the values that each will have."""
        by_key: dict[Key, list[Statement]] = defaultdict(list)
        for statement in statements:
            by_key[statement.key].append(statement)
        gone = self.gone(by_key)
        rows = dict(self.kind.existing([*by_key, *gone]))
        finals = {}
        for key, stated in by_key.items():
            row = rows.get(key)
            ours = self.kind.read(row) if row else None
            final = self.plan_record(key, self.agreed(stated), ours, row.pk if row else None)
            if final is not None:
                finals[key] = final
        for key, source in gone.items():
            if key in rows:
                item = Item(self.kind.name, key, Action.GONE, source=source)
                self.plan.items.append(item)
        self.plan.records[self.kind.name] = self.to_write
        return finals

    def gone(self, by_key: dict[Key, list[Statement]]) -> dict[Key, str]:
        """Records that a file stated when it was loaded last, and states no more."""
        stated = {(s.source, _text(key)) for key, all_of in by_key.items() for s in all_of}
        known = {_text(key) for key in by_key}
        parts = len(self.kind.model.natural_key_lookups())
        found = {}
        for (source, kind, key), values in self.plan.stored_facts.items():
            if kind == self.kind.name and (source, key) not in stated:
                self.plan.facts[source, kind, key] = values
                if key not in known:
                    found[tuple(key.split("/", parts - 1))] = source
        return found

    def agreed(self, stated: list[Statement]) -> list[Statement]:
        """One statement a document; a problem where two give one field different values."""
        first: dict[str, Statement] = {}
        for statement in stated:
            for name, value in statement.values.items():
                other = first.setdefault(name, statement)
                if other.values[name] != value:
                    self.disagree(statement, other, name)
        merged: dict[str, Statement] = {}
        for statement in stated:
            if earlier := merged.get(statement.source):
                earlier.values.update(statement.values)
            else:
                merged[statement.source] = statement
        return list(merged.values())

    def disagree(self, statement: Statement, other: Statement, name: str) -> None:
        place = f"{other.document.name}, line {other.line(name)}"
        self.problems.append(
            Problem(
                statement.document.name,
                statement.line(name),
                f"{_text(statement.key)}: {name} is {_quote(statement.values[name])}, but "
                f"{_quote(other.values[name])} in {place}",
                "say it in one file, or record a discrepancy",
            )
        )

    def plan_record(
        self, key: Key, stated: list[Statement], ours: Values | None, pk: int | None
    ) -> Values | None:
        """Decide about one record; returns its values after the load, None where it stays deleted."""
        kind, theirs = self.kind.name, _union(statement.values for statement in stated)
        item = Item(kind, key, Action.SAME, source=stated[0].source)
        item.file = stated[0].document.name
        item.title = theirs.get("title") or theirs.get("name") or ""
        self.plan.items.append(item)
        fact_keys = [(statement.source, kind, _text(key)) for statement in stated]
        bases = [self.plan.stored_facts.get(fact) for fact in fact_keys]
        if ours is None and any(base is not None for base in bases) and self.take != Take.FILE:
            self.deleted(item, stated, bases, fact_keys)
            return None
        if ours is None:
            if not self.is_complete(theirs, stated[0]):
                return None
            item.action = Action.NEW
            self.to_write.append(RecordItem(item, theirs, stated))
            for fact, statement in zip(fact_keys, stated, strict=True):
                self.plan.facts[fact] = statement.values
            return self.kind.defaults | theirs
        pairs = [(s.values, base) for s, base in zip(stated, bases, strict=True)]
        new_bases = merge(item, ours, pairs, self.take, self.kind.defaults)
        self.plan.facts.update(zip(fact_keys, new_bases, strict=True))
        changed = {change.field: change.theirs for change in item.changes}
        if changed:
            self.to_write.append(RecordItem(item, changed, stated, pk))
        return ours | changed

    def deleted(
        self,
        item: Item,
        stated: list[Statement],
        bases: list[Values | None],
        fact_keys: list[FactKey],
    ) -> None:
        """A person deleted what an earlier load created: it stays so, and is a conflict if the file changed."""
        unchanged = all(s.values == base for s, base in zip(stated, bases, strict=True))
        settled = unchanged or self.take == Take.DATABASE
        item.action = Action.KEPT if settled else Action.CONFLICT
        for fact, statement, base in zip(fact_keys, stated, bases, strict=True):
            self.plan.facts[fact] = statement.values if settled else (base or {})

    def is_complete(self, theirs: Values, statement: Statement) -> bool:
        missing = [name for name in self.kind.required if name not in theirs]
        if missing:
            what = (
                f"the {self.kind.model._meta.verbose_name} “{_text(statement.key)}” is not known"
                f" yet, and no file says its {' and '.join(missing)}"
            )
            line = statement.line("id")
            hint = "correct the id, or describe it in full once"
            self.problems.append(Problem(statement.document.name, line, what, hint))
        return not missing


def _text(key: Key) -> str:
    return "/".join(key)


def _quote(value: Any) -> str:
    text = str(value)
    return f"“{text[:77]}…”" if len(text) > 80 else f"“{text}”"


def _union(all_values: Iterable[Values]) -> Values:
    together: Values = {}
    for values in all_values:
        together |= values
    return together
