"""Exports hold the list of the page, whole and in its order, each column documented, at a constant cost."""

from __future__ import annotations

import csv
import io
import json
import re
import tracemalloc
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponseBase, QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from initiatives.exports import rows
from initiatives.exports.columns import INITIATIVE
from initiatives.exports.export_column import ExportColumn, entry, in_sheets
from initiatives.facets import index as facet_index
from initiatives.models import (
    DeliveryStatus,
    EvidenceGrade,
    Initiative,
    InitiativeKind,
    RoleKind,
    Standing,
    StatusGroup,
    Verifiability,
)
from initiatives.query.filters import InitiativeFilter
from initiatives.serving import snapshot
from tests import make
from tests.kept_connection import kept_connection
from tests.sessions import several_sessions
from tests.world import hang_drafts_on, make_world

DOCS = Path(__file__).resolve().parents[2] / "docs" / "exports.md"
FORMATS = ["csv", "json", "xlsx"]
QUERIES = [
    "",
    "q=initiative&sort=relevance",
    "q=zero",
    "group=in_progress&group=pending",
    "participant=jp&theme=education&year=2022",
    "flag=stale&sort=due",
    "sort=meeting&per=100&page=2",
    "sort=title&page=99999",
]


def export(client: Client, extension: str, query: str = "") -> bytes:
    response = client.get(f"/initiatives.{extension}?{query}")
    assert response.status_code == 200, query
    return b"".join(response)


def leave(response: HttpResponseBase) -> None:
    with kept_connection():
        response.close()


