"""Chairs, agendas, outcomes and heads of delegation become rows, each with the documents that state it.

A value goes to the documents whose load stated it; one that no load stated, to the earliest document that is cited for
its meeting or attendance; where there is none, it stays without a document. What was loaded, and the versions of every
row, come along: the same files change nothing, and a past day shows what it showed.
"""

from collections import defaultdict
from hashlib import sha256

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models
from django.utils.text import slugify

KINDS = {"chair": "chair", "agenda": "agenda", "outcomes": "outcome"}
BATCH = 500


def digest(text):
    """As models/lines.py has it at the time of this migration."""
    words = slugify(text).replace("_", "-")[:40].strip("-")
    name = sha256(text.encode()).hexdigest()[:12]
    return f"{words}-{name}" if words else name


def lines_of(key, values):
    """What the texts of a meeting say line by line: fields of rows by ref, in order."""
    texts = [(KINDS[name], line) for name in KINDS for line in (values.get(name) or "").splitlines()]
    folded = [(kind, " ".join(text.split())) for kind, text in texts]
    return {f"{key}/{kind}/{digest(text)}": {"kind": kind, "text": text} for kind, text in folded if text}


def delegates_of(key, values):
    """The head of a delegation, as fields of a row by ref."""
    name, title = values.get("head") or "", values.get("head_title") or ""
    if not name and not title:
        return {}
    return {f"{key}/{digest(name or title)}": {"name": name, "title": title, "is_head": True}}


class Move:
    """The texts of one model on their way into rows of another one."""

    def __init__(self, apps, using, owner, row, fields, split):
        def rows(name):
            return apps.get_model("initiatives", name).objects.using(using)

        self.owner, self.row, self.fields, self.split = owner.lower(), row.lower(), fields, split
        self.owners, self.owner_versions = rows(owner), rows(f"Historical{owner}")
        self.rows, self.versions = rows(row), rows(f"Historical{row}")
        self.citations, self.citation_versions = rows("Citation"), rows("HistoricalCitation")
        self.facts = rows("LoadedFact")
        self.reports = dict(rows("Report").values_list("slug", "pk"))

    def run(self):
        self.keys = {owner.pk: self.key(owner) for owner in self.owners.all()}
        self.stated = self.move_facts()
        for owner in self.owners.order_by("pk").iterator(chunk_size=BATCH):
            now = self.split(self.keys[owner.pk], {name: getattr(owner, name) for name in self.fields})
            made = {ref: self.make(owner.pk, ref, fields) for ref, fields in now.items()}
            self.move_versions(owner.pk, made)
            self.cite(owner.pk, made)

    def key(self, owner):
        if self.owner == "meeting":
            return owner.slug
        return f"{owner.meeting.slug}/{owner.participant.code}"

    def make(self, owner, ref, fields):
        return self.rows.create(ref=ref, **{f"{self.owner}_id": owner}, **fields)

    def move_facts(self):
        """Move what loads stated; returns, by ref, the source, its locator and the position of each."""
        stated, facts = defaultdict(list), self.facts.filter(kind=self.owner)
        for fact in list(facts):
            parts = self.split(fact.key, fact.values)
            if parts:
                ref = f"{fact.source}/{self.owner}/{fact.key}"
                cited = self.facts.filter(source=fact.source, kind="citation", key=ref).first()
                place = {"locator": cited.values["locator"]} if cited and cited.values.get("locator") else {}
                self.add_facts(fact, parts, place, stated)
            if set(self.fields) & set(fact.values):
                fact.values = {name: value for name, value in fact.values.items() if name not in self.fields}
                fact.save()
        return stated

    def add_facts(self, fact, parts, place, stated):
        positions = defaultdict(int)
        for ref, fields in parts.items():
            positions[fields.get("kind")] += 1
            at = place | {"position": positions[fields.get("kind")]}
            said = {name: value for name, value in fields.items() if value != ""}
            self.facts.create(source=fact.source, kind=self.row, key=ref, values=said)
            citation = f"{fact.source}/{self.row}/{ref}"
            self.facts.create(source=fact.source, kind="citation", key=citation, values=at)
            stated[ref].append((fact.source, at))

    def move_versions(self, owner, made):
        """Keep, for each row, when it came and when it went."""
        before, gone = {}, {}
        for version in self.owner_versions.filter(id=owner).order_by("history_date", "history_id"):
            now = {}
            if version.history_type != "-":
                now = self.split(self.keys[owner], {name: getattr(version, name) for name in self.fields})
            for ref, fields in now.items():
                if ref not in before:
                    if ref not in made and ref not in gone:
                        gone[ref] = self.make(owner, ref, fields)
                    self.add_version(made.get(ref) or gone[ref], fields, version, "+")
                elif before[ref] != fields:
                    self.add_version(made.get(ref) or gone[ref], fields, version, "~")
            for ref in before.keys() - now.keys():
                self.add_version(made.get(ref) or gone[ref], before[ref], version, "-")
            before = now
        # Rows for the sake of their keys: no text of today is theirs.
        self.rows.filter(pk__in=[row.pk for row in gone.values()]).delete()

    def add_version(self, row, fields, version, kind):
        about = {"id": row.pk, "ref": row.ref, f"{self.owner}_id": getattr(row, f"{self.owner}_id")}
        self.versions.create(**about, **fields, **of_version(version), history_type=kind)

    def cite(self, owner, made):
        """Cite for each row the documents whose load stated it, or else the earliest that its owner rests on."""
        cited = self.citations.filter(**{self.owner: owner}).order_by("report__published_on", "ref")
        cited = list(cited.select_related("report"))
        by_source = {citation.report.slug: citation for citation in reversed(cited)}
        for position, (ref, row) in enumerate(made.items(), 1):
            places = [(source, at) for source, at in self.stated.get(ref, ()) if source in self.reports]
            if not places and cited:
                first = cited[0]
                places = [(first.report.slug, {"locator": first.locator, "position": position})]
            for source, at in places:
                about = {"ref": f"{source}/{self.row}/{ref}", "report_id": self.reports[source], **at}
                about[f"{self.row}_id"] = row.pk
                citation = self.citations.create(**about)
                of_owner = by_source.get(source)
                versions = self.citation_versions.filter(id=of_owner.pk) if of_owner else self.citation_versions.none()
                if first := versions.order_by("history_date", "history_id").first():
                    self.citation_versions.create(
                        id=citation.pk, **about, **of_version(first), history_type="+"
                    )


