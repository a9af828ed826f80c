"""What undoing a load would do, worked out from its journal and from what stands. Nothing here writes.

What the public has seen is withdrawn: initiatives and entries. Other rows of the load go where nothing rests on them,
nobody has changed them since and no other document states them; fields return where they hold what the load wrote.
The base of the next load goes back exactly as far as the rows do: what stays keeps the base by which it was loaded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from ..exports.tables.base import in_chunks
from ..models import (
    ENTRIES,
    AnyEntry,
    Citation,
    Initiative,
    Load,
    LoadedFact,
    Mention,
    Publication,
    Record,
    ReplacedFact,
    Translated,
)
from ..recording.diff import Names, current_values, typed_fields
from .kinds import CHUNK, KINDS, Kind, Values
from .loaded_rows import (
    Columns,
    LoadedRow,
    are_there,
    current_rows,
    loaded_rows,
    natural_keys,
    noted_spans,
    title_of,
)
from .participants import STANDARD
from .references import referring, subjects
from .scalars import VOCABULARY
from .undo_names import own_names
from .undo_plan_types import UndoAction, UndoItem, UndoPlan, UndoRefused
from .undo_statements import changed_statements

# Entries that were there before the load: nothing of them changes but their translations.
TRANSLATED_ENTRIES = tuple(Kind(model) for model in ENTRIES if issubclass(model, Translated))


def make_undo_plan(load: Load) -> UndoPlan:
    """Compare what a load wrote with what stands; raises UndoRefused."""
    refuse(load)
    return _UndoPlanner(load).run()


def refuse(load: Load) -> None:
    """Raise UndoRefused for a load that is undone already, or that a later load of the same documents built on."""
    if load.is_undone:
        raise UndoRefused(_("%(load)s is undone already.") % {"load": load})
    own = set(load.replaced_facts.values_list("source", "kind", "key"))
    later = ReplacedFact.objects.filter(load__gt=load.pk, load__undone_at__isnull=True)
    later = later.filter(source__in={source for source, _kind, _key in own}).order_by("-load")
    for number, *key in later.values_list("load", "source", "kind", "key"):
        # A vocabulary may be several files: there only what both state is the same.
        if key[0] != VOCABULARY or tuple(key) in own:
            raise UndoRefused(
                _("%(later)s brought the same later (%(source)s). Undo that first.")
                % {"later": Load.objects.get(pk=number), "source": key[0]}
            )


class _UndoPlanner:
    """The plan to undo one load, as it is made."""

    def __init__(self, load: Load) -> None:
        self.load, self.plan = load, UndoPlan(load)
        # Rows that are withdrawn or deleted unless something keeps them.
        self.leaving: dict[type[Record], dict[int, UndoItem]] = defaultdict(dict)
        # What of the load is new, or public again.
        self.new: set[tuple[type[Record], int]] = set()
        # Bases that stay: of whole records, by kind and key, and of some fields of one.
        self.kept: set[tuple[str, str]] = set()
        self.kept_fields: dict[tuple[str, str], set[str]] = {}

    def run(self) -> UndoPlan:
        for model in ENTRIES:
            self.entries(model)
        own = {(item.model, item.pk) for item in self.plan.items}
        for item in changed_statements(self.load, own):
            self.add(item)
            if item.action == UndoAction.STAYS:
                self.kept.add((item.kind, item.name))
        for kind in (*KINDS.values(), *TRANSLATED_ENTRIES):
            self.records(kind)
        self.hold_what_is_needed()
        for model in ENTRIES:
            self.keep_chains(model)
        for items in self.leaving.values():
            for item in items.values():
                if item.action == UndoAction.WITHDRAWN and item.model is Initiative:
                    self.kept.add((item.kind, item.name))
        self.bases()
        return self.plan

    def add(self, item: UndoItem) -> UndoItem:
        self.plan.items.append(item)
        return item

    def stay(self, item: UndoItem, why: str) -> None:
        item.stay(why)
        self.kept.add((item.kind, item.name))

    # --- Entries ----------------------------------------------------------------------------------

    def entries(self, model: type[AnyEntry]) -> None:
        noted = [row for row, _first, _last in noted_spans(self.load, model)]
        translated = {row.pk for row in loaded_rows(self.load, model) if row.before is not None}
        for batch in in_chunks((pk for pk in noted if pk not in translated), CHUNK):
            self.entries_of(model, batch)

    def entries_of(self, model: type[AnyEntry], keys: Sequence[int]) -> None:
        rows: Any = model._base_manager
        corrected = set(rows.filter(corrects__in=keys).values_list("corrects", flat=True))
        for entry in rows.filter(pk__in=keys).select_related("initiative").order_by("pk"):
            # Undoing a later load has said the same again.
            head = entry.newest if entry.pk in corrected else entry
            item = self.add(UndoItem(model, head.pk, entry.ref, entry.title, UndoAction.DELETED))
            if head.is_withdrawn:
                self.stay(item, _("withdrawn already"))
            elif not _says_the_same(head, entry):
                self.stay(item, _("corrected since"))
            elif {head.publication, entry.initiative.publication} != {Publication.PUBLIC}:
                self.leaving[model][head.pk] = item
            elif entry.corrects_id:
                item.action, item.says = UndoAction.SET_BACK, entry.corrects_id
            else:
                item.action = UndoAction.WITHDRAWN
                self.leaving[model][head.pk] = item

    def keep_chains(self, model: type[AnyEntry]) -> None:
        """Keep the bases of entries that stay; files know them by the first refs of their chains."""
        keys = [item.pk for item in self.plan.of(UndoAction.STAYS, model)]
        entries: list[Any] = list(model._base_manager.filter(pk__in=keys, corrects__isnull=False))
        while entries:
            entries = [entry.corrects for entry in entries if entry.corrects]
            self.kept |= {(str(model._meta.model_name), entry.ref) for entry in entries}

    # --- Records ----------------------------------------------------------------------------------

    def records(self, kind: Kind) -> None:
        rows = loaded_rows(self.load, kind.model)
        if kind in TRANSLATED_ENTRIES:
            rows = [row for row in rows if row.before is not None]
        for batch in in_chunks(rows, CHUNK):
            there = {row.pk: row for row in batch if row.now is not None and not row.is_taken_out}
            names = natural_keys(kind.model, there)
            stated = self.stated_elsewhere(kind, names.values())
            changed = [pk for pk, row in there.items() if row.before is not None]
            current = current_rows(kind, changed)
            for row in batch:
                if row.is_taken_out:
                    self.taken_out(kind, row)
                elif row.pk not in names:
                    # Somebody has deleted it since.
                    continue
                elif row.before is None or _is_public_again(row):
                    self.brought(kind, row, names[row.pk], stated)
                else:
                    self.changed(kind, row, names[row.pk], stated, current[row.pk])

    def stated_elsewhere(
        self, kind: Kind, names: Iterable[str]
    ) -> dict[str, list[tuple[str, Values]]]:
        """By key, what other documents said of records when they were loaded last; source and values."""
        # The standard from which the load made a state is no document that states it too.
        own = [STANDARD] if self.load.is_edit else [STANDARD, *self.load.sources]
        facts = LoadedFact.objects.filter(kind=kind.name, key__in=list(names))
        stated = defaultdict(list)
        for key, source, values in facts.values_list("key", "source", "values"):
            if source not in own:
                stated[key].append((source, values))
        return stated

    def brought(
        self, kind: Kind, row: LoadedRow, name: str, stated: dict[str, list[tuple[str, Values]]]
    ) -> None:
        """Decide about a row that the load made, or an initiative that it made public again."""
        now = row.now or {}
        self.new.add((kind.model, row.pk))
        item = self.add(UndoItem(kind.model, row.pk, name, title_of(now), UndoAction.DELETED))
        is_public = kind.model is Initiative and now["publication"] == Publication.PUBLIC
        # What it is called may have changed with a new address, which says nothing else of it.
        keys = [key for key in kind.model.natural_key_fields if key not in ("slug", "code", "ref")]
        since = row.changed_since((*keys, *kind.fields))
        changed = _("changed since: %(names)s") % {"names": ", ".join(since)} if since else ""
        if name in stated:
            sources = ", ".join(sorted(source for source, _values in stated[name]))
            self.stay(item, _("another document states it too: %(names)s") % {"names": sources})
        elif is_public and now["withdrawn_at"]:
            self.stay(item, _("withdrawn already"))
        elif since and not is_public:
            self.stay(item, changed)
        else:
            item.action = UndoAction.WITHDRAWN if is_public else UndoAction.DELETED
            item.why = changed
            self.leaving[kind.model][row.pk] = item

    def changed(
        self,
        kind: Kind,
        row: LoadedRow,
        name: str,
        stated: dict[str, list[tuple[str, Values]]],
        current: Values,
    ) -> None:
        """Decide field by field about a row that was there before the load."""
        before, why = row.before or {}, {}
        changed = row.changed(kind.fields)
        since = row.changed_since(tuple(changed))
        for field in changed:
            others = [
                source for source, values in stated[name] if values.get(field) == current.get(field)
            ]
            if field in since:
                why[field] = _("changed since")
            elif others:
                names = ", ".join(sorted(others))
                why[field] = _("another document states it too: %(names)s") % {"names": names}
            elif not are_there(kind, field, before.get(field)):
                why[field] = _("what it was before is gone")
        own = own_names(kind, row, changed, stated[name])
        why = {field: words for field, words in why.items() if field not in own}
        back = [field for field in changed if field not in why]
        title = title_of(row.now or {})
        if back:
            item = self.add(UndoItem(kind.model, row.pk, name, title, UndoAction.SET_BACK, back))
            item.values = {field: before.get(field) for field in back} | own
        by_reason: dict[str, list[str]] = defaultdict(list)
        for field, words in why.items():
            by_reason[words].append(field)
        if before.get("publication") != row.after.get("publication"):
            words = _("was a draft before, and is public now: what was public is no draft again")
            by_reason[words] = ["publication"]
        for words, fields in by_reason.items():
            stays = UndoItem(kind.model, row.pk, name, title, UndoAction.STAYS, fields, words)
            self.add(stays)
        self.kept_fields[kind.name, name] = set(why)

    def taken_out(self, kind: Kind, row: LoadedRow) -> None:
        """Decide about a line, a delegate or a citation that the load took out."""
        before = row.before or {}
        name = before.get("ref", str(row.pk))
        title = title_of(before)
        item = UndoItem(kind.model, row.pk, name, title, UndoAction.BROUGHT_BACK)
        item.version = row.before_version
        if row.now is not None:
            return
        self.add(item)
        if _ref_is_taken(kind.model, name):
            self.stay(item, _("there is one again"))
        elif not self.has_what_it_names(kind, before):
            self.stay(item, _("what it belongs to is gone"))

    def has_what_it_names(self, kind: Kind, columns: Columns) -> bool:
        coming = {(i.model, i.pk) for i in self.plan.of(UndoAction.BROUGHT_BACK)}
        for field in kind.model._meta.concrete_fields:
            model, key = field.related_model, columns.get(field.name)
            if isinstance(model, type) and key is not None and (model, key) not in coming:
                rows: Any = model
                if not rows._base_manager.filter(pk=key).exists():
                    return False
        return True

    # --- What keeps rows --------------------------------------------------------------------------

    def hold_what_is_needed(self) -> None:
        """Let stay what something rests on that stays, until nothing more has to."""
        references: dict[tuple[type[Record], int], list[tuple[type[Record], int]]]
        references = defaultdict(list)
        for model, items in self.leaving.items():
            for key, other, other_key in referring(model, items):
                references[model, key].append((other, other_key))
        for key, subject in subjects(self.leaving[Citation]).items():
            if subject in self.new:
                references[Citation, key].append(subject)
        over = self.over_before()
        held: list[tuple[UndoItem, type[Record], int]] = []
        while True:
            before = len(held)
            for model, key in [(m, k) for m, items in self.leaving.items() for k in items]:
                item = self.leaving[model][key]
                for other, other_key in references[model, key]:
                    ending = self.leaving[other].get(other_key)
                    is_deleted = ending is not None and ending.action == UndoAction.DELETED
                    is_over = ending is not None or (other, other_key) in over
                    if not is_deleted and not (is_over and item.action == UndoAction.WITHDRAWN):
                        held.append((item, other, other_key))
                        del self.leaving[model][key]
                        if is_over:
                            # What is withdrawn too may name what only stays to be read.
                            over.add((model, key))
                        break
            if len(held) == before and not self.hold_last_mentions():
                break
        names = Names()
        for _item, model, key in held:
            names.request(model, [key])
        for item, model, key in held:
            about = {"kind": model._meta.verbose_name, "name": names.of(model, key)}
            is_ending = key in self.leaving[model]
            if item.model is Citation:
                self.stay(item, _("it is the source of what stays: %(name)s") % about)
                continue
            words = (
                _("%(kind)s “%(name)s”, which is withdrawn and can be read, names it")
                if is_ending
                else _("%(kind)s “%(name)s” rests on it")
            )
            self.stay(item, words % about)

    def over_before(self) -> set[tuple[type[Record], int]]:
        """Entries of the initiatives of the load that stand no more: withdrawn, or corrected."""
        return {
            (model, key)
            for model in ENTRIES
            for batch in in_chunks(sorted(self.leaving[Initiative]), CHUNK)
            for key in model._base_manager.filter(initiative__in=batch)
            .exclude(withdrawn_at=None, correction=None)
            .values_list("pk", flat=True)
        }

    def hold_last_mentions(self) -> bool:
        """Let the first mention stay of an initiative that stays public and would have none; whether any had to."""
        mentions = [i for i in self.leaving[Mention].values() if i.action == UndoAction.WITHDRAWN]
        keys = [item.pk for item in mentions]
        rows: Sequence[tuple[int, int]] = [
            row
            for batch in in_chunks(keys, CHUNK)
            for row in Mention.objects.filter(pk__in=batch)
            .order_by("report__published_on", "pk")
            .values_list("initiative", "pk")
        ]
        rows = [row for row in rows if row[0] not in self.leaving[Initiative]]
        standing = Mention.objects.public().current()
        others = {
            initiative
            for batch in in_chunks(sorted({initiative for initiative, _key in rows}), CHUNK)
            for initiative, key in standing.filter(initiative__in=batch)
            .order_by()
            .values_list("initiative", "pk")
            if key not in self.leaving[Mention]
        }
        has_any = bool(self.leaving[Mention])
        needed = [row for row in rows if row[0] not in others] if has_any else []
        for initiative, key in needed:
            if initiative not in others:
                others.add(initiative)
                item = self.leaving[Mention].pop(key)
                self.stay(item, _("it is the only public mention of an initiative that stays"))
        return bool(needed)

    # --- Bases ------------------------------------------------------------------------------------

    def bases(self) -> None:
        """The bases as they were before the load, but for what stays."""
        replaced = list(self.load.replaced_facts.order_by("source", "kind", "key"))
        for batch in in_chunks(replaced, CHUNK):
            current = {
                (fact.source, fact.kind, fact.key): fact.values
                for fact in LoadedFact.objects.filter(
                    source__in={f.source for f in batch}, key__in={f.key for f in batch}
                )
            }
            for fact in batch:
                if (fact.kind, fact.key) in self.kept:
                    continue
                fact_key = (fact.source, fact.kind, fact.key)
                kept = self.kept_fields.get((fact.kind, fact.key), set())
                now = current.get(fact_key, {})
                left = {name: now[name] for name in kept if name in now}
                has_base = fact.values is not None or left
                self.plan.facts[fact_key] = (fact.values or {}) | left if has_base else None


def _says_the_same(head: Any, entry: Any) -> bool:
    if head == entry:
        return True
    names = [name for name in typed_fields(type(entry)) if name != "translations"]
    return current_values(head, names) == current_values(entry, names)


def _ref_is_taken(model: Any, ref: str) -> bool:
    return bool(model._base_manager.filter(ref=ref).exists())


def _is_public_again(row: LoadedRow) -> bool:
    """Whether the load made an initiative public again that was withdrawn by undoing an earlier one."""
    before = row.before or {}
    return before.get("withdrawn_at") is not None and row.after["withdrawn_at"] is None
