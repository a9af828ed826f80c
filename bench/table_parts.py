"""What the tables of results have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from bench.ratios import Ratio


def new_table(title: str, style: Any, *columns: str) -> Table:
    """A table with a column of names and further ones of numbers."""
    table = Table(title=title, box=style, title_justify="left", title_style="bold")
    table.add_column(columns[0])
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def ratio_cell(numbers: Mapping[str, Any] | None) -> str:
    """A ratio with its quartiles; empty for none."""
    if not numbers:
        return ""
    return str(Ratio(numbers["median"], numbers["low"], numbers["high"], numbers["pairs"]))
