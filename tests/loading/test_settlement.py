"""A conflict that a load left is settled on the desk, field by field, and is gone; the next load asks no more."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from initiatives.models import Initiative, LoadConflict, StatusUpdate
from initiatives.recording.merging import merge
from initiatives.recording.permissions import EDITOR
from tests import make
from tests.admin_forms import address
from tests.people import client_of, make_person
from tests.report_files import FULL, VOCABULARY, load_texts, report

pytestmark = pytest.mark.django_db

FILE = report(body=FULL)


def change_url(conflict: LoadConflict) -> str:
    return f"/admin/initiatives/loadconflict/{conflict.pk}/change/"


def settle(client: Client, conflict: LoadConflict, *from_file: str, **more: Any) -> Any:
    page = client.get(change_url(conflict))
    sides = {
        f"take-{row['number']}": "file" if field["field"] in from_file else "database"
        for row, field in zip(page.context["rows"], conflict.fields, strict=True)
    }
    url = f"/admin/initiatives/loadconflict/{conflict.pk}/settle/"
    return client.post(url, {"digest": page.context["digest"], **sides, **more}, follow=True)


@pytest.fixture
def changed() -> str:
    """The file as it is loaded again, after a person and the file changed the same title and kind."""
    load_texts(VOCABULARY, FILE)
    initiative = Initiative.objects.get(slug="university")
    title = initiative.title
    initiative.title = "Staff’s title"
    initiative.save()
    changed = FILE.replace(title, "Digital academy")
    load_texts(changed)
    return changed


def test_the_file_is_taken_and_the_conflict_gone(admin_client: Client, changed: str) -> None:
    conflict = LoadConflict.objects.get()
    page = settle(admin_client, conflict, "title")
    assert "Settled." in str(next(iter(page.context["messages"])))
    assert Initiative.objects.get(slug="university").title == "Digital academy"
    assert not LoadConflict.objects.exists()
    plan = load_texts(changed)
    assert (plan.new, plan.changed) == (0, 0)
    assert not LoadConflict.objects.exists()


def test_what_stands_is_kept_and_asked_about_no_more(admin_client: Client, changed: str) -> None:
    settle(admin_client, LoadConflict.objects.get())
    assert Initiative.objects.get(slug="university").title == "Staff’s title"
    plan = load_texts(changed)
    assert (plan.new, plan.changed) == (0, 0)
    assert not LoadConflict.objects.exists()
    # Until the file changes once more.
    load_texts(changed.replace("Digital academy", "Digital school"))
    assert LoadConflict.objects.count() == 1


def test_what_changed_while_one_looked_is_looked_at_again(
    admin_client: Client, changed: str
) -> None:
    conflict = LoadConflict.objects.get()
    page = settle(admin_client, conflict, "title", digest="of an hour ago")
    assert "changed meanwhile" in str(next(iter(page.context["messages"])))
    assert LoadConflict.objects.exists()
    assert Initiative.objects.get(slug="university").title == "Staff’s title"


def test_of_an_entry_the_files_words_are_a_correction(admin_client: Client) -> None:
    load_texts(VOCABULARY, FILE)
    (update,) = StatusUpdate.objects.filter(on="2023")
    make.update(
        initiative=update.initiative,
        corrects=update,
        on="2023",
        what="Built.",
        report=update.report,
    )
    changed = FILE.replace("Building has begun", "Building began")
    load_texts(changed)
    conflict = LoadConflict.objects.get(kind="statusupdate")
    settle(admin_client, conflict, *(field["field"] for field in conflict.fields))
    newest = StatusUpdate.objects.get(pk=update.pk).newest
    assert newest.what.startswith("Building began")
    assert not LoadConflict.objects.exists()
    plan = load_texts(changed)
    assert (plan.new, plan.changed) == (0, 0)


def test_who_may_not_change_the_record_sees_why(changed: str) -> None:
    conflict = LoadConflict.objects.get()
    editor = client_of(make_person(EDITOR))
    page = editor.get(change_url(conflict))
    assert "This is public." in page.text
    assert 'type="radio"' not in page.text
    url = f"/admin/initiatives/loadconflict/{conflict.pk}/settle/"
    assert editor.post(url, {"digest": page.context["digest"]}).status_code == 403


@pytest.fixture
def deleted() -> str:
    """The file as it is loaded again, after a person deleted a target of which it says otherwise now."""
    load_texts(VOCABULARY, FILE)
    Initiative.objects.get(slug="university").targets.get().delete()
    changed = FILE.replace("value: 600", "value: 700")
    load_texts(changed)
    return changed


def test_a_record_that_was_deleted_stays_so(admin_client: Client, deleted: str) -> None:
    conflict = LoadConflict.objects.get(kind="target")
    page = admin_client.get(change_url(conflict))
    assert [(row["base"], row["file"]) for row in page.context["rows"]] == [("600", "700")]
    page = settle(admin_client, conflict)
    assert "it stays deleted" in str(next(iter(page.context["messages"])))
    assert not LoadConflict.objects.exists()
    load_texts(deleted)
    assert not LoadConflict.objects.exists()
    assert not Initiative.objects.get(slug="university").targets.exists()
    # Once the file says yet something else, somebody is asked.
    load_texts(deleted.replace("value: 700", "value: 800"))
    assert LoadConflict.objects.filter(kind="target").exists()


def test_a_record_that_was_deleted_is_brought_back_and_then_settled(
    admin_client: Client, deleted: str
) -> None:
    conflict = LoadConflict.objects.get(kind="target")
    history = admin_client.get(admin_client.get(change_url(conflict)).context["history_url"])
    version = admin_client.get(history.context["undo_url"])
    form = {"now": version.context["latest"].history_id, "seen": version.context["seen"]}
    assert admin_client.post(history.context["undo_url"], form).status_code == 302
    settle(admin_client, conflict, "value")
    assert Initiative.objects.get(slug="university").targets.get().value == 700
    load_texts(deleted)
    assert not LoadConflict.objects.exists()


def test_of_several_documents_each_is_settled_by_itself(admin_client: Client) -> None:
    target = "    targets:\n      - {metric: students, value: 600}\n"
    said = "initiatives:\n  - id: university\n    act: restated\n    by: [uz]\n    locator: 2\n"
    texts = (FILE, report("second", body=said + target, published="2022-05-01"))
    load_texts(VOCABULARY, *texts)
    Initiative.objects.get(slug="university").targets.get().delete()
    changed = [text.replace("value: 600", "value: 700") for text in texts]
    for source in ("statement", "second"):
        load_texts(*changed)
        conflict = LoadConflict.objects.get(kind="target")
        assert conflict.source == source
        settle(admin_client, conflict)
    load_texts(*changed)
    assert not LoadConflict.objects.exists()


def test_of_a_record_that_was_merged_the_one_that_stayed_is_settled(
    admin_client: Client, changed: str
) -> None:
    kept = make.initiative("kept")
    gone = Initiative.objects.get(slug="university")
    merge(by=None, kept=kept, gone=gone, reason="One and the same.")
    conflict = LoadConflict.objects.get()
    theirs = {field["field"]: field["theirs"] for field in conflict.fields}
    settle(admin_client, conflict, "title")
    kept.refresh_from_db()
    assert kept.title == theirs["title"]
    assert not LoadConflict.objects.exists()


def test_a_field_that_there_is_no_more_is_told_and_can_be_left(
    admin_client: Client, changed: str
) -> None:
    conflict = LoadConflict.objects.get()
    conflict.fields = [{"field": "of_before", "base": "a", "ours": "b", "theirs": "c"}]
    conflict.save()
    page = settle(admin_client, conflict, "of_before").content.decode()
    assert "is not known any more" in page
    settle(admin_client, conflict)
    assert not LoadConflict.objects.exists()


def test_the_page_names_fields_and_values_in_words(admin_client: Client, changed: str) -> None:
    conflict = LoadConflict.objects.get()
    fields = [{"field": "kind", "base": "proposal", "ours": "pledge", "theirs": "event"}]
    LoadConflict.objects.filter(pk=conflict.pk).update(fields=fields)
    page = admin_client.get(change_url(conflict))
    for words in ("Kind", "Proposal", "Event", address(Initiative.objects.get(), "change")):
        assert words in page.text
