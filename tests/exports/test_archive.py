"""Everything in one archive: of one state of the data, described so that a program can check it, in little memory."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import frictionless
import pytest
from django.test import Client
from pytest_django import Settings

from initiatives.exports import archive
from initiatives.exports.export_column import in_sheets
from initiatives.exports.streams import csv_stream, record
from initiatives.exports.tables import TABLES, base
from initiatives.models import Dialogue, Initiative, Participant
from initiatives.serving.data_version import data_version
from tests import make
from tests.exports.test_exports import leave
from tests.sessions import several_sessions
from tests.world import hang_drafts_on, hang_past_on, load_fixtures, make_world

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "/data/initiative-tracker.zip"
SITE = "http://testserver"

MakeAll = Callable[[], list[str]]
Fetch = Callable[[], bytes]

pytestmark = pytest.mark.django_db


@pytest.fixture
def fetch(client: Client, make_all: MakeAll) -> Fetch:
    """Gives the archive of what is there."""

    def fetch() -> bytes:
        make_all()
        response = client.get(ADDRESS)
        assert response.status_code == 200
        body = b"".join(response)
        leave(response)
        return body

    return fetch


def unpacked(body: bytes, to: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(body)) as bundle:
        assert bundle.testzip() is None
        bundle.extractall(to)
    return to


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    text = (folder / "csv" / f"{name}.csv").read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def valid(folder: Path) -> None:
    found = frictionless.validate(str(folder / "datapackage.json"))
    assert found.valid, found.flatten(["name", "type", "note", "rowNumber", "fieldName"])[:5]
    assert len(found.tasks) == len(TABLES)


# --- What is in it --------------------------------------------------------------------------------


def test_the_real_data_is_a_valid_package(fetch: Fetch, tmp_path: Path) -> None:
    load_fixtures()
    folder = unpacked(fetch(), tmp_path / "out")
    valid(folder)
    described = json.loads((folder / "datapackage.json").read_text())
    assert [one["name"] for one in described["resources"]] == list(TABLES)
    assert described["licenses"][0]["name"] == "CC-BY-4.0"
    for one in described["resources"]:
        body = (folder / one["path"]).read_bytes()
        assert (one["bytes"], one["hash"]) == (
            len(body),
            f"sha256:{hashlib.sha256(body).hexdigest()}",
        )
    counts = {name: len(rows(folder, name)) for name in TABLES}
    assert counts == {name: table.public.count() for name, table in TABLES.items()}
    # Nothing of it was corrected or withdrawn.
    assert {name for name, count in counts.items() if count <= 5} == {
        "corrections",
        "withdrawn_criteria",
        "withdrawn_mentions",
        "withdrawn_updates",
    }


def test_the_check_would_find_what_is_wrong(fetch: Fetch, tmp_path: Path) -> None:
    make_world()
    folder = unpacked(fetch(), tmp_path / "out")
    assert faults_of_roles(folder) == set()
    path = folder / "csv" / "roles.csv"
    text = path.read_bytes()
    path.write_bytes(text.replace(b"university", b"nowhere"))
    assert "foreign-key" in faults_of_roles(folder)
    path.write_bytes(text.replace(b"proposer", b"owner"))
    assert "constraint-error" in faults_of_roles(folder)


def faults_of_roles(folder: Path) -> set[str]:
    package = frictionless.Package(str(folder / "datapackage.json"))
    return {kind for [kind] in package.get_resource("roles").validate().flatten(["type"])}


def test_both_files_of_a_table_hold_its_rows(fetch: Fetch, tmp_path: Path) -> None:
    world = make_world()
    make.initiatives(30, **world.shared)
    folder = unpacked(fetch(), tmp_path / "out")
    for name, table in TABLES.items():
        lines = [line for chunk in table.chunks(SITE) for line in chunk]
        whole = json.loads((folder / "json" / f"{name}.json").read_text())
        assert whole[name] == [record(table.columns, line) for line in lines]
        flat = rows(folder, name)
        assert len(flat) == len(lines)
        names = [column.name for column in in_sheets(table.columns)]
        assert not flat or list(flat[0]) == names
        assert whole["data_version"] == str(data_version())
    assert f"Data version:    {data_version()}" in (folder / "README.txt").read_text()


def test_an_empty_record_is_a_valid_package(fetch: Fetch, tmp_path: Path) -> None:
    valid(unpacked(fetch(), tmp_path / "out"))


def test_odd_texts_are_valid_too(fetch: Fetch, tmp_path: Path) -> None:
    world = make_world(title='=cmd()\r\n,"quoted";日本語 🌊\x01', summary="\n")
    Participant.objects.filter(pk=world.participant.pk).update(
        name="'apostrophe", official_name="－1"
    )
    valid(unpacked(fetch(), tmp_path / "out"))


def test_drafts_and_what_was_taken_back_are_not_in_it(fetch: Fetch, tmp_path: Path) -> None:
    world = make_world()
    hang_past_on(world, "secret")
    hang_drafts_on(world, "secret")
    folder = unpacked(fetch(), tmp_path / "out")
    for path in folder.rglob("*.*"):
        # The register says of what was public what it was.
        drafts = path.read_bytes().replace(b"secret misread", b"").replace(b"secret wrong", b"")
        assert b"secret" not in (drafts if path.stem == "corrections" else path.read_bytes()), (
            path.name
        )
    valid(folder)


# --- One state of the data ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_write_in_the_middle_is_in_no_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_world()
    stream, body = csv_stream, io.BytesIO()
    with several_sessions(tmp_path) as run:

        def write() -> None:
            Initiative.objects.filter(slug="university").update(publication="draft")
            Dialogue.objects.create(slug="later", name="Later")

        def interrupted(columns: Any, chunks: Any) -> Iterator[bytes]:
            if columns is TABLES["themes"].columns:
                assert run(write) == [None]
            yield from stream(columns, chunks)

        monkeypatch.setattr(archive, "csv_stream", interrupted)
        archive.write_archive(body, SITE)
        folder = unpacked(body.getvalue(), tmp_path / "out")
        assert {row["slug"] for row in rows(folder, "dialogues")} == {"ca-japan"}
        assert "university" in {row["slug"] for row in rows(folder, "initiatives")}
        assert rows(folder, "mentions")
        valid(folder)


def test_memory_does_not_grow_with_the_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine megabytes of text in 300 rows: a few of them are in memory at once."""
    monkeypatch.setattr(base, "CHUNK", 5)
    monkeypatch.setattr("initiatives.exports.rows.CHUNK", 5)
    world = make_world()
    make.initiatives(300, **world.shared)
    long = "растянутый текст 0123456789 " * 1100
    Initiative.objects.update(summary=long)
    with (tmp_path / "archive.zip").open("wb") as file:
        archive.write_archive(file, SITE)
        make.participant()
        tracemalloc.start()
        try:
            archive.write_archive(file, SITE)
            _now, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < 5_000_000


