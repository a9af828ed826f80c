"""The results as tables for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from bench.goals import Sizes, goals, page_ms
from bench.search_tables import searched, visitors
from bench.table_parts import new_table, ratio_cell

MET = {True: "met", False: "MISSED", None: "–"}


def show(console: Console, database: str, sizes: Sizes, *, markdown: bool = False) -> None:
    """Print what was measured on a database, and its goals."""
    style = box.MARKDOWN if markdown else box.SIMPLE_HEAD
    for table in (
        *_in_process(database, sizes, style),
        *_over_http(database, sizes, style),
        *searched(database, sizes, style),
        *visitors(database, sizes, style),
        _memory(database, sizes, style),
        _goals(database, sizes, style),
    ):
        if markdown:
            # A title would be centred above the table, where Markdown wants none.
            console.print(f"**{table.title}**\n", markup=False)
            table.title = None
        console.print(table)
        console.print()


def _in_process(database: str, sizes: Sizes, style: Any) -> Iterator[Table]:
    largest = max(sizes)
    table = new_table(
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
            ratio_cell(entry["ratios"]["constant"]),
            ratio_cell(entry["ratios"]["rows_in_sql"]),
            ratio_cell(entry["admin"]["ratio"]),
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
        ratio_cell(entry["ratios"]["constant"]),
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
    table = new_table(
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
            ratio_cell(ratios["constant"]),
            ratio_cell(ratios["constant_large"]),
            str(entry["queries"]),
        )
    yield table


def _over_http(database: str, sizes: Sizes, style: Any) -> Iterator[Table]:
    asked = {size: result["http"] for size, result in sizes.items() if "http" in result}
    if not asked:
        return
    table = new_table(
        f"{database}, over HTTP: requests/s at {max(asked):,}; ours ÷ theirs, quartiles in brackets",
        style,
        "page, not cached",
        "req/s",
        "median ms",
        "p99 ms",
        *(f"÷ Datasette, {size:,}" for size in asked),
        "÷ stock admin",
        "÷ constant view",
    )
    pages = {
        size: http["lists"] | {"detail": http["detail"]} | http["kept"]
        for size, http in asked.items()
    }
    for name, entry in pages[max(asked)].items():
        page = entry["loads"]["page"]
        table.add_row(
            name,
            f"{page['rate']:,.0f}",
            f"{page['median']:.1f}",
            f"{page['p99']:.1f}",
            *(
                ratio_cell(found.get(name, {}).get("ratios", {}).get("datasette"))
                for found in pages.values()
            ),
            ratio_cell(entry["ratios"].get("admin")),
            ratio_cell(entry["ratios"].get("constant")),
        )
    yield table


def _memory(database: str, sizes: Sizes, style: Any) -> Table:
    """Index, processes and whole exports, size by size."""
    table = new_table(
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
    table = new_table(f"{database}: goals", style, "goal", "seen", "")
    for goal in goals(sizes):
        table.add_row(goal.wanted, goal.seen, MET[goal.met])
    return table


def _mb(number: float) -> str:
    return f"{number / 1_000_000:,.0f}"
