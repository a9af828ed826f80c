"""The triggers of a database: made after migrations, on SQLite out of their way, and missed where they are missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core import checks
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django import Settings

from initiatives import migrations
from initiatives.models import Initiative, Theme
from initiatives.search.query import find
from initiatives.serving import triggers
from initiatives.serving.data_version import data_version
from tests.serving.scratch_migrations import COLUMN
from tests.world import make_world

NOTED = "initiatives_theme_update_noted"
LAST = sorted(Path(migrations.__path__[0]).glob("0*.py"))[-1].stem


def drop(name: str) -> None:
    """Drop a trigger as somebody with a shell of the database may."""
    table = triggers.triggers(connection.vendor)[name].table
    with connection.cursor() as cursor:
        on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {name}{on_table}")


def warnings() -> list[checks.CheckMessage]:
    return checks.run_checks(databases=["default"], tags=[checks.Tags.database])


@pytest.mark.django_db
def test_a_database_without_one_is_not_ready_and_the_check_says_so() -> None:
    assert Client().get("/readyz").status_code == 200
    assert not warnings()
    drop(NOTED)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["databases"] == {"default": "triggers missing"}
    [warning] = warnings()
    assert NOTED in warning.msg


@pytest.mark.django_db(transaction=True)
def test_migrating_makes_what_is_missing_and_moves_the_version() -> None:
    drop(NOTED)
    before = data_version()
    call_command("migrate", verbosity=0)
    assert not triggers.missing("default")
    assert data_version() != before


@pytest.mark.django_db(transaction=True)
def test_migrating_makes_anew_what_is_otherwise() -> None:
    create = triggers.triggers(connection.vendor)[NOTED].create
    if connection.vendor == "sqlite":
        create = create.replace("UPDATE ON", "UPDATE OF slug ON")
    drop(NOTED)
    with connection.cursor() as cursor:
        # On PostgreSQL without the digest of what it does, as the first edition made it.
        cursor.execute(create)
    assert [trigger.name for trigger in triggers.to_make("default")] == [NOTED]
    # Until then what an earlier release made does its work.
    assert Client().get("/readyz").status_code == 200
    call_command("migrate", verbosity=0)
    assert not triggers.to_make("default")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_made_where_nothing_is_missing() -> None:
    before = data_version()
    call_command("migrate", verbosity=0)
    assert data_version() == before


@pytest.fixture
def every_table_changes(settings: Settings, transactional_db: None) -> Iterator[None]:
    """One more migration is to come, which changes every public table; undone afterwards."""
    settings.MIGRATION_MODULES = {"initiatives": "tests.serving.scratch_migrations"}
    yield
    call_command("migrate", "initiatives", LAST, verbosity=0)
    settings.MIGRATION_MODULES = {}
    assert not triggers.to_make("default")
    assert COLUMN not in columns("initiatives_theme")


def columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        return [column[0] for column in cursor.description]


@pytest.mark.usefixtures("every_table_changes")
def test_a_migration_may_change_every_public_table_with_its_rows() -> None:
    world = make_world()
    tables = [model._meta.db_table for model in triggers.PUBLIC]
    rows = {table: count(table) for table in tables}
    before, listed = data_version(), Client().get("/initiatives/").content
    call_command("migrate", verbosity=0)
    assert all(COLUMN in columns(table) for table in tables)
    assert {table: count(table) for table in tables} == rows
    assert not triggers.missing("default")
    assert data_version() != before
    assert Client().get("/initiatives/").content == listed
    # What the migration wrote into the words for search is found, what stood there before is not.
    assert world.initiative.pk in find("scratched").all
    assert not find("university").all
    noted = data_version()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE initiatives_theme SET name = 'Schools'")
    assert data_version() != noted
    assert Theme.objects.filter(name="Schools").exists()
    assert Initiative.objects.filter(pk=world.initiative.pk).exists()


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_going_back_leaves_the_triggers_of_before(settings: Settings) -> None:
    """The code of before wants them; this one, whose migrations are not applied, makes none."""
    settings.MIGRATION_MODULES = {"initiatives": "tests.serving.scratch_migrations"}
    existing = triggers._existing(connection)
    call_command("migrate", verbosity=0)
    call_command("migrate", "initiatives", LAST, verbosity=0)
    assert triggers._existing(connection) == existing


@pytest.mark.django_db(transaction=True)
def test_triggers_of_somebody_else_come_back_after_a_migration(settings: Settings) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("On PostgreSQL a trigger stays when a table is changed.")
    settings.MIGRATION_MODULES = {"initiatives": "tests.serving.scratch_migrations"}
    with connection.cursor() as cursor:
        cursor.execute("CREATE TRIGGER audit AFTER DELETE ON initiatives_theme BEGIN SELECT 1; END")
    call_command("migrate", verbosity=0)
    assert "audit" in triggers._existing(connection)
    call_command("migrate", "initiatives", LAST, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER audit")
