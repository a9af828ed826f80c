"""A full disk: 503 with what is the case, nothing left half done, and the public goes on reading."""

from __future__ import annotations

import contextlib
import errno
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import connections
from django.test import Client
from openpyxl.worksheet._writer import create_temporary_file
from pytest_django import Settings

from initiatives.serving.availability import PRIMARY, servers
from tests import make
from tests.admin_forms import address
from tests.html_forms import boxes_of
from tests.people import client_of
from tests.serving.hindrances import LOGIN, NO_SPACE, check

pytestmark = pytest.mark.django_db(transaction=True)


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """SQLite may take no further page; on PostgreSQL a trigger says what a full disk says."""
    tables = ("initiatives_initiative", "django_session", "initiatives_uploadedfile")
    with connections[PRIMARY].cursor() as cursor:
        if connections[PRIMARY].vendor == "sqlite":
            # What earlier tests have left would be space.
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
            try:
                yield
            finally:
                cursor.execute("PRAGMA max_page_count = 1000000000")
            return
        cursor.execute(
            "CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
        )
        for table in tables:
            cursor.execute(
                f"CREATE TRIGGER no_space BEFORE INSERT OR UPDATE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION no_space()"
            )
        try:
            yield
        finally:
            cursor.execute("DROP FUNCTION no_space CASCADE")


def test_what_finds_no_space_is_not_saved_and_that_is_said(clerk: User) -> None:
    initiative, client = make.initiative(title="Before"), client_of(clerk)
    url = address(initiative, "change")
    form = boxes_of(client.get(url).text) | {"title": "After", "summary": "x" * 20_000}
    with full_disk():
        check(client.post(url, form), NO_SPACE, "Nothing was saved", "Tell whoever runs the site")
        assert Client().get("/").status_code == 200
        assert not servers[PRIMARY].is_down
    initiative.refresh_from_db()
    assert initiative.title == "Before"
    assert client.post(url, form).status_code == 302


def test_files_that_find_no_space_in_the_database_are_not_kept(clerk: User) -> None:
    client = client_of(clerk)
    file = SimpleUploadedFile("a.yaml", b"x" * 500_000)
    with full_disk():
        check(client.post("/admin/initiatives/upload/add/", {"files": file}), NO_SPACE)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("path", ["/admin/initiatives/upload/add/", LOGIN, "/admin/nowhere/"])
def test_files_that_find_no_space_while_they_come_in_are_told_so(
    clerk: User, settings: Settings, monkeypatch: pytest.MonkeyPatch, number: int, path: str
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10

    def full(self: TemporaryFileUploadHandler, *args: Any) -> None:
        self.file.close()
        raise OSError(number, "No space left on device")

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", full)
    for client in (client_of(clerk), Client(enforce_csrf_checks=True)):
        client.cookies["csrftoken"] = "a" * 32
        response = client.post(path, {"files": SimpleUploadedFile("a.yaml", b"x" * 500)})
        check(response, NO_SPACE, "Nothing was saved")


@pytest.mark.parametrize(
    "path", ["/initiatives.xlsx", "/admin/initiatives/upload/workbook/?format=xlsx"]
)
def test_a_workbook_that_finds_no_space_is_told_and_leaves_nothing(
    clerk: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    make.initiative()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def on_a_full_disk(suffix: str = "") -> str:
        file = Path(create_temporary_file(suffix))
        file.unlink()
        file.symlink_to("/dev/full")
        return str(file)

    monkeypatch.setattr("openpyxl.worksheet._writer.create_temporary_file", on_a_full_disk)
    check(client_of(clerk).get(path), NO_SPACE, "cannot be prepared at the moment")
    assert not list(tmp_path.glob("openpyxl*"))


def test_no_place_for_temporary_files_is_want_of_space(
    clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process whose first file finds the disk full gets this from Python, and not what the system says."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/dev/full"])
    files = {"files": SimpleUploadedFile("a.yaml", b"x" * 6_000_000)}
    check(Client().post("/admin/nowhere/", files), NO_SPACE, "Nothing was saved")
    check(client_of(clerk).get("/initiatives.xlsx"), NO_SPACE)