def of_version(version):
    names = ("history_date", "history_user_id", "history_change_reason")
    return {name: getattr(version, name) for name in names}


def give_rights(apps, schema_editor):
    """Whoever may see or write who came to a meeting may do the same with lines and delegates."""
    using = schema_editor.connection.alias
    groups, kinds, rights = (
        apps.get_model(app, model).objects.using(using)
        for app, model in (("auth", "Group"), ("contenttypes", "ContentType"), ("auth", "Permission"))
    )
    for group in groups.filter(permissions__codename__endswith="_attendance").distinct():
        codes = group.permissions.filter(codename__endswith="_attendance").values_list("codename", flat=True)
        for code in list(codes):
            for model in ("line", "delegate"):
                # Django makes these after the last migration only, and leaves what it finds.
                kind, _made = kinds.get_or_create(app_label="initiatives", model=model)
                action = code.removesuffix("_attendance")
                named = {"name": f"Can {action} {model}"}
                right, _made = rights.get_or_create(
                    content_type=kind, codename=f"{action}_{model}", defaults=named
                )
                group.permissions.add(right)


def move(apps, schema_editor):
    using = schema_editor.connection.alias
    Move(apps, using, "Meeting", "Line", tuple(KINDS), lines_of).run()
    Move(apps, using, "Attendance", "Delegate", ("head", "head_title"), delegates_of).run()
    # Else PostgreSQL would not let the tables change.
    schema_editor.connection.check_constraints()


