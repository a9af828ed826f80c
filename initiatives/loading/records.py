"""Records in a load: each compared with the database and with what the last load wrote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..models import LoadedFact
from ..models.other_names import OtherNamesField
from ..models.precision import refines
from ..models.translations import field_of
from . import names
from .kinds import IN_FILE, Key, Kind, Values
from .merge import (
    DELETED,
    LOST,
    Action,
    ConflictChoices,
    ConflictSide,
    FieldChange,
    MergeItem,
    merge,
)
from .participants import STANDARD
from .plan_types import FactKey, Plan, RecordItem
from .problems import Missing, Problem, in_words
from .record_names import RecordNames
from .removal import is_removable, leaving
from .said import in_a_row, kind_word, phrased, together
from .scalars import VOCABULARY
from .statements import Statement
from .suggestions import did_you_mean

# What a record is called in a plan: the first of these that it has.
NAMES = ("title", "name", "text")


class RecordMerge:
    """The merge of all records of one kind."""

    def __init__(
        self,
        kind: Kind,
        plan: Plan,
        choices: ConflictChoices,
        problems: list[Problem],
        hints: RecordNames,
    ) -> None:
        self.kind, self.plan, self.choices, self.problems = kind, plan, choices, problems
        self.hints = hints
        self.to_write: list[RecordItem] = []
        # By record: what each file of this load stated of it when it was loaded last.
        self.last_stated: dict[str, list[tuple[str, Values]]] = defaultdict(list)
        for (source, name, key), values in plan.stored_facts.items():
            if name == kind.name:
                self.last_stated[key].append((source, values))

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
        removed = leaving(self.kind, gone, rows)
        self.plan.removed[self.kind.name] = list(removed.values())
        for key, bases in gone.items():
            if key in rows:
                action = Action.REMOVED if key in removed else Action.GONE
                item = MergeItem(self.kind.name, key, action, source=next(iter(bases)))
                item.title = _title(self.kind.read(rows[key]))
                self.plan.items.append(item)
        self.plan.records[self.kind.name] = self.to_write
        return finals

    def gone(self, by_key: dict[Key, list[Statement]]) -> dict[Key, dict[str, Values]]:
        """Records that files stated when they were loaded last, and no file states now: what each said, by source."""
        if self.plan.is_edit:
            # A row that has gone from a sheet says nothing.
            return {}
        stated = {(s.source, _text(key)) for key, all_of in by_key.items() for s in all_of}
        stated_names = {_text(key) for key in by_key}
        parts = len(self.kind.model.natural_key_lookups())
        gone: dict[Key, dict[str, Values]] = defaultdict(dict)
        for (source, kind, key), values in self.plan.stored_facts.items():
            if kind == self.kind.name and (source, key) not in stated:
                if not is_removable(kind, key):
                    self.plan.facts[source, kind, key] = values
                # A vocabulary may be several files, of which these are some; of the standard a load takes what is new.
                if key not in stated_names and source not in (VOCABULARY, STANDARD):
                    gone[tuple(key.split("/", parts - 1))][source] = values
        return gone

    def agreed(self, stated: list[Statement]) -> list[Statement]:
        """One statement a document; a problem where two give one field values of which none is the more precise."""
        first: dict[str, Statement] = {}
        for statement in stated:
            for name, value in statement.values.items():
                other = first.setdefault(name, statement)
                if self.is_names(name) or other.values[name] == value:
                    continue
                if self.is_settled_by_merge(other, statement, name):
                    continue
                if self.refines(name, other.values[name], value):
                    continue
                if self.refines(name, value, other.values[name]):
                    first[name] = statement
                else:
                    self.disagree(statement, other, name)
        merged: dict[str, Statement] = {}
        for statement in stated:
            if earlier := merged.get(statement.source):
                self.leave_out_settled(statement, earlier)
                together = self.union([earlier.values, statement.values])
                earlier.add(statement)
                earlier.values.update({n: v for n, v in together.items() if self.is_names(n)})
            else:
                merged[statement.source] = statement
        return list(merged.values())

    def is_settled_by_merge(self, one: Statement, other: Statement, name: str) -> bool:
        """Whether two documents say what they said when they were loaded last, of records that were merged since."""
        is_merged = (self.kind.name, _text(one.key)) in self.plan.merged_into
        return is_merged and self.is_settled(one, name) and self.is_settled(other, name)

    def fact(self, statement: Statement) -> tuple[str, str, str]:
        return (statement.source, self.kind.name, _text(statement.key))

    def is_settled(self, statement: Statement, name: str) -> bool:
        """Whether the document says what it said when it was loaded last, of whichever of the records merged since."""
        fact = self.fact(statement)
        bases = self.plan.merged_facts.get(fact) or [self.plan.stored_facts.get(fact) or {}]
        return any(base.get(name) == statement.values[name] for base in bases)

    def leave_out_settled(self, *statements: Statement) -> None:
        """Take out of what one document says of records that were merged what the one that was kept says otherwise."""
        for statement in statements:
            fact = self.fact(statement)
            base = self.plan.stored_facts.get(fact) or {}
            for name in [*statement.values] if fact in self.plan.merged_facts else ():
                if self.is_settled(statement, name) and name in base:
                    statement.values[name] = base[name]

    def is_names(self, name: str) -> bool:
        return isinstance(field_of(self.kind.model, name), OtherNamesField)

    def refines(self, name: str, finer: Any, coarser: Any) -> bool:
        return refines(field_of(self.kind.model, name), finer, coarser)

    def union(self, all_values: Iterable[Values]) -> Values:
        """What several documents say, of each field the most precise; names add up."""
        together: Values = {}
        for values in all_values:
            for name, value in values.items():
                if name in together and self.is_names(name):
                    together[name] = names.joined([together[name], value])
                elif name not in together or self.refines(name, value, together[name]):
                    together[name] = value
        return together

    def said_elsewhere(self, key: str) -> list[Values]:
        """What documents that are not among these said of a record when they were loaded last."""
        if self.plan.is_edit:
            # What a person edits in a sheet counts, whatever documents say.
            return []
        sources = {document.source for document in self.plan.documents}
        facts = LoadedFact.objects.about(self.kind.name, [key])
        return [
            values
            for source, values in facts.values_list("source", "values")
            if source not in sources
        ]

    def disagree(self, statement: Statement, other: Statement, name: str) -> None:
        place = in_a_row([other.document.name, in_words(other.line(name))])
        self.problems.append(
            Problem(
                statement.document.name,
                statement.line(name),
                phrased(
                    "%(name)s: %(key)s is %(value)s, but %(other)s in %(place)s",
                    name=_text(statement.key),
                    key=IN_FILE.get(name, name),
                    value=_quote(statement.values[name]),
                    other=_quote(other.values[name]),
                    place=place,
                ),
                phrased("say it in one file, or record a discrepancy"),
            )
        )

    def plan_record(
        self, key: Key, stated: list[Statement], ours: Values | None, pk: int | None
    ) -> Values | None:
        """Decide about one record; returns its values after the load, None where there will be no such record."""
        kind, theirs = self.kind.name, self.union(statement.values for statement in stated)
        item = MergeItem(kind, key, Action.SAME, source=stated[0].source)
        item.file = stated[0].document.name
        item.title = _title(theirs)
        self.plan.items.append(item)
        fact_keys = [(statement.source, kind, _text(key)) for statement in stated]
        bases = [self.plan.stored_facts.get(fact) for fact in fact_keys]
        was_loaded = any(base is not None for base in bases)
        owners = self.owners(key, stated)
        lost = any(owner in self.plan.deleted[of] for of, owner in owners)
        restored = any(owner in self.plan.restored[of] for of, owner in owners)
        if (
            ours is None
            and (lost or was_loaded)
            and not self.is_brought_back(item, stated, bases, restored=restored, lost=lost)
        ):
            self.leave_deleted(item, stated, bases, fact_keys, lost=lost)
            return None
        if ours is None:
            if not self.is_complete(theirs, stated[0]):
                return None
            if was_loaded:
                self.plan.restored[kind].add(key)
            item.action, item.note = Action.NEW, stated[0].document.note
            self.to_write.append(RecordItem(item, theirs, stated))
            self.plan.facts |= {f: s.values for f, s in zip(fact_keys, stated, strict=True)}
            return self.kind.defaults | theirs
        handed_over = self.handed_over(key, stated, ours)
        pairs = [
            (s.values, {n: handed_over[n] for n in s.values.keys() & handed_over} | (base or {}))
            for s, base in zip(stated, bases, strict=True)
        ]
        rules = _FieldRules(self, _text(key))
        new_bases = merge(item, ours, theirs, pairs, self.choices, rules)
        self.plan.facts.update(zip(fact_keys, new_bases, strict=True))
        changed = {change.field: change.theirs for change in item.changes}
        if changed:
            self.to_write.append(RecordItem(item, changed, stated, pk))
        return ours | changed

    def handed_over(self, key: Key, stated: list[Statement], ours: Values) -> Values:
        """What stands as files stated it that say so no more: no person wrote it, so that another file may."""
        now = {statement.source: statement.values for statement in stated}
        return {
            name: value
            for source, values in self.last_stated[_text(key)]
            for name, value in values.items()
            if value == ours.get(name) and value != now.get(source, {}).get(name)
        }

    def owners(self, key: Key, stated: list[Statement]) -> list[tuple[str, Key]]:
        """The records that this one belongs to and is deleted with."""
        references = self.kind.references
        named = zip(self.kind.model.natural_key_fields, key, strict=True)
        owners = [
            (str(references[name]._meta.model_name), (part,))
            for name, part in named
            if name in references
        ]
        return owners + [statement.subject for statement in stated if statement.subject]

    def is_brought_back(
        self,
        item: MergeItem,
        stated: list[Statement],
        bases: list[Values | None],
        *,
        restored: bool,
        lost: bool,
    ) -> bool:
        """Whether the file wins over a deletion: it has changed since, or what the record belongs to comes back."""
        file_wins = self.choices.of(item) == ConflictSide.FILE and not _unchanged(stated, bases)
        return not lost and (restored or file_wins)

    def leave_deleted(
        self,
        item: MergeItem,
        stated: list[Statement],
        bases: list[Values | None],
        fact_keys: list[FactKey],
        *,
        lost: bool,
    ) -> None:
        """Leave out what a person deleted after a load; it is a conflict if the file has changed since."""
        settled = self.choices.of(item) == ConflictSide.DATABASE or _unchanged(stated, bases)
        item.action = Action.KEPT if settled else Action.CONFLICT
        item.note = LOST if lost else DELETED
        item.follows = lost
        self.plan.deleted[self.kind.name].add(item.key)
        if not settled:
            _note_unused(item, stated, bases)
        for fact, statement, base in zip(fact_keys, stated, bases, strict=True):
            if settled:
                self.plan.facts[fact] = statement.values
            elif base is not None:
                self.plan.facts[fact] = base

    def is_complete(self, theirs: Values, statement: Statement) -> bool:
        missing = [name for name in self.kind.required if name not in theirs]
        if missing:
            what = phrased(
                "the %(kind)s “%(key)s” is not known yet, and no file says its %(keys)s",
                kind=kind_word(self.kind.model),
                key=_text(statement.key),
                keys=together(missing),
            )
            line = statement.line("id")
            near = self.hints.nearest(self.kind.name, statement.key[0], without=statement.key[0])
            hint = did_you_mean(near) or phrased("correct the id, or describe it in full once")
            unknown = Missing(self.kind.name, _text(statement.key), near)
            self.problems.append(
                Problem(statement.document.name, line, what, hint, missing=unknown)
            )
        return not missing


def _title(values: Values) -> str:
    return next((str(values[name]) for name in NAMES if values.get(name)), "")


def _note_unused(item: MergeItem, stated: list[Statement], bases: list[Values | None]) -> None:
    """Note what the first document that has changed says of a record that was deleted."""
    pairs = zip(stated, bases, strict=True)
    statement, base = next(pair for pair in pairs if pair[0].values != pair[1])
    item.source, item.file = statement.source, statement.document.name
    before = base or {}
    item.unused = [
        FieldChange(name, before.get(name), None, statement.values.get(name))
        for name in dict.fromkeys((*statement.values, *before))
        if before.get(name) != statement.values.get(name)
    ]


def _unchanged(stated: list[Statement], bases: list[Values | None]) -> bool:
    return all(statement.values == base for statement, base in zip(stated, bases, strict=True))


def _text(key: Key) -> str:
    return "/".join(key)


def _quote(value: Any) -> str:
    text = str(value)
    shown = f"{text[:77]}…" if len(text) > 80 else text
    return phrased("“%(text)s”", text=shown)


@dataclass
class _FieldRules:
    """The rules of the fields of one record, with what files said of it that are not loaded now."""

    merging: RecordMerge
    key: str
    others: list[Values] | None = None

    def default(self, name: str) -> Any:
        return self.merging.kind.defaults.get(name)

    def refines(self, name: str, finer: Any, coarser: Any) -> bool:
        return self.merging.refines(name, finer, coarser)

    def is_stated_elsewhere(self, name: str, value: Any) -> bool:
        return any(values.get(name) == value for values in self.said_elsewhere())

    def names_elsewhere(self, name: str) -> str | None:
        if not self.merging.is_names(name):
            return None
        return names.joined(values.get(name) for values in self.said_elsewhere())

    def is_coarsened(self, name: str, value: Any) -> bool:
        said = (values.get(name) for values in self.said_elsewhere())
        return any(self.refines(name, other, value) for other in said)

    def said_elsewhere(self) -> list[Values]:
        if self.others is None:
            self.others = self.merging.said_elsewhere(self.key)
        return self.others
