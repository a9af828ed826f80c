"""Currencies stand in a column of their own, and what was reached of a target is an update that reports it.

A code of ISO 4217 that stood as a unit moves, in rows, versions and bases of loads. A value reached goes to the documents
whose load stated it, else to the last published one that is cited for the target; where no document is known, it stays
in words in the note. What names a target has its unit or currency in it from now on.
"""

from decimal import Decimal
import django.db.models.deletion
import django.db.models.functions.comparison
import initiatives.models.amounts
import initiatives.partial_dates
from django.conf import settings
from django.db import migrations, models
from django.db.models import F
from django.utils import timezone

from initiatives.models.amounts import currencies


BATCH = 500
REASON = "Stood at its target until now"
EMPTIED = "It was the value reached at a target, which somebody emptied."
NO_PLACE = "place not recorded"


def key_of(initiative, metric, measure):
    """As models/relations.py has it at the time of this migration; no target has a period yet."""
    return f"{initiative}/{metric}" + (f" ({measure})" if measure else "")


def plain(number):
    """A number as loads keep it."""
    return format(Decimal(number).normalize() + 0, "f")


def in_measure(values):
    """Plain values of a target with a code of ISO 4217 that stood as unit in the column of currencies."""
    moved = {name: value for name, value in values.items() if not name.startswith("reached")}
    if moved.get("unit") in currencies():
        moved["currency"] = moved.pop("unit")
    return moved