class Migration(migrations.Migration):

    dependencies = [
        ("initiatives", "0021_roles_as_mentions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Delegate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=250, unique=True)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('title', models.CharField(blank=True, help_text='Office held.', max_length=300)),
                ('is_head', models.BooleanField(default=False, help_text='There may be several.', verbose_name='head of delegation')),
            ],
            options={
                'ordering': ['ref'],
                'default_related_name': 'delegates',
            },
        ),
        migrations.CreateModel(
            name='HistoricalDelegate',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('ref', models.CharField(db_index=True, editable=False, max_length=250)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('title', models.CharField(blank=True, help_text='Office held.', max_length=300)),
                ('is_head', models.BooleanField(default=False, help_text='There may be several.', verbose_name='head of delegation')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical delegate',
                'verbose_name_plural': 'historical delegates',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalLine',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('ref', models.CharField(db_index=True, editable=False, max_length=200)),
                ('kind', models.CharField(choices=[('chair', 'Chair'), ('agenda', 'Agenda'), ('outcome', 'Outcome'), ('statement', 'Statement'), ('goal', 'Goal'), ('area', 'Area of cooperation')], max_length=20)),
                ('text', models.TextField()),
                ('session', models.CharField(blank=True, help_text='Of the meeting, where the document names it.', max_length=200)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical line',
                'verbose_name_plural': 'historical lines',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalLine_by',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
            ],
            options={
                'verbose_name': 'HistoricalLine_by',
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(editable=False, max_length=200, unique=True)),
                ('kind', models.CharField(choices=[('chair', 'Chair'), ('agenda', 'Agenda'), ('outcome', 'Outcome'), ('statement', 'Statement'), ('goal', 'Goal'), ('area', 'Area of cooperation')], max_length=20)),
                ('text', models.TextField()),
                ('session', models.CharField(blank=True, help_text='Of the meeting, where the document names it.', max_length=200)),
            ],
            options={
                'ordering': ['ref'],
                'default_related_name': 'lines',
            },
        ),
        migrations.RemoveConstraint(
            model_name='citation',
            name='citation_has_one_subject',
        ),
        migrations.AddField(
            model_name='citation',
            name='field',
            field=models.CharField(blank=True, editable=False, help_text='The one field that it bears out; what it says is the value then.', max_length=40),
        ),
        migrations.AddField(
            model_name='citation',
            name='position',
            field=models.PositiveIntegerField(blank=True, help_text='Of a line or delegate: the how manieth it names.', null=True),
        ),
        migrations.AddField(
            model_name='historicalcitation',
            name='field',
            field=models.CharField(blank=True, editable=False, help_text='The one field that it bears out; what it says is the value then.', max_length=40),
        ),
        migrations.AddField(
            model_name='historicalcitation',
            name='position',
            field=models.PositiveIntegerField(blank=True, help_text='Of a line or delegate: the how manieth it names.', null=True),
        ),
        migrations.AddIndex(
            model_name='loadedfact',
            index=models.Index(fields=['kind', 'key'], name='loaded_fact_record'),
        ),
        migrations.AddField(
            model_name='delegate',
            name='attendance',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='initiatives.attendance'),
        ),
        migrations.AddField(
            model_name='citation',
            name='delegate',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='initiatives.delegate'),
        ),
        migrations.AddField(
            model_name='historicalcitation',
            name='delegate',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.delegate'),
        ),
        migrations.AddField(
            model_name='historicaldelegate',
            name='attendance',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.attendance'),
        ),
        migrations.AddField(
            model_name='historicaldelegate',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalline',
            name='dialogue',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.dialogue'),
        ),
        migrations.AddField(
            model_name='historicalline',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalline',
            name='meeting',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.meeting'),
        ),
        migrations.AddField(
            model_name='historicalline_by',
            name='history',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='initiatives.historicalline'),
        ),
        migrations.AddField(
            model_name='historicalline_by',
            name='participant',
            field=models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.participant'),
        ),
        migrations.AddField(
            model_name='line',
            name='by',
            field=models.ManyToManyField(blank=True, help_text='Who made the statement.', related_name='lines', to='initiatives.participant'),
        ),
        migrations.AddField(
            model_name='line',
            name='dialogue',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='initiatives.dialogue'),
        ),
        migrations.AddField(
            model_name='line',
            name='meeting',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='initiatives.meeting'),
        ),
        migrations.AddField(
            model_name='historicalline_by',
            name='line',
            field=models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.line'),
        ),
        migrations.AddField(
            model_name='citation',
            name='line',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, to='initiatives.line'),
        ),
        migrations.AddField(
            model_name='historicalcitation',
            name='line',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.line'),
        ),
        migrations.AddConstraint(
            model_name='citation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('attendance__isnull', True), ('delegate__isnull', True), ('dialogue__isnull', False), ('discrepancy__isnull', True), ('line__isnull', True), ('lineage__isnull', True), ('meeting__isnull', True), ('membership__isnull', True), ('role__isnull', True), ('status_update__isnull', True), ('target__isnull', True)), models.Q(('attendance__isnull', True), ('delegate__isnull', True), ('dialogue__isnull', True), ('discrepancy__isnull', True), ('line__isnull', True), ('lineage__isnull', True), ('meeting__isnull', True), ('membership__isnull', False), ('role__isnull', True), ('status_update__isnull', True), ('target__isnull', True)), models.Q(('attendance__isnull', True), ('delegate__isnull', True), ('dialogue__isnull', True), ('discrepancy__isnull', True), ('line__isnull', True), ('lineage__isnull', True), ('meeting__isnull', False), ('membership__isnull', True), ('role__isnull', True), ('status_update__isnull', True), ('target__isnull', True)), models.Q(('attendance__isnull', True), ('delegate__isnull', True), ('dialogue__isnull', True), ('discrepancy__isnull', True), ('line__isnull', False), ('lineage__isnull', True), ('meeting__isnull', True), ('membership__isnull', True), ('role__isnull', True), ('status_update__isnull', True), ('target__isnull', True)), models.Q(('attendance__isnull', False), ('delegate__isnull', True), ('dialogue__isnull', True), ('discrepancy__isnull', True), ('line__isnull', True), ('lineage__isnull', True), ('meeting__isnull', True), ('membership__isnull', True), ('role__isnull', True), ('status_update__isnull', True), ('target__isnull', True)), models.Q(('attendance__isnull', True), ('delegate__isnull', False), ('dialogue__isnull', True), ('discrepancy__isnull', True), ('line__isnull', True), ('lineage__isnull', True), ('meeting__isnull', True), ('membership__isnull', True), ('role__isnull', True), ('status_update__isnull', True), ('target__isnull', True)), models.Q(('attendance__isnull', True), ('delegate__isnull', True), ('dialogue__isnull', True), ('discrepancy__isnull', True), ('line__isnull', True), ('lineage__isnull', True), ('meeting__isnull', True), ('membership__isnull', True), ('role__isnull', False), ('status_update__isnull', True), ('target__isnull', True)), models.Q(('attendance__isnull', True), ('delegate__isnull', True), ('dialogue__isnull', True), ('discrepancy__isnull', True), ('line__isnull', True), ('lineage__isnull', False), ('meeting__isnull', True), ('membership__isnull', True), ('role__isnull', True), ('status_update__isnull', True), ('target__isnull', True)), models.Q(('attendance__isnull', True), ('delegate__isnull', True), ('dialogue__isnull', True), ('discrepancy__isnull', True), ('line__isnull', True), ('lineage__isnull', True), ('meeting__isnull', True), ('membership__isnull', True), ('role__isnull', True), ('status_update__isnull', True), ('target__isnull', False)), models.Q(('attendance__isnull', True), ('delegate__isnull', True), ('dialogue__isnull', True), ('discrepancy__isnull', True), ('line__isnull', True), ('lineage__isnull', True), ('meeting__isnull', True), ('membership__isnull', True), ('role__isnull', True), ('status_update__isnull', False), ('target__isnull', True)), models.Q(('attendance__isnull', True), ('delegate__isnull', True), ('dialogue__isnull', True), ('discrepancy__isnull', False), ('line__isnull', True), ('lineage__isnull', True), ('meeting__isnull', True), ('membership__isnull', True), ('role__isnull', True), ('status_update__isnull', True), ('target__isnull', True)), _connector='OR'), name='citation_has_one_subject', violation_error_message='Cite the report for exactly one thing.'),
        ),
        migrations.AddConstraint(
            model_name='delegate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('title', ''), _negated=True), _connector='OR'), name='delegate_has_name_or_title', violation_error_message='Give a name or a title.'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('dialogue__isnull', False), ('kind__in', ('goal', 'area')), ('meeting__isnull', True)), models.Q(models.Q(('kind__in', ('goal', 'area')), _negated=True), ('dialogue__isnull', True), ('meeting__isnull', False)), _connector='OR'), name='line_of_what_has_its_kind', violation_error_message='Goals and areas are of a dialogue, all other lines of a meeting.'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='line_says_something', violation_error_message='Say what the line says.'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['chair', 'agenda', 'outcome', 'statement', 'goal', 'area'])), name='line_kind_known', violation_error_message='Choose one of the listed values.'),
        ),
        migrations.RunPython(give_rights, migrations.RunPython.noop),
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='attendance',
            name='head',
        ),
        migrations.RemoveField(
            model_name='attendance',
            name='head_title',
        ),
        migrations.RemoveField(
            model_name='historicalattendance',
            name='head',
        ),
        migrations.RemoveField(
            model_name='historicalattendance',
            name='head_title',
        ),
        migrations.RemoveField(
            model_name='historicalmeeting',
            name='agenda',
        ),
        migrations.RemoveField(
            model_name='historicalmeeting',
            name='chair',
        ),
        migrations.RemoveField(
            model_name='historicalmeeting',
            name='outcomes',
        ),
        migrations.RemoveField(
            model_name='meeting',
            name='agenda',
        ),
        migrations.RemoveField(
            model_name='meeting',
            name='chair',
        ),
        migrations.RemoveField(
            model_name='meeting',
            name='outcomes',
        ),
    ]
