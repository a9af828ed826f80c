"""Rows that take long to make: the program makes them once in a process, then they are written as they were."""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import connections, models, transaction
from django.utils import timezone

from initiatives.models import DataChange, DataVersion

P = ParamSpec("P")
T = TypeVar("T")

# What each table held, ready to be written: a statement on SQLite, what COPY reads on PostgreSQL.
Rows = dict[str, Any]

REAL_NOW = timezone.now
# Triggers write these, whoever writes the rows.
NOTED = (DataChange, DataVersion)


def rewritten(make: Callable[P, T]) -> Callable[P, T]:
    """Decorate what fills an empty record: the second time it writes the same rows, and returns what it returned.

    It asks the program again where the record is not empty, where a test has turned the clock, and for other arguments.
    """
    known: dict[object, tuple[Rows, bytes]] = {}

    @functools.wraps(make)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        if timezone.now is not REAL_NOW or _filled():
            return make(*args, **kwargs)
        # Numbers of rows go on from test to test, but only within one database.
        key = connections["default"].settings_dict["NAME"], pickle.dumps((args, kwargs))
        if key not in known:
            made = make(*args, **kwargs)
            known[key] = {table: _read(table) for table in _filled()}, pickle.dumps(made)
            return made
        rows, returned = known[key]
        # Together: rows refer to those of tables that come later.
        with transaction.atomic():
            for table, content in rows.items():
                _write(table, content)
        again: T = pickle.loads(returned)
        return again

    return wrapper


def _models() -> dict[str, type[models.Model]]:
    """Those of the record, by table."""
    ours = apps.get_app_config("initiatives").get_models(include_auto_created=True)
    return {model._meta.db_table: model for model in ours if model not in NOTED}


def _filled() -> list[str]:
    """The tables of the record that have rows; one query."""
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})" for table in _models()
    )
    with connections["default"].cursor() as cursor:
        cursor.execute(asked)
        return [table for (table,) in cursor.fetchall()]


def _read(table: str) -> Any:
    connection = connections["default"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} TO STDOUT") as copy:
                return b"".join(copy)
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        columns = " || ',' || ".join(f'quote("{column[0]}")' for column in cursor.description)
        cursor.execute(f"SELECT '(' || {columns} || ')' FROM {table}")
        values = ",".join(row for (row,) in cursor.fetchall())
        return f"INSERT INTO {table} VALUES {values}"


def _write(table: str, content: Any) -> None:
    connection = connections["default"]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(content)
            _number_on(cursor, table)
        else:
            cursor.execute(content)


def _number_on(cursor: Any, table: str) -> None:
    """Let PostgreSQL give no number to a new row that one of these has: `loaddata` may have set it back."""
    key = _models()[table]._meta.pk
    if isinstance(key, models.AutoField):
        cursor.execute(
            "SELECT setval(numbers, greatest(nextval(numbers), last))"
            f" FROM (SELECT max({key.column}) AS last FROM {table}) AS held,"
            f" (SELECT pg_get_serial_sequence('{table}', '{key.column}')::regclass AS numbers) AS named"
        )
