"""Many queries that all see one state of the data, however long they take and whoever writes meanwhile.

Beside `search/query.py` the one module that knows its database: no two begin such a transaction with the same words.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction

from .routing import current_reading


@contextmanager
def snapshot(using: str, *, idle_seconds: int = 0) -> Iterator[None]:
    """A transaction that only reads, all of it as of its first query; nobody who writes waits for it.

    PostgreSQL cannot clean up behind an open one: it ends that which asks nothing for ``idle_seconds``, if they are
    given. Inside another transaction that one decides what is seen. The public page being made shows this state.
    """
    with _transaction(using, idle_seconds):
        reading = current_reading()
        if reading and reading.alias == using:
            reading.show_snapshot()
        yield


@contextmanager
def _transaction(using: str, idle_seconds: int) -> Iterator[None]:
    connection: Any = connections[using]
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "sqlite":
        # The settings' IMMEDIATE would keep everybody from writing. Of this thread alone, as the connection is.
        connection.ensure_connection()
        mode, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic(using):
                yield
        finally:
            connection.transaction_mode = mode
        return
    with transaction.atomic(using):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            if idle_seconds:
                limit = f"SET LOCAL idle_in_transaction_session_timeout = '{idle_seconds:d}s'"
                cursor.execute(limit)
        yield
