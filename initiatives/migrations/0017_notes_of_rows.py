"""Notes of changes name table and row.

The column ``initiative_key`` stays in the database: until the triggers are replaced, after this migration, those of an
earlier release write it (PostgreSQL).
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0016_withdrawn_as_seen")]

    operations = [
        migrations.AddField(
            "datachange",
            "table_name",
            models.CharField(db_default="", default="", max_length=63),
        ),
        migrations.AddField("datachange", "row_key", models.BigIntegerField(null=True)),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField("datachange", "initiative_key")]
        ),
    ]
