"""A throw-away PostgreSQL: made for a test run, reached through a socket, gone afterwards.

It begins as a copy of files that are kept, with the migrated database that tests copy (tests/template.py).

`python -m tests.postgres COMMAND …` runs the command with TEST_DATABASE_URL set to it.
"""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg

from tests import template
from tests.machine import MissingError, ensure_postgres

# What a crash loses is thrown away anyway.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "128MB",
    "max_connections": "100",
    # Tables of a few rows, which nobody has counted, are not worth a compiler or further processes.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
}
START_SECONDS = 60


@contextlib.contextmanager
def cluster() -> Iterator[str]:
    """Run a new server for as long as the context lasts, and yield its database's address.

    TEST_DATABASE_URL, where set, is yielded as it is and nothing is started. Raises MissingError
    where there is no server to start, and RuntimeError with its log where it does not start.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    programs = ensure_postgres()
    with _folder() as folder:
        owner = owner_of(folder)
        copy_kept(programs, folder, owner)
        with server(programs, folder, owner, FAST):
            yield address(folder)


def copy_kept(programs: Path, folder: Path, owner: Mapping[str, Any]) -> None:
    """Fill the folder's ``data`` with the kept files of a server that has a migrated database; made where they lack."""
    kept = template.FOLDER / f"postgres-{programs.parent.name}-{template.digest()}"
    with template.one_at_a_time("postgres"):
        if not kept.exists():
            for old in template.FOLDER.glob("postgres-*"):
                shutil.rmtree(old)
            _keep_new(programs, kept)
        copy_files(kept, folder / "data", owner)


def _keep_new(programs: Path, kept: Path) -> None:
    with _folder() as folder:
        owner = owner_of(folder)
        initdb(programs, folder, owner)
        with server(programs, folder, owner, FAST):
            template.on_server(address(folder))
        copy_files(folder / "data", kept, {})


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    # Not TMPDIR: the path of a socket may have only about 100 characters.
    with tempfile.TemporaryDirectory(
        prefix="tracker-pg-", dir="/tmp", ignore_cleanup_errors=True
    ) as name:
        yield Path(name)


def address(folder: Path, database: str = "postgres") -> str:
    """Where a server in the folder is reached."""
    return f"postgres://postgres@/{database}?host={folder}"


def copy_files(source: Path, target: Path, owner: Mapping[str, Any]) -> None:
    """Copy the files of a server that has stopped, for whom `owner_of` tells, else for us; all of them or none."""
    making = target.with_name(f"{target.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    shutil.copytree(source, making, symlinks=True)
    if owner:
        for path in (making, *making.rglob("*")):
            os.chown(path, owner["user"], owner["group"])
    making.chmod(0o700)
    making.rename(target)


def owner_of(folder: Path) -> dict[str, Any]:
    """Give the folder to a user without rights where we are root, whom PostgreSQL refuses.

    Returns the arguments that make `subprocess` run as that user.
    """
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            os.chown(folder, user.pw_uid, user.pw_gid)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise MissingError("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def initdb(programs: Path, folder: Path, owner: dict[str, Any]) -> None:
    """Make a new cluster in the folder's ``data``; raises RuntimeError."""
    command: list[str | Path] = [
        programs / "initdb",
        "--pgdata",
        folder / "data",
        "--username",
        "postgres",
    ]
    # Sorts alike on every machine, and still knows the capital letters of every script.
    command += ["--auth", "trust", "--no-sync", "--encoding", "UTF8", "--locale", "C.UTF-8"]
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **owner
    )
    if done.returncode:
        raise RuntimeError(f"initdb failed:\n{done.stdout}")


@contextlib.contextmanager
def server(
    programs: Path, folder: Path, owner: dict[str, Any], settings: Mapping[str, str]
) -> Iterator[None]:
    """Run a server on the folder's ``data`` for as long as the context lasts."""
    command: list[str | Path] = [programs / "postgres", "-D", folder / "data", "-k", folder]
    command += ["-c", "listen_addresses="]
    for key, value in settings.items():
        command += ["-c", f"{key}={value}"]
    log = folder / "log"
    with log.open("w") as output:
        # A session of its own: Ctrl-C is for the tests, which the server must outlive.
        process = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=output, start_new_session=True, **owner
        )
    try:
        _wait(process, folder, log)
        yield
    finally:
        _stop(process)


def _wait(process: "subprocess.Popen[bytes]", folder: Path, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(host=str(folder), user="postgres", dbname="postgres").close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    # PostgreSQL takes SIGINT as "disconnect everyone and stop", SIGQUIT as "stop at once".
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)


def end_on_signals() -> None:
    """Turn the signals that would end this process at once into an orderly end."""

    def end(number: int, frame: FrameType | None) -> None:
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


def main(command: list[str]) -> int:
    """Run the command beside a cluster; return its exit code."""
    end_on_signals()
    try:
        with cluster() as url:
            return subprocess.run(command, env=os.environ | {"TEST_DATABASE_URL": url}).returncode
    except (MissingError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
