"""An order brought up to date is the order that would be read anew."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.http import QueryDict
from pyroaring import BitMap

from initiatives.facets import index as facet_index
from initiatives.facets import sort_order
from initiatives.facets.sort_order import SortOrder
from initiatives.models import Initiative, Publication
from initiatives.query.filters import InitiativeFilter
from initiatives.recording import actions
from tests import make

pytestmark = pytest.mark.django_db

BY_TITLE = Initiative.objects.public().order_by("title", "slug")


def titled(count: int) -> list[Initiative]:
    dialogue = make.dialogue()
    rows = Initiative.objects.bulk_create(
        Initiative(
            slug=f"i{n}", title=f"Title {n:03}", dialogue=dialogue, publication=Publication.PUBLIC
        )
        for n in range(count)
    )
    actions.refresh(row.pk for row in rows)
    return rows


@pytest.mark.parametrize("probes", [1, 2, 5, 400])
@pytest.mark.parametrize("seed", range(4))
def test_changed_rows_find_their_places(
    probes: int, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sort_order, "PROBES", probes)
    rng = random.Random(seed)
    rows = titled(40)
    before = SortOrder.read(BY_TITLE)
    changed = rng.sample(rows, 6)
    for row in changed[:4]:
        Initiative.objects.filter(pk=row.pk).update(title=f"Title {rng.randrange(60):03} x")
    Initiative.objects.filter(pk=changed[4].pk).update(publication=Publication.DRAFT)
    new = [make.initiative(dialogue=rows[0].dialogue, title=title) for title in ("A", "Title 020")]
    keys = BitMap(row.pk for row in [*changed, *new])

    after = before.with_changes(keys, BY_TITLE)

    assert list(after.keys) == list(SortOrder.read(BY_TITLE).keys)
    assert before.keys != after.keys


def test_the_first_rows_and_the_last_of_all_are_placed() -> None:
    rows = titled(3)
    before = SortOrder.read(BY_TITLE)
    everything = BitMap(row.pk for row in rows)
    assert list(before.with_changes(everything, BY_TITLE).keys) == [row.pk for row in rows]
    nothing = SortOrder([])
    assert list(nothing.with_changes(everything, BY_TITLE).keys) == [row.pk for row in rows]


def test_an_order_that_moves_all_the_time_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = titled(9)
    before = SortOrder.read(BY_TITLE)
    monkeypatch.setattr(sort_order, "QUESTIONS", 1)
    monkeypatch.setattr(sort_order, "PROBES", 1)
    Initiative.objects.filter(pk=rows[0].pk).update(title="Z")
    after = before.with_changes(BitMap([rows[0].pk]), BY_TITLE)
    assert list(after.keys) == list(SortOrder.read(BY_TITLE).keys)


@pytest.mark.parametrize("count", [1, 3, 12, 29, 30])
def test_pages_of_few_and_of_many_are_in_order(count: int) -> None:
    rng = random.Random(count)
    keys = rng.sample(range(1, 10**9), 30)
    order = SortOrder(keys)
    wanted = rng.sample(keys, count)
    expected = [key for key in keys if key in wanted]
    # A key that the order does not have is none of its own.
    some = BitMap([*wanted, 2**32 - 1])
    for first, last in [(0, 1), (0, 25), (2, 5), (count - 1, count), (20, 45)]:
        assert order.page(some, first, last) == expected[first:last]


def test_after_a_write_few_rows_are_asked_for(django_assert_max_num_queries: Any) -> None:
    rows = titled(30)
    filters = InitiativeFilter.read(QueryDict("q=title"), Initiative.objects.public())
    assert filters.keys()
    Initiative.objects.filter(pk=rows[0].pk).update(title="Zebra title")
    index = facet_index.index()
    by_title = InitiativeFilter.sorts["title"].order
    with django_assert_max_num_queries(1):
        matches = index.find("title")
    assert matches.all == index.all
    index.page(index.all, by_title, 0, 5)
    Initiative.objects.filter(pk=rows[1].pk).update(title="Yak title")
    later = facet_index.index()
    with django_assert_max_num_queries(3):
        page = later.page(later.all, by_title, 28, 30)
    assert page == [rows[1].pk, rows[0].pk]
