"""Sheets as spreadsheets write them: lines before the header, ends of lines, encodings, texts that are too long."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest

from initiatives.loading.sheets.dictionary import most_characters
from initiatives.loading.sheets.layout import SHEETS
from initiatives.models import StatusUpdate
from tests.report_files import FULL, VOCABULARY, load_texts, report
from tests.rewriting import rewritten
from tests.workbooks import add, edited, faults, load_book, workbook

pytestmark = pytest.mark.django_db

HEADER = ["ref", "initiative", "status", "on", "what", "report", "locator"]
ROW = ["", "university", "delivered", "2026-11-02", "It has opened; at last.", "statement", "p 2"]


def csv_text(*rows: list[str], delimiter: str = ",", end: str = "\r\n") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows(rows)
    return text.getvalue()


@pytest.fixture(autouse=True)
@rewritten
def loaded() -> None:
    load_texts(VOCABULARY, report(body=FULL))


@pytest.mark.parametrize(
    "data",
    [
        ("\r\n" + csv_text(HEADER, ROW)).encode(),
        (",,,,,,\r\n \r\n" + csv_text(HEADER, ROW)).encode(),
        csv_text(HEADER, [], ROW, end="\r").encode(),
        ("sep=;\r\n" + csv_text(HEADER, ROW, delimiter=";")).encode("utf-8-sig"),
        ('"sep=|"\r\n\r\n' + csv_text(HEADER, ROW, delimiter="|")).encode(),
        ("SEP=\t\n" + csv_text(HEADER, ROW, delimiter="\t")).encode("utf-16"),
        csv_text(HEADER, ROW, delimiter="\t").encode("utf-16-le"),
        csv_text(
            ["\ufeffref\u200b", " Initiative\u00a0", *HEADER[2:]],
            ["", "uni\u00adversity\u200b", "delivered\u00a0", *ROW[3:]],
        ).encode(),
    ],
)
def test_what_stands_before_and_between_is_passed_over(data: bytes) -> None:
    assert load_book(data, "updates.csv").new == 1
    update = StatusUpdate.objects.get(status="delivered")
    assert (update.what, update.initiative.slug) == ("It has opened; at last.", "university")


def test_a_code_page_of_windows_is_read_where_it_is_certain_and_else_named() -> None:
    russian = "Стороны открыли университет в Ташкенте"
    assert (
        load_book(csv_text(HEADER, [*ROW[:4], russian, *ROW[5:]]).encode("cp1251"), "u.csv").new
        == 1
    )
    assert StatusUpdate.objects.get(status="delivered").what == russian
    text = csv_text(HEADER, [*ROW[:4], "où", *ROW[5:]])
    (fault,) = faults(text.encode("cp1252"), "u.csv")
    assert fault.startswith("u.csv, line 2: this is not UTF-8 text (save it as UTF-8: in Excel")


def test_lines_before_the_header_of_a_workbook_are_passed_over_and_places_stay_right() -> None:
    def edit(book: Any) -> None:
        page = book["Updates"]
        page.insert_rows(1, 2)
        page.cell(4, 3).value = "done"

    (fault,) = faults(edited(edit))
    assert fault.startswith("book.xlsx, Updates, cell C4: “status” cannot be “done”")
    assert "did you mean “delivered”?" in fault


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"sep=;\n", "u.csv: the file is empty"),
        (b"\xef\xbb\xbf\r\n,,\r\n", "u.csv: the file is empty"),
        (b'ref,initiative\n"a,b\n', "u.csv, line 2: this is not CSV: a quotation mark"),
        (b'sep=,\nref,initiative\n"a"x,b\n', "u.csv, line 3: this is not CSV: a quotation mark"),
        (b"List of updates\nref,initiative\n", "u.csv, cell A1: row 1 has no name of a column"),
    ],
)
def test_a_sheet_without_form_is_told_in_one_line(data: bytes, told: str) -> None:
    (fault,) = faults(data, "u.csv")
    assert fault.startswith(told)
    assert fault.endswith(")")


def test_a_title_that_is_too_long_is_told_before_and_once_for_all_rows() -> None:
    book: Any = openpyxl.load_workbook(io.BytesIO(workbook()))
    (told,) = [
        row[2].value
        for row in book["About"]
        if [c.value for c in row[:2]] == ["Initiatives", "title"]
    ]
    assert told.endswith("At most 300 characters.")
    assert book["Initiatives"]["B1"].comment.text == told

    def edit(book: Any) -> None:
        for number in range(12):
            long = "x" * (301 + number)
            add(book["Initiatives"], id=f"a-{number}", title=long, dialogue="dialogue")

    (fault, *_mentions) = faults(edited(edit))
    assert fault == (
        "book.xlsx, Initiatives, cell B3: “title” has more than 300 characters"
        " (write a shorter title, and keep the whole text in “summary”)"
    )


def test_limits_are_those_of_the_report_file() -> None:
    limits = {
        (sheet.title, column.name): most_characters(sheet, column)
        for sheet in SHEETS
        for column in sheet.columns
    }
    assert limits["Initiatives", "title"] == 300
    assert limits["Reports", "title"] == 500
    assert limits["Targets", "unit"] == 60
    assert limits["Roles", "locator"] == limits["Updates", "locator"] == 200
    assert limits["Mentions", "quote"] == 20_000
    assert limits["Lines", "text"] == 1000
    assert limits["Initiatives", "id"] is limits["Updates", "status"] is None
