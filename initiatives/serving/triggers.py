"""The triggers of the database: all that are ours, on PostgreSQL and on SQLite, made after migrations have run.

They note every change of public data for the data version and the bitmaps, hold the lineage free of circles, and on
SQLite keep the index of search texts. Migrations know none of them: SQLite makes a table anew to change it, so there
they go before the first migration and come back after the last; on PostgreSQL they stay, and are replaced where they
differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.core import checks
from django.db import connections, router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

APP = "initiatives"
INITIATIVES = "initiatives_initiative"
NOTES = "INSERT INTO initiatives_datachange (table_name, row_key)"
# Anything may have changed.
NOTE = f"{NOTES} VALUES ('', NULL)"
# More rows than that in one statement are noted as “any rows of the table”.
MANY = 500
# All that pages show.
TABLES = [
    INITIATIVES,
    "initiatives_attendance",
    "initiatives_citation",
    "initiatives_dialogue",
    "initiatives_discrepancy",
    "initiatives_initiative_themes",
    "initiatives_lineage",
    "initiatives_meeting",
    "initiatives_membership",
    "initiatives_mention",
    "initiatives_mention_by",
    "initiatives_participant",
    "initiatives_report",
    "initiatives_report_issued_by",
    "initiatives_role",
    "initiatives_searchtext",
    "initiatives_statusupdate",
    "initiatives_target",
    "initiatives_theme",
]
# The rows that triggers of PostgreSQL see, before and after, and those of SQLite.
EVENTS = {
    "insert": "NEW TABLE AS touched",
    "update": "OLD TABLE AS before NEW TABLE AS touched",
    "delete": "OLD TABLE AS touched",
}
ROWS = {"insert": ["NEW"], "update": ["OLD", "NEW"], "delete": ["OLD"]}


class Trigger(NamedTuple):
    """``create`` makes it; ``function`` makes, or replaces, the function that it executes on PostgreSQL."""

    name: str
    table: str
    create: str
    function: str = ""

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.function}{self.create}".encode()).hexdigest()


@cache
def triggers(vendor: str) -> dict[str, Trigger]:
    """Every trigger of a database of this vendor, by name."""
    build = _on_postgresql if vendor == "postgresql" else _on_sqlite
    return {trigger.name: trigger for trigger in build()}


class Noted(NamedTuple):
    """What a row of a table is noted as: rows of this table, whose keys stand in these columns."""

    table: str
    columns: list[str]


def noted_as(table: str) -> list[Noted]:
    """A row that names initiatives as those, any other one as itself."""
    models = apps.get_app_config(APP).get_models(include_auto_created=True)
    (fields,) = (model._meta.concrete_fields for model in models if model._meta.db_table == table)
    of_initiative = [
        field
        for field in fields
        if field.related_model and field.related_model._meta.db_table == INITIATIVES
    ]
    noted = (
        [Noted(INITIATIVES, [str(field.column) for field in of_initiative])]
        if of_initiative
        else []
    )
    names_one = any(not field.null for field in of_initiative)
    return noted if names_one else [*noted, Noted(table, ["id"])]


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
    for table in TABLES:
        body = "".join(_note(noted) for noted in noted_as(table))
        changed = _function(f"{table}_changed", f"{body} RETURN NULL;", "DECLARE keys bigint[];")
        for event, rows in EVENTS.items():
            name = f"{table}_{event}_noted"
            yield Trigger(
                name,
                table,
                f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table}"
                f" REFERENCING {rows} FOR EACH STATEMENT EXECUTE FUNCTION {table}_changed()",
                changed,
            )
        yield Trigger(
            f"{table}_truncate_noted",
            table,
            f"CREATE TRIGGER {table}_truncate_noted AFTER TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION initiatives_anything_changed()",
            _function("initiatives_anything_changed", f"{NOTE}; RETURN NULL;"),
        )


def _note(noted: Noted) -> str:
    """Note the rows of a statement: what they name now, and after an update what they named before."""

    def keys_in(rows: str) -> str:
        return " UNION ".join(
            f"SELECT {column} FROM {rows} WHERE {column} IS NOT NULL" for column in noted.columns
        )

    def collect(keys: str) -> str:
        return f"SELECT array_agg(key) INTO keys FROM ({keys} LIMIT {MANY + 1}) AS found(key);"

    return f"""
        IF TG_OP = 'UPDATE' THEN
            {collect(f"{keys_in('touched')} UNION {keys_in('before')}")}
        ELSE
            {collect(keys_in("touched"))}
        END IF;
        IF cardinality(keys) > {MANY} THEN
            {NOTES} VALUES ('{noted.table}', NULL);
        ELSIF keys IS NOT NULL THEN
            {NOTES} SELECT '{noted.table}', unnest(keys);
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
    for table in TABLES:
        for event, rows in ROWS.items():
            body = ""
            for noted in noted_as(table):
                keys = " UNION ".join(
                    f"SELECT {row}.{column} AS key" for row in rows for column in noted.columns
                )
                body += f"{NOTES} SELECT '{noted.table}', key FROM ({keys}) WHERE key IS NOT NULL; "
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
        cursor.execute(NOTE)


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
