"""New addresses and merges at the desk: what is asked, shown, refused, and undone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from initiatives.models import (
    Correction,
    Initiative,
    Meeting,
    Merge,
    Participant,
    Publication,
    StatusUpdate,
)
from initiatives.recording.permissions import EDITOR, PUBLISHER
from tests import make
from tests.admin_forms import address
from tests.people import client_of, make_person

pytestmark = pytest.mark.django_db

HUGE = "x" * 5000


@pytest.fixture
def publisher() -> Client:
    return client_of(make_person(PUBLISHER))


def hidden(page: str, name: str) -> str:
    """The value of a hidden box of a page."""
    return page.split(f'name="{name}" value="')[1].split('"')[0]


# --- Addresses ------------------------------------------------------------------------------------


def test_an_address_is_changed_with_a_reason_and_the_page_says_what_leads_where(
    publisher: Client,
) -> None:
    meeting = make.meeting("fm-8")
    url = address(meeting, "address")
    page = publisher.get(address(meeting, "change")).content.decode()
    assert f'href="{url}"' in page
    form = publisher.get(url).content.decode()
    sent = {"key": "eighth", "reason": "Misread.", "before": hidden(form, "before")}
    response = publisher.post(url, sent, follow=True)
    assert "“fm-8” leads here." in response.content.decode()
    assert Meeting.objects.get().slug == "eighth"
    # Whoever had the form open before that is told, and nothing is written.
    page = publisher.post(url, {**sent, "key": "third"}).content.decode()
    assert "it is “eighth” now" in page
    assert 'value="third"' in page
    assert Meeting.objects.get().slug == "eighth"


@pytest.mark.parametrize(
    "key", ["none", "Fm 8", "fm-9", "former", "", " ", "\0", HUGE, "../x", "é", "a" * 100]
)
def test_no_address_that_is_typed_is_an_error_of_the_server(publisher: Client, key: str) -> None:
    meeting, other = make.meeting("fm-8"), make.meeting("former")
    publisher.post(address(other, "address"), {"key": "fm-9", "before": "former"})
    data = {"key": key, "before": "fm-8"}
    response = publisher.post(address(meeting, "address"), data)
    assert response.status_code in (200, 302, 400)
    is_good = key == "a" * 100
    assert Meeting.objects.get(pk=meeting.pk).slug == (key if is_good else "fm-8")


def test_a_key_made_from_a_title_is_none_of_before(publisher: Client) -> None:
    theme = make.theme("clean-water")
    publisher.post(address(theme, "address"), {"key": "water", "before": "clean-water"})
    data = {"name": "Clean water", "slug": "", "sdg_targets": "", "language": "en"}
    publisher.post(reverse("admin:initiatives_theme_add"), {**data, "translations": "{}"})
    slugs = set(type(theme).objects.values_list("slug", flat=True))
    assert "clean-water" not in slugs


# --- Merging --------------------------------------------------------------------------------------


def merge_url(kept: Any, gone: Any) -> str:
    return f"{address(kept, 'merge')}?other={gone.natural_key()[0]}"


def test_two_ticked_rows_are_shown_side_by_side_and_merged_as_chosen(publisher: Client) -> None:
    kept = make.initiative("kept", title="One")
    gone = make.initiative("gone", title="Another", dialogue=kept.dialogue)
    make.update(initiative=gone)
    ticked = {"action": "merge_rows", "_selected_action": [kept.pk, gone.pk]}
    response = publisher.post(reverse("admin:initiatives_initiative_changelist"), ticked)
    assert response.headers["Location"] == merge_url(kept, gone)
    page = publisher.get(response.headers["Location"]).content.decode()
    assert "Status updates: 1 moves" in page
    assert "/initiatives/gone/ leads to /initiatives/kept/ for good" in page
    assert 'type="radio" name="take-title"' in page
    assert not Merge.objects.exists()
    kept_fields = dict.fromkeys(re.findall(r'name="(take-[^"]+)"', page), "kept")
    sent = {**kept_fields, "take-title": "gone", "reason": "One thing."}
    sent["state"] = hidden(page, "state")
    response = publisher.post(merge_url(kept, gone), sent, follow=True)
    assert "is merged into this record" in response.content.decode()
    kept.refresh_from_db()
    assert kept.title == "Another"
    assert StatusUpdate.objects.get().initiative == kept

    # And two again.
    url = address(kept, "separate")
    assert f'href="{url}"' in publisher.get(address(kept, "change")).content.decode()
    merged = Merge.objects.get()
    assert "One thing." in publisher.get(url).content.decode()
    response = publisher.post(url, {"merge": merged.pk, "reason": "Two things."}, follow=True)
    assert "The merge is undone." in response.content.decode()
    assert Initiative.objects.get(slug="gone").updates.count() == 1
    assert {line.reason for line in Correction.objects.all()} == {"One thing.", "Two things."}


def test_what_was_changed_since_the_page_was_drawn_is_looked_at_again(publisher: Client) -> None:
    kept, gone = make.participant("kz"), make.participant("kazakhstan")
    url = merge_url(kept, gone)
    page = publisher.get(url).content.decode()
    gone.official_name = "Republic of Kazakhstan"
    gone.save()
    sent = {"take-name": "kept", "reason": "One.", "state": hidden(page, "state")}
    page = publisher.post(url, sent).content.decode()
    assert "Somebody has changed one of the two meanwhile" in page
    assert Participant.objects.count() == 2


def test_what_cannot_be_merged_is_told_and_has_no_button(publisher: Client) -> None:
    kept = make.initiative("kept")
    gone = make.initiative("gone", publication=Publication.DRAFT)
    page = publisher.get(merge_url(kept, gone)).content.decode()
    assert "Publish the draft first" in page
    assert 'name="reason"' not in page


@pytest.mark.every_case
@pytest.mark.parametrize("other", ["", "kept", "no-such", "\0", HUGE, "/initiatives/gone/"])
def test_the_other_record_is_asked_for_until_there_is_one(publisher: Client, other: str) -> None:
    kept = make.initiative("kept")
    make.initiative("gone")
    response = publisher.get(address(kept, "merge"), {"other": other})
    assert response.status_code in (200, 400)
    is_good = other == "/initiatives/gone/"
    assert ("What follows" in response.content.decode()) == is_good


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"state": "\0", "reason": "x"},
        {"take-title": "neither", "state": "0/0", "reason": "x"},
        {"take-title": "gone", "state": HUGE, "reason": HUGE},
        {"merge": "abc", "reason": "x"},
        {"merge": "99999999999999999999999", "reason": "x"},
    ],
)
def test_no_form_is_an_error_of_the_server(publisher: Client, data: dict[str, str]) -> None:
    kept, gone = make.initiative("kept"), make.initiative("gone")
    for url in (merge_url(kept, gone), address(kept, "merge"), address(kept, "separate")):
        assert publisher.post(url, data).status_code in (200, 302, 400)
    assert Initiative.objects.count() == 2


def test_an_editor_merges_no_public_record_and_nobody_one_of_other_dialogues() -> None:
    own = make.dialogue()
    kept, other = make.initiative(dialogue=own), make.initiative()
    editor = client_of(make_person(EDITOR))
    assert editor.get(merge_url(kept, other)).status_code == 403
    limited = client_of(make_person(PUBLISHER, dialogues=[own]))
    assert limited.get(address(kept, "merge")).status_code == 200
    assert limited.get(merge_url(kept, other)).status_code == 403
    assert limited.post(merge_url(kept, other), {"reason": "x"}).status_code == 403
