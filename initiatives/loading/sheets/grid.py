"""Sheets as rows of text, from XLSX and CSV; every cell that cannot be read is named with its address.

A workbook comes from anywhere: how large it is unpacked is looked at before anything is unpacked, and nothing in it is
computed, fetched or trusted.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.conf import settings
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from ...languages.invisible import visible
from ..encodings import BYTE_ORDER_MARK, LINE_END, TextError, count_lines, decode
from ..file_kinds import OLE, ZIP
from ..problems import Faults, LoadError, SheetCell
from ..said import in_groups, phrased
from ..schema_faults import REFERRED
from ..suggestions import closest, did_you_mean
from .layout import ABOUT, SHEETS, Sheet, SheetColumn
from .public_lists import refuse_public_list
from .text import from_csv, from_xlsx
from .values import FaultyCell, text_of

# A workbook unpacks to so many times what may be uploaded; ordinary ones to about ten times their own size.
UNPACKED = 8
MOST_PARTS = 2000
# As the format has it; no sheet has more.
LAST_ROW = 1_048_576
CHUNK_BYTES = 1 << 20
MERGED = re.compile(rb"<(?:\w+:)?mergeCell [^>]*?ref=[\"']([A-Z]+[0-9]+:[A-Z]+[0-9]+)[\"']")
# Excel's own line that says what stands between the cells.
SEPARATOR = re.compile(r'"?sep=([,;:|~^\t])"?[,;\t]*', re.IGNORECASE)
# What a line is made of that has no cell with anything in it.
BLANK = ' ,;\t"'
# The columns that hold ids, in which nothing invisible is meant.
IDS = {*REFERRED, "id", "code", "report", "ref", "version"}
TITLES = {sheet.title.casefold(): sheet for sheet in SHEETS}


@dataclass(slots=True)
class SheetRow:
    """The texts of one row, by column; those of cells that cannot be read are left out."""

    number: int
    cells: dict[str, str]


@dataclass(slots=True)
class Grid:
    """One sheet as it was read, without the rows that have faults; ``letters`` are the columns that it has."""

    sheet: Sheet
    title: str
    letters: dict[str, str] = field(default_factory=dict)
    rows: list[SheetRow] = field(default_factory=list)
    # What rows are called that cannot be read.
    left_out: list[str] = field(default_factory=list)
    # Whether its columns are right; else nobody can say what its rows change.
    is_comparable: bool = True

    def cell(self, row: int, column: str = "") -> SheetCell:
        """The place of a cell, or of the first one of a row."""
        letter = self.letters.get(column) or next(iter(self.letters.values()), "A")
        return SheetCell(row, letter, self.title)

    def names_in(self, row: SheetRow) -> list[str]:
        """The ids that a row may define."""
        is_named = self.sheet.key and self.sheet.key[0] in self.letters
        columns = self.sheet.key if is_named else row.cells
        return [row.cells[name] for name in columns if row.cells.get(name)]


def is_workbook(data: bytes) -> bool:
    """Whether these bytes are what Excel and LibreOffice write, of today (a ZIP) or long ago."""
    return data.startswith((*ZIP, OLE))


# --- XLSX -----------------------------------------------------------------------------------------


def read_workbook(name: str, data: bytes) -> list[Grid]:
    """The sheets of a workbook that we know; raises LoadError with every fault in it."""
    faults = Faults(name)
    if not data:
        raise faults.stop(phrased("the file is empty"), phrased("choose the file again"))
    merged = _look_inside(data, faults)
    grids: list[Grid] = []
    try:
        with warnings.catch_warnings(), ExitStack() as closing:
            # Of extensions that the library leaves out, which are none of ours.
            warnings.simplefilter("ignore")
            book: Any = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            closing.callback(book.close)
            for page in book.worksheets:
                if page.title.strip().casefold() == ABOUT.casefold():
                    continue
                # What a file says of its own size may be wrong, and then rows would be made up.
                page.reset_dimensions()
                refuse_public_list(name, _first_rows(_numbered(page)))
                sheet = TITLES.get(page.title.strip().casefold())
                if sheet is None:
                    _unknown_sheet(page.title, faults)
                    continue
                grid = Grid(sheet, page.title)
                for place in merged.get(page._worksheet_path, ()):
                    at = SheetCell(*_row_and_column(place), grid.title)
                    faults.add(
                        at,
                        phrased("the cells %(place)s are merged", place=place),
                        phrased("take them apart"),
                    )
                    grid.is_comparable = False
                _read_rows(grid, _numbered(page), from_xlsx, faults)
                grids.append(grid)
    except LoadError:
        raise
    except Exception as error:
        # The library raises what it stumbles over: missing parts, numbers that are none, broken XML.
        what = phrased(
            "this workbook cannot be read: %(why)s", why=(str(error) or type(error).__name__)[:260]
        )
        raise faults.stop(what, phrased("save it anew as .xlsx and upload that")) from error
    if faults:
        raise _error(faults, grids)
    if not grids:
        titles = [sheet.title for sheet in SHEETS]
        raise faults.stop(
            phrased("there is no sheet in it that we know"),
            phrased("sheets: %(titles)s", titles=titles),
        )
    return grids


def _look_inside(data: bytes, faults: Faults) -> dict[str, list[str]]:
    """Refuse what would unpack to more than anybody needs, and find the merged cells of each part."""
    most = settings.UPLOAD_MAX_BYTES * UNPACKED
    names: dict[str, list[str]] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > most:
                raise faults.stop(
                    phrased("this workbook is too large"),
                    phrased("at most %(most)s MB unpacked", most=most // 1_000_000),
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    names[part.filename] = _scan(archive, part, faults)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise faults.stop(
            phrased("this is not a workbook, or a damaged one"), phrased("save it as .xlsx")
        ) from error
    except Exception as error:
        # Each way to pack has an error of its own.
        if isinstance(error, LoadError):
            raise
        raise faults.stop(
            phrased("this workbook is damaged"), phrased("save it anew as .xlsx")
        ) from error
    return names


def _scan(archive: zipfile.ZipFile, part: zipfile.ZipInfo, faults: Faults) -> list[str]:
    merged: list[str] = []
    with archive.open(part) as stream:
        before = b""
        while chunk := stream.read(CHUNK_BYTES):
            text = before + chunk
            # No program writes these into a workbook; a few bytes of them stand for gigabytes.
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"\0" in text:
                what = phrased(
                    "%(filename)s holds what a workbook does not", filename=part.filename
                )
                raise faults.stop(what, phrased("save it anew as .xlsx"))
            merged += [match[1].decode() for match in MERGED.finditer(text)]
            before = text[-200:] if not MERGED.search(text[-200:]) else b""
    return list(dict.fromkeys(merged))[:20]


def _numbered(page: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    yield from enumerate(page.iter_rows(), 1)


def _row_and_column(place: str) -> tuple[int, str]:
    match = re.match(r"([A-Z]+)([0-9]+)", place)
    assert match
    return int(match[2]), match[1]


def _unknown_sheet(title: str, faults: Faults) -> None:
    titles = [sheet.title for sheet in SHEETS]
    near = closest(title, titles)
    hint = (
        phrased("did you mean %(meant)s?", meant=near)
        if near
        else phrased("take it out; known are %(titles)s", titles=titles)
    )
    faults.add(0, phrased("there is no sheet called “%(title)s”", title=title[:60]), hint)


# --- CSV ------------------------------------------------------------------------------------------


def read_csv(name: str, data: bytes) -> list[Grid]:
    """The one sheet of a CSV file, recognised by its columns; raises LoadError with every fault in it."""
    faults = Faults(name)
    try:
        text = LINE_END.sub("\n", decode(data))
    except TextError as error:
        raise faults.stop(error.what, error.expected, error.line) from None
    if "\0" in text:
        line = count_lines(text[: text.index("\0")])
        raise faults.stop(
            phrased("control character %(character)s", character="U+0000"),
            phrased("remove it"),
            line,
        )
    text, delimiter, line = _delimited(text)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        rows = list(enumerate(reader, 1))
    except csv.Error as error:
        what, expected = _csv_error(str(error))
        raise faults.stop(
            phrased("this is not CSV: %(what)s", what=what), expected, line + reader.line_num
        ) from None
    first = _first_rows(rows)
    if not first:
        raise faults.stop(phrased("the file is empty"), phrased("start with a row of column names"))
    refuse_public_list(name, first)
    grid = Grid(_sheet_of(first[0]), "")
    _read_rows(grid, rows, from_csv, faults)
    if faults:
        raise _error(faults, [grid])
    return [grid]


def _delimited(text: str) -> tuple[str, str, int]:
    """The text, what stands between its cells, and the number of lines before it: Excel's “sep=;”."""
    first, _end, rest = text.partition("\n")
    if match := SEPARATOR.fullmatch(first):
        return rest, match[1], 1
    header = next((line for line in text.split("\n") if line.strip(BLANK)), "")
    return text, max(",;\t", key=header.count), 0


