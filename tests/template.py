"""A migrated database without rows, made once and copied: to migrate takes ten times as long as to copy.

`python -m tests.template` makes the one of SQLite, `python -m tests.postgres true` that of PostgreSQL.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench.databases import Databases, databases

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "tests"
# What the tables and triggers of the template follow from; what it lacks all the same, a run adds to its copy.
SOURCES = (
    "initiatives/migrations",
    "initiatives/models",
    "initiatives/serving/installed_triggers.py",
    "initiatives/serving/triggers.py",
    "requirements.txt",
)
# Django's test database, while that one still waits to be filled.
MEMORY = "file:memorydb_default?mode=memory&cache=shared"
# Names the lock under which one of several workers makes the template on a server.
LOCK = 1_648_211


def sqlite_file() -> Path:
    """The SQLite file to copy; kept for later runs until what it follows from changes."""
    path = FOLDER / f"{digest()}.sqlite3"
    with one_at_a_time("sqlite"):
        if not path.exists():
            for old in FOLDER.glob("*.sqlite3*"):
                old.unlink()
            unfinished = FOLDER / "unfinished.sqlite3"
            _migrate(f"sqlite:///{unfinished}")
            with closing(sqlite3.connect(unfinished)) as connection:
                connection.execute("PRAGMA journal_mode = DELETE")
            unfinished.rename(path)
    return path


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Wait for another process that makes the same in the folder."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def digest() -> str:
    """What stands for all that the tables and triggers follow from."""
    sources = [path for name in SOURCES for path in _files(ROOT / name)]
    content = "".join(f"{path.relative_to(ROOT)}\0{path.read_text()}\0" for path in sources)
    return hashlib.sha256((sys.version + content).encode()).hexdigest()[:16]


def _files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


@contextmanager
def new_databases(folder: Path) -> Iterator[Databases]:
    """Copies of the template, on the kind of database that the tests run on."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    of = on_server(server) if server else str(sqlite_file())
    with databases(folder, server, of) as new:
        yield new


def copy_to(path: Path) -> None:
    """Make an SQLite file that is migrated."""
    shutil.copyfile(sqlite_file(), path)


@contextmanager
def in_memory() -> Iterator[None]:
    """Fill the database in memory that Django is about to migrate for the tests of this process."""
    with closing(sqlite3.connect(sqlite_file())) as template, closing(_memory()) as memory:
        template.backup(memory)
        yield


def _memory() -> sqlite3.Connection:
    return sqlite3.connect(MEMORY, uri=True)


def on_server(server: str) -> str:
    """The name of the database to copy on a PostgreSQL server; made by whoever is first."""
    name = name_on(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not known.fetchone():
            unfinished = f"{name}_unfinished"
            _drop(connection, unfinished)
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(unfinished)))
            _migrate(urlunsplit(urlsplit(server)._replace(path=f"/{unfinished}")))
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))
    return name


def name_on(server: str) -> str:
    return f"test_{urlsplit(server).path.removeprefix('/')}_template"


def drop_on(server: str) -> None:
    """Leave no template on a PostgreSQL server."""
    with psycopg.connect(server, autocommit=True) as connection:
        _drop(connection, name_on(server))


def _drop(connection: psycopg.Connection, name: str) -> None:
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    connection.execute(drop.format(sql.Identifier(name)))


def _migrate(url: str) -> None:
    ours = {"TEST_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, env=os.environ | ours, cwd=ROOT, check=True)


if __name__ == "__main__":
    print(sqlite_file())
