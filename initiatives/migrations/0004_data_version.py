"""Triggers that note every change of public data and count the transactions that made one.

On PostgreSQL each statement notes what it touched, and a deferred trigger gives all notes of a transaction the next number
when it commits: writers wait for one another only in that instant, and numbers are in the order of commits. On SQLite
there is one writer, and the ids of the notes are in that order already.

A migration that rebuilds one of these tables on SQLite drops its triggers and has to run `create` again; a test notices.
"""

from django.db import migrations

# Table and what its rows say of initiatives: the column that names one, a subquery, or 0 where they name none.
BY_MEETING = "SELECT id FROM initiatives_initiative WHERE raised_at_id = {row}.id"
TABLES = {
    "initiatives_initiative": "id",
    "initiatives_initiative_themes": "initiative_id",
    "initiatives_role": "initiative_id",
    "initiatives_meeting": BY_MEETING,
    # The day by which silence is stale depends on the dialogue: everything may change.
    "initiatives_dialogue": None,
    **dict.fromkeys(
        [
            "initiatives_attendance",
            "initiatives_citation",
            "initiatives_discrepancy",
            "initiatives_lineage",
            "initiatives_membership",
            "initiatives_mention",
            "initiatives_mention_by",
            "initiatives_participant",
            "initiatives_report",
            "initiatives_report_issued_by",
            "initiatives_statusupdate",
            "initiatives_target",
            "initiatives_theme",
        ],
        "0",
    ),
}
# More initiatives than that in one statement are noted as “anything”.
MANY = 500

POSTGRESQL = """
CREATE FUNCTION initiatives_number_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    next bigint;
BEGIN
    IF (SELECT number FROM initiatives_datachange WHERE id = NEW.id) IS NULL THEN
        UPDATE initiatives_dataversion SET number = number + 1 WHERE id = 1 RETURNING number INTO next;
        UPDATE initiatives_datachange SET number = next WHERE number IS NULL;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER initiatives_number_changes AFTER INSERT ON initiatives_datachange
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION initiatives_number_changes();
"""


def postgresql_statements(table, names):
    """A function and three triggers; TRUNCATE is a fourth."""
    if names == "0":
        body = "IF EXISTS (SELECT 1 FROM touched) THEN INSERT INTO initiatives_datachange (initiative_key) VALUES (0); END IF;"
    elif names is None:
        body = "IF EXISTS (SELECT 1 FROM touched) THEN INSERT INTO initiatives_datachange (initiative_key) VALUES (NULL); END IF;"
    else:
        keys = (
            f"SELECT DISTINCT {names} FROM touched"
            if names is not BY_MEETING
            else "SELECT i.id FROM initiatives_initiative AS i JOIN touched ON i.raised_at_id = touched.id"
            " UNION SELECT 0 FROM touched"
        )
        body = f"""
            SELECT array_agg(key) INTO keys FROM ({keys} LIMIT {MANY + 1}) AS found(key);
            IF cardinality(keys) > {MANY} THEN
                INSERT INTO initiatives_datachange (initiative_key) VALUES (NULL);
            ELSIF keys IS NOT NULL THEN
                INSERT INTO initiatives_datachange (initiative_key) SELECT unnest(keys);
            END IF;"""
    yield (
        f"CREATE FUNCTION {table}_changed() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" DECLARE keys bigint[]; BEGIN {body} RETURN NULL; END $$"
    )
    for event, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        yield (
            f"CREATE TRIGGER {table}_{event.lower()}_noted AFTER {event} ON {table}"
            f" REFERENCING {rows} TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION {table}_changed()"
        )


def sqlite_statements(table, names):
    for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        if names is BY_MEETING:
            value = f"SELECT 0 UNION {BY_MEETING.format(row=row)}"
        elif names in (None, "0"):
            value = f"SELECT {names or 'NULL'}"
        else:
            value = f"SELECT {row}.{names}"
        yield (
            f"CREATE TRIGGER {table}_{event.lower()}_noted AFTER {event} ON {table}"
            f" BEGIN INSERT INTO initiatives_datachange (initiative_key) {value}; END"
        )


def create(apps, schema_editor):
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    if on_postgresql:
        schema_editor.execute(POSTGRESQL, params=None)
    statements = postgresql_statements if on_postgresql else sqlite_statements
    for table, names in TABLES.items():
        for statement in statements(table, names):
            schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for table in TABLES:
        for event in ("insert", "update", "delete"):
            on_table = f" ON {table}" if on_postgresql else ""
            schema_editor.execute(f"DROP TRIGGER {table}_{event}_noted{on_table}")
        if on_postgresql:
            schema_editor.execute(f"DROP FUNCTION {table}_changed")
    if on_postgresql:
        schema_editor.execute("DROP TRIGGER initiatives_number_changes ON initiatives_datachange")
        schema_editor.execute("DROP FUNCTION initiatives_number_changes")


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0003_search")]
    operations = [migrations.RunPython(create, drop)]
