"""The triggers of the database: all that are ours, on PostgreSQL and on SQLite, made after migrations have run.

They note which rows of public tables change, for the data version and for what is kept in memory, hold the lineage free
of circles, and on SQLite keep the index of search texts. Migrations know none of them: SQLite makes a table anew to
change it, so there they go before the first migration and come back after the last; on PostgreSQL they stay, and are
replaced where they differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.core import checks
from django.db import connections, models, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from ..models import (
    Attendance,
    Citation,
    DataChange,
    Dialogue,
    Discrepancy,
    Initiative,
    Lineage,
    Meeting,
    Membership,
    Mention,
    Participant,
    Report,
    Role,
    SearchText,
    StatusUpdate,
    Target,
    Theme,
)

APP = "initiatives"
NOTES = DataChange._meta.db_table
# A note of a row names its table and its key; of a table without a row, any rows of it; and this one anything.
NOTE = f'INSERT INTO {NOTES} ("table", "row")'
NOTE_ANYTHING = f"INSERT INTO {NOTES} DEFAULT VALUES"
# A statement that changed more rows than that is noted as any rows of the table.
MANY = 500
# Those whose rows the public can see.
PUBLIC: tuple[type[models.Model], ...] = (
    Attendance,
    Citation,
    Dialogue,
    Discrepancy,
    Initiative,
    Initiative.themes.through,
    Lineage,
    Meeting,
    Membership,
    Mention,
    Mention.by.through,
    Participant,
    Report,
    Report.issued_by.through,
    Role,
    SearchText,
    StatusUpdate,
    Target,
    Theme,
)
# By event, the versions of a row that name what it changed, as SQLite calls them; on PostgreSQL tables of that name
# hold all rows of a statement.
EVENTS = {"insert": ("new",), "update": ("old", "new"), "delete": ("old",)}


class Trigger(NamedTuple):
    """``create`` makes it; ``function`` makes, or replaces, the function that it executes on PostgreSQL."""

    name: str
    table: str
    create: str
    function: str = ""

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.function}{self.create}".encode()).hexdigest()


def noted_rows(model: type[models.Model]) -> dict[str, list[str]]:
    """What a changed row of a model is noted as: by table, SQL for each key, with ``{row}`` for the row, or NULL.

    A row that refers to initiatives is noted as a change of those, any other as one of itself.
    """
    table, own = model._meta.db_table, "{row}.id"
    to_initiatives = [
        field
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is Initiative
    ]
    if not to_initiatives:
        return {table: [own]}
    columns = [f"{{row}}.{field.column}" for field in to_initiatives]
    noted = {Initiative._meta.db_table: columns}
    if all(field.null for field in to_initiatives):
        none = " AND ".join(f"{column} IS NULL" for column in columns)
        noted[table] = [f"CASE WHEN {none} THEN {own} END"]
    return noted


@cache
def triggers(vendor: str) -> dict[str, Trigger]:
    """Every trigger of a database of this vendor, by name."""
    build = _on_postgresql if vendor == "postgresql" else _on_sqlite
    return {trigger.name: trigger for trigger in build()}


# --- No circles in lineage ------------------------------------------------------------------------

# No check or unique constraint can see a path through a table, so this one invariant is a trigger. A link that is
# changed stands in the table as it was; as such it is no part of a way back.
PATH_BACK = """
    WITH RECURSIVE ancestors(id) AS (
        SELECT NEW.earlier_id
        UNION
        SELECT link.earlier_id FROM initiatives_lineage AS link
        JOIN ancestors ON link.later_id = ancestors.id AND link.id <> {changed}
    )
    SELECT 1 FROM ancestors WHERE id = NEW.later_id AND NEW.later_id <> NEW.earlier_id
