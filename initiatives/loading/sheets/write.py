"""The data of now as a workbook, or its updates as CSV: to edit and to upload again."""

from __future__ import annotations

import csv
import io
import tempfile
from contextlib import ExitStack
from decimal import Decimal
from typing import IO, Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as N_  # noqa: N812  Babel looks for that name
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ...exports.workbook import bold, new_workbook
from ...models import Dialogue
from ...models.amounts import MOST_DIGITS
from ...serving.snapshot import snapshot
from .dictionary import describe
from .layout import ABOUT, SHEETS, Sheet, SheetColumn
from .rows import Cells, count_rows, rows_of
from .text import for_xlsx, guarded

# So that a spreadsheet makes no date of “2022-04” and no number of “8”.
AS_TEXT = "@"
# Rows below the last one that are prepared for typing.
SPARE = 1000
WIDTHS = {
    **dict.fromkeys(("summary", "what", "why", "quote", "text", "purpose", "says"), 60),
    **dict.fromkeys(("title", "note", "name", "topic", "resolution"), 40),
    "ref": 30,
}
HOW_TO = (
    _("Edit cells and upload this workbook: what you edited is shown before anything is written."),
    _(
        "Add rows at the end of a sheet, typed or copied from another row; nobody needs to know “version” and “ref”."
    ),
    _(
        "An emptied cell empties the field. A deleted row deletes nothing, and neither does a deleted sheet or column."
    ),
    _(
        "Editing a row of Updates, Mentions or Criteria corrects the entry; the earlier one stays in the record."
    ),
    _("Dates are as precise as the document: 2022-04-15, 2022-04, 2022, Q3 2024, autumn 2025."),
    _("Several values stand with “; ” between them."),
    _("Formulas are not taken; an apostrophe before = + - @ says that it is text."),
)

ABOUT_COLUMNS = (N_("sheet"), N_("column"), N_("what it holds"), N_("words"))


class TooManyRows(Exception):
    """A sheet would have more rows than may be uploaded again."""


def write_workbook(dialogue: Dialogue | None) -> IO[bytes]:
    """A temporary file, at its beginning and without a name on disk; raises TooManyRows."""
    _require_room(SHEETS, dialogue)
    with new_workbook() as book, ExitStack() as unless_done:
        # A row and its version are of one moment.
        with snapshot("default"):
            for sheet in SHEETS:
                _write_sheet(book, sheet, dialogue)
        _write_about(book, dialogue)
        file = unless_done.enter_context(tempfile.TemporaryFile())
        book.save(file)
        unless_done.pop_all()
    file.seek(0)
    return file


def write_csv(dialogue: Dialogue | None) -> bytes:
    """The updates as CSV, with the byte order mark by which spreadsheets know UTF-8; raises TooManyRows."""
    sheet = next(sheet for sheet in SHEETS if sheet.kind == "statusupdate")
    _require_room((sheet,), dialogue)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(sheet.names)
    with snapshot("default"):
        for cells in rows_of(sheet, dialogue):
            writer.writerow([guarded(cells.get(name, "")) for name in sheet.names])
    return buffer.getvalue().encode("utf-8-sig")


def _require_room(sheets: tuple[Sheet, ...], dialogue: Dialogue | None) -> None:
    for sheet in sheets:
        if count_rows(sheet, dialogue) > settings.UPLOAD_MAX_ROWS:
            raise TooManyRows(sheet.title)


def _write_sheet(book: Any, sheet: Sheet, dialogue: Dialogue | None) -> None:
    page = book.create_sheet(sheet.title)
    page.freeze_panes = "B2"
    for number, column in enumerate(sheet.columns, 1):
        letter = get_column_letter(number)
        of_column = page.column_dimensions[letter]
        of_column.width = WIDTHS.get(column.name, 18)
        if column.type != "number":
            of_column.number_format = AS_TEXT
    page.append(_header(page, sheet))
    count = 1
    for cells in rows_of(sheet, dialogue):
        page.append([_cell(page, column, cells) for column in sheet.columns])
        count += 1
    for number, column in enumerate(sheet.columns, 1):
        if column.words:
            words = ",".join(column.words)
            allowed = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
            letter = get_column_letter(number)
            allowed.add(f"{letter}2:{letter}{count + SPARE}")
            page.data_validations.append(allowed)


def _header(page: Any, sheet: Sheet) -> list[Any]:
    """The names of the columns, each with what it holds where the pointer rests on it."""
    header = bold(page, sheet.names)
    for cell, column in zip(header, sheet.columns, strict=True):
        cell.comment = Comment(describe(sheet, column), "", height=120, width=300)
    return header


def _cell(page: Any, column: SheetColumn, cells: Cells) -> Any:
    text = cells.get(column.name, "")
    if not text:
        return None
    if column.type == "number" and len(text) <= MOST_DIGITS:
        return Decimal(text)
    cell = WriteOnlyCell(page, for_xlsx(text))
    # Also where it begins with “=”.
    cell.data_type = "s"
    cell.number_format = AS_TEXT
    return cell


def _write_about(book: Any, dialogue: Dialogue | None) -> None:
    page = book.create_sheet(ABOUT)
    for letter, width in zip("ABCD", (18, 18, 80, 80), strict=True):
        page.column_dimensions[letter].width = width
    page.append([*bold(page, ["made"]), timezone.now().isoformat(timespec="seconds")])
    page.append([*bold(page, ["dialogue"]), dialogue.slug if dialogue else "all"])
    page.append([])
    for line in HOW_TO:
        page.append([str(line)])
    page.append([])
    page.append(bold(page, [gettext(word) for word in ABOUT_COLUMNS]))
    for sheet in SHEETS:
        page.append([sheet.title, None, str(sheet.about)])
        for column in sheet.columns:
            words = ", ".join(column.words) or None
            page.append([sheet.title, column.name, describe(sheet, column), words])
