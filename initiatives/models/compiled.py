"""Queries that are asked over and over: Django makes their SQL anew each time, here it is made once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from .initiatives import Initiative

# What a column is compared with: a key or a text, or any of several.
Value = int | str | Sequence[int] | Sequence[str]
# What takes the place of one while the SQL is made: its type; of several with their number, which an array has not.
Shape = type | tuple[type, int | None]

# Statements in memory, of some kB each.
MOST = 500
# Numbers from here on, and their texts, stand for values while the SQL is made: nothing else in it is like them.
MARK = 2**31 - 100_000
PLACE = re.compile(r"%%|IN \(%s\)|%s")
# Words that need no quoting but quotes.
PLAIN = re.compile(r"[\w-]*", re.ASCII)


def read_compiled(
    build: Callable[..., QuerySet[Any]], *values: Value, using: str = "", **constants: Hashable
) -> list[Any]:
    """The rows of ``build(*values, **constants)``, which is called once for each database and each set of constants.

    Read from ``using``, else from where this answer reads.

    It must not look at the values: columns are compared with them, and that is all. Several are one array on
    PostgreSQL; on SQLite the last one is repeated up to a power of two. So a few statements serve all numbers of them.
    """
    using = using or Initiative.objects.db
    vendor = connections[using].vendor
    shape: list[Shape] = []
    flat: list[Any] = []
    for value in values:
        if isinstance(value, int | str):
            shape.append(type(value))
            flat.append(value)
        elif value and vendor == "postgresql":
            shape.append((type(value[0]), None))
            flat.append([*value])
        else:
            filled = _filled_up(value)
            shape.append((type(filled[0]) if filled else int, len(filled)))
            flat.extend(filled)
    rows, compiler, converters, sql, parameters = _statement(
        build, using, vendor, tuple(shape), tuple(constants.items())
    )
    if not sql:
        return []
    bound = [value if place is None else _as(value, flat[place]) for value, place in parameters]
    # For this thread alone, on whose connection it asks; “using” would copy every part of the query.
    compiler, rows = copy(compiler), _own(rows, using)
    compiler.connection, compiler.as_sql = connections[using], lambda: (sql, bound)
    compiler.get_converters = lambda _columns: converters
    rows.query.get_compiler = lambda *_args, **_options: compiler  # type: ignore[method-assign]
    found: Any = rows._iterable_class(rows)
    with planned_once(connections[using]):
        return list(found)


def _as(mark: Any, value: Any) -> Any:
    """A value as the column has it that its mark was compared with; those of an array are of its type."""
    return value if isinstance(value, list) else type(mark)(value)


def _own(rows: QuerySet[Any], using: str) -> QuerySet[Any]:
    own: QuerySet[Any] = object.__new__(type(rows))
    own.__dict__.update(rows.__dict__, _db=using, query=copy(rows.query))
    return own


@contextmanager
def planned_once(connection: Any) -> Iterator[None]:
    """Let PostgreSQL keep what is asked within: it reads and plans a statement once for each connection.

    For that values go beside the statement; elsewhere Django writes them into it (``prepare_threshold`` in settings).
    """
    if connection.vendor != "postgresql":
        yield
        return
    connection.ensure_connection()
    session = connection.connection
    session.cursor_factory, factory = _cursor_class(), session.cursor_factory
    try:
        yield
    finally:
        session.cursor_factory = factory


@cache
def _cursor_class() -> Any:
    # Here, since psycopg is not needed on SQLite.
    from django.db.backends.postgresql.base import ServerBindingCursor

    class Cursor(ServerBindingCursor):
        """Knows what it asked, for Django's log, also where the server has the statement already."""

        _query: Any

        def execute(self, query: Any, *arguments: Any, **options: Any) -> Any:
            answer = super().execute(query, *arguments, **options)  # type: ignore[misc]
            self._query = self._query or SimpleNamespace(query=query.encode())
            return answer

    return Cursor


def plan_for_any_values(connection: Any, **_signal: Any) -> None:
    """Let PostgreSQL take the plan that it keeps (``connection_created``).

    For few keys it would plan anew each time: that looks cheaper to it, and takes longer than to read what they find.
    """
    if connection.vendor == "postgresql":
        connection.connection.execute("SET plan_cache_mode = force_generic_plan")


def _filled_up(values: Sequence[Any]) -> list[Any]:
    count = 1 << (len(values) - 1).bit_length()
    return [*values, *[values[-1]] * (count - len(values))] if values else []


@lru_cache(maxsize=MOST)
def _statement(
    build: Callable[..., QuerySet[Any]],
    using: str,
    _vendor: str,
    shape: tuple[Shape, ...],
    constants: tuple[tuple[str, Hashable], ...],
) -> tuple[QuerySet[Any], Any, Any, str, list[tuple[Any, int | None]]]:
    """The queryset, what compiled it, how it reads columns, its SQL, and its parameters, each with the place of the
    value that it takes.
    """
    places: dict[Any, int] = {}

    def mark(kind: type) -> Any:
        value = kind(MARK + len(places))
        places[value] = len(places)
        return value

    values: list[Any] = []
    arrays = set[Any]()
    for kind in shape:
        if isinstance(kind, type):
            values.append(mark(kind))
            continue
        kind, count = kind
        values.append([mark(kind) for _ in range(1 if count is None else count)])
        if count is None:
            arrays.update(values[-1])
    rows = build(*values, **dict(constants))
    compiler = rows.query.get_compiler(using)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        sql, parameters = "", ()
    columns = [column for column, *_named in (compiler.select or ())[: compiler.col_count]]
    converters = compiler.get_converters(columns)
    sql, parameters = _with_constants(sql, parameters, places, arrays)
    return rows, compiler, converters, sql, [(value, places.get(value)) for value in parameters]


def _with_constants(
    sql: str, parameters: Sequence[Any], places: Collection[Any], arrays: Collection[Any]
) -> tuple[str, list[Any]]:
    """The statement with its constants written out; values, which are in ``places``, stay parameters, or are an array.

    Where a partial index may serve, SQLite plans anew whenever a parameter is set, for longer than the rows then take.
    """
    rest, left = iter(parameters), []

    def write(place: re.Match[str]) -> str:
        if place[0] == "%%":
            return "%%"
        value = next(rest)
        words = "" if value in places else _as_constant(value)
        if not words:
            left.append(value)
        return "= ANY(%s)" if value in arrays else place[0].replace("%s", words or "%s")

    return PLACE.sub(write, sql), left


def _as_constant(value: Any) -> str:
    """A plain word or number as SQL; empty for anything else."""
    if isinstance(value, str) and PLAIN.fullmatch(value):
        return f"'{value}'"
    return f"{value:d}" if type(value) is not bool and isinstance(value, int) and value >= 0 else ""