"""
# The lock makes two sessions that add opposite links at once wait for each other.
ACYCLIC = f"""
    PERFORM pg_advisory_xact_lock(hashtext('initiatives_lineage_acyclic'));
    IF EXISTS ({PATH_BACK.format(changed="NEW.id")}) THEN
        RAISE EXCEPTION 'lineage_acyclic' USING ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'lineage_acyclic';
    END IF;
    RETURN NEW;"""

# --- PostgreSQL -----------------------------------------------------------------------------------

# Each statement notes what it touched, and a deferred trigger gives all notes of a transaction the next number when it
# commits: writers wait for one another only in that instant, and numbers are in the order of commits. The row of the
# version is made where it is missing (a database that was flushed). No two histories share a mark: numbers alone come
# again after a backup is restored, or a standby that missed the last writes is promoted.
MARK = "(random() * 9007199254740992)::bigint"
NUMBER_CHANGES = f"""
    IF (SELECT number FROM initiatives_datachange WHERE id = NEW.id) IS NULL THEN
        INSERT INTO initiatives_dataversion AS held (id, number, mark) VALUES (1, 1, {MARK})
            ON CONFLICT (id) DO UPDATE SET number = held.number + 1, mark = {MARK} RETURNING number INTO next;
        UPDATE initiatives_datachange SET number = next WHERE number IS NULL;
    END IF;
    RETURN NULL;"""


def _function(name: str, body: str, declare: str = "") -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ {declare} BEGIN {body} END $$"
    )


def _on_postgresql() -> Iterator[Trigger]:
    yield Trigger(
        "lineage_acyclic",
        "initiatives_lineage",
        "CREATE TRIGGER lineage_acyclic BEFORE INSERT OR UPDATE ON initiatives_lineage"
        " FOR EACH ROW EXECUTE FUNCTION initiatives_lineage_acyclic()",
        _function("initiatives_lineage_acyclic", ACYCLIC),
    )
    yield Trigger(
        "initiatives_number_changes",
        "initiatives_datachange",
        "CREATE CONSTRAINT TRIGGER initiatives_number_changes AFTER INSERT ON initiatives_datachange"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION initiatives_number_changes()",
        _function("initiatives_number_changes", NUMBER_CHANGES, "DECLARE next bigint;"),
    )
    for model in PUBLIC:
        table, noted = model._meta.db_table, noted_rows(model)
        for event, rows in EVENTS.items():
            name = f"{table}_{event}_noted"
            changed = " ".join(f"{row} TABLE AS {row}_rows" for row in rows)
            body = "".join(_note(noted_as, keys, rows) for noted_as, keys in noted.items())
            yield Trigger(
                name,
                table,
                f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table}"
                f" REFERENCING {changed} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
                _function(name, f"{body} RETURN NULL;", "DECLARE keys bigint[];"),
            )
        name = f"{table}_truncate_noted"
        any_rows = ", ".join(f"('{noted_as}', NULL::bigint)" for noted_as in noted)
        yield Trigger(
            name,
            table,
            f"CREATE TRIGGER {name} AFTER TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
            _function(name, f"{NOTE} VALUES {any_rows}; RETURN NULL;"),
        )


def _note(table: str, keys: Sequence[str], rows: Sequence[str]) -> str:
    changed = " UNION ".join(
        f"SELECT {key.format(row='changed')} FROM {row}_rows AS changed"
        for row in rows
        for key in keys
    )
    return f"""
        SELECT array_agg(key) INTO keys FROM (
            SELECT key FROM ({changed}) AS noted(key) WHERE key IS NOT NULL LIMIT {MANY + 1}
        ) AS noted;
        IF cardinality(keys) > {MANY} THEN
            {NOTE} VALUES ('{table}', NULL);
        ELSIF keys IS NOT NULL THEN
            {NOTE} SELECT '{table}', unnest(keys);
        END IF;"""


# --- SQLite ---------------------------------------------------------------------------------------

FTS = "initiatives_searchtext_fts"
INDEX_NEW = f"INSERT INTO {FTS} (rowid, body) VALUES (NEW.id, NEW.body);"
DROP_OLD = f"INSERT INTO {FTS} ({FTS}, rowid, body) VALUES ('delete', OLD.id, OLD.body);"
FTS_TRIGGERS = {
    "initiatives_searchtext_inserted": ("INSERT", INDEX_NEW),
    "initiatives_searchtext_deleted": ("DELETE", DROP_OLD),
    "initiatives_searchtext_updated": ("UPDATE", f"{DROP_OLD} {INDEX_NEW}"),
}


def _on_sqlite() -> Iterator[Trigger]:
    def trigger(name: str, moment: str, table: str, body: str, when: str = "") -> Trigger:
        return Trigger(
            name, table, f"CREATE TRIGGER {name} {moment} ON {table} {when}BEGIN {body} END"
        )

    # Before an insert SQLite does not know the new id yet.
    for event, changed in (("insert", "0"), ("update", "OLD.id")):
        yield trigger(
            f"lineage_acyclic_{event}",
            f"BEFORE {event.upper()}",
            "initiatives_lineage",
            "SELECT RAISE(ABORT, 'lineage_acyclic');",
            f"WHEN EXISTS ({PATH_BACK.format(changed=changed)}) ",
        )
    # There is one writer: the ids of notes are in the order of commits, and nothing needs a number.
    yield trigger(
        "initiatives_mark_changes",
        "AFTER INSERT",
        "initiatives_datachange",
        "INSERT INTO initiatives_dataversion (id, number, mark) VALUES (1, 0, random())"
        " ON CONFLICT (id) DO UPDATE SET mark = excluded.mark;",
    )
    for name, (event, body) in FTS_TRIGGERS.items():
        yield trigger(name, f"AFTER {event}", "initiatives_searchtext", body)
    for model in PUBLIC:
        table = model._meta.db_table
        for event, rows in EVENTS.items():
            noted = " UNION ".join(
                f"""SELECT '{noted_as}' AS "table", {key.format(row=row)} AS "row\""""
                for noted_as, keys in noted_rows(model).items()
                for key in keys
                for row in rows
            )
            body = f'{NOTE} SELECT "table", "row" FROM ({noted}) WHERE "row" IS NOT NULL;'
            yield trigger(f"{table}_{event}_noted", f"AFTER {event.upper()}", table, body)


