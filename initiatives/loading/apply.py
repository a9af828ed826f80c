"""A plan written into the database: through the actions' bulk writers, with history, all or nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from django.db import DataError, IntegrityError, OperationalError, transaction

from ..exports.tables.base import in_chunks
from ..models import (
    ENTRY_OF,
    AnyEntry,
    Citation,
    Initiative,
    LoadConflict,
    LoadedFact,
    Meeting,
    Participant,
    Publication,
    Record,
    Report,
    StatusUpdate,
)
from ..models.corrections import wait_for_loads
from ..recording import actions, basis, permissions
from ..recording.bulk_history import BATCH, change_all, create_all
from ..recording.record_ids import AddressBook, in_key
from ..recording.resting import initiatives_resting_on
from ..recording.withdrawal import reinstate_loaded
from ..serving.data_version import prune
from .document import Document
from .entries import EntryItem
from .entry_translations import write_translations
from .generations import generations, own_references
from .journal import LoadJournal
from .kinds import CHUNK, KINDS, Kind
from .merge import Action, ConflictChoices, ConflictSide
from .plan import make_plan
from .plan_types import Plan, RecordItem
from .problems import DATABASE, LoadError, Problem
from .reinstatement import public_again_needs_rights
from .rows import RowWriter
from .said import kinds_word, phrased
from .same_as import Answers
from .scalars import VOCABULARY
from .show import digest_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Progress = Callable[[str, int], None]


class PlanMoved(Exception):
    """The data has changed since somebody looked at the plan; carries the plan of now, and nothing is written."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("the data has changed since the plan was shown")
        self.plan = plan


def load(
    documents: Sequence[Document],
    *,
    by: User | None = None,
    take: ConflictSide | ConflictChoices | None = None,
    answers: Answers = MappingProxyType({}),
    dry_run: bool = False,
    expected: str | None = None,
    progress: Progress = lambda step, rows: None,
    finish: Callable[[Plan], None] = lambda plan: None,
) -> Plan:
    """Plan and, unless it is a dry run, write in one transaction; return the plan.

    ``expected`` is the digest of the plan, before any choice, that somebody has agreed to: raises PlanMoved where it is
    another one by now. ``answers`` say of rows that look as if they were twice whether they are.
    ``finish`` is called in the transaction, at its end. Raises LoadError, with nothing written.
    """
    try:
        # On SQLite the transaction itself waits.
        progress(phrased("Waiting for other loads"), 0)
        with transaction.atomic():
            if not dry_run:
                wait_for_loads()
            plan = _plan(documents, take, answers, expected, progress)
            if not dry_run:
                _PlanWriter(plan, by, progress).write()
                finish(plan)
    except (IntegrityError, OperationalError, DataError) as error:
        what = phrased("the database refused the load: %(error)s", error=str(error).strip())
        hint = phrased("nothing was written; if somebody else was writing, load again")
        raise LoadError([Problem(DATABASE, 0, what, hint)]) from error
    if not dry_run:
        # Loads make most of the notes of changes. What is written stays, even if somebody else is writing just now.
        with contextlib.suppress(OperationalError):
            prune()
    return plan


def _plan(
    documents: Sequence[Document],
    take: ConflictSide | ConflictChoices | None,
    answers: Answers,
    expected: str | None,
    progress: Progress,
) -> Plan:
    def step(words: str) -> None:
        progress(words, 0)

    if expected is not None:
        shown = make_plan(documents, answers=answers, progress=step)
        if digest_of(shown) != expected:
            raise PlanMoved(shown)
        if take in (None, ConflictChoices()):
            return shown
    return make_plan(documents, take=take, answers=answers, progress=step)


