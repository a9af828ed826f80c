"""Which language version of a document is authentic; and all versions point to one report, where they were a chain.

What loads wrote of such a report says so too, so that its file changes nothing.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.utils import timezone


def point_to_heads(apps, schema_editor):
    report_model = apps.get_model("initiatives", "Report")
    reports = report_model.objects.using(schema_editor.connection.alias)
    named = dict(
        reports.filter(translation_of__isnull=False).order_by("pk").values_list("pk", "translation_of")
    )
    moved = {}
    for key in named:
        head, seen = key, {key}
        while head in named and named[head] not in seen:
            head = named[head]
            seen.add(head)
        # Of a circle its first report is the head.
        if head in named:
            head = min(seen)
        head = None if head == key else head
        if head != named[key]:
            moved[key] = head
    slugs = dict(reports.filter(pk__in={*moved, *named.values()} - {None}).values_list("pk", "slug"))
    for key, head in moved.items():
        reports.filter(pk=key).update(translation_of=head)
        _write_version(apps, schema_editor, key, head)
        _write_bases(apps, schema_editor, slugs[key], slugs.get(head))


def _write_version(apps, schema_editor, key, head):
    versions = apps.get_model("initiatives", "HistoricalReport").objects.using(
        schema_editor.connection.alias
    )
    version = versions.filter(id=key).order_by("-history_date", "-history_id").first()
    if version is None:
        return
    issuers = apps.get_model("initiatives", "HistoricalReport_issued_by").objects.using(
        schema_editor.connection.alias
    )
    issued_by = list(issuers.filter(history=version.pk).values("id", "report_id", "participant_id"))
    version.pk = None
    version._state.adding = True
    version.translation_of_id = head
    version.history_type, version.history_date, version.history_user_id = "~", timezone.now(), None
    version.history_change_reason = "All language versions of a document point to one report"
    version.save(using=schema_editor.connection.alias)
    for row in issued_by:
        issuers.create(history=version, **row)


def _write_bases(apps, schema_editor, slug, head):
    bases = apps.get_model("initiatives", "LoadedFact").objects.using(
        schema_editor.connection.alias
    )
    for base in bases.filter(kind="report", key=slug):
        if base.values.get("translation_of"):
            base.values["translation_of"] = head
            base.save(using=schema_editor.connection.alias, update_fields=["values"])


class Migration(migrations.Migration):

    dependencies = [
        ('initiatives', '0045_names_by_cldr'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalreport',
            name='authentic',
            field=models.BooleanField(db_default=False, default=False, help_text='The document or its publisher says that the text in this language is authentic. Several may be.'),
        ),
        migrations.AddField(
            model_name='report',
            name='authentic',
            field=models.BooleanField(db_default=False, default=False, help_text='The document or its publisher says that the text in this language is authentic. Several may be.'),
        ),
        migrations.AlterField(
            model_name='historicalreport',
            name='translation_of',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='The same document in another language, to which all its versions point. That says nothing of which text is authentic.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.report', verbose_name='language version of'),
        ),
        migrations.AlterField(
            model_name='report',
            name='translation_of',
            field=models.ForeignKey(blank=True, help_text='The same document in another language, to which all its versions point. That says nothing of which text is authentic.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='translations', to='initiatives.report', verbose_name='language version of'),
        ),
        migrations.RunPython(point_to_heads, migrations.RunPython.noop, elidable=True),
    ]
