"""Entries in a load: matched with what the file said last time, corrected but never edited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..models import ENTRY_OF, Entry, Translated
from ..models.criteria import READING
from ..models.follow_up import LOOK
from ..models.precision import refines
from ..models.slugs import as_key
from ..models.translations import ORIGINAL, column_of, flat
from ..models.vocabulary import Act
from ..recording.record_ids import AddressBook
from ..recording.refs import NO_REPORT, free_ref
from .all_members import WAS_ALL, AllMembers
from .entry_translations import TranslatedEntry, merge_translations, of_correction
from .kinds import CHUNK, Values, plain
from .matching import match
from .merge import (
    WITHDRAWN,
    Action,
    ConflictChoices,
    ConflictSide,
    FieldChange,
    MergeItem,
    differences,
)
from .problems import Problem
from .said import Said, as_json, phrased
from .scalars import ALL, VOCABULARY
from .statements import EntryStatement

COLUMNS = {
    "mention": (
        "act",
        "locator",
        "quote",
        "quote_language",
        "note",
        "due_on",
        "due_at__slug",
        "due_dropped",
        "due_note",
        "condition",
        "condition_lifted",
    ),
    "criterion": ("verifiability", "what", "why", "language", "locator", *READING, "note"),
    "statusupdate": (
        "status",
        "on",
        "what",
        "language",
        "locator",
        "target__ref",
        "value",
        *LOOK,
        "participant__code",
        "note",
    ),
}


@dataclass(slots=True)
class StoredEntry:
    """The head of a chain of corrections as it stands in the database."""

    pk: int
    values: Values
    withdrawn: bool
    # By name: “what.ja”.
    translations: Values


@dataclass(slots=True)
class EntryItem:
    """An entry to write: a new one, or a correction of the entry with that primary key."""

    item: MergeItem
    statement: EntryStatement
    ref: str
    corrects: int | None = None
    translations: Values = field(default_factory=dict)


@dataclass(slots=True)
class EntryPlan:
    items: list[MergeItem] = field(default_factory=list)
    to_write: list[EntryItem] = field(default_factory=list)
    translated: list[TranslatedEntry] = field(default_factory=list)
    facts: dict[tuple[str, str, str], Values] = field(default_factory=dict)
    refs: set[str] = field(default_factory=set)


def plan_entries(
    statements: Sequence[EntryStatement],
    facts: dict[tuple[str, str, str], Values],
    choices: ConflictChoices,
    members: AllMembers,
    problems: list[Problem],
    book: AddressBook,
) -> EntryPlan:
    """Compare what files say of entries with what stands; ``facts`` are the bases of the sources concerned.

    ``members`` says who is meant by “all”, and ``problems`` takes those mentions by which nobody is.
    """
    plan = EntryPlan()
    for kind in ENTRY_OF:
        of_kind = [statement for statement in statements if statement.kind == kind]
        bases = {(source, ref): values for (source, of, ref), values in facts.items() if of == kind}
        initiatives = {statement.initiative for statement in of_kind}
        initiatives |= {initiative_of(ref, book) for _source, ref in bases}
        refs, standing = stored_entries(kind, initiatives)
        comparison = _EntryComparison(plan, kind, refs, standing, choices, members, problems, book)
        comparison.run(of_kind, bases)
        plan.refs |= refs
    return plan


def reading_title(values: Values) -> str:
    """What an update without words is called in a plan: “canal/students: 320”; empty where it reports no value."""
    return f"{values['target']}: {values['value']}" if "target" in values else ""


def initiative_of(ref: str, book: AddressBook) -> str:
    """The id that the initiative in a ref has today: report id / initiative id / what."""
    return book.now("initiative", ref.split("/")[1])


def stored_entries(
    kind: str, initiatives: Iterable[str]
) -> tuple[set[str], dict[str, StoredEntry]]:
    """All refs of entries of these initiatives, and for each the head of its chain of corrections and new records."""
    model, names = ENTRY_OF[kind], COLUMNS[kind]
    refs: dict[int, str] = {}
    heads: dict[int, StoredEntry] = {}
    corrected_by: dict[int, int] = {}
    slugs = sorted(initiatives)
    for start in range(0, len(slugs), CHUNK):
        rows = model._default_manager.filter(initiative__slug__in=slugs[start : start + CHUNK])
        columns = ("pk", "ref", "corrects_id", "reinstates_id", "withdrawn_at", *names)
        texts = _translations(model, rows)
        for pk, ref, corrects, reinstates, withdrawn_at, *values in rows.values_list(*columns):
            refs[pk] = ref
            for earlier in (corrects, reinstates):
                if earlier:
                    corrected_by[earlier] = pk
            stands = stated_values(names, values)
            heads[pk] = StoredEntry(pk, stands, withdrawn_at is not None, texts.get(pk, {}))
        if kind == "mention":
            _add_participants(rows, heads)
    return set(refs.values()), {ref: heads[_head(pk, corrected_by)] for pk, ref in refs.items()}


def stated_values(names: Sequence[str], columns: Iterable[Any]) -> Values:
    """What columns of an entry say, by name; not what is empty, is not the case, or is English as a rule."""
    return {
        name.partition("__")[0]: value
        for name, raw in zip(names, columns, strict=True)
        if (value := plain(raw)) not in (None, False) and (name, value) != ("language", ORIGINAL)
    }


def _translations(model: type[Entry], rows: Any) -> dict[int, Values]:
    if not issubclass(model, Translated):
        return {}
    pairs = rows.exclude(translations={}).values_list("pk", "translations")
    return {pk: {**flat(texts)} for pk, texts in pairs}


def head_keys(kind: str, refs: set[str]) -> dict[str, int]:
    """The primary keys of what stands in the place of entries, by the refs of these."""
    book = AddressBook()
    _refs, standing = stored_entries(kind, {initiative_of(ref, book) for ref in refs})
    return {ref: standing[ref].pk for ref in refs if ref in standing}


def _head(pk: int, corrected_by: dict[int, int]) -> int:
    while pk in corrected_by:
        pk = corrected_by[pk]
    return pk


def _add_participants(rows: Any, heads: dict[int, StoredEntry]) -> None:
    pairs = rows.filter(by__isnull=False).order_by("by__code").values_list("pk", "by__code")
    for pk, code in pairs:
        heads[pk].values.setdefault("by", []).append(code)


class _EntryComparison:
    """The comparison of all entries of one kind."""

    def __init__(
        self,
        plan: EntryPlan,
        kind: str,
        refs: set[str],
        standing: dict[str, StoredEntry],
        choices: ConflictChoices,
        members: AllMembers,
        problems: list[Problem],
        book: AddressBook,
    ) -> None:
        self.plan, self.kind, self.refs = plan, kind, refs
        self.standing, self.choices = standing, choices
        self.members, self.problems, self.book = members, problems, book

    def run(
        self, statements: Iterable[EntryStatement], bases: dict[tuple[str, str], Values]
    ) -> None:
        """Compare source by source and initiative by initiative."""
        theirs: dict[tuple[str, str], list[EntryStatement]] = defaultdict(list)
        for statement in statements:
            theirs[statement.source, statement.initiative].append(statement)
        earlier: dict[tuple[str, str], dict[str, Values]] = defaultdict(dict)
        for source, ref in sorted(bases, key=lambda key: _in_order(key[1])):
            earlier[source, initiative_of(ref, self.book)][ref] = bases[source, ref]
        recorded = self.recorded_by_hand({ref for _source, ref in bases})
        for key in dict.fromkeys((*theirs, *earlier)):
            stated, (source, initiative) = theirs.get(key, []), key
            cited = next((s.document.report or NO_REPORT for s in stated), source)
            by_hand = recorded.get((cited, initiative), {})
            self.group(stated, earlier.get(key, {}), by_hand, source)

    def recorded_by_hand(self, loaded: set[str]) -> dict[tuple[str, str], dict[str, Values]]:
        """What stands without having been loaded, by report and initiative."""
        heads = {self.standing[ref].pk for ref in loaded if ref in self.standing}
        stored: dict[tuple[str, str], dict[str, Values]] = defaultdict(dict)
        for ref in sorted(self.standing, key=_in_order):
            stands = self.standing[ref]
            if not stands.withdrawn and stands.pk not in heads and ref.count("/") >= 2:
                report = self.book.now("report", ref.split("/")[0])
                stored[report, initiative_of(ref, self.book)][ref] = stands.values
                heads.add(stands.pk)
        return stored

    def group(
        self,
        statements: list[EntryStatement],
        bases: dict[str, Values],
        recorded: dict[str, Values],
        source: str,
    ) -> None:
        """One report's entries on one initiative."""
        marker = ENTRY_OF[self.kind].ref_field
        named = {s.ref for s in statements if s.ref}
        open_bases = {ref: values for ref, values in bases.items() if ref not in named}
        statements = sorted(statements, key=lambda s: not s.ref)
        matched: list[str | None] = [s.ref for s in statements if s.ref]
        unnamed = [s.values for s in statements if not s.ref]
        as_stated = {ref: _as_stated(values) for ref, values in open_bases.items()}
        matched += match(unnamed, as_stated, recorded, marker)
        for statement, ref in zip(statements, matched, strict=True):
            if ref is None:
                self.add(statement)
            else:
                self.compare(statement, ref, bases.get(ref) or recorded[ref])
        for ref in [ref for ref in bases if ref not in matched]:
            stands = self.standing.get(ref)
            if stands and not stands.withdrawn:
                self.plan.items.append(MergeItem(self.kind, (ref,), Action.GONE, source=source))
            self.plan.facts[source, self.kind, ref] = bases[ref]

    def name_all(self, statement: EntryStatement, base: Values) -> Values:
        """Put codes in the place of “all”, those of the last load if it said so too; return the next base."""
        if statement.values.get("by") != ALL:
            return statement.values
        codes = base["by"] if base.get(WAS_ALL) else self.members.of(statement)
        if not codes:
            what = phrased(
                "“all” names nobody: no member is known of its meeting or of the dialogue then"
            )
            hint = phrased("list the codes, such as by: [jp, uz]")
            line = statement.line("by")
            self.problems.append(Problem(statement.document.name, line, what, hint))
        statement.values["by"] = codes
        return statement.values | {WAS_ALL: True}

    def compare(self, statement: EntryStatement, ref: str, base: Values) -> None:
        theirs, stands = statement.values, self.standing.get(ref)
        if stands is None:
            self.add(statement)
            return
        stated = {**self.name_all(statement, base)}
        earlier, base = base, _own(base)
        item = MergeItem(self.kind, (ref,), Action.SAME, source=statement.source)
        item.file = statement.document.name
        if stands.withdrawn:
            self.compare_withdrawn(statement, item, base, stated)
            return
        others = MergeItem(self.kind, (ref,), Action.SAME)
        texts = merge_translations(
            others, stands.translations, statement.translations, earlier, self.choices
        )
        take = self.choices.of(item)
        ours, new_base = stands.values, stated
        if theirs != base and take != ConflictSide.FILE:
            self.keep_finer(theirs, ours, base)
        changes = differences(base, ours, theirs)
        if changes and theirs == base:
            item.kept = changes
        elif changes and (ours == base or take == ConflictSide.FILE or self.are_finer(changes)):
            item.changes = changes
            written = self.write(statement, item, stands.pk)
            written.translations = of_correction(statement, ours, stands.translations, others)
        elif changes and take == ConflictSide.DATABASE:
            item.kept = changes
        elif changes:
            item.conflicts, new_base = changes, earlier
        if others.changes and not item.changes:
            values = {change.field: change.theirs for change in others.changes}
            origin = statement.document.origin
            self.plan.translated.append(TranslatedEntry(item, stands.pk, values, origin))
        item.take_in(others)
        item.settle()
        new_base = {name: v for name, v in new_base.items() if column_of(name) == name} | texts
        self.leave_as_is(item, statement, ref, new_base)

    def keep_finer(self, theirs: Values, ours: Values, base: Values) -> None:
        """Leave what a person says more precisely than the file."""
        for name, value in theirs.items():
            stands = ours.get(name)
            if stands != base.get(name) and self.refines(name, stands, value):
                theirs[name] = stands

    def are_finer(self, changes: Sequence[FieldChange]) -> bool:
        """Whether the file says the same as what stands, only more precisely, and nobody made that less precise."""
        return all(
            self.refines(c.field, c.theirs, c.ours)
            and (c.base in (None, c.ours) or self.refines(c.field, c.ours, c.base))
            for c in changes
        )

    def refines(self, name: str, finer: Any, coarser: Any) -> bool:
        return refines(ENTRY_OF[self.kind]._meta.get_field(name), finer, coarser)

    def compare_withdrawn(
        self, statement: EntryStatement, item: MergeItem, base: Values, stated: Values
    ) -> None:
        """A withdrawn entry says nothing any more: it stays withdrawn, and to say it again is a new entry."""
        changed, take = statement.values != base, self.choices.of(item)
        if changed and take == ConflictSide.FILE:
            self.add(statement)
            return
        item.note = WITHDRAWN
        item.action = Action.KEPT
        if changed and take is None:
            item.conflicts = differences(base, {}, statement.values)
            item.action = Action.CONFLICT
        new_base = base if item.conflicts else stated
        self.leave_as_is(item, statement, item.name, new_base)

    def add(self, statement: EntryStatement) -> None:
        item = MergeItem(self.kind, (), Action.NEW, source=statement.source)
        item.file = statement.document.name
        base = self.name_all(statement, {})
        words = statement.values.get("what") or reading_title(statement.values)
        item.title = words or _who_does_what(statement.values)
        written = self.write(statement, item)
        item.key = (written.ref,)
        self.leave_as_is(item, statement, written.ref, base | statement.translations)

    def write(
        self, statement: EntryStatement, item: MergeItem, corrects: int | None = None
    ) -> EntryItem:
        last = as_key(statement.values.get(ENTRY_OF[self.kind].ref_field) or "undated")
        # Rows of a workbook that cite no report have no name of their own.
        source = statement.document.report or statement.source
        source = NO_REPORT if source == VOCABULARY else source
        ref = free_ref(f"{source}/{statement.initiative}/{last}", self.refs)
        written = EntryItem(item, statement, ref, corrects, statement.translations)
        self.plan.to_write.append(written)
        return written

    def leave_as_is(
        self, item: MergeItem, statement: EntryStatement, ref: str, base: Values
    ) -> None:
        self.plan.items.append(item)
        self.plan.facts[statement.source, self.kind, ref] = base


def _own(base: Values) -> Values:
    """What was loaded of an entry itself: neither how its file said it nor what it is in other languages."""
    return {name: v for name, v in base.items() if name != WAS_ALL and column_of(name) == name}


def _as_stated(base: Values) -> Values:
    """What was loaded in the words of its file."""
    return _own(base) | ({"by": ALL} if base.get(WAS_ALL) else {})


def _in_order(ref: str) -> tuple[str, int]:
    """Refs in the order of the file that they were loaded from: ``…/2020``, ``…/2020/2``, ``…/2020/10``."""
    parts = ref.split("/")
    number = int(parts[3]) if len(parts) > 3 and parts[3].isdigit() else 1
    return "/".join(parts[:3]), number


def _who_does_what(values: Values) -> str:
    """“adopted by fi, no”, whatever words the file has for them; empty where nobody is named."""
    by = ", ".join(values.get("by") or ())
    if not by:
        return ""
    act, labels = values["act"], dict(Act.choices)
    # In another language “Принято: fi, no”, which needs no sentence.
    row = [as_json(labels.get(act, act)), by]
    return Said.of(f"{act} by {by}", row=row, between=": ")
