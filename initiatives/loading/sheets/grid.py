"""Sheets as rows of text, from XLSX and CSV; every cell that cannot be read is named with its address.

A workbook comes from anywhere: how large it is unpacked is looked at before anything is unpacked, and nothing in it is
computed, fetched or trusted.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from ..problems import LoadError, Problem, SheetCell
from .layout import ABOUT, SHEETS, Sheet
from .text import from_csv, from_xlsx
from .values import FaultyCell, text_of

# A workbook unpacks to so many times what may be uploaded; ordinary ones to about ten times their own size.
UNPACKED = 8
MOST_PARTS = 2000
# Faults of one file that are told; nobody reads more at a time.
MOST_FAULTS = 500
# As the format has it; no sheet has more.
LAST_ROW = 1_048_576
CHUNK_BYTES = 1 << 20
MERGED = re.compile(rb"<(?:\w+:)?mergeCell [^>]*?ref=[\"']([A-Z]+[0-9]+:[A-Z]+[0-9]+)[\"']")
TITLES = {sheet.title.casefold(): sheet for sheet in SHEETS}


@dataclass(slots=True)
class SheetRow:
    """The texts of one row, by column; those of cells that cannot be read are left out."""

    number: int
    cells: dict[str, str]


@dataclass(slots=True)
class Grid:
    """One sheet as it was read; ``letters`` are the columns that it has."""

    sheet: Sheet
    title: str
    letters: dict[str, str] = field(default_factory=dict)
    rows: list[SheetRow] = field(default_factory=list)

    def cell(self, row: int, column: str = "") -> SheetCell:
        """The place of a cell, or of the first one of a row."""
        letter = self.letters.get(column) or next(iter(self.letters.values()), "A")
        return SheetCell(row, letter, self.title)


def is_workbook(data: bytes) -> bool:
    """Whether these bytes are what Excel and LibreOffice write, of today (a ZIP) or long ago."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0"))


