"""Workbooks from anywhere: every cell that is no use is named with its address, and nothing is ever a fault of ours."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from initiatives.exports.cells import neutral
from initiatives.loading.problems import LoadError
from initiatives.loading.sheets import read_sheets
from initiatives.loading.sheets.grid import read_csv, read_workbook
from initiatives.loading.sheets.text import for_xlsx, from_xlsx, guarded, restored
from initiatives.models import Meeting, StatusUpdate
from tests import workbooks
from tests.report_files import FULL, VOCABULARY, load_texts, report, row_counts
from tests.workbooks import Edit, add, cell, faults, load_book, workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


# What goes out of the record that all tests here begin with.
BOOK: list[bytes] = []


@pytest.fixture(scope="module")
def loaded(for_module: Callable[[Callable[[], object]], object]) -> None:
    for_module(lambda: load_texts(VOCABULARY, report(body=FULL)))
    for_module(lambda: BOOK.append(workbook()))


def edited(edit: Edit) -> bytes:
    return workbooks.edited(edit, BOOK[-1])


def after(sheet: str, column: str, value: Any, row: int = 2, form: str = "") -> list[str]:
    """What is told of a workbook with that value in one cell."""

    def edit(book: Any) -> None:
        one = cell(book[sheet], row, column)
        one.value = value
        if form:
            one.number_format = form

    return faults(edited(edit))


# --- Cells ----------------------------------------------------------------------------------------


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("sheet", "column", "value", "told"),
    [
        ("Initiatives", "title", "=A1", "Initiatives, cell B2: this is a formula"),
        ("Initiatives", "title", True, "Initiatives, cell B2: this is the truth value TRUE"),
        ("Initiatives", "title", "#REF!", "Initiatives, cell B2: this is the error #REF!"),
        ("Initiatives", "title", None, "Initiatives, cell B2: “title” is empty"),
        (
            "Initiatives",
            "title",
            "x" * 301,
            "Initiatives, cell B2: “title” has more than 300 characters",
        ),
        ("Initiatives", "kind", "wish", "Initiatives, cell E2: “kind” cannot be “wish”"),
        (
            "Initiatives",
            "dialogue",
            "nowhere",
            "Initiatives, cell F2: there is no dialogue “nowhere”",
        ),
        ("Initiatives", "themes", "water; fire", "Initiatives, cell H2: there is no theme “fire”"),
        ("Initiatives", "due", "2030", "Initiatives, cell J2: “due” is only shown here"),
        ("Mentions", "due", "soon", "Mentions, cell I2: “due”"),
        ("Mentions", "due", "2022-02-30", "Mentions, cell I2: “due”"),
        ("Mentions", "due_at", "nowhere", "Mentions, cell J2: there is no meeting “nowhere”"),
        ("Mentions", "due_dropped", "maybe", "Mentions, cell K2: “due_dropped” cannot be"),
        ("Initiatives", "due", 44668, "Initiatives, cell J2: 44668 is a number, not a date"),
        ("Initiatives", "due", 0.5, "Initiatives, cell J2: 0.5 is a number, not a date"),
        (
            "Initiatives",
            "due_note",
            datetime.date(2022, 5, 4),
            "Initiatives, cell K2: this is the date 2022-05-04",
        ),
        ("Initiatives", "due", datetime.time(12), "Initiatives, cell J2: this is a time"),
        ("Initiatives", "id", "other", "Initiatives, cell A2: this row was “university”"),
        ("Initiatives", "id", None, "Initiatives, cell A2: “id” is empty"),
        ("Initiatives", "version", "x", "Initiatives, cell L2: “x” is no version"),
        ("Initiatives", "version", "999999", "Initiatives, cell L2: there is no version 999999"),
        ("Initiatives", "version", "9" * 40, "Initiatives, cell L2: “9999"),
        ("Meetings", "number", "eight", "Meetings, cell D2: “number” cannot be “eight”"),
        ("Meetings", "ends", "2020", "Meetings, cell H2: fm-1 ends (2020) before it starts"),
        ("Updates", "ref", "no/such/entry", "Updates, cell A2: there is no entry “no/such/entry”"),
        ("Updates", "report", "other", "Updates, cell F2: this entry has the report “statement”"),
        ("Updates", "initiative", "x", "Updates, cell B2: this entry has the initiative"),
        ("Updates", "status", "done", "Updates, cell C2: “status” cannot be “done”"),
        ("Updates", "what", None, "Updates, cell E2: “what” is missing"),
        ("Updates", "of", "xx", "Updates, cell L2: there is no participant “xx”"),
        ("Roles", "participant", "xx", "Roles, cell C2: this row was"),
        ("Targets", "value", "many", "Targets, cell G2: “value” cannot be “many”"),
        ("Targets", "value", "-1", "Targets, cell G2: “value” cannot be “-1”"),
        ("Targets", "value", "1e400", "Targets, cell G2: “value” cannot be “1e400”"),
        ("Targets", "value", "1234567890123456", "Targets, cell G2: “value”: a number has at most"),
        ("Targets", "value", None, "Targets, cell G2: a target has neither value nor"),
        ("Targets", "currency", "Euros", "Targets, cell E2: this row was"),
        ("Updates", "target", "pupils", "Updates, cell A2: “target” has no value"),
        ("Updates", "value", "5", "Updates, cell A2: “value” has no target"),
        ("Reports", "url", "javascript:x", "Reports, cell H2: “url”"),
        ("Reports", "language", "klingonish", "Reports, cell G2: “language”"),
        ("Themes", "sdgs", "4; 99", "Themes, cell C2: “sdgs”"),
        ("Themes", "sdg_targets", "4.3; 4.9", "Themes, cell D2: “sdg_targets”"),
        ("Themes", "sdg_targets", 4.3, "Themes, cell D2: 4.3 is a number, and may have been"),
        ("Reports", "note", "a\u2028b", "Reports, cell M2: control character U+2028"),
    ],
)
def test_a_cell_is_told_by_its_address(sheet: str, column: str, value: Any, told: str) -> None:
    before = row_counts()
    found = after(sheet, column, value)
    assert any(fault.startswith(f"book.xlsx, {told}") for fault in found), found
    assert all(fault.endswith(")") for fault in found), "no cure"
    assert row_counts() == before


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("form", "kept"),
    [
        ("yyyy-mm-dd", "2022-04-01"),
        ("mmm-yy", "2022-04"),
        ('"FY" yyyy', "2022"),
        ("d mmmm", "2022-04-01"),
    ],
)
def test_a_date_is_as_precise_as_its_cell_shows_it(form: str, kept: str) -> None:
    assert after("Meetings", "starts", datetime.date(2022, 4, 1), form=form) == []
    assert str(Meeting.objects.get().starts_on) == kept


def test_a_year_may_be_a_number_and_a_number_text() -> None:
    def edit(book: Any) -> None:
        cell(book["Meetings"], 2, "starts").value = 2021
        cell(book["Meetings"], 2, "number").value = "7"
        cell(book["Meetings"], 2, "title").value = 2021

    load_book(edited(edit))
    meeting = Meeting.objects.get()
    assert (str(meeting.starts_on), meeting.number, meeting.title) == ("2021", 7, "2021")


NEW = {"initiative": "university", "status": "delivered", "what": "It has opened."}


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("values", "told"),
    [
        (NEW | {"locator": "p"}, "Updates, cell F4: “report” is empty"),
        (NEW | {"report": "statement"}, "Updates, cell G4: “locator” is missing"),
        (
            NEW | {"report": "nowhere", "locator": "p"},
            "Updates, cell F4: the report “nowhere” is not known yet",
        ),
        (NEW | {"report": "No Id!", "locator": "p"}, "Updates, cell F4: “id” cannot be “No Id!”"),
        (
            NEW | {"report": "statement", "locator": "p", "initiative": "x"},
            "Updates, cell B4: there is no initiative “x”",
        ),
        ({"initiative": "university"}, "Updates, cell F4: “report” is empty"),
    ],
)
def test_a_new_row_that_lacks_something_is_told_where(values: dict[str, str], told: str) -> None:
    found = faults(edited(lambda book: add(book["Updates"], **values)))
    assert any(fault.startswith(f"book.xlsx, {told}") for fault in found), found
    assert all(fault.endswith(")") for fault in found), "no cure"
    assert StatusUpdate.objects.count() == 2


def test_a_new_role_or_target_cites_a_document() -> None:
    def edit(book: Any) -> None:
        add(book["Roles"], initiative="university", role="lead", participant="kz")
        add(book["Targets"], initiative="university", metric="rooms", value=3, report="statement")

    hint = "(a new fact cites a document: the id of a report, and where in it)"
    assert faults(edited(edit)) == [
        f"book.xlsx, Roles, cell D3: “report” is empty {hint}",
        f"book.xlsx, Roles, cell E3: “locator” is empty {hint}",
        f"book.xlsx, Targets, cell M3: “locator” is empty {hint}",
    ]


def test_every_fault_is_told_at_once_also_where_they_are_alike() -> None:
    def edit(book: Any) -> None:
        for sheet in ("Initiatives", "Meetings"):
            for name in ("title", "dialogue"):
                cell(book[sheet], 2, name).value = "=1"
        cell(book["Meetings"], 2, "starts").value = 44668
        book["Themes"].cell(1, 2).value = "nmae"

    places = [fault.split(": ")[0].partition(", ")[2] for fault in faults(edited(edit))]
    assert places == [
        "Initiatives, cell B2",
        "Initiatives, cell F2",
        "Meetings, cell B2",
        "Meetings, cell E2",
        "Meetings, cell G2",
        "Themes, cell B1",
    ]


# --- Sheets ---------------------------------------------------------------------------------------


def test_a_sheet_with_another_name_is_told() -> None:
    def edit(book: Any) -> None:
        book["Updates"].title = "Update"
        book.create_sheet("My notes")

    found = faults(edited(edit))
    assert "book.xlsx: there is no sheet called “Update” (did you mean Updates?)" in found
    assert any("“My notes”" in fault for fault in found)


def test_a_column_with_another_name_or_twice_or_without_a_name_is_told() -> None:
    def edit(book: Any) -> None:
        page = book["Themes"]
        page["B1"].value, page["D1"].value = "nmae", "id"
        page["H2"].value = "x"
        book["Meetings"]["A1"].value = "city"

    assert faults(edited(edit)) == [
        "book.xlsx, Meetings, cell A1: the column “id” is missing (add it)",
        "book.xlsx, Meetings, cell N1: the column “city” is there twice (take one of them out)",
        "book.xlsx, Themes, cell B1: unknown column “nmae” (did you mean “name”?)",
        "book.xlsx, Themes, cell D1: the column “id” is there twice (take one of them out)",
        "book.xlsx, Themes, cell H2: there is no column name above this (name it, or empty it)",
    ]


def test_merged_cells_are_told() -> None:
    found = faults(edited(lambda book: book["Themes"].merge_cells("B2:B4")))
    assert found == ["book.xlsx, Themes, cell B2: the cells B2:B4 are merged (take them apart)"]


def test_a_row_that_is_there_twice_is_told() -> None:
    def edit(book: Any) -> None:
        page = book["Themes"]
        add(page, **{each.value: cell(page, 2, each.value).value for each in page[1]})
        page = book["Updates"]
        add(page, **{each.value: cell(page, 2, each.value).value for each in page[1]})

    assert faults(edited(edit)) == [
        "book.xlsx, Themes, cell A5: row 2 speaks of this already (keep one of the two)",
        "book.xlsx, Updates, cell A4: row 2 speaks of this already (keep one of the two)",
    ]


def test_too_many_rows_are_told(settings: Settings) -> None:
    data = workbook()
    settings.UPLOAD_MAX_ROWS = 2
    assert any("there are too many rows" in fault for fault in faults(data))


# --- Files ----------------------------------------------------------------------------------------


def rezipped(change: dict[str, bytes], data: bytes | None = None) -> bytes:
    """A workbook with some of its parts replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data or BOOK[-1])) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in change:
                new.writestr(name, old.read(name))
        for name, content in change.items():
            new.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
