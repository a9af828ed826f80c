"""A column more in a public table."""

from django.db import migrations

from tests.serving.scratch_migrations import COLUMN

ADD = f"ALTER TABLE initiatives_theme ADD COLUMN {COLUMN} integer"


class Migration(migrations.Migration):
    dependencies = [("initiatives", "0017_notes_of_rows")]
    operations = [migrations.RunSQL(ADD, migrations.RunSQL.noop)]
