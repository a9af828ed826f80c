"""The triggers of the database: all that are ours, on PostgreSQL and on SQLite; ``installed_triggers`` makes them.

They note which rows of public tables change, for the data version and for what is kept in memory, and hold the lineage
free of circles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from django.db import models

from ..models import (
    Attendance,
    Citation,
    Correction,
    Criterion,
    DataChange,
    Delegate,
    Dialogue,
    Discrepancy,
    FormerAddress,
    Initiative,
    Involvement,
    Line,
    Lineage,
    LoadedFact,
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
    Correction,
    Criterion,
    Delegate,
    Dialogue,
    Discrepancy,
    FormerAddress,
    Initiative,
    Initiative.themes.through,
    Line,
    Line.by.through,
    Involvement,
    Lineage,
    LoadedFact,
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
    """``create`` makes it; on PostgreSQL it executes a function of its own name, with this ``body`` in PL/pgSQL.

    Both stand as the database gives them back (``sqlite_master``, ``pg_get_triggerdef``), so that they can be compared.
    """

    table: str
    name: str
    create: str
    body: str = ""


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
def triggers(vendor: str) -> tuple[Trigger, ...]:
    """Every trigger of a database of this vendor."""
    return tuple(_on_postgresql() if vendor == "postgresql" else _on_sqlite())


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
            ON CONFLICT (id) DO UPDATE SET number = held.number + 1, mark = {MARK}
            RETURNING number, mark INTO next, drawn;
        UPDATE initiatives_datachange SET number = next, mark = drawn WHERE number IS NULL;
    END IF;
    RETURN NULL;"""


def _on_postgresql() -> Iterator[Trigger]:
    def trigger(
        table: str, name: str, moment: str, body: str, *, of: str = "ROW", declare: str = ""
    ) -> Trigger:
        kind = "CONSTRAINT TRIGGER" if "DEFERRABLE" in moment else "TRIGGER"
        create = f"CREATE {kind} {name} {moment} FOR EACH {of} EXECUTE FUNCTION {name}()"
        return Trigger(table, name, create, f" {declare} BEGIN {body} END ")

    lineage = Lineage._meta.db_table
    yield trigger(lineage, "lineage_acyclic", f"BEFORE INSERT OR UPDATE ON {lineage}", ACYCLIC)
    yield trigger(
        NOTES,
        "initiatives_number_changes",
        f"AFTER INSERT ON {NOTES} DEFERRABLE INITIALLY DEFERRED",
        NUMBER_CHANGES,
        declare="DECLARE next bigint; drawn bigint;",
    )
    for model in PUBLIC:
        table, noted = model._meta.db_table, noted_rows(model)
        for event, rows in EVENTS.items():
            named = " ".join(f"{row.upper()} TABLE AS {row}_rows" for row in rows)
            yield trigger(
                table,
                f"{table}_{event}_noted",
                f"AFTER {event.upper()} ON {table} REFERENCING {named}",
                "".join(_note(noted_as, keys, rows) for noted_as, keys in noted.items())
                + " RETURN NULL;",
                of="STATEMENT",
                declare="DECLARE keys bigint[];",
            )
        any_rows = ", ".join(f"('{noted_as}', NULL::bigint)" for noted_as in noted)
        yield trigger(
            table,
            f"{table}_truncate_noted",
            f"AFTER TRUNCATE ON {table}",
            f"{NOTE} VALUES {any_rows}; RETURN NULL;",
            of="STATEMENT",
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


def _on_sqlite() -> Iterator[Trigger]:
    def trigger(table: str, name: str, moment: str, body: str, when: str = "") -> Trigger:
        create = f"CREATE TRIGGER {name} {moment} ON {table} {when}BEGIN {body} END"
        return Trigger(table, name, create)

    # Before an insert SQLite does not know the new id yet.
    for event, changed in (("insert", "0"), ("update", "OLD.id")):
        yield trigger(
            Lineage._meta.db_table,
            f"lineage_acyclic_{event}",
            f"BEFORE {event.upper()}",
            "SELECT RAISE(ABORT, 'lineage_acyclic');",
            f"WHEN EXISTS ({PATH_BACK.format(changed=changed)}) ",
        )
    # There is one writer: the ids of notes are in the order of commits, and nothing needs a number.
    yield trigger(
        NOTES,
        "initiatives_mark_changes",
        "AFTER INSERT",
        "INSERT INTO initiatives_dataversion (id, number, mark) VALUES (1, 0, random())"
        " ON CONFLICT (id) DO UPDATE SET mark = excluded.mark;"
        f" UPDATE {NOTES} SET mark = (SELECT mark FROM initiatives_dataversion WHERE id = 1) WHERE id = NEW.id;",
    )
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
            yield trigger(table, f"{table}_{event}_noted", f"AFTER {event.upper()}", body)
