"""What entries are in other languages, in a load: merged by language and edited; no correction is made for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..exports.tables.base import in_chunks
from ..models import ENTRY_OF, Record
from ..models.translations import column_of, flat, nested
from ..recording.bulk_history import BATCH
from ..recording.translation import translate_all
from .kinds import Values
from .merge import ConflictChoices, MergeItem, merge
from .problems import LoadError, Problem
from .said import phrased
from .scalars import VOCABULARY
from .statements import EntryStatement

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(slots=True)
class TranslatedEntry:
    """What changes of the translations of an entry, by primary key; ``values`` are by name: “what.ja”."""

    item: MergeItem
    pk: int
    values: Values
    origin: str


class _TextRules:
    """Every translation is stated by the file of the entry alone, and has no default."""

    def default(self, name: str) -> Any:
        return None

    def refines(self, name: str, finer: Any, coarser: Any) -> bool:
        return False

    def is_stated_elsewhere(self, name: str, value: Any) -> bool:
        return False

    def names_elsewhere(self, name: str) -> str | None:
        return None

    def is_coarsened(self, name: str, value: Any) -> bool:
        return False


def translations_in(values: Values) -> Values:
    """Of what a load keeps of an entry what that is in other languages."""
    return {name: value for name, value in values.items() if column_of(name) != name}


def merge_translations(
    item: MergeItem, ours: Values, theirs: Values, base: Values, choices: ConflictChoices
) -> Values:
    """Sort translations into changes, conflicts and kept edits of ``item``; returns the base of the next load."""
    stated = [(theirs, translations_in(base))]
    (next_base,) = merge(item, ours, theirs, stated, choices, _TextRules())
    return next_base


def of_correction(
    statement: EntryStatement, values: Values, translations: Values, merged: MergeItem
) -> Values:
    """What a correction is in other languages: of a text that says the same in its own, what people wrote stays.

    ``values`` and ``translations`` are those of the entry that stands, ``merged`` is what changes of the latter.
    """

    def says_the_same(name: str) -> bool:
        own = ("language", name.partition(".")[0])
        return all(statement.values.get(field) == values.get(field) for field in own)

    together = translations | {change.field: change.theirs for change in merged.changes}
    stays = {name: text for name, text in together.items() if says_the_same(name)}
    stated = statement.translations
    return stays | {name: text for name, text in stated.items() if not says_the_same(name)}


def write_translations(
    entries: Sequence[TranslatedEntry],
    *,
    by: User | None,
    note: Callable[[type[Record], Iterable[int]], None],
) -> set[int]:
    """Write them with their versions, which ``note`` keeps; returns the initiatives (primary keys) that they are of.

    Raises LoadError where somebody changed one meanwhile.
    """
    initiatives: set[int] = set()
    of_kinds = [
        (model, batch)
        for kind, model in ENTRY_OF.items()
        for batch in in_chunks((entry for entry in entries if entry.item.kind == kind), BATCH)
    ]
    for model, batch in of_kinds:
        changed = {entry.pk: entry for entry in batch}
        locked: Any = model._base_manager.select_for_update(of=("self",), no_key=True)
        rows = list(locked.filter(pk__in=changed).order_by("pk"))
        for row in rows:
            entry = changed[row.pk]
            ours = flat(row.translations)
            if any(ours.get(c.field) != c.ours for c in entry.item.changes if "." in c.field):
                what = phrased(
                    "somebody changed %(name)s while this load was planned", name=entry.item.name
                )
                hint = phrased("nothing was written; load again")
                raise LoadError([Problem(entry.item.file, 0, what, hint)])
            row.translations = nested(ours | entry.values)
            row._change_reason = f"Loaded from {entry.origin}"
        documents = {
            row.pk: row.report_id
            for row in rows
            if row.report_id and changed[row.pk].item.source != VOCABULARY
        }
        translate_all(rows, by=by, reason="Loaded", documents=documents)
        note(model, [row.pk for row in rows])
        initiatives |= {row.initiative_id for row in rows}
    return initiatives
