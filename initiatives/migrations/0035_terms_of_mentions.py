import django.db.models.deletion
import initiatives.partial_dates
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('initiatives', '0034_targets'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalinitiative',
            name='condition',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name='historicalinitiative',
            name='condition_report',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.report'),
        ),
        migrations.AddField(
            model_name='historicalinitiative',
            name='due_at',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.meeting'),
        ),
        migrations.AddField(
            model_name='historicalinitiative',
            name='due_dropped',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name='historicalinitiative',
            name='due_moves',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='historicalinitiative',
            name='unsourced_due_note',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=300, verbose_name='due: words without a document'),
        ),
        migrations.AddField(
            model_name='historicalinitiative',
            name='unsourced_due_on',
            field=initiatives.partial_dates.PartialDateField(editable=False, null=True, verbose_name='due date without a document'),
        ),
        migrations.AddField(
            model_name='historicalmention',
            name='condition',
            field=models.CharField(blank=True, db_default='', default='', help_text='As the document says it: subject to parliamentary approval.', max_length=300),
        ),
        migrations.AddField(
            model_name='historicalmention',
            name='condition_lifted',
            field=models.BooleanField(db_default=False, default=False, help_text='The document says that an earlier condition is met, or holds no more.', verbose_name='condition lifted'),
        ),
        migrations.AddField(
            model_name='historicalmention',
            name='due_at',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='A meeting in the place of a date: its last day counts once it has one.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.meeting', verbose_name='due at'),
        ),
        migrations.AddField(
            model_name='historicalmention',
            name='due_dropped',
            field=models.BooleanField(db_default=False, default=False, help_text='The document says that an earlier due date holds no more.', verbose_name='due date dropped'),
        ),
        migrations.AddField(
            model_name='historicalmention',
            name='due_note',
            field=models.CharField(blank=True, db_default='', default='', help_text='As the document says it: within three years, every two years.', max_length=300, verbose_name='due: words'),
        ),
        migrations.AddField(
            model_name='historicalmention',
            name='due_on',
            field=initiatives.partial_dates.PartialDateField(blank=True, help_text='By when, where the document gives a date.', null=True, verbose_name='due'),
        ),
        migrations.AddField(
            model_name='initiative',
            name='condition',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name='initiative',
            name='condition_report',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='initiatives.report'),
        ),
        migrations.AddField(
            model_name='initiative',
            name='due_at',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='initiatives.meeting'),
        ),
        migrations.AddField(
            model_name='initiative',
            name='due_dropped',
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            model_name='initiative',
            name='due_moves',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='initiative',
            name='unsourced_due_note',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=300, verbose_name='due: words without a document'),
        ),
        migrations.AddField(
            model_name='initiative',
            name='unsourced_due_on',
            field=initiatives.partial_dates.PartialDateField(editable=False, null=True, verbose_name='due date without a document'),
        ),
        migrations.AddField(
            model_name='mention',
            name='condition',
            field=models.CharField(blank=True, db_default='', default='', help_text='As the document says it: subject to parliamentary approval.', max_length=300),
        ),
        migrations.AddField(
            model_name='mention',
            name='condition_lifted',
            field=models.BooleanField(db_default=False, default=False, help_text='The document says that an earlier condition is met, or holds no more.', verbose_name='condition lifted'),
        ),
        migrations.AddField(
            model_name='mention',
            name='due_at',
            field=models.ForeignKey(blank=True, help_text='A meeting in the place of a date: its last day counts once it has one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deadlines', to='initiatives.meeting', verbose_name='due at'),
        ),
        migrations.AddField(
            model_name='mention',
            name='due_dropped',
            field=models.BooleanField(db_default=False, default=False, help_text='The document says that an earlier due date holds no more.', verbose_name='due date dropped'),
        ),
        migrations.AddField(
            model_name='mention',
            name='due_note',
            field=models.CharField(blank=True, db_default='', default='', help_text='As the document says it: within three years, every two years.', max_length=300, verbose_name='due: words'),
        ),
        migrations.AddField(
            model_name='mention',
            name='due_on',
            field=initiatives.partial_dates.PartialDateField(blank=True, help_text='By when, where the document gives a date.', null=True, verbose_name='due'),
        ),
        migrations.AlterField(
            model_name='historicalinitiative',
            name='due_note',
            field=models.CharField(blank=True, editable=False, max_length=300),
        ),
        migrations.AlterField(
            model_name='historicalinitiative',
            name='due_on',
            field=initiatives.partial_dates.PartialDateField(db_index=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='initiative',
            name='due_note',
            field=models.CharField(blank=True, editable=False, max_length=300),
        ),
        migrations.AlterField(
            model_name='initiative',
            name='due_on',
            field=initiatives.partial_dates.PartialDateField(db_index=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_at__isnull', True), ('due_on__isnull', True)), models.Q(('due_dropped', False), ('due_on__isnull', True)), models.Q(('due_at__isnull', True), ('due_dropped', False)), _connector='OR'), name='mention_has_one_deadline', violation_error_message='Give a date, or a meeting, or say that the due date is dropped: one of them.'),
        ),
        migrations.AddConstraint(
            model_name='mention',
            constraint=models.CheckConstraint(condition=models.Q(('condition', ''), ('condition_lifted', False), _connector='OR'), name='mention_states_condition_or_lifts_it', violation_error_message='Give a condition, or say that it is lifted: one of them.'),
        ),
    ]
