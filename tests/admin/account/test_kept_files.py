"""Files that somebody sent after their session had ended wait for them, and for nobody else."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from initiatives.admin.account.form_recovery import MAX_CHARACTERS
from initiatives.loading import uploads
from initiatives.models import Upload, UploadState
from initiatives.recording.permissions import ADMINISTRATOR, EDITOR
from initiatives.recording.removal import remove
from tests import make
from tests.people import client_of, make_person
from tests.report_files import report

pytestmark = pytest.mark.django_db

ADD = reverse("admin:initiatives_upload_add")
LIST = reverse("admin:initiatives_upload_changelist")
TYPED = reverse("admin:typed")


def file(name: str = "statement.yaml", content: str = "") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, (content or report()).encode())


def sent_signed_out(client: Client, *files: SimpleUploadedFile) -> Any:
    """Open the form, be signed out, and send it."""
    (mark,) = re.findall(r'name="_typed" value="([^"]+)"', client.get(ADD).text)
    client.logout()
    return client.post(ADD, {"_typed": mark, "files": list(files)}, follow=True)


@pytest.fixture
def anna() -> User:
    return make_person(ADMINISTRATOR, username="anna")


def test_they_are_offered_after_signing_in_and_can_be_gone_on_with(anna: User) -> None:
    client = client_of(anna)
    page = sent_signed_out(client, file())
    assert "Your files are kept" in page.text
    upload = Upload.objects.get()
    assert (upload.uploaded_by, upload.state) == (anna, UploadState.INTERRUPTED)
    client.force_login(anna)
    page = client.get(TYPED)
    assert "statement.yaml" in page.text
    url = reverse("admin:initiatives_upload_change", args=[upload.pk])
    assert url in page.text
    assert client.get(url).status_code == 200
    assert uploads.documents_of(upload)[0].source == "statement"


def test_nobody_else_sees_them(anna: User) -> None:
    sent_signed_out(client_of(anna), file())
    url = reverse("admin:initiatives_upload_change", args=[Upload.objects.get().pk])
    other = client_of(make_person(ADMINISTRATOR))
    assert other.get(url).status_code == 404
    assert "statement.yaml" not in other.get(LIST).text
    assert "statement.yaml" in client_of(anna).get(LIST).text


def test_they_are_thrown_away_with_the_form(anna: User) -> None:
    client = client_of(anna)
    sent_signed_out(client, file())
    client.force_login(anna)
    (kept,) = client.get(TYPED).context["kept"]
    client.post(TYPED, {"_kept": kept["id"]})
    assert not Upload.objects.exists()


def test_they_are_dropped_after_a_week(anna: User) -> None:
    sent_signed_out(client_of(anna), file())
    Upload.objects.update(uploaded_at=timezone.now() - datetime.timedelta(days=6))
    uploads.drop_old()
    assert Upload.objects.exists()
    Upload.objects.update(uploaded_at=timezone.now() - datetime.timedelta(days=8))
    uploads.drop_old()
    assert not Upload.objects.exists()


def test_removing_something_for_good_takes_them_too(anna: User) -> None:
    sent_signed_out(client_of(anna), file())
    initiative = make.initiative()
    make.mention(initiative=initiative)
    remove(by=None, row=initiative, reason="Personal data.")
    assert not Upload.objects.exists()


def test_no_more_is_kept_than_an_upload_may_hold(anna: User, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 600
    client = client_of(anna)
    sent_signed_out(client, file(content="x" * 500))
    assert Upload.objects.count() == 1
    client.force_login(anna)
    page = sent_signed_out(client, file(content="x" * 500))
    assert "the files could not be kept" in page.text
    assert Upload.objects.count() == 1


def test_with_a_form_that_is_not_kept_no_file_is(anna: User) -> None:
    client = client_of(anna)
    (mark,) = re.findall(r'name="_typed" value="([^"]+)"', client.get(ADD).text)
    client.logout()
    sent = {"_typed": mark, "files": [file()], "note": "x" * (MAX_CHARACTERS + 1)}
    assert client.post(ADD, sent).status_code == 413
    assert not Upload.objects.exists()


@pytest.mark.parametrize("mark", ["", "forged"])
def test_without_the_mark_of_the_form_nothing_is_kept(mark: str) -> None:
    Client().post(ADD, {"_typed": mark, "files": [file()]})
    assert not Upload.objects.exists()


def test_nothing_is_kept_for_who_may_not_load(anna: User) -> None:
    client = client_of(anna)
    (mark,) = re.findall(r'name="_typed" value="([^"]+)"', client.get(ADD).text)
    anna.groups.set(make_person(EDITOR).groups.all())
    client.logout()
    client.post(ADD, {"_typed": mark, "files": [file()]})
    assert not Upload.objects.exists()
