"""Indexes for the orders of the list of initiatives.

Dates sort with the unknown ones last. PostgreSQL has to be told so; SQLite cannot be told in an index, and does so by itself
where the order is descending.
"""

from django.db import migrations

ORDERS = {
    "initiatives_initiative_by_news": "latest_update_on DESC{last}, last_heard_on DESC{last}, title, slug",
    "initiatives_initiative_by_due": "due_on, title, slug",
    "initiatives_initiative_by_title": "title, slug",
}


def create(apps, schema_editor):
    last = " NULLS LAST" if schema_editor.connection.vendor == "postgresql" else ""
    for name, columns in ORDERS.items():
        schema_editor.execute(
            f"CREATE INDEX {name} ON initiatives_initiative ({columns.format(last=last)})"
        )


def drop(apps, schema_editor):
    for name in ORDERS:
        schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0004_data_version")]
    operations = [migrations.RunPython(create, drop)]
