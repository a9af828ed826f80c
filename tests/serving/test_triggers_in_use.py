"""On PostgreSQL triggers are replaced while visitors read and write, and by whoever of several migrates first."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from initiatives.serving import installed_triggers
from initiatives.serving.installed_triggers import APP, is_pending, make, missing, to_make
from initiatives.serving.triggers import PUBLIC, triggers
from tests.serving.scratch_database import scratch_database
from tests.sessions import several_sessions

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has one writer, and readers do not wait."
    ),
]
THEME = "initiatives_theme"


@pytest.fixture
def visitor() -> Iterator[BaseDatabaseWrapper]:
    """Another session, in a transaction."""
    other: Any = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
    yield other
    other.close()
    make("default")
    assert not to_make("default")


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed_triggers, "LOCK_SECONDS", 1)
    monkeypatch.setattr(installed_triggers, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(installed_triggers, "TRIES", 2)


def execute(session: BaseDatabaseWrapper, statement: str) -> None:
    with session.cursor() as cursor:
        cursor.execute(statement)


def make_all_otherwise() -> None:
    """Put others in the place of all that note rows, as the first edition made them: one function a table."""
    body = "INSERT INTO initiatives_datachange (initiative_key) VALUES (0); RETURN NULL;"
    for table in [model._meta.db_table for model in PUBLIC]:
        execute(
            connection,
            f"CREATE OR REPLACE FUNCTION {table}_changed() RETURNS trigger LANGUAGE plpgsql"
            f" AS $$ BEGIN {body} END $$",
        )
        for event in ("insert", "update", "delete", "truncate"):
            name = f"{table}_{event}_noted"
            execute(
                connection,
                f"CREATE OR REPLACE TRIGGER {name} AFTER {event.upper()} ON {table}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_changed()",
            )


def test_readers_neither_wait_nor_are_waited_for(visitor: BaseDatabaseWrapper) -> None:
    make_all_otherwise()
    for model in PUBLIC:
        execute(visitor, f"SELECT * FROM {model._meta.db_table}")
    call_command("migrate", verbosity=0)
    assert not to_make("default")


def test_one_who_writes_for_long_is_waited_for_a_few_times(visitor: BaseDatabaseWrapper) -> None:
    make_all_otherwise()
    execute(visitor, f"UPDATE {THEME} SET name = name")
    with pytest.raises(CommandError, match=f"The triggers of {THEME} are not made: the table was"):
        call_command("migrate", verbosity=0)
    # What was there before does its work; other tables have theirs already.
    assert not missing("default")
    assert {trigger.table for trigger in to_make("default")} == {THEME}
    execute(visitor, "COMMIT")
    call_command("migrate", verbosity=0)
    assert not to_make("default")


def test_where_only_a_function_differs_no_table_is_locked(visitor: BaseDatabaseWrapper) -> None:
    for trigger in triggers("postgresql"):
        execute(
            connection,
            f"CREATE OR REPLACE FUNCTION {trigger.name}() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RETURN NULL; END $$",
        )
    assert to_make("default") == list(triggers("postgresql"))
    execute(visitor, f"LOCK TABLE {THEME} IN SHARE ROW EXCLUSIVE MODE")
    call_command("migrate", verbosity=0)
    assert not to_make("default")


def before_the_last_change_of_tables() -> str:
    """The migration that the last one which does more than write rows comes after."""
    loader = MigrationLoader(connection)
    [key] = loader.graph.leaf_nodes(APP)
    while True:
        # What it does in SQL: nothing where it writes rows, or changes what fields are called in forms.
        sql = loader.collect_sql([(loader.graph.nodes[key], False)])
        parents = loader.graph.node_map[key].parents
        [key] = [parent.key for parent in parents if parent.key[0] == APP]
        if any(not line.startswith("--") for line in sql):
            return str(key[1])


def test_a_migration_waits_for_a_table_in_use_only_so_long_that_others_need_not(
    visitor: BaseDatabaseWrapper,
) -> None:
    """As a backup reads for an hour; behind who waits for it all pages would wait."""
    for model in apps.get_app_config(APP).get_models():
        execute(visitor, f"SELECT * FROM {model._meta.db_table}")
    with pytest.raises(CommandError, match="The migrations are not finished: a table was in use 2"):
        call_command("migrate", APP, before_the_last_change_of_tables(), verbosity=0)
    # Those after it change no table, for which nobody waits.
    call_command("migrate", verbosity=0)
    assert not missing("default")
    assert not is_pending("default")
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_two_who_migrate_an_empty_database_go_one_after_the_other(tmp_path: Path) -> None:
    with scratch_database(tmp_path) as database, ThreadPoolExecutor() as pool:
        list(pool.map(lambda _number: database.manage("migrate", "-v0"), range(2)))
        assert "initiatives_initiative" in database.tables()


def test_two_may_make_triggers_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_all_otherwise()
    catch_up = installed_triggers._catch_up

    def slowly(*arguments: Any) -> None:
        catch_up(*arguments)
        time.sleep(0.1)

    monkeypatch.setattr(installed_triggers, "_catch_up", slowly)
    with several_sessions(tmp_path) as run:
        results = run(*[lambda: make("default")] * 2)
    assert results == [None, None]
    assert not to_make("default")


def test_triggers_are_found_in_whichever_schema_the_tables_are() -> None:
    with transaction.atomic():
        execute(connection, 'CREATE SCHEMA "Other schema"')
        execute(connection, 'SET LOCAL search_path = "Other schema", public')
        assert not missing("default")
        transaction.set_rollback(True)