def as_csv(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def as_json(body: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(body)["initiatives"]
    return found


def as_sheet(body: bytes, name: str = "Initiatives") -> list[list[Any]]:
    return [list(row) for row in load_workbook(io.BytesIO(body))[name].values]


def slugs(extension: str, body: bytes) -> list[str]:
    match extension:
        case "csv":
            return [row["slug"] for row in as_csv(body)]
        case "json":
            return [row["slug"] for row in as_json(body)]
    return [row[0] for row in as_sheet(body)[1:]]


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "CHUNK", 7)


# --- Columns --------------------------------------------------------------------------------------


def paths(value: object, before: str = "") -> Iterator[str]:
    """The paths of a JSON row: “dialogue.slug”."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from paths(inner, f"{before}.{key}" if before else key)
        case [dict() as first, *_]:
            yield from paths(first, before)
        case _:
            yield before


@pytest.mark.django_db
def test_every_format_has_every_column_in_order(client: Client) -> None:
    world = make_world(summary="Plans.", due_note="Within five years.")
    for kind in RoleKind.values:
        make.role(initiative=world.initiative, participant=make.participant(), role=kind)
    for act in ("adopted", "readiness"):
        make.mention(
            initiative=world.initiative,
            act=act,
            report=world.report,
            participants=[make.participant()],
            due_at=make.meeting(),
            condition="if funds allow",
        )
    whole, part = make.initiative(title="Zz whole"), make.initiative(title="Zz part")
    make.lineage(earlier=whole, later=world.initiative, relation="part_of")
    make.lineage(earlier=world.initiative, later=part, relation="part_of")
    names = [column.name for column in in_sheets(INITIATIVE)]
    assert len(set(names)) == len(names)
    assert list(as_csv(export(client, "csv"))[0]) == names
    row = as_json(export(client, "json", "sort=title"))[0]
    assert row.pop("translations") == {}
    assert list(paths(row)) == names
    workbook = export(client, "xlsx")
    assert as_sheet(workbook)[0] == names
    about = [row[0] for row in as_sheet(workbook, "About")]
    assert about[about.index("name") + 1 :] == names


@pytest.mark.parametrize("column", INITIATIVE, ids=lambda column: column.name)
def test_every_column_is_documented(column: ExportColumn) -> None:
    of_column = entry(column)
    assert all(of_column[name] for name in ("name", "label", "type", "description"))
    line = f"| `{column.name}` | {of_column['type']} | {of_column['description']} |"
    said = DOCS.read_text()
    assert f"\n{line}\n" in said
    assert bool(column.words) == (column.type == "word")
    for word, meaning in of_column["words"].items():
        assert f"| `{word}` | {meaning} |".replace("|  |", "| |") in said, word


def test_the_documentation_has_no_other_columns() -> None:
    listed = re.findall(r"^\| `([a-z_.]+)` \| .* \| .* \|$", DOCS.read_text(), re.MULTILINE)
    assert listed == [column.name for column in INITIATIVE]


def test_the_words_of_each_column_are_all_that_it_can_have() -> None:
    words = {column.name: set(column.words) for column in INITIATIVE if column.words}
    assert words == {
        "kind": set(InitiativeKind.values),
        "standing": set(Standing.values),
        "delivery_status": set(DeliveryStatus.values),
        "status_group": set(StatusGroup.values),
        "iati_status": {status.iati for status in DeliveryStatus} - {None},
        "ogp_completion": {status.ogp for status in DeliveryStatus} - {None},
        "evidence_grade": set(EvidenceGrade.values),
        "verifiability": set(Verifiability.values),
        "flags": {
            "overdue",
            "stale",
            "delivered_late",
            "one_sided",
            "contradictory",
            "status_before_criterion",
            "conditional",
        },
        "due_dropped": {"yes", "no"},
    }


# --- Rows -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_row_says_what_the_page_says(client: Client) -> None:
    world = make_world()
    make.role(initiative=world.initiative, participant=make.participant("uz", name="Uzbekistan"))
    world.initiative.themes.add(make.theme("digital", name="Digital"))
    row = as_json(export(client, "json", "theme=education"))[0]
    statement = {
        "slug": "statement",
        "title": "Joint Statement",
        "address": "http://testserver/reports/statement/",
        "original": "https://example.org/statement",
    }
    published_by = {"publisher": "Ministry of Foreign Affairs", "published_on": "2022-04-17"}
    published = {
        "slug": "university",
        "address": "http://testserver/initiatives/university/",
        "title": "Digital University",
        "summary": None,
        "kind": "proposal",
        "dialogue": {"slug": "ca-japan", "name": "Central Asia + Japan"},
        "raised_at": {"slug": "fm-8", "title": "8th Meeting", "starts_on": "2022-04-15"},
        "themes": [
            {"slug": "digital", "name": "Digital"},
            {"slug": "education", "name": "Education"},
        ],
        "proposers": [{"code": "jp", "name": "Japan"}, {"code": "uz", "name": "Uzbekistan"}],
        "supporters": [],
        "leads": [],
        "implementers": [],
        "funders": [],
        "beneficiaries": [],
        "parties": [],
        "mentioned": [],
        "due_on": "2026",
        "due_note": None,
        "standing": "proposed",
        "standing_report": statement,
        "delivery_status": "under_way",
        "status_group": "in_progress",
        "iati_status": "2",
        "ogp_completion": "Limited",
        "evidence_grade": "joint",
        "latest_update_on": "2022-04-17",
        "latest_update_report": statement | published_by,
        "latest_update": {"locator": "para 7", "what": "Work has begun."},
        "delivered_on": None,
        "last_heard_on": "2022-04-17",
        "flags": world.initiative.flags(),
        "as_of": timezone.localdate().isoformat(),
    }
    # What is published stays; there may be more.
    assert {name: row[name] for name in published} == published
    flat = as_csv(export(client, "csv", "theme=education"))[0]
    assert flat["proposers.code"] == "jp; uz"
    assert flat["themes.name"] == "Digital; Education"
    assert flat["raised_at.starts_on"] == "2022-04-15"
    assert flat["supporters.name"] == flat["delivered_on"] == ""


@pytest.mark.django_db
def test_what_is_known_in_part_is_said_in_part(client: Client) -> None:
    make.initiative("plan", raised_at=make.meeting("undated", starts_on=None, title="Talks"))
    row = as_json(export(client, "json"))[0]
    assert row["raised_at"] == {"slug": "undated", "title": "Talks", "starts_on": None}
    assert row["standing_report"] is None


@pytest.mark.django_db
@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("query", QUERIES)
def test_all_rows_of_the_list_are_there_in_its_order(client: Client, query: str) -> None:
    world = make_world()
    make.initiatives(30, **world.shared)
    make.initiative("zero", title="Zero initiative", summary="initiative", due_on="2020")
    filters = InitiativeFilter.read(QueryDict(query), Initiative.objects.public())
    expected = list(filters.qs.values_list("slug", flat=True))
    of_list = QueryDict(query, mutable=True)
    of_list["per"], of_list["page"] = "100", "1"
    page = client.get(f"/initiatives/?{of_list.urlencode()}").content.decode()
    shown = re.findall(r'<h3[^>]*><a href="/initiatives/([^/"]+)/"', page)
    assert shown == expected
    assert expected
    for extension in FORMATS:
        assert slugs(extension, export(client, extension, query)) == expected, extension


@pytest.mark.django_db
@pytest.mark.parametrize("extension", FORMATS)
def test_an_empty_list_is_a_whole_file(client: Client, extension: str) -> None:
    assert slugs(extension, export(client, extension)) == []
    assert slugs(extension, export(client, extension, "q=nothing+like+it")) == []


@pytest.mark.django_db
@pytest.mark.parametrize("extension", FORMATS)
def test_a_draft_is_absent_from_every_export(client: Client, extension: str) -> None:
    world = make_world()
    before = slugs(extension, export(client, extension))
    hang_drafts_on(world, "secret")
    body = export(client, extension)
    assert slugs(extension, body) == before
    assert "secret" not in (str(as_sheet(body)) if extension == "xlsx" else body.decode())
    assert slugs(extension, export(client, extension, "q=secret")) == []


@pytest.mark.django_db
def test_json_says_what_it_is(client: Client) -> None:
    make_world()
    about = json.loads(export(client, "json", "theme=education&per=50&utm_id=1&sort=title"))
    assert about["address"] == "http://testserver/initiatives/?theme=education&sort=title"
    assert about["count"] == len(about["initiatives"]) == 1
    assert about["title"] == "Initiatives"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", about["flags_as_of"])
    assert about["read_at"].startswith(about["flags_as_of"])
    assert about["data_version"] == str(facet_index.index().version)


# --- Cost -----------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("extension", FORMATS)
def test_each_chunk_costs_four_queries(
    client: Client, monkeypatch: pytest.MonkeyPatch, extension: str
) -> None:
    world = make_world()
    make.initiatives(28, **world.shared)
    # What a process reads once for each version of the data is not a cost of one export.
    export(client, extension, "sort=title")
    costs = {}
    for size in (100, 10, 3):
        monkeypatch.setattr(rows, "CHUNK", size)
        with CaptureQueriesContext(connection) as asked:
            assert len(slugs(extension, export(client, extension, "sort=title"))) == 30
        costs[-(-30 // size)] = len(asked)
    base = costs[1] - 4
    assert costs == {chunks: base + 4 * chunks for chunks in (1, 3, 10)}
    assert base <= 7


@pytest.mark.django_db
@pytest.mark.parametrize("extension", FORMATS)
def test_memory_does_not_grow_with_the_list(
    client: Client, monkeypatch: pytest.MonkeyPatch, extension: str
) -> None:
    """Six megabytes of text in 150 rows: five rows of it are in memory at once."""
    monkeypatch.setattr(rows, "CHUNK", 5)
    world = make_world()
    make.initiatives(148, **world.shared)
    Initiative.objects.update(summary="растянутый текст 0123456789 " * 1100)
    export(client, extension)
    size = 0
    tracemalloc.start()
    try:
        response = client.get(f"/initiatives.{extension}")
        for part in response:
            size += len(part)
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 6_000_000 or extension == "xlsx"
    assert most < 3_000_000


# --- One state of the data ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("extension", ["csv", "json"])
def test_a_write_in_the_middle_is_not_in_the_export(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extension: str
) -> None:
    monkeypatch.setattr(rows, "CHUNK", 2)
    for number in range(6):
        make.initiative(f"i{number}", title=f"Before {number}")

    def write() -> None:
        Initiative.objects.filter(slug="i0").update(publication="draft")
        Initiative.objects.filter(slug="i5").update(title="After", publication="draft")

    with several_sessions(tmp_path) as run:
        parts = iter(client.get(f"/initiatives.{extension}?sort=title"))
        begun = next(parts) + next(parts)
        assert run(write) == [None]
        body = begun + b"".join(parts)
        assert slugs(extension, body) == [f"i{number}" for number in range(6)]
        assert b"After" not in body
        # Nobody else is held up, and the next one sees it.
        assert slugs(extension, export(client, extension, "sort=title")) == ["i1", "i2", "i3", "i4"]


def in_transaction() -> bool:
    return connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("extension", ["csv", "json"])
def test_a_reader_who_goes_away_ends_the_work(
    client: Client, monkeypatch: pytest.MonkeyPatch, extension: str
) -> None:
    monkeypatch.setattr(rows, "CHUNK", 1)
    for number in range(5):
        make.initiative(f"i{number}")
    response = client.get(f"/initiatives.{extension}")
    parts = iter(response)
    next(parts)
    next(parts)
    assert in_transaction()
    leave(response)
    assert not in_transaction()
    with CaptureQueriesContext(connection) as asked:
        assert list(parts) == []
    assert not asked.captured_queries


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_leaves_the_connection_as_it_was() -> None:
    def settings() -> object:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                return getattr(connection, "transaction_mode")  # noqa: B009  only SQLite's has it
            cursor.execute("SHOW transaction_isolation")
            isolation = cursor.fetchone()
            cursor.execute("SHOW idle_in_transaction_session_timeout")
            return isolation, cursor.fetchone()

    before = settings()
    for last in (nullcontext(), pytest.raises(ZeroDivisionError)):
        with last as failed, snapshot.snapshot("default", idle_seconds=7):
            assert settings() != before
            assert not failed or 1 / 0
        assert settings() == before
    make.initiative()
