"""Several sessions on one database at the same time: threads, each with a connection of its own."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.db import connections

Run = Callable[..., list[Any]]


@contextlib.contextmanager
def several_sessions(folder: Path) -> Iterator[Run]:
    """Yield ``run(*tasks)``, which starts all tasks at once and returns what each returned or raised.

    For tests with ``transaction=True``. SQLite’s tests live in memory, where sessions refuse each other instead of
    waiting; there everything inside the context works on a copy in a file in ``folder``, set up as in production.
    """
    main = connections["default"]
    if main.vendor != "sqlite":
        yield lambda *tasks: _at_once(lambda: None, tasks)
        return
    path = folder / "sessions.sqlite3"
    main.ensure_connection()
    with contextlib.closing(sqlite3.connect(path)) as copy:
        main.connection.backup(copy)
        # Whoever connects while another turns the file to WAL is refused at once; in use it is WAL already.
        copy.execute("PRAGMA journal_mode=WAL")

    def connect() -> None:
        connections["default"] = type(main)({**main.settings_dict, "NAME": str(path)}, "default")

    connect()
    try:
        yield lambda *tasks: _at_once(connect, tasks)
    finally:
        connections["default"].close()
        connections["default"] = main


def _at_once(connect: Callable[[], None], tasks: tuple[Callable[[], Any], ...]) -> list[Any]:
    start = threading.Barrier(len(tasks))

    def session(task: Callable[[], Any]) -> Any:
        connect()
        try:
            start.wait()
            return task()
        except Exception as error:
            return error
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(session, tasks))
