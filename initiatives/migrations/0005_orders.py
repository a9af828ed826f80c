"""Indexes for the orders of long lists.

Dates sort with the unknown ones last. PostgreSQL has to be told so; SQLite cannot be told in an index, and does so by itself
where the order is descending.
"""

from django.db import migrations

# Table and columns, by name of the index.
ORDERS = {
    "initiatives_initiative_by_news": (
        "initiatives_initiative",
        "latest_update_on DESC{last}, last_heard_on DESC{last}, title, slug",
    ),
    "initiatives_initiative_by_due": ("initiatives_initiative", "due_on, title, slug"),
    "initiatives_initiative_by_title": ("initiatives_initiative", "title, slug"),
    "initiatives_statusupdate_by_news": (
        "initiatives_statusupdate",
        '"on" DESC{last}, recorded_at DESC, id DESC',
    ),
}


def create(apps, schema_editor):
    last = " NULLS LAST" if schema_editor.connection.vendor == "postgresql" else ""
    for name, (table, columns) in ORDERS.items():
        schema_editor.execute(f"CREATE INDEX {name} ON {table} ({columns.format(last=last)})")


def drop(apps, schema_editor):
    for name in ORDERS:
        schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0004_data_version")]
    operations = [migrations.RunPython(create, drop)]