class _PlanWriter:
    """One plan on its way into the database."""

    def __init__(self, plan: Plan, by: User | None, progress: Progress) -> None:
        self.plan, self.by, self.progress = plan, by, progress
        self.publishes = by is None or permissions.may(by, "publish", Initiative)
        self.rows = RowWriter(Publication.PUBLIC if self.publishes else Publication.DRAFT)
        self.journal = LoadJournal(plan, by)
        # Initiatives whose derived columns these writes may move.
        self.touched: set[int] = set()

    def write(self) -> None:
        for kind in KINDS.values():
            # Citations may bear out the updates of this load.
            if kind.model is not Citation:
                self.records(kind)
        self.show_again()
        for of, model in ENTRY_OF.items():
            items = [item for item in self.plan.entries.to_write if item.item.kind == of]
            self.progress(phrased("Writing %(kinds)s", kinds=kinds_word(model)), len(items))
            for batch in in_chunks(items, BATCH):
                self.entries(model, batch)
        translated = self.plan.entries.translated
        self.touched |= write_translations(translated, by=self.by, note=self.journal.note)
        self.records(KINDS["citation"])
        for name in self.plan.removed:
            self.remove(KINDS[name])
        # A workbook holds all rows, and its rows say nothing of who is to see them.
        if self.publishes and not self.plan.is_edit:
            self.show_drafts()
        self.facts()
        if not self.plan.is_edit:
            self.conflicts()
        self.progress(phrased("Deriving standing and status"), len(self.touched))
        actions.refresh(self.touched, by=self.by, reason="Reports loaded")
        self.plan.load = self.journal.close()

    def show_again(self) -> None:
        """Let initiatives be public again that undoing a load withdrew, and that a document mentions anew."""
        if keys := list(self.plan.reinstated.values()):
            if not self.publishes:
                raise LoadError([public_again_needs_rights(self.plan)])
            reports = list(Report.objects.filter(slug__in=self.journal.load.sources))
            reinstate_loaded(keys, by=self.by, load=self.journal.load, reports=reports)
            self.journal.note(Initiative, keys)
            self.touched.update(keys)

    def show_drafts(self) -> None:
        """Show what was a draft and is stated by the files."""
        for model in basis.MODELS:
            name = model._meta.model_name
            stated = {item.key[0] for item in self.plan.items if item.kind == name}
            basis.show_loaded(model, stated, by=self.by)

    def records(self, kind: Kind) -> None:
        items = self.plan.records[kind.name]
        self.progress(phrased("Writing %(kinds)s", kinds=kinds_word(kind.model)), len(items))
        new = [item for item in items if item.pk is None]
        changed = [item for item in items if item.pk is not None]
        # A change may free the number of a meeting for a new one, or refer to a new row of its own kind.
        new_keys = {item.item.key[0] for item in new}
        waiting = [item for item in changed if own_references(kind, item) & new_keys]
        self.change(kind, [item for item in changed if item not in waiting])
        for generation in generations(kind, new):
            for batch in in_chunks(generation, BATCH):
                self.create(kind, batch)
        self.change(kind, waiting)

    def create(self, kind: Kind, items: Sequence[RecordItem]) -> None:
        self.rows.find(kind, items)
        rows = [self.rows.new(kind, item) for item in items]
        related = {
            name: {
                index: self.rows.related(kind, name, item.values)
                for index, item in enumerate(items)
                if name in item.values
            }
            for name in kind.many
        }
        create_all(rows, by=self.by, reason="Loaded", related=related)
        for item, row in zip(items, rows, strict=True):
            self.rows.add(kind.model, item.item.key, row.pk)
        self.journal.note(kind.model, [row.pk for row in rows])
        self.touch(rows)

    def change(self, kind: Kind, items: Sequence[RecordItem]) -> None:
        for batch in in_chunks(items, BATCH):
            self.rows.find(kind, batch)
            rows = _locked(kind, batch)
            if kind.model is Meeting:
                _free_numbers(batch)
            fields: set[str] = set()
            for item in batch:
                fields |= self.rows.change(kind, rows[item.pk], item)
            change_all(
                list(rows.values()),
                fields,
                by=self.by,
                reason="Loaded",
                documents=self.documents(kind, batch),
            )
            self.journal.note(kind.model, [row.pk for row in rows.values()])
            self.touch(list(rows.values()))

    def remove(self, kind: Kind) -> None:
        """Delete what no file states any more, with a version that says so."""
        rows: Any = kind.model._default_manager
        for row in rows.filter(pk__in=self.plan.removed[kind.name]):
            row._history_user = self.by
            row._change_reason = "No longer in its file"
            row.delete()
        self.journal.note(kind.model, self.plan.removed[kind.name])

    def documents(self, kind: Kind, items: Sequence[RecordItem]) -> dict[int, int]:
        """For initiatives the report that states what changes of each; none where a workbook does, a person's edit."""
        if kind.model is not Initiative or self.plan.is_edit:
            return {}
        sources = {
            item.pk: statement.document.report
            for item in items
            for statement in item.statements
            if item.pk and not item.values.keys().isdisjoint(statement.values)
        }
        self.rows.look_up(Report, {(source,) for source in sources.values()} - {("",)})
        return {pk: self.rows.key(Report, source) for pk, source in sources.items() if source}

    def entries(self, model: type[AnyEntry], items: Sequence[EntryItem]) -> None:
        stated = [item.statement for item in items]
        self.rows.find_entries(items)
        self.lock_corrected(model, [item for item in items if item.corrects])
        rows = [self.rows.entry(model, item, by=self.by) for item in items]
        related = {
            index: [self.rows.key(Participant, code) for code in statement.values["by"]]
            for index, statement in enumerate(stated)
            if "by" in statement.values
        }
        actions.append(
            rows, by=self.by, reason="Loaded", related=related, is_load=not self.plan.is_edit
        )
        for row in rows:
            self.rows.add(model, (row.ref,), row.pk)
        self.journal.note(model, [row.pk for row in rows])
        self.carry_evidence({row.corrects_id: row.pk for row in rows if row.corrects_id}, model)
        self.touched.update(row.initiative_id for row in rows)

    def lock_corrected(self, model: type[AnyEntry], items: Sequence[EntryItem]) -> None:
        """Lock the initiatives, as the actions do, and see that the entries to correct still stand."""
        initiatives = {self.rows.key(Initiative, item.statement.initiative) for item in items}
        locking = Initiative.objects.select_for_update().filter(pk__in=initiatives)
        list(locking.order_by("pk").values_list("pk"))
        standing = model._default_manager.filter(withdrawn_at__isnull=True, correction=None)
        stand = set(
            standing.filter(pk__in=[i.corrects for i in items]).values_list("pk", flat=True)
        )
        for item in items:
            if item.corrects not in stand:
                raise _moved(item.item.name, item.item.file)

    def carry_evidence(self, corrections: dict[int, int], model: type[AnyEntry]) -> None:
        """Let what other documents bear out be the corrected update: files know it by its first ref."""
        if model is not StatusUpdate or not corrections or not self.publishes:
            return
        citations = list(Citation.objects.filter(status_update__in=corrections))
        for citation in citations:
            citation.status_update_id = corrections[citation.status_update_id or 0]
        reason = "The update was corrected"
        change_all(citations, ["status_update"], by=self.by, reason=reason)

    def touch(self, rows: Sequence[Record]) -> None:
        """Note the initiatives whose derived columns or search texts rest on these rows."""
        self.touched |= initiatives_resting_on(type(rows[0]), [row.pk for row in rows])

    def facts(self) -> None:
        """Keep what the files say as the base of the next load."""
        stored, facts, book = self.plan.stored_facts, self.plan.facts, AddressBook()
        new = [key for key in facts if key not in stored]
        self.progress(phrased("Keeping what was loaded"), len(new))
        for batch in in_chunks(new, BATCH):
            LoadedFact.objects.bulk_create(
                LoadedFact(source=source, kind=kind, key=key, values=facts[source, kind, key])
                for source, kind, key in batch
            )
        moved = {key for key, values in facts.items() if key in stored and stored[key] != values}
        gone = stored.keys() - facts.keys()
        sources = sorted({source for source, _kind, _key in moved | gone})
        for start in range(0, len(sources), CHUNK):
            rows = LoadedFact.objects.filter(source__in=sources[start : start + CHUNK])
            keyed = [
                ((row.source, row.kind, in_key(row.kind, row.key, book.now)), row)
                for row in rows.iterator()
            ]
            changed = [row for key, row in keyed if key in moved]
            for key, row in keyed:
                row.values = facts.get(key, row.values)
            LoadedFact.objects.bulk_update(changed, ["values"], batch_size=CHUNK)
            dropped = [row.pk for key, row in keyed if key in gone]
            for batch_of_keys in in_chunks(dropped, BATCH):
                LoadedFact.objects.filter(pk__in=batch_of_keys).delete()

    def conflicts(self) -> None:
        """Keep what this load leaves open, in the place of what earlier loads of these files left."""
        stated = {(item.kind, item.name) for item in self.plan.items}
        sources = sorted({document.source for document in self.plan.documents})
        for start in range(0, len(sources), CHUNK):
            left = LoadConflict.objects.filter(source__in=sources[start : start + CHUNK])
            keys = [
                pk
                for pk, source, kind, key in left.values_list("pk", "source", "kind", "key")
                # A vocabulary may be several files, of which these are some.
                if source != VOCABULARY or (kind, key) in stated
            ]
            for batch in in_chunks(keys, BATCH):
                LoadConflict.objects.filter(pk__in=batch).delete()
        conflicts = {
            (item.source, item.kind, item.name): LoadConflict(
                source=item.source,
                kind=item.kind,
                key=item.name,
                file=item.file[-500:],
                title=str(item.title)[:500],
                note=item.note[:200],
                fields=[asdict(change) for change in item.conflicts or item.unused],
            )
            for item in self.plan.items
            if item.action == Action.CONFLICT
        }
        LoadConflict.objects.bulk_create(conflicts.values(), batch_size=BATCH)


def _locked(kind: Kind, items: Sequence[RecordItem]) -> dict[int | None, Record]:
    """The rows to change, locked, and still as the plan saw them; raises LoadError otherwise."""
    keys = [item.pk for item in items]
    locking = kind.model._default_manager.select_for_update().filter(pk__in=keys)
    list(locking.order_by("pk").values_list("pk"))
    now = {row.pk: row for _key, row in kind.existing([item.item.key for item in items])}
    for item in items:
        row = now.get(item.pk or 0)
        ours = kind.read(row) if row else None
        if ours is None or any(ours.get(c.field) != c.ours for c in item.item.changes):
            raise _moved(item.item.name, item.item.file)
    return {item.pk: now[item.pk or 0] for item in items}


def _moved(name: str, file: str) -> LoadError:
    what = phrased("somebody changed %(name)s while this load was planned", name=name)
    return LoadError([Problem(file, 0, what, phrased("nothing was written; load again"))])


def _free_numbers(items: Sequence[RecordItem]) -> None:
    """Let meetings swap numbers: the constraint holds at every step, not only at the end."""
    keys = [item.pk or 0 for item in items if "number" in item.values]
    Meeting.objects.filter(pk__in=keys).update(number=None)
