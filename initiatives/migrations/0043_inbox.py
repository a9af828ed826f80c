"""How the desk follows initiatives up, and filters that people save; what nobody but the desk sees."""

import datetime
import django.core.validators
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models


def give_rights(apps, schema_editor):
    """Let whoever may view, add, change or delete an initiative do the same with its follow-up plan."""
    using = schema_editor.connection.alias
    groups, kinds, rights = (
        apps.get_model(app, model).objects.using(using)
        for app, model in (("auth", "Group"), ("contenttypes", "ContentType"), ("auth", "Permission"))
    )
    codes = ["view_initiative", "add_initiative", "change_initiative", "delete_initiative"]
    for group in groups.filter(permissions__codename__in=codes).distinct():
        held = group.permissions.filter(codename__in=codes)
        for code in list(held.values_list("codename", flat=True)):
            # Django makes these after the last migration only, and leaves what it finds.
            kind, _made = kinds.get_or_create(app_label="initiatives", model="followupplan")
            action = code.partition("_")[0]
            right, _made = rights.get_or_create(
                content_type=kind,
                codename=f"{action}_followupplan",
                defaults={"name": f"Can {action} follow-up plan"},
            )
            group.permissions.add(right)


class Migration(migrations.Migration):

    dependencies = [
        ('initiatives', '0042_former_addresses'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FollowUpPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('next_review_on', models.DateField(blank=True, db_index=True, help_text='From this day on it is in the inbox, until another day is set.', null=True, validators=[django.core.validators.MinValueValidator(datetime.date(1000, 1, 1))], verbose_name='next review')),
                ('notes', models.TextField(blank=True, help_text='For the desk alone; on no public page and in no file.', max_length=20000, verbose_name='desk notes')),
                ('initiative', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='follow_up_plan', to='initiatives.initiative')),
                ('responsible', models.ForeignKey(blank=True, help_text='In whose inbox it is. Nobody: it is in that of all who work on its dialogue.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='follow_up_plans', to=settings.AUTH_USER_MODEL, verbose_name='responsible')),
            ],
            options={
                'verbose_name': 'follow-up plan',
                'ordering': ['next_review_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalFollowUpPlan',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('next_review_on', models.DateField(blank=True, db_index=True, help_text='From this day on it is in the inbox, until another day is set.', null=True, validators=[django.core.validators.MinValueValidator(datetime.date(1000, 1, 1))], verbose_name='next review')),
                ('notes', models.TextField(blank=True, help_text='For the desk alone; on no public page and in no file.', max_length=20000, verbose_name='desk notes')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('initiative', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.initiative')),
                ('responsible', models.ForeignKey(blank=True, db_constraint=False, help_text='In whose inbox it is. Nobody: it is in that of all who work on its dialogue.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='responsible')),
            ],
            options={
                'verbose_name': 'historical follow-up plan',
                'verbose_name_plural': 'historical follow-up plans',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('of_list', models.CharField(max_length=100)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.CharField(max_length=2000)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_filters', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['of_list', 'name', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('user', 'of_list', 'name'), name='saved_filter_unique', violation_error_message='You have a filter of this name for this list.')],
            },
        ),
        migrations.RunPython(give_rights, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="review",
            name="decision",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting for review"),
                    ("published", "Published"),
                    ("returned", "Sent back"),
                    ("dropped", "Withdrawn before it was decided"),
                ],
                db_index=True,
                default="waiting",
                max_length=10,
            ),
        ),
    ]
