"""A plan written into the database: through the actions' bulk writers, with history, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from .. import actions
from ..history import BATCH, change_all, create_all, relate_all
from ..models import (
    Citation,
    Initiative,
    LoadedFact,
    Mention,
    Publication,
    Record,
    StatusUpdate,
)
from .entries import EntryItem
from .kinds import CHUNK, KINDS, Key, Kind, Values
from .merge import Take
from .plan import Plan, RecordItem, make_plan
from .problems import LoadError, Problem

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Progress = Callable[[str, int], None]


def load(
    documents: Sequence[Any],
    *,
    by: User | None = None,
    take: Take | None = None,
    progress: Progress = lambda step, rows: None,
) -> Plan:
    """Plan and write in one transaction, and return the plan that was written.

    Raises LoadError, with nothing written.
    """
    try:
        with transaction.atomic():
            plan = make_plan(documents, take=take, progress=lambda step: progress(step, 0))
            _Writing(plan, by, progress).write()
            return plan
    except IntegrityError as error:
        what = f"the database refused the load: {error}".strip()
        hint = "nothing was written; if somebody else was writing, load again"
        raise LoadError([Problem("database", 0, what, hint)]) from error


class _Writing:
    """One plan on its way into the database; ``keys`` finds primary keys by model and natural key."""

    def __init__(self, plan: Plan, by: User | None, progress: Progress) -> None:
        self.plan, self.by, self.progress = plan, by, progress
        self.keys: dict[type[Record], dict[Key, int]] = {}
        self.touched: set[int] = set()

    def write(self) -> None:
        for kind in KINDS.values():
            # Citations may bear out the updates of this load.
            if kind.model is not Citation:
                self.records(kind)
        for of, model in (("mention", Mention), ("statusupdate", StatusUpdate)):
            items = [item for item in self.plan.entries.to_write if item.item.kind == of]
            self.progress(f"Writing {model._meta.verbose_name_plural}", len(items))
            for start in range(0, len(items), BATCH):
                self.entries(model, items[start : start + BATCH])
        self.records(KINDS["citation"])
        self.facts()
        self.progress("Deriving standing and status", len(self.touched))
        actions.refresh(self.touched, by=self.by, reason="Reports loaded")

    def records(self, kind: Kind) -> None:
        items = self.plan.records[kind.name]
        self.progress(f"Writing {kind.model._meta.verbose_name_plural}", len(items))
        new = [item for item in items if item.pk is None]
        for generation in _generations(kind, new):
            for start in range(0, len(generation), BATCH):
                self.create(kind, generation[start : start + BATCH])
        changed = [item for item in items if item.pk is not None]
        for start in range(0, len(changed), BATCH):
            self.change(kind, changed[start : start + BATCH])

    def create(self, kind: Kind, items: Sequence[RecordItem]) -> None:
        self.find(kind, items)
        rows = [self.row(kind, item) for item in items]
        related = {
            name: {
                index: self.many(kind, name, item.values)
                for index, item in enumerate(items)
                if name in item.values
            }
            for name in kind.many
        }
        create_all(rows, by=self.by, reason="Loaded", related=related)
        known = self.keys.setdefault(kind.model, {})
        known.update((item.item.key, row.pk) for item, row in zip(items, rows, strict=True))
        self.touch(kind, items, rows)

    def row(self, kind: Kind, item: RecordItem) -> Record:
        row = kind.model(**self.columns(kind, item.values))
        if isinstance(row, Citation):
            self.set_subject(row, item)
        else:
            for name, part in zip(kind.model.natural_key_fields, item.item.key, strict=True):
                self.set_column(kind, row, name, part)
        if isinstance(row, Initiative):
            row.publication = Publication.PUBLIC
        row._change_reason = f"Loaded from {item.item.source}"  # type: ignore[attr-defined]
        return row

    def set_subject(self, row: Citation, item: RecordItem) -> None:
        statement = item.statements[0]
        assert statement.subject
        name, key = statement.subject
        field = "status_update" if name == "statusupdate" else name
        subject: Any = Citation._meta.get_field(field).related_model
        row.ref = item.item.key[0]
        row.report_id = self.keys[REPORT][(statement.source,)]
        setattr(row, f"{field}_id", self.keys[subject][key])

    def change(self, kind: Kind, items: Sequence[RecordItem]) -> None:
        self.find(kind, items)
        rows = self.locked(kind, items)
        fields: set[str] = set()
        for item in items:
            row = rows[item.pk]
            for name, value in item.values.items():
                if name in kind.many:
                    relate_all(kind.model, name, {row.pk: self.many(kind, name, item.values)})
                else:
                    self.set_column(kind, row, name, value)
                    fields.add(name)
            row._change_reason = f"Loaded from {item.item.source}"  # type: ignore[attr-defined]
        change_all([rows[item.pk] for item in items], fields, by=self.by, reason="Loaded")
        self.touch(kind, items, [rows[item.pk] for item in items])

    def locked(self, kind: Kind, items: Sequence[RecordItem]) -> dict[int | None, Record]:
        """The rows to change, locked, and still as the plan saw them; raises LoadError otherwise."""
        manager = kind.model._default_manager
        keys = [item.pk for item in items]
        list(manager.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
        now = {row.pk: row for _key, row in kind.existing([item.item.key for item in items])}
        for item in items:
            row = now.get(item.pk or 0)
            ours = kind.read(row) if row else None
            if ours is None or any(ours[c.field] != c.ours for c in item.item.changes):
                what = f"somebody changed {item.item.name} in this moment"
                raise LoadError([Problem(item.item.file, 0, what, "load again")])
        return dict(now)

    def columns(self, kind: Kind, values: Values) -> dict[str, Any]:
        columns = {}
        for name, value in values.items():
            if name in kind.many:
                continue
            if model := kind.references.get(name):
                columns[f"{name}_id"] = self.keys[model][(value,)]
            else:
                columns[name] = _column(kind, name, value)
        return columns

    def set_column(self, kind: Kind, row: Record, name: str, value: Any) -> None:
        if model := kind.references.get(name):
            setattr(row, f"{name}_id", self.keys[model][(value,)] if value else None)
        else:
            setattr(row, name, _column(kind, name, value))

    def many(self, kind: Kind, name: str, values: Values) -> list[int]:
        known = self.keys[kind.references[name]]
        return [known[(key,)] for key in values.get(name) or []]

    def entries(
        self, model: type[Mention] | type[StatusUpdate], items: Sequence[EntryItem]
    ) -> None:
        wanted: dict[type[Record], set[Key]] = {
            Initiative: set(),
            REPORT: set(),
            PARTICIPANT: set(),
        }
        for item in items:
            wanted[Initiative].add((item.statement.initiative,))
            wanted[REPORT].add((item.statement.source,))
            codes = [*item.statement.values.get("by", ()), item.statement.values.get("participant")]
            wanted[PARTICIPANT].update((code,) for code in codes if code)
        for referred, keys in wanted.items():
            self.look_up(referred, keys)
        rows = [self.entry(model, item) for item in items]
        related = {
            index: [self.keys[PARTICIPANT][(code,)] for code in item.statement.values["by"]]
            for index, item in enumerate(items)
            if item.statement.values.get("by")
        }
        actions.append(rows, by=self.by, reason="Loaded", related=related)
        known = self.keys.setdefault(model, {})
        known.update(((row.ref,), row.pk) for row in rows)
        self.touched.update(row.initiative_id for row in rows)

    def entry(
        self, model: type[Mention] | type[StatusUpdate], item: EntryItem
    ) -> Mention | StatusUpdate:
        values = {k: v for k, v in item.statement.values.items() if k not in ("by", "participant")}
        if code := item.statement.values.get("participant"):
            values["participant_id"] = self.keys[PARTICIPANT][(code,)]
        row = model(
            ref=item.ref,
            initiative_id=self.keys[Initiative][(item.statement.initiative,)],
            report_id=self.keys[REPORT][(item.statement.source,)],
            corrects_id=item.corrects,
            recorded_by=self.by,
            **values,
        )
        row._change_reason = f"Loaded from {item.statement.source}"  # type: ignore[union-attr]
        return row

    def find(self, kind: Kind, items: Sequence[RecordItem]) -> None:
        """Look up the primary keys of everything that these items refer to."""
        wanted: dict[type[Record], set[Key]] = {}
        for item in items:
            for name, model in kind.references.items():
                if name in kind.model.natural_key_fields:
                    index = kind.model.natural_key_fields.index(name)
                    value: Any = item.item.key[index]
                else:
                    value = item.values.get(name)
                for key in value if isinstance(value, list) else [value] if value else []:
                    wanted.setdefault(model, set()).add((key,))
            if kind.model is Citation and item.pk is None:
                statement = item.statements[0]
                assert statement.subject
                field = statement.subject[0].replace("statusupdate", "status_update")
                subject: Any = Citation._meta.get_field(field).related_model
                wanted.setdefault(subject, set()).add(statement.subject[1])
                wanted.setdefault(REPORT, set()).add((statement.source,))
        for model, keys in wanted.items():
            self.look_up(model, keys)

    def look_up(self, model: type[Record], keys: Iterable[Key]) -> None:
        known = self.keys.setdefault(model, {})
        missing = sorted({key for key in keys if key not in known})
        lookups = model.natural_key_lookups()
        for start in range(0, len(missing), CHUNK):
            heads = [key[0] for key in missing[start : start + CHUNK]]
            rows = model._default_manager.filter(**{f"{lookups[0]}__in": heads})
            for pk, *key in rows.values_list("pk", *lookups):
                known[tuple(str(part) for part in key)] = pk

    def touch(self, kind: Kind, items: Sequence[RecordItem], rows: Sequence[Record]) -> None:
        """Note the initiatives whose derived columns these writes may move."""
        pks = [row.pk for row in rows]
        if kind.model is Initiative:
            self.touched.update(pks)
        elif kind.model is Citation:
            updates = [row.status_update_id for row in rows if isinstance(row, Citation)]
            found = StatusUpdate.objects.filter(pk__in=[pk for pk in updates if pk])
            self.touched.update(found.values_list("initiative", flat=True))
        elif items[0].pk is None:
            return
        elif kind.model is REPORT:
            of_reports = Q(mentions__report__in=pks) | Q(updates__report__in=pks)
            of_reports |= Q(updates__citations__report__in=pks)
            found_in = Initiative.objects.filter(of_reports)
            self.touched.update(found_in.values_list("pk", flat=True))
        elif kind.name == "meeting":
            raised = Initiative.objects.filter(raised_at__in=pks)
            self.touched.update(raised.values_list("pk", flat=True))

    def facts(self) -> None:
        """Keep what the files say as the base of the next load."""
        stored, facts = self.plan.stored_facts, self.plan.facts
        new = [key for key in facts if key not in stored]
        self.progress("Keeping what was loaded", len(new))
        LoadedFact.objects.bulk_create(
            (
                LoadedFact(source=source, kind=kind, key=key, values=facts[source, kind, key])
                for source, kind, key in new
            ),
            batch_size=BATCH,
        )
        moved = {key for key, values in facts.items() if key in stored and stored[key] != values}
        gone = stored.keys() - facts.keys()
        sources = sorted({source for source, _kind, _key in moved | gone})
        for start in range(0, len(sources), CHUNK):
            batch = LoadedFact.objects.filter(source__in=sources[start : start + CHUNK])
            rows = {(row.source, row.kind, row.key): row for row in batch}
            for key in moved & rows.keys():
                rows[key].values = facts[key]
            LoadedFact.objects.bulk_update(
                [rows[key] for key in moved & rows.keys()], ["values"], batch_size=CHUNK
            )
            batch.filter(pk__in=[rows[key].pk for key in gone & rows.keys()]).delete()


REPORT = KINDS["report"].model
PARTICIPANT = KINDS["participant"].model


def _column(kind: Kind, name: str, value: Any) -> Any:
    field: Any = kind.model._meta.get_field(name)
    if value is None:
        return None if field.null else field.get_default()
    return Decimal(value) if field.get_internal_type() == "DecimalField" else value


def _generations(kind: Kind, items: Sequence[RecordItem]) -> list[list[RecordItem]]:
    """The items in groups such that none refers to its own or a later group (a translation to its original)."""
    own = [name for name, model in kind.references.items() if model is kind.model]
    left, generations = list(items), []
    while left:
        waiting = {item.item.key[0] for item in left}
        ready: list[RecordItem] = []
        later: list[RecordItem] = []
        for item in left:
            blocked = any(item.values.get(name) in waiting for name in own)
            (later if blocked else ready).append(item)
        generations.append(ready)
        left = later
    return generations
