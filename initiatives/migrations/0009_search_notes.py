"""Notes of search texts name the initiative, so that what a text finds can be brought up to date row by row."""

from django.db import migrations

TABLE = "initiatives_searchtext"
EVENTS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}
NOTE = "INSERT INTO initiatives_datachange (initiative_key)"
# As in 0004: more initiatives than that in one statement are noted as “anything”.
MANY = 500
NAMED = f"""
CREATE OR REPLACE FUNCTION {TABLE}_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    keys bigint[];
BEGIN
    SELECT array_agg(key) INTO keys
        FROM (SELECT DISTINCT initiative_id FROM touched LIMIT {MANY + 1}) AS found(key);
    IF cardinality(keys) > {MANY} THEN
        {NOTE} VALUES (NULL);
    ELSIF keys IS NOT NULL THEN
        {NOTE} SELECT unnest(keys);
    END IF;
    RETURN NULL;
END $$;
"""
UNNAMED = f"""
CREATE OR REPLACE FUNCTION {TABLE}_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM touched) THEN {NOTE} VALUES (0); END IF;
    RETURN NULL;
END $$;
"""


def note(schema_editor, function, value):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(function, params=None)
        return
    for event, row in EVENTS.items():
        trigger = f"{TABLE}_{event.lower()}_noted"
        schema_editor.execute(f"DROP TRIGGER {trigger}", params=None)
        schema_editor.execute(
            f"CREATE TRIGGER {trigger} AFTER {event} ON {TABLE} BEGIN {NOTE} VALUES ({value.format(row=row)}); END",
            params=None,
        )


def create(apps, schema_editor):
    note(schema_editor, NAMED, "{row}.initiative_id")


def drop(apps, schema_editor):
    note(schema_editor, UNNAMED, "0")


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0008_roles")]
    operations = [migrations.RunPython(create, drop)]
