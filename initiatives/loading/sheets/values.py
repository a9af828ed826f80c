"""What stands in one cell, as text: a spreadsheet makes dates, numbers and truth values of what people type."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

from ...models.amounts import plain_number
from ...partial_dates import UnclearDate, read_typed_date
from .layout import SheetColumn, as_cell

AS_TEXT = "format the cell as text and write it again"
DATES = "write 2022, 2022-04 or 2022-04-15"
# What a number format says literally: quoted, escaped, or in brackets ([$-409], [Red]).
LITERAL = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


class FaultyCell(Exception):
    """A cell that says nothing that can be taken over."""

    def __init__(self, what: str, expected: str = "") -> None:
        super().__init__(what)
        self.what, self.expected = what, expected


def text_of(cell: Any, column: SheetColumn, text_in: Callable[[str], str]) -> str:
    """The text of a cell, which is a string (CSV) or a cell of openpyxl that is not empty; raises FaultyCell."""
    if isinstance(cell, str):
        if cell.startswith("="):
            raise FaultyCell("this looks like a formula", "write what it gives, or ' before it")
        return _of_text(text_in(cell), column)
    value: Any = cell.value
    if cell.data_type == "f":
        raise FaultyCell("this is a formula", "put its value in its place, as text")
    if cell.data_type == "e":
        raise FaultyCell(f"this is the error {value}", "correct it, or empty the cell")
    if isinstance(value, str):
        return _of_text(text_in(value), column)
    if isinstance(value, bool) and column.type == "yes_no":
        return as_cell(value, column)
    if isinstance(value, bool):
        raise FaultyCell(f"this is the truth value {str(value).upper()}", AS_TEXT)
    if isinstance(value, int | float):
        return _of_number(value, column)
    if isinstance(value, datetime.datetime | datetime.date) and column.type == "date":
        return _of_date(value, str(cell.number_format))
    word = "a time" if isinstance(value, datetime.time | datetime.timedelta) else "the date"
    raise FaultyCell(f"this is {word} {value}, and no text", AS_TEXT)


def _of_text(text: str, column: SheetColumn) -> str:
    """A date as report files write it; what is none is named with its place when all rows are read."""
    if column.type == "date":
        with suppress(UnclearDate):
            return str(read_typed_date(text))
    return text


def _of_number(value: float, column: SheetColumn) -> str:
    text = plain_number(Decimal(repr(value)))
    if column.type == "list" and not float(value).is_integer():
        # A spreadsheet makes 8.1 of target 8.10.
        raise FaultyCell(f"{text} is a number, and may have been written {text}0", AS_TEXT)
    if column.type == "date" and not (isinstance(value, int) and 1000 <= value <= 9999):
        raise FaultyCell(f"{text} is a number, not a date", f"{DATES}, in a cell formatted as text")
    return text


def _of_date(value: datetime.date, number_format: str) -> str:
    """A date as precise as the cell shows it: a month typed into a spreadsheet becomes its first day."""
    if isinstance(value, datetime.datetime) and value.time() != datetime.time():
        raise FaultyCell(f"{value} has a time of day", DATES)
    shown = LITERAL.sub("", number_format.casefold())
    if "d" in shown or "general" in shown or not shown:
        return f"{value.year:04}-{value.month:02}-{value.day:02}"
    return f"{value.year:04}-{value.month:02}" if "m" in shown else f"{value.year:04}"
