"""The triggers of a database: made after migrations, on SQLite out of their way, and missed where they are missing."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core import checks
from django.core.management import call_command
from django.db import connection, router
from django.test import Client
from pytest_django import Settings

from initiatives import migrations
from initiatives.models import Initiative, Theme
from initiatives.search.query import find
from initiatives.serving import installed_triggers
from initiatives.serving.data_version import data_version
from initiatives.serving.installed_triggers import installed, missing, to_make
from initiatives.serving.triggers import PUBLIC, Trigger, triggers
from tests.serving.scratch_database import scratch_database
from tests.serving.scratch_migrations import COLUMN
from tests.world import make_world

NOTED = "initiatives_theme_update_noted"
LAST = sorted(Path(migrations.__path__[0]).glob("0*.py"))[-1].stem


def listed(name: str) -> Trigger:
    return next(trigger for trigger in triggers(connection.vendor) if trigger.name == name)


def drop(name: str) -> None:
    """Drop a trigger as somebody with a shell of the database may."""
    on_table = f" ON {listed(name).table}" if connection.vendor == "postgresql" else ""
    execute(f"DROP TRIGGER {name}{on_table}")


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def make_otherwise(name: str) -> Trigger:
    """Put a trigger in the place of ours, as an earlier release made it; return ours."""
    trigger = listed(name)
    drop(name)
    execute(
        trigger.create.replace("STATEMENT", "STATEMENT WHEN (true)")
        if connection.vendor == "postgresql"
        else trigger.create.replace("UPDATE ON", "UPDATE OF slug ON")
    )
    return trigger


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
    assert not missing("default")
    assert data_version() != before


@pytest.mark.django_db(transaction=True)
def test_migrating_makes_anew_what_is_otherwise() -> None:
    trigger = make_otherwise(NOTED)
    assert to_make("default") == [trigger]
    # Until then what an earlier release made does its work.
    assert Client().get("/readyz").status_code == 200
    call_command("migrate", verbosity=0)
    assert not to_make("default")


@pytest.mark.django_db(transaction=True)
def test_what_an_earlier_release_made_and_this_one_does_not_know_goes(settings: Settings) -> None:
    before = installed("default")
    gone, foreign = "initiatives_theme_reordered_noted", "initiatives_audit"
    for name in (gone, foreign):
        if connection.vendor == "postgresql":
            execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"
            )
            made = "FOR EACH ROW EXECUTE FUNCTION"
            execute(f"CREATE TRIGGER {name} AFTER DELETE ON initiatives_theme {made} {name}()")
        else:
            execute(f"CREATE TRIGGER {name} AFTER DELETE ON initiatives_theme BEGIN SELECT 1; END")
    call_command("migrate", verbosity=0)
    assert {trigger.name for trigger in installed("default") - before} == {foreign}
    if connection.vendor == "postgresql":
        execute(f"DROP FUNCTION {foreign}() CASCADE")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM pg_proc WHERE proname = '{gone}'")
            assert not cursor.fetchall()
    else:
        execute(f"DROP TRIGGER {foreign}")


@pytest.mark.django_db
def test_a_database_that_the_router_keeps_free_of_our_tables_lacks_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drop(NOTED)
    monkeypatch.setattr(router, "allow_migrate", lambda alias, app: False)
    assert not warnings()


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
    assert not to_make("default")
    assert COLUMN not in columns("initiatives_theme")


def columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} LIMIT 0")
        return [column[0] for column in cursor.description]


@pytest.mark.usefixtures("every_table_changes")
def test_a_migration_may_change_every_public_table_with_its_rows() -> None:
    world = make_world()
    tables = [model._meta.db_table for model in PUBLIC]
    rows = {table: count(table) for table in tables}
    before, listed = data_version(), Client().get("/initiatives/").content
    call_command("migrate", verbosity=0)
    assert all(COLUMN in columns(table) for table in tables)
    assert {table: count(table) for table in tables} == rows
    assert not missing("default")
    assert data_version() != before
    assert Client().get("/initiatives/").content == listed
    assert world.initiative.pk in find("university").all
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
    world, existing = make_world(), installed("default")
    call_command("migrate", verbosity=0)
    make_otherwise(NOTED)
    before = installed("default")
    version = data_version()
    call_command("migrate", "initiatives", LAST, verbosity=0)
    assert installed("default") == before
    assert before != existing
    # No page of before is taken for a page of now.
    assert world.initiative.pk in find("university").all
    assert data_version() != version
    settings.MIGRATION_MODULES = {}
    call_command("migrate", verbosity=0)
    assert installed("default") == existing


def test_going_back_further_leaves_no_trigger_that_cannot_write(tmp_path: Path) -> None:
    with scratch_database(tmp_path, is_migrated=True) as database:
        # There are no marks of changes yet.
        database.manage("migrate", "initiatives", "0001_s")
        database.execute("UPDATE initiatives_dataversion SET number = number")
        database.execute("DELETE FROM initiatives_theme")
        database.manage("migrate", "initiatives", "zero")
        if database.vendor == "postgresql":
            left = "SELECT proname FROM pg_proc WHERE prorettype = 'trigger'::regtype AND proname LIKE '%initiatives%'"
            assert not database.read(left)
        database.manage("migrate")
        assert database.get("/readyz") == {"ready": True, "databases": {"default": "ready"}}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "table", ["initiatives_theme", '"initiatives_theme"', "\ninitiatives_theme"]
)
def test_triggers_of_somebody_else_come_back_after_a_migration(
    settings: Settings, table: str
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("On PostgreSQL a trigger stays when a table is changed.")
    settings.MIGRATION_MODULES = {"initiatives": "tests.serving.scratch_migrations"}
    execute(f"CREATE TRIGGER audit AFTER DELETE ON {table} BEGIN SELECT 1; END")
    existing = installed("default")
    call_command("migrate", verbosity=0)
    assert installed("default") == existing
    call_command("migrate", "initiatives", LAST, verbosity=0)
    assert installed("default") == existing
    execute("DROP TRIGGER audit")


@pytest.mark.django_db(transaction=True)
def test_a_second_attempt_does_not_forget_what_the_first_took_off() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("On PostgreSQL a trigger stays when a table is changed.")
    existing = installed("default")
    for _attempt in range(2):
        installed_triggers.before_migrations(using="default", plan=["a migration"])
    assert not installed("default")
    installed_triggers.put_back("default")
    assert installed("default") == existing


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_fails_leaves_the_triggers_of_before(settings: Settings) -> None:
    settings.MIGRATION_MODULES = {"initiatives": "tests.serving.failing_migrations"}
    make_otherwise(NOTED)
    before = installed("default")
    with pytest.raises(ZeroDivisionError):
        call_command("migrate", verbosity=0)
    # The one before it is applied.
    assert COLUMN in columns("initiatives_theme")
    assert installed("default") == before
    settings.MIGRATION_MODULES = {}
    execute(f"ALTER TABLE initiatives_theme DROP COLUMN {COLUMN}")
    execute("DELETE FROM django_migrations WHERE name LIKE '999%'")
    call_command("migrate", verbosity=0)
    assert not to_make("default")


def test_migrations_that_are_killed_are_told_and_mended(tmp_path: Path) -> None:
    with scratch_database(tmp_path, is_migrated=True) as database:
        killed = database.manage("migrate", settings="tests.serving.failing_settings", check=False)
        assert killed.returncode == -signal.SIGKILL
        if database.vendor == "sqlite":
            warned = database.manage("check", "--database", "default")
            assert "lacks" in warned.stderr
            assert database.get("/readyz")["databases"] == {"default": "triggers missing"}
        database.manage("migrate")
        assert database.get("/readyz") == {"ready": True, "databases": {"default": "ready"}}
        assert "lacks" not in database.manage("check", "--database", "default").stderr
