"""Files of exports can be opened, hold what was written, and do nothing of their own accord."""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import re
import tempfile
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from initiatives.exports import workbook
from initiatives.exports.cells import LONGEST, neutral
from initiatives.facets import index as facet_index
from initiatives.models import Initiative, Theme
from tests import make
from tests.exports.test_exports import FORMATS, as_csv, as_json, as_sheet, export, leave
from tests.extent import TIMES
from tests.world import make_world

pytestmark = pytest.mark.django_db

TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM",
    "−1",
    "﹢1",
    "⁼1",
    "\t=1",
    "\r=1",
    "\n=1",
    "\tplain",
    "  =1",
    "\u3000=1",
    "\ufeff=1",
    "\u200b=1",
    "\x01=1",
]
TEXTS = [
    'He said "no", and left',
    "a,b;c\td",
    "two\nlines",
    "日本語・Ўзбекистон 🌊👩🏽‍🌾",
    "'quoted'",
    " padded ",
    "null",
    "1E5",
]


def first_title(extension: str, body: bytes) -> str:
    match extension:
        case "csv":
            return as_csv(body)[0]["title"]
        case "json":
            return str(as_json(body)[0]["title"])
    return str(as_sheet(body)[1][2])


# --- Headers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("extension", FORMATS)
def test_a_file_says_its_type_its_name_and_how_long_it_is_true(
    client: Client, extension: str
) -> None:
    make_world()
    response = client.get(f"/initiatives.{extension}")
    day = timezone.localdate().isoformat()
    assert response.headers["Content-Type"] == TYPES[extension]
    name = f'attachment; filename="initiatives-{day}.{extension}"'
    assert response.headers["Content-Disposition"] == name
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not response.cookies
    tag = response.headers["ETag"]
    leave(response)
    again = client.get(f"/initiatives.{extension}", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    Initiative.objects.update(summary="New.")
    changed = client.get(f"/initiatives.{extension}", headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag
    leave(changed)


@pytest.mark.usefixtures("kept_pages")
@pytest.mark.parametrize("extension", FORMATS)
def test_a_file_is_not_kept_in_the_cache_of_pages(client: Client, extension: str) -> None:
    make_world()
    for _time in range(2):
        response = client.get(f"/initiatives.{extension}")
        assert response.streaming
        assert b"".join(response)


@pytest.mark.parametrize("extension", FORMATS)
def test_head_has_the_headers_and_reads_no_row(client: Client, extension: str) -> None:
    make_world()
    # What a process reads once for each version of the data.
    facet_index.index()
    with CaptureQueriesContext(connection) as asked:
        response = client.head(f"/initiatives.{extension}")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == TYPES[extension]
    assert "Content-Length" not in response.headers
    assert not [q for q in asked.captured_queries if "summary" in q["sql"]]
    assert client.head(f"/initiatives.{extension}?status=x").status_code == 400


@pytest.mark.parametrize("extension", FORMATS)
def test_files_are_only_read(client: Client, extension: str) -> None:
    for method in (client.post, client.put, client.delete):
        assert method(f"/initiatives.{extension}").status_code == 405


QUERIES = {
    "status=x": 400,
    "page=x": 400,
    "per=7": 400,
    "q=" + "x" * 501: 400,
    "q=%00": 400,
    "theme=%27%20OR%201=1--": 400,
    "sort=nothing": 400,
    "q=%22%22%22&utm_x=%FF&&": 200,
    "x=%FF": 400,
    "page=99999&per=100": 200,
}


@pytest.mark.parametrize("extension", FORMATS)
def test_parameters_are_read_as_the_page_reads_them(client: Client, extension: str) -> None:
    make_world()
    for query, status in QUERIES.items():
        response = client.get(f"/initiatives.{extension}?{query}")
        leave(response)
        assert response.status_code == status, query
        if query != "x=%FF":
            page = client.get(f"/initiatives/?{query}")
            assert (page.status_code == 400) == (status == 400), query
        if status == 400 and "%00" not in query:
            assert "Expected" in response.content.decode(), query


def test_the_page_links_to_the_same_list(client: Client) -> None:
    world = make_world()
    make.initiatives(30, **world.shared)
    page = client.get("/initiatives/?theme=education&sort=title&per=50").content.decode()
    for extension, content_type in TYPES.items():
        address = f"/initiatives.{extension}?theme=education&amp;sort=title"
        assert f'<a href="{address}" rel="nofollow" download>{extension.upper()}</a>' in page
        link = re.search(
            rf'<link rel="alternate" type="([^"]+)" [^>]*href="{re.escape(address)}"', page
        )
        assert link
        assert content_type.startswith(link[1])
    assert 'href="/initiatives.csv"' in client.get("/initiatives/").content.decode()


# --- Texts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", FORMULAS)
def test_no_cell_begins_a_formula(client: Client, title: str) -> None:
    make.initiative("plan", title=title, themes=[Theme.objects.create(slug="t", name=title)])
    book = load_workbook(io.BytesIO(export(client, "xlsx")))
    header, values = book["Initiatives"].iter_rows()
    assert {cell.data_type for cell in values} <= {"s", "n", "d"}
    in_sheet = {name.value: cell.value for name, cell in zip(header, values, strict=True)}
    for row in (in_sheet, as_csv(export(client, "csv"))[0]):
        for name in ("title", "themes.name"):
            assert str(row[name]).startswith("'"), name
            assert str(row[name])[-1] == title[-1]
    # JSON opens no spreadsheet: it has the text as it is.
    assert as_json(export(client, "json"))[0]["title"] == title


@given(st.text())
def test_what_is_neutral_begins_no_formula_in_any_form(text: str) -> None:
    safe = neutral(text)
    assert safe in (text, f"'{text}")
    assert safe.lstrip()[:1] not in {"=", "+", "-", "@", "＝", "＋", "－", "＠"} - {""}
    assert safe[:1] not in {"\t", "\r", "\n"} - {""}
    assert neutral(safe) == safe


@pytest.mark.parametrize("title", TEXTS)
@pytest.mark.parametrize("extension", FORMATS)
def test_texts_survive(client: Client, extension: str, title: str) -> None:
    make.initiative("plan", title=title)
    assert first_title(extension, export(client, extension)) == title


@settings(max_examples=15 * TIMES)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60))
def test_any_text_makes_files_that_can_be_read(title: str) -> None:
    initiative = Initiative.objects.filter(slug="any").first() or make.initiative("any")
    Initiative.objects.filter(pk=initiative.pk).update(title=title)
    client = Client()
    assert (as_json(export(client, "json"))[0]["title"] or "") == title
    rows = as_csv(export(client, "csv"))
    assert [row["slug"] for row in rows] == ["any"]
    visible = re.sub(r"\s|[^ -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", title)
    assert re.sub(r"\s", "", rows[0]["title"]) in (visible, f"'{visible}")
    sheet = as_sheet(export(client, "xlsx"))
    assert [row[0] for row in sheet] == ["slug", "any"]


