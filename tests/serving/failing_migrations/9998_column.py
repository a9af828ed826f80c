"""A column more in a public table."""

from pathlib import Path

from django.db import migrations

from initiatives import migrations as app_migrations
from tests.serving.scratch_migrations import COLUMN

NEWEST = max(path.stem for path in Path(app_migrations.__path__[0]).glob("[0-9]*.py"))
ADD = f"ALTER TABLE initiatives_theme ADD COLUMN {COLUMN} integer"


class Migration(migrations.Migration):
    dependencies = [("initiatives", NEWEST)]
    operations = [migrations.RunSQL(ADD, migrations.RunSQL.noop)]
