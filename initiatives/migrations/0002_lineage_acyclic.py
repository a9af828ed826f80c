"""Hold the lineage free of circles on the database as well.

No check or unique constraint can see a path through a table, so this one invariant is a trigger. On SQLite a later
migration that rebuilds the table drops its triggers and has to run `create` again; a test notices.
"""

from django.db import migrations

# A link that is changed stands in the table as it was; as such it is no part of a way back.
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
POSTGRESQL = f"""
    CREATE FUNCTION initiatives_lineage_acyclic() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('initiatives_lineage_acyclic'));
        IF EXISTS ({PATH_BACK.format(changed="NEW.id")}) THEN
            RAISE EXCEPTION 'lineage_acyclic' USING ERRCODE = 'integrity_constraint_violation',
                CONSTRAINT = 'lineage_acyclic';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER lineage_acyclic BEFORE INSERT OR UPDATE ON initiatives_lineage
        FOR EACH ROW EXECUTE FUNCTION initiatives_lineage_acyclic();
"""


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, params=None)
        return
    # Before an insert SQLite does not know the new id yet.
    for event, changed in (("INSERT", "0"), ("UPDATE", "OLD.id")):
        schema_editor.execute(
            f"CREATE TRIGGER lineage_acyclic_{event.lower()} BEFORE {event} ON initiatives_lineage"
            f" WHEN EXISTS ({PATH_BACK.format(changed=changed)}) BEGIN SELECT RAISE(ABORT, 'lineage_acyclic'); END",
            params=None,
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER lineage_acyclic ON initiatives_lineage")
        schema_editor.execute("DROP FUNCTION initiatives_lineage_acyclic")
        return
    for event in ("insert", "update"):
        schema_editor.execute(f"DROP TRIGGER lineage_acyclic_{event}")


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
