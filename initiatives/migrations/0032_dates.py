"""Columns of partial dates hold the last day, the first day and the text: ``20220430202204012022-04`` for ``2022-04``.

One pass over each table on PostgreSQL; SQLite writes it and makes it anew. Going back fails, and changes nothing, where a
date has a form that the column of before cannot hold.
"""

from collections import defaultdict

import initiatives.partial_dates.columns
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.exceptions import IrreversibleError

# What compares the columns.
CONSTRAINTS = {
    "membership": "membership_ends_after_start",
    "meeting": "meeting_ends_after_start",
    "statusupdate": "update_look_is_whole",
    "criterion": "criterion_reading_is_whole",
}


def encoded(column):
    """SQL for what a column of ISO 8601 text becomes; the same on both databases, and NULL for NULL."""
    digits, year = f"REPLACE({column}, '-', '')", f"CAST(SUBSTR({column}, 1, 4) AS INTEGER)"
    leap = f"{year} % 4 = 0 AND ({year} % 100 <> 0 OR {year} % 400 = 0)"
    days = (
        f"CASE SUBSTR({column}, 5, 3) WHEN '-02' THEN CASE WHEN {leap} THEN '29' ELSE '28' END"
        " WHEN '-04' THEN '30' WHEN '-06' THEN '30' WHEN '-09' THEN '30' WHEN '-11' THEN '30' ELSE '31' END"
    )
    last, first = (
        f"CASE LENGTH({column}) WHEN 10 THEN {digits} WHEN 4 THEN {column} || '{of_year}'"
        f" ELSE {digits} || {of_month} END"
        for of_year, of_month in (("1231", days), ("0101", "'01'"))
    )
    return f"{last} || {first} || {column}"


def text(column):
    return f"SUBSTR({column}, 17)"


