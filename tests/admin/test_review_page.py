"""A draft that waits for review: one page says what it says and would change, and takes both answers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from initiatives.models import Initiative, Mention, Publication, StatusUpdate
from initiatives.recording import actions, reviews
from initiatives.recording.permissions import EDITOR, PUBLISHER
from tests import make
from tests.admin_forms import address, saved
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db


def said(page: Any) -> list[str]:
    return [str(message) for message in page.context["messages"]]


def draft_status(**kwargs: Any) -> StatusUpdate:
    defaults = {"status": "delivered", "what": "It opened.", "on": "2024-08", "locator": "para 4"}
    initiative = kwargs.pop("initiative", None) or make.initiative(title="Digital University")
    update = make.update(initiative=initiative, publication="draft", **defaults | kwargs)
    reviews.submit(by=make_person(EDITOR), row=update, note="Please check the day.")
    return update


def test_it_shows_the_text_its_source_and_what_publishing_would_change(
    admin_client: Client,
) -> None:
    report = make.report(
        title="Joint statement of Astana", publisher="The Secretariat", published_on="2024-09"
    )
    update = draft_status(report=report)
    page = admin_client.get(address(update, "review"))
    for words in ("It opened.", "para 4", "Joint statement of Astana", "The Secretariat"):
        assert words in page.text
    assert "Please check the day." in page.text
    assert ("Delivery", "Not yet reviewed", "Delivered") in page.context["draft"].effects
    assert report.url in page.text
    assert not page.context["draft"].doubts, "it is no repetition of itself"


def test_a_mention_shows_its_quote_and_what_becomes_of_standing_and_due_date(
    admin_client: Client,
) -> None:
    initiative = make.initiative()
    make.mention(initiative=initiative, act="proposed")
    mention = make.mention(
        initiative=initiative,
        act="adopted",
        quote="共同声明",
        quote_language="ja",
        due_on="2030",
        publication="draft",
    )
    page = admin_client.get(address(mention, "review"))
    assert 'lang="ja"' in page.text
    assert "共同声明" in page.text
    effects = {name: (now, then) for name, now, then in page.context["draft"].effects}
    assert effects["Standing"] == ("Proposed", "Adopted")
    assert effects["Due"] == ("–", "2030")
    initiative.refresh_from_db()
    assert (initiative.standing, initiative.due_on) == ("proposed", None), "nothing is written"


def test_a_correction_shows_what_it_changes(admin_client: Client) -> None:
    update = make.update(status="under_way", what="It began.", on="2024-01")
    correction = make.update(
        initiative=update.initiative,
        status="under_way",
        what="It began in May.",
        on="2024-05",
        corrects=update,
        publication="draft",
    )
    page = admin_client.get(address(correction, "review"))
    labels = {change.label for change in page.context["draft"].says}
    assert {"What happened", "As of"} <= labels
    assert "Status" not in labels


def test_publishing_and_sending_back_are_on_the_page() -> None:
    publisher = client_of(make_person(PUBLISHER))
    update, other = draft_status(), draft_status()
    page = publisher.post(address(update, "review"), {"_publish": "Publish"}, follow=True)
    assert page.redirect_chain[-1][0] == "/admin/"
    assert "It is public now." in said(page)[0]
    update.refresh_from_db()
    assert update.publication == Publication.PUBLIC

    url = address(other, "review")
    page = publisher.post(url, {"_return": "Send back", "reason": " "})
    assert "This field is required" in page.text
    page = publisher.post(url, {"_return": "Send back", "reason": "Which day?"}, follow=True)
    assert "The draft is sent back." in said(page)[0]
    assert other.reviews.get().reason == "Which day?"
    # Nothing is done by a form that says neither.
    assert publisher.post(url, {"post": "yes"}).status_code == 200


def test_what_is_decided_already_leads_to_its_page(admin_client: Client) -> None:
    update = make.update()
    page = admin_client.get(address(update, "review"), follow=True)
    assert said(page) == ["This is public already."]
    assert page.redirect_chain[-1][0] == address(update, "change")


def test_what_was_saved_as_a_draft_says_what_the_public_still_sees() -> None:
    initiative = make.initiative(title="Canal")
    make.update(initiative=initiative, status="under_way", on="2024-01")
    report = make.report(published_on="2024-09")
    editor = client_of(make_person(EDITOR))
    values = {"status": "delivered", "on": "2024-08", "what": "Done.", "locator": "p. 1"}
    page = saved(editor, address(initiative, "record_status"), report=report.pk, **values)
    (message,) = said(page)
    update = StatusUpdate.objects.get(status="delivered")
    assert "Saved as a draft. The public still sees “Under way”, as of January 2024." in message
    assert f'<a href="{address(update, "submit")}">Submit for review</a>' in message
    page = editor.get(address(update, "change"))
    assert "The public still sees “Under way”" in page.text
    assert address(update, "submit") in page.text


# --- An initiative with its drafts ----------------------------------------------------------------


def draft_initiative() -> tuple[Initiative, Mention, StatusUpdate]:
    initiative = make.initiative(publication="draft")
    mention = make.mention(initiative=initiative, publication="draft")
    update = make.update(initiative=initiative, publication="draft", status="under_way")
    return initiative, mention, update


def test_an_initiative_is_published_with_the_drafts_that_are_chosen(admin_client: Client) -> None:
    initiative, mention, update = draft_initiative()
    other = make.update(initiative=initiative, publication="draft", status="stalled", on="2025")
    page = admin_client.get(address(initiative, "review"))
    assert page.text.count('name="entries"') == 3
    chosen = [f"mention-{mention.pk}", f"status_update-{update.pk}"]
    page = admin_client.post(
        address(initiative, "review"), {"_publish": "1", "entries": chosen}, follow=True
    )
    assert "2 entries became public with it." in said(page)[0]
    for row in (initiative, mention, update, other):
        row.refresh_from_db()
    assert [row.publication for row in (initiative, mention, update, other)] == [
        *["public"] * 3,
        "draft",
    ]
    assert initiative.delivery_status == "under_way"


def test_the_step_that_publishes_offers_them_too(admin_client: Client) -> None:
    initiative, mention, update = draft_initiative()
    assert admin_client.get(address(initiative, "publish")).text.count('name="entries"') == 2
    admin_client.post(address(initiative, "publish"), {"entries": [f"status_update-{update.pk}"]})
    for row in (initiative, mention, update):
        row.refresh_from_db()
        assert row.publication == "public", "the earliest mention goes with it"


def test_saving_and_publishing_offers_them_first(admin_client: Client) -> None:
    initiative, _mention, _update = draft_initiative()
    page = saved(admin_client, address(initiative, "change"), title="Canal", _publish="1")
    assert page.request["PATH_INFO"] == address(initiative, "review")
    initiative.refresh_from_db()
    assert (initiative.title, initiative.publication) == ("Canal", "draft")


def test_a_draft_that_was_sent_back_is_offered_and_not_chosen(admin_client: Client) -> None:
    initiative, _mention, update = draft_initiative()
    reviews.submit(by=None, row=update)
    reviews.give_back(by=None, row=update, reason="Which day?")
    form = admin_client.get(address(initiative, "review")).context["publish_form"]
    assert f"status_update-{update.pk}" in form.drafts
    assert f"status_update-{update.pk}" not in form.fields["entries"].initial


def test_no_other_initiatives_entries_become_public_with_it(admin_client: Client) -> None:
    initiative, _mention, _update = draft_initiative()
    foreign = make.update(publication="draft")
    posted = {"_publish": "1", "entries": [f"status_update-{foreign.pk}"]}
    page = admin_client.post(address(initiative, "review"), posted)
    assert "not one of the available choices" in page.text
    foreign.refresh_from_db()
    initiative.refresh_from_db()
    assert (foreign.publication, initiative.publication) == ("draft", "draft")


def test_an_entry_that_was_withdrawn_is_not_offered(admin_client: Client) -> None:
    initiative, _mention, update = draft_initiative()
    actions.withdraw(by=None, entry=update, reason="Misread.")
    assert admin_client.get(address(initiative, "review")).text.count('name="entries"') == 1