class _Faults(list[Problem]):
    """The faults of one file; beyond a number of them reading on is no use."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def add(self, place: int, what: str, expected: str = "") -> None:
        self.append(Problem(self.name, place, what, expected))
        if len(self) >= MOST_FAULTS:
            raise LoadError(self)

    def stop(self, what: str, expected: str = "") -> LoadError:
        """What to raise where the file as a whole is no use."""
        return LoadError([Problem(self.name, 0, what, expected)])


# --- XLSX -----------------------------------------------------------------------------------------


def read_workbook(name: str, data: bytes) -> list[Grid]:
    """The sheets of a workbook that we know; raises LoadError with every fault in it."""
    faults = _Faults(name)
    merged = _look_inside(data, faults)
    grids: list[Grid] = []
    try:
        with warnings.catch_warnings(), ExitStack() as closing:
            # Of extensions that the library leaves out, which are none of ours.
            warnings.simplefilter("ignore")
            book: Any = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            closing.callback(book.close)
            for page in book.worksheets:
                grid = _grid(page.title, faults)
                if grid is None:
                    continue
                for place in merged.get(page._worksheet_path, ()):
                    at = SheetCell(*_row_and_column(place), grid.title)
                    faults.add(at, f"the cells {place} are merged", "take them apart")
                # What a file says of its own size may be wrong, and then rows would be made up.
                page.reset_dimensions()
                _read_rows(grid, _numbered(page), from_xlsx, faults)
                grids.append(grid)
    except LoadError:
        raise
    except Exception as error:
        # The library raises what it stumbles over: missing parts, numbers that are none, broken XML.
        what = f"this workbook cannot be read: {str(error) or type(error).__name__}"[:300]
        raise faults.stop(what, "save it anew as .xlsx and upload that") from error
    if faults:
        raise LoadError(faults)
    if not grids:
        titles = ", ".join(sheet.title for sheet in SHEETS)
        raise faults.stop("there is no sheet in it that we know", f"sheets: {titles}")
    return grids


def _look_inside(data: bytes, faults: _Faults) -> dict[str, list[str]]:
    """Refuse what would unpack to more than anybody needs, and find the merged cells of each part."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise faults.stop(
            "this is an old or a locked workbook (.xls)", "save it as .xlsx, without a password"
        )
    most = settings.UPLOAD_MAX_BYTES * UNPACKED
    names: dict[str, list[str]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > most:
                raise faults.stop(
                    "this workbook is too large", f"at most {most // 1_000_000} MB unpacked"
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    names[part.filename] = _scan(archive, part, faults)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise faults.stop("this is not a workbook, or a damaged one", "save it as .xlsx") from error
    except Exception as error:
        # Each way to pack has an error of its own.
        if isinstance(error, LoadError):
            raise
        raise faults.stop("this workbook is damaged", "save it anew as .xlsx") from error
    return names


def _scan(archive: zipfile.ZipFile, part: zipfile.ZipInfo, faults: _Faults) -> list[str]:
    merged: list[str] = []
    with archive.open(part) as stream:
        before = b""
        while chunk := stream.read(CHUNK_BYTES):
            text = before + chunk
            # No program writes these into a workbook; a few bytes of them stand for gigabytes.
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\0" in text:
                what = f"{part.filename} holds what a workbook does not"
                raise faults.stop(what, "save it anew as .xlsx")
            merged += [match[1].decode() for match in MERGED.finditer(text)]
            before = text[-200:] if not MERGED.search(text[-200:]) else b""
    return list(dict.fromkeys(merged))[:20]


def _numbered(page: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    yield from enumerate(page.iter_rows(), 1)


def _row_and_column(place: str) -> tuple[int, str]:
    match = re.match(r"([A-Z]+)([0-9]+)", place)
    assert match
    return int(match[2]), match[1]


def _grid(title: str, faults: _Faults) -> Grid | None:
    if title.strip().casefold() == ABOUT.casefold():
        return None
    sheet = TITLES.get(title.strip().casefold())
    if sheet is None:
        close = difflib.get_close_matches(title, [sheet.title for sheet in SHEETS], 1)
        titles = ", ".join(sheet.title for sheet in SHEETS)
        hint = f"did you mean {close[0]}?" if close else f"take it out; known are {titles}"
        faults.append(Problem(faults.name, 0, f"there is no sheet called “{title[:60]}”", hint))
        return None
    return Grid(sheet, title)


# --- CSV ------------------------------------------------------------------------------------------


def read_csv(name: str, data: bytes) -> list[Grid]:
    """The one sheet of a CSV file, recognised by its columns; raises LoadError with every fault in it."""
    faults = _Faults(name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problem = Problem(name, line, "this is not UTF-8 text", "save it as CSV UTF-8")
        raise LoadError([problem]) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise LoadError([Problem(name, line, "control character U+0000", "remove it")])
    first = text.lstrip("\r\n").partition("\n")[0]
    if not first.strip():
        raise faults.stop("the file is empty", "start with a row of column names")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        grid = Grid(_sheet_of(next(csv.reader([first], delimiter=delimiter))), "")
        _read_rows(grid, enumerate(reader, 1), from_csv, faults)
    except csv.Error as error:
        place = Problem(
            name, max(reader.line_num, 1), f"this is not CSV: {error}", "look at the quotes"
        )
        raise LoadError([*faults, place]) from None
    if faults:
        raise LoadError(faults)
    return [grid]


def _sheet_of(header: Iterable[str]) -> Sheet:
    """The sheet that has most of these columns; its own complain about the rest."""
    names = {name.strip().casefold() for name in header}
    return max(SHEETS, key=lambda sheet: len(names & set(sheet.names)))


# --- Both -----------------------------------------------------------------------------------------


def _read_rows(
    grid: Grid,
    rows: Iterable[tuple[int, Sequence[Any]]],
    text_in: Callable[[str], str],
    faults: _Faults,
) -> None:
    columns: list[str] | None = None
    for number, cells in rows:
        if number > LAST_ROW:
            raise faults.stop(f"{grid.title} has a row {number:,}", "save it anew as .xlsx")
        if columns is None:
            columns = _header(grid, number, [_raw(cell).strip() for cell in cells], faults)
            continue
        if all(_is_empty(cell) for cell in cells):
            continue
        if len(grid.rows) >= settings.UPLOAD_MAX_ROWS:
            most = f"at most {settings.UPLOAD_MAX_ROWS:,}; upload the rest as a second workbook"
            faults.append(Problem(faults.name, grid.cell(number), "there are too many rows", most))
            break
        row = SheetRow(number, {})
        for index, cell in enumerate(cells):
            name = columns[index] if index < len(columns) else ""
            if _is_empty(cell):
                if name:
                    row.cells[name] = ""
                continue
            place = SheetCell(number, get_column_letter(index + 1), grid.title)
            if not name:
                faults.add(place, "there is no column name above this", "name it, or empty it")
                continue
            try:
                row.cells[name] = text_of(cell, grid.sheet.names[name], text_in)
            except FaultyCell as fault:
                faults.add(place, fault.what, fault.expected)
        # What a row of a file leaves out at its end is empty.
        row.cells |= {name: "" for name in columns[len(cells) :] if name}
        grid.rows.append(row)


def _header(grid: Grid, number: int, names: list[str], faults: _Faults) -> list[str]:
    """The column of each cell of the first row, “” for none."""
    column_names = grid.sheet.names
    columns = []
    for index, title in enumerate(names):
        name, letter = title.casefold(), get_column_letter(index + 1)
        place = SheetCell(number, letter, grid.title)
        if not title:
            columns.append("")
        elif name not in column_names:
            close = difflib.get_close_matches(name, list(column_names), 1)
            hint = f"did you mean “{close[0]}”?" if close else "known: " + ", ".join(column_names)
            faults.add(place, f"unknown column “{title[:60]}”", hint)
            # So that not each of its cells is a fault too.
            columns.append(next(iter(column_names)))
        elif name in grid.letters:
            faults.add(place, f"the column “{name}” is there twice", "take one of them out")
            columns.append(name)
        else:
            grid.letters[name] = letter
            columns.append(name)
    needed = grid.sheet.key or ("initiative",)
    for name in needed:
        if name not in grid.letters:
            place = SheetCell(number, "A", grid.title)
            faults.add(place, f"the column “{name}” is missing", "add it")
    return columns


def _raw(cell: Any) -> str:
    value = getattr(cell, "value", cell)
    return "" if value is None else str(value)


def _is_empty(cell: Any) -> bool:
    value = getattr(cell, "value", cell)
    is_formula = getattr(cell, "data_type", "") == "f"
    return not is_formula and (value is None or (isinstance(value, str) and not value.strip()))