def _csv_error(words: str) -> tuple[str, str]:
    """What Python's reader stumbled over, and the cure."""
    if "limit" in words:
        most = csv.field_size_limit()
        what = phrased("a cell has more than %(most)s characters", most=in_groups(most))
        return what, phrased(
            'look for a quotation mark (") that is not closed, or shorten the cell'
        )
    what = phrased('a quotation mark (") that opens a cell is not closed at its end')
    return what, phrased(
        'put the whole cell in quotation marks, and write those within it twice ("")'
    )


def _sheet_of(header: Iterable[str]) -> Sheet:
    """The sheet that has most of these columns; its own complain about the rest."""
    names = {name.casefold() for name in header}
    return max(SHEETS, key=lambda sheet: len(names & set(sheet.names)))


# --- Both -----------------------------------------------------------------------------------------


def _first_rows(rows: Iterable[tuple[int, Sequence[Any]]]) -> list[list[str]]:
    """The texts of the first two rows that are not empty: the names of the columns, and what stands below."""
    filled = (
        cells for number, cells in rows if number > LAST_ROW or not all(map(_is_empty, cells))
    )
    return [[_title(cell) for cell in cells] for cells in islice(filled, 2)]


def _read_rows(
    grid: Grid,
    rows: Iterable[tuple[int, Sequence[Any]]],
    text_in: Callable[[str], str],
    faults: Faults,
) -> None:
    columns: list[str] | None = None
    count = 0
    nameless: set[int] = set()
    for number, cells in rows:
        if number > LAST_ROW:
            raise faults.stop(
                phrased(
                    "%(title)s has a row %(number)s", title=grid.title, number=in_groups(number)
                ),
                phrased("save it anew as .xlsx"),
            )
        if all(_is_empty(cell) for cell in cells):
            continue
        if columns is None:
            before = faults.count
            columns = _header(grid, number, [_title(cell) for cell in cells], faults)
            grid.is_comparable &= faults.count == before
            if not columns:
                return
            continue
        count += 1
        if count > settings.UPLOAD_MAX_ROWS:
            most = phrased(
                "at most %(most)s; upload the rest as a second workbook",
                most=in_groups(settings.UPLOAD_MAX_ROWS),
            )
            faults.add(grid.cell(number), phrased("there are too many rows"), most)
            break
        row, before = SheetRow(number, {}), faults.count
        for index, cell in enumerate(cells):
            name = columns[index] if index < len(columns) else ""
            if _is_empty(cell):
                if name:
                    row.cells[name] = ""
                continue
            place = SheetCell(number, get_column_letter(index + 1), grid.title)
            if name:
                _read_cell(row, cell, grid.sheet.names[name], text_in, place, faults)
            elif index not in nameless:
                # The fault is one of the column, and of none of the cells below.
                nameless.add(index)
                faults.add(
                    place,
                    phrased("there is no column name above this"),
                    phrased("name it, or empty it"),
                )
        # What a row of a file leaves out at its end is empty.
        row.cells |= {name: "" for name in columns[len(cells) :] if name}
        if faults.count == before:
            grid.rows.append(row)
        else:
            grid.left_out += grid.names_in(row)