# --- The pages beside it --------------------------------------------------------------------------


def test_the_page_names_every_table_and_the_licence(client: Client, settings: Settings) -> None:
    settings.DATA_LICENCE = {"name": "OTHER", "title": "Another Licence", "path": "https://l.test/"}
    world = make_world()
    hang_drafts_on(world, "secret")
    page = client.get("/data/").content.decode()
    for name, table in TABLES.items():
        assert f'href="/data/csv/{name}.csv"' in page
        assert str(table.description) in page
    assert 'href="https://l.test/" rel="license"' in page
    described = client.get("/data/datapackage.json").json()
    assert described["licenses"] == [settings.DATA_LICENCE]
    assert "secret" not in page


def test_every_file_that_the_description_names_is_there(client: Client) -> None:
    make_world()
    described = client.get("/data/datapackage.json").json()
    for one in described["resources"]:
        response = client.get(f"/data/{one['path']}")
        assert response.status_code == 200
        header = b"".join(response).decode("utf-8-sig").splitlines()[0]
        assert header == ",".join(field["name"] for field in one["schema"]["fields"])
        whole = json.loads(b"".join(client.get(f"/data/json/{one['name']}.json")))
        assert whole["count"] == len(whole[one["name"]])


def test_the_dictionary_has_every_column_and_every_word(client: Client) -> None:
    page = client.get("/data/dictionary/").content.decode()
    for name, table in TABLES.items():
        assert f'id="{name}"' in page
        for column in table.columns:
            assert f"<code>{column.name}</code>" in page
            assert all(f"<code>{word}</code>" in page for word in column.words)


@pytest.mark.parametrize(
    "address", ["/data/csv/nothing.csv", "/data/json/x.csv", "/data/csv/", "/data/../etc.zip"]
)
def test_what_is_no_table_is_404(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
