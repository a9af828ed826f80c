"""How long the database may work for a public page: what takes longer is ended, and answered by the busy page (SLOW).

Like `snapshot.py` a module that knows its database: each has another way to end what it is doing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connections

# SQLite looks at the clock after so many steps of its own: every few milliseconds.
STEPS = 200_000


@contextmanager
def limited() -> Iterator[None]:
    """Meanwhile queries of this thread end after ``STATEMENT_SECONDS``: each on PostgreSQL, all together on SQLite.

    What is read once for all who come after is read ``unlimited``.
    """
    for connection in connections.all(initialized_only=True):
        _limit(connection, settings.STATEMENT_SECONDS)
    try:
        yield
    finally:
        # PostgreSQL need not be told with every page: whoever may take longer says so.
        for connection in connections.all(initialized_only=True):
            if connection.vendor == "sqlite":
                _limit(connection, 0)


@contextmanager
def unlimited() -> Iterator[None]:
    """Meanwhile they take as long as they take; a limit that there was begins anew afterwards."""
    before = [(each, _limit(each, 0)) for each in connections.all(initialized_only=True)]
    try:
        yield
    finally:
        for connection, seconds in before:
            _limit(connection, seconds)


def _limit(connection: Any, seconds: float) -> float:
    """Set the limit of a connection of this thread, 0 for none; returns what it was."""
    raw = connection.connection
    if raw is None:
        return 0
    of, told, before = connection.__dict__.get("limit", (None, 0, 0))
    if of is not raw:
        told = before = 0
    if connection.vendor == "sqlite":
        until = time.monotonic() + seconds
        raw.set_progress_handler((lambda: time.monotonic() > until) if seconds else None, STEPS)
    elif seconds != told:
        try:
            raw.execute(f"SET statement_timeout = {round(seconds * 1000)}")
            told = seconds
        except connection.Database.Error:
            # In a transaction that has failed, or the server is gone: it is told the next time.
            told = None
    connection.limit = raw, told, seconds
    return float(before)
