"""What searching costs, and how long visitors wait, as tables for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.markup import escape
from rich.table import Table

from bench.goals import Result, Sizes, main_size, same_in_datasette, terms
from bench.table_parts import new_table, ratio_cell


def searched(database: str, sizes: Sizes, style: Any) -> Iterator[Table]:
    """Every text, first and again, and over HTTP beside Datasette."""
    size = main_size(sizes)
    if not terms(sizes[size]):
        return
    table = new_table(
        f"{database}, {size:,}: a page of what is searched for; ms, median (90 of 100)",
        style,
        "text",
        "finds",
        "first, processor",
        "first, wall",
        "again, processor",
        "again, wall",
        "req/s",
        "÷ Datasette",
    )
    for term in terms(sizes[size]):
        entry = sizes[size].get("http", {}).get("terms", {}).get(term["text"])
        clocks = (f"{which} {clock}" for which in ("first", "again") for clock in ("cpu", "wall"))
        table.add_row(
            escape(term["text"]),
            f"{term['hits']:,}",
            *(_milliseconds(term["ms"].get(name)) for name in clocks),
            f"{entry['loads']['page']['rate']:,.0f}" if entry else "",
            _beside_datasette(sizes[size], term, entry),
        )
    yield table


def _milliseconds(numbers: Result | None) -> str:
    return f"{numbers['median']:.0f} ({numbers['p90']:.0f})" if numbers else "–"


def _beside_datasette(result: Result, term: Result, entry: Result | None) -> str:
    """How many times as many requests a second, or why the two cannot be compared."""
    if not entry or (term["fts"] and entry["rows_in_datasette"] is None):
        return ""
    if not term["fts"]:
        return "cannot ask"
    if not same_in_datasette(result, term):
        return f"it finds {entry['rows_in_datasette']:,}"
    return ratio_cell(entry["ratios"]["datasette"])


def visitors(database: str, sizes: Sizes, style: Any) -> Iterator[Table]:
    """Who comes whatever the server does: rate by rate, and beside sixteen searches at once."""
    size = main_size(sizes)
    http = sizes[size].get("http", {})
    if "stair" not in http:
        return
    columns = ("lists, ms", "details, ms", "searches, ms", "longest", "failed", "client")
    table = new_table(
        f"{database}, {size:,}: visitors who come whatever the server does; ms from when they were due, median (p99)",
        style,
        "visitors a second",
        *columns,
    )
    for step in http["stair"]:
        table.add_row(
            str(step["rate"]),
            *(_waits(step["kinds"].get(kind)) for kind in ("list", "detail", "search")),
            f"{step['all']['longest']:,.0f}",
            *_client(step),
        )
    yield table
    found = http["sixteen"]
    table = new_table(
        f"{database}, {size:,}: sixteen first searches at once, the worst round",
        style,
        "who",
        "requests",
        "ms, median (p99)",
        "longest",
        "failed",
        "client",
    )
    for kind, label in (("search", "the sixteen"), ("regular", "another visitor, every 50 ms")):
        waits = found["kinds"][kind]
        client = _client(found) if kind == "regular" else ()
        table.add_row(
            label, str(waits["count"]), _waits(waits), f"{waits['longest']:,.0f}", *client
        )
    yield table


def _waits(numbers: Result | None) -> str:
    return f"{numbers['median']:,.0f} ({numbers['p99']:,.0f})" if numbers else ""


def _client(found: Result) -> tuple[str, str]:
    """How many requests failed, and what the client took for one and how late it was at worst."""
    return str(found["errors"]), f"{found['client_ms']} ms, {found['client_late_ms']:.0f} late"
