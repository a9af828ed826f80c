"""Everything that refers to one row made to refer to another: the one action that may move an entry.

What the other row has already is folded into that: nothing is there twice, and nothing is lost. Each step is noted
with the versions of the change history before and after it, so that it can be undone (``separation.py``).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
from .bulk_history import (
    BATCH,
    batches_of,
    delete_all,
    delete_bare,
    move_all,
    relate_all,
    related_keys,
    write_first_versions,
)
from .diff import Names, in_words, typed_fields
from .record_ids import in_key, renaming, rows_naming
from .refs import free_ref
from .renaming import NAMED_AFTER, refs_named_anew

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
# Rows of one model by primary key: each goes into another.
Pairs = Mapping[int, int]


@dataclass
class Differing:
    """What two rows that are one now say differently in a field."""

    row: Any
    field: Any
    kept: Any
    gone: Any
    names: Names

    @property
    def what(self) -> str:
        return f"{self.row}: {capfirst(str(self.field.verbose_name))}"

    @property
    def stays(self) -> str:
        return in_words(self.field, self.kept, self.names)

    @property
    def goes(self) -> str:
        return in_words(self.field, self.gone, self.names)


@dataclass
class Moves:
    """What is written when the record ``gone``, of the id ``old``, goes into ``kept``, of the id ``new``.

    Where that is only foreseen, what refers to the two is counted and not written.
    """

    by: User | None
    reason: str
    kind: str
    old: str
    new: str
    is_foreseen: bool = False
    # By model: key of the row, version before, version written, and the fields that changed; None for a deletion.
    steps: dict[str, list[list[Any]]] = field(default_factory=lambda: defaultdict(list))
    moved: Counter[str] = field(default_factory=Counter)
    folded: Counter[str] = field(default_factory=Counter)
    dropped: list[str] = field(default_factory=list)
    differing: list[Differing] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._change = renaming(self.kind, self.old, self.new)
        self._taken: dict[Any, set[str]] = {}
        self._names = Names()

    def refer(self, model: Any, pairs: Pairs) -> None:
        """Let all that refers to the one row of each pair refer to the other."""
        for relation in model._meta.related_objects:
            if _is_derived(relation):
                continue
            if relation.many_to_many:
                if relation.through._meta.auto_created:
                    self._move_links(relation, pairs)
            else:
                self._move_rows(relation, pairs)

    def drop_relations(self, *initiatives: Initiative) -> None:
        """Delete what says that the two are related."""
        keys = [initiative.pk for initiative in initiatives]
        links = Lineage._base_manager.filter(later__in=keys, earlier__in=keys).order_by("pk")
        for link in links:
            self.dropped.append(str(link))
            # Noted too, since it would go unseen: so it comes back as well.
            for citation in Citation._base_manager.filter(lineage=link.pk).order_by("pk"):
                self.delete(citation)
            self.delete(link)

    def name_anew(self) -> None:
        """Name the other rows after the record that stays which are named after the one that goes."""
        for model in NAMED_AFTER:
            for rows in batches_of(model, refs_named_anew(model, self.old, self._change)):
                self._write(model, rows, self._name(model, rows))

    def _name(self, model: Any, rows: Iterable[Any]) -> list[str]:
        """Name rows after the record that stays; return the columns that this changes."""
        if model not in NAMED_AFTER:
            return []
        if model not in self._taken:
            # Whatever is like a new name has the id of today in it.
            named = rows_naming(model._base_manager.all(), "ref", self.new)
            self._taken[model] = set(named.values_list("ref", flat=True))
        name, changed = str(model._meta.model_name), False
        for row in rows:
            ref = in_key(name, row.ref, self._change)
            if ref != row.ref:
                row.ref, changed = free_ref(ref, self._taken[model]), True
        return ["ref"] if changed else []

    def delete(self, row: Any) -> None:
        model = type(row)
        before = self._latest(model, [row])
        delete_all([row], by=self.by, reason=self.reason)
        self._note(model, before, None)

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

    def _move_rows(self, relation: Any, pairs: Pairs) -> None:
        model, name, column = relation.related_model, relation.field.name, relation.field.attname
        rows = [pk for (pk,) in _referring(model, name, pairs)]
        twins = self._twins(relation.field, rows, pairs)
        if twins:
            self._fold(model, twins)
        moving = [pk for pk in rows if pk not in twins]
        self._count(self.moved, model, len(moving))
        if self.is_foreseen:
            return
        for batch in batches_of(model, moving):
            for row in batch:
                setattr(row, column, pairs[getattr(row, column)])
            self._write(model, batch, [name, *self._name(model, batch)])

    def _twins(self, relation: Any, rows: Collection[int], pairs: Pairs) -> Pairs:
        """By row what the other record has of the kind already that says who or what that row says."""
        model, name = relation.model, relation.name
        if model in NAMED:
            wanted = {
                pk: in_key(str(model._meta.model_name), ref, self._change)
                for pk, ref in _referring(model, "pk", rows, "ref")
            }
            there = {ref: pk for pk, ref in _referring(model, "ref", [*wanted.values()], "ref")}
        else:
            columns = [name] if relation.one_to_one else IDENTITY.get(model, ())
            if name not in columns or not rows:
                return {}

            def identities(keys: Iterable[int]) -> Iterator[tuple[int, Any]]:
                for pk, *values in _referring(model, name, keys, *columns):
                    own = dict(zip(columns, values, strict=True))
                    yield pk, tuple({**own, name: pairs.get(own[name], own[name])}.values())

            wanted, there = dict(identities(pairs)), {}
            for pk, identity in identities(pairs.values()):
                there.setdefault(identity, pk)
        return {pk: there[key] for pk, key in wanted.items() if there.get(key, pk) != pk}

    def _fold(self, model: Any, twins: Pairs) -> None:
        """Fill in what the other row of each pair does not say, let it have what hangs on this one, and delete this."""
        for rows in batches_of(model, twins):
            self._fill_in(model, rows, twins)
        self.refer(model, twins)
        self._count(self.folded, model, len(twins))
        if self.is_foreseen:
            return
        for rows in batches_of(model, twins):
            before = self._latest(model, rows)
            delete_bare(rows, by=self.by, reason=self.reason)
            self._note(model, before, None)

    def _fill_in(self, model: Any, rows: Sequence[Any], twins: Pairs) -> None:
        identity = IDENTITY.get(model, ())
        fields = [
            model._meta.get_field(name)
            for name in typed_fields(model)
            if name not in identity and name not in OWNERS
        ]
        others = model._base_manager.in_bulk({twins[row.pk] for row in rows})
        filled: dict[int, Any] = {}
        names: dict[str, None] = {}
        for model_field in (one for one in fields if one.many_to_many):
            name = model_field.name
            related = related_keys(model, name, [*others, *(row.pk for row in rows)])
            links: dict[int, set[int]] = {}
            for row in rows:
                key = twins[row.pk]
                if not related[row.pk] <= related[key]:
                    links[key] = related[key] = related[key] | related[row.pk]
                    filled[key], names[name] = others[key], None
            if not self.is_foreseen:
                relate_all(model, name, links)
        for row in rows:
            twin = others[twins[row.pk]]
            for model_field in (one for one in fields if not one.many_to_many):
                column = model_field.attname
                stays, goes = getattr(twin, column), getattr(row, column)
                if stays == goes or is_empty(goes):
                    continue
                if is_empty(stays):
                    setattr(twin, column, goes)
                    filled[twin.pk], names[model_field.name] = twin, None
                else:
                    self.differing.append(Differing(twin, model_field, stays, goes, self._names))
        if not self.is_foreseen:
            columns = [name for name in names if not model._meta.get_field(name).many_to_many]
            self._write(model, [*filled.values()], columns, names=names)

    def _move_links(self, relation: Any, pairs: Pairs) -> None:
        model, name = relation.related_model, relation.field.name
        holders = [pk for (pk,) in _referring(model, name, pairs)]
        self._count(self.moved, model, len(holders))
        if self.is_foreseen:
            return
        for batch in batches_of(model, holders):
            links = related_keys(model, name, [row.pk for row in batch])
            before = self._latest(model, batch)
            relate_all(
                model, name, {pk: {pairs.get(k, k) for k in keys} for pk, keys in links.items()}
            )
            move_all(batch, [], by=self.by, reason=self.reason)
            self._note(model, before, [name])

    def _count(self, counter: Counter[str], model: Any, count: int) -> None:
        if count:
            counter[capfirst(str(model._meta.verbose_name_plural))] += count

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


def _referring(
    model: Any, name: str, keys: Iterable[Any], *columns: str
) -> Iterator[tuple[Any, ...]]:
    """The rows that refer to others, of these keys, by a field: their own key, and columns."""
    ordered = list(keys)
    for start in range(0, len(ordered), BATCH):
        rows = model._base_manager.filter(**{f"{name}__in": ordered[start : start + BATCH]})
        yield from rows.order_by("pk").values_list("pk", *columns)


def is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {}) or value == set()


def _is_derived(relation: Any) -> bool:
    model = relation.related_model
    return model in DERIVED or (model is Initiative and not relation.field.editable)


def _last_versions(model: Any, keys: Iterable[int]) -> dict[int, int]:
    versions = get_history_manager_for_model(model).filter(id__in=list(keys)).order_by()
    return dict(versions.values_list("id").annotate(Max("history_id")))