class Move:
    """All targets of a database on their way."""

    def __init__(self, apps, schema_editor):
        self.apps, self.using = apps, schema_editor.connection.alias
        # By the key that a target had: the one that it has, and its row where there is one.
        self.new_keys, self.targets = {}, {}
        self.initiatives = {row.pk: row for row in self.rows("Initiative")}
        self.reports = dict(self.rows("Report").values_list("slug", "pk"))
        self.taken = set(self.rows("StatusUpdate").values_list("ref", flat=True))
        self.heard = {}

    def rows(self, model):
        return self.apps.get_model("initiatives", model)._base_manager.using(self.using)

    def run(self):
        facts = list(self.rows("LoadedFact").filter(kind="target"))
        self.name_targets(facts)
        self.name_versions()
        self.move_citations()
        stating = {}
        for fact in facts:
            if fact.values.get("reached") is not None:
                stating.setdefault(fact.key, {})[fact.source] = fact.values
        for key, target in self.targets.items():
            self.move_reached(key, target, stating.get(key, {}))
        for fact in facts:
            self.move_fact(fact)
        for replaced in self.rows("ReplacedFact").filter(kind="target").exclude(values=None):
            self.move_fact(replaced)
        self.rename_kept()
        self.derive()

    # --- Names and currencies ---------------------------------------------------------------------

    def name_targets(self, facts):
        for target in self.rows("Target"):
            slug = self.initiatives[target.initiative_id].slug
            if target.unit in currencies():
                target.currency, target.unit = target.unit, ""
            target.ref = key_of(slug, target.metric, target.currency or target.unit)
            target.save(update_fields=["ref", "unit", "currency"])
            self.new_keys[f"{slug}/{target.metric}"] = target.ref
            self.targets[f"{slug}/{target.metric}"] = target
        for fact in facts:
            # Of what somebody deleted, in the unit that a file gave.
            slug, _slash, metric = fact.key.partition("/")
            if fact.key not in self.targets and fact.values.get("unit"):
                self.new_keys[fact.key] = key_of(slug, metric, fact.values["unit"])
            self.new_keys.setdefault(fact.key, fact.key)

    def name_versions(self):
        """Let the versions of targets hold what the program of now would have kept."""
        slugs = {pk: row.slug for pk, row in self.initiatives.items()}
        gone = self.rows("HistoricalInitiative").exclude(id__in=slugs).values_list("id", "slug")
        slugs |= dict(gone)
        for version in self.rows("HistoricalTarget").iterator(chunk_size=BATCH):
            if version.unit in currencies():
                version.currency, version.unit = version.unit, ""
            slug = slugs.get(version.initiative_id, str(version.initiative_id))
            version.ref = key_of(slug, version.metric, version.currency or version.unit)
            version.save(update_fields=["ref", "unit", "currency"])
            self.new_keys.setdefault(f"{slug}/{version.metric}", version.ref)

    def move_citations(self):
        """Name what is cited for a target after its new name, in every version too."""
        keys = {target.pk: key for key, target in self.targets.items()}
        for model in ("Citation", "HistoricalCitation"):
            for citation in self.rows(model).filter(target__in=keys):
                old = keys[citation.target_id]
                head, found, number = citation.ref.partition(f"/target/{old}")
                if found:
                    citation.ref = f"{head}/target/{self.new_keys[old]}{number}"
                    citation.save(update_fields=["ref"])

    # --- What was loaded --------------------------------------------------------------------------

    def move_fact(self, fact):
        metric = fact.key.partition("/")[2]
        fact.values = {"metric": metric, **in_measure(fact.values)}
        fact.save(update_fields=["values"])

    def rename_kept(self):
        """Give all that loads keep of targets, and of what is cited for them, the new keys."""
        for model in ("LoadedFact", "ReplacedFact", "LoadConflict"):
            for row in self.rows(model).filter(kind__in=("target", "citation")):
                head, found, old = ("", True, row.key)
                if row.kind == "citation":
                    head, found, old = row.key.partition(f"{row.source}/target/")
                    head = found
                if found and self.new_keys.get(old, old) != old:
                    row.key = head + self.new_keys[old]
                    row.save(update_fields=["key"])
        for conflict in self.rows("LoadConflict").filter(kind="target"):
            left = [f for f in conflict.fields if not f["field"].startswith("reached")]
            if left != conflict.fields and not left:
                conflict.delete()
            elif left != conflict.fields:
                conflict.fields = left
                conflict.save(update_fields=["fields"])

    # --- Readings ---------------------------------------------------------------------------------

    def move_reached(self, key, target, stating):
        """Let documents say what was reached: those whose load stated it, else one that is cited, else nobody."""
        stating = {source: said for source, said in stating.items() if source in self.reports}
        if target.reached is None:
            for source, said in stating.items():
                self.write_emptied(key, target, source, said)
            return
        for source, said in stating.items():
            place = self.place(source, key)
            reached = (target.reached, target.reached_on)
            update = self.write(target, source, place, *reached, key=key)
            self.keep_fact(key, source, update, target, place, said)
        if not stating:
            cited = self.rows("Citation").filter(target=target.pk).select_related("report")
            last = cited.order_by(F("report__published_on").asc(nulls_first=True), "pk").last()
            if last:
                self.write(target, last.report.slug, last.locator, target.reached, target.reached_on)
            else:
                self.note(target)

    def place(self, source, key):
        ref = f"{source}/target/{key}"
        fact = self.rows("LoadedFact").filter(source=source, kind="citation", key=ref).first()
        return (fact.values.get("locator") if fact else "") or ""

    def write(self, target, source, locator, value, on, *, key="", **withdrawal):
        """Write the update that reports a value, recorded when its document did; returns it."""
        initiative, said_by = self.initiatives[target.initiative_id], self.version_with(target)
        load = self.load_that_brought(key, source) if key else None
        recorded = [said_by.history_date] if said_by else []
        recorded += [load.loaded_at] if load else []
        mentioned = self.rows("Mention").filter(initiative=initiative.pk, publication="public")
        is_public = initiative.publication == "public" or mentioned.exists()
        values = {
            "ref": self.free_ref(f"{source}/{initiative.slug}/{on or 'undated'}"),
            "initiative_id": initiative.pk,
            "report_id": self.reports[source],
            "locator": locator or NO_PLACE,
            "target_id": target.pk,
            "value": value,
            "on": on,
            "publication": "public" if is_public else "draft",
            "recorded_at": max(recorded, default=timezone.now()),
            "recorded_by_id": said_by.history_user_id if said_by else None,
            # With the initiative, what is said of it was withdrawn.
            "withdrawn_at": initiative.withdrawn_at,
            "withdrawn_by_id": initiative.withdrawn_by_id,
            "withdrawal_reason": initiative.withdrawal_reason,
            **withdrawal,
        }
        update = self.rows("StatusUpdate").create(**values)
        version = self.rows("HistoricalStatusUpdate").create(
            id=update.pk,
            history_date=values["recorded_at"],
            history_type="+",
            history_change_reason=(said_by and said_by.history_change_reason) or REASON,
            history_user_id=values["recorded_by_id"],
            **values,
        )
        if load:
            about = {"load": load, "kind": "statusupdate"}
            self.rows("LoadedVersion").create(**about, row=update.pk, version=version.history_id)
            self.rows("ReplacedFact").create(**about, source=source, key=update.ref, values=None)
        if update.publication == "public" and not update.withdrawn_at and on:
            self.heard[initiative.pk] = max(self.heard.get(initiative.pk, ""), str(on))
        return update

    def version_with(self, target):
        """The version that first had the value that the target has now."""
        versions = self.rows("HistoricalTarget").filter(id=target.pk)
        first = None
        for version in versions.order_by("-history_date", "-history_id"):
            if (version.reached, version.reached_on) != (target.reached, target.reached_on):
                break
            first = version
        return first

    def free_ref(self, base):
        ref, number = base, 1
        while ref in self.taken:
            number += 1
            ref = f"{base}/{number}"
        self.taken.add(ref)
        return ref

    def replaced(self, key, source):
        """What loads that stand replaced of what a document said of a target, the newest first."""
        replaced = self.rows("ReplacedFact").filter(source=source, kind="target", key=key)
        return replaced.filter(load__undone_at=None).select_related("load").order_by("-load_id")

    def load_that_brought(self, key, source):
        """The load by which a document first reported a value, so that it can be undone with it."""
        for fact in self.replaced(key, source):
            if (fact.values or {}).get("reached") is None:
                return fact.load
        return None

    def keep_fact(self, key, source, update, target, place, said):
        """Keep what the document says as the base of the next load, and what it said before as that of undoing."""

        def stated(said):
            values = {"locator": place, "target": target.ref, "value": plain(said["reached"])}
            values["on"] = said.get("reached_on")
            return {name: value for name, value in values.items() if value}

        about = {"source": source, "kind": "statusupdate", "key": update.ref}
        after = stated(said)
        self.rows("LoadedFact").create(**about, values=after)
        for fact in self.replaced(key, source):
            if (fact.values or {}).get("reached") is None:
                break
            before = stated(fact.values)
            if before != after:
                self.rows("ReplacedFact").create(load=fact.load, **about, values=before)
            after = before

    def write_emptied(self, key, target, source, said):
        """What was loaded, and what somebody emptied, stays away: as an update withdrawn unseen."""
        place, on = self.place(source, key), said.get("reached_on")
        unseen = {"publication": "draft", "withdrawn_by_id": None, "withdrawal_reason": EMPTIED}
        unseen |= {"withdrawn_at": timezone.now(), "recorded_at": timezone.now()}
        value = Decimal(said["reached"])
        update = self.write(target, source, place, value, on, key=key, **unseen)
        self.keep_fact(key, source, update, target, place, said)

    def note(self, target):
        """A value of which no document is known stays to be read; what is not cited is named by `check_data`."""
        number = f"{target.reached.normalize() + 0:f} {target.currency or target.unit}".strip()
        as_of = f" as of {target.reached_on}" if target.reached_on else ""
        words = f"Reached: {number}{as_of}; no document is recorded for it."
        target.note = f"{target.note}\n{words}".strip()
        target.save(update_fields=["note"])
        columns = [f.attname for f in target._meta.concrete_fields]
        self.rows("HistoricalTarget").create(
            **{name: getattr(target, name) for name in columns},
            history_date=timezone.now(),
            history_type="~",
            history_change_reason=REASON,
        )

    # --- What follows -----------------------------------------------------------------------------

    def derive(self):
        """Bring up to date when initiatives were last heard of, as recording/derivation.py does."""
        versioned = {f.attname for f in self.rows("HistoricalInitiative").model._meta.concrete_fields}
        for pk, on in self.heard.items():
            initiative = self.initiatives[pk]
            if str(initiative.last_heard_on or "") >= on:
                continue
            initiative.last_heard_on = on
            initiative.save(update_fields=["last_heard_on"])
            names = [f.attname for f in initiative._meta.concrete_fields if f.attname in versioned]
            version = self.rows("HistoricalInitiative").create(
                **{name: getattr(initiative, name) for name in names},
                history_date=timezone.now(),
                history_type="~",
                history_change_reason="Values reached became updates",
            )
            through = initiative.themes.through._base_manager.using(self.using)
            for link in through.filter(initiative_id=pk):
                self.rows("HistoricalInitiative_themes").create(
                    id=link.pk, history_id=version.pk, initiative_id=pk, theme_id=link.theme_id
                )


