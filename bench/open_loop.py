"""How long visitors wait who come whatever the server does: a stair of rates, and sixteen searches at one moment."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import cycle
from statistics import median
from typing import Any

from bench.databases import ROOT
from bench.ratios import percentile
from bench.scenarios import LIST, Term

# Requests a second, until of those that come at one rate more than one in a hundred waits longer than the limit.
RATES = (5, 10, 15, 20, 30, 40, 60, 80, 100, 130, 170, 220)
LIMIT = 1.0
# What visitors ask for: the list, the pages of initiatives, and texts.
MIX = {"list": 4, "detail": 3, "search": 3}
PAGES = 500
SIXTEEN = 16
EVERY = 0.05
# The other visitor has come a few times before the sixteen do.
QUIET = 1.0


def stair(port: int, terms: Sequence[Term], size: int, *, seconds: float) -> list[dict[str, Any]]:
    """Rate by rate, for so many seconds each, who waited how long; the last one is the first that was too much.

    ``size`` is how many initiatives there are.
    """
    steps = []
    for rate in RATES:
        found = _asked({"port": port, "asks": list(arrivals(rate, terms, size, seconds))})
        steps.append({"rate": rate} | found)
        if found["all"]["p99"] > LIMIT * 1000 or found["errors"]:
            break
    return steps


def arrivals(
    rate: float, terms: Sequence[Term], size: int, seconds: float
) -> Iterator[tuple[float, str, str]]:
    """Who comes when (seconds), for what, and its address: a Poisson process, the same for the same rate."""
    rng = random.Random(f"arrivals {rate}")
    texts = cycle(rng.sample(terms, len(terms)))
    addresses = {
        "list": lambda: LIST,
        "detail": lambda: f"{LIST}initiative-{rng.randrange(min(size, PAGES))}/",
        "search": lambda: next(texts).ours,
    }
    due = rng.expovariate(rate)
    while due < seconds:
        [kind] = rng.choices(list(MIX), list(MIX.values()))
        yield due, kind, addresses[kind]()
        due += rng.expovariate(rate)


def sixteen(port: int, terms: Sequence[Term], *, rounds: int) -> dict[str, Any]:
    """The sixteen commonest terms asked for at one moment, while another visitor asks for a page every 50 ms.

    Of several rounds the one in which that visitor waited longest.
    """
    common = sorted(terms, key=lambda term: term.hits)[-SIXTEEN:]
    plan = {
        "port": port,
        "asks": [(QUIET, "search", term.ours) for term in common],
        "regular": {"every": EVERY, "addresses": [LIST, f"{LIST}initiative-7/"]},
    }
    found = [_asked(plan) for _ in range(rounds)]
    return max(found, key=lambda one: one["kinds"]["regular"]["longest"])


def visit(plan: dict[str, Any]) -> dict[str, Any]:
    """What a process of visitors.py answers to a plan."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.visitors"],
        cwd=ROOT,
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _asked(plan: dict[str, Any]) -> dict[str, Any]:
    """What a plan of visitors.py came to: milliseconds waited, in all and by kind, and what the client itself took."""
    answer = visit(plan)
    by_kind: dict[str, list[float]] = defaultdict(list)
    for kind, wait, _status in answer["waits"]:
        by_kind[kind].append(wait * 1000)
    return {
        "all": _described([wait for waits in by_kind.values() for wait in waits]),
        "kinds": {kind: _described(waits) for kind, waits in sorted(by_kind.items())},
        "errors": sum(status != 200 for _kind, _wait, status in answer["waits"]),
        "client_ms": round(answer["client"] * 1000 / len(answer["waits"]), 2),
        "client_late_ms": round(answer["late"] * 1000, 1),
    }


def _described(waits: Sequence[float]) -> dict[str, float]:
    numbers = {"median": median(waits), "p99": percentile(list(waits), 0.99), "longest": max(waits)}
    return {name: round(number, 1) for name, number in numbers.items()} | {"count": len(waits)}
