"""Every list and every page of one thing has its twins, from one definition of the columns."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from initiatives.exports import tables
from initiatives.exports.cells import cell
from initiatives.exports.export_column import entry, in_sheets
from initiatives.exports.single_records import PAGES
from initiatives.exports.streams import record
from initiatives.exports.tables import TABLES, Table
from initiatives.facets.index import index
from initiatives.models import Initiative, Meeting, Record, Report
from tests import make
from tests.world import hang_drafts_on, hang_past_on, hang_withdrawn_on, make_world

pytestmark = pytest.mark.django_db

SITE = "http://testserver"
LISTS = ["dialogues", "meetings", "participants", "themes", "reports"]


def get(client: Client, address: str, status: int = 200) -> bytes:
    response = client.get(address)
    assert response.status_code == status, address
    return b"".join(response)


def as_csv(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def as_sheet(body: bytes) -> list[list[str]]:
    """The cells as CSV writes them."""
    rows = load_workbook(io.BytesIO(body)).worksheets[0].iter_rows()
    return [["" if one.value is None else text(one) for one in row] for row in rows]


def text(one: Any) -> str:
    return one.value.date().isoformat() if one.is_date else str(one.value)


def records(table: Table) -> list[dict[str, Any]]:
    return [record(table.columns, line) for chunk in table.chunks(SITE) for line in chunk]


# --- Columns --------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_column_has_a_name_of_its_own_and_a_meaning(table: Table) -> None:
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert set(table.key) <= set(names)
    for column in table.columns:
        of_column = entry(column)
        assert all(of_column[name] for name in ("name", "label", "type", "description"))
        assert bool(column.words) == (column.type == "word")
    for name, (other, key) in table.refers.items():
        assert name in names
        assert [key] == list(TABLES[other].key)


def test_every_model_is_a_table() -> None:
    here = {table.model for table in TABLES.values()}
    known = {model for model in Record.__subclasses__() if not model._meta.abstract}
    entries = {sub for model in Record.__subclasses__() for sub in model.__subclasses__()}
    named = {
        model.__name__ for model in (known | entries) if model._meta.app_label == "initiatives"
    }
    # What a load wrote last is its own bookkeeping, and so are the texts that searches read.
    assert {model.__name__ for model in here} == {
        name for name in named if name not in {"LoadedFact", "SearchText", "Entry"}
    }


# --- Lists ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_the_same_rows_in_every_format(client: Client, name: str) -> None:
    world = make_world()
    make.report("eq", title="=1+1", publisher="＋2", note="two\r\nlines", meeting=world.meeting)
    table = TABLES[name]
    whole = json.loads(get(client, f"/{name}.json"))
    flat = as_csv(get(client, f"/{name}.csv"))
    columns = in_sheets(table.columns)
    assert flat[0] == [column.name for column in columns]
    assert as_sheet(get(client, f"/{name}.xlsx")) == flat
    lines = [line for chunk in table.chunks(SITE) for line in chunk]
    assert sorted(flat[1:]) == sorted([cell(c.read(line)) for c in columns] for line in lines)
    assert whole[name] == sorted(records(table), key=lambda one: keys(whole[name]).index(key(one)))
    assert whole["count"] == len(whole[name]) == len(flat) - 1 > 0
    assert whole["address"] == f"{SITE}/{name}/"


def key(row: dict[str, Any]) -> str:
    return str(row.get("slug") or row["code"])


def keys(rows: list[dict[str, Any]]) -> list[str]:
    return [key(row) for row in rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["fm-9", "fm-8"]),
        ("sort=oldest", ["fm-8", "fm-9"]),
        ("year=2022", ["fm-8"]),
        ("participant=jp&state=held", ["fm-8"]),
        ("state=planned&per=25&page=7", ["fm-9"]),
        ("state=cancelled", []),
    ],
)
def test_a_filtered_list_is_that_of_the_page(
    client: Client, query: str, expected: list[str]
) -> None:
    world = make_world()
    make.meeting("fm-9", dialogue=world.dialogue, starts_on="2024-08", state="planned")
    assert keys(json.loads(get(client, f"/meetings.json?{query}"))["meetings"]) == expected
    assert [row[0] for row in as_csv(get(client, f"/meetings.csv?{query}"))[1:]] == expected
    assert [row[0] for row in as_sheet(get(client, f"/meetings.xlsx?{query}"))[1:]] == expected


def test_formulas_are_text_in_sheets_and_as_they_are_in_json(client: Client) -> None:
    make.report("eq", title="=1+1", publisher="＋2")
    assert as_csv(get(client, "/reports.csv"))[1][2:4] == ["'=1+1", "'＋2"]
    assert as_sheet(get(client, "/reports.xlsx"))[1][2:4] == ["'=1+1", "'＋2"]
    row = json.loads(get(client, "/reports.json"))["reports"][0]
    assert (row["title"], row["publisher"]) == ("=1+1", "＋2")


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("extension", ["csv", "json", "xlsx"])
def test_an_empty_list_is_a_whole_file(client: Client, name: str, extension: str) -> None:
    body = get(client, f"/{name}.{extension}")
    if extension == "json":
        assert json.loads(body)[name] == []
    elif extension == "csv":
        assert len(as_csv(body)) == 1
    else:
        assert len(as_sheet(body)) == 1


@pytest.mark.parametrize("extension", ["csv", "json", "xlsx"])
@pytest.mark.parametrize(
    "query",
    ["year=x", "sort=nothing", "page=-1", "per=7", "participant=%27--", "kind=" + "x" * 3000],
)
def test_nonsense_is_answered_by_name(client: Client, extension: str, query: str) -> None:
    for name in ("meetings", "reports"):
        get(client, f"/{name}.{extension}?{query}", status=400)
        assert client.post(f"/{name}.{extension}").status_code == 405
        assert client.head(f"/{name}.{extension}").status_code == 200


def test_the_cost_of_a_list_does_not_grow_with_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world()

    def queries() -> dict[str, int]:
        costs = {}
        # What follows a write is for the first one who asks.
        client.get("/")
        for name in LISTS:
            with CaptureQueriesContext(connection) as asked:
                get(client, f"/{name}.json")
            costs[name] = len(asked)
        return costs

    before = queries()
    for number in range(30):
        make.meeting(dialogue=world.dialogue, host=world.participant)
        make.report(
            issued_by=[world.participant], meeting=world.meeting, url=f"https://x.test/{number}"
        )
    assert queries() == before
    assert max(before.values()) <= 15


# --- Pages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PAGES)
def test_the_page_of_a_thing_has_its_row_and_what_hangs_on_it(client: Client, kind: str) -> None:
    world = make_world()
    thing: Any = getattr(world, kind)
    shape = PAGES[kind]
    found = json.loads(get(client, reverse(f"initiatives:{kind}_json", args=thing.natural_key())))
    of_list = json.loads(get(client, f"/{shape.table}.json"))[shape.table]
    assert found[kind] == next(row for row in of_list if key(row) == key(found[kind]))
    assert found["address"] == SITE + thing.get_absolute_url()
    for name in shape.tables:
        known = records(TABLES[name])
        assert all(row in known for row in found[name]), name
    for address in shape.lists:
        assert json.loads(get(client, found[address].removeprefix(SITE)))["count"] >= 0


def test_the_page_of_an_initiative_holds_all_that_is_said_of_it(client: Client) -> None:
    make.reading(make_world().initiative.targets.get(), 300)
    found = json.loads(get(client, "/initiatives/university.json"))
    assert found["mentions"][0]["quote"] == "大学"
    by_status = {row["status"]: row for row in found["updates"]}
    assert by_status.keys() == {None, "under_way"}
    assert (by_status[None]["target"]["metric"], by_status[None]["value"]) == ("students", 300)
    assert found["initiative"]["delivery_status"] == "under_way"
    assert found["roles"][0]["participant"] == {"code": "jp", "name": "Japan"}
    assert found["targets"][0]["reached"] == 300
    assert found["lineage"][0]["earlier"]["slug"] == "earlier"
    assert found["discrepancies"][0]["slug"] == "number"
    kinds = {citation["subject"] for citation in found["citations"]}
    assert kinds == {"role", "target", "lineage", "status_update", "discrepancy"}


def test_pages_cost_the_same_whatever_hangs_on_them(client: Client) -> None:
    world = make_world()

    def queries() -> dict[str, int]:
        costs = {}
        # What follows a write is for the first one who asks.
        client.get("/")
        for kind in PAGES:
            thing: Any = getattr(world, kind)
            with CaptureQueriesContext(connection) as asked:
                get(client, reverse(f"initiatives:{kind}_json", args=thing.natural_key()))
            costs[kind] = len(asked)
        return costs

    before = queries()
    make.initiatives(40, **world.shared)
    for _number in range(5):
        make.update(initiative=world.initiative, report=world.report)
        make.report(meeting=world.meeting, issued_by=[world.participant])
    assert queries() == before
    assert before == {
        "initiative": 21,
        "dialogue": 13,
        "meeting": 19,
        "participant": 6,
        "theme": 3,
        "report": 9,
    }


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_that_does_not_exist_is_404(client: Client, kind: str) -> None:
    for word in ("nothing", "x" * 3000, "%E2%80%AE", ".."):
        get(client, f"/{PAGES[kind].table}/{word}.json", status=404)


# --- Drafts ---------------------------------------------------------------------------------------


def test_drafts_and_what_was_taken_back_are_in_none(client: Client) -> None:
    world = make_world()
    hang_past_on(world, "secret")
    pages = [
        reverse(f"initiatives:{kind}_json", args=getattr(world, kind).natural_key())
        for kind in PAGES
    ]
    lists = [f"/{name}.{extension}" for name in LISTS for extension in ("csv", "json")]
    whole = {table: records(TABLES[table]) for table in TABLES}
    before = {page: get(client, page) for page in pages}
    hang_drafts_on(world, "secret")
    for address in (*pages, *lists):
        assert b"secret" not in get(client, address), address
    for page, body in before.items():
        now = json.loads(get(client, page)) | {"data_version": None}
        assert now == json.loads(body) | {"data_version": None}, page
    assert {table: records(TABLES[table]) for table in TABLES} == whole
    get(client, "/initiatives/secret-initiative.json", status=404)


def test_a_correction_of_a_draft_does_not_say_what_it_corrects() -> None:
    world = make_world()
    draft = make.update(initiative=world.initiative, publication="draft", on="2030")
    make.update(initiative=world.initiative, corrects=draft, on="2031")
    found = {row["on"]: row["corrects"] for row in records(TABLES["updates"])}
    assert found["2031"] is None


def test_chunks_are_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables.base, "CHUNK", 2)
    for number in range(5):
        make.participant(f"c{number}", name=f"C {number}")
    sizes = [len(chunk) for chunk in TABLES["participants"].chunks(SITE)]
    assert sizes == [2, 2, 1]
    assert not Meeting.objects.exists()
    assert not Report.objects.exists()


def test_tables_count_the_rows_that_they_have() -> None:
    world = make_world()
    hang_withdrawn_on(world, "past")
    hang_past_on(world, "secret")
    hang_drafts_on(world, "secret")
    # One that hangs on what is withdrawn, and is a draft and withdrawn itself, is left out once.
    withdrawn = make.initiative("gone", dialogue=world.dialogue, proposers=[world.participant])
    make.role(initiative=withdrawn, participant=world.participant, role="funder")
    make.update(initiative=withdrawn, report=world.report, publication="draft")
    Initiative.objects.filter(pk=withdrawn.pk).update(
        withdrawn_at=timezone.now(), withdrawal_reason="Not one."
    )
    for table in TABLES.values():
        assert table.count(index()) == table.public.order_by().count(), table.name
        assert table.count(index()) or table.name in ("corrections", "translations"), table.name
