"""Workbooks as people bring them: the data of now, opened, edited and saved anew."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl

from initiatives.loading.apply import load
from initiatives.loading.plan_types import Plan
from initiatives.loading.problems import LoadError
from initiatives.loading.sheets import read_sheets
from initiatives.loading.sheets.write import write_workbook
from initiatives.models import Dialogue

Edit = Callable[[Any], object]


def workbook(dialogue: Dialogue | None = None) -> bytes:
    with write_workbook(dialogue) as file:
        return file.read()


def edited(edit: Edit, data: bytes | None = None) -> bytes:
    """A workbook after somebody opened it, edited it and saved it."""
    book = openpyxl.load_workbook(io.BytesIO(data or workbook()))
    edit(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def cell(page: Any, row: int, column: str) -> Any:
    """The cell of a row below the name of a column."""
    names = [each.value for each in page[1]]
    return page.cell(row, names.index(column) + 1)


def row_of(page: Any, name: str, column: str = "id") -> int:
    """The row whose cell in that column holds the name."""
    (found,) = [row for row in range(2, page.max_row + 1) if cell(page, row, column).value == name]
    return int(found)


def add(page: Any, **values: Any) -> int:
    """Add a row below the last one, and return its number."""
    row = page.max_row + 1
    for name, value in values.items():
        cell(page, row, name).value = value
    return int(row)


def load_book(data: bytes, name: str = "book.xlsx", **options: Any) -> Plan:
    return load(read_sheets(name, data), **options)


def faults(data: bytes, name: str = "book.xlsx") -> list[str]:
    """What is told of a file that cannot be loaded."""
    try:
        load_book(data, name)
    except LoadError as error:
        return [str(problem) for problem in error.problems]
    return []
