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
from ..said import phrased
from .layout import SheetColumn, as_cell

AS_TEXT = phrased("format the cell as text and write it again")
DATES = phrased("write 2022, 2022-04 or 2022-04-15")
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
            raise FaultyCell(
                phrased("this looks like a formula"), phrased("write what it gives, or ' before it")
            )
        return _of_text(text_in(cell), column)
    value: Any = cell.value
    if cell.data_type == "f":
        raise FaultyCell(
            phrased("this is a formula"), phrased("put its value in its place, as text")
        )
    if cell.data_type == "e":
        raise FaultyCell(
            phrased("this is the error %(value)s", value=value),
            phrased("correct it, or empty the cell"),
        )
    if isinstance(value, str):
        return _of_text(text_in(value), column)
    if isinstance(value, bool) and column.type == "yes_no":
        return as_cell(value, column)
    if isinstance(value, bool):
        raise FaultyCell(
            phrased("this is the truth value %(value)s", value=str(value).upper()), AS_TEXT
        )
    if isinstance(value, int | float):
        return _of_number(value, column)
    if isinstance(value, datetime.datetime | datetime.date) and column.type == "date":
        return _of_date(value, str(cell.number_format))
    what = phrased("this is the date %(value)s, and no text", value=value)
    if isinstance(value, datetime.time | datetime.timedelta):
        what = phrased("this is a time %(value)s, and no text", value=value)
    raise FaultyCell(what, AS_TEXT)


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
        raise FaultyCell(
            phrased("%(text)s is a number, and may have been written %(text)s0", text=text), AS_TEXT
        )
    if column.type == "date" and not (isinstance(value, int) and 1000 <= value <= 9999):
        raise FaultyCell(
            phrased("%(text)s is a number, not a date", text=text),
            phrased("write 2022, 2022-04 or 2022-04-15, in a cell formatted as text"),
        )
    return text


def _of_date(value: datetime.date, number_format: str) -> str:
    """A date as precise as the cell shows it: a month typed into a spreadsheet becomes its first day."""
    if isinstance(value, datetime.datetime) and value.time() != datetime.time():
        raise FaultyCell(phrased("%(value)s has a time of day", value=value), DATES)
    shown = LITERAL.sub("", number_format.casefold())
    if "d" in shown or "general" in shown or not shown:
        return f"{value.year:04}-{value.month:02}-{value.day:02}"
    return f"{value.year:04}-{value.month:02}" if "m" in shown else f"{value.year:04}"
