"""What the triggers note of a change: the initiatives that a row refers to, or the row itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, models, transaction
from django.db.models.functions import Upper

from initiatives.facets import index as facet_index
from initiatives.models import (
    DataChange,
    Discrepancy,
    FormerAddress,
    Initiative,
    Lineage,
    Meeting,
    Mention,
    Role,
    Theme,
)
from initiatives.serving import changes, triggers
from initiatives.serving.data_version import data_version
from tests import make
from tests.every_model import MAKERS

INITIATIVES = Initiative._meta.db_table
pytestmark = pytest.mark.django_db


def last_note() -> int:
    return DataChange.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


class Notes:
    """Those made since; emptied as they are read."""

    def __init__(self) -> None:
        self.last = last_note()

    def read(self) -> list[tuple[str, int | None]]:
        notes = DataChange.objects.filter(pk__gt=self.last).values_list("table", "row")
        noted = sorted(notes, key=repr)
        self.last = last_note()
        return noted


def changed_since(before: facet_index.Index) -> set[int] | None:
    noted = changes.changes_between(before.version, data_version(), "default")
    return None if noted is None else facet_index._changed_by(noted, before, "default")


def of_initiatives(*initiatives: Initiative) -> list[tuple[str, int | None]]:
    return sorted([(INITIATIVES, initiative.pk) for initiative in initiatives], key=repr)


@pytest.mark.parametrize("model", triggers.PUBLIC, ids=lambda model: model.__name__)
def test_a_row_is_noted_as_its_initiatives_or_as_itself(model: type[models.Model]) -> None:
    row: Any = make_row(model)
    if model is Initiative:
        expected = {(INITIATIVES, row.pk)}
    else:
        to_initiatives = [f for f in model._meta.concrete_fields if f.related_model is Initiative]
        keys = {getattr(row, field.attname) for field in to_initiatives} - {None}
        expected = {(INITIATIVES, key) for key in keys} or {(model._meta.db_table, row.pk)}
    notes = Notes()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET id = id WHERE id = {row.pk}")
    assert set(notes.read()) == expected
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        else:
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = {row.pk}")
        assert set(notes.read()) == expected
        transaction.set_rollback(True)


def make_row(model: type[models.Model]) -> models.Model:
    if model is FormerAddress:
        return FormerAddress.objects.create(kind="theme", key="old", leads_to="new")
    return MAKERS[model]() if model in MAKERS else tie(model)


def tie(through: type[models.Model]) -> models.Model:
    ends = [field for field in through._meta.fields if isinstance(field, models.ForeignKey)]
    rows = {end.name: MAKERS[end.related_model]() for end in ends}  # type: ignore[index]
    return through._default_manager.create(**rows)


def test_a_row_that_moves_to_another_initiative_is_noted_of_both() -> None:
    one, other, third = make.initiative(), make.initiative(), make.initiative()
    role, mention = make.role(initiative=one), make.mention(initiative=one)
    lineage = make.lineage(later=one, earlier=other)
    notes = Notes()
    Role.objects.filter(pk=role.pk).update(initiative=other)
    assert notes.read() == of_initiatives(one, other)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE initiatives_mention SET initiative_id = {other.pk} WHERE id = {mention.pk}"
        )
    assert notes.read() == of_initiatives(one, other)
    Lineage.objects.filter(pk=lineage.pk).update(earlier=third)
    assert notes.read() == of_initiatives(one, other, third)


def test_a_discrepancy_is_noted_as_itself_until_it_refers_to_an_initiative() -> None:
    meeting, initiative, notes = make.meeting(), make.initiative(), Notes()
    discrepancy = make.discrepancy(meeting=meeting, initiative=None)
    assert notes.read() == [(Discrepancy._meta.db_table, discrepancy.pk)]
    Discrepancy.objects.filter(pk=discrepancy.pk).update(initiative=initiative, meeting=None)
    noted = [(Discrepancy._meta.db_table, discrepancy.pk), *of_initiatives(initiative)]
    assert notes.read() == noted


def test_many_rows_of_one_statement_are_any_rows_of_the_table() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite knows rows only.")
    notes = Notes()
    Theme.objects.bulk_create(
        Theme(slug=f"t{number}", name=f"Theme {number}") for number in range(triggers.MANY)
    )
    assert len(notes.read()) == triggers.MANY
    Theme.objects.bulk_create([Theme(slug="one-more", name="One more")])
    notes.read()
    Theme.objects.update(name=Upper("name"))
    assert notes.read() == [(Theme._meta.db_table, None)]


def test_a_table_that_is_emptied_is_noted_without_rows() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has no TRUNCATE.")
    notes = Notes()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE initiatives_mention_by")
        assert notes.read() == [("initiatives_mention_by", None)]
        cursor.execute("TRUNCATE initiatives_initiative_themes")
        assert notes.read() == [(INITIATIVES, None)]


def test_what_an_older_trigger_notes_is_anything() -> None:
    """Those of the first edition name the key of an initiative, and no table."""
    initiative = make.initiative()
    before = facet_index.index()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {triggers.NOTES} (initiative_key) VALUES ({initiative.pk + 1})"
        )
    assert changed_since(before) is None


def test_many_notes_of_one_initiative_do_not_hide_those_of_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(changes, "MOST_CHANGES", 5)
    one, other = make.initiative(), make.initiative()
    before = facet_index.index()
    for year in range(2001, 2010):
        Initiative.objects.filter(pk=one.pk).update(due_on=str(year))
    Initiative.objects.filter(pk=other.pk).update(due_on="2001")
    assert changed_since(before) == {one.pk, other.pk}


def test_more_notes_than_are_read_have_everything_read_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Many rows of other tables may lead to few initiatives, and hide one that changed after them."""
    monkeypatch.setattr(changes, "MOST_CHANGES", 5)
    initiative, before = make.initiative(), facet_index.index()
    for _number in range(6):
        make.theme()
    Initiative.objects.filter(pk=initiative.pk).update(publication="draft")
    assert changed_since(before) is None
    assert initiative.pk not in facet_index.index().all


def test_a_changed_meeting_is_looked_up_as_the_initiatives_raised_there() -> None:
    meeting = make.meeting()
    initiative = make.initiative(raised_at=meeting)
    make.initiative()
    before = facet_index.index()
    Meeting.objects.filter(pk=meeting.pk).update(starts_on="1999")
    Mention.by.through._default_manager.all().delete()
    assert changed_since(before) == {initiative.pk}
