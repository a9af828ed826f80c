"""The same initiatives in Datasette: its own virtual environment, its own SQLite file with facets and full-text search.

It gets what its documentation recommends for speed: an immutable file that was inspected before, indexes on every
facet column and on the order of the list, no suggested facets. Its time limits are raised, since it would leave out the
counts that exceed them. Its full-text search reads the same folded words as ours, so that both find the same rows.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import venv
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

VERSION = "0.65.5"
TABLE = """
    CREATE TABLE initiative (
        id INTEGER PRIMARY KEY, slug TEXT, title TEXT, summary TEXT, kind TEXT, dialogue TEXT,
        meeting TEXT, meeting_title TEXT, year TEXT, status TEXT, status_group TEXT, standing TEXT,
        due_on TEXT, latest_update_on TEXT, flags TEXT, participants TEXT, themes TEXT, words TEXT
    )
"""
INDEXED = (
    "dialogue",
    "meeting",
    "year",
    "status",
    "status_group",
    "standing",
    "due_on",
    "latest_update_on",
)
SETTINGS = {
    "default_page_size": 25,
    "suggest_facets": "off",
    "facet_time_limit_ms": 60_000,
    "sql_time_limit_ms": 60_000,
    "max_csv_mb": 0,
}


class UnavailableError(Exception):
    """Datasette cannot be installed; the message says why."""


def ensure(folder: Path) -> Path:
    """Return the Python that has Datasette, installed into ``folder`` where it is missing; raises UnavailableError."""
    python = folder / "bin" / "python"
    if _version(python) == VERSION:
        return python
    print(f"Installing Datasette {VERSION} beside the project", file=sys.stderr)
    venv.create(folder, with_pip=True, clear=True)
    pip = [str(python), "-m", "pip", "install", "--quiet"]
    done = subprocess.run(
        [*pip, "--disable-pip-version-check", f"datasette=={VERSION}"],
        capture_output=True,
        text=True,
    )
    if done.returncode or _version(python) != VERSION:
        raise UnavailableError(f"Datasette {VERSION} cannot be installed:\n{done.stderr[-2000:]}")
    return python


def _version(python: Path) -> str:
    if not python.exists():
        return ""
    done = subprocess.run([python, "-m", "datasette", "--version"], capture_output=True, text=True)
    return done.stdout.strip().rpartition(" ")[2]


def command(python: Path, path: Path, port: int) -> list[str]:
    """How the file is served on a port."""
    parts = [str(python), "-m", "datasette", "serve", "--immutable", str(path)]
    parts += ["--inspect-file", str(path.with_suffix(".json")), "--port", str(port)]
    for name, value in SETTINGS.items():
        parts += ["--setting", name, str(value)]
    return parts


def inspect(python: Path, path: Path) -> None:
    """Let Datasette count the rows of its tables once, as it advises for large files."""
    done = subprocess.run(
        [python, "-m", "datasette", "inspect", path], capture_output=True, text=True, check=True
    )
    path.with_suffix(".json").write_text(done.stdout)


def write(path: Path) -> None:
    """Write all public initiatives into a new file; call it where Django is set up."""
    temporary = path.with_suffix(".part")
    temporary.unlink(missing_ok=True)
    with closing(sqlite3.connect(temporary)) as connection:
        connection.execute(TABLE)
        marks = ", ".join("?" * 18)
        connection.executemany(f"INSERT INTO initiative VALUES ({marks})", _rows())
        for column in INDEXED:
            connection.execute(f"CREATE INDEX initiative_{column} ON initiative ({column})")
        # Datasette looks for these very brackets.
        connection.execute(
            "CREATE VIRTUAL TABLE initiative_fts USING fts5 (words, content=[initiative], content_rowid=[id])"
        )
        connection.execute("INSERT INTO initiative_fts (initiative_fts) VALUES ('rebuild')")
        connection.execute("INSERT INTO initiative_fts (initiative_fts) VALUES ('optimize')")
        connection.commit()
        connection.execute("ANALYZE")
        connection.execute("VACUUM")
    temporary.rename(path)


def _rows() -> Iterable[tuple[object, ...]]:
    # Here and not above: the other functions are for processes without Django.
    from initiatives.models import Initiative, Involvement, SearchText

    participants = _gathered(
        Involvement.objects.values_list("initiative", "participant__code").distinct()
    )
    themes = _gathered(
        Initiative.themes.through._default_manager.values_list("initiative", "theme__slug")
    )
    words = dict(SearchText.objects.values_list("initiative", "body"))
    rows = Initiative.objects.public().select_related("dialogue", "raised_at").order_by("pk")
    for row in rows.iterator(chunk_size=2000):
        meeting = row.raised_at
        yield (
            row.pk,
            row.slug,
            row.title,
            row.summary,
            row.kind,
            row.dialogue.slug,
            meeting.slug if meeting else None,
            meeting.title if meeting else None,
            str(meeting.starts_on)[:4] if meeting and meeting.starts_on else None,
            row.delivery_status,
            row.status.group.value,
            row.standing,
            row.due_on and str(row.due_on),
            row.latest_update_on and str(row.latest_update_on),
            json.dumps(row.flags()),
            json.dumps(participants[row.pk]),
            json.dumps(themes[row.pk]),
            words[row.pk],
        )


def _gathered(pairs: Iterable[tuple[int, str]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found
