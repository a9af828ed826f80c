"""What a page or a remembered value rests on is found by itself, and never less than it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Exists, OuterRef

from initiatives.facets.index import index
from initiatives.models import (
    Citation,
    Initiative,
    Lineage,
    Load,
    Meeting,
    Mention,
    Participant,
    StatusUpdate,
)
from initiatives.serving.dependencies import Dependencies, traced
from initiatives.serving.statements import INITIATIVES
from tests import make
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


def rests_on(read: Callable[[], Any]) -> Dependencies:
    with traced() as found:
        read()
    found.resolve()
    return found


@pytest.fixture
def world() -> World:
    return make_world()


PINNED: dict[str, Callable[[Initiative], Any]] = {
    "its slug": lambda i: Initiative.objects.public().filter(slug=i.slug).first(),
    "its key": lambda i: Initiative.objects.public().in_bulk([i.pk]),
    "its entries": lambda i: list(Mention.objects.public().current().filter(initiative=i)),
    "keys of its entries": lambda i: list(
        Citation.objects.public().filter(status_update__in=list(i.updates.all()))
    ),
    "a query of its entries": lambda i: list(
        Mention.by.through._default_manager.filter(mention__in=i.mentions.public())
    ),
    "its versions": lambda i: list(i.history.all()),
    "a question beside it": lambda i: (
        Initiative.objects.filter(pk=i.pk)
        .annotate(has=Exists(StatusUpdate.objects.public().filter(initiative=OuterRef("pk"))))
        .get()
    ),
}


@pytest.mark.parametrize("read", PINNED)
def test_what_is_read_of_an_initiative_rests_on_that(world: World, read: str) -> None:
    found = rests_on(lambda: PINNED[read](world.initiative))
    assert world.initiative.pk in found.initiatives
    assert INITIATIVES not in found.tables
    assert not found.everything


UNPINNED: dict[str, Callable[[Initiative], Any]] = {
    "all": lambda i: list(Initiative.objects.public()),
    "all but one": lambda i: list(Initiative.objects.exclude(pk=i.pk)),
    "one or any of a kind": lambda i: list(
        Initiative.objects.filter(pk=i.pk) | Initiative.objects.filter(kind="fund")
    ),
    "those of a meeting": lambda i: list(Initiative.objects.filter(raised_at=i.raised_at)),
    "those of a document": lambda i: list(Mention.objects.filter(report__slug="statement")),
    "a count": lambda i: StatusUpdate.objects.public().count(),
    "all, beside one": lambda i: (
        Initiative.objects.filter(pk=i.pk)
        .annotate(any=Exists(StatusUpdate.objects.filter(status="delivered")))
        .get()
    ),
    "meetings of any": lambda i: list(
        Meeting.objects.filter(pk__in=Initiative.objects.public().values("raised_at"))
    ),
    "the index": lambda i: index().having("status", "delivered"),
    "an order": lambda i: index().page(index().all, ("sort_key", "slug"), 0, 5),
}


@pytest.mark.parametrize("read", UNPINNED)
def test_what_is_read_of_any_initiative_rests_on_all(world: World, read: str) -> None:
    assert INITIATIVES in rests_on(lambda: UNPINNED[read](world.initiative)).tables


def test_what_no_trigger_notes_rests_on_everything(world: World) -> None:
    assert rests_on(lambda: list(Load.objects.all())).everything
    assert rests_on(lambda: index().version).everything
    assert rests_on(lambda: Initiative.objects.filter(slug="none").first()).everything


def test_what_is_linked_is_rested_on_before_it_is_public(world: World) -> None:
    draft = make.initiative(publication="draft")
    make.lineage(earlier=world.initiative, later=draft)
    found = rests_on(lambda: list(Lineage.objects.public().filter(earlier=world.initiative)))
    assert draft.pk in found.initiatives


def test_a_remembered_value_outlives_what_it_does_not_rest_on() -> None:
    participant, initiative = make.participant(name="Peru"), make.initiative()
    reads: list[int] = []

    def read() -> list[str]:
        reads.append(1)
        return list(Participant.objects.public().values_list("name", flat=True))

    def names() -> list[str]:
        return index().remember("names", read)

    assert "Peru" in names()
    Initiative.objects.filter(pk=initiative.pk).update(delivery_status="delivered")
    names()
    assert len(reads) == 1
    Participant.objects.filter(pk=participant.pk).update(name="Piruw")
    assert "Piruw" in names()
    assert len(reads) == 2


def test_what_rests_on_a_remembered_value_rests_on_what_that_does(world: World) -> None:
    def read() -> int:
        return index().remember("many", StatusUpdate.objects.public().count)

    first, again = rests_on(read), rests_on(read)
    assert INITIATIVES in first.tables
    assert again.tables >= {INITIATIVES}
