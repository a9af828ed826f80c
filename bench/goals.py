"""The goals of the benchmark, held against what was measured on one database."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

# Results of one size; all results of one database, by size.
Result = dict[str, Any]
Sizes = dict[int, Result]

# Milliseconds of processor time that a page of each kind may take, made anew, the database's included.
PAGES = {"home": 15, "list": 12, "initiative": 12, "meeting": 25, "participant": 20, "dialogue": 25}
OUTLOOK = 1_000_000
# From so many rows on a list has many: Datasette is slow where it has that many to count.
MANY = 1_000
# Two counts of rows that differ by no more than this part are of the same question.
SAME = 0.01


@dataclass(frozen=True)
class Goal:
    """What was wanted, the worst that was seen and where; ``met`` is None where it was not measured."""

    wanted: str
    seen: str
    met: bool | None


def goals(sizes: Sizes) -> Iterator[Goal]:
    """The goals at the largest size up to 100,000; those of the outlook where it was measured."""
    size = main_size(sizes)
    yield from map(partial(_page, sizes[size]), PAGES)
    if size // 10 in sizes:
        yield _growth(sizes[size // 10], sizes[size])
    if OUTLOOK in sizes:
        yield _slowest(sizes[OUTLOOK], 400, "Uncached list, 1,000,000: under 400 ms median")
    yield _kept(sizes[size], "cached", 1.5, "Cached list: at most 1.5 × a constant view")
    yield _kept(sizes[size], "304", 1.2, "304: at most 1.2 × a constant view")
    yield from _requests(sizes[size])
    yield _searched(sizes[size], "first", 150, "Text never asked for before")
    yield _searched(sizes[size], "again", 30, "Text asked for before")
    yield _visitor(sizes[size])


def main_size(sizes: Collection[int]) -> int:
    """The largest size up to 100,000: the one that the goals are about."""
    return max((size for size in sizes if size < OUTLOOK), default=max(sizes))


def lists(result: Result) -> dict[str, Result]:
    found: dict[str, Result] = result["in_process"]["lists"]
    return found


def page_ms(entry: Result) -> float:
    return float(entry["ms"]["page"]["median"])


def _page(result: Result, name: str) -> Goal:
    wanted = f"Page “{name}”: at most {PAGES[name]} ms median of processor time"
    found = result["in_process"].get("pages", {}).get(name, {}).get("ms", {}).get("cpu")
    if not found:
        return Goal(wanted, "not measured", None)
    return Goal(wanted, f"{found['median']:.1f} ms", found["median"] <= PAGES[name])


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
    found = http.get("lists", {})
    many = {name: e for name, e in found.items() if lists(result)[name]["rows"] >= MANY}
    wanted = f"Uncached list of {MANY:,} rows or more: at least 5 × the requests/s of Datasette"
    yield _least(many, "datasette", 5, wanted)
    texts = {
        term["text"]: same for term in terms(result) if (same := same_in_datasette(result, term))
    }
    wanted = f"Uncached list, and {len(texts)} of {len(terms(result))} texts: as fast as Datasette"
    yield _least(found | texts, "datasette", 1, wanted)
    yield _least(found, "admin", 5, "Uncached list: at least 5 × the requests/s of the stock admin")
    cached = {name: e for name, e in http.get("kept", {}).items() if name == "cached"}
    wanted = "Cached list: at least 20 × the requests/s of Datasette"
    yield _least(cached, "datasette", 20, wanted)


def terms(result: Result) -> list[Result]:
    """What each text that is searched for took, in process."""
    found: list[Result] = result["in_process"].get("terms", [])
    return found


def same_in_datasette(result: Result, term: Result) -> Result | None:
    """The loads of a text over HTTP, where Datasette was asked for the same: it finds as many rows."""
    entry: Result = result.get("http", {}).get("terms", {}).get(term["text"], {})
    rows = entry.get("rows_in_datasette")
    if rows is None or abs(rows - term["hits"]) > SAME * term["hits"]:
        return None
    return entry


def _least(entries: dict[str, Result], peer: str, least: float, wanted: str) -> Goal:
    times = {
        name: entry["ratios"][peer]["median"]
        for name, entry in entries.items()
        if peer in entry["ratios"]
    }
    if not times:
        return Goal(wanted, "not measured", None)
    name = min(times, key=lambda name: times[name])
    return Goal(wanted, f"{times[name]:,.2f} × ({name})", times[name] >= least)


def _searched(result: Result, which: str, most: float, what: str) -> Goal:
    """Medians of processor and wall time of every text."""
    wanted = f"{what}: at most {most:,} ms median, processor and wall, whatever the text"
    seen, met = [], []
    for clock, label in (("cpu", "processor"), ("wall", "wall")):
        times = {
            t["text"]: t["ms"].get(f"{which} {clock}", {}).get("median") for t in terms(result)
        }
        known = {text: ms for text, ms in times.items() if ms is not None}
        if not known:
            return Goal(wanted, "not measured", None)
        worst = max(known, key=lambda text: known[text])
        seen.append(f"{known[worst]:.0f} ms {label} ({worst})")
        met.append(known[worst] <= most)
    return Goal(wanted, ", ".join(seen), all(met))


def _visitor(result: Result) -> Goal:
    wanted = "Sixteen first searches at once: another visitor waits at most 1 s for a page"
    found = result.get("http", {}).get("sixteen")
    if not found:
        return Goal(wanted, "not measured", None)
    longest = found["kinds"]["regular"]["longest"]
    return Goal(wanted, f"{longest / 1000:.2f} s", longest <= 1000 and not found["errors"])
