"""What the tasks of every day take at the desk, counted: clicks, and keys beyond what has to be said anyway."""

from __future__ import annotations

import base64
import hmac
import struct
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page

from bench import desk_tasks
from bench.effort import Hand
from initiatives.models import Initiative, Mention, Report, StatusUpdate
from initiatives.recording import reviews
from tests import make
from tests.admin_forms import address
from tests.browser.accessibility import TARGETS, faults

SignIn = Callable[..., Page]
OWN_PASSWORD = "correct horse"


@pytest.fixture
def rows() -> dict[str, Any]:
    return desk_tasks.fill()


def hand_at(page: Page, url: str) -> Hand:
    hand = Hand(page)
    hand.start(url)
    return hand


def test_an_initiative_with_everything_takes_8_clicks_and_60_keys(
    signed_in: SignIn, rows: dict[str, Any]
) -> None:
    hand = hand_at(signed_in(), "/admin/")
    desk_tasks.new_initiative(hand)
    initiative = Initiative.objects.get(title=desk_tasks.INITIATIVE["title"])
    mention = Mention.objects.get(initiative=initiative)
    assert (initiative.publication, initiative.standing) == ("public", "adopted")
    assert (initiative.dialogue, initiative.raised_at) == (rows["dialogue"], rows["meeting"])
    assert (initiative.due_on, mention.report) == ("2030", rows["report"])
    assert {row.code for row in mention.by.all()} == {"jp", "kz"}
    assert initiative.roles.get().participant.code == "jp"
    assert (initiative.targets.get().value, initiative.targets.get().unit) == (600, "people")
    assert [theme.name for theme in initiative.themes.all()] == ["Water"]
    assert (mention.quote, mention.quote_language) == (desk_tasks.INITIATIVE["quote"], "en")
    assert hand.clicks <= 8, hand.clicks
    assert hand.keys <= 60, hand.keys


def test_a_draft_is_reviewed_and_published_in_3_clicks(
    signed_in: SignIn, rows: dict[str, Any]
) -> None:
    draft = desk_tasks.draft(rows)
    reviews.submit(by=None, row=draft)
    hand = hand_at(signed_in(), "/admin/")
    desk_tasks.review_and_publish(hand, desk_tasks.DRAFT)
    draft.refresh_from_db()
    assert draft.publication == "public"
    assert hand.clicks <= 3, hand.clicks


def test_a_status_with_a_new_report_takes_5_clicks(signed_in: SignIn, rows: dict[str, Any]) -> None:
    hand = hand_at(signed_in(), "/admin/")
    desk_tasks.status_with_new_report(hand, "Initiative 01")
    update = StatusUpdate.objects.latest("pk")
    assert update.report == Report.objects.get(url=desk_tasks.REPORT["url"])
    assert (update.status, update.on, update.initiative) == (
        "under_way",
        "2024-10",
        rows["rows"][0],
    )
    assert hand.clicks <= 5, hand.clicks


def test_ten_statuses_take_16_clicks(signed_in: SignIn, rows: dict[str, Any]) -> None:
    hand = hand_at(signed_in(), address(Initiative, "changelist"))
    desk_tasks.ten_statuses(hand)
    assert StatusUpdate.objects.filter(status="under_way").count() == 10
    assert hand.clicks <= 16, hand.clicks