FAR = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>'
    b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>%s</sheetData></worksheet>'
)


@pytest.mark.every_case
@pytest.mark.parametrize(
    "make",
    [
        lambda: b"",
        lambda: b"PK\x03\x04",
        lambda: b"PK\x03\x04" + bytes(1000),
        lambda: BOOK[-1][:-200],
        lambda: BOOK[-1][:3000],
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000),
        lambda: rezipped({SHEET: b"no xml"}),
        lambda: rezipped({SHEET: ENTITIES}),
        lambda: rezipped({SHEET: "<a/>".encode("utf-16")}),
        lambda: rezipped(
            {SHEET: FAR % b'<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>'}
        ),
        lambda: rezipped({SHEET: FAR % b'<row r="2"><c r="AAAAAAA2"><v>1</v></c></row>'}),
        lambda: rezipped({SHEET: FAR % b'<row r="2"><c r="A2" t="s"><v>99999</v></c></row>'}),
        lambda: rezipped({SHEET: FAR % b'<row r="2"><c r="A2"><v>1e999999</v></c></row>'}),
        lambda: rezipped({"xl/workbook.xml": b"<workbook/>"}),
        lambda: rezipped({"[Content_Types].xml": b"<Types/>"}),
    ],
)
def test_a_file_that_is_no_workbook_is_told_in_one_line(make: Any) -> None:
    data = make()
    with pytest.raises(LoadError) as caught:
        read_sheets("book.xlsx", data)
    assert 1 <= len(caught.value.problems) <= 3
    assert str(caught.value.problems[0]).startswith("book.xlsx")


