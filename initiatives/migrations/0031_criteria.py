"""What would count as delivered: a third kind of entry, and what lists need of it."""

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import django.utils.timezone
import initiatives.migrations._dates_as_text
import simple_history.models
from django.conf import settings
from django.db import migrations, models


def give_rights(apps, schema_editor):
    """Let whoever may view or record statuses do the same with criteria."""
    using = schema_editor.connection.alias
    groups, kinds, rights = (
        apps.get_model(app, model).objects.using(using)
        for app, model in (("auth", "Group"), ("contenttypes", "ContentType"), ("auth", "Permission"))
    )
    for group in groups.filter(permissions__codename__endswith="_statusupdate").distinct():
        codes = group.permissions.filter(codename__endswith="_statusupdate")
        for code in list(codes.values_list("codename", flat=True)):
            # Django makes these after the last migration only, and leaves what it finds.
            kind, _made = kinds.get_or_create(app_label="initiatives", model="criterion")
            action = code.partition("_")[0]
            right, _made = rights.get_or_create(
                content_type=kind,
                codename=f"{action}_criterion",
                defaults={"name": f"Can {action} criterion"},
            )
            group.permissions.add(right)


class Migration(migrations.Migration):

    dependencies = [
        ('initiatives', '0030_translations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=300, unique=True)),
                ('locator', models.CharField(blank=True, help_text='Where in the document: para 6.', max_length=200)),
                ('note', models.TextField(blank=True, help_text='How we read it, where it is not plain.')),
                ('publication', models.CharField(choices=[('draft', 'Draft'), ('public', 'Public')], default='public', max_length=10)),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('withdrawal_reason', models.TextField(blank=True, editable=False)),
                ('what', models.TextField(help_text='What would have to be seen for it to count as delivered.', verbose_name='what would count as delivered')),
                ('verifiability', models.CharField(choices=[('verifiable', 'Verifiable'), ('partly', 'Partly verifiable'), ('not_verifiable', 'Not verifiable')], max_length=20)),
                ('why', models.TextField(blank=True, help_text='Of what is not verifiable, it goes on from “Cannot be rated, because …”.')),
                ('read_by', models.CharField(blank=True, help_text='A role, such as the editors; never a person.', max_length=200, verbose_name='read by')),
                ('read_on', initiatives.migrations._dates_as_text.PartialDateField(blank=True, help_text='The full day: 2026-05-03.', null=True, verbose_name='read on')),
            ],
            options={
                'verbose_name_plural': 'criteria',
                'ordering': ['initiative', 'recorded_at'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalCriterion',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('ref', models.CharField(db_index=True, editable=False, max_length=300)),
                ('locator', models.CharField(blank=True, help_text='Where in the document: para 6.', max_length=200)),
                ('note', models.TextField(blank=True, help_text='How we read it, where it is not plain.')),
                ('publication', models.CharField(choices=[('draft', 'Draft'), ('public', 'Public')], default='public', max_length=10)),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('withdrawal_reason', models.TextField(blank=True, editable=False)),
                ('what', models.TextField(help_text='What would have to be seen for it to count as delivered.', verbose_name='what would count as delivered')),
                ('verifiability', models.CharField(choices=[('verifiable', 'Verifiable'), ('partly', 'Partly verifiable'), ('not_verifiable', 'Not verifiable')], max_length=20)),
                ('why', models.TextField(blank=True, help_text='Of what is not verifiable, it goes on from “Cannot be rated, because …”.')),
                ('read_by', models.CharField(blank=True, help_text='A role, such as the editors; never a person.', max_length=200, verbose_name='read by')),
                ('read_on', initiatives.migrations._dates_as_text.PartialDateField(blank=True, help_text='The full day: 2026-05-03.', null=True, verbose_name='read on')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical criterion',
                'verbose_name_plural': 'historical criteria',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.RemoveConstraint(
            model_name='correction',
            name='correction_subject_known',
        ),
        migrations.RemoveConstraint(
            model_name='review',
            name='review_of_one_row',
        ),
        migrations.AddField(
            model_name='historicalinitiative',
            name='criterion_recorded_on',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='historicalinitiative',
            name='status_recorded_on',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='historicalinitiative',
            name='verifiability',
            field=models.CharField(blank=True, choices=[('verifiable', 'Verifiable'), ('partly', 'Partly verifiable'), ('not_verifiable', 'Not verifiable')], db_default='', db_index=True, default='', editable=False, max_length=20),
        ),
        migrations.AddField(
            model_name='initiative',
            name='criterion_recorded_on',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='initiative',
            name='status_recorded_on',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='initiative',
            name='verifiability',
            field=models.CharField(blank=True, choices=[('verifiable', 'Verifiable'), ('partly', 'Partly verifiable'), ('not_verifiable', 'Not verifiable')], db_default='', db_index=True, default='', editable=False, max_length=20),
        ),
        migrations.AlterField(
            model_name='correction',
            name='subject',
            field=models.CharField(choices=[('initiative', 'Initiative'), ('mention', 'Mention'), ('criterion', 'Criterion'), ('status_update', 'Status update'), ('load', 'Load of documents')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('subject__in', ['initiative', 'mention', 'criterion', 'status_update', 'load'])), name='correction_subject_known', violation_error_message='Choose one of the listed values.'),
        ),
        migrations.AddConstraint(
            model_name='initiative',
            constraint=models.CheckConstraint(condition=models.Q(('verifiability__in', ['verifiable', 'partly', 'not_verifiable', ''])), name='initiative_verifiability_known', violation_error_message='Choose one of the listed values.'),
        ),
        migrations.AddField(
            model_name='criterion',
            name='corrects',
            field=models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='correction', to='initiatives.criterion'),
        ),
        migrations.AddField(
            model_name='criterion',
            name='initiative',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='criteria', to='initiatives.initiative'),
        ),
        migrations.AddField(
            model_name='criterion',
            name='recorded_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='criterion',
            name='reinstates',
            field=models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reinstatement', to='initiatives.criterion'),
        ),
        migrations.AddField(
            model_name='criterion',
            name='report',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='criteria', to='initiatives.report'),
        ),
        migrations.AddField(
            model_name='criterion',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='review',
            name='criterion',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='initiatives.criterion'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('criterion__isnull', True), ('initiative__isnull', False), ('mention__isnull', True), ('status_update__isnull', True)), models.Q(('criterion__isnull', True), ('initiative__isnull', True), ('mention__isnull', False), ('status_update__isnull', True)), models.Q(('criterion__isnull', False), ('initiative__isnull', True), ('mention__isnull', True), ('status_update__isnull', True)), models.Q(('criterion__isnull', True), ('initiative__isnull', True), ('mention__isnull', True), ('status_update__isnull', False)), _connector='OR'), name='review_of_one_row', violation_error_message='A review is of exactly one row.'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(condition=models.Q(('decision', 'waiting')), fields=('criterion',), name='review_one_waiting_criterion', violation_error_message='The draft waits for review already.'),
        ),
        migrations.AddField(
            model_name='historicalcriterion',
            name='corrects',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.criterion'),
        ),
        migrations.AddField(
            model_name='historicalcriterion',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalcriterion',
            name='initiative',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.initiative'),
        ),
        migrations.AddField(
            model_name='historicalcriterion',
            name='recorded_by',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalcriterion',
            name='reinstates',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.criterion'),
        ),
        migrations.AddField(
            model_name='historicalcriterion',
            name='report',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.report'),
        ),
        migrations.AddField(
            model_name='historicalcriterion',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='criterion',
            index=models.Index(fields=['-recorded_at', '-id'], name='criterion_recorded'),
        ),
        migrations.AddIndex(
            model_name='criterion',
            index=models.Index(condition=models.Q(('withdrawn_at__isnull', False)), fields=['-withdrawn_at', '-id'], name='criterion_withdrawn'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(('verifiability__in', ['verifiable', 'partly', 'not_verifiable'])), name='criterion_verifiability_known', violation_error_message='Choose one of the listed values.'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(('what', ''), _negated=True), name='criterion_says_what', violation_error_message='Say what would count as delivered.'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(('verifiability', 'verifiable'), models.Q(('why', ''), _negated=True), _connector='OR'), name='criterion_says_why', violation_error_message='Say why it cannot be verified, or only in part.'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('report__isnull', False), models.Q(('locator', ''), _negated=True)), models.Q(('report__isnull', True), models.Q(('read_by', ''), _negated=True)), _connector='OR'), name='criterion_has_source', violation_error_message='Give the report and the place in it, or whose reading it is and of which full day.'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('read_by', ''), ('read_on__isnull', True)), models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length('read_on'), 10), ('read_on__isnull', False), models.Q(('read_by', ''), _negated=True)), _connector='OR'), name='criterion_reading_is_whole', violation_error_message='Say whose reading it is and of which full day, or neither.'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawal_reason', ''), ('withdrawn_at__isnull', True)), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawal_reason', ''), _negated=True)), _connector='OR'), name='criterion_withdrawn_with_reason', violation_error_message='A withdrawn entry has a reason, and no other does.'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(('corrects__isnull', True), models.Q(('corrects', models.F('id')), _negated=True), _connector='OR'), name='criterion_does_not_correct_itself', violation_error_message='An entry does not correct itself.'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(('publication__in', ['draft', 'public'])), name='criterion_publication_known', violation_error_message='Choose one of the listed values.'),
        ),
        migrations.RunPython(give_rights, migrations.RunPython.noop),
    ]