@pytest.mark.parametrize("extension", FORMATS)
def test_control_characters_and_line_ends_are_cleaned_in_sheets(
    client: Client, extension: str
) -> None:
    make.initiative("plan", title="a\x01\x0b\x1fb\r\nc\rd\ufffee")
    title = first_title(extension, export(client, extension))
    assert title == ("a\x01\x0b\x1fb\r\nc\rd\ufffee" if extension == "json" else "ab\nc\nde")


def test_csv_is_as_rfc_4180_has_it_for_excel(client: Client) -> None:
    make.initiative("plan", title='Say "yes",\nor no')
    body = export(client, "csv")
    assert body.startswith(b"\xef\xbb\xbfslug,")
    assert b'"Say ""yes"",\nor no"' in body
    assert body.endswith(b"\r\n")
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), strict=True))
    assert {len(row) for row in rows} == {len(rows[0])}


def test_json_is_one_row_a_line(client: Client) -> None:
    make.initiatives(3, **make_world().shared)
    lines = export(client, "json").decode().splitlines()
    assert [json.loads(line.rstrip(","))["kind"] for line in lines[1:-1]] == ["proposal"] * 5


# --- Workbooks ------------------------------------------------------------------------------------


def test_a_workbook_has_dates_where_they_are_whole(client: Client) -> None:
    for due in ("1850-01-02", "2022", "2022-04", "2022-04-15"):
        make.initiative(f"due-{due}", due_on=due)
    book = load_workbook(io.BytesIO(export(client, "xlsx", "sort=due")))
    sheet = book["Initiatives"]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.bold
    column = next(cell.column for cell in sheet[1] if cell.value == "due_on")
    found = [sheet.cell(row, column) for row in range(2, 6)]
    assert [cell.value for cell in found] == [
        "1850-01-02",
        datetime.datetime(2022, 4, 15),  # noqa: DTZ001  a day has no zone
        "2022-04",
        "2022",
    ]
    assert found[1].number_format == "yyyy-mm-dd"


def test_a_text_that_is_too_long_for_a_cell_is_cut_and_says_so(client: Client) -> None:
    make.initiative("plan", summary="x" * (LONGEST + 1))
    assert as_sheet(export(client, "xlsx"))[1][3] == "x" * (LONGEST - 1) + "…"
    assert as_csv(export(client, "csv"))[0]["summary"] == "x" * (LONGEST + 1)


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    for number in range(5):
        make.initiative(f"i{number}")
    body = export(client, "xlsx", "sort=title")
    book = load_workbook(io.BytesIO(body))
    assert book.sheetnames == ["Initiatives", "Initiatives 2", "Initiatives 3", "About"]
    names = [[row[0] for row in as_sheet(body, name)] for name in book.sheetnames[:3]]
    assert names == [["slug", "i0", "i1"], ["slug", "i2", "i3"], ["slug", "i4"]]


def test_a_workbook_says_what_it_is(client: Client) -> None:
    make_world()
    about = as_sheet(export(client, "xlsx", "theme=education"), "About")
    assert ["address", "http://testserver/initiatives/?theme=education"] in [r[:2] for r in about]
    standing = next(row for row in about if row[0] == "standing")
    assert "proposed: At least one participant put it forward." in standing[4]


@pytest.mark.parametrize("fails", [False, True])
def test_a_workbook_leaves_no_file_behind(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fails: bool
) -> None:
    make_world()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    if fails:
        seen: list[int] = []

        def fail(*args: object) -> str:
            seen.append(len(os.listdir(tmp_path)))
            if len(seen) > 50:
                raise ZeroDivisionError
            return "x"

        monkeypatch.setattr(workbook, "cell", fail)
        with pytest.raises(ZeroDivisionError):
            client.get("/initiatives.xlsx")
        assert set(seen) == {1}
    else:
        export(client, "xlsx")
    assert os.listdir(tmp_path) == []
