"""An index of words that is the same on every database, in the place of PostgreSQL's and SQLite's own.

The index is made after the migrations (``recording/missing_texts.py``), and the texts with it, which are folded otherwise.
"""

from django.db import migrations, models

POSTGRESQL = [
    "DROP INDEX IF EXISTS initiatives_searchtext_trgm",
    "DROP INDEX IF EXISTS initiatives_searchtext_words",
    "DROP FUNCTION IF EXISTS initiatives_words(text)",
]
SQLITE = ["DROP TABLE IF EXISTS initiatives_searchtext_fts"]


def drop_indexes(apps, schema_editor):
    on_postgresql = schema_editor.connection.vendor == "postgresql"
    for statement in POSTGRESQL if on_postgresql else SQLITE:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('initiatives', '0037_criteria_in_languages'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchPosting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('term', models.BinaryField(db_index=True)),
                ('body', models.BinaryField()),
                ('title', models.BinaryField()),
                ('gone', models.BinaryField(default=b'')),
                ('places', models.BinaryField()),
            ],
        ),
        migrations.RunPython(drop_indexes, migrations.RunPython.noop),
    ]
