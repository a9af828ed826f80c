"""Expensive answers hold a part of the threads only; who finds no place is told to come again."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from wsgiref.util import FileWrapper

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from initiatives.facets.index import NEW_PHRASES
from initiatives.serving import shares
from initiatives.serving.shares import STREAMS, Busy, Share

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _four_threads(settings: Settings) -> Iterator[None]:
    settings.THREADS = 4
    shares._places.clear()
    # As the test client does: the connection is the test's own.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    assert not shares._places


def elsewhere(take: Share) -> None:
    """Take a place in another thread, and give it back."""

    def hold() -> None:
        with take.place():
            pass

    with ThreadPoolExecutor(1) as pool:
        pool.submit(hold).result()


def test_a_share_has_as_many_places_as_it_says() -> None:
    two = Share(lambda: 2)
    with two.place(), two.place(), pytest.raises(Busy):
        two._take()
    with two.place(), two.place():
        pass


def test_a_failure_gives_the_place_back() -> None:
    one = Share(lambda: 1)
    with pytest.raises(ZeroDivisionError), one.place():
        _ = 1 / 0
    with pytest.raises(ZeroDivisionError):
        one.hold_until_closed(lambda: HttpResponse(str(1 / 0)))
    elsewhere(one)


def test_one_thread_is_left_whatever_the_kinds(settings: Settings) -> None:
    settings.THREADS = 3
    kinds = [Share(lambda: 1) for _ in range(3)]
    done, holding = threading.Event(), threading.Barrier(3)

    def hold(kind: Share) -> None:
        with kind.place():
            holding.wait()
            done.wait()

    with ThreadPoolExecutor(2) as pool:
        held = [pool.submit(hold, kind) for kind in kinds[:2]]
        holding.wait()
        with pytest.raises(Busy):
            elsewhere(kinds[2])
        done.set()
    assert [future.result() for future in held] == [None, None]
    elsewhere(kinds[2])


def test_a_thread_that_holds_one_place_may_take_another_of_any_kind(settings: Settings) -> None:
    settings.THREADS = 2
    with Share(lambda: 1).place(), Share(lambda: 1).place():
        pass


def test_there_is_always_a_place(settings: Settings) -> None:
    settings.THREADS = 1
    with STREAMS.place(), pytest.raises(Busy):
        elsewhere(STREAMS)


def test_who_waits_gets_the_place_of_who_ends_and_counts_as_a_thread(settings: Settings) -> None:
    settings.THREADS = 3
    one = Share(lambda: 1, patience=10)
    with ThreadPoolExecutor(1) as pool:
        with one.place():
            waiting = pool.submit(elsewhere, one)
            while len(shares._places) < 2:
                pass
            with pytest.raises(Busy):
                elsewhere(Share(lambda: 1))
        waiting.result(10)


@pytest.mark.parametrize("kind", [StreamingHttpResponse, FileResponse, HttpResponse])
def test_an_answer_holds_its_place_until_it_is_closed(kind: type[HttpResponse]) -> None:
    response = STREAMS.hold_until_closed(lambda: kind([b"a", b"b"]))
    assert len(shares._places) == 1
    assert b"".join(response) == b"ab"
    assert len(shares._places) == 1
    with STREAMS.place():
        response.close()
        response.close()
        assert len(shares._places) == 1


def test_an_answer_that_nobody_sends_gives_its_place_back() -> None:
    response = STREAMS.hold_until_closed(HttpResponse)
    del response
    gc.collect()
    assert not shares._places


@pytest.mark.parametrize(
    "address",
    [
        "/initiatives.csv",
        "/initiatives.json",
        "/initiatives.xlsx",
        "/initiatives.ics",
        "/matrix.csv",
        "/data/csv/meetings.csv",
        "/data/initiative-tracker.zip",
    ],
)
def test_half_of_the_threads_send_files_and_pages_are_read_meanwhile(
    client: Client, address: str
) -> None:
    with STREAMS.place(), STREAMS.place():
        response = client.get(address)
        assert response.status_code == 503
        assert response.headers["Retry-After"]
        assert response.headers["Cache-Control"] == "no-store"
        assert "<h1>Please try again in a minute</h1>" in response.text
        assert client.head("/initiatives.csv").status_code == 200
        assert client.get("/initiatives/").status_code == 200
    with STREAMS.place():
        assert b"".join(client.get(address))


def test_half_of_the_threads_look_for_phrases_that_were_not_asked_for_before(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NEW_PHRASES, "patience", 0)
    known, new = (f"/initiatives/?q=%22{words}%22" for words in ("clean+water", "green+energy"))
    assert client.get(known).status_code == 200
    with NEW_PHRASES.place(), NEW_PHRASES.place():
        answer = client.get(new)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        for address in (known, "/initiatives/?q=words+alone"):
            assert client.get(address).status_code == 200
    assert client.get(new).status_code == 200


@pytest.mark.parametrize("address", ["/initiatives.csv", "/initiatives.xlsx"])
def test_a_client_that_goes_away_gives_the_place_back(rf: RequestFactory, address: str) -> None:
    """As a server of WSGI does it: it takes the first part, cannot send it, and closes the answer."""
    environ = rf.get(address).environ | {"wsgi.file_wrapper": FileWrapper}
    answer: Any = WSGIHandler()(environ, lambda *args: print)
    assert next(iter(answer))
    assert len(shares._places) == 1
    answer.close()
    assert not shares._places
