"""Databases to measure, filled by bench.dataset and kept under var/bench/ until what fills them changes."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench.databases import ROOT, environment, manage
from tests.machine import ensure_postgres
from tests.postgres import FAST, copy_files, initdb, owner_of, server

FOLDER = ROOT / "var" / "bench"

# A server as one would set it up for a site on a small machine, and durable. Compiled queries are off: they would cost
# the stock admin seconds.
POSTGRES = {
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "200",
    "jit": "off",
    "max_connections": "50",
    "autovacuum": "off",
}
FILLING = FAST | {"maintenance_work_mem": "256MB", "shared_buffers": "512MB", "max_wal_size": "1GB"}


def fingerprint() -> str:
    """What stands for all that decides how a generated database looks."""
    digest = hashlib.sha256()
    paths = [ROOT / "bench" / "dataset.py", ROOT / "bench" / "vocabulary.py"]
    ours = ROOT / "initiatives"
    for path in [*paths, *sorted([*ours.glob("search/*.py"), *ours.glob("migrations/0*.py")])]:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def sqlite(size: int, folder: Path = FOLDER) -> str:
    """The address of a file with that many initiatives, made where it is missing."""
    path = folder / f"sqlite-{size}-{fingerprint()}.sqlite3"
    if not path.exists():
        for old in folder.glob(f"sqlite-{size}-*"):
            old.unlink()
        making = path.with_suffix(".making")
        making.unlink(missing_ok=True)
        _fill(f"sqlite:///{making}", size)
        making.rename(path)
    return f"sqlite:///{path}"


@contextmanager
def postgres(size: int, folder: Path = FOLDER) -> Iterator[str]:
    """Run a server with a database of that many initiatives; yield its address.

    TEST_DATABASE_URL, where set, is the server to use: the database stays there. Otherwise the files of the server are
    kept in ``folder`` as they were after filling, and what a run changes is thrown away. Raises MissingError where
    there is no server to start.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield _database(given, size)
        return
    programs = ensure_postgres()
    kept = folder / f"postgres-{size}-{programs.parent.name}-{fingerprint()}"
    with tempfile.TemporaryDirectory(
        prefix="tracker-pg-", dir="/tmp", ignore_cleanup_errors=True
    ) as name:
        place = Path(name)
        owner = owner_of(place)
        address = f"postgres://postgres@/postgres?host={place}"
        if not kept.exists():
            for old in folder.glob(f"postgres-{size}-*"):
                shutil.rmtree(old)
            initdb(programs, place, owner)
            with server(programs, place, owner, FILLING):
                _database(address, size)
            # A user without rights owns the files; the copy is ours.
            copy_files(place / "data", kept, {})
        else:
            copy_files(kept, place / "data", owner)
        with server(programs, place, owner, POSTGRES):
            yield _database(address, size)


def _database(address: str, size: int) -> str:
    name = f"bench_{fingerprint()}_{size}"
    if name not in _names(address):
        making = f"{name}_making"
        with psycopg.connect(address, autocommit=True) as connection:
            made = sql.Identifier(making)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(made))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(made))
            _fill(_url(address, making), size)
            with psycopg.connect(_url(address, making), autocommit=True) as inside:
                # As autovacuum leaves a table that is read more than written.
                inside.execute("VACUUM (ANALYZE)")
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(rename.format(made, sql.Identifier(name)))
    return _url(address, name)


def _url(address: str, name: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path=f"/{name}"))


def _names(address: str) -> list[str]:
    with psycopg.connect(address) as connection:
        return [name for (name,) in connection.execute("SELECT datname FROM pg_database")]


def _fill(url: str, size: int) -> None:
    print(f"Making {size:,} initiatives ({urlsplit(url).scheme})", file=sys.stderr, flush=True)
    for command in (
        manage("migrate", "--verbosity", "0"),
        [sys.executable, "-m", "bench.dataset", str(size)],
    ):
        subprocess.run(command, env=environment(url), cwd=ROOT, check=True)
