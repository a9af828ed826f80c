"""Every check of the project, one after another: what `make test` runs, and with TEST_EXTENT=long `make test-long`.

A failing step does not hide the next one: all of them run, and the end says which failed.
"""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.machine import (
    MissingError,
    ensure_chromium,
    ensure_fonts,
    ensure_playwright,
    ensure_postgres,
)
from tests.postgres import cluster, end_on_signals

PYTHON = sys.executable
# It comes as a program only.
LINT_IMPORTS = os.path.join(os.path.dirname(PYTHON), "lint-imports")
# With warnings shown.
MANAGE = [PYTHON, "-W", "default", "manage.py"]
# What a deployment would have, whatever this machine has in its environment or its .env.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "tracker.settings",
    "ENV_FILE": "",
    "SECRET_KEY": secrets.token_urlsafe(48),
    "DATABASE_URL": "sqlite://:memory:",
}
OURS = ("DEBUG", "HTTPS", "HSTS_SECONDS", "HSTS_SUBDOMAINS", "ALLOWED_HOSTS", "ADMIN_PATH")


def environment_with(ours: dict[str, str]) -> dict[str, str]:
    """The environment with ours, and without what this machine sets for a site of its own."""
    return {key: value for key, value in os.environ.items() if key not in OURS} | ours


def pytest(**environment: str) -> bool:
    """Run the tests of this extent on the database of the environment."""
    extent = os.environ.get("TEST_EXTENT", "usual")
    # Compiled once for all workers, and for the programs that tests start by the dozen.
    ours = {"TEST_EXTENT": extent, "PYTHONDONTWRITEBYTECODE": ""}
    # One more than there are cores: tests wait for browsers, servers and locks every now and then. One that is done
    # takes from the others.
    spread = ("-n", str((os.cpu_count() or 1) + 1), "--dist", "worksteal")
    command = [PYTHON, "-m", "pytest", "-q", *spread]
    return subprocess.run(command, env=environment_with(ours | environment)).returncode == 0


def on_sqlite() -> bool:
    """Run the tests on SQLite."""
    return pytest(TEST_DATABASE_URL="")


def on_postgres() -> bool:
    """Run the tests on TEST_DATABASE_URL, else on a PostgreSQL made for this run."""
    with cluster() as url:
        return pytest(TEST_DATABASE_URL=url)


def postgres() -> str:
    """Say which server the tests will use; raise MissingError where there is none to be had."""
    return "TEST_DATABASE_URL" if os.environ.get("TEST_DATABASE_URL") else str(ensure_postgres())


def programs() -> bool:
    """Find, else install, what pip cannot bring; say everything that cannot be had."""
    complete = True
    for name, ensure in [
        ("Browser", ensure_chromium),
        ("Fonts", ensure_fonts),
        ("Its driver", ensure_playwright),
        ("PostgreSQL", postgres),
    ]:
        try:
            print(f"{name}: {ensure()}", flush=True)
        except MissingError as error:
            print(error, flush=True)
            complete = False
    return complete


# Each takes one core; the last two make what the tests copy (tests/template.py), where it is not there.
CHECKS: dict[str, tuple[list[str], dict[str, str]]] = {
    "Types (mypy)": ([PYTHON, "-m", "mypy"], {}),
    "Rules (ruff check)": ([PYTHON, "-m", "ruff", "check", "."], {}),
    "Format (ruff format)": ([PYTHON, "-m", "ruff", "format", "--check", "."], {}),
    "Order of the wings (lint-imports)": ([LINT_IMPORTS, "--no-logo"], {}),
    "Migrations match the models": (
        [*MANAGE, "makemigrations", "--check", "--dry-run"],
        PRODUCTION,
    ),
    "Settings are safe": ([*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
    "A database to copy, on SQLite": ([PYTHON, "-m", "tests.template"], {}),
    "A database to copy, on PostgreSQL": ([PYTHON, "-m", "tests.postgres", "true"], {}),
}


def checks() -> bool:
    """Run the checks side by side, and say of each, once it is done, what it said."""

    def run(title: str) -> bool:
        command, ours = CHECKS[title]
        done = subprocess.run(
            command,
            env=environment_with(ours),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        result = "FAILED" if done.returncode else "done"
        print(f"{title}: {result}\n{done.stdout.rstrip()}".rstrip(), flush=True)
        return not done.returncode

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return all([*pool.map(run, CHECKS)])


STEPS: list[tuple[str, Callable[[], bool]]] = [
    ("Programs that the tests need", programs),
    ("Rules, types, settings, and databases to copy", checks),
    ("Tests on SQLite", on_sqlite),
    ("Tests on PostgreSQL", on_postgres),
]


def main() -> int:
    """Run every step; return 1 if any failed."""
    end_on_signals()
    failed = []
    for number, (title, step) in enumerate(STEPS, 1):
        print(f"\n== {number}/{len(STEPS)} {title}", flush=True)
        start = time.monotonic()
        try:
            passed = step()
        except (MissingError, RuntimeError) as error:
            print(error)
            passed = False
        except KeyboardInterrupt:
            return 130
        print(
            f"-- {'done' if passed else 'FAILED'} in {time.monotonic() - start:.0f} s", flush=True
        )
        if not passed:
            failed.append(title)
    print()
    for title in failed:
        print(f"FAILED: {title}")
    if not failed:
        print("Every step passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
