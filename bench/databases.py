"""Empty, migrated databases, one after another: copies of a template, on SQLite or PostgreSQL."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent


NOTES = "initiatives_datachange"


class Databases(Protocol):
    """Makes databases for a measurement or a test; an address is a DATABASE_URL."""

    name: str

    def new(self) -> str:
        """The address of a database with all tables and no row of ours."""

    def counts(self, url: str) -> dict[str, int]:
        """How many rows each table of the tracker holds, as of one moment.

        Without the notes of changes, which are thinned out after a load.
        """


@contextmanager
def databases(folder: Path, server: str = "", template: str = "") -> Iterator[Databases]:
    """SQLite files in a folder; with the address of a server, databases on it that are dropped in the end.

    ``template`` is a migrated database, a file or a name on the server, where there is one already.
    """
    if not server:
        yield _SQLite(folder, template)
        return
    postgres = _PostgreSQL(server, template)
    try:
        yield postgres
    finally:
        postgres.drop()


def manage(*arguments: str) -> list[str]:
    """The command line of a management command; run it with ``environment(url)``."""
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def environment(url: str) -> dict[str, str]:
    """Production's settings on a database."""
    ours = {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "ENV_FILE": "",
        "SECRET_KEY": "only-for-this-run",
        "DEBUG": "off",
        "PYTHONPATH": str(ROOT),
    }
    return os.environ | ours


def _migrate(url: str) -> None:
    command = manage("migrate", "--verbosity", "0")
    subprocess.run(command, env=environment(url), cwd=ROOT, check=True)


class _SQLite:
    name = "SQLite"

    def __init__(self, folder: Path, template: str) -> None:
        self.folder = folder
        self.template = template or str(folder / "template.sqlite3")
        if not template:
            _migrate(f"sqlite:///{self.template}")

    def new(self) -> str:
        path = self.folder / f"{uuid.uuid4().hex}.sqlite3"
        shutil.copyfile(self.template, path)
        return f"sqlite:///{path}"

    def counts(self, url: str) -> dict[str, int]:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            connection.execute("BEGIN")
            tables = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'initiatives\\_%' ESCAPE '\\'"
            ).fetchall()
            return {
                name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
                for (name,) in tables
                if name != NOTES
            }


class _PostgreSQL:
    name = "PostgreSQL"

    def __init__(self, server: str, template: str) -> None:
        self.server = server
        self.template = template or f"bench_{uuid.uuid4().hex}"
        self.made: list[str] = []
        if not template:
            self.made.append(self.template)
            self._execute("CREATE DATABASE {}", self.template)
            _migrate(self._url(self.template))

    def new(self) -> str:
        name = f"bench_{uuid.uuid4().hex}"
        self._execute("CREATE DATABASE {} TEMPLATE {}", name, self.template)
        self.made.append(name)
        return self._url(name)

    def counts(self, url: str) -> dict[str, int]:
        with psycopg.connect(url) as connection:
            # All tables as of one moment: a killed load may be committing just now.
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            tables = connection.execute(
                "SELECT tablename FROM pg_tables WHERE tablename LIKE 'initiatives\\_%'"
            ).fetchall()
            found = {}
            for name in {name for (name,) in tables} - {NOTES}:
                count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
                row = connection.execute(count).fetchone()
                found[name] = row[0] if row else 0
            return found

    def drop(self) -> None:
        for name in self.made:
            self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.server)._replace(path=f"/{name}"))

    def _execute(self, statement: str, *names: str) -> None:
        query = sql.SQL(statement).format(*map(sql.Identifier, names))
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(query)
