"""A process is ready before it is asked, and before the day turns."""

from __future__ import annotations

import datetime
import gc
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone
from django.utils.translation import trans_real
from pytest_django import Settings

from initiatives.facets import index as facet_index
from initiatives.languages import PREFIXES, written
from initiatives.models import Theme
from initiatives.serving.availability import Server
from tests import make
from tests.world import make_world
from tracker import warm_up
from tracker.wsgi import Handler

pytestmark = pytest.mark.django_db


@pytest.fixture
def application(monkeypatch: pytest.MonkeyPatch) -> Handler:
    # Connections are those of the test.
    monkeypatch.setattr("django.core.signals.request_finished.send", lambda **_kwargs: None)
    monkeypatch.setattr("django.core.signals.request_started.send", lambda **_kwargs: None)
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    return Handler()


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """For each time that an index was read since: of which initiatives, None for all."""
    questions: list[Any] = []
    add = facet_index.Index.add

    def asking(self: facet_index.Index, only: Any = None, **kwargs: Any) -> None:
        questions.append(only and set(only))
        add(self, only, **kwargs)

    monkeypatch.setattr(facet_index.Index, "add", asking)
    return questions


def test_who_comes_first_finds_everything_made(
    application: Handler, added: list[Any], client: Client
) -> None:
    make_world()
    assert warm_up.warm(application)
    assert added == [None]
    client.get("/initiatives/?sort=due")
    assert added == [None]
    assert len(facet_index.index()._orders) >= len(("changed", "due", "title", "meeting"))


def test_who_comes_first_in_a_language_finds_its_words_read(application: Handler) -> None:
    """And its names of days and countries: home and the list, which have the most of them."""
    make_world()
    assert warm_up.warm(application)
    read = written._date.cache_info().misses
    for code in PREFIXES:
        assert code in vars(trans_real)["_translations"]
        assert warm_up._ask(application, f"/{code}/initiatives/") == 200
    assert written._date.cache_info().misses == read


def test_an_empty_record_is_ready_too(application: Handler) -> None:
    assert warm_up.warm(application)


def test_a_site_under_a_name_of_its_own_is_asked_by_it(
    application: Handler, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = [".initiatives.example"]
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    assert warm_up._ask(application, "/initiatives/") == 200


def test_no_traffic_is_sent_before_all_is_made(
    application: Handler, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr(warm_up, "_started", True)
    assert client.get("/readyz").status_code == 503
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Server, "version", lambda self: None)
        assert not warm_up.warm(application)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warm_up, "_addresses", lambda: lost())
        assert not warm_up.warm(application)
    assert warm_up.warm(application)


def lost() -> list[str]:
    raise OperationalError("The server is away.")


def test_what_stays_is_not_looked_through_for_garbage() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    try:
        warm_up.settle()
        assert gc.get_freeze_count() > frozen + 1000
        assert gc.get_threshold() == (warm_up.GARBAGE_AFTER, *before[1:])
        circle: list[Any] = []
        circle.append(circle)
        del circle
        assert gc.collect() >= 1
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def test_the_next_day_is_ready_before_it_begins(
    monkeypatch: pytest.MonkeyPatch, added: list[Any], client: Client
) -> None:
    # The connection is that of the test.
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    today = timezone.localdate()
    tomorrow = today + datetime.timedelta(days=1)
    due = make.initiative(due_on=today.isoformat())
    make.update(initiative=due)
    first = facet_index.index()
    first.remember("of any day", lambda: list(Theme.objects.public()), any_day=True)
    first.remember("of the day", lambda: list(Theme.objects.public()))
    noon = datetime.datetime.combine(today, datetime.time(12), timezone.get_current_timezone())
    warm_up.prepare_tomorrow(noon)
    assert not facet_index._next
    warm_up.prepare_tomorrow(noon + datetime.timedelta(hours=11.9))
    assert facet_index.index() is first
    assert due.pk not in first.having("flag", "overdue")
    # Written after the next day was made ready.
    late = make.initiative(due_on=today.isoformat())
    make.update(initiative=late)
    added.clear()
    monkeypatch.setattr(timezone, "localdate", lambda: tomorrow)
    after = facet_index.index()
    assert added == [{late.pk}]
    assert {due.pk, late.pk} <= set(after.having("flag", "overdue"))
    fresh = facet_index.Index(after.version, tomorrow)
    fresh.add()
    assert after.all == fresh.all
    for facet in {*after.bitmaps, *fresh.bitmaps}:
        for value in {*after.bitmaps[facet], *fresh.bitmaps[facet]}:
            assert after.having(facet, value) == fresh.having(facet, value), (facet, value)
    assert [*after._remembered] == ["of any day"]
