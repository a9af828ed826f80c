"""The rows of a sheet that say what entries are in other languages."""

from __future__ import annotations

from collections.abc import Sequence

from ..models import ENTRY_OF
from ..recording.record_ids import AddressBook
from .entries import EntryPlan, initiative_of, stored_entries
from .entry_translations import TranslatedEntry, merge_translations
from .kinds import Values
from .merge import Action, ConflictChoices, MergeItem
from .plan_types import FactKey
from .problems import Problem
from .said import phrased
from .statements import Statement

# Of what the sheet was made with; that of the entry itself is kept under its own kind.
TRANSLATION = "translation"


def plan_entry_texts(
    statements: Sequence[Statement],
    plan: EntryPlan,
    bases: dict[FactKey, Values],
    choices: ConflictChoices,
    problems: list[Problem],
    book: AddressBook,
) -> None:
    """Compare each with the entry that stands; what the same load corrects is corrected with it."""
    for kind in ENTRY_OF:
        of_kind = [statement for statement in statements if statement.kind == kind]
        _plan_kind(kind, of_kind, plan, bases, choices, problems, book)


def _plan_kind(
    kind: str,
    statements: Sequence[Statement],
    plan: EntryPlan,
    bases: dict[FactKey, Values],
    choices: ConflictChoices,
    problems: list[Problem],
    book: AddressBook,
) -> None:
    corrections = {w.corrects: w for w in plan.to_write if w.item.kind == kind and w.corrects}
    by_ref: dict[str, Statement] = {}
    for statement in statements:
        if earlier := by_ref.get(statement.key[0]):
            earlier.add(statement)
        else:
            by_ref[statement.key[0]] = statement
    named = {initiative_of(ref, book) for ref in by_ref if ref.count("/") >= 2}
    standing = stored_entries(kind, named)[1] if named else {}
    for ref, statement in by_ref.items():
        stands = standing.get(ref)
        if stands is None or stands.withdrawn:
            about = {"kind": ENTRY_OF[kind].word, "key": ref[:100]}
            what = phrased("there is no %(kind)s “%(key)s”", **about)
            if stands:
                what = phrased("%(kind)s “%(key)s” is withdrawn", **about)
            hint = phrased("download the workbook anew")
            problems.append(Problem(statement.document.name, statement.line("id"), what, hint))
            continue
        item = MergeItem(kind, (ref,), Action.SAME, source=statement.source)
        item.file = statement.document.name
        base = bases.get((statement.source, TRANSLATION, ref), {})
        merge_translations(item, stands.translations, statement.values, base, choices)
        values = {change.field: change.theirs for change in item.changes}
        if written := corrections.get(stands.pk):
            together = written.translations | values
            written.translations = {name: text for name, text in together.items() if text}
            written.item.take_in(item)
            continue
        if values:
            origin = statement.document.origin
            plan.translated.append(TranslatedEntry(item, stands.pk, values, origin))
        plan.items.append(item)
