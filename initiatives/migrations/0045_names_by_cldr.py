"""Search texts hold the names by which pages call states: the index is emptied, and made anew with the texts.

That is done after the migrations (``recording/missing_texts.py``).
"""

from django.db import migrations


def empty_index(apps, schema_editor):
    database = schema_editor.connection.alias
    apps.get_model("initiatives", "SearchPosting").objects.using(database).all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ('initiatives', '0044_plainer_labels'),
    ]

    operations = [
        migrations.RunPython(empty_index, migrations.RunPython.noop),
    ]
