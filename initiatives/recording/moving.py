"""Everything that refers to one row made to refer to another: the one action that may move an entry.

What the other row has already is folded into that: nothing is there twice, and nothing is lost. Each step is noted
with the versions of the change history before and after it, so that it can be undone (``separation.py``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils.text import capfirst
from simple_history.utils import get_history_manager_for_model

from ..models import (
    Attendance,
    Citation,
    Delegate,
    Initiative,
    Involvement,
    Line,
    Lineage,
    Membership,
    Record,
    Role,
    SearchText,
    Target,
)
from ..models.citations import SUBJECTS
from .bulk_history import BATCH, delete_all, move_all, relate_all, write_first_versions
from .diff import Names, in_words, typed_fields
from .record_ids import in_key, renaming, rows_naming
from .refs import free_ref
from .renaming import NAMED_AFTER

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# Kept up to date with what they are of.
DERIVED = (Involvement, SearchText)
# By what two rows are one: columns that no two rows of a model have alike.
IDENTITY: dict[type[Record], tuple[str, ...]] = {
    Membership: ("dialogue", "participant", "capacity"),
    Attendance: ("meeting", "participant"),
    Role: ("initiative", "role", "participant"),
    Lineage: ("later", "relation", "earlier"),
    Target: ("initiative", "metric", "period", "unit", "currency"),
    Citation: ("report", "locator", "says", "field", *SUBJECTS),
}
# What such rows belong to.
OWNERS = ("initiative", "meeting", "dialogue", "attendance")
# Those whose name says all that they are.
NAMED: tuple[type[Record], ...] = (Line, Delegate)


@dataclass
class Differing:
    """What two rows that are one now say differently: the words that stay, and those that go."""

    what: str
    stays: str
    goes: str


@dataclass
class Moves:
    """What is written when the record ``gone``, of the id ``old``, goes into ``kept``, of the id ``new``."""

    by: User | None
    reason: str
    kind: str
    old: str
    new: str
    # By model: key of the row, version before, version written, and the fields that changed; None for a deletion.
    steps: dict[str, list[list[Any]]] = field(default_factory=lambda: defaultdict(list))
    moved: Counter[str] = field(default_factory=Counter)
    folded: Counter[str] = field(default_factory=Counter)
    dropped: list[str] = field(default_factory=list)
    differing: list[Differing] = field(default_factory=list)

    def refer(self, gone: Any, kept: Any) -> None:
        """Let all that refers to one row refer to the other."""
        for relation in gone._meta.related_objects:
            if _is_derived(relation):
                continue
            if relation.many_to_many:
                if relation.through._meta.auto_created:
                    self._move_links(relation, gone, kept)
            else:
                self._move_rows(relation, gone, kept)

    def name_anew(self) -> None:
        """Name rows after the record that stays which are named after the one that goes."""
        change = renaming(self.kind, self.old, self.new)
        model: Any
        for model in NAMED_AFTER:
            name, changed = str(model._meta.model_name), []
            # Whatever is like a new name has the id of today in it.
            taken = {row.ref for row in rows_naming(model._base_manager.all(), "ref", self.new)}
            for row in rows_naming(model._base_manager.all(), "ref", self.old):
                ref = in_key(name, row.ref, change)
                if ref != row.ref:
                    row.ref = free_ref(ref, taken)
                    changed.append(row)
            self._write(model, changed, ["ref"])

    def delete(self, row: Any) -> None:
        model = type(row)
        before = self._latest(model, [row])
        delete_all([row], by=self.by, reason=self.reason)
        self._note(model, before, None)

    def _delete_with_citations(self, row: Lineage) -> None:
        """Note what would go with it unseen, so that it comes back as well."""
        for citation in Citation._base_manager.filter(lineage=row.pk).order_by("pk"):
            self.delete(citation)
        self.delete(row)

    def change(self, row: Any, values: dict[str, Any]) -> None:
        """Set fields of a row; many-to-many ones to sets of primary keys."""
        model, columns = type(row), []
        if not values:
            return
        for name, value in values.items():
            model_field: Any = model._meta.get_field(name)
            if model_field.many_to_many:
                relate_all(model, name, {row.pk: value})
            else:
                setattr(row, model_field.attname, value)
                columns.append(name)
        row._state.fields_cache.clear()
        self._write(model, [row], columns, names=[*values])

    # --- Rows that refer --------------------------------------------------------------------------

    def _move_rows(self, relation: Any, gone: Any, kept: Any) -> None:
        model, name = relation.related_model, relation.field.name
        rows = list(model._base_manager.filter(**{name: gone.pk}).order_by("pk"))
        twins, moving = self._twins(rows, name, kept), []
        for row in rows:
            if isinstance(row, Lineage) and {row.later_id, row.earlier_id} <= {gone.pk, kept.pk}:
                self.dropped.append(str(row))
                self._delete_with_citations(row)
            elif isinstance(row, type(kept)) and row.pk == kept.pk:
                # It was part of the other one, or its translation: now it is of what that one is of.
                above = getattr(gone, relation.field.attname)
                self.change(row, {name: None if above == kept.pk else above})
            elif row.pk in twins:
                self._fold(row, model._base_manager.get(pk=twins[row.pk]))
            else:
                setattr(row, relation.field.attname, kept.pk)
                moving.append(row)
        self._write(model, moving, [name])
        if moving:
            self.moved[capfirst(str(model._meta.verbose_name_plural))] += len(moving)

    def _twins(self, rows: list[Any], name: str, kept: Any) -> dict[int, int]:
        """By row what the other record has of the kind already that says who or what that row says."""
        if not rows:
            return {}
        model: Any = type(rows[0])
        wanted: dict[int, Any]
        there: dict[Any, int] = {}
        if model in NAMED:
            change = renaming(self.kind, self.old, self.new)
            wanted = {row.pk: in_key(str(model._meta.model_name), row.ref, change) for row in rows}
            refs = [*wanted.values()]
            for start in range(0, len(refs), BATCH):
                named = model._base_manager.filter(ref__in=refs[start : start + BATCH])
                there |= dict(named.values_list("ref", "pk"))
        else:
            is_only = model._meta.get_field(name).one_to_one
            columns = [name] if is_only else IDENTITY.get(model, ())
            if name not in columns:
                return {}
            attnames = [model._meta.get_field(column).attname for column in columns]
            others = model._base_manager.filter(**{name: kept.pk})
            for pk, *values in others.values_list("pk", *attnames):
                there.setdefault(tuple(values), pk)
            wanted = {
                row.pk: tuple(
                    kept.pk if column == name else getattr(row, attname)
                    for column, attname in zip(columns, attnames, strict=True)
                )
                for row in rows
            }
        return {pk: there[key] for pk, key in wanted.items() if there.get(key, pk) != pk}

    def _fold(self, row: Any, twin: Any) -> None:
        """Fill in what the other row does not say, let it have what hangs on this one, and delete this one."""
        model, names, filled = type(row), Names(), {}
        for name in typed_fields(model):
            model_field: Any = model._meta.get_field(name)
            if name in IDENTITY.get(model, ()) or name in OWNERS:
                continue
            if model_field.many_to_many:
                own = set(getattr(twin, name).values_list("pk", flat=True))
                both = own | set(getattr(row, name).values_list("pk", flat=True))
                if both != own:
                    filled[name] = both
                continue
            stays, goes = (getattr(r, model_field.attname) for r in (twin, row))
            if stays == goes or goes in (None, "", {}):
                continue
            if stays in (None, "", {}):
                filled[name] = goes
                continue
            what = f"{twin}: {capfirst(str(model_field.verbose_name))}"
            words = [in_words(model_field, value, names) for value in (stays, goes)]
            self.differing.append(Differing(what, *words))
        if filled:
            self.change(twin, filled)
        self.refer(row, twin)
        self.folded[capfirst(str(model._meta.verbose_name_plural))] += 1
        self.delete(row)

    def _move_links(self, relation: Any, gone: Any, kept: Any) -> None:
        model, name = relation.related_model, relation.field.name
        holders = list(model._base_manager.filter(**{name: gone.pk}).order_by("pk"))
        for start in range(0, len(holders), BATCH):
            batch = holders[start : start + BATCH]
            links: dict[int, set[int]] = defaultdict(set)
            pairs = model._base_manager.filter(pk__in=[row.pk for row in batch])
            for pk, key in pairs.order_by().values_list("pk", name):
                links[pk].add(kept.pk if key == gone.pk else key)
            before = self._latest(model, batch)
            relate_all(model, name, links)
            move_all(batch, [], by=self.by, reason=self.reason)
            self._note(model, before, [name])
        if holders:
            self.moved[capfirst(str(model._meta.verbose_name_plural))] += len(holders)

    # --- Notes ------------------------------------------------------------------------------------

    def _write(
        self, model: Any, rows: list[Any], columns: list[str], names: Iterable[str] = ()
    ) -> None:
        for start in range(0, len(rows), BATCH):
            batch = rows[start : start + BATCH]
            before = self._latest(model, batch)
            move_all(batch, columns, by=self.by, reason=self.reason)
            self._note(model, before, [*(names or columns)])

    def _latest(self, model: Any, rows: Collection[Any]) -> dict[int, int | None]:
        if not hasattr(model, "history"):
            return dict.fromkeys((row.pk for row in rows), None)
        latest = _last_versions(model, [row.pk for row in rows])
        if missing := [row.pk for row in rows if row.pk not in latest]:
            # Written past the history, once: what it was is to be known when this is undone.
            write_first_versions(list(model._base_manager.filter(pk__in=missing)), by=self.by)
            latest |= _last_versions(model, missing)
        return {**latest}

    def _note(self, model: Any, before: dict[int, int | None], names: list[str] | None) -> None:
        after = _last_versions(model, before) if hasattr(model, "history") else {}
        self.steps[str(model._meta.model_name)] += [
            [pk, version, after.get(pk), names] for pk, version in before.items()
        ]


def _is_derived(relation: Any) -> bool:
    model = relation.related_model
    return model in DERIVED or (model is Initiative and not relation.field.editable)


def _last_versions(model: Any, keys: Iterable[int]) -> dict[int, int]:
    versions = get_history_manager_for_model(model).filter(id__in=list(keys)).order_by()
    return dict(versions.values_list("id").annotate(Max("history_id")))
