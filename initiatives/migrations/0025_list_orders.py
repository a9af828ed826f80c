"""The indexes of 0005_orders.py belong to the models, so that SQLite makes them again with their tables."""

import initiatives.models.list_order
from django.conf import settings
from django.db import migrations


OF_BEFORE = (
    "initiatives_initiative_by_news",
    "initiatives_initiative_by_due",
    "initiatives_initiative_by_title",
    "initiatives_statusupdate_by_news",
)


def drop(apps, schema_editor):
    for name in OF_BEFORE:
        # SQLite has lost them wherever it made a table anew since.
        schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):

    dependencies = [
        ('initiatives', '0024_register'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(drop, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='initiative',
            index=initiatives.models.list_order.ListOrder(fields=['-latest_update_on', '-last_heard_on', 'sort_key', 'slug'], name='initiative_by_news'),
        ),
        migrations.AddIndex(
            model_name='initiative',
            index=initiatives.models.list_order.ListOrder(fields=['due_on', 'sort_key', 'slug'], name='initiative_by_due'),
        ),
        migrations.AddIndex(
            model_name='initiative',
            index=initiatives.models.list_order.ListOrder(fields=['sort_key', 'slug'], name='initiative_by_title'),
        ),
        migrations.AddIndex(
            model_name='statusupdate',
            index=initiatives.models.list_order.ListOrder(fields=['-on', '-recorded_at', '-id'], name='update_by_news'),
        ),
    ]