def _read_cell(
    row: SheetRow,
    cell: Any,
    column: SheetColumn,
    text_in: Callable[[str], str],
    place: SheetCell,
    faults: Faults,
) -> None:
    try:
        text = text_of(cell, column, text_in).replace(BYTE_ORDER_MARK, "")
    except FaultyCell as fault:
        faults.add(place, fault.what, fault.expected)
        return
    row.cells[column.name] = str(visible(text)) if column.name in IDS or column.words else text


def _header(grid: Grid, number: int, names: list[str], faults: Faults) -> list[str]:
    """The column of each cell of the first row that is not empty, “” for none; no columns where it is no header."""
    column_names = grid.sheet.names
    columns = []
    if not any(name.casefold() in column_names for name in names):
        what = phrased("row %(number)s has no name of a column that we know", number=number)
        hint = phrased("begin with a row of column names: %(columns)s", columns=[*column_names])
        faults.add(SheetCell(number, "A", grid.title), what, hint)
        return []
    for index, title in enumerate(names):
        name, letter = title.casefold(), get_column_letter(index + 1)
        place = SheetCell(number, letter, grid.title)
        if not title:
            columns.append("")
        elif name not in column_names:
            near = did_you_mean(closest(name, column_names))
            known = phrased("known: %(names)s", names=[*column_names])
            faults.add(
                place, phrased("unknown column “%(title)s”", title=title[:60]), near or known
            )
            # So that not each of its cells is a fault too.
            columns.append(next(iter(column_names)))
        elif name in grid.letters:
            faults.add(
                place,
                phrased("the column “%(name)s” is there twice", name=name),
                phrased("take one of them out"),
            )
            columns.append(name)
        else:
            grid.letters[name] = letter
            columns.append(name)
    needed = grid.sheet.key or ("initiative",)
    for name in needed:
        if name not in grid.letters and name not in grid.sheet.optional:
            place = SheetCell(number, "A", grid.title)
            faults.add(
                place, phrased("the column “%(name)s” is missing", name=name), phrased("add it")
            )
    return columns


def _error(faults: Faults, grids: Iterable[Grid]) -> LoadError:
    """The faults, with the grids whose columns are right to be checked further, and all ids of the others."""
    comparable, unread = [], []
    for grid in grids:
        if grid.is_comparable:
            comparable.append(grid)
        else:
            unread += [*grid.left_out, *(name for row in grid.rows for name in grid.names_in(row))]
    return faults.error(comparable, "\n".join(unread).encode())


def _title(cell: Any) -> str:
    value = getattr(cell, "value", cell)
    return "" if value is None else str(visible(str(value)))


def _is_empty(cell: Any) -> bool:
    value = getattr(cell, "value", cell)
    is_formula = getattr(cell, "data_type", "") == "f"
    return not is_formula and (value is None or (isinstance(value, str) and not value.strip()))
