"""What is written anew is what was made."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

from initiatives.models import Dialogue, Initiative
from tests import make
from tests.clock import Clock
from tests.rewriting import NOTED, rewritten
from tests.world import make_world

pytestmark = pytest.mark.django_db

calls = 0


@rewritten
def make_record(title: str) -> Initiative:
    global calls
    calls += 1
    make_world.__wrapped__()  # type: ignore[attr-defined]
    return Initiative.objects.get(slug="university")


def ours() -> list[type[models.Model]]:
    every = apps.get_app_config("initiatives").get_models(include_auto_created=True)
    return [model for model in every if model not in NOTED]


def everything() -> dict[str, list[Any]]:
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in ours()
    }


def made(title: str = "Water") -> tuple[dict[str, list[Any]], Initiative, int]:
    """All rows, what was returned, and how often rows were made; whatever was written is undone."""
    before = calls
    with transaction.atomic():
        initiative = make_record(title)
        rows = everything()
        make.update(initiative=initiative)
        transaction.set_rollback(True)
    return rows, initiative, calls - before


def test_the_second_time_the_same_rows_are_written() -> None:
    made()
    rows, initiative, calls = made()
    again, same, no_calls = made()
    assert rows == again
    assert initiative == same
    assert initiative is not same
    assert (calls, no_calls) == (0, 0)


def test_other_arguments_another_clock_and_a_record_with_rows_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made()
    assert made("Air")[2] == 1
    with transaction.atomic():
        make.dialogue("there")
        assert made()[2] == 1
        transaction.set_rollback(True)
    assert not Dialogue.objects.exists()
    Clock(monkeypatch, "2026-04-01")
    assert made()[2] == 1


def test_new_rows_get_numbers_of_their_own_where_loaddata_has_set_these_back() -> None:
    made()
    for statement in connection.ops.sequence_reset_sql(no_style(), [*ours()]):
        with connection.cursor() as cursor:
            cursor.execute(statement)
    rows, _initiative, calls = made()
    assert rows["initiatives.Report"]
    assert calls == 0