class AlterDates(migrations.SeparateDatabaseAndState):
    """The fields of each table at once, with what is in them."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        self.alter(app_label, schema_editor, to_state, encoded)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for table, columns in self.columns(app_label, to_state).items():
            check_text(schema_editor, table, columns)
        self.alter(app_label, schema_editor, to_state, text)

    def columns(self, app_label, state):
        """The quoted columns of each table."""
        columns = defaultdict(list)
        for operation in self.state_operations:
            if isinstance(operation, migrations.AlterField):
                model = state.apps.get_model(app_label, operation.model_name)
                columns[model._meta.db_table].append(f'"{model._meta.get_field(operation.name).column}"')
        return columns

    def alter(self, app_label, schema_editor, state, value):
        models_by_table = {model._meta.db_table: model for model in state.apps.get_app_config(app_label).get_models()}
        for table, columns in self.columns(app_label, state).items():
            on_database = on_postgresql if schema_editor.connection.vendor == "postgresql" else on_sqlite
            on_database(schema_editor, models_by_table[table], {column: value(column) for column in columns})


def on_postgresql(schema_editor, model, values):
    constraint = CONSTRAINTS.get(model._meta.model_name)
    types = {f'"{field.column}"': field.db_type(schema_editor.connection) for field in model._meta.concrete_fields}
    parts = [f'DROP CONSTRAINT "{constraint}"'] if constraint else []
    parts += [f"ALTER COLUMN {column} TYPE {types[column]} USING {value}" for column, value in values.items()]
    if constraint:
        [new] = (row for row in model._meta.constraints if row.name == constraint)
        parts.append(f"ADD {new.constraint_sql(model, schema_editor)}")
    schema_editor.execute(f'ALTER TABLE "{model._meta.db_table}" {", ".join(parts)}', params=None)


def on_sqlite(schema_editor, model, values):
    changes = ", ".join(f"{column} = {value}" for column, value in values.items())
    schema_editor.execute("PRAGMA ignore_check_constraints = ON")
    schema_editor.execute(f'UPDATE "{model._meta.db_table}" SET {changes}', params=None)
    schema_editor.execute("PRAGMA ignore_check_constraints = OFF")
    schema_editor._remake_table(model)


def check_text(schema_editor, table, columns):
    """Raise IrreversibleError where a date is more than a year, a month or a day."""
    wider = " OR ".join(f"{encoded(text(column))} <> {column}" for column in columns)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f'SELECT COUNT(*) FROM "{table}" WHERE {wider}')
        [count] = cursor.fetchone()
    if count:
        raise IrreversibleError(f"{table}: {count} rows have dates such as 2024-33 or 203X, which the earlier form cannot hold")


class Migration(migrations.Migration):

    dependencies = [
        ('initiatives', '0031_criteria'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AlterDates(
            state_operations=[
                migrations.RemoveConstraint(
                    model_name='statusupdate',
                    name='update_look_is_whole',
                ),
                migrations.AlterField(
                    model_name='dialogue',
                    name='launched_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, null=True),
                ),
                migrations.AlterField(
                    model_name='historicaldialogue',
                    name='launched_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, null=True),
                ),
                migrations.AlterField(
                    model_name='historicalinitiative',
                    name='delivered_on',
                    field=initiatives.partial_dates.columns.PartialDateField(editable=False, null=True),
                ),
                migrations.AlterField(
                    model_name='historicalinitiative',
                    name='due_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, db_index=True, null=True),
                ),
                migrations.AlterField(
                    model_name='historicalinitiative',
                    name='last_heard_on',
                    field=initiatives.partial_dates.columns.PartialDateField(db_index=True, editable=False, null=True),
                ),
                migrations.AlterField(
                    model_name='historicalinitiative',
                    name='latest_update_on',
                    field=initiatives.partial_dates.columns.PartialDateField(db_index=True, editable=False, null=True),
                ),
                migrations.AlterField(
                    model_name='historicalmeeting',
                    name='ends_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, null=True),
                ),
                migrations.AlterField(
                    model_name='historicalmeeting',
                    name='starts_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, db_index=True, null=True),
                ),
                migrations.AlterField(
                    model_name='historicalmembership',
                    name='since',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, null=True),
                ),
                migrations.AlterField(
                    model_name='historicalmembership',
                    name='until',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, null=True),
                ),
                migrations.AlterField(
                    model_name='historicalreport',
                    name='published_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, db_index=True, null=True),
                ),
                migrations.AlterField(
                    model_name='historicalstatusupdate',
                    name='looked_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, help_text='The full day: 2026-05-03.', null=True, verbose_name='looked for on'),
                ),
                migrations.AlterField(
                    model_name='historicalstatusupdate',
                    name='on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, db_index=True, help_text='As the document gives it.', null=True, verbose_name='as of'),
                ),
                migrations.AlterField(
                    model_name='historicaltarget',
                    name='due_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, null=True),
                ),
                migrations.AlterField(
                    model_name='historicaltarget',
                    name='reached_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, null=True),
                ),
                migrations.AlterField(
                    model_name='initiative',
                    name='delivered_on',
                    field=initiatives.partial_dates.columns.PartialDateField(editable=False, null=True),
                ),
                migrations.AlterField(
                    model_name='initiative',
                    name='due_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, db_index=True, null=True),
                ),
                migrations.AlterField(
                    model_name='initiative',
                    name='last_heard_on',
                    field=initiatives.partial_dates.columns.PartialDateField(db_index=True, editable=False, null=True),
                ),
                migrations.AlterField(
                    model_name='initiative',
                    name='latest_update_on',
                    field=initiatives.partial_dates.columns.PartialDateField(db_index=True, editable=False, null=True),
                ),
                migrations.AlterField(
                    model_name='meeting',
                    name='ends_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, null=True),
                ),
                migrations.AlterField(
                    model_name='meeting',
                    name='starts_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, db_index=True, null=True),
                ),
                migrations.AlterField(
                    model_name='membership',
                    name='since',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, null=True),
                ),
                migrations.AlterField(
                    model_name='membership',
                    name='until',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, null=True),
                ),
                migrations.AlterField(
                    model_name='report',
                    name='published_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, db_index=True, null=True),
                ),
                migrations.AlterField(
                    model_name='statusupdate',
                    name='looked_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, help_text='The full day: 2026-05-03.', null=True, verbose_name='looked for on'),
                ),
                migrations.AlterField(
                    model_name='statusupdate',
                    name='on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, db_index=True, help_text='As the document gives it.', null=True, verbose_name='as of'),
                ),
                migrations.AlterField(
                    model_name='target',
                    name='due_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, null=True),
                ),
                migrations.AlterField(
                    model_name='target',
                    name='reached_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, null=True),
                ),
                migrations.AddConstraint(
                    model_name='statusupdate',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('looked_by', ''), ('looked_in', ''), ('looked_on__isnull', True)), models.Q(('looked_on__is_day', True), ('status', 'no_information'), ('looked_on__isnull', False), models.Q(('looked_by', ''), _negated=True), models.Q(('looked_in', ''), _negated=True)), _connector='OR'), name='update_look_is_whole', violation_error_message='Of “no public information”, say who looked, on which full day and where, or none of these.'),
                ),
                migrations.RemoveConstraint(
                    model_name='criterion',
                    name='criterion_reading_is_whole',
                ),
                migrations.AlterField(
                    model_name='criterion',
                    name='read_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, help_text='The full day: 2026-05-03.', null=True, verbose_name='read on'),
                ),
                migrations.AlterField(
                    model_name='historicalcriterion',
                    name='read_on',
                    field=initiatives.partial_dates.columns.PartialDateField(blank=True, help_text='The full day: 2026-05-03.', null=True, verbose_name='read on'),
                ),
                migrations.AddConstraint(
                    model_name='criterion',
                    constraint=models.CheckConstraint(condition=models.Q(models.Q(('read_by', ''), ('read_on__isnull', True)), models.Q(('read_on__is_day', True), ('read_on__isnull', False), models.Q(('read_by', ''), _negated=True)), _connector='OR'), name='criterion_reading_is_whole', violation_error_message='Say whose reading it is and of which full day, or neither.'),
                ),
            ],
        ),
    ]
