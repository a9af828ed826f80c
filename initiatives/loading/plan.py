"""What a load would do: every record and entry of the files compared with the database. Nothing here writes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ..models import LoadedFact
from .checks import check_invariants, check_mentions, check_references
from .document import Document, SheetDocument
from .entries import EntryPlan, plan_entries, standing_entries
from .kinds import CHUNK, KINDS, Key, Values
from .merge import Action, Choices, Item, Take
from .problems import LoadError, Problem
from .reading import read_statements
from .records import Merging, RecordItem
from .scalars import VOCABULARY
from .statements import Statement

FactKey = tuple[str, str, str]


@dataclass(slots=True)
class Plan:
    """Everything that a load would do, in the order of writing."""

    documents: Sequence[Document]
    items: list[Item] = field(default_factory=list)
    records: dict[str, list[RecordItem]] = field(default_factory=dict)
    entries: EntryPlan = field(default_factory=EntryPlan)
    facts: dict[FactKey, Values] = field(default_factory=dict)
    stored_facts: dict[FactKey, Values] = field(default_factory=dict)
    # Records by kind that a person deleted after a load, and that stay so or are brought back.
    deleted: dict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))
    restored: dict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))

    def count(self, *actions: Action) -> int:
        return sum(1 for item in self.items if item.action in actions)

    @property
    def is_edit(self) -> bool:
        """Whether it is of sheets, which say what a person changes and are the base of no later load."""
        return any(isinstance(document, SheetDocument) for document in self.documents)

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """How many of each kind and action: ``{"initiative": {"new": 3}}``."""
        table: dict[str, Counter[str]] = defaultdict(Counter)
        for item in self.items:
            table[item.kind][item.action.value] += 1
        return {kind: dict(row) for kind, row in table.items()}

    @property
    def new(self) -> int:
        """How many records and entries the load adds; corrections of entries are changes."""
        return self.count(Action.NEW)

    @property
    def changed(self) -> int:
        """How many existing ones it changes, those included that have a conflict in another field."""
        return sum(1 for item in self.items if item.changes)


def make_plan(
    documents: Sequence[Document],
    *,
    take: Take | Choices | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> Plan:
    """Compare checked documents with the database; ``take`` says who wins conflicts, all or each.

    Raises LoadError with every fault: documents that disagree, references that lead nowhere, numbers used
    twice, circles.
    """
    choices = take if isinstance(take, Choices) else Choices(take)
    progress("Reading what the files say")
    problems = _repeated_sources(documents)
    statements = read_statements(documents)
    plan = Plan(documents)
    if plan.is_edit:
        plan.stored_facts = _bases_of_sheets(documents, plan)
    else:
        plan.stored_facts = _stored_facts({document.source for document in documents})
    progress("Comparing entries")
    plan.entries = plan_entries(statements.entries, plan.stored_facts, choices)
    statements.records += _existing_evidence(statements.evidence, plan.entries.refs, problems)
    finals: dict[str, dict[Key, Values]] = {}
    known: dict[str, set[Key]] = {}
    for kind in KINDS.values():
        progress(f"Comparing {kind.model._meta.verbose_name_plural}")
        merging = Merging(kind, plan, choices, problems)
        finals[kind.name] = merging.run([s for s in statements.records if s.kind == kind.name])
        known[kind.name] = {s.key for s in statements.records if s.kind == kind.name}
    progress("Checking references")
    problems += check_references(plan, known)
    problems += check_invariants(plan.records, finals)
    problems += check_mentions(plan)
    if problems:
        raise LoadError(problems)
    plan.items += plan.entries.items
    plan.facts |= plan.entries.facts
    if plan.is_edit:
        plan.facts, plan.stored_facts = {}, {}
    return plan


def _repeated_sources(documents: Iterable[Document]) -> list[Problem]:
    first: dict[str, Document] = {}
    problems = []
    for document in documents:
        if document.source == VOCABULARY:
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


def _bases_of_sheets(documents: Iterable[Document], plan: Plan) -> dict[FactKey, Values]:
    """What sheets were made with, in the place of what was loaded; rows that are as they were are the same."""
    found: dict[FactKey, Values] = {}
    for document in documents:
        if isinstance(document, SheetDocument):
            found |= {(document.source, *key): values for key, values in document.bases.items()}
            plan.items += [
                Item(kind, (name,), Action.SAME, file=document.name)
                for kind, name in document.untouched
            ]
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
