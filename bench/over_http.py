"""Requests a second over HTTP: the site under gunicorn, two Datasettes, and the stock admin, block by block in turn.

Then visitors who come whatever the server does (open_loop.py).
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bench import datasette
from bench.clients import CONNECTIONS, Load, load, one
from bench.databases import ROOT
from bench.memory import children, resident
from bench.ratios import ratio
from bench.scenarios import CONSTANT, CONSTANT_LARGE, DETAIL, LIST, Scenario, Term

WORKERS = 2
# As `make run` and the deployment start it.
GUNICORN = ("--workers", str(WORKERS), "--threads", "4", "--no-control-socket")
START_SECONDS = 60
# A party whose one answer takes longer is asked in one block only, by as many connections as there are processes.
VERY_SLOW = 1.0


@dataclass(frozen=True)
class Service:
    """Something that answers on one port or several, of these processes."""

    ports: Sequence[int]
    pids: Sequence[int]

    @property
    def resident(self) -> list[int]:
        """Bytes in memory of each process that answers requests."""
        return [resident(child) for pid in self.pids for child in (children(pid) or [pid])]


@dataclass(frozen=True)
class Ask:
    """What is asked of a service."""

    service: Service
    address: str
    headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def site(environ: Mapping[str, str], log: Path) -> Iterator[Service]:
    """The site with production's settings, two workers, each of which has made its index."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "bench.wsgi", "--bind", f"127.0.0.1:{port}"]
    with running([*command, *GUNICORN, "--log-level", "warning"], port, log, environ) as pid:
        service = Service([port], [pid])
        for _ in range(3):
            load([port], LIST, {}, seconds=0.5, expected=60, connections=8)
        yield service


