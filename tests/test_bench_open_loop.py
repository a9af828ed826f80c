"""Visitors who come whatever the server does, against one that answers one after another."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator

import pytest

from bench import open_loop
from bench.scenarios import Term

SIZE = 60
COMMON = [Term(f"word {number}", number, None) for number in range(40)]


class OneAfterAnother(http.server.BaseHTTPRequestHandler):
    """Takes three hundredths of a second for each request."""

    def do_GET(self) -> None:
        time.sleep(0.03)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def slow_server() -> Iterator[int]:
    with http.server.HTTPServer(("127.0.0.1", 0), OneAfterAnother) as running:
        running.socket.listen(100)
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running.server_port
        running.shutdown()
        thread.join()


def test_visitors_wait_from_when_they_were_due(
    slow_server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_loop, "QUIET", 0.1)
    found = open_loop.sixteen(slow_server, COMMON, rounds=1)
    assert found["errors"] == 0
    assert found["kinds"]["search"]["count"] == open_loop.SIXTEEN
    # One after another they take half a second, and whoever comes meanwhile waits behind them.
    assert found["kinds"]["search"]["longest"] >= open_loop.SIXTEEN * 30
    assert found["kinds"]["regular"]["longest"] >= 300
    assert found["kinds"]["regular"]["count"] >= open_loop.SIXTEEN * 30 / 50
    assert 0 < found["client_ms"] < 1000


def test_rates_rise_until_visitors_wait_too_long(
    slow_server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_loop, "RATES", (4, 100, 200))
    steps = open_loop.stair(slow_server, COMMON, SIZE, seconds=1)
    # Thirty-three a second is what it can do.
    assert [step["rate"] for step in steps] == [4, 100]
    assert steps[0]["all"]["p99"] < 1000 < steps[1]["all"]["p99"]


def test_arrivals_are_the_same_each_time_and_ask_for_other_texts() -> None:
    came = list(open_loop.arrivals(50, COMMON, SIZE, 20))
    assert came == list(open_loop.arrivals(50, COMMON, SIZE, 20))
    assert 800 < len(came) < 1200
    assert len({address for _due, kind, address in came if kind == "search"}) == len(COMMON)
    assert {kind for _due, kind, _address in came} == {"list", "detail", "search"}
