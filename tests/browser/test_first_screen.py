"""What a reader sees of a page before they scroll."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from initiatives.models import Membership
from tests import make
from tests.browser.accessibility import faults

PHONE = {"width": 360, "height": 740}
LONG = "Programme of cooperation on water, energy and transport between the states of the region "


def with_everything(slug: str, title: str) -> str:
    """An initiative of which the strip has most to say: overdue, moved, silent, on one side's word, long names."""
    dialogue = make.dialogue(name=f"Dialogue {LONG}"[:200], stale_after_days=30)
    initiative = make.initiative(slug, title=title, dialogue=dialogue, summary=LONG * 3)
    party = make.participant(name="Economic and Social Commission for Asia and the Pacific")
    own = make.report(kind="statement", published_on="2020-04-17", publisher=LONG.strip())
    for year in ("2021", "2022", "2023"):
        make.mention(
            initiative=initiative,
            act="undertaken",
            participants=[party],
            report=make.report(published_on=f"2020-0{year[-1]}-01"),
            due_on=f"{year}-12-31",
        )
    make.update(
        initiative=initiative, report=own, on="2020-04-17", status="preparing", what=LONG * 6
    )
    return initiative.get_absolute_url()


@pytest.mark.parametrize(
    "title", ["Digital University", LONG[:140].strip(), (LONG * 4)[:300].strip()]
)
def test_the_verdict_is_seen_on_a_phone_without_scrolling(
    new_page: Callable[..., Page], live_server: Any, title: str
) -> None:
    address = with_everything("plan", title)
    page = new_page(viewport=PHONE)
    page.goto(address)
    strip = page.get_by_role("region", name="Where it stands")
    box = strip.bounding_box()
    assert box
    assert box["y"] + box["height"] <= PHONE["height"], box
    assert strip.locator("dt").all_inner_texts() == [
        "In the dialogue",
        "Last heard of",
        "Due",
        "Evidence",
    ]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert faults(page) == []


def test_the_verdict_needs_no_document_and_no_date(
    new_page: Callable[..., Page], live_server: Any
) -> None:
    page = new_page(viewport=PHONE)
    page.goto(make.initiative("plan").get_absolute_url())
    box = page.get_by_role("region", name="Where it stands").bounding_box()
    assert box
    assert box["y"] + box["height"] <= PHONE["height"] / 2 + 100
    assert faults(page) == []


def test_the_brief_of_a_country_is_two_clicks_from_home(
    new_page: Callable[..., Page], live_server: Any
) -> None:
    japan = make.participant("jp", name="Japan")
    make.initiative("plan", proposers=[japan])
    page = new_page(viewport=PHONE, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Briefs before a meeting").click()
    page.get_by_role("main").get_by_role("link", name="Japan").click()
    page.get_by_role("heading", level=1, name="Brief: Japan").wait_for()
    assert page.get_by_role("link", name="Download as Word (DOCX)").is_visible()


def test_a_brief_is_chosen_and_its_length_kept(
    new_page: Callable[..., Page], live_server: Any
) -> None:
    dialogue = make.dialogue("steppe", name="Steppe Dialogue")
    japan = make.participant("jp", name="Japan")
    Membership.objects.create(dialogue=dialogue, participant=japan)
    make.initiative("plan", dialogue=dialogue, proposers=[japan])
    page = new_page(java_script_enabled=False)
    page.goto("/dialogues/steppe/brief/?length=page")
    page.get_by_label("Brief for").select_option("Japan")
    page.get_by_role("main").get_by_role("button", name="Show").click()
    page.get_by_role("heading", level=1, name="Steppe Dialogue – Japan").wait_for()
    assert page.url.endswith("/dialogues/steppe/brief/?participant=jp&length=page")
    page.get_by_role("link", name="Full").click()
    assert page.url.endswith("/dialogues/steppe/brief/?participant=jp")
    assert page.get_by_role("heading", name="Delivered, dropped or superseded").is_visible()
