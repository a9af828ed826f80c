"""The results as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from bench.goals import Result, Sizes, goals, page_ms
from bench.ratios import Ratio

MET = {True: "met", False: "MISSED", None: "–"}


def show(console: Console, database: str, sizes: Sizes, *, markdown: bool = False) -> None:
    """Print what was measured on a database, and its goals."""
    style = box.MARKDOWN if markdown else box.SIMPLE_HEAD
    for table in (
        *_in_process(database, sizes, style),
        *_over_http(database, sizes, style),
        _memory(database, sizes, style),
        _goals(database, sizes, style),
    ):
        if markdown:
            # A title would be centred above the table, where Markdown wants none.
            console.print(f"**{table.title}**\n", markup=False)
            table.title = None
        console.print(table)
        console.print()


def _table(title: str, style: Any, *columns: str) -> Table:
    table = Table(title=title, box=style, title_justify="left", title_style="bold")
    table.add_column(columns[0])
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def _in_process(database: str, sizes: Sizes, style: Any) -> Iterator[Table]:
    largest = max(sizes)
    table = _table(
        f"{database}, in process: medians in ms; ratios at {largest:,}, quartiles in brackets",
        style,
        "page, not cached",
        *(f"{size:,}" for size in sizes),
        "growth",
        "× constant view",
        "× its rows in SQL",
        "admin ×",
        "queries",
        "rows",
    )
    for name, entry in sizes[largest]["in_process"]["lists"].items():
        medians = [page_ms(result["in_process"]["lists"][name]) for result in sizes.values()]
        table.add_row(
            name,
            *(f"{number:.1f}" for number in medians),
            f"{medians[-1] / medians[0]:.1f} ×",
            _ratio(entry["ratios"]["constant"]),
            _ratio(entry["ratios"]["rows_in_sql"]),
            _ratio(entry["admin"]["ratio"]),
            str(entry["queries"]),
            f"{entry['rows']:,}",
        )
        if "again" in entry:
            again = [r["in_process"]["lists"][name]["again"]["median"] for r in sizes.values()]
            table.add_row(f"{name}, asked before", *(f"{number:.1f}" for number in again))
    medians = [page_ms(result["in_process"]["detail"]) for result in sizes.values()]
    entry = sizes[largest]["in_process"]["detail"]
    table.add_row(
        "detail",
        *(f"{number:.1f}" for number in medians),
        f"{medians[-1] / medians[0]:.1f} ×",
        _ratio(entry["ratios"]["constant"]),
        "",
        "",
        str(entry["queries"]),
    )
    after = [result["in_process"]["cold"]["ms_after_write"] for result in sizes.values()]
    table.add_row("unfiltered, first after a write", *(f"{number:.1f}" for number in after))
    yield table
    yield from _kept(database, sizes, style)


def _kept(database: str, sizes: Sizes, style: Any) -> Iterator[Table]:
    kept = sizes[max(sizes)].get("kept")
    if not kept:
        return
    table = _table(
        f"{database}, in process: from the page cache, {max(sizes):,}",
        style,
        "page",
        "ms",
        "× constant view",
        "× constant of 60 kB",
        "queries",
    )
    for name, entry in kept.items():
        ratios = entry["ratios"]
        table.add_row(
            name,
            f"{page_ms(entry):.2f}",
            _ratio(ratios["constant"]),
            _ratio(ratios["constant_large"]),
            str(entry["queries"]),
        )
    yield table


def _over_http(database: str, sizes: Sizes, style: Any) -> Iterator[Table]:
    for size, result in sizes.items():
        if "http" not in result:
            continue
        table = _table(
            f"{database}, over HTTP, {size:,}: requests/s; ours ÷ theirs, quartiles in brackets",
            style,
            "page",
            "req/s",
            "median ms",
            "p99 ms",
            "Datasette req/s",
            "ours ÷ Datasette",
            "admin req/s",
            "ours ÷ admin",
            "ours ÷ constant",
        )
        http = result["http"]
        for name, entry in (http["lists"] | {"detail": http["detail"]} | http["kept"]).items():
            page = entry["loads"]["page"]
            cells = [f"{page['rate']:,.0f}", f"{page['median']:.1f}", f"{page['p99']:.1f}"]
            for peer in ("datasette", "admin"):
                cells += [_rate(entry["loads"].get(peer)), _ratio(entry["ratios"].get(peer))]
            table.add_row(name, *cells, _ratio(entry["ratios"].get("constant")))
        yield table


def _memory(database: str, sizes: Sizes, style: Any) -> Table:
    """Index, processes and whole exports, size by size."""
    table = _table(
        f"{database}: memory in MB, and exports", style, "", *(f"{size:,}" for size in sizes)
    )
    results = list(sizes.values())
    cold = [result["in_process"]["cold"] for result in results]
    table.add_row("index, s to make", *(f"{one['index_seconds']:.2f}" for one in cold))
    table.add_row("index and orders", *(_mb(one["index_bytes"]) for one in cold))
    for name, label in (
        ("site", "each worker"),
        ("cached", "each worker with cache"),
        ("datasette", "each Datasette"),
    ):
        held = [result.get("http", {}).get("resident", {}).get(name) for result in results]
        table.add_row(label, *(_mb(max(one)) if one else "–" for one in held))
    for kind in ("csv", "json"):
        found = [result["in_process"]["exports"].get(kind) for result in results]
        if any(found):
            table.add_row(
                f"export {kind}, s", *(f"{one['seconds']:.2f}" if one else "–" for one in found)
            )
            table.add_row(
                f"export {kind}, growth", *(_mb(one["grown"]) if one else "–" for one in found)
            )
    theirs = [result.get("http", {}).get("exports", {}).get("datasette csv") for result in results]
    if any(theirs):
        table.add_row(
            "Datasette’s csv, s", *(f"{one['seconds']:.2f}" if one else "–" for one in theirs)
        )
    return table


def _goals(database: str, sizes: Sizes, style: Any) -> Table:
    table = _table(f"{database}: goals", style, "goal", "seen", "")
    for goal in goals(sizes):
        table.add_row(goal.wanted, goal.seen, MET[goal.met])
    return table


def _ratio(numbers: Mapping[str, Any] | None) -> str:
    if not numbers:
        return ""
    return str(Ratio(numbers["median"], numbers["low"], numbers["high"], numbers["pairs"]))


def _rate(numbers: Result | None) -> str:
    return f"{numbers['rate']:,.1f}" if numbers else ""


def _mb(number: float) -> str:
    return f"{number / 1_000_000:,.0f}"
