"""A mark that no two histories share, notes of search texts, and of tables that are emptied at once.

Numbers alone come again: after a backup is restored, or a standby that missed the last writes is promoted, the next write
has the number of one that is gone, and readers who remember that one would take the old page for the new.
"""

from django.db import migrations, models

MARK = "(random() * 9007199254740992)::bigint"

# As in 0004, but the row of the version is made where it is missing (a database that was flushed), and marked.
NUMBER_CHANGES = """
CREATE OR REPLACE FUNCTION initiatives_number_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    next bigint;
BEGIN
    IF (SELECT number FROM initiatives_datachange WHERE id = NEW.id) IS NULL THEN
        INSERT INTO initiatives_dataversion AS held (id, number, mark) VALUES (1, 1, {mark})
            ON CONFLICT (id) DO UPDATE SET number = held.number + 1, mark = {mark} RETURNING number INTO next;
        UPDATE initiatives_datachange SET number = next WHERE number IS NULL;
    END IF;
    RETURN NULL;
END $$;
"""
NUMBER_CHANGES_UNMARKED = """
CREATE OR REPLACE FUNCTION initiatives_number_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    next bigint;
BEGIN
    IF (SELECT number FROM initiatives_datachange WHERE id = NEW.id) IS NULL THEN
        UPDATE initiatives_dataversion SET number = number + 1 WHERE id = 1 RETURNING number INTO next;
        UPDATE initiatives_datachange SET number = next WHERE number IS NULL;
    END IF;
    RETURN NULL;
END $$;
"""
ANYTHING_CHANGED = """
CREATE FUNCTION initiatives_anything_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO initiatives_datachange (initiative_key) VALUES (NULL);
    RETURN NULL;
END $$;
"""
SQLITE_MARK = """
CREATE TRIGGER initiatives_mark_changes AFTER INSERT ON initiatives_datachange BEGIN
    INSERT INTO initiatives_dataversion (id, number, mark) VALUES (1, 0, random())
        ON CONFLICT (id) DO UPDATE SET mark = excluded.mark;
END
"""
TABLES = [
    "initiatives_attendance",
    "initiatives_citation",
    "initiatives_dialogue",
    "initiatives_discrepancy",
    "initiatives_initiative",
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
# What a search finds; bitmaps do not depend on it.
SEARCH_TEXT = "initiatives_searchtext"
EVENTS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}
NOTE = "INSERT INTO initiatives_datachange (initiative_key) VALUES (0)"


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.execute(SQLITE_MARK, params=None)
        for event in EVENTS:
            schema_editor.execute(
                f"CREATE TRIGGER {SEARCH_TEXT}_{event}_noted AFTER {event.upper()} ON {SEARCH_TEXT} BEGIN {NOTE}; END",
                params=None,
            )
        return
    schema_editor.execute(NUMBER_CHANGES.format(mark=MARK), params=None)
    schema_editor.execute(ANYTHING_CHANGED, params=None)
    schema_editor.execute(
        f"CREATE FUNCTION {SEARCH_TEXT}_changed() RETURNS trigger LANGUAGE plpgsql AS $$"
        f" BEGIN IF EXISTS (SELECT 1 FROM touched) THEN {NOTE}; END IF; RETURN NULL; END $$",
        params=None,
    )
    for event, rows in EVENTS.items():
        schema_editor.execute(
            f"CREATE TRIGGER {SEARCH_TEXT}_{event}_noted AFTER {event.upper()} ON {SEARCH_TEXT}"
            f" REFERENCING {rows} TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION {SEARCH_TEXT}_changed()",
            params=None,
        )
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {table}_truncate_noted AFTER TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION initiatives_anything_changed()",
            params=None,
        )


def drop(apps, schema_editor):
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    on_table = f" ON {SEARCH_TEXT}" if on_postgresql else ""
    for event in EVENTS:
        schema_editor.execute(f"DROP TRIGGER {SEARCH_TEXT}_{event}_noted{on_table}")
    if not on_postgresql:
        schema_editor.execute("DROP TRIGGER initiatives_mark_changes")
        return
    schema_editor.execute(f"DROP FUNCTION {SEARCH_TEXT}_changed")
    for table in TABLES:
        schema_editor.execute(f"DROP TRIGGER {table}_truncate_noted ON {table}")
    schema_editor.execute("DROP FUNCTION initiatives_anything_changed")
    schema_editor.execute(NUMBER_CHANGES_UNMARKED, params=None)


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0005_orders")]
    operations = [
        migrations.AddField("dataversion", "mark", models.BigIntegerField(default=0)),
        migrations.RunPython(create, drop),
    ]
