"""The register of corrections, initiatives that can be withdrawn, and the right to remove what was public.

What was corrected and withdrawn so far is told in it, as far as the public had seen it.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from initiatives.partial_dates import PartialDate


ADMINISTRATOR, NAME = "Administrator", "Can remove what was public, for good"
LOADED, BY_LOAD = "Loaded from ", "The file of the document says so now."
LABELS = {
    "Mention": {
        "locator": "Locator", "note": "Note", "report": "Report", "act": "Act", "quote": "Quote",
        "quote_language": "Quote language",
    },
    "StatusUpdate": {
        "locator": "Locator", "note": "Note", "report": "Report", "status": "Status", "on": "As of",
        "what": "What happened", "participant": "Participant",
    },
    "Initiative": {
        "title": "Title", "summary": "Summary", "kind": "Kind", "dialogue": "Dialogue", "raised_at": "Raised at",
        "due_on": "Due on", "due_note": "Due note",
    },
}  # fmt: skip
# What the rows that a field refers to are called.
CALLED = {"report": "title", "participant": "name", "dialogue": "name", "raised_at": "title"}


def grant(apps, schema_editor):
    """Let administrators remove."""
    using = schema_editor.connection.alias
    groups, kinds, rights = (
        apps.get_model(app, model).objects.using(using)
        for app, model in (("auth", "Group"), ("contenttypes", "ContentType"), ("auth", "Permission"))
    )
    kind, _made = kinds.get_or_create(app_label="initiatives", model="review")
    right, _made = rights.get_or_create(content_type=kind, codename="remove", defaults={"name": NAME})
    for group in groups.filter(name=ADMINISTRATOR):
        group.permissions.add(right)


class Register:
    """The lines that what is stored gives."""

    def __init__(self, apps, using):
        self.apps, self.using, self.lines = apps, using, []
        self.roles, self.called = {}, {}
        self.reports = dict(self.rows("Report").values_list("slug", "pk"))

    def rows(self, name):
        return self.apps.get_model("initiatives", name).objects.using(self.using)

    def role_of(self, user):
        """That of the account as it is now: what it was then is not kept."""
        if user is None:
            return ""
        if user.pk not in self.roles:
            names = {name.lower() for name in user.groups.values_list("name", flat=True)}
            ranks = ("administrator", "publisher", "editor")
            own = next((rank for rank in ranks if rank in names), "editor")
            self.roles[user.pk] = "administrator" if user.is_superuser else own
        return self.roles[user.pk]

    def in_words(self, model, name, value):
        if value in (None, ""):
            return ""
        field = self.apps.get_model("initiatives", model)._meta.get_field(name)
        if name in CALLED:
            if (name, value) not in self.called:
                row = field.related_model._base_manager.using(self.using).filter(pk=value).first()
                self.called[name, value] = getattr(row, CALLED[name]) if row else ""
            return self.called[name, value]
        if name in ("on", "due_on"):
            return PartialDate(value).in_words
        return str(dict(field.flatchoices).get(value, value))

    def differences(self, model, was, now):
        """Lists of label, was and is; either may be missing."""
        names, found = LABELS[model], []
        for name, label in names.items():
            old, new = (
                self.in_words(model, name, getattr(row, attname(row, name))) if row else "" for row in (was, now)
            )
            if old != new:
                found.append([label, old, new])
        if model == "Mention":
            by = [self.speakers(row) for row in (was, now)]
            if by[0] != by[1]:
                found.append(["By", *by])
        return found

    def speakers(self, row):
        return ", ".join(sorted(row.by.values_list("name", flat=True))) if row else ""

    def note(self, kind, subject, key, initiative, at, **more):
        moment = at.strftime("%Y%m%dT%H%M%S.%f")
        line = self.apps.get_model("initiatives", "Correction")(
            ref="/".join((kind, subject, key, moment)),
            kind=kind,
            subject=subject,
            key=key,
            initiative_id=initiative.pk,
            dialogue_id=initiative.dialogue_id,
            at=at,
            **more,
        )
        self.lines.append(line)

    def of_entries(self, model, subject):
        shown = self.rows(model).filter(publication="public", initiative__publication="public")
        related = ("initiative", "recorded_by", "withdrawn_by", "corrects")
        reasons = self.rows(f"Historical{model}")
        for entry in shown.filter(corrects__publication="public").select_related(*related).iterator():
            first = reasons.filter(id=entry.pk).order_by("history_date", "history_id").first()
            report = self.document(first)
            self.note(
                "corrected", subject, entry.ref, entry.initiative, entry.recorded_at,
                key_before=entry.corrects.ref,
                reason=BY_LOAD if report else "",
                report_id=report,
                role="" if report else self.role_of(entry.recorded_by),
                differences=self.differences(model, entry.corrects, entry),
            )  # fmt: skip
        for entry in shown.filter(withdrawn_at__isnull=False).select_related(*related).iterator():
            self.note(
                "withdrawn", subject, entry.ref, entry.initiative, entry.withdrawn_at,
                reason=entry.withdrawal_reason,
                role=self.role_of(entry.withdrawn_by),
                differences=self.differences(model, entry, None),
            )  # fmt: skip

    def of_initiatives(self):
        for initiative in self.rows("Initiative").filter(publication="public").iterator():
            versions = self.rows("HistoricalInitiative").filter(id=initiative.pk)
            before = None
            for version in versions.select_related("history_user").order_by("history_date", "history_id"):
                both = before and before.publication == version.publication == "public"
                changed = self.differences("Initiative", before, version) if both else []
                if changed:
                    report = self.document(version)
                    self.note(
                        "corrected", "initiative", initiative.slug, initiative, version.history_date,
                        reason=BY_LOAD if report else "",
                        report_id=report,
                        role="" if report else self.role_of(version.history_user),
                        differences=changed,
                    )  # fmt: skip
                before = version

    def document(self, version):
        reason = (version and version.history_change_reason) or ""
        return self.reports.get(reason.removeprefix(LOADED)) if reason.startswith(LOADED) else None


def attname(row, name):
    return row._meta.get_field(name).attname


def tell(apps, schema_editor):
    register = Register(apps, schema_editor.connection.alias)
    register.of_entries("Mention", "mention")
    register.of_entries("StatusUpdate", "status_update")
    register.of_initiatives()
    register.rows("Correction").bulk_create(register.lines, batch_size=1000)


class Migration(migrations.Migration):

    dependencies = [
        ("initiatives", "0023_drafts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=500, unique=True)),
                ('kind', models.CharField(choices=[('corrected', 'Corrected'), ('withdrawn', 'Withdrawn'), ('removed', 'Removed'), ('reinstated', 'Recorded anew')], max_length=10)),
                ('subject', models.CharField(choices=[('initiative', 'Initiative'), ('mention', 'Mention'), ('status_update', 'Status update')], max_length=20)),
                ('key', models.CharField(db_index=True, max_length=300)),
                ('key_before', models.CharField(blank=True, db_index=True, max_length=300)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('reason', models.TextField(blank=True)),
                ('role', models.CharField(blank=True, choices=[('editor', 'Editor'), ('publisher', 'Publisher'), ('administrator', 'Administrator')], max_length=20)),
                ('differences', models.JSONField(blank=True, default=list)),
            ],
            options={
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.AlterModelOptions(
            name='review',
            options={'ordering': ['-asked_at', '-pk'], 'permissions': [('publish', 'Can publish, return and withdraw'), ('load', 'Can load report files'), ('remove', 'Can remove what was public, for good')]},
        ),
        migrations.AddField(
            model_name='historicalinitiative',
            name='withdrawal_reason',
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.AddField(
            model_name='historicalinitiative',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='withdrawn at'),
        ),
        migrations.AddField(
            model_name='historicalinitiative',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalmention',
            name='reinstates',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.mention'),
        ),
        migrations.AddField(
            model_name='historicalstatusupdate',
            name='reinstates',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.statusupdate'),
        ),
        migrations.AddField(
            model_name='initiative',
            name='withdrawal_reason',
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.AddField(
            model_name='initiative',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='withdrawn at'),
        ),
        migrations.AddField(
            model_name='initiative',
            name='withdrawn_by',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mention',
            name='reinstates',
            field=models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reinstatement', to='initiatives.mention'),
        ),
        migrations.AddField(
            model_name='statusupdate',
            name='reinstates',
            field=models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reinstatement', to='initiatives.statusupdate'),
        ),
        migrations.AddConstraint(
            model_name='initiative',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('withdrawal_reason', ''), ('withdrawn_at__isnull', True)), models.Q(('publication', 'public'), ('withdrawn_at__isnull', False), models.Q(('withdrawal_reason', ''), _negated=True)), _connector='OR'), name='initiative_withdrawn_with_reason', violation_error_message='A withdrawn initiative was public and has a reason, and no other does.'),
        ),
        migrations.AddField(
            model_name='correction',
            name='dialogue',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='initiatives.dialogue'),
        ),
        migrations.AddField(
            model_name='correction',
            name='initiative',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='corrections', to='initiatives.initiative'),
        ),
        migrations.AddField(
            model_name='correction',
            name='report',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='initiatives.report'),
        ),
        migrations.AddIndex(
            model_name='correction',
            index=models.Index(fields=['-at', '-id'], name='correction_at'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['corrected', 'withdrawn', 'removed', 'reinstated'])), name='correction_kind_known', violation_error_message='Choose one of the listed values.'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('subject__in', ['initiative', 'mention', 'status_update'])), name='correction_subject_known', violation_error_message='Choose one of the listed values.'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['editor', 'publisher', 'administrator', ''])), name='correction_role_known', violation_error_message='Choose one of the listed values.'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'removed'), _negated=True), models.Q(models.Q(('reason', ''), _negated=True), ('differences', [])), _connector='OR'), name='correction_removed_says_why_and_no_more', violation_error_message='What was removed has a reason, and its text is gone.'),
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
