"""No initiative is public without a document: publishing takes one along, and the last one stays."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from initiatives.loading.data_checks import find_all
from initiatives.loading.problems import LoadError
from initiatives.models import Initiative
from initiatives.recording import actions, reviews
from initiatives.recording.publication import publish
from tests import make
from tests.admin_forms import address, send
from tests.report_files import DIALOGUE, VOCABULARY, load_texts, report
from tests.workbooks import add, edited, faults

pytestmark = pytest.mark.django_db

MISSING = "No document that mentions this initiative is recorded. Record a mention first."
LAST = "This is the only public mention of a public initiative."
EARLIEST = "Its earliest mention became public with it: “Early”."


def draft(**kwargs: Any) -> Initiative:
    return make.initiative(publication="draft", **kwargs)


def is_public(row: Any) -> bool:
    row.refresh_from_db()
    return bool(row.publication == "public")


def by_step(client: Client, initiative: Initiative) -> str:
    return client.post(address(initiative, "publish"), follow=True).text


def by_list(client: Client, initiative: Initiative) -> str:
    chosen = {"action": "publish_rows", "_selected_action": [initiative.pk]}
    return client.post(address(Initiative, "changelist"), chosen, follow=True).text


def by_form(client: Client, initiative: Initiative) -> str:
    response = send(client, address(initiative, "change"), title="Edited", _publish="1")
    if response.headers["Location"] == address(initiative, "review"):
        # Its drafts are offered first; none is chosen.
        return client.post(address(initiative, "review"), {"_publish": "1"}, follow=True).text
    return str(client.get(response.headers["Location"]).text)


WAYS = pytest.mark.parametrize("way", [by_step, by_list, by_form])


# --- Published with a document --------------------------------------------------------------------


@pytest.mark.every_case
@WAYS
def test_without_a_mention_it_stays_a_draft_and_the_page_says_why(
    admin_client: Client, way: Any
) -> None:
    initiative = draft()
    assert MISSING in way(admin_client, initiative)
    assert not is_public(initiative)
    # What was typed is saved all the same.
    assert (initiative.title == "Edited") == (way is by_form)


def test_an_initiative_is_offered_to_be_published_as_it_is_saved(admin_client: Client) -> None:
    assert "_publish" in admin_client.get(address(Initiative, "add")).text
    assert "_publish" in admin_client.get(address(draft(), "change")).text


def test_what_was_withdrawn_or_replaced_is_no_document() -> None:
    initiative = draft()
    mention = make.mention(initiative=initiative)
    actions.withdraw(by=None, entry=mention, reason="Another initiative.")
    with pytest.raises(ValidationError, match="Record a mention first"):
        publish(by=None, row=initiative)
    assert not is_public(initiative)


@pytest.mark.every_case
@WAYS
def test_where_all_are_drafts_the_earliest_becomes_public_with_it(
    admin_client: Client, way: Any
) -> None:
    initiative = draft()
    undated, late, early = (
        make.mention(
            initiative=initiative,
            publication="draft",
            report=make.report(title=title, published_on=on),
        )
        for title, on in (("Undated", None), ("Late", "2024"), ("Early", "2022-04"))
    )
    assert EARLIEST in way(admin_client, initiative)
    assert is_public(initiative)
    assert [is_public(row) for row in (undated, late, early)] == [False, False, True]
    assert initiative.standing_report == early.report


def test_what_somebody_has_returned_is_not_taken_along(admin_client: Client) -> None:
    initiative = draft()
    early, late = (
        make.mention(
            initiative=initiative, publication="draft", report=make.report(published_on=on)
        )
        for on in ("2022", "2024")
    )
    for mention in (early, late):
        reviews.submit(by=None, row=mention)
    reviews.give_back(by=None, row=early, reason="The quote is wrong.")
    page = admin_client.get(address(initiative, "publish"))
    offered = page.context["form"]
    assert offered.fields["entries"].initial == [f"mention-{late.pk}"]
    assert set(offered.drafts) == {f"mention-{early.pk}", f"mention-{late.pk}"}
    reviews.give_back(by=None, row=late, reason="This one too.")
    message = "Every mention of this initiative was returned as a draft. Publish one of them first."
    assert message in admin_client.get(address(initiative, "publish")).text
    assert message in by_step(admin_client, initiative)
    assert not any(is_public(row) for row in (initiative, early, late))
    reviews.submit(by=None, row=late)
    by_step(admin_client, initiative)
    assert [is_public(row) for row in (initiative, early, late)] == [True, False, True]


def test_where_one_is_public_no_other_is_published() -> None:
    initiative = draft()
    make.mention(initiative=initiative, report=make.report(published_on="2024"))
    early = make.mention(
        initiative=initiative, publication="draft", report=make.report(published_on="2022")
    )
    assert publish(by=None, row=initiative) is None
    assert is_public(initiative)
    assert not is_public(early)


# --- The last one stays ---------------------------------------------------------------------------


def test_the_last_public_mention_of_a_public_initiative_stays(admin_client: Client) -> None:
    mention = make.mention()
    make.mention(initiative=mention.initiative, publication="draft")
    answer = admin_client.post(address(mention, "withdraw"), {"reason": "Misread."})
    assert LAST in answer.text
    mention.refresh_from_db()
    assert (mention.publication, mention.is_withdrawn) == ("public", False)


def test_another_one_or_a_draft_initiative_lets_it_go() -> None:
    first, lone = make.mention(), make.mention()
    make.mention(initiative=first.initiative)
    actions.withdraw(by=None, entry=first, reason="Misread.")
    make.hidden_again(lone.initiative)
    actions.withdraw(by=None, entry=lone, reason="Misread.")
    for mention in (first, lone):
        mention.refresh_from_db()
        assert mention.is_withdrawn


def test_a_correction_takes_what_it_corrects_with_it() -> None:
    first = make.mention()
    correction = make.mention(initiative=first.initiative, corrects=first)
    with pytest.raises(ValidationError, match="only public mention"):
        actions.withdraw(by=None, entry=correction, reason="Misread.")


# --- Loads and what is there already --------------------------------------------------------------


def test_a_file_brings_no_initiative_without_a_mention() -> None:
    body = DIALOGUE + "initiatives:\n  - {id: university, title: University, dialogue: dialogue}\n"
    with pytest.raises(LoadError) as raised:
        load_texts(VOCABULARY, report(body=body))
    (problem,) = raised.value.problems
    assert "this initiative is new, and no document is said to treat it" in problem.what
    assert "act: proposed" in problem.expected
    assert problem.line
    assert not Initiative.objects.exists()


def test_a_workbook_brings_no_initiative_without_a_mention() -> None:
    known = make.mention().initiative
    data = edited(
        lambda book: add(book["Initiatives"], id="new", title="New", dialogue=known.dialogue.slug)
    )
    assert any(
        "this initiative is new, and no document is said to treat it" in row for row in faults(data)
    )
    assert not Initiative.objects.filter(slug="new").exists()


def test_rows_that_are_public_without_one_stay_and_are_named(client: Client) -> None:
    old, taken = make.initiative("old"), make.initiative("taken")
    make.mention(initiative=taken, publication="draft")
    page = client.get(old.get_absolute_url())
    assert "No recorded document mentions it." in page.text
    problems = {(row.record, row.what) for row in find_all()}
    assert ("initiative old", "no report mentions it") in problems
    assert ("initiative taken", "public, but no public mention of it stands") in problems
