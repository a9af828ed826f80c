"""Every write that the public can see moves the version of the data; old notes can go."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models, transaction

from initiatives.facets import index as facet_index
from initiatives.models import DataChange, DataVersion, Initiative, Record
from initiatives.serving.data_version import Version, data_version, prune
from tests import make
from tests.every_model import MAKERS
from tests.sessions import several_sessions

EVENTS = ["insert", "update", "delete"]


def public_models() -> list[type[models.Model]]:
    """All records but the notes of the loader, and the tables that tie them to one another."""
    models_found = []
    for model in apps.get_app_config("initiatives").get_models(include_auto_created=True):
        # Of a table between two models: the one that has the field.
        record: object = model._meta.auto_created or model
        assert isinstance(record, type)
        if issubclass(record, Record):
            models_found.append(model)
    return models_found


def triggers() -> dict[str, set[str]]:
    """The names of the triggers on each table."""
    query = (
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
        if connection.vendor == "postgresql"
        else "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    )
    triggers_by_table: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(query)
        for table, name in cursor.fetchall():
            triggers_by_table.setdefault(table, set()).add(name)
    return triggers_by_table


@pytest.mark.django_db
def test_every_public_table_has_its_triggers() -> None:
    """A migration that rebuilds a table on SQLite drops them and has to make them again."""
    triggers_by_table = triggers()
    tables = [model._meta.db_table for model in public_models()]
    assert len(tables) > 18
    events = [*EVENTS, "truncate"] if connection.vendor == "postgresql" else EVENTS
    for table in tables:
        wanted = {f"{table}_{event}_noted" for event in events}
        assert wanted <= triggers_by_table.get(table, set()), table
    if connection.vendor == "sqlite":
        assert "initiatives_mark_changes" in triggers_by_table["initiatives_datachange"]
    else:
        assert "initiatives_number_changes" in triggers_by_table["initiatives_datachange"]


@pytest.mark.django_db
@pytest.mark.parametrize("model", public_models(), ids=lambda model: model.__name__)
def test_raw_sql_on_a_public_table_moves_the_version(model: type[models.Model]) -> None:
    before = data_version()
    if issubclass(model, Record):
        MAKERS[model]()
    else:
        make_tie(model)
    made = data_version()
    assert made != before
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET id = id")
    assert data_version() != made


def make_tie(through: type[models.Model]) -> None:
    """Tie one row to another through a table between two models."""
    ends = [field for field in through._meta.fields if isinstance(field, models.ForeignKey)]
    rows = {end.name: MAKERS[end.related_model]() for end in ends}  # type: ignore[index]
    before = data_version()
    through._default_manager.create(**rows)
    assert data_version() != before


@pytest.mark.django_db(transaction=True)
def test_each_transaction_moves_the_version_once_and_marks_it() -> None:
    theme = make.theme()
    before = data_version()
    with transaction.atomic():
        theme.name = "Water"
        theme.save()
        theme.name = "Rivers"
        theme.save()
        within = data_version()
    after = data_version()
    assert before.mark != after.mark != 0
    assert within != before
    if connection.vendor == "postgresql":
        assert after.number == before.number + 1


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_is_rolled_back_leaves_the_version() -> None:
    theme = make.theme()
    before = data_version()
    with transaction.atomic():
        theme.save()
        transaction.set_rollback(True)
    assert data_version() == before


@pytest.mark.django_db(transaction=True)
def test_a_history_that_was_lost_is_not_taken_for_the_one_that_follows() -> None:
    """As after the restore of a backup: the numbers come again, the marks do not."""
    theme = make.theme()
    kept = list(DataVersion.objects.values()), list(DataChange.objects.values())
    theme.save()
    lost = data_version()
    DataVersion.objects.all().delete()
    DataChange.objects.all().delete()
    DataVersion.objects.bulk_create(DataVersion(**values) for values in kept[0])
    theme.save()
    DataChange.objects.update(id=models.F("id") - 1)
    assert data_version().mark != lost.mark


@pytest.mark.django_db(transaction=True)
def test_an_empty_version_is_made_anew() -> None:
    """Flushing a database takes the row of the version along."""
    DataVersion.objects.all().delete()
    before = data_version()
    make.theme()
    assert data_version() != before
    assert DataVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_version_moves_whichever_of_two_writers_commits_last(tmp_path: Path) -> None:
    """The lower note may be the last to be seen; readers in between learn of both commits."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer; notes are committed in their order.")
    first, second = make.initiative("first"), make.initiative("second")
    facet_index.index()
    seen: list[Version] = []
    noted, committed = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            Initiative.objects.filter(pk=first.pk).update(
                due_on="2001", delivery_status="under_way"
            )
            noted.set()
            assert committed.wait(20)

    def fast() -> None:
        assert noted.wait(20)
        with transaction.atomic():
            Initiative.objects.filter(pk=second.pk).update(publication="draft")
        seen.append(data_version())
        seen_index.append(second.pk in facet_index.index().all)
        committed.set()

    seen_index: list[bool] = []
    with several_sessions(tmp_path) as run:
        assert run(slow, fast) == [None, None]
    after = data_version()
    assert after.number == seen[0].number + 1
    assert after.note == seen[0].note, "the note of the last commit is the lower one"
    assert after != seen[0]
    assert seen_index == [False]
    assert first.pk in facet_index.index().having("flag", "overdue")


@pytest.mark.django_db(transaction=True)
def test_pruning_keeps_what_running_processes_need() -> None:
    initiative = make.initiative()
    for year in range(2001, 2021):
        Initiative.objects.filter(pk=initiative.pk).update(due_on=str(year))
    version, count = data_version(), DataChange.objects.count()
    index = facet_index.index()
    assert prune(keep=5) == count - 5
    assert data_version() == version
    assert facet_index.index() is index
    Initiative.objects.filter(pk=initiative.pk).update(publication="draft")
    assert initiative.pk not in facet_index.index().all
    assert prune(keep=0) == 5, "the last note stays: its number is the version's"
    assert DataChange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_missed_pruned_notes_reads_everything_anew() -> None:
    first, second = make.initiative(), make.initiative()
    facet_index.index()
    Initiative.objects.filter(pk=first.pk).update(publication="draft")
    Initiative.objects.filter(pk=second.pk).update(due_on="2001", delivery_status="under_way")
    prune(keep=1)
    index = facet_index.index()
    assert first.pk not in index.all
    assert second.pk in index.having("flag", "overdue")


@pytest.mark.django_db
def test_the_command_says_how_many_notes_went(capsys: pytest.CaptureFixture[str]) -> None:
    make.update()
    call_command("prune_changes", keep=1)
    assert "notes removed" in capsys.readouterr().out
