"""Which triggers a database has, and how it gets those that it lacks or has otherwise than they are here.

Migrations know none of them. SQLite makes a table anew to change it, so there all go before the first migration and
come back after the last, or after one that failed; on PostgreSQL they stay, and are replaced where they differ.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.core import checks
from django.core.management import CommandError
from django.db import OperationalError, connections, router, transaction
from django.db.migrations.executor import MigrationExecutor

from ..models import DataVersion
from .availability import LOCKED, hindrance_of
from .triggers import NOTE, NOTE_ANYTHING, NOTES, Trigger, triggers

APP = "initiatives"
# Names of triggers, and on PostgreSQL of functions, that are or were ours; what is not listed any more is dropped.
OURS = re.compile(
    r"initiatives_\w+_(noted|changed)|initiatives_lineage_acyclic"
    r"|initiatives_searchtext_(inserted|deleted|updated)"
)
# A table in use is waited for so long, and so often: longer, and those who come after would wait too.
LOCK_SECONDS, TRIES, PAUSE_SECONDS = 2, 5, 3
INSTALLED = {
    "postgresql": "SELECT relname, tgname, pg_get_triggerdef(pg_trigger.oid, true), prosrc FROM pg_trigger"
    " JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid"
    " WHERE NOT tgisinternal AND pg_table_is_visible(pg_class.oid) AND starts_with(relname, 'initiatives_')",
    "sqlite": "SELECT tbl_name, name, sql, '' FROM sqlite_master"
    " WHERE type = 'trigger' AND tbl_name GLOB 'initiatives_*'",
}
UNUSED_FUNCTIONS = (
    "SELECT proname FROM pg_proc WHERE prorettype = 'trigger'::regtype AND pg_function_is_visible(oid)"
    " AND NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgfoid = pg_proc.oid)"
)


# --- What a database has --------------------------------------------------------------------------


def installed(using: str) -> set[Trigger]:
    """The triggers of our tables, somebody else's too; one query."""
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(INSTALLED[connection.vendor])
        return {Trigger(*row) for row in cursor.fetchall()}


def missing(using: str) -> list[Trigger]:
    """The triggers that a database lacks; one query."""
    names = {(trigger.table, trigger.name) for trigger in installed(using)}
    wanted = triggers(connections[using].vendor)
    return [trigger for trigger in wanted if (trigger.table, trigger.name) not in names]


def to_make(using: str) -> list[Trigger]:
    """Those that it lacks or has otherwise than they are here, as an earlier release made them."""
    existing = installed(using)
    return [trigger for trigger in triggers(connections[using].vendor) if trigger not in existing]


def to_drop(using: str) -> list[Trigger]:
    """Those that an earlier release made and this one does not know."""
    names = {trigger.name for trigger in triggers(connections[using].vendor)}
    return [
        trigger
        for trigger in installed(using)
        if OURS.fullmatch(trigger.name) and trigger.name not in names
    ]


def is_pending(using: str) -> bool:
    """Whether a migration of this code is not applied; costs a tenth of a second."""
    executor = MigrationExecutor(connections[using])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes(APP)))


# --- Making them ----------------------------------------------------------------------------------


def make(using: str) -> None:
    """Make what a database lacks or has otherwise, drop what it has too much, and move the data version.

    Visitors go on reading and writing: it is one short transaction a table. Raises CommandError where a table stays in
    use.
    """
    for table in sorted({trigger.table for trigger in (*to_make(using), *to_drop(using))}):
        patiently(
            partial(_make_on, table, using), f"The triggers of {table} are not made: the table"
        )
    _drop_functions(using)


def patiently(work: Callable[[], object], words: str) -> None:
    """Do what locks tables, again while they are in use; raises CommandError in the end, beginning with the words."""
    for tries_left in reversed(range(TRIES)):
        try:
            work()
            return
        except OperationalError as error:
            if hindrance_of(error) != LOCKED:
                raise
            if not tries_left:
                raise CommandError(
                    f"{words} was in use {TRIES} times for {LOCK_SECONDS} seconds."
                    " End long transactions and run: manage.py migrate"
                ) from error
        time.sleep(PAUSE_SECONDS)


@contextmanager
def alone(using: str) -> Iterator[None]:
    """Others who migrate on PostgreSQL wait, and nobody waits for long behind what locks a table."""
    if connections[using].vendor != "postgresql":
        yield
        return
    lock = "hashtext('initiatives_migrate')"
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_lock({lock})")
        cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        try:
            yield
        finally:
            cursor.execute("RESET lock_timeout")
            cursor.execute(f"SELECT pg_advisory_unlock({lock})")


def _make_on(table: str, using: str) -> None:
    with transaction.atomic(using=using):
        if connections[using].vendor == "postgresql":
            with connections[using].cursor() as cursor:
                _alone(cursor)
                cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        # Asked again: another one that migrates may just have made them.
        wanted = [trigger for trigger in to_make(using) if trigger.table == table]
        unknown = [trigger for trigger in to_drop(using) if trigger.table == table]
        for trigger in unknown:
            _drop(trigger, using)
        for trigger in wanted:
            _make_one(trigger, using)
        if wanted or unknown:
            # What came before is not noted.
            _catch_up(using)


