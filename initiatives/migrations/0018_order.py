"""Meetings that are part of another, and the keys by which names and titles sort."""

import django.db.models.deletion
import initiatives.models.sort_keys
from django.db import migrations, models

from initiatives.models.sort_keys import sort_key

SORTED = {
    "Participant": "name",
    "Theme": "name",
    "Dialogue": "name",
    "Initiative": "title",
    "Report": "title",
}

def fill(apps, schema_editor):
    for name, text in SORTED.items():
        rows = apps.get_model("initiatives", name).objects.using(schema_editor.connection.alias)
        for key, title in list(rows.order_by("pk").values_list("pk", text)):
            rows.filter(pk=key).update(sort_key=sort_key(title))


class Migration(migrations.Migration):

    dependencies = [
        ("initiatives", "0017_notes_of_rows"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='attendance',
            options={'ordering': ['meeting', 'participant__sort_key'], 'verbose_name_plural': 'attendance'},
        ),
        migrations.AlterModelOptions(
            name='dialogue',
            options={'ordering': ['sort_key', 'slug']},
        ),
        migrations.AlterModelOptions(
            name='initiative',
            options={'ordering': ['sort_key', 'slug']},
        ),
        migrations.AlterModelOptions(
            name='membership',
            options={'ordering': ['dialogue', 'participant__sort_key', 'capacity']},
        ),
        migrations.AlterModelOptions(
            name='participant',
            options={'ordering': ['sort_key', 'code']},
        ),
        migrations.AlterModelOptions(
            name='role',
            options={'ordering': ['initiative', 'role', 'participant__sort_key']},
        ),
        migrations.AlterModelOptions(
            name='theme',
            options={'ordering': ['sort_key', 'slug']},
        ),
        migrations.AddField(
            model_name='dialogue',
            name='sort_key',
            field=initiatives.models.sort_keys.SortKeyField(db_default=b'', db_index=True, default=b'', of='name'),
        ),
        migrations.AddField(
            model_name='historicalmeeting',
            name='part_of',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='The meeting with which it was held, such as the summit of a business forum.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.meeting'),
        ),
        migrations.AddField(
            model_name='initiative',
            name='sort_key',
            field=initiatives.models.sort_keys.SortKeyField(db_default=b'', db_index=True, default=b'', of='title'),
        ),
        migrations.AddField(
            model_name='meeting',
            name='part_of',
            field=models.ForeignKey(blank=True, help_text='The meeting with which it was held, such as the summit of a business forum.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='initiatives.meeting'),
        ),
        migrations.AddField(
            model_name='participant',
            name='sort_key',
            field=initiatives.models.sort_keys.SortKeyField(db_default=b'', db_index=True, default=b'', of='name'),
        ),
        migrations.AddField(
            model_name='report',
            name='sort_key',
            field=initiatives.models.sort_keys.SortKeyField(db_default=b'', db_index=True, default=b'', of='title'),
        ),
        migrations.AddField(
            model_name='theme',
            name='sort_key',
            field=initiatives.models.sort_keys.SortKeyField(db_default=b'', db_index=True, default=b'', of='name'),
        ),
        migrations.AddConstraint(
            model_name='meeting',
            constraint=models.CheckConstraint(condition=models.Q(('part_of__isnull', True), models.Q(('part_of', models.F('id')), _negated=True), _connector='OR'), name='meeting_not_part_of_itself', violation_error_message='A meeting is not part of itself.'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
