"""What a page or a value in memory rests on, found while it is made and by no list that somebody has to keep.

Every statement that a database is asked is looked at: it rests on its tables, or, of tables whose changes are noted
as those of initiatives (``triggers.py``), on the initiatives that it names by key. What cannot be told rests on
everything. What follows from more, and is cheap to find again, is an ``answer``: asked again, it is to be the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar, TypeVarTuple

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from pyroaring import BitMap

from ..models import Initiative
from .changes import Changes
from .statements import INITIATIVES, LINEAGE, SLUG, initiative_columns, read_statement

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")


@dataclass
class Dependencies:
    """What something rests on: ``tables``, ``initiatives`` by key, and ``answers`` by function and arguments.

    ``named`` are keys of rows of initiatives, or their slugs, of which it is not known yet whose they are.
    """

    everything: bool = False
    tables: set[str] = field(default_factory=set)
    initiatives: BitMap = field(default_factory=BitMap)
    answers: dict[tuple[Callable[..., Any], tuple[Any, ...]], Any] = field(default_factory=dict)
    named: dict[str, set[Any]] = field(default_factory=dict)
    has_lineage: bool = False

    def add(self, other: Dependencies) -> None:
        self.everything |= other.everything
        self.has_lineage |= other.has_lineage
        self.tables |= other.tables
        self.initiatives |= other.initiatives
        self.answers |= other.answers
        for of, keys in other.named.items():
            self.named.setdefault(of, set()).update(keys)

    def add_statement(self, sql: str, params: Any) -> None:
        statement = read_statement(sql)
        self.everything |= statement.everything
        self.has_lineage |= statement.has_lineage
        self.tables |= statement.tables
        for pin in statement.pins:
            if pin.of and pin.places:
                named = self.named.setdefault(pin.of, set())
                for place in pin.places:
                    keys = params[place]
                    named.update(keys if isinstance(keys, list) else [keys])

    def resolve(self) -> None:
        """Find the initiatives whose rows are named, and those linked to any of them; two queries at most."""
        using = Initiative._default_manager.db
        # What has read nothing has what it says from somewhere else.
        self.everything |= not (self.tables or self.named or self.initiatives or self.answers)
        self.initiatives |= BitMap(self.named.pop(INITIATIVES, ()))
        if self.named and not self.everything:
            of_rows, found_slugs = _initiatives_of(self.named, using)
            self.initiatives |= of_rows
            self.everything = found_slugs < len(self.named.get(SLUG, ()))
        if self.has_lineage and self.initiatives and not self.everything:
            self.initiatives |= _linked_to(self.initiatives, using)
        self.named, self.has_lineage = {}, False

    def are_untouched(self, changes: Changes | None) -> bool:
        """Whether what rests on this is as it was before the changes; None are unknown ones."""
        if changes is None or self.everything:
            return False
        if not self.tables.isdisjoint(changes):
            return False
        changed = changes.get(INITIATIVES, frozenset())
        if any(key is None or key in self.initiatives for key in changed):
            return False
        return all(ask(*args) == said for (ask, args), said in self.answers.items())


def everything() -> Dependencies:
    return Dependencies(everything=True)


def _initiatives_of(named: Mapping[str, Collection[Any]], using: str) -> tuple[BitMap, int]:
    """The initiatives of rows by table and keys, and how many were found by slugs."""
    selects, params = [], list[Any]()
    for of, keys in named.items():
        table, column = (INITIATIVES, "slug") if of == SLUG else (of, "id")
        for key in ["id"] if of == SLUG else initiative_columns(of):
            places = ", ".join(["%s"] * len(keys))
            selects.append(
                f"SELECT {int(of == SLUG)}, {key} FROM {table} WHERE {column} IN ({places})"
            )
            params += keys
    rows = _read(" UNION ".join(selects), params, using)
    return BitMap(key for _by_slug, key in rows if key), sum(by_slug for by_slug, _key in rows)


def _linked_to(initiatives: BitMap, using: str) -> BitMap:
    """The initiatives that lineage links to any of these, drafts and what is withdrawn included."""
    places = ", ".join(["%s"] * len(initiatives))
    rows = _read(
        f"SELECT earlier_id, later_id FROM {LINEAGE}"
        f" WHERE earlier_id IN ({places}) OR later_id IN ({places})",
        [*initiatives, *initiatives],
        using,
    )
    return BitMap(key for row in rows for key in row)


def _read(sql: str, params: Sequence[Any], using: str) -> list[tuple[Any, ...]]:
    with untraced(), connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


_traced: ContextVar[Dependencies | None] = ContextVar("traced", default=None)


@contextmanager
def traced() -> Iterator[Dependencies]:
    """Find out what the reading within rests on; what is around it rests on that as well."""
    outer, inner = _traced.get(), Dependencies()
    with _tracing(inner):
        yield inner
    if outer is not None:
        outer.add(inner)


@contextmanager
def _tracing(dependencies: Dependencies | None) -> Iterator[None]:
    token = _traced.set(dependencies)
    try:
        yield
    finally:
        _traced.reset(token)


def untraced() -> AbstractContextManager[None]:
    """What is read within is nothing that a page rests on."""
    return _tracing(None)


def rest_on(dependencies: Dependencies) -> None:
    """Say what a value that is read from memory rests on."""
    if (current := _traced.get()) is not None:
        current.add(dependencies)


def rest_on_tables(tables: Iterable[str]) -> None:
    """Say the same of a value that follows from whole tables, as the triggers note them."""
    if (current := _traced.get()) is not None:
        current.tables.update(tables)


def rest_on_everything() -> None:
    if (current := _traced.get()) is not None:
        current.everything = True


def answer(ask: Callable[[*Arguments], T]) -> Callable[[*Arguments], T]:
    """A question that is cheap to ask again: what rests on it alone holds while the answer is the same.

    A function of a module, whose arguments and answer are plain values; it finds the data by itself.
    """

    @wraps(ask)
    def asked(*args: *Arguments) -> T:
        current = _traced.get()
        with untraced():
            said = ask(*args)
        if current is not None:
            current.answers[asked, args] = said
        return said

    return asked


def watch(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """Look at every statement of a connection (``connection_created``)."""
    if _look not in connection.execute_wrappers:
        # First: whoever adds one for a while takes away the last one.
        connection.execute_wrappers.insert(0, _look)


def _look(execute: Any, sql: Any, params: Any, *args: Any) -> Any:
    current = _traced.get()
    if current is not None and not current.everything:
        current.add_statement(str(sql), params)
    return execute(sql, params, *args)
