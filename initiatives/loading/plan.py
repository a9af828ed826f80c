"""What a load would do: every record and entry of the files compared with the database. Nothing here writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from types import MappingProxyType

from ..models import LoadedFact
from ..recording.record_ids import AddressBook
from .all_members import AllMembers
from .checks import (
    check_evidence,
    check_invariants,
    check_mentions,
    check_references,
    check_reviews,
)
from .days import check_days
from .delegations import check_delegations
from .document import Document, SheetDocument, id_line
from .duplicates import check_duplicates, without_repeated
from .entries import initiative_of, plan_entries, stored_entries
from .entry_texts import plan_entry_texts
from .former_ids import check_new_ids, folded, with_ids_of_today
from .kinds import CHUNK, KINDS, Key, Values
from .language_versions import name_heads
from .made_ids import with_ids
from .merge import Action, ConflictChoices, ConflictSide, MergeItem
from .origins import add_origins
from .participants import STANDARD, with_codes
from .plan_types import FactKey, Plan
from .problems import LoadError, Missing, Problem
from .reading import read_statements
from .record_names import RecordNames
from .records import RecordMerge
from .reinstatement import reinstate_undone
from .said import kinds_word, phrased
from .same_as import Answers, with_known_ids
from .scalars import VOCABULARY
from .schema_faults import UPDATE_REF
from .statements import Statement
from .target_names import check_numbers, name_targets
from .tombstones import check_removed_entries, check_withdrawn_initiatives


def make_plan(
    documents: Sequence[Document],
    *,
    take: ConflictSide | ConflictChoices | None = None,
    answers: Answers = MappingProxyType({}),
    progress: Callable[[str], None] = lambda step: None,
) -> Plan:
    """Compare checked documents with the database; ``take`` says who wins conflicts, all or each.

    ``answers`` say of rows that look as if they were twice whether they are.

    Raises LoadError with every fault: documents that disagree, references that lead nowhere, numbers used
    twice, circles.
    """
    choices = take if isinstance(take, ConflictChoices) else ConflictChoices(take)
    progress(phrased("Reading what the files say"))
    problems: list[Problem] = []
    book = AddressBook()
    documents, made_ids = with_ids(with_ids_of_today(documents, book), problems)
    are_ids_settled = not problems
    documents = with_ids_of_today(with_known_ids(documents, answers), book)
    documents, states = with_codes(documents, book)
    problems += _repeated_sources(documents)
    statements = read_statements([*documents, *states])
    name_heads(statements.records)
    statements.entries = without_repeated(statements.entries, answers)
    plan = Plan(documents, made_ids=made_ids)
    if plan.is_edit:
        plan.stored_facts = _bases_of_sheets(documents, plan) | _stored_facts({STANDARD})
    else:
        plan.stored_facts = _stored_facts({STANDARD, *(document.source for document in documents)})
    plan.stored_facts, plan.merged_facts, plan.merged_into = folded(plan.stored_facts, book)
    name_targets(statements, plan.stored_facts, problems)
    progress(phrased("Comparing entries"))
    members = AllMembers(statements.records, plan.stored_facts)
    plan.entries = plan_entries(
        statements.entries, plan.stored_facts, choices, members, problems, book
    )
    plan_entry_texts(
        statements.entry_texts, plan.entries, plan.stored_facts, choices, problems, book
    )
    statements.records += _existing_evidence(statements.evidence, plan.entries.refs, problems, book)
    hints = RecordNames(statements.records)
    finals: dict[str, dict[Key, Values]] = {}
    stated: dict[str, set[Key]] = {}
    for kind in KINDS.values():
        progress(phrased("Comparing %(kinds)s", kinds=kinds_word(kind.model)))
        merging = RecordMerge(kind, plan, choices, problems, hints)
        finals[kind.name] = merging.run([s for s in statements.records if s.kind == kind.name])
        stated[kind.name] = {s.key for s in statements.records if s.kind == kind.name}
    progress(phrased("Checking references"))
    problems += check_references(plan, stated, hints)
    problems += check_invariants(plan.records, finals)
    problems += check_mentions(plan)
    problems += check_evidence(plan)
    problems += check_numbers(plan)
    problems += check_delegations(plan)
    problems += check_reviews(plan)
    problems += check_new_ids(plan)
    problems += check_removed_entries(plan, book)
    reinstate_undone(plan)
    problems += check_withdrawn_initiatives(plan)
    if are_ids_settled:
        problems += check_duplicates(plan, answers)
    problems += check_days(plan, finals)
    if problems:
        raise LoadError(problems)
    plan.items += plan.entries.items
    plan.facts |= plan.entries.facts
    add_origins(plan.items)
    if plan.is_edit:
        # What sheets say is the base of no later load; what the standard says is.
        plan.facts = {fact: v for fact, v in plan.facts.items() if fact[0] == STANDARD}
        plan.stored_facts = {f: v for f, v in plan.stored_facts.items() if f in plan.facts}
    return plan


def _repeated_sources(documents: Iterable[Document]) -> list[Problem]:
    first: dict[str, Document] = {}
    problems = []
    for document in documents:
        if document.source == VOCABULARY:
            continue
        if other := first.get(document.source):
            what = phrased(
                "“%(source)s” is in %(name)s already", source=document.source, name=other.name
            )
            hint = phrased("give each report and each review its own id")
            problems.append(Problem(document.name, id_line(document), what, hint))
        first.setdefault(document.source, document)
    return problems


def _stored_facts(sources: Iterable[str]) -> dict[FactKey, Values]:
    names, facts = sorted(sources), {}
    for start in range(0, len(names), CHUNK):
        rows = LoadedFact.objects.filter(source__in=names[start : start + CHUNK])
        for source, kind, key, values in rows.values_list("source", "kind", "key", "values"):
            facts[source, kind, key] = values
    return facts


def _bases_of_sheets(documents: Iterable[Document], plan: Plan) -> dict[FactKey, Values]:
    """What sheets were made with, in the place of what was loaded; rows that are as they were are the same."""
    bases: dict[FactKey, Values] = {}
    for document in documents:
        if isinstance(document, SheetDocument):
            bases |= {(document.source, *key): values for key, values in document.bases.items()}
            plan.items += [
                MergeItem(kind, (name,), Action.SAME, file=document.name)
                for kind, name in document.untouched
            ]
    return bases


def _existing_evidence(
    evidence: Iterable[Statement], refs: set[str], problems: list[Problem], book: AddressBook
) -> list[Statement]:
    """The citations of updates that exist; the others become problems."""
    statements: list[Statement] = []
    missing: list[Statement] = []
    for statement in evidence:
        (statements if _update_ref(statement) in refs else missing).append(statement)
    if missing:
        # Of initiatives that these files do not update themselves.
        slugs = {initiative_of(_update_ref(statement), book) for statement in missing}
        refs = refs | stored_entries("statusupdate", slugs)[0]
    for statement in missing:
        if (ref := _update_ref(statement)) in refs:
            statements.append(statement)
            continue
        near = sorted(r for r in refs if r.split("/")[1] == ref.split("/")[1])[:3]
        hint = phrased("its updates: %(near)s", near=near) if near else UPDATE_REF
        what = phrased("there is no update “%(ref)s”", ref=ref)
        place = statement.line("update")
        unknown = Missing("statusupdate", ref, hint)
        problems.append(Problem(statement.document.name, place, what, hint, missing=unknown))
    return statements


def _update_ref(evidence: Statement) -> str:
    assert evidence.subject
    return evidence.subject[1][0]
