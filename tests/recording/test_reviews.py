"""A draft on its way to the public: written by an editor, shown, returned with a reason, published."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from initiatives.models import Decision, Initiative, Mention, Publication, Review, StatusUpdate
from initiatives.recording import actions, reviews
from initiatives.recording.permissions import EDITOR, PUBLISHER
from initiatives.recording.publication import publish, unpublish
from tests import make
from tests.admin_forms import address, delete, saved
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db


def draft(**kwargs: Any) -> Initiative:
    return make.initiative(publication=Publication.DRAFT, **kwargs)


def messages(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def public_texts() -> str:
    pages = ["/", "/initiatives/", "/initiatives/?q=canal", "/initiatives.json", "/initiatives.csv"]
    answers = [Client().get(page) for page in pages]
    assert {answer.status_code for answer in answers} <= {200}
    return " ".join(b"".join(answer).decode() for answer in answers)


def test_a_draft_goes_from_an_editor_to_a_publisher_and_back_and_to_the_public() -> None:
    dialogue = make.initiative().dialogue
    editor = make_person(EDITOR, dialogues=[dialogue])
    publisher = make_person(PUBLISHER, dialogues=[dialogue])
    desk, board = client_of(editor), client_of(publisher)

    saved(
        desk,
        address(Initiative, "add"),
        title="Canal water",
        slug="canal-water",
        dialogue=dialogue.pk,
        _publish="1",
    )
    initiative = Initiative.objects.get(slug="canal-water")
    assert initiative.publication == Publication.DRAFT
    make.earlier_mention(initiative)
    page = desk.get(address(initiative, "change"))
    assert address(initiative, "submit") in page.text
    assert address(initiative, "publish") not in page.text
    assert "Save and publish" not in page.text
    assert "Canal water" not in public_texts()

    page = desk.post(address(initiative, "submit"), {"note": "Please check the year."}, follow=True)
    assert messages(page) == ["Submitted for review."]
    assert "submitted for review on" in page.text
    page = board.get(address(initiative, "return"))
    assert "Please check the year." in page.text
    assert (
        "This field is required" in board.post(address(initiative, "return"), {"reason": " "}).text
    )
    page = board.post(address(initiative, "return"), {"reason": "The year is wrong."}, follow=True)
    assert messages(page) == ["The draft is sent back."]

    page = desk.get(address(initiative, "change"))
    assert "The year is wrong." in page.text
    saved(desk, address(initiative, "change"), kind="pledge")
    desk.post(address(initiative, "submit"), {})
    assert "Canal water" not in public_texts()
    page = board.post(address(initiative, "publish"), {}, follow=True)
    assert messages(page) == ["It is public now."]
    assert "Canal water" in public_texts()

    first, second = Review.objects.order_by("pk")
    assert (first.asked_by, first.decision, first.reason) == (
        editor,
        Decision.RETURNED,
        "The year is wrong.",
    )
    assert (first.decided_by, second.decided_by) == (publisher, publisher)
    assert second.decision == Decision.PUBLISHED
    versions = initiative.history.filter(history_change_reason="Published")
    assert versions.get().history_user == publisher
    # From now on it is the publisher's.
    assert desk.post(address(initiative, "change"), {"title": "Mine"}).status_code == 403
    page = desk.get(address(initiative, "change"))
    assert "Changing it needs the right to publish" in page.text


@pytest.mark.parametrize("given", [{}, {"publication": "public"}])
def test_what_an_editor_records_of_a_public_initiative_is_a_draft(given: dict[str, str]) -> None:
    initiative, report = make.initiative(), make.report()
    client = client_of(make_person(EDITOR))
    url = address(initiative, "record_status")
    assert 'name="publication"' not in client.get(url).text
    typed = {"report": report.pk, "locator": "para 1", "what": "Dug.", "on": "2022-04"}
    saved(client, url, status="delivered", **typed, **given)
    mention = {"report": report.pk, "act": "adopted", "locator": "para 1"}
    saved(client, address(initiative, "record_mention"), **mention, **given)
    update, mentioned = StatusUpdate.objects.get(), Mention.objects.get()
    assert (update.publication, mentioned.publication) == ("draft", "draft")
    initiative.refresh_from_db()
    assert (initiative.delivery_status, initiative.standing) == ("not_reviewed", "mentioned")
    assert "Dug." not in Client().get(initiative.get_absolute_url()).text


def test_an_editor_corrects_what_is_public_by_a_draft_that_counts_once_published() -> None:
    update = make.update(what="Half dug.")
    client = client_of(make_person(EDITOR))
    saved(client, address(update, "correct"), what="Fully dug.", status="delivered")
    correction = StatusUpdate.objects.get(corrects=update)
    update.initiative.refresh_from_db()
    assert correction.publication == Publication.DRAFT
    assert update.initiative.delivery_status == "under_way"
    assert client.post(address(update, "withdraw"), {"reason": "Wrong."}).status_code == 403
    publish(by=make_person(PUBLISHER), row=correction)
    update.initiative.refresh_from_db()
    assert update.initiative.delivery_status == "delivered"


def test_an_editor_withdraws_a_draft_and_its_review_with_it() -> None:
    update = make.update(publication="draft")
    editor = make_person(EDITOR)
    review = reviews.submit(by=editor, row=update)
    client_of(editor).post(address(update, "withdraw"), {"reason": "Misread."})
    review.refresh_from_db()
    assert (review.decision, review.reason) == (Decision.DROPPED, "Misread.")


def test_a_list_shows_many_drafts_for_review_at_once() -> None:
    rows = [draft(), draft(), make.initiative()]
    client = client_of(make_person(EDITOR))
    data = {"action": "submit_rows", "_selected_action": [row.pk for row in rows]}
    page = client.post(address(Initiative, "changelist"), data, follow=True)
    assert messages(page) == [
        f"{rows[2]}: This is public already.",
        "2 drafts are submitted for review.",
    ]
    assert Review.objects.waiting().count() == 2
    page = client.get(
        reverse("admin:initiatives_review_changelist"), {"decision__exact": "waiting"}
    )
    assert rows[0].title in page.text


def test_an_editor_publishes_nothing_from_a_list() -> None:
    row = draft()
    client = client_of(make_person(EDITOR))
    data = {"action": "publish_rows", "_selected_action": [row.pk]}
    client.post(address(Initiative, "changelist"), data)
    row.refresh_from_db()
    assert row.publication == Publication.DRAFT


# --- The actions ----------------------------------------------------------------------------------


def test_a_draft_waits_once_and_is_returned_only_while_it_waits() -> None:
    row = draft()
    with pytest.raises(ValidationError, match="Nobody has shown"):
        reviews.give_back(by=None, row=row, reason="Not yet.")
    assert reviews.submit(by=None, row=row, note=" Look. ").note == "Look."
    with pytest.raises(ValidationError, match="waits for review already"):
        reviews.submit(by=None, row=row)
    with pytest.raises(ValidationError, match="Say why"):
        reviews.give_back(by=None, row=row, reason=" ")
    reviews.give_back(by=None, row=row, reason="Not yet.")
    assert reviews.submit(by=None, row=row).ref == f"initiative/{row.slug}/2"


def test_what_is_public_or_withdrawn_is_not_reviewed() -> None:
    withdrawn = make.mention(publication="draft")
    actions.withdraw(by=None, entry=withdrawn, reason="Misread.")
    for row, message in ((make.initiative(), "public already"), (withdrawn, "withdrawn already")):
        with pytest.raises(ValidationError, match=message):
            reviews.submit(by=None, row=row)
        with pytest.raises(ValidationError, match=message):
            reviews.give_back(by=None, row=row, reason="No.")


@pytest.mark.parametrize("row", [draft, lambda: make.update(publication="draft")])
def test_the_actions_refuse_who_may_not(row: Any) -> None:
    editor, submitted = make_person(EDITOR), row()
    reviews.submit(by=editor, row=submitted)
    for step in (
        lambda: reviews.give_back(by=editor, row=submitted, reason="No."),
        lambda: publish(by=editor, row=submitted),
        lambda: unpublish(by=editor, row=submitted),
        lambda: reviews.submit(by=make_person(), row=submitted),
    ):
        with pytest.raises(PermissionDenied):
            step()
    assert Review.objects.waiting().count() == 1


def test_an_editor_records_nothing_public_past_the_form() -> None:
    with pytest.raises(PermissionDenied):
        make.update(by=make_person(EDITOR), publication="public")
    assert not StatusUpdate.objects.exists()


def test_a_draft_that_was_reviewed_can_still_be_deleted() -> None:
    row, editor = draft(), make_person(EDITOR)
    reviews.submit(by=editor, row=row)
    page = delete(client_of(editor), row)
    assert page.status_code == 302
    assert not Initiative.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({}, "review_of_one_row"),
        ({"initiative": draft, "mention": make.mention}, "review_of_one_row"),
        ({"initiative": draft, "decision": "returned", "decided_at": timezone.now}, "with_reason"),
        ({"initiative": draft, "decision": "published"}, "decided_when"),
        ({"initiative": draft, "decided_at": timezone.now}, "decided_when"),
        ({"initiative": draft, "decision": "maybe", "decided_at": timezone.now}, "known"),
    ],
)
def test_the_database_holds_what_a_review_is(values: dict[str, Any], name: str) -> None:
    made = {key: value() if callable(value) else value for key, value in values.items()}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Review.objects.create(ref="x", **made)


def test_the_database_holds_that_a_draft_waits_once() -> None:
    row = draft()
    Review.objects.create(ref="1", initiative=row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(ref="2", initiative=row)
