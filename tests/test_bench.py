"""The benchmark on tiny data: it must not rot between the days on which somebody measures."""

from __future__ import annotations

import http.server
import io
import json
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from pytest_django import Settings
from rich.console import Console

from bench import clients, dataset, datasette, goals, in_process, over_http, ratios, table
from bench.scenarios import Scenario, scenarios

COUNT = 60

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(settings: Settings) -> Iterator[in_process.Site]:
    """The site as the benchmark asks it; as in Django’s client, no request ends the transaction of the test."""
    settings.ROOT_URLCONF = "bench.urls"
    dataset.fill(COUNT)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield in_process.Site()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def asked(site: in_process.Site) -> list[Scenario]:
    return scenarios(in_process.keys())


def measured(site: in_process.Site, asked: list[Scenario]) -> dict[str, Any]:
    return {
        "in_process": {
            "cold": in_process.cold(site),
            "detail": in_process.detail(site, 0),
            "lists": in_process.lists(site, asked, 0, in_process.session()),
            "exports": {"csv": in_process.export(site, "/initiatives.csv")},
        },
        "kept": in_process.kept(site, 0),
    }


def test_every_scenario_is_measured_and_shown(
    site: in_process.Site, asked: list[Scenario], kept_pages: None
) -> None:
    result = json.loads(json.dumps(measured(site, asked)))
    assert result["in_process"]["lists"]["unfiltered"]["rows"] == COUNT
    assert result["kept"]["304"]["status"] == 304
    shown = io.StringIO()
    table.show(Console(file=shown, width=200), "SQLite", {COUNT: result})
    for name in ("text and filters", "first after a write", "304", "at most 60 ms"):
        assert name in shown.getvalue()


def test_the_stock_admin_finds_the_same_rows(
    site: in_process.Site, asked: list[Scenario], client: Any
) -> None:
    found = in_process.lists(site, asked[:3], 0, in_process.session())
    cookie = in_process.session()
    for scenario in asked[:3]:
        page = client.get(scenario.admin, headers={"cookie": cookie}).content.decode()
        count = re.search(r"(\d+) (?:initiatives?|results?)\b", page)
        assert count
        assert int(count[1]) == found[scenario.name]["rows"], scenario.name


def test_datasette_gets_all_public_initiatives_and_a_search(
    site: in_process.Site, tmp_path: Path
) -> None:
    datasette.write(tmp_path / "initiatives.db")
    with closing(sqlite3.connect(tmp_path / "initiatives.db")) as connection:
        [(rows,)] = connection.execute("SELECT count(*) FROM initiative")
        [(found,)] = connection.execute(
            "SELECT count(*) FROM initiative_fts WHERE initiative_fts MATCH '59'"
        )
        [(array,)] = connection.execute("SELECT participants FROM initiative LIMIT 1")
    assert (rows, found) == (COUNT, 1)
    assert json.loads(array)[0].startswith("p")


@pytest.fixture
def server() -> Iterator[int]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running.server_port
        running.shutdown()
        thread.join()


def test_load_is_counted_in_blocks(server: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "wrk", lambda: None)
    service = over_http.Service([server], [])
    asks = {name: over_http.Ask(service, "/") for name in ("page", "constant")}
    found = over_http.blocks(asks, seconds=0.05, rounds=2)
    assert found["loads"]["page"]["requests"] >= clients.CONNECTIONS
    assert found["loads"]["page"]["errors"] == 0
    assert found["ratios"]["constant"]["pairs"] == 2
    with pytest.raises(RuntimeError, match="404"):
        over_http.blocks({"page": over_http.Ask(service, "/x")}, seconds=0.05, rounds=1)


def test_a_ratio_is_the_middle_of_pairs() -> None:
    found = ratios.ratio([2, 4, 30], [1, 2, 3])
    assert (found.median, found.low, found.high, found.pairs) == (2, 2, 6, 3)
    assert ratios.percentile([float(n) for n in range(100)], 0.99) == 99


def test_a_missed_goal_is_called_missed() -> None:
    def result(ms: float) -> dict[str, Any]:
        entry = {
            "ms": {"page": {"median": ms}},
            "queries": 9,
            "ratios": {"constant": {"median": 4}},
        }
        return {"in_process": {"lists": {"unfiltered": entry}, "detail": entry}}

    found = {
        goal.wanted: goal.met for goal in goals.goals({10_000: result(10), 100_000: result(31)})
    }
    assert found["Uncached list, 100,000: at most 60 ms median in process"] is True
    assert found["Uncached list: at most 3 × its own cost at a tenth of the size"] is False
    assert found["Detail: at most 8 queries"] is False
    assert found["304: at most 1.2 × a constant view"] is None