def code_of(key: bytes, seconds: float) -> str:
    """What an authenticator app shows (RFC 6238)."""
    digest = hmac.digest(key, struct.pack(">Q", int(seconds) // 30), "sha1")
    place = digest[-1] & 15
    (number,) = struct.unpack(">I", digest[place : place + 4])
    return f"{(number & 0x7FFFFFFF) % 10**6:06}"


def test_a_colleague_with_rights_and_second_factor_takes_6_clicks_of_the_administrator(
    signed_in: SignIn, new_page: Callable[..., Page], rows: dict[str, Any], settings: Any
) -> None:
    page = signed_in()
    hand = hand_at(page, "/admin/")
    desk_tasks.new_colleague(hand, OWN_PASSWORD)
    assert hand.clicks <= 6, hand.clicks
    anna = get_user_model().objects.get(username="anna")
    assert anna.is_staff
    assert [group.name for group in anna.groups.all()] == ["Editor"]
    assert [row.dialogue for row in anna.assignments.all()] == [rows["dialogue"]]

    # The rest is Anna's: nobody gets further without.
    settings.STAFF_2FA = "required"
    own = new_page()
    own.goto("/admin/")
    own.fill("#id_username", "anna")
    own.fill("#id_password", desk_tasks.PASSWORD)
    own.click("[type=submit]")
    own.wait_for_url("**/two-factor/**")
    own.goto(address(Initiative, "add"))
    assert own.locator("#id_title").count() == 0
    own.goto("/admin/two-factor/set-up/")
    secret = own.inner_text("#content-main code").replace(" ", "")
    own.fill("input[name=code]", code_of(base64.b32decode(secret), time.time()))
    if own.locator("input[name=confirm_password]").count():
        own.fill("input[name=confirm_password]", desk_tasks.PASSWORD)
    own.click("#content-main [type=submit]")
    own.wait_for_selector(".recovery-codes")
    own.goto(address(Initiative, "add"))
    assert own.locator("#id_title").count() == 1


def test_without_scripts_a_meeting_of_the_dialogue_is_chosen(
    signed_in: SignIn, rows: dict[str, Any]
) -> None:
    page = signed_in(java_script_enabled=False)
    page.goto(address(Initiative, "add"))
    page.fill("#id_title", "Centre for clean water")
    page.select_option("#id_dialogue", label="Water dialogue")
    page.click("input[name=_offer]")
    offered = page.locator("#id_raised_at option").all_inner_texts()
    assert any(name.startswith("Summit on water") for name in offered)
    assert not any(name.startswith("Summit on energy") for name in offered)
    page.select_option("#id_raised_at", value=str(rows["meeting"].pk))
    page.click("input[name=_save]")
    assert "Saved as a draft." in page.inner_text(".messagelist")
    assert Initiative.objects.get(title="Centre for clean water").raised_at == rows["meeting"]


def test_another_dialogue_has_other_meetings(signed_in: SignIn, rows: dict[str, Any]) -> None:
    page = signed_in()
    page.goto(f"{address(Initiative, 'add')}?raised_at={rows['meeting'].pk}")
    page.click(".field-dialogue .select2-selection")
    page.fill(".select2-dropdown .select2-search__field", "ener")
    page.click(".select2-results__option--highlighted:has-text('Energy dialogue')")
    assert page.input_value("#id_raised_at") == ""
    page.click(".field-raised_at .select2-selection")
    page.wait_for_selector(".select2-results__option--highlighted:has-text('Summit on energy')")
    assert "Summit on water" not in page.inner_text(".select2-results")


@pytest.mark.parametrize("width", [360, 1280])
def test_nobody_is_shut_out_of_the_new_pages(
    signed_in: SignIn, rows: dict[str, Any], width: int
) -> None:
    draft = desk_tasks.draft(rows)
    reviews.submit(by=None, row=draft, note="Please look at the quote.")
    update = make.update(initiative=rows["rows"][0], publication="draft", on="2025")
    role = make.role(initiative=draft)
    version = draft.history.last()
    role.delete()
    page = signed_in(viewport={"width": width, "height": 900}, bypass_csp=True)
    found = []
    for url in (
        address(draft, "review"),
        address(update, "review"),
        address(draft, "publish"),
        address(draft, "simple_history", version.pk),
        address(draft, "delete"),
        "/admin/auth/user/add/",
        "/admin/initiatives/dialogue/add/",
        "/admin/initiatives/meeting/add/",
    ):
        answer = page.goto(url)
        assert answer
        assert answer.status == 200, url
        page.wait_for_timeout(100)
        found += [f"{url}: {fault}" for fault in faults(page, colours=width == 360, **TARGETS)]
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        found += [f"{url} is {wider} px too wide"] if wider > 0 else []
    assert not found, "\n".join(found)
