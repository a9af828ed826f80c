"""A draft that another entry has taken the place of: its review leads to the newest, and nothing publishes it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from initiatives.models import Decision, Mention, Review, StatusUpdate
from initiatives.recording import actions, reviews
from initiatives.recording.permissions import EDITOR, PUBLISHER
from initiatives.recording.publication import publish
from initiatives.recording.publication_rules import Superseded
from initiatives.recording.reversion import revert
from tests import make
from tests.admin_forms import address, saved
from tests.people import client_of, make_person
from tests.report_files import FULL, VOCABULARY, load_texts, report
from tests.sessions import several_sessions

pytestmark = pytest.mark.django_db

Entry = Mention | StatusUpdate


def update(**kwargs: Any) -> StatusUpdate:
    return make.update(**{"publication": "draft", "what": "Wrong text."} | kwargs)


def mention(**kwargs: Any) -> Mention:
    return make.mention(**{"publication": "draft", "note": "Wrong text."} | kwargs)


def correct(entry: Any, publication: str = "draft", **kwargs: Any) -> Any:
    """A later entry of the same kind in the place of the first."""
    maker = update if isinstance(entry, StatusUpdate) else mention
    text = {"what" if isinstance(entry, StatusUpdate) else "note": "Right text."}
    shared = {"initiative": entry.initiative, "report": entry.report, "corrects": entry}
    return maker(**text | shared | kwargs, publication=publication)


def messages(page: Any) -> str:
    return " ".join(str(message) for message in page.context["messages"])


both_kinds = pytest.mark.parametrize("maker", [update, mention])


@both_kinds
@pytest.mark.parametrize("times", [1, 2])
def test_a_review_leads_to_the_newest_draft(maker: Callable[..., Entry], times: int) -> None:
    first = newest = maker()
    editor = make_person(EDITOR)
    review = reviews.submit(by=editor, row=first, note="Please look.")
    for _ in range(times):
        newest = correct(newest)
    review.refresh_from_db()
    assert (review.row, review.decision) == (newest, Decision.WAITING)

    board = client_of(make_person(PUBLISHER))
    for page in (
        board.get("/admin/"),
        board.get(reverse("admin:initiatives_review_changelist")),
    ):
        assert address(newest, "change") in page.text
        assert address(first, "change") not in page.text
    page = board.get(address(newest, "change"))
    assert "Please look." in page.text
    assert address(newest, "review") in page.text
    board.post(address(newest, "publish"), {})
    review.refresh_from_db()
    assert review.decision == Decision.PUBLISHED
    assert [entry.pk for entry in type(first).objects.public()] == [newest.pk]
    # The first was never public, and is nowhere on the desk as something to publish.
    assert address(first, "change") not in board.get("/admin/").text


@both_kinds
@pytest.mark.parametrize("publication", ["draft", "public"])
def test_a_superseded_draft_is_published_by_no_way_in(
    maker: Callable[..., Entry], publication: str
) -> None:
    first = maker()
    newest = correct(first, publication)
    first.refresh_from_db()
    board = client_of(make_person(PUBLISHER))
    for action in (publish, reviews.submit):
        with pytest.raises(Superseded, match=newest.ref):
            action(by=None, row=first)
    with pytest.raises(Superseded):
        reviews.give_back(by=None, row=first, reason="No.")

    page = board.get(address(first, "change"))
    assert "Superseded by" in page.text
    assert f'href="{address(newest, "change")}"' in page.text
    for step in ("submit", "review", "publish", "return"):
        assert address(first, step) not in page.text
        for answer in (
            board.get(address(first, step), follow=True),
            board.post(address(first, step), {"reason": "No."}, follow=True),
        ):
            assert answer.redirect_chain == [(address(first, "change"), 302)]
            assert f"superseded by {newest}" in messages(answer).replace("</a>", "").replace(
                f'<a href="{address(newest, "change")}">', ""
            )
    for action_name in ("publish_rows", "submit_rows"):
        data = {"action": action_name, "_selected_action": [first.pk]}
        answer = board.post(address(type(first), "changelist"), data, follow=True)
        assert f'superseded by <a href="{address(newest, "change")}">{newest}</a>' in messages(
            answer
        )
    first.refresh_from_db()
    assert first.publication == "draft"
    assert not Review.objects.exists()


def test_no_version_of_before_brings_its_publication_back() -> None:
    first = make.update()
    make.hidden_again(first)
    correct(first)
    version = first.history.filter(publication="public").first()
    with pytest.raises(Superseded):
        revert(by=None, version=version)
    first.refresh_from_db()
    assert first.publication == "draft"


def test_the_lists_of_drafts_leave_it_out_and_say_what_it_is() -> None:
    first = update()
    newest = correct(first)
    first.refresh_from_db()
    assert list(StatusUpdate.objects.current()) == [newest]
    reviews.submit(by=make_person(EDITOR), row=newest)
    board = client_of(make_person(PUBLISHER))
    desk = board.get("/admin/").text
    assert address(newest, "change") in desk
    assert address(first, "change") not in desk
    url = reverse("admin:initiatives_statusupdate_changelist")
    page = board.get(url, {"publication__exact": "draft", "state": "current"})
    assert address(first, "change") not in page.text
    assert "1 status update" in page.text
    page = board.get(url, {"state": "corrected"})
    assert address(first, "change") in page.text
    assert "Superseded" in page.text
    assert "Superseded, draft" in board.get(address(first.initiative, "change")).text


def test_a_draft_beside_a_public_entry_leaves_that_one_current() -> None:
    public = make.update()
    draft = correct(public)
    assert set(StatusUpdate.objects.current()) == {public, draft}
    assert not public.is_superseded


@both_kinds
def test_once_the_correction_is_withdrawn_the_first_can_be_published(
    maker: Callable[..., Entry],
) -> None:
    first = maker()
    review = reviews.submit(by=None, row=first)
    newest = correct(first)
    actions.withdraw(by=None, entry=newest, reason="Misread.")
    review.refresh_from_db()
    assert (review.decision, review.reason) == (Decision.DROPPED, "Misread.")
    first.refresh_from_db()
    assert reviews.submit(by=None, row=first).ref != review.ref
    publish(by=None, row=first)
    assert type(first).objects.public().get() == first


def test_a_public_correction_decides_the_review_of_the_draft() -> None:
    first, publisher = update(), make_person(PUBLISHER)
    review = reviews.submit(by=make_person(EDITOR), row=first)
    newest = correct(first, "public", by=publisher)
    review.refresh_from_db()
    assert (review.row, review.decision, review.decided_by) == (
        newest,
        Decision.PUBLISHED,
        publisher,
    )


def test_a_correction_of_a_public_entry_keeps_the_review_of_the_draft_in_between() -> None:
    public = make.update()
    review = reviews.submit(by=None, row=correct(public))
    newest = correct(review.row)
    review.refresh_from_db()
    assert (review.row, review.decision) == (newest, Decision.WAITING)


def test_a_published_correction_that_is_taken_back_supersedes_still() -> None:
    first = update()
    newest = correct(first, "public")
    make.hidden_again(newest)
    first.refresh_from_db()
    with pytest.raises(Superseded):
        publish(by=None, row=first)
    assert list(StatusUpdate.objects.current()) == [newest]


def test_the_form_leads_the_review_on_as_well() -> None:
    first, editor = update(), make_person(EDITOR)
    review = reviews.submit(by=editor, row=first)
    saved(client_of(editor), address(first, "correct"), what="Right text.")
    review.refresh_from_db()
    assert review.row == StatusUpdate.objects.get(what="Right text.")
    first.refresh_from_db()
    assert first.publication == "draft"


def test_a_load_that_corrects_the_draft_decides_its_review() -> None:
    loaded = report(body=FULL)
    load_texts(VOCABULARY, loaded)
    first = StatusUpdate.objects.get(on="2023")
    make.hidden_again(first)
    review = reviews.submit(by=None, row=first)
    load_texts(loaded.replace("Building has begun in", "Building began in"))
    review.refresh_from_db()
    first.refresh_from_db()
    assert (review.row, review.decision) == (first.newest, Decision.PUBLISHED)
    with pytest.raises(Superseded):
        publish(by=None, row=first)


@pytest.mark.django_db(transaction=True)
def test_who_publishes_while_somebody_corrects_publishes_first_or_is_told(tmp_path: Path) -> None:
    shared = make.report()
    for _ in range(6):
        first = update(initiative=make.initiative(), report=shared)

        def mine(pk: int = first.pk) -> StatusUpdate:
            return StatusUpdate.objects.select_related("initiative", "report").get(pk=pk)

        with several_sessions(tmp_path) as run:
            done, _corrected = run(
                lambda: publish(by=None, row=mine()),
                lambda: correct(mine()),
            )
            now = mine()
            assert isinstance(done, Superseded) == now.is_superseded
            assert now.publication == ("draft" if now.is_superseded else "public")


def test_reviews_of_before_lead_to_the_newest() -> None:
    """What the migration makes of a database in which reviews stayed with what was corrected."""
    drafts: list[Entry] = [
        update(),
        update(),
        mention(),
        update(),
        update(initiative=make.initiative()),
    ]
    waiting = [reviews.submit(by=None, row=draft) for draft in drafts]
    newest = [
        correct(draft, publication)
        for draft, publication in zip(
            drafts[:4], ("draft", "public", "draft", "draft"), strict=True
        )
    ]
    for review, draft in zip(waiting, drafts, strict=True):
        Review.objects.filter(pk=review.pk).update(
            **{Review.name_of(draft): draft}, decision="waiting", decided_at=None, decided_by=None
        )
    own = reviews.submit(by=None, row=newest[3])
    migration = import_module("initiatives.migrations.0015_reviews_of_newest")
    migration.lead_to_the_newest(apps, SimpleNamespace(connection=connection))
    for review in (*waiting, own):
        review.refresh_from_db()
    assert [review.row for review in waiting[:3]] == newest[:3]
    assert [review.decision for review in waiting] == [
        "waiting",
        "published",
        "waiting",
        "dropped",
        "waiting",
    ]
    assert waiting[4].row == drafts[4]
    assert own.decision == "waiting"


def test_what_never_was_public_shows_nowhere_once_the_correction_is() -> None:
    world = make.initiative(title="Canal")
    make.mention(initiative=world)
    first = update(initiative=world)
    publish(by=None, row=correct(first))
    for page in (world.get_absolute_url(), "/changes/", "/initiatives.json", "/"):
        answer = Client().get(page)
        text = b"".join(answer).decode() if answer.streaming else answer.text
        assert "Wrong text." not in text
        assert f'{first.ref}"' not in text
