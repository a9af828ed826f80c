"""A database of the first edition comes along: every row, its triggers, what search finds and what files said.

``first_edition/`` holds one, of each kind, as the code of that edition (commit 80f88e5) made it, in a copy of that
commit (``git archive 80f88e5``) with TEST_DATABASE_URL and DJANGO_SETTINGS_MODULE=tests.settings:

    manage.py migrate
    manage.py shell < first_edition/rows.txt
    manage.py load_report first_edition/loaded

SQLite's file was gzipped after VACUUM; PostgreSQL’s is ``pg_dump --no-owner --no-privileges --inserts``, gzipped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from initiatives.partial_dates import DAY, PartialDate, PartialDateField
from tests.serving.scratch_database import ScratchDatabase, scratch_database

FOLDER = Path(__file__).parent / "first_edition"
SEARCH = "/initiatives.json?q="
# What triggers write, and the words that search reads.
MADE_ANEW = {"initiatives_datachange", "initiatives_dataversion", "initiatives_searchtext"}
# What a file said of heads of delegation is said of delegates now; a target is told by its metric.
MOVED = ["rivers-1/tj", "glaciers/stations"]
DATES: defaultdict[str, set[str]] = defaultdict(set)
for model in apps.get_models():
    for field in model._meta.concrete_fields:
        if isinstance(field, PartialDateField):
            DATES[model._meta.db_table].add(str(field.column))
WITHOUT_TRIGGERS = """
from django.core.management import call_command
from django.db.models.signals import post_migrate
post_migrate.receivers = []
call_command("migrate", verbosity=0)
"""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[ScratchDatabase]:
    with scratch_database(tmp_path, "first_edition") as database:
        database.restore(FOLDER)
        yield database


def rows(database: ScratchDatabase) -> dict[tuple[str, Any], dict[str, Any]]:
    """All that a database holds, by table and key."""
    return {
        (table, row.get("m2m_history_id") or row.get("history_id") or next(iter(row.values()))): row
        for table in database.tables()
        if table not in MADE_ANEW
        for row in database.read(f'SELECT * FROM "{table}"')
    }


def as_written(value: str | None) -> str | None:
    """The text of a date, whose column says where it stands, too."""
    if value is None:
        return None
    date = PartialDate(value[2 * DAY :])
    assert value == date.sort_key
    return str(date)


def slugs(found: Any) -> list[str]:
    return [initiative["slug"] for initiative in found["initiatives"]]


def test_everything_comes_along_also_half_the_way(
    database: ScratchDatabase, tmp_path: Path
) -> None:
    before = rows(database)
    assert len(before) > 500
    moved = moved_roles(before)
    assert len(moved) == 6
    come_half_the_way(database)
    database.manage("migrate")
    check_tables(database, tmp_path)
    after = rows(database)
    assert before.keys() - after.keys() == moved
    for place in before.keys() - moved:
        row = before[place]
        kept = {column: value for column, value in after[place].items() if column in row}
        kept |= {column: as_written(kept[column]) for column in DATES[place[0]] & kept.keys()}
        if row.get("key") in MOVED:
            row["values"] = kept["values"]
        assert row | kept == row, place
    for name in ("meeting", "participant", "report", "theme"):
        for table in (name, f"historical{name}"):
            read = f"SELECT DISTINCT publication FROM initiatives_{table}"
            assert database.read(read) == [{"publication": "public"}], table
    ready, found, typed, loaded, university = database.get_all(
        "/readyz",
        f"{SEARCH}observatory",
        "/meetings/fm-8.json",
        "/meetings/rivers-1.json",
        "/initiatives/university.json",
    )
    assert ready == {"ready": True, "databases": {"default": "ready"}}
    assert slugs(found) == ["glaciers"]
    check_lines_and_delegates(typed, loaded)
    check_readings(university)
    assert "lacks" not in database.manage("check", "--database", "default").stderr
    migrated, reloaded = database.manage_all(("migrate",), ("load_report", str(FOLDER / "loaded")))
    assert "No migrations to apply" in migrated
    assert "0 changes" in reloaded
    database.execute("UPDATE initiatives_theme SET name = 'Written'")
    assert last_note(database)["table"] == "initiatives_theme"
    database.execute("UPDATE initiatives_searchtext SET body = body WHERE title LIKE '%glacier%'")
    key = database.read("SELECT id FROM initiatives_initiative WHERE slug = 'glaciers'")[0]["id"]
    assert last_note(database) == {"table": "initiatives_initiative", "row": key}
    if database.vendor == "postgresql":
        functions = database.read(
            "SELECT proname FROM pg_proc WHERE proname LIKE 'initiatives%changed'"
        )
        assert not functions
    database.execute("UPDATE initiatives_delegate SET name = 'Put right'")
    plan = database.manage("load_report", str(FOLDER / "loaded")).stdout
    assert "name: stays “Put right”" in plan


def come_half_the_way(database: ScratchDatabase) -> None:
    """During a deploy people write between the last migration and the moment when triggers are made: these go on."""
    database.manage("migrate", "initiatives", "0013")
    count = "SELECT count(*) AS count FROM initiatives_datachange"
    before = database.read(count)
    database.execute("UPDATE initiatives_theme SET name = name")
    assert database.read(count) != before
    database.manage("shell", "-v", "0", "-c", WITHOUT_TRIGGERS)
    database.execute("UPDATE initiatives_theme SET name = name")
    assert last_note(database) == {"table": "", "row": None}


def check_tables(database: ScratchDatabase, folder: Path) -> None:
    """A new database, for which one migration stands for all before it, has the same."""
    with scratch_database(folder, "new", is_migrated=True) as new:
        assert database.schema() == new.schema()


def moved_roles(rows: dict[tuple[str, Any], dict[str, Any]]) -> set[tuple[str, Any]]:
    """The rows that become mentions: who proposed, the documents cited for that, and what was loaded of it."""
    roles = {
        row["id"]
        for (table, _key), row in rows.items()
        if table == "initiatives_role" and row["role"] in ("proposer", "supporter")
    }
    return {
        (table, key)
        for (table, key), row in rows.items()
        if (table == "initiatives_role" and row["id"] in roles)
        or (table == "initiatives_citation" and row["role_id"] in roles)
        or (table == "initiatives_loadedfact" and "/proposer/" in row["key"])
    }


def last_note(database: ScratchDatabase) -> dict[str, Any]:
    return database.read(
        'SELECT "table", "row" FROM initiatives_datachange ORDER BY id DESC LIMIT 1'
    )[0]


def check_lines_and_delegates(typed: Any, loaded: Any) -> None:
    """What was typed and loaded has the document whose load stated it, or else one that the meeting rests on."""
    assert [(line["kind"], line["text"], line["sources"]) for line in typed["lines"]] == [
        ("agenda", "Water", ["statement"]),
        ("agenda", "Borders", ["statement"]),
        ("outcome", "Joint Statement", ["statement"]),
    ]
    assert [(person["name"], person["sources"]) for person in typed["delegates"]] == [
        ("Y. Hayashi", ["statement"])
    ]
    delegates = loaded["delegates"]
    assert [(person["name"], person["is_head"]) for person in delegates] == [
        ("Sirojiddin Muhriddin", "yes")
    ]
    assert delegates[0]["sources"] == ["rivers-statement"]


def check_readings(university: Any) -> None:
    """What was reached of a target is reported by the document that was cited for it, and is no status."""
    (target,) = university["targets"]
    assert (target["value"], target["reached"]) == (600, 300)
    (reading,) = (update for update in university["updates"] if update["target"])
    assert (reading["status"], reading["value"], reading["report"]["slug"]) == (
        None,
        300,
        "statement",
    )
