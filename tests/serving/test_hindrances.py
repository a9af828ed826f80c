"""Which errors come from a lock or a full disk."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from pathlib import Path

import pytest
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import OperationalError

from initiatives.serving.availability import FULL, LOCKED, SLOW, hindrance_of
from tests.serving.hindrances import locked_error


class ServerError(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("sqlstate", "hindrance"),
    [
        ("55P03", LOCKED),
        ("57014", SLOW),
        ("53300", LOCKED),
        ("53100", FULL),
        # A deadlock is solved by trying again, which the forms do.
        ("40P01", None),
        ("23505", None),
    ],
)
def test_what_postgresql_says(sqlstate: str, hindrance: str | None) -> None:
    error = OperationalError("told")
    error.__cause__ = ServerError(sqlstate)
    assert hindrance_of(error) == hindrance


def test_an_error_is_known_by_what_it_comes_from() -> None:
    def write_the_session() -> None:
        try:
            raise locked_error()
        except OperationalError:
            raise SessionInterrupted  # noqa: B904

    with pytest.raises(SessionInterrupted) as found:
        write_the_session()
    assert hindrance_of(found.value) == LOCKED
    assert hindrance_of(SessionInterrupted()) is None
    assert hindrance_of(OSError(errno.EACCES, "not allowed")) is None
    assert hindrance_of(None) is None


def test_the_numbers_are_those_of_sqlite(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "a", isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE rows (text)")
        writer.execute("BEGIN IMMEDIATE")
        with contextlib.closing(sqlite3.connect(tmp_path / "a", timeout=0)) as other:
            with pytest.raises(sqlite3.OperationalError) as locked:
                other.execute("BEGIN IMMEDIATE")
            assert hindrance_of(locked.value) == LOCKED
        writer.execute("ROLLBACK")
        writer.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as full:
            writer.execute("INSERT INTO rows VALUES (?)", ["x" * 100_000])
        assert hindrance_of(full.value) == FULL
