"""The results as tables for people: the databases side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bench.goals import PAGES, Result, Sizes, goals, main_size, page_ms, same_in_datasette, terms
from bench.ratios import Ratio

# What was measured by the name of the database, and by size.
Results = Mapping[str, Sizes]
MET = {True: "met", False: "MISSED", None: "–"}
# Of the stair of rates: the last one that went well, and the first that was too much.
STEPS = 2


def new_table(title: str, style: Any, *columns: str) -> Table:
    """A table with a column of names and further ones of numbers."""
    table = Table(title=title, box=style, title_justify="left", title_style="bold")
    table.add_column(columns[0])
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def show(console: Console, results: Results, style: Any, *, markdown: bool = False) -> None:
    """Print the goals and what was measured."""
    for table in tables(results, style):
        if markdown:
            # A title would be centred above the table, where Markdown wants none.
            console.print(f"**{table.title}**\n", markup=False)
            table.title = None
        console.print(table)
        console.print()


def tables(results: Results, style: Any) -> Iterator[Table]:
    """What matters first; of a database with several sizes the one that the goals are about."""
    main = {database: sizes[main_size(sizes)] for database, sizes in results.items()}
    yield _goals(results, style)
    yield _pages(main, style)
    yield _lists(results, style)
    yield _kept(main, style)
    yield _searched(main, style)
    yield from _visitors(main, style)
    yield _memory(main, style)


def _goals(results: Results, style: Any) -> Table:
    table = new_table("Goals", style, "goal", *results)
    by_database = {database: {g.wanted: g for g in goals(s)} for database, s in results.items()}
    for wanted in dict.fromkeys(wanted for found in by_database.values() for wanted in found):
        cells = [
            f"{goal.seen}: {MET[goal.met]}" if (goal := found.get(wanted)) else "–"
            for found in by_database.values()
        ]
        table.add_row(wanted, *map(escape, cells))
    return table


def _pages(results: Mapping[str, Result], style: Any) -> Table:
    columns = (f"{database}{of}" for database in results for of in ("", ", queries"))
    title = "Pages made anew: processor time in ms, here and in the database, median (90 of 100)"
    table = new_table(title, style, "page", "goal", *columns)
    for name, most in PAGES.items():
        cells = []
        for result in results.values():
            entry = result["in_process"].get("pages", {}).get(name)
            cells += [_ms(entry["ms"].get("cpu")), str(entry["queries"])] if entry else ["–", ""]
        table.add_row(name, str(most), *cells)
    return table


def _lists(results: Results, style: Any) -> Table:
    columns = ("ms", "growth", "÷ Datasette", "÷ stock admin", "× constant view")
    names = (f"{database}, {column}" for database in results for column in columns)
    title = "Lists made anew: ms in process, growth since the smallest size, and ratios in paired runs (quartiles)"
    table = new_table(title, style, "list", "finds", *names)
    largest = {database: sizes[main_size(sizes)] for database, sizes in results.items()}
    some = next(iter(largest.values()))["in_process"]["lists"]
    for name, rows in {name: entry["rows"] for name, entry in some.items()}.items():
        cells = []
        for database, result in largest.items():
            entry = result["in_process"]["lists"].get(name)
            asked = result.get("http", {}).get("lists", {}).get(name, {"ratios": {}})
            smallest = results[database][min(results[database])]["in_process"]["lists"]
            cells += [f"{page_ms(entry):.1f}", f"{page_ms(entry) / page_ms(smallest[name]):.1f} ×"]
            cells += [_ratio(asked["ratios"].get(peer)) for peer in ("datasette", "admin")]
            cells.append(_ratio(entry["ratios"]["constant"]))
        table.add_row(name, f"{rows:,}", *cells)
    return table


def _kept(results: Mapping[str, Result], style: Any) -> Table:
    columns = ("ms", "× constant view", "requests/s", "p99 ms")
    names = (f"{database}, {column}" for database in results for column in columns)
    table = new_table("Pages that are kept", style, "page", *names)
    for name in next(iter(results.values())).get("kept", {}):
        cells = []
        for result in results.values():
            entry = result["kept"][name]
            load = result.get("http", {}).get("kept", {}).get(name, {}).get("loads", {}).get("page")
            cells += [f"{page_ms(entry):.2f}", _ratio(entry["ratios"]["constant"])]
            cells += [f"{load['rate']:,.0f}", f"{load['p99']:.1f}"] if load else ["–", "–"]
        table.add_row(name, *cells)
    return table


def _searched(results: Mapping[str, Result], style: Any) -> Table:
    """Every text, first and again, and over HTTP beside Datasette."""
    columns = ("first", "again", "÷ Datasette")
    names = (f"{database}, {column}" for database in results for column in columns)
    title = "What is searched for: processor time of a page in ms, median (90 of 100)"
    table = new_table(title, style, "text", "finds", *names)
    for text, hits in {t["text"]: t["hits"] for r in results.values() for t in terms(r)}.items():
        cells = []
        for result in results.values():
            term = next((term for term in terms(result) if term["text"] == text), None)
            cells += (
                [_ms(term["ms"].get(f"{w} cpu")) for w in ("first", "again")] if term else ["", ""]
            )
            cells.append(_beside_datasette(result, term) if term else "")
        table.add_row(escape(text), f"{hits:,}", *cells)
    return table


def _beside_datasette(result: Result, term: Result) -> str:
    """How many times as many requests a second, or why the two cannot be compared."""
    entry = result.get("http", {}).get("terms", {}).get(term["text"])
    if not entry or (term["fts"] and entry["rows_in_datasette"] is None):
        return ""
    if not term["fts"]:
        return "cannot ask"
    if not same_in_datasette(result, term):
        return f"it finds {entry['rows_in_datasette']:,}"
    return f"{entry['ratios']['datasette']['median']:,.2f}"


def _visitors(results: Mapping[str, Result], style: Any) -> Iterator[Table]:
    """Who comes whatever the server does: rate by rate, and beside sixteen searches at once."""
    asked = {database: r["http"] for database, r in results.items() if "stair" in r.get("http", {})}
    title = "Visitors who come whatever the server does: ms from when they were due, median (p99)"
    columns = ("a second", "lists", "details", "searches", "longest", "failed", "client")
    table = new_table(title, style, "on", *columns)
    for database, http in asked.items():
        for step in http["stair"][-STEPS:]:
            waits = (_waits(step["kinds"].get(kind)) for kind in ("list", "detail", "search"))
            longest = f"{step['all']['longest']:,.0f}"
            table.add_row(database, str(step["rate"]), *waits, longest, *_client(step))
    yield table
    title = "Sixteen first searches at once, the worst round: ms, median (p99)"
    table = new_table(title, style, "on", "who", "requests", "ms", "longest", "failed", "client")
    for database, http in asked.items():
        for kind, who in (("search", "the sixteen"), ("regular", "a visitor, every 50 ms")):
            waits = http["sixteen"]["kinds"][kind]
            client = _client(http["sixteen"]) if kind == "regular" else ()
            numbers = (str(waits["count"]), _waits(waits), f"{waits['longest']:,.0f}")
            table.add_row(database, who, *numbers, *client)
    yield table


def _memory(results: Mapping[str, Result], style: Any) -> Table:
    """Index, processes and whole exports."""
    table = new_table("Memory and exports", style, "", *results)
    cold = [result["in_process"]["cold"] for result in results.values()]
    table.add_row("index, s to make", *(f"{one['index_seconds']:.2f}" for one in cold))
    table.add_row("index and orders, MB", *(_mb(one["index_bytes"]) for one in cold))
    after = (f"{one['ms_after_write']:.0f}" for one in cold)
    table.add_row("list, first after a write, ms", *after)
    for name, label in (
        ("site", "worker"),
        ("cached", "worker with cache"),
        ("datasette", "Datasette"),
    ):
        held = [r.get("http", {}).get("resident", {}).get(name) for r in results.values()]
        table.add_row(f"each {label}, MB", *(_mb(max(one)) if one else "–" for one in held))
    for kind in ("csv", "json"):
        found = [result["in_process"]["exports"].get(kind) for result in results.values()]
        table.add_row(
            f"export {kind}, s", *(f"{one['seconds']:.1f}" if one else "–" for one in found)
        )
        table.add_row(
            f"export {kind}, growth, MB", *(_mb(one["grown"]) if one else "–" for one in found)
        )
    theirs = [r.get("http", {}).get("exports", {}).get("datasette csv") for r in results.values()]
    table.add_row(
        "Datasette’s csv, s", *(f"{one['seconds']:.1f}" if one else "–" for one in theirs)
    )
    return table


def _ms(numbers: Result | None) -> str:
    return f"{numbers['median']:.0f} ({numbers['p90']:.0f})" if numbers else "–"


def _waits(numbers: Result | None) -> str:
    return f"{numbers['median']:,.0f} ({numbers['p99']:,.0f})" if numbers else ""


def _ratio(numbers: Mapping[str, Any] | None) -> str:
    """A ratio with its quartiles; empty for none."""
    if not numbers:
        return ""
    return str(Ratio(numbers["median"], numbers["low"], numbers["high"], numbers["pairs"]))


def _client(found: Result) -> tuple[str, str]:
    """How many requests failed, and what the client took for one and how late it was at worst."""
    return str(found["errors"]), f"{found['client_ms']} ms, {found['client_late_ms']:.0f} late"


def _mb(number: float) -> str:
    return f"{number / 1_000_000:,.0f}"
