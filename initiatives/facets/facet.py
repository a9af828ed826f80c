"""What a filter of a list is: where its values are read from, and what follows from that."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

R = TypeVar("R", bound=QuerySet[Any])
# What is asked for to find the rows that have no value of a facet.
NONE = "none"
Choices = Iterable[tuple[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Facet:
    """A filter of several values: “or” among them, “and” with the other filters of the list.

    ``path`` leads from a row of ``model`` to the column that is read; ``values_of`` makes values of what stands there
    (of a list, which comes as a tuple, too): “2022” of “2022-04-15”. Of the rows along a path, ``only`` says which
    count: public entries that stand, say, or roles of one kind. ``rule`` finds the same rows as the path does, where
    the database can do so better. A facet without a path has a rule, all ``choices``, ``holds``, which says of a row
    whether it has one of them on a day, by ``columns`` the attributes of the row that decide each (groups of them, each
    of which is enough for it), and in ``depends_on`` the paths that they read beyond the row itself.

    What can be chosen is in ``choices``, or ``offer(view, asked_for)`` gives it for a view of the record
    (``as_of/current.py``) and the values in an address; say then what it ``expects``. ``shape`` is a regular expression
    for values that are understood beyond those; ``has_counts`` is whether each value shows how many rows it would give.
    ``none`` is what the choice of the rows without any value is called (“none” in addresses); empty where there is no
    such choice. ``tells_itself`` is whether its values need no label beside them in a title, ``stands_open`` whether
    its choices are in sight at once. ``renamed`` has the values that stood in addresses before, with those that they
    lead to.
    """

    model: type[Model]
    name: str
    label: StrOrPromise
    path: str = ""
    only: Q = field(default_factory=Q)
    values_of: Callable[[Any], Iterable[str]] | None = None
    rule: Callable[[Any, Sequence[str], datetime.date | None], Any] | None = None
    holds: Callable[[Any, str, datetime.date], bool] | None = None
    columns: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    depends_on: Sequence[str] = ()
    choices: Choices = ()
    offer: Callable[[Any, Sequence[str]], Choices] | None = None
    shape: str = ""
    expects: StrOrPromise = ""
    has_counts: bool = True
    none: StrOrPromise = ""
    tells_itself: bool = False
    stands_open: bool = False
    renamed: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def expected(self) -> StrOrPromise:
        """What a value has to be, in words; empty where it is one of the choices."""
        if not (self.expects and self.none):
            return self.expects
        return format_lazy(_("{expects}; or none"), expects=self.expects)

    @property
    def paths(self) -> Sequence[str]:
        """All that it reads."""
        return [self.path, *self.depends_on] if self.path else self.depends_on

    @cached_property
    def has_many(self) -> bool:
        """Whether a row can have several values, each in a row of another table."""
        return any(hop.is_to_many for hop in hops(self.model, self.path))

    @property
    def conditions(self) -> list[tuple[str, Any]]:
        """The columns that say of a row along the path whether it counts, and what stands there where it does."""
        return [(str(name), value) for name, value in self.only.children]  # type: ignore[misc]

    def counted(self, rows: R) -> R:
        """Of rows those that have a value, of a facet with a path."""
        if not self.values_of or self.rule:
            return rows.filter(Q(self.only, **{f"{self.path}__isnull": False}))
        # A list may be empty.
        valued = [raw for raw, values in self._contents(rows.db) if values]
        return rows.filter(Q(self.only, **{f"{self.path}__in": valued}))

    def _contents(self, using: str) -> Iterator[tuple[Any, set[str]]]:
        """What stands in the column, each with the values that it gives."""
        rows = self.model._default_manager.using(using).order_by()
        for raw in rows.values_list(self.path, flat=True).distinct():
            yield raw, {*self.read(raw)}

    def choices_for(self, view: Any, asked_for: Sequence[str] = ()) -> Choices:
        """What can be chosen, in the order of a form: that there is nothing stands first."""
        choices = self.offer(view, asked_for) if self.offer else self.choices
        return [(NONE, self.none), *choices] if self.none else choices

    def read(self, raw: Any) -> Iterable[str]:
        """The values that the content of the column gives."""
        if raw in (None, ""):
            return ()
        return self.values_of(raw) if self.values_of else (str(raw),)

    def values(self, row: Any) -> Iterable[str]:
        """The values of a row as it is known in memory; not for a facet that has many."""
        if self.holds:
            return [value for value, _label in self.choices if self.holds(row, value, row.as_of)]
        values = self.read(content_of(row, self.path))
        return values or (NONE,) if self.none else values

    def having(
        self, rows: QuerySet[Any], values: Sequence[str], day: datetime.date | None = None
    ) -> QuerySet[Any]:
        """The rows that have one of the values, as the database finds them; flags as of a day, today unless given."""
        every: QuerySet[Any] = self.model._default_manager.using(rows.db).order_by()
        if self.none and NONE in values:
            without = ~Q(pk__in=self.counted(every).values("pk"))
            if others := [value for value in values if value != NONE]:
                without |= Q(pk__in=self.having(every, others, day).values("pk"))
            return rows.filter(without)
        if self.rule:
            left: QuerySet[Any] = self.rule(rows, values, day)
            return left
        contents: Iterable[Any] = values
        if self.values_of:
            wanted = {*values}
            contents = [raw for raw, given in self._contents(rows.db) if given & wanted]
        matching = Q(self.only, **{f"{self.path}__in": contents})
        if self.has_many:
            return rows.filter(pk__in=every.filter(matching).values("pk"))
        return rows.filter(matching)


def content_of(row: Any, path: str) -> Any:
    """What stands at the end of a path for a row in memory; None where it leads nowhere."""
    for name in path.split("__"):
        row = getattr(row, name, None)
    return row


@dataclass(frozen=True)
class Hop:
    """A step of a path to another table; ``is_traced`` is whether the rows that lead there are found by its rows."""

    table: str
    path: str
    is_to_many: bool
    is_traced: bool


def hops(model: type[Model], path: str) -> Iterator[Hop]:
    """The steps of a path from one table to the next; none within the table where it begins.

    A row that names one that is gone, or that named another one before, is not found by it any more. Behind the first
    step this does not matter: triggers note the initiative that such a row names (``serving/triggers.py``).
    """
    start, is_traced = model, True
    names: list[str] = []
    for name in filter(None, path.split("__")):
        field: Any = model._meta.get_field(name)
        if not field.is_relation:
            return
        names.append(name)
        is_to_many = field.one_to_many or field.many_to_many
        is_traced = is_traced and not (is_to_many and model is not start)
        if field.many_to_many and model is not start:
            forward = field if hasattr(field, "m2m_db_table") else field.remote_field
            yield Hop(forward.m2m_db_table(), "__".join(names), is_to_many, is_traced)
        model = field.related_model
        yield Hop(model._meta.db_table, "__".join(names), is_to_many, is_traced)
