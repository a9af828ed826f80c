"""The attacks get at nothing but the server that was started for them, end in time, and are counted."""

from __future__ import annotations

import asyncio
import http.server
import io
import threading
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from rich import box
from rich.console import Console

from bench import attack, attackers
from bench.attackers import ATTACKS, METHOD, Target

WORD = "word-of-this-run"

T = TypeVar("T")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, status: int) -> None:
        self.status = status
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(http.server.BaseHTTPRequestHandler):
    """Shows its word, and answers all else with one status, POSTs before their body has come."""

    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        body = WORD.encode() if self.path == METHOD else b"x" * 4000
        self.send_response(200 if self.path == METHOD else self.server.status)
        self.send_header("Set-Cookie", "csrftoken=abc; Path=/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with Server(request.param) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def plan(server: Server, name: str, word: str = WORD) -> dict[str, object]:
    return {"port": server.server_port, "word": word, "attack": name, "seconds": 1}


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: in this one the browser of other tests may keep a loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()


@pytest.mark.parametrize("server", [200], indirect=True)
def test_another_server_is_left_alone(server: Server) -> None:
    with pytest.raises(SystemExit, match="not the server"):
        run(attackers.main(plan(server, "new searches", "another word")))
    assert server.asked == [METHOD]


@pytest.mark.parametrize("server", [503], indirect=True)
@pytest.mark.parametrize("name", ATTACKS)
def test_each_attack_ends_and_counts_what_it_is_answered(server: Server, name: str) -> None:
    answered = run(attackers.main(plan(server, name)))
    assert sum(answered.values()) >= ATTACKS[name].clients
    if name == "slow headers":
        assert answered == {"held": ATTACKS[name].clients}
    else:
        assert ("503" in answered) == bool(ATTACKS[name].clients)


@pytest.mark.parametrize("server", [200], indirect=True)
def test_a_slow_reader_goes_on_until_the_end(server: Server) -> None:
    target = Target(server.server_port, time.monotonic() + 0.3)
    assert run(attackers.slow_reader(target, 0)) == "200"
    assert not target.lasts


def test_every_search_and_every_day_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def ask(self: Target, address: str, *lines: str, body: str = "") -> tuple[str, bytes]:
        asked.append(address)
        return "200", b""

    monkeypatch.setattr(Target, "ask", ask)
    for act in (attackers.search, attackers.day):
        for number in range(50):
            run(act(Target(0, 0), number))
    assert len(set(asked)) == 100


def test_no_place_but_this_machine_can_be_named() -> None:
    with pytest.raises(SystemExit):
        attack.options(["--host", "example.org"])
    with pytest.raises(SystemExit):
        attack.options(["something else"])
    assert attack.options([]).attacks == list(ATTACKS)


def test_the_proxy_is_the_shipped_one_pointed_at_the_server() -> None:
    before = {
        "upstreams": [{"source": "a", "name": "web", "port": "8000"}],
        "buffer_requests": True,
    }
    after = {"upstreams": [{"source": "a", "name": "127.0.0.1", "port": "81"}]}
    assert attack._pointed_at(before, 81) == before | after
    assert attack.words_of_old().split("\n")[0] == "buffer_requests"


def test_the_table_says_what_was_answered_and_how_long_the_visitor_waited() -> None:
    visitor = {"asked": 200, "p50": 21, "p95": 1234, "worst": 25_000, "errors": 3}
    found = {
        "days at once": {"clients": 20, "answered": {"503": 1200, "200": 2}, "visitor": visitor}
    }
    shown = io.StringIO()
    attack.show(Console(file=shown, width=200), "SQLite", found, box.MARKDOWN)
    [line] = [line for line in shown.getvalue().splitlines() if "days at once" in line]
    row = [cell.strip() for cell in line.split("|")[1:-1]]
    answered = "2 × 200, 1,200 × 503"
    assert row == ["days at once", "20", answered, "21", "1,234", "25,000", "3 of 200"]