def test_a_bomb_is_refused_before_it_is_unpacked(settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1_000_000
    data = rezipped({"xl/bomb.xml": bytes(20_000_000)})
    assert len(data) < 200_000
    assert faults(data) == ["book.xlsx: this workbook is too large (at most 8 MB unpacked)"]


def test_what_a_sheet_says_of_its_own_size_is_not_believed() -> None:
    book = openpyxl.Workbook()
    book.active.title = "Themes"  # type: ignore[union-attr]
    saved = io.BytesIO()
    book.save(saved)
    row = b'<row r="2"><c r="A2" t="inlineStr"><is><t>fire</t></is></c></row>'
    (grid,) = read_workbook("book.xlsx", rezipped({SHEET: FAR % row}, saved.getvalue()))
    assert [each.cells for each in grid.rows] == [{"id": "fire"}]


def csv_of(*rows: list[str], delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode()


HEADER = ["initiative", "status", "what", "report", "locator"]
ROW = ["university", "delivered", "It has opened; at last.", "statement", "para 9"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_of_updates_is_taken_with_any_delimiter(delimiter: str) -> None:
    data = csv_of(HEADER, ROW, delimiter=delimiter)
    assert load_book(data, "updates.csv").new == 1
    assert StatusUpdate.objects.get(status="delivered").what == "It has opened; at last."


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "u.csv: the file is empty"),
        (b"\n\n", "u.csv: the file is empty"),
        ("name\né".encode("latin-1"), "u.csv, line 2: this is not UTF-8 text"),
        (b"ref\na\0b\n", "u.csv, line 2: control character U+0000"),
        (csv_of(HEADER, [*ROW[:2], "=1+1", *ROW[3:]]), "u.csv, cell C2: this looks like a formula"),
        (csv_of(HEADER, [*ROW, "more"]), "u.csv, cell F2: there is no column name above this"),
        (csv_of(HEADER, ["", *ROW[1:]]), "u.csv, cell A2: “initiative” is missing"),
        (csv_of([*HEADER, "nonsense"], ROW), "u.csv, cell F1: unknown column “nonsense”"),
        (
            csv_of(["a", "b"], ["1", "2"]),
            "u.csv, cell A1: row 1 has no name of a column that we know",
        ),
        (b'initiative,"status\nx', "u.csv, line 2: this is not CSV"),
        (csv_of(HEADER, ["x" * 200_000, *ROW[1:]]), "u.csv, line 2: this is not CSV"),
        (csv_of(["x" * 200_000], ROW), "u.csv, line 1: this is not CSV"),
    ],
)
def test_a_csv_that_is_no_use_is_told_where(longest_field: None, data: bytes, told: str) -> None:
    found = faults(data, "u.csv")
    assert any(fault.startswith(told) for fault in found), found


@pytest.fixture
def longest_field() -> Iterator[None]:
    """Python's own limit, which is one for the process: other libraries lift it."""
    before = csv.field_size_limit(131_072)
    yield
    csv.field_size_limit(before)


# --- Texts ----------------------------------------------------------------------------------------


@given(st.text())
def test_every_text_comes_back_from_a_cell(text: str) -> None:
    plain = restored(guarded(text))
    assert from_xlsx(for_xlsx(text)) == plain
    assert restored(guarded(plain)) == plain
    # What is written is no formula to anybody.
    assert neutral(guarded(text)) == guarded(text)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for prefix in (b"", b"PK\x03\x04", b"initiative,status,what\n"):
        for read in (read_csv, read_workbook):
            with contextlib.suppress(LoadError):
                assert len(read("x", prefix + data)) == 1
