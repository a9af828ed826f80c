"""A database of its own, on which management commands run as an operator runs them: in processes of their own."""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from tests import template

ROOT = Path(__file__).resolve().parent.parent.parent
GET = """
from django.test import Client
for path in {paths!r}:
    print(b" ".join(b"".join(Client(SERVER_NAME="localhost").get(path)).split()).decode())
"""
MANAGE = """
import io, json
from django.core.management import call_command
printed = []
for command in {commands!r}:
    output = io.StringIO()
    call_command(*command, stdout=output)
    printed.append(output.getvalue())
print(json.dumps(printed))
"""
# Columns, constraints, indexes and triggers, each as PostgreSQL would write it.
SCHEMA = """
SELECT concat_ws(' ', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
  pg_get_expr(adbin, adrelid)) AS said FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
  WHERE attnum > 0 AND NOT attisdropped
  AND attrelid IN (SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace)
UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
"""


class ScratchDatabase:
    """``url`` is a DATABASE_URL."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.vendor = "sqlite" if url.startswith("sqlite") else "postgresql"

    def manage(
        self, *arguments: str, settings: str = "tests.settings", check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run a management command; raises AssertionError with its errors where it fails, unless ``check`` is off."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=os.environ | {"TEST_DATABASE_URL": self.url, "DJANGO_SETTINGS_MODULE": settings},
            capture_output=True,
            text=True,
        )
        assert not check or done.returncode == 0, done.stderr
        return done

    def manage_all(self, *commands: tuple[str, ...]) -> list[str]:
        """Run management commands one after another in one process; what each prints."""
        code = MANAGE.format(commands=commands)
        printed: list[str] = json.loads(self.manage("shell", "-v", "0", "-c", code).stdout)
        return printed

    def get(self, path: str) -> Any:
        """What the site answers in JSON."""
        return self.get_all(path)[0]

    def get_all(self, *paths: str) -> list[Any]:
        """What the site answers to each, in JSON; asked by one process."""
        printed = self.manage("shell", "-v", "0", "-c", GET.format(paths=paths)).stdout
        return [json.loads(line) for line in printed.splitlines()]

    def execute(self, statements: str) -> None:
        with self._connect() as connection:
            if isinstance(connection, sqlite3.Connection):
                connection.executescript(statements)
            else:
                connection.execute(statements.encode())

    def read(self, query: str) -> list[dict[str, Any]]:
        """The rows that a query finds, by column."""
        with self._connect() as connection:
            cursor: Any = connection.execute(query)
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def restore(self, folder: Path) -> None:
        """Fill it with what a folder holds of its vendor: a file of SQLite, or statements of pg_dump, gzipped."""
        if self.vendor == "sqlite":
            path = Path(self.url.removeprefix("sqlite:///"))
            path.write_bytes(gzip.decompress((folder / "sqlite.db.gz").read_bytes()))
        else:
            self.execute(gzip.decompress((folder / "postgresql.sql.gz").read_bytes()).decode())

    def tables(self) -> list[str]:
        query = (
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
            if self.vendor == "postgresql"
            else "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_fts%' ESCAPE '\\'"
            " AND name NOT LIKE 'sqlite%'"
        )
        return [row["name"] for row in self.read(query)]

    def schema(self) -> set[tuple[str, str]]:
        """The table, or nothing where that is said too, and what is said of a column, constraint, index or trigger."""
        if self.vendor == "postgresql":
            # A dump writes casts in other places.
            cast = re.compile(r"::(character varying|text)(\[\])?|[()]")
            return {("", cast.sub("", row["said"])) for row in self.read(SCHEMA)}
        rows = self.read("SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        # A table is said in one statement, in whose parts the order is that of the migrations.
        return {
            (row["tbl_name"], said)
            for row in rows
            for said in re.split(r', (?="|CONSTRAINT)', row["sql"].removesuffix(")"))
        }

    def _connect(self) -> Any:
        if self.vendor == "sqlite":
            path = self.url.removeprefix("sqlite:///")
            return closing(sqlite3.connect(path, isolation_level=None))
        return psycopg.connect(self.url, autocommit=True)


@contextmanager
def scratch_database(
    folder: Path, name: str = "scratch", *, is_migrated: bool = False
) -> Iterator[ScratchDatabase]:
    """An empty database of the tests' vendor: a file in the folder, or one that is dropped in the end."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server.startswith("postgres"):
        path = folder / f"{name}.sqlite3"
        if is_migrated:
            template.copy_to(path)
        yield ScratchDatabase(f"sqlite:///{path}")
        return
    name = f"{name}_{uuid.uuid4().hex}"
    of = template.on_server(server) if is_migrated else "template1"
    with psycopg.connect(server, autocommit=True) as connection:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(of)))
        try:
            yield ScratchDatabase(urlunsplit(urlsplit(server)._replace(path=f"/{name}")))
        finally:
            dropped = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
            connection.execute(dropped)