def move(apps, schema_editor):
    Move(apps, schema_editor).run()
    # Else PostgreSQL would not let the tables change.
    schema_editor.connection.check_constraints()

class Migration(migrations.Migration):

    dependencies = [
        ('initiatives', '0033_meeting_hours'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='target',
            options={'ordering': ['initiative', 'metric', 'period', 'unit', 'currency']},
        ),
        migrations.RemoveConstraint(
            model_name='statusupdate',
            name='update_status_known',
        ),
        migrations.RemoveConstraint(
            model_name='statusupdate',
            name='update_says_what_happened',
        ),
        migrations.RemoveConstraint(
            model_name='target',
            name='target_metric_unique',
        ),
        migrations.RemoveConstraint(
            model_name='target',
            name='target_says_a_number',
        ),
        migrations.RemoveConstraint(
            model_name='target',
            name='target_not_negative',
        ),
        migrations.AddField(
            model_name='historicalstatusupdate',
            name='target',
            field=models.ForeignKey(blank=True, db_constraint=False, help_text='The target of which the document reports a value.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='initiatives.target'),
        ),
        migrations.AddField(
            model_name='historicalstatusupdate',
            name='value',
            field=initiatives.models.amounts.AmountField(blank=True, help_text='In the unit of the target.', null=True, verbose_name='value reported'),
        ),
        migrations.AddField(
            model_name='historicaltarget',
            name='bound',
            field=models.CharField(choices=[('exactly', 'Exactly'), ('at_least', 'At least'), ('up_to', 'Up to'), ('about', 'About')], db_default='exactly', default='exactly', max_length=10),
        ),
        migrations.AddField(
            model_name='historicaltarget',
            name='currency',
            field=models.CharField(blank=True, db_default='', default='', help_text='ISO 4217 code: EUR, USD, JPY.', max_length=3, validators=[initiatives.models.amounts.validate_currency]),
        ),
        migrations.AddField(
            model_name='historicaltarget',
            name='period',
            field=initiatives.partial_dates.PartialDateField(blank=True, help_text='The year or span that the number is for.', null=True),
        ),
        migrations.AddField(
            model_name='statusupdate',
            name='target',
            field=models.ForeignKey(blank=True, help_text='The target of which the document reports a value.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='initiatives.target'),
        ),
        migrations.AddField(
            model_name='statusupdate',
            name='value',
            field=initiatives.models.amounts.AmountField(blank=True, help_text='In the unit of the target.', null=True, verbose_name='value reported'),
        ),
        migrations.AddField(
            model_name='target',
            name='bound',
            field=models.CharField(choices=[('exactly', 'Exactly'), ('at_least', 'At least'), ('up_to', 'Up to'), ('about', 'About')], db_default='exactly', default='exactly', max_length=10),
        ),
        migrations.AddField(
            model_name='target',
            name='currency',
            field=models.CharField(blank=True, db_default='', default='', help_text='ISO 4217 code: EUR, USD, JPY.', max_length=3, validators=[initiatives.models.amounts.validate_currency]),
        ),
        migrations.AddField(
            model_name='target',
            name='period',
            field=initiatives.partial_dates.PartialDateField(blank=True, help_text='The year or span that the number is for.', null=True),
        ),
        migrations.AlterField(
            model_name='historicalstatusupdate',
            name='status',
            field=models.CharField(blank=True, choices=[('not_reviewed', 'Not yet reviewed'), ('no_information', 'No public information'), ('not_started', 'Not started'), ('preparing', 'Preparing'), ('under_way', 'Under way'), ('partly_delivered', 'Partly delivered'), ('continuing', 'Continuing'), ('delivered', 'Delivered'), ('stalled', 'Stalled'), ('suspended', 'Suspended'), ('dropped', 'Dropped'), ('superseded', 'Superseded')], help_text='Empty only where the document gives a value and says nothing of delivery.', max_length=20),
        ),
        migrations.AlterField(
            model_name='historicalstatusupdate',
            name='what',
            field=models.TextField(blank=True, verbose_name='what happened'),
        ),
        migrations.AlterField(
            model_name='historicaltarget',
            name='metric',
            field=models.CharField(help_text='What is counted: experts trained.', max_length=200),
        ),
        migrations.AlterField(
            model_name='historicaltarget',
            name='unit',
            field=models.CharField(blank=True, help_text='Of what is no money: people, km.', max_length=60),
        ),
        migrations.AlterField(
            model_name='historicaltarget',
            name='value',
            field=initiatives.models.amounts.AmountField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='statusupdate',
            name='status',
            field=models.CharField(blank=True, choices=[('not_reviewed', 'Not yet reviewed'), ('no_information', 'No public information'), ('not_started', 'Not started'), ('preparing', 'Preparing'), ('under_way', 'Under way'), ('partly_delivered', 'Partly delivered'), ('continuing', 'Continuing'), ('delivered', 'Delivered'), ('stalled', 'Stalled'), ('suspended', 'Suspended'), ('dropped', 'Dropped'), ('superseded', 'Superseded')], help_text='Empty only where the document gives a value and says nothing of delivery.', max_length=20),
        ),
        migrations.AlterField(
            model_name='statusupdate',
            name='what',
            field=models.TextField(blank=True, verbose_name='what happened'),
        ),
        migrations.AlterField(
            model_name='target',
            name='metric',
            field=models.CharField(help_text='What is counted: experts trained.', max_length=200),
        ),
        migrations.AlterField(
            model_name='target',
            name='unit',
            field=models.CharField(blank=True, help_text='Of what is no money: people, km.', max_length=60),
        ),
        migrations.AlterField(
            model_name='target',
            name='value',
            field=initiatives.models.amounts.AmountField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='historicaltarget',
            name='ref',
            field=models.CharField(default='', editable=False, max_length=400),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='target',
            name='ref',
            field=models.CharField(default='', editable=False, max_length=400),
            preserve_default=False,
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='historicaltarget',
            name='reached',
        ),
        migrations.RemoveField(
            model_name='historicaltarget',
            name='reached_on',
        ),
        migrations.RemoveField(
            model_name='target',
            name='reached',
        ),
        migrations.RemoveField(
            model_name='target',
            name='reached_on',
        ),
        migrations.AlterField(
            model_name='historicaltarget',
            name='ref',
            field=models.CharField(db_index=True, editable=False, max_length=400),
        ),
        migrations.AlterField(
            model_name='target',
            name='ref',
            field=models.CharField(editable=False, max_length=400, unique=True),
        ),
        migrations.AddConstraint(
            model_name='statusupdate',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['not_reviewed', 'no_information', 'not_started', 'preparing', 'under_way', 'partly_delivered', 'continuing', 'delivered', 'stalled', 'suspended', 'dropped', 'superseded', ''])), name='update_status_known', violation_error_message='Choose one of the listed values.'),
        ),
        migrations.AddConstraint(
            model_name='statusupdate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('target__isnull', True), ('value__isnull', True)), models.Q(('target__isnull', False), ('value__gte', 0), ('value__isnull', False)), _connector='OR'), name='update_reading_is_whole', violation_error_message='Give the target and the value that is reported of it, or neither.'),
        ),
        migrations.AddConstraint(
            model_name='statusupdate',
            constraint=models.CheckConstraint(condition=models.Q(('target__isnull', True), models.Q(('status__in', ('not_reviewed', 'no_information')), _negated=True), _connector='OR'), name='update_reading_is_known', violation_error_message='Whoever reports a value knows something: choose another status, or none.'),
        ),
        migrations.AddConstraint(
            model_name='statusupdate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', ''), _negated=True), ('target__isnull', False), _connector='OR'), name='update_without_status_is_a_reading', violation_error_message='Choose a status; only a value of a target is reported without one.'),
        ),
        migrations.AddConstraint(
            model_name='statusupdate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('what', ''), _negated=True), ('status', ''), _connector='OR'), name='update_says_what_happened', violation_error_message='Say what happened.'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.UniqueConstraint(models.F('initiative'), models.F('metric'), django.db.models.functions.comparison.Coalesce(models.F('period'), models.Value(''), output_field=models.CharField()), models.F('unit'), models.F('currency'), name='target_unique', violation_error_message='The initiative has this target already, for the same period and in the same unit or currency.'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('value__isnull', True), ('value__gte', 0), _connector='OR'), name='target_not_negative', violation_error_message='Targets are zero or more.'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('unit', ''), ('currency', ''), _connector='OR'), name='target_in_one_measure', violation_error_message='Give a unit or a currency, not both.'),
        ),
        migrations.AddConstraint(
            model_name='target',
            constraint=models.CheckConstraint(condition=models.Q(('bound__in', ['exactly', 'at_least', 'up_to', 'about'])), name='target_bound_known', violation_error_message='Choose one of the listed values.'),
        ),
    ]