@contextmanager
def datasettes(python: Path, path: Path, log: Path) -> Iterator[Service]:
    """As many Datasettes as the site has workers: one alone would use one core for its pages."""
    with ExitStack() as stack:
        ports, pids = [], []
        for _ in range(WORKERS):
            port = free_port()
            ports.append(port)
            command = datasette.command(python, path, port)
            pids.append(stack.enter_context(running(command, port, log, None)))
        yield Service(ports, pids)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str],
    port: int,
    log: Path,
    environ: Mapping[str, str] | None,
    cwd: Path = ROOT,
) -> Iterator[int]:
    """A server that listens on the port; its process."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=cwd, env=environ, stdout=output, stderr=output)
    try:
        _wait(process, port, log)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"A server did not start:\n{log.read_text()[-2000:]}")


def blocks(asks: Mapping[str, Ask], *, seconds: float, rounds: int) -> dict[str, Any]:
    """Load each party in turn, round by round; the ratios are those of requests a second within one round."""
    return rotating({"": asks}, seconds=seconds, rounds=rounds)[""]


def rotating(
    rows: Mapping[str, Mapping[str, Ask]], *, seconds: float, rounds: int
) -> dict[str, dict[str, Any]]:
    """The same for several questions, each asked once a round: none is asked twice before all others were."""
    expected = {
        (row, name): _expected(name, ask)
        for row, asks in rows.items()
        for name, ask in asks.items()
    }
    found: dict[str, dict[str, list[Load]]] = {row: defaultdict(list) for row in rows}
    for number in range(rounds):
        for row, asks in rows.items():
            for name, ask in asks.items():
                very_slow = expected[row, name] > VERY_SLOW
                if very_slow and number:
                    continue
                found[row][name].append(
                    load(
                        ask.service.ports,
                        ask.address,
                        ask.headers,
                        seconds=seconds,
                        expected=expected[row, name],
                        connections=WORKERS if very_slow else CONNECTIONS,
                    )
                )
    return {row: _compared(loads) for row, loads in found.items()}


def _expected(name: str, ask: Ask) -> float:
    """How many seconds one answer takes; RuntimeError for anything but 200 and 304."""
    reply = one(ask.service.ports[0], ask.address, ask.headers)
    if reply.status not in (200, 304):
        raise RuntimeError(f"{name} answers {reply.status} to {ask.address}")
    if reply.seconds < VERY_SLOW:
        # The first answer may have had to make what later ones find.
        reply = one(ask.service.ports[0], ask.address, ask.headers)
    return reply.seconds


def _compared(found: Mapping[str, list[Load]]) -> dict[str, Any]:
    """Loads of the parties, ours first: the middle one of each, and our rate to that of each other."""
    ours = next(iter(found))
    result: dict[str, Any] = {"loads": {}, "ratios": {}}
    for name, loads in found.items():
        middle = sorted(loads, key=lambda one: one.rate)[len(loads) // 2]
        result["loads"][name] = middle.as_dict() | {
            "errors": sum(one.errors for one in loads),
            "rate": round(median(one.rate for one in loads), 2),
        }
        if name != ours:
            rates = [one.rate for one in found[ours]], [one.rate for one in loads]
            result["ratios"][name] = asdict(ratio(*rates))
    return result


def searches(
    terms: Sequence[Term], uncached: Service, peer: Service | None, *, seconds: float, rounds: int
) -> dict[str, Any]:
    """Each term, as if never asked for before, against Datasette; with how many rows that finds."""
    rows: dict[str, dict[str, Ask]] = {}
    counts: dict[str, int] = {}
    for term in terms:
        rows[term.text] = {"page": Ask(uncached, term.ours)}
        if peer and term.datasette:
            rows[term.text]["datasette"] = Ask(peer, term.datasette)
            counts[term.text] = rows_in_datasette(peer, term.datasette)
    found = rotating(rows, seconds=seconds, rounds=rounds)
    for text, entry in found.items():
        entry["rows_in_datasette"] = counts.get(text)
    return found


def measure(
    asked: Sequence[Scenario],
    terms: Sequence[Term],
    cookie: str,
    uncached: Service,
    cached: Service | None,
    peer: Service | None,
    *,
    seconds: float,
    rounds: int,
) -> dict[str, Any]:
    """Everything that is asked over HTTP; ``cookie`` is that of a member of staff."""
    found: dict[str, Any] = {"lists": {}}
    staff = {"Cookie": cookie}
    for scenario in asked:
        parties = {"page": Ask(uncached, scenario.ours)}
        if peer:
            parties["datasette"] = Ask(peer, scenario.datasette)
        parties["admin"] = Ask(uncached, scenario.admin, staff)
        entry = blocks(parties, seconds=seconds, rounds=rounds)
        entry["rows_in_datasette"] = rows_in_datasette(peer, scenario.datasette) if peer else None
        found["lists"][scenario.name] = entry
    found["terms"] = searches(terms, uncached, peer, seconds=seconds / 2, rounds=rounds)
    parties = {"page": Ask(uncached, DETAIL), "constant": Ask(uncached, CONSTANT)}
    found["detail"] = blocks(parties, seconds=seconds, rounds=rounds)
    found["kept"] = {}
    tag = one(cached.ports[0], LIST).headers.get("ETag") if cached else None
    if cached and tag:
        floor = {
            "constant": Ask(cached, CONSTANT),
            "constant_large": Ask(cached, CONSTANT_LARGE),
        }
        theirs = {"datasette": Ask(peer, asked[0].datasette)} if peer else {}
        for name, ask in {
            "cached": Ask(cached, LIST),
            "cached detail": Ask(cached, DETAIL),
            "304": Ask(cached, LIST, {"If-None-Match": tag}),
        }.items():
            parties = {"page": ask, **floor, **(theirs if name == "cached" else {})}
            found["kept"][name] = blocks(parties, seconds=seconds, rounds=rounds)
    found["exports"] = exports(uncached, peer)
    found["resident"] = {
        name: service.resident
        for name, service in (("site", uncached), ("cached", cached), ("datasette", peer))
        if service
    }
    return found


def rows_in_datasette(peer: Service, address: str) -> int:
    """How many rows Datasette finds for a question, asked without its facets, which take most of the time."""
    path, _mark, query = address.partition("?")
    rest = "&".join(pair for pair in query.split("&") if not pair.startswith("_facet"))
    address = f"{path}.json?{rest}"
    return int(json.loads(one(peer.ports[0], address).body)["filtered_table_rows_count"])


def exports(uncached: Service, peer: Service | None) -> dict[str, Any]:
    """One whole CSV over HTTP, and Datasette's stream of the same table."""
    found: dict[str, Any] = {}
    asks = {"csv": (uncached, "/initiatives.csv")}
    if peer:
        asks["datasette csv"] = (peer, "/initiatives/initiative.csv?_stream=on&_size=max")
    for name, (service, address) in asks.items():
        reply = one(service.ports[0], address)
        if reply.status == 200:
            found[name] = {"seconds": round(reply.seconds, 3), "bytes": len(reply.body)}
    return found
