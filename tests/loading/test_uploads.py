"""Report files loaded from the desk: uploaded, compared, decided about, loaded; nothing half, nothing twice."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from initiatives.loading import uploads
from initiatives.loading.merge import ConflictChoices
from initiatives.loading.problems import Problem, SheetCell
from initiatives.models import Initiative, LoadConflict, LoadedFact, Meeting, Upload, UploadState
from initiatives.recording.permissions import ADMINISTRATOR, EDITOR, PUBLISHER
from tests import make
from tests.people import client_of, make_person
from tests.report_files import FULL, VOCABULARY, load_texts, report
from tests.upload_pages import ADD, decide, faults, page, uploaded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_once")]

FILE = report(body=FULL)
CHANGED = FILE.replace("title: First meeting", "title: The first\n  city: Tashkent")


# --- From file to rows ----------------------------------------------------------------------------


def test_files_are_compared_and_nothing_is_written_before_somebody_agrees(client: Client) -> None:
    upload = uploaded(client, vocabulary__yaml=VOCABULARY, statement__yaml=FILE)
    assert upload.state == UploadState.READY
    assert not Initiative.objects.exists()
    shown = page(client, upload)
    assert f"What would change: {upload.plan['new']} new, 0 changed" in shown  # type: ignore[index]
    assert "Digital university" in shown
    assert "vocabulary.yaml" in shown


def test_what_was_agreed_to_is_loaded_by_whom_and_said(client: Client, person: User) -> None:
    upload = decide(client, uploaded(client, vocabulary__yaml=VOCABULARY, statement__yaml=FILE))
    assert upload.state == UploadState.LOADED
    assert upload.loaded_by == person
    initiative = Initiative.objects.get()
    assert initiative.history.latest().history_user == person
    assert initiative.updates.first().recorded_by == person  # type: ignore[union-attr]
    assert "Loaded: " in page(client, upload)
    again = uploaded(client, vocabulary__yaml=VOCABULARY, statement__yaml=FILE)
    assert "0 changes" in page(client, again)
    assert "Loading this would change nothing." in page(client, again)


def test_a_plan_names_each_field_that_changes(client: Client) -> None:
    load_texts(VOCABULARY, FILE)
    shown = page(client, uploaded(client, statement__yaml=CHANGED))
    assert "<del>First meeting</del>" in shown
    assert "<ins>The first</ins>" in shown


def test_a_loaded_upload_is_not_loaded_twice(client: Client) -> None:
    upload = decide(client, uploaded(client, vocabulary__yaml=VOCABULARY, statement__yaml=FILE))
    loaded_at = upload.loaded_at
    Meeting.objects.update(title="A title of a person")
    assert decide(client, upload).loaded_at == loaded_at
    compare = reverse("admin:initiatives_upload_compare", args=[upload.pk])
    assert client.post(compare).status_code == 302
    upload.refresh_from_db()
    assert upload.state == UploadState.LOADED


# --- Conflicts ------------------------------------------------------------------------------------


@pytest.fixture
def conflict(client: Client) -> Upload:
    """A file that changes two fields which a person has changed as well."""
    load_texts(VOCABULARY, FILE)
    Meeting.objects.update(city="Almaty", title="A title of a person")
    return uploaded(client, statement__yaml=CHANGED)


def number_of(upload: Upload, field: str) -> int:
    assert upload.plan
    (number,) = [
        number for number, each in enumerate(upload.plan["choices"]) if each["field"] == field
    ]
    return number


def test_a_conflict_is_shown_with_all_three_values(client: Client, conflict: Upload) -> None:
    shown = page(client, conflict)
    for value in ("First meeting", "A title of a person", "The first", "Almaty", "Tashkent"):
        assert value in shown
    assert shown.count('value="database" checked') == 2


def test_what_a_person_wrote_stays_unless_the_file_is_chosen(
    client: Client, conflict: Upload
) -> None:
    decide(client, conflict)
    meeting = Meeting.objects.get()
    assert (meeting.title, meeting.city) == ("A title of a person", "Almaty")
    assert LoadConflict.objects.count() == 1


def test_each_conflict_is_decided_by_itself(client: Client, conflict: Upload) -> None:
    decide(client, conflict, **{f"take-{number_of(conflict, 'city')}": "file"})
    meeting = Meeting.objects.get()
    assert (meeting.title, meeting.city) == ("A title of a person", "Tashkent")
    assert [each["field"] for each in LoadConflict.objects.get().fields] == ["title"]


def test_what_is_settled_is_not_asked_about_again(client: Client, conflict: Upload) -> None:
    decide(client, conflict, settle="on")
    assert not LoadConflict.objects.exists()
    again = uploaded(client, statement__yaml=CHANGED)
    assert again.plan
    assert again.plan["choices"] == []
    assert Meeting.objects.get().title == "A title of a person"


def test_choices_that_do_not_exist_choose_nothing(client: Client, conflict: Upload) -> None:
    garbage = {"take-99": "file", "take--1": "file", "take-x": "file", "take-0": "\0"}
    decide(client, conflict, **garbage)
    assert Meeting.objects.get().title == "A title of a person"


# --- Meanwhile ------------------------------------------------------------------------------------


def test_a_plan_that_moved_is_shown_again_and_not_written(client: Client) -> None:
    load_texts(VOCABULARY, FILE)
    upload = uploaded(client, statement__yaml=CHANGED)
    Meeting.objects.update(title="A title of a person")
    decide(client, upload)
    assert upload.state == UploadState.READY
    assert upload.has_moved
    assert Meeting.objects.get().city == ""
    shown = page(client, upload)
    assert "The data has changed since you looked at the plan" in shown
    assert "A title of a person" in shown
    decide(client, upload)
    assert upload.state == UploadState.LOADED
    assert Meeting.objects.get().city == "Tashkent"


def test_a_page_with_an_older_plan_loads_nothing(client: Client) -> None:
    load_texts(VOCABULARY, FILE)
    upload = uploaded(client, statement__yaml=CHANGED)
    for digest in ("", "x", "\0", "0" * 64):
        decide(client, upload, digest=digest)
        assert upload.state == UploadState.READY
    assert Meeting.objects.get().city == ""


def test_an_upload_that_somebody_works_on_is_left_alone(client: Client) -> None:
    upload = uploaded(client, vocabulary__yaml=VOCABULARY)
    attempt = uploads.begin(upload, UploadState.LOADING)
    assert attempt
    assert "Being loaded" in page(client, upload)
    decide(client, upload)
    assert upload.state == UploadState.LOADING
    assert upload.attempt == attempt.number
    assert not LoadedFact.objects.exists()
    delete = reverse("admin:initiatives_upload_delete", args=[upload.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403


def fall_silent(upload: Upload) -> None:
    long_ago = timezone.now() - datetime.timedelta(minutes=5)
    Upload.objects.filter(pk=upload.pk).update(beat_at=long_ago)


def test_an_upload_whose_program_fell_silent_can_be_taken_up_again(client: Client) -> None:
    upload = uploaded(client, vocabulary__yaml=VOCABULARY)
    lost = uploads.begin(upload, UploadState.LOADING)
    assert lost
    fall_silent(upload)
    changelist = client.get(reverse("admin:initiatives_upload_changelist"))
    assert "Interrupted" in changelist.content.decode()
    assert "was interrupted, and nothing was written" in page(client, upload)
    assert not lost.finish(state=UploadState.LOADED), "a lost attempt may not say it is done"
    client.post(reverse("admin:initiatives_upload_compare", args=[upload.pk]))
    assert decide(client, upload).state == UploadState.LOADED


def test_an_attempt_that_was_only_slow_writes_nothing_after_another_began(
    client: Client, person: User
) -> None:
    upload = uploaded(client, vocabulary__yaml=VOCABULARY)
    slow = uploads.begin(upload, UploadState.LOADING)
    assert slow
    fall_silent(upload)
    page(client, upload)
    uploads._apply(slow, upload.digest, person, ConflictChoices())
    assert not LoadedFact.objects.exists()
    upload.refresh_from_db()
    assert upload.state == UploadState.INTERRUPTED


def test_a_fault_of_the_program_is_told_and_leaves_the_upload_free(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    upload = uploaded(client, vocabulary__yaml=VOCABULARY)

    def break_off(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(uploads, "load", break_off)
        decide(client, upload)
    assert faults(upload) == [
        ("the program", "", "something went wrong here, and nothing was written")
    ]
    assert "a bug" in caplog.text
    client.post(reverse("admin:initiatives_upload_compare", args=[upload.pk]))
    assert decide(client, upload).state == UploadState.LOADED


# --- Who may, and how long it stays ---------------------------------------------------------------


def addresses(upload: Upload) -> Iterator[str]:
    yield reverse(ADD)
    yield reverse("admin:initiatives_upload_changelist")
    for name in ("change", "apply", "compare", "delete", "history"):
        yield reverse(f"admin:initiatives_upload_{name}", args=[upload.pk])


def test_only_who_may_load_comes_near_an_upload(client: Client) -> None:
    upload = uploaded(client, vocabulary__yaml=VOCABULARY)
    others = [
        make_person(),
        make_person(EDITOR),
        make_person(PUBLISHER),
        # Files may speak of any dialogue, and this person works on one.
        make_person(ADMINISTRATOR, dialogues=[make.dialogue()]),
    ]
    for other in others:
        theirs = client_of(other)
        for url in addresses(upload):
            assert theirs.get(url).status_code == 403, (other, url)
            assert theirs.post(url, {"digest": upload.digest}).status_code == 403, (other, url)
    assert not LoadedFact.objects.exists()


def test_whoever_is_not_signed_in_is_sent_to_the_door(client: Client) -> None:
    upload = uploaded(client, vocabulary__yaml=VOCABULARY)
    for url in addresses(upload):
        assert Client().post(url).status_code == 302
    upload.refresh_from_db()
    assert upload.state == UploadState.READY


def test_addresses_of_uploads_that_are_not_there(client: Client) -> None:
    for key in ("0", "abc", "99999999999999999999999", "²", "-1", "1/2"):
        for page_name in ("change", "apply", "compare", "delete", "history"):
            base = reverse("admin:initiatives_upload_changelist")
            answer = client.post(f"{base}{key}/{page_name}/")
            assert answer.status_code in (302, 404), (key, page_name)


def test_an_upload_is_dropped_and_one_that_was_loaded_is_not(client: Client) -> None:
    dropped = uploaded(client, vocabulary__yaml=VOCABULARY)
    url = reverse("admin:initiatives_upload_delete", args=[dropped.pk])
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert not Upload.objects.exists()
    loaded = decide(client, uploaded(client, vocabulary__yaml=VOCABULARY))
    url = reverse("admin:initiatives_upload_delete", args=[loaded.pk])
    assert client.post(url, {"post": "yes"}).status_code == 403


def test_old_uploads_go_and_what_was_loaded_keeps_its_names(
    client: Client, settings: Settings
) -> None:
    loaded = decide(client, uploaded(client, vocabulary__yaml=VOCABULARY))
    waiting = uploaded(client, vocabulary__yaml=VOCABULARY)
    long_ago = timezone.now() - datetime.timedelta(days=settings.UPLOAD_KEEP_DAYS + 1)
    Upload.objects.update(uploaded_at=long_ago)
    uploaded(client, vocabulary__yaml=VOCABULARY)
    assert not Upload.objects.filter(pk=waiting.pk).exists()
    (file,) = loaded.files.all()
    assert (file.name, file.content) == ("vocabulary.yaml", None)
    assert "vocabulary.yaml" in page(client, loaded)


def test_a_problem_says_where_in_words() -> None:
    assert str(Problem("a.yaml", 3, "wrong", "right")) == "a.yaml, line 3: wrong (right)"
    assert (
        str(Problem("a.xlsx", SheetCell(7, "B", "Updates"), "x")) == "a.xlsx, Updates, cell B7: x"
    )
    assert Problem("a.csv", SheetCell(7, "B"), "x").place == "cell B7"


def test_a_file_without_ids_is_handed_back_with_them(client: Client) -> None:
    text = FILE.replace("  - id: university\n    title: Dig", "  # new\n  - title: Dig")
    text = text.replace("initiative: university", "initiative: digital-university")
    upload = uploaded(client, vocabulary__yaml=VOCABULARY, statement__yaml=text)
    assert upload.state == UploadState.READY, upload.problems
    links = [
        reverse("admin:initiatives_upload_with_ids", args=[upload.pk, number]) for number in (1, 2)
    ]
    shown = page(client, upload)
    assert [link in shown for link in links] == [False, True]
    response = client.get(links[1])
    assert response["Content-Disposition"] == 'attachment; filename="statement.yaml"'
    named = "  # new\n  - id: digital-university\n    title: Dig"
    assert response.content.decode() == text.replace("  # new\n  - title: Dig", named)
    assert client.get(links[0]).status_code == 404
    # When the content has gone there is nothing to hand back.
    upload.files.update(content=None)
    assert links[1] not in page(client, upload)
    assert client.get(links[1]).status_code == 404
