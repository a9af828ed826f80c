"""Files of everything are made beside requests, whole or not at all, and served while nothing was written since."""

from __future__ import annotations

import fcntl
import io
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import IO, Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from initiatives.exports import lists, made_files
from initiatives.exports.made_files import StillWritten, make_files
from initiatives.models import Initiative
from initiatives.recording.removal import remove
from initiatives.recording.withdrawal import withdraw_initiative
from tests import make
from tests.clock import Clock
from tests.exports.test_exports import as_sheet, export, leave, slugs
from tests.world import make_world

ARCHIVE = "/data/initiative-tracker.zip"
WORKBOOK = "/initiatives.xlsx"
MakeAll = Callable[[], list[str]]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _all_lists_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than a workbook may be that is made at once, as soon as they have a row."""
    monkeypatch.setattr(lists, "MOST_ROWS_AT_ONCE", 0)
    monkeypatch.setattr(made_files, "MOST_ROWS_AT_ONCE", 0)


@pytest.fixture
def folder(settings: Settings, make_all: MakeAll) -> Path:
    """Where they are kept."""
    return settings.ARCHIVE_DIR  # type: ignore[no-any-return]


def status(client: Client, address: str = ARCHIVE) -> int:
    response = client.get(address)
    leave(response)
    return response.status_code


def kept(folder: Path) -> list[str]:
    """What is in the folder besides the lock and what is told of the making."""
    return sorted(
        path.name.partition(".")[2]
        for path in folder.iterdir()
        if path.stem not in ("lock", "making")
    )


# --- What is served -------------------------------------------------------------------------------


def test_what_is_made_is_served_as_a_file(client: Client, make_all: MakeAll) -> None:
    make_world()
    names = make_all()
    assert names[0] == "initiative-tracker.zip"
    assert "initiatives.xlsx" in names
    day = timezone.localdate().isoformat()
    for address, content_type in ((ARCHIVE, "application/zip"), (WORKBOOK, "application/vnd")):
        head, response = client.head(address), client.get(address)
        stem, _dot, extension = address.rpartition("/")[2].rpartition(".")
        for answer in (head, response):
            assert answer.status_code == 200
            assert answer.headers["Content-Type"].startswith(content_type)
            name = f'attachment; filename="{stem}-{day}.{extension}"'
            assert answer.headers["Content-Disposition"] == name
            assert answer.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        body, tag = b"".join(response), response.headers["ETag"]
        assert body.startswith(b"PK")
        assert response.headers["Content-Length"] == str(len(body))
        leave(response)
        leave(head)
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
        assert client.post(address).status_code == 405
    assert make_all() == [], "nothing has changed"


def test_a_workbook_of_a_long_list_holds_it_whole(client: Client, make_all: MakeAll) -> None:
    make.initiatives(30, **make_world().shared)
    make_all()
    made = as_sheet(export(client, "xlsx"))
    as_it_is = slugs("json", export(client, "json"))
    assert [row[0] for row in made[1:]] == as_it_is
    assert len(as_it_is) == 32


def test_a_short_list_is_made_at_once(
    client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_world()
    monkeypatch.setattr(lists, "MOST_ROWS_AT_ONCE", 2)
    assert len(as_sheet(export(client, "xlsx"))) == 3
    make.initiative("third")
    assert status(client, WORKBOOK) == 503
    assert len(as_sheet(export(client, "xlsx", "q=third"))) == 2


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/initiatives", "theme=education"),
        ("/initiatives", "sort=title&theme=education"),
        ("/initiatives", "as_of=2026-01-31"),
        ("/meetings", "sort=oldest"),
    ],
)
def test_a_long_part_of_a_list_is_refused_with_what_there_is_instead(
    client: Client, make_all: MakeAll, path: str, query: str
) -> None:
    make_world()
    make_all()
    response = client.get(f"{path}.xlsx?{query}")
    assert response.status_code == 400
    assert f'href="{path}.csv?{escape(query)}"' in response.text
    assert f'href="{path}.xlsx"' in response.text
    assert client.head(f"{path}.xlsx?{query}").status_code == 400


# --- What is not served ---------------------------------------------------------------------------


def _edit() -> None:
    Initiative.objects.filter(slug="university").update(summary="New.")


def _withdraw() -> None:
    withdraw_initiative(
        by=None, initiative=Initiative.objects.get(slug="university"), reason="Wrong."
    )


def _unpublish() -> None:
    Initiative.objects.filter(slug="university").update(publication="draft")


def _remove() -> None:
    remove(by=None, row=Initiative.objects.get(slug="university"), reason="Order of the court.")


@pytest.mark.parametrize("write", [_edit, _withdraw, _unpublish, _remove])
@pytest.mark.parametrize("address", [ARCHIVE, WORKBOOK])
def test_after_any_write_none_is_served_though_it_is_there(
    client: Client, make_all: MakeAll, folder: Path, write: Callable[[], None], address: str
) -> None:
    """As for a process of another machine, whose folder nobody has cleared."""
    make_world()
    make_all()
    assert status(client, address) == 200
    write()
    assert len(kept(folder)) > 1
    response = client.get(address)
    assert response.status_code == 503
    assert response.headers["Cache-Control"] == "no-store"
    make_all()
    assert status(client, address) == 200


def test_a_removal_deletes_them(
    make_all: MakeAll,
    folder: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    make_world()
    make_all()
    (folder / "x.part").write_bytes(b"begun")
    with django_capture_on_commit_callbacks(execute=True):
        _remove()
    assert kept(folder) == []


def test_files_of_before_are_deleted_when_it_looks_again(
    make_all: MakeAll, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_world()
    names = make_all()
    (folder / "x.part").write_bytes(b"begun by what was killed")
    _edit()
    make_all()
    assert kept(folder) == sorted(names)
    # Before anybody waits: what is of before is not even kept while somebody writes.
    _edit()
    monkeypatch.setattr(made_files, "_wait_for_rest", _still_written)
    with pytest.raises(StillWritten):
        make_files()
    assert kept(folder) == []


def _still_written(*_args: Any) -> None:
    raise StillWritten


def test_a_file_of_yesterday_is_not_served(
    client: Client, make_all: MakeAll, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch, "2026-01-31")
    make_world()
    make_all()
    assert status(client) == 200
    clock.turn(1)
    assert status(client) == 503


def test_a_file_of_another_program_or_site_is_not_served(
    client: Client, make_all: MakeAll, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_all()
    settings.SITE_ADDRESS = "https://elsewhere.example"
    assert status(client) == 503
    settings.SITE_ADDRESS = "http://testserver"
    monkeypatch.setattr(made_files, "build", lambda: b"another")
    assert status(client) == 503


# --- What is said where there is none -------------------------------------------------------------


def test_where_nothing_makes_them_that_is_said(client: Client, folder: Path) -> None:
    response = client.get(ARCHIVE)
    assert response.status_code == 503
    assert "Nothing prepares it on this site yet" in response.text
    assert 'href="/data/"' in response.text
    make_world()
    assert 'href="/initiatives.csv"' in client.get(WORKBOOK).text


def test_the_page_says_when_it_was_looked_at_and_how_long_it_takes(
    client: Client, make_all: MakeAll, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Clock(monkeypatch, "2026-01-31")
    make_world()
    make_all()
    (folder / "making.json").write_text('{"looked_at": "2026-01-31T12:00:00+00:00", "took": 150.0}')
    _edit()
    response = client.get(ARCHIVE)
    assert response.headers["Retry-After"] == "150"
    text = " ".join(response.text.split())
    assert (
        "The last attempt was at 31 January 2026, 12:00 UTC. The last time it took 3 minutes."
        in text
    )
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        text = " ".join(client.get(ARCHIVE).text.split())
        assert "It has been in preparation since 31 January 2026, 12:00 UTC" in text


# --- Making ---------------------------------------------------------------------------------------


def test_two_at_once_are_one(make_all: MakeAll, folder: Path) -> None:
    make_all()
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        out = io.StringIO()
        call_command("make_files", "--at-once", stdout=out)
        assert "being made already" in out.getvalue()


def test_it_waits_until_nobody_has_written_for_as_long_as_it_takes(
    make_all: MakeAll, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr(
        made_files, "_wait_for_rest", lambda _version, seconds: waited.append(seconds)
    )
    make_files()
    (folder / "making.json").write_text('{"looked_at": "2026-01-31T12:00:00+00:00", "took": 150.0}')
    make.participant()
    make_files()
    assert waited == [made_files.REST_SECONDS, 150.0]


def test_who_writes_while_it_waits_puts_it_off(
    make_all: MakeAll, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "initiatives.exports.made_files.time.sleep", lambda _seconds: make.participant()
    )
    out = io.StringIO()
    make_all()
    make.participant()
    call_command("make_files", stdout=out)
    assert "Somebody is writing" in out.getvalue()
    assert kept(folder) == []


@pytest.mark.every_case
@pytest.mark.parametrize("error", [OSError("no space left"), ZeroDivisionError()])
def test_a_failure_leaves_nothing_behind(
    client: Client,
    make_all: MakeAll,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def fail(file: IO[bytes], site: str) -> None:
        file.write(b"begun")
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(made_files, "write_archive", fail)
        expected = CommandError if isinstance(error, OSError) else type(error)
        with pytest.raises(expected):
            call_command("make_files", "--at-once")
    assert kept(folder) == []
    assert status(client) == 503
    make_all()
    assert status(client) == 200


def test_a_write_while_it_is_made_leaves_no_file(
    make_all: MakeAll, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(file: IO[bytes], site: str) -> None:
        make.participant()

    monkeypatch.setattr(made_files, "write_archive", write)
    with pytest.raises(StillWritten):
        make_all()
    assert kept(folder) == []


def test_what_is_removed_while_it_is_made_is_in_no_file(
    make_all: MakeAll,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Deleted under the hands of who writes it, and nobody waits for him."""
    monkeypatch.setattr(made_files, "write_archive", lambda file, site: made_files._delete_but(()))
    with pytest.raises(StillWritten):
        make_all()
    assert kept(folder) == []


def test_a_folder_that_cannot_be_written_is_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings.ARCHIVE_DIR = tmp_path / "file" / "made"
    with pytest.raises(CommandError, match="cannot be made"):
        call_command("make_files", "--at-once")
