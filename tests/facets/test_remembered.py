"""Counts in memory are those of the database after any write, of which only the blocks that changed are read."""

from __future__ import annotations

import random
import re
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, QuerySet
from django.test.utils import CaptureQueriesContext

from initiatives.facets import remembered
from initiatives.facets.index import index
from initiatives.models import DeliveryStatus, Initiative, Lineage, Participant, StatusUpdate
from tests import make
from tests.extent import TIMES

pytestmark = pytest.mark.django_db


@pytest.fixture
def initiatives(monkeypatch: pytest.MonkeyPatch) -> list[Initiative]:
    """Each is a block of its own."""
    monkeypatch.setattr(remembered, "BLOCK_BITS", 0)
    return [make.initiative() for _ in range(6)]


def counted(rows: Any = None, column: str = "report") -> Counter[int]:
    rows = StatusUpdate.objects.public().current() if rows is None else rows
    return index().count("updates", rows, F(column))


def of_database() -> Counter[int]:
    return Counter(StatusUpdate.objects.public().current().values_list("report", flat=True))


def test_counts_follow_every_write(initiatives: list[Initiative]) -> None:
    chosen = random.Random(1)
    reports = [make.report() for _ in range(3)]
    updates: QuerySet[Any] = QuerySet(StatusUpdate)

    def write() -> None:
        rows = list(updates.order_by("pk"))
        match chosen.choice(["add", "add", "add", "move", "hide", "delete", "draft"]):
            case "move" if rows:
                to = {"initiative": chosen.choice(initiatives), "report": chosen.choice(reports)}
                updates.filter(pk=chosen.choice(rows).pk).update(**to)
            case "hide" if rows:
                updates.filter(pk=chosen.choice(rows).pk).update(publication="draft")
            case "delete" if rows:
                updates.filter(pk=chosen.choice(rows).pk)._raw_delete("default")
            case "draft":
                some = Initiative.objects.filter(pk=chosen.choice(initiatives).pk)
                some.update(publication=chosen.choice(["public", "public", "draft"]))
            case _:
                initiative, report = chosen.choice(initiatives), chosen.choice(reports)
                make.update(initiative=initiative, report=report)

    most = 0
    for number in range(40 * TIMES):
        write()
        # Some writes are seen together, and some by an index that nobody asked for counts.
        match number % 3:
            case 0:
                index()
            case 1:
                found = counted()
                assert found == of_database(), number
                most = max(most, found.total())
    assert most > 3


def test_only_blocks_that_changed_are_counted_again(initiatives: list[Initiative]) -> None:
    for initiative in initiatives:
        make.update(initiative=initiative)
    counted()
    make.update(initiative=initiatives[2])
    index()
    with CaptureQueriesContext(connection) as asked:
        assert counted().total() == 7
        assert counted().total() == 7
    key, counts = str(initiatives[2].pk), [of["sql"] for of in asked if "COUNT(" in of["sql"]]
    assert [re.findall(r"BETWEEN (\d+) AND (\d+)", sql) for sql in counts] == [[(key, key)]]


def test_after_changes_in_many_blocks_all_are_counted(
    initiatives: list[Initiative], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "MOST_BLOCKS", 1)
    for initiative in initiatives:
        make.update(initiative=initiative)
    assert counted() == of_database()
    for initiative in initiatives[:2]:
        make.update(initiative=initiative)
    index()
    with CaptureQueriesContext(connection) as asked:
        assert counted() == of_database()
    assert ["BETWEEN" in of["sql"] for of in asked if "COUNT(" in of["sql"]] == [False]


def test_a_change_of_another_table_moves_all_counts(initiatives: list[Initiative]) -> None:
    japan = make.participant(name="Japan")
    for initiative in initiatives:
        make.update(initiative=initiative, participant=japan)
    rows = StatusUpdate.objects.filter(participant__name="Japan")
    assert counted(rows).total() == 6
    Participant.objects.filter(pk=japan.pk).update(name="Nippon")
    assert counted(rows).total() == 0


def test_rows_between_two_initiatives_are_counted_by_one(initiatives: list[Initiative]) -> None:
    rows = Lineage.objects.all()
    link = make.lineage(earlier=initiatives[0], later=initiatives[1])

    def count() -> int:
        return index().count("links", rows, initiative="earlier").total()

    assert count() == 1
    rows.filter(pk=link.pk).update(earlier=initiatives[2])
    assert count() == 1
    rows.filter(pk=link.pk)._raw_delete("default")
    assert count() == 0


def test_counts_are_the_same_on_the_next_day(initiatives: list[Initiative]) -> None:
    make.update(initiative=initiatives[0], status=DeliveryStatus.DELIVERED)
    today = index()
    assert counted().total() == 1
    tomorrow = today.on_day(today.day, using="default")
    with CaptureQueriesContext(connection) as asked:
        assert tomorrow.count("updates", StatusUpdate.objects.public()).total() == 1
    assert not asked.captured_queries


def test_few_counts_are_kept(
    initiatives: list[Initiative], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "MOST_COUNTED", 2)
    make.update(initiative=initiatives[0])
    memory, rows = index(), StatusUpdate.objects.public()
    memory.remember("else", lambda: 1)
    for name in ("first", "second", "third"):
        assert memory.count(name, rows).total() == 1
    assert [*memory._remembered] == ["else", "second", "third"]
