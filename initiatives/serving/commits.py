"""Whether a request has saved anything yet: what the page of a failure may say of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction
from django.http import HttpRequest

from .availability import PRIMARY

# Statements that leave everything as it is; any other may write.
READING = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "SET", "PRAGMA", "EXPLAIN")


@contextmanager
def track_commits(request: HttpRequest) -> Iterator[None]:
    """While this lasts, ``may_be_saved`` knows what the request has written."""
    state = request.__dict__

    def watch(execute: Any, sql: Any, *args: Any) -> Any:
        result = execute(sql, *args)
        if not str(sql).lstrip()[:20].upper().startswith(READING):
            state["_wrote"] = True
            # At once outside a transaction; never, where the transaction or its savepoint is taken back.
            transaction.on_commit(lambda: state.update(_committed=True), using=PRIMARY)
        return result

    with connections[PRIMARY].execute_wrapper(watch):
        yield


def may_be_saved(request: HttpRequest, *, lost: bool = False) -> bool:
    """Whether a write of the request is committed; where the database was lost, whether it may have been."""
    return bool(request.__dict__.get("_wrote" if lost else "_committed"))
