"""Files that are refused: where and what is wrong with each, and that nothing of them is kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from initiatives.models import LoadedFact, Upload
from tests.report_files import DIALOGUE, FULL, report
from tests.upload_pages import ADD, faults, page, send, uploaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_once")]

FILE = report(body=FULL)
CHANGED = FILE.replace("title: First meeting", "title: The first\n  city: Tashkent")

BOMB = "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n"


@pytest.mark.parametrize(
    ("content", "place", "what"),
    [
        (b"", "line 1", "the file is empty"),
        (b"\xff\xfe\x00", "line 1", "this begins as UTF-16 text and goes on as something else"),
        (b"report:\n  id: a\0b\n", "line 2", "control character U+0000"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "", "this is a picture (PNG)"),
        (BOMB.encode(), "line 1", "anchors (&) and aliases (*) are not part of the format"),
        (b"just a sentence", "line 1", "this is not a mapping of keys and values"),
        (b"[" * 5000, "line 1", "nested too deeply"),
        (b"x" * 2_000_001, "", "the file is too large"),
        (b"report:\n\tid: x\n", "line 2", "not YAML"),
    ],
)
def test_garbage_is_told_where_and_what(
    client: Client, content: bytes, place: str, what: str
) -> None:
    upload = uploaded(client, garbage__yaml=content)
    (fault,) = faults(upload)
    assert fault[:2] == ("garbage.yaml", place)
    assert what in fault[2]
    assert what.replace("&", "&amp;") in page(client, upload)
    assert not LoadedFact.objects.exists()


def test_every_fault_of_every_file_is_told_at_once(client: Client) -> None:
    broken = report("one", DIALOGUE).replace("kind: joint", "kind: nonsense")
    missing = report(
        "two", "updates:\n  - {initiative: nowhere, status: delivered, what: x, locator: p}\n"
    )
    upload = uploaded(client, one__yaml=broken, two__yaml=missing.replace("  language: en\n", ""))
    assert {fault[0] for fault in faults(upload)} == {"one.yaml", "two.yaml"}
    assert "line 5" in page(client, upload)


def test_a_reference_that_leads_nowhere_is_told_with_its_line(client: Client) -> None:
    body = "updates:\n  - {initiative: nowhere, status: delivered, what: x, locator: p}\n"
    upload = uploaded(client, two__yaml=report("two", body))
    assert faults(upload) == [("two.yaml", "line 9", "there is no initiative “nowhere”")]


def test_no_file_and_files_without_a_name_are_refused_by_the_form(client: Client) -> None:
    for data in ({}, {"files": ""}, {"files": "text"}, {"other": SimpleUploadedFile("a", b"x")}):
        answer = client.post(reverse(ADD), data)
        assert answer.status_code == 200
        assert "This field is required." in answer.content.decode()
    assert not Upload.objects.exists()


def test_more_than_fits_is_refused_by_the_form_and_kept_nowhere(
    client: Client, settings: Settings
) -> None:
    settings.UPLOAD_MAX_BYTES = 100_000
    answer = send(client, one__yaml=b"x" * 60_000, two__yaml=b"x" * 60_000)
    assert answer.status_code == 200
    assert "larger than" in answer.content.decode()
    assert not Upload.objects.exists()


def test_the_form_keeps_its_token_where_files_are_too_large(
    person: User, settings: Settings
) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    token = client.get(reverse(ADD)).context["csrf_token"]
    files = [SimpleUploadedFile("a.yaml", b"x" * 5000)]
    answer = client.post(reverse(ADD), {"csrfmiddlewaretoken": str(token), "files": files})
    assert answer.status_code == 200
    assert "larger than" in answer.content.decode()


def test_too_many_files_are_refused(client: Client, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 3
    answer = send(client, **{f"file{number}__yaml": "x" for number in range(5)})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.yaml", "passwd.yaml"),
        ("C:\\temp\\a.yaml", "a.yaml"),
        ("a\u202eb.yaml", "ab.yaml"),
        ("<script>.yaml", "<script>.yaml"),
        ("é" * 300 + ".yaml", None),
    ],
)
def test_a_name_loses_its_path_and_what_cannot_be_seen(
    client: Client, name: str, kept: str | None
) -> None:
    file: Any = SimpleUploadedFile("x", b"")
    # Django's own class would take the path away before it is sent.
    file._name = file.file.name = name
    client.post(reverse(ADD), {"files": [file]})
    upload = Upload.objects.get()
    (found,) = upload.files.values_list("name", flat=True)
    assert found == kept if kept else len(found) <= 200
    assert "<script>.yaml" not in page(client, upload)
