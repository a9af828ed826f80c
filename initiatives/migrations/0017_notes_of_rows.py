"""Notes of changes name a table and a row; those of the triggers of before name neither, and mean anything."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0016_withdrawn_as_seen")]
    operations = [
        migrations.AddField("datachange", "row", models.BigIntegerField(null=True)),
        migrations.AddField(
            "datachange",
            "table",
            models.CharField(blank=True, db_default="", default="", max_length=63),
        ),
    ]