# --- What a database has --------------------------------------------------------------------------


def missing(using: str) -> list[Trigger]:
    """The triggers that a database lacks; one query."""
    connection = connections[using]
    existing = _existing(connection)
    return [
        trigger for name, trigger in triggers(connection.vendor).items() if name not in existing
    ]


def to_make(using: str) -> list[Trigger]:
    """Those that it lacks or has otherwise than they are here, as an earlier release made them."""
    connection = connections[using]
    existing = _existing(connection)
    on_postgresql = connection.vendor == "postgresql"
    return [
        trigger
        for name, trigger in triggers(connection.vendor).items()
        if existing.get(name) != (trigger.digest if on_postgresql else trigger.create)
    ]


def _existing(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Triggers of our tables by name: as made on SQLite, and on PostgreSQL the digest that stands as their comment."""
    query = (
        "SELECT tgname, obj_description(pg_trigger.oid, 'pg_trigger') FROM pg_trigger"
        " JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal"
        " AND relnamespace = current_schema()::text::regnamespace AND starts_with(relname, 'initiatives_')"
        if connection.vendor == "postgresql"
        else "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name GLOB 'initiatives_*'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return dict(cursor.fetchall())


def make(using: str, wanted: Sequence[Trigger]) -> None:
    """Make triggers, in place of those of their name, and move the data version: what came before is not noted."""
    connection = connections[using]
    on_postgresql = connection.vendor == "postgresql"
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for trigger in wanted:
            on_table = f" ON {trigger.table}" if on_postgresql else ""
            if trigger.function:
                cursor.execute(trigger.function)
            cursor.execute(f"DROP TRIGGER IF EXISTS {trigger.name}{on_table}")
            cursor.execute(trigger.create)
            if on_postgresql:
                comment = f"COMMENT ON TRIGGER {trigger.name}{on_table} IS '{trigger.digest}'"
                cursor.execute(comment)
        if any(trigger.name in FTS_TRIGGERS for trigger in wanted):
            cursor.execute(f"INSERT INTO {FTS} ({FTS}) VALUES ('rebuild')")
        cursor.execute(NOTE_ANYTHING)


# --- Around migrations ----------------------------------------------------------------------------

_taken_off: dict[str, dict[str, str]] = {}


def before_migrations(*, using: str, plan: Sequence[Any] = (), **kwargs: Any) -> None:
    """Take off all triggers of a SQLite database that is about to change."""
    connection = connections[using]
    if plan and connection.vendor == "sqlite" and router.allow_migrate(using, APP):
        _taken_off[using] = _existing(connection)
        with connection.cursor() as cursor:
            for name in _taken_off[using]:
                cursor.execute(f'DROP TRIGGER "{name}"')


def after_migrations(*, using: str, **kwargs: Any) -> None:
    """Make what is missing; where the database is not of this code (it went back), put on what was taken off."""
    if not router.allow_migrate(using, APP):
        return
    connection = connections[using]
    taken_off = _taken_off.pop(using, {})
    wanted = to_make(using)
    if wanted and not is_pending(using):
        make(using, wanted)
        # What somebody else had made.
        for name in triggers(connection.vendor):
            taken_off.pop(name, None)
    tables = connection.introspection.table_names() if taken_off else []
    with connection.cursor() as cursor:
        for sql in taken_off.values():
            if any(f" ON {table} " in sql for table in tables):
                cursor.execute(sql)


def is_pending(using: str) -> bool:
    """Whether a migration of this code is not applied; costs a tenth of a second."""
    executor = MigrationExecutor(connections[using])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes(APP)))


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
        if not is_pending(alias) and (lacking := missing(alias))
    ]
