"""The goals of the benchmark, held against what was measured on one database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# Results of one size; all results of one database, by size.
Result = dict[str, Any]
Sizes = dict[int, Result]

OUTLOOK = 1_000_000


@dataclass(frozen=True)
class Goal:
    """What was wanted, the worst that was seen and where; ``met`` is None where it was not measured."""

    wanted: str
    seen: str
    met: bool | None


def goals(sizes: Sizes) -> Iterator[Goal]:
    """The goals at the largest size up to 100,000; those of the outlook where it was measured."""
    size = max((size for size in sizes if size < OUTLOOK), default=max(sizes))
    yield _slowest(sizes[size], 60, f"Uncached list, {size:,}: at most 60 ms median in process")
    if size // 10 in sizes:
        yield _growth(sizes[size // 10], sizes[size])
    if OUTLOOK in sizes:
        yield _slowest(sizes[OUTLOOK], 400, "Uncached list, 1,000,000: under 400 ms median")
    yield _kept(sizes[size], "cached", 1.5, "Cached list: at most 1.5 × a constant view")
    yield _kept(sizes[size], "304", 1.2, "304: at most 1.2 × a constant view")
    yield from _requests(sizes[size])
    yield from _detail(sizes[size])


def lists(result: Result) -> dict[str, Result]:
    found: dict[str, Result] = result["in_process"]["lists"]
    return found


def page_ms(entry: Result) -> float:
    return float(entry["ms"]["page"]["median"])


def _slowest(result: Result, most: float, wanted: str) -> Goal:
    name, entry = max(lists(result).items(), key=lambda item: page_ms(item[1]))
    return Goal(wanted, f"{page_ms(entry):.1f} ms ({name})", page_ms(entry) <= most)


def _growth(smaller: Result, larger: Result) -> Goal:
    times = {
        name: page_ms(entry) / page_ms(lists(smaller)[name])
        for name, entry in lists(larger).items()
    }
    name = max(times, key=lambda name: times[name])
    wanted = "Uncached list: at most 3 × its own cost at a tenth of the size"
    return Goal(wanted, f"{times[name]:.1f} × ({name})", times[name] <= 3)


def _kept(result: Result, name: str, most: float, wanted: str) -> Goal:
    """In process and over HTTP; the worse of both counts."""
    found = []
    if entry := result.get("kept", {}).get(name):
        found.append(("in process", entry["ratios"]["constant"]["median"]))
    if entry := result.get("http", {}).get("kept", {}).get(name):
        # Requests a second: the constant view's over ours is how many times ours costs.
        found.append(("over HTTP", 1 / entry["ratios"]["constant"]["median"]))
    if not found:
        return Goal(wanted, "not measured", None)
    seen = ", ".join(f"{number:.2f} × {where}" for where, number in found)
    return Goal(wanted, seen, all(number <= most for _where, number in found))


def _requests(result: Result) -> Iterator[Goal]:
    http = result.get("http", {})
    for peer, least in (("datasette", 5), ("admin", 5)):
        wanted = f"Uncached list: at least {least} × the requests/s of {PEERS[peer]}"
        yield _least(http.get("lists", {}), peer, least, wanted)
    cached = {name: e for name, e in http.get("kept", {}).items() if name == "cached"}
    wanted = f"Cached list: at least 20 × the requests/s of {PEERS['datasette']}"
    yield _least(cached, "datasette", 20, wanted)


PEERS = {"datasette": "Datasette", "admin": "the stock admin"}


def _least(entries: dict[str, Result], peer: str, least: float, wanted: str) -> Goal:
    times = {
        name: entry["ratios"][peer]["median"]
        for name, entry in entries.items()
        if peer in entry["ratios"]
    }
    if not times:
        return Goal(wanted, "not measured", None)
    name = min(times, key=lambda name: times[name])
    return Goal(wanted, f"{times[name]:.1f} × ({name})", times[name] >= least)


def _detail(result: Result) -> Iterator[Goal]:
    entry = result["in_process"]["detail"]
    yield Goal("Detail: at most 8 queries", f"{entry['queries']} queries", entry["queries"] <= 8)
    uncached = entry["ratios"]["constant"]["median"]
    kept = result.get("kept", {}).get("cached detail")
    cached = kept["ratios"]["constant"]["median"] if kept else None
    seen = f"{uncached:.1f} × uncached"
    if cached is not None:
        seen += f", {cached:.2f} × cached"
    yield Goal("Detail, uncached: at most 3 × a constant view", seen, uncached <= 3)