def _alone(cursor: Any) -> None:
    """Until the end of the transaction; two that replace one function at once fail (“tuple concurrently updated”)."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtext('initiatives_triggers'))")


def _make_one(trigger: Trigger, using: str) -> None:
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            _drop(trigger, using)
            cursor.execute(trigger.create)
            return
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {trigger.name}() RETURNS trigger LANGUAGE plpgsql"
            f" AS $${trigger.body}$$"
        )
        # Where only the function differed, the table is not locked at all.
        if trigger in installed(using):
            return
        if trigger.create.startswith("CREATE CONSTRAINT"):
            # Cannot be replaced in one step.
            _drop(trigger, using)
            cursor.execute(trigger.create)
        else:
            cursor.execute(trigger.create.replace("CREATE", "CREATE OR REPLACE", 1))


def _drop(trigger: Trigger, using: str) -> None:
    connection = connections[using]
    on_table = f' ON "{trigger.table}"' if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TRIGGER IF EXISTS "{trigger.name}"{on_table}')


def _catch_up(using: str) -> None:
    """Note what changed while triggers were not there to do it: anything."""
    with connections[using].cursor() as cursor:
        cursor.execute(NOTE_ANYTHING)


def _drop_functions(using: str) -> None:
    """Those of ours that no trigger executes any more."""
    if connections[using].vendor != "postgresql":
        return
    names = {trigger.name for trigger in triggers("postgresql")}
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        _alone(cursor)
        cursor.execute(UNUSED_FUNCTIONS)
        for (name,) in cursor.fetchall():
            if name in names or OURS.fullmatch(name):
                cursor.execute(f"DROP FUNCTION {name}()")


# --- Around migrations ----------------------------------------------------------------------------

_taken_off: dict[str, dict[str, Trigger]] = {}


def before_migrations(*, using: str, plan: Sequence[Any] = (), **kwargs: Any) -> None:
    """Take off all triggers of a SQLite database that is about to change."""
    if plan and connections[using].vendor == "sqlite" and router.allow_migrate(using, APP):
        existing = {trigger.name: trigger for trigger in installed(using)}
        # An attempt before this one may have left some.
        _taken_off.setdefault(using, {}).update(existing)
        with transaction.atomic(using=using):
            for trigger in existing.values():
                _drop(trigger, using)


def after_migrations(*, using: str, plan: Sequence[Any] = (), **kwargs: Any) -> None:
    """Make what is missing; where the database is not of this code (it went back), put on what was taken off."""
    if not router.allow_migrate(using, APP):
        return
    if (to_make(using) or to_drop(using)) and not is_pending(using):
        make(using)
        known = {trigger.name for trigger in triggers(connections[using].vendor)}
        others = _taken_off.get(using, {})
        _taken_off[using] = {
            name: trigger
            for name, trigger in others.items()
            if name not in known and not OURS.fullmatch(name)
        }
    put_back(using)
    if any(backwards for _migration, backwards in plan):
        _drop_unfit(using)


def put_back(using: str) -> None:
    """Put on what was taken off, where its table is still there and has nothing of that name."""
    taken_off = _taken_off.pop(using, {})
    if not taken_off:
        return
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        tables = connections[using].introspection.table_names(cursor)
        names = {trigger.name for trigger in installed(using)}
        wanted = [t for t in taken_off.values() if t.table in tables and t.name not in names]
        for trigger in wanted:
            cursor.execute(trigger.create)
        _drop_unfit(using)
        if wanted and NOTES in tables:
            _catch_up(using)


def _drop_unfit(using: str) -> None:
    """Of a database that went back: drop triggers that write to columns which are gone, so that writes do not fail.

    The release that it belongs to makes its own when it migrates.
    """
    connection = connections[using]
    columns = {}
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in {NOTES, DataVersion._meta.db_table} & set(tables):
            described = connection.introspection.get_table_description(cursor, table)
            columns[table] = {column.name for column in described}
    gone = [
        text
        for table, column, text in (
            (NOTES, "table", NOTE),
            (NOTES, "mark", "mark"),
            (DataVersion._meta.db_table, "mark", "mark"),
        )
        if column not in columns.get(table, ())
    ]
    with transaction.atomic(using=using):
        for trigger in installed(using) & set(triggers(connection.vendor)):
            if any(text in trigger.create + trigger.body for text in gone):
                _drop(trigger, using)
    _drop_functions(using)


@checks.register(checks.Tags.database)
def check_triggers(
    *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Warn of triggers that are missing: pages would stay as they are. Not where migrations are to make them."""
    return [
        checks.Warning(
            f"The database “{alias}” lacks {len(lacking)} triggers, {lacking[0].name} first.",
            hint="Run: manage.py migrate",
            id="initiatives.W001",
        )
        for alias in databases or ()
        if router.allow_migrate(alias, APP) and (lacking := _lacking(alias))
    ]


def _lacking(using: str) -> list[Trigger]:
    lacking = missing(using)
    if lacking and is_pending(using):
        # All of them, of a database that has the tables: somebody killed the migrations.
        connection = connections[using]
        was_killed = len(lacking) == len(triggers(connection.vendor))
        return lacking if was_killed and NOTES in connection.introspection.table_names() else []
    return lacking
