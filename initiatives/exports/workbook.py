"""Rows as a workbook (XLSX), written to disk row by row: memory does not grow with them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from ..models.amounts import MOST_DIGITS, plain_number
from ..partial_dates import PartialDate
from .cells import BETWEEN, cell, cut
from .export_column import ExportColumn, entry, in_sheets

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Rows of a sheet, the one of names included; what is more goes on in the next sheet.
MOST_ROWS = 1_048_576
# Excel counts days from here, and the first year wrongly.
FIRST_YEAR = 1901
WIDTHS = {
    "text": 28,
    "word": 18,
    "date": 12,
    "time": 26,
    "address": 28,
    "integer": 10,
    "number": 16,
}


def write_workbook(
    file: IO[bytes],
    title: str,
    about: Mapping[str, object],
    columns: Sequence[ExportColumn],
    chunks: Iterable[Sequence[Any]],
) -> None:
    """Write the rows, and a sheet on what they mean."""
    columns = in_sheets(columns)
    with new_workbook() as book:
        book.properties.title = book.properties.creator = title
        sheets, left = 0, 0
        for row in chain.from_iterable(chunks):
            if not left:
                sheets, left = sheets + 1, MOST_ROWS - 1
                sheet = _sheet(book, f"{title} {sheets}" if sheets > 1 else title, columns)
            sheet.append([_value(column, row) for column in columns])
            left -= 1
        if not sheets:
            _sheet(book, title, columns)
        _about(book, about, columns)
        book.save(file)


@contextmanager
def new_workbook() -> Iterator[Any]:
    """A workbook whose sheets leave no file behind, whatever happens."""
    book = Workbook(write_only=True)
    try:
        yield book
    finally:
        for sheet in book.worksheets:
            _drop_file(sheet)


def _drop_file(sheet: Any) -> None:
    """Remove what saving removes itself; a sheet has no file before its first row."""
    writer = getattr(sheet, "_writer", None)
    if not writer or not Path(writer.out).exists():
        return
    # Closing writes the end, which a full disk may refuse once more.
    for closing in (sheet, writer):
        with suppress(Exception):
            closing.close()
    writer.cleanup()


def _sheet(book: Any, title: str, columns: Sequence[ExportColumn]) -> Any:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, column in enumerate(columns, 1):
        width = sheet.column_dimensions[get_column_letter(number)]
        width.width = WIDTHS[column.type]
    sheet.append(bold(sheet, [column.name for column in columns]))
    return sheet


def bold(sheet: Any, words: Iterable[str]) -> list[Any]:
    headers = [WriteOnlyCell(sheet, word) for word in words]
    for header in headers:
        header.font = Font(bold=True)
    return headers


def _value(column: ExportColumn, row: Any) -> str | int | Decimal | datetime.date | None:
    """Numbers and whole dates as such, to count and to filter with; text for all else."""
    value = column.read(row)
    if value is None or value == "":
        return None
    # More digits than these a spreadsheet would round.
    if (
        column.type in ("integer", "number")
        and isinstance(value, (int, Decimal))
        and len(plain_number(value)) <= MOST_DIGITS
    ):
        return value
    if column.type == "date" and isinstance(value, str):
        date = PartialDate(value)
        if date.precision == "day" and date.first_day.year >= FIRST_YEAR:
            return date.first_day
    return cut(cell(value)) or None


def _about(book: Any, about: Mapping[str, object], columns: Sequence[ExportColumn]) -> None:
    sheet = book.create_sheet("About")
    for letter, width in zip("ABCDE", (28, 28, 28, 60, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    for name, value in about.items():
        sheet.append([*bold(sheet, [name]), str(value)])
    sheet.append([])
    sheet.append(bold(sheet, ["name", "label", "type", "description", "words"]))
    for column in columns:
        of_column = entry(column)
        words = BETWEEN.join(
            f"{word}: {meaning}" if meaning else word
            for word, meaning in of_column.pop("words").items()
        )
        sheet.append([*of_column.values(), words or None])
