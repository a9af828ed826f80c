"""Five errands of readers from the home page to what they came for: by keyboard, without scripts, on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import make
from tests.world import World, make_world

NewPage = Callable[..., Page]
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def world(live_server: Any) -> World:
    """A meeting after which one initiative was taken up again, and another was not."""
    world = make_world(due_on="2021")
    later = make.meeting(
        "fm-9", dialogue=world.dialogue, title="9th Meeting", starts_on="2022-12-24"
    )
    report = make.report("later", title="Later statement", meeting=later, kind="statement")
    make.mention(initiative=world.initiative, report=report, act="restated", locator="para 2")
    make.initiative("forgotten", title="Forgotten plan", raised_at=world.meeting)
    late = make.initiative("late", title="Late bridge", raised_at=world.meeting, due_on="2020")
    make.update(initiative=late, report=report, status="under_way", on="2022", what="Half built.")
    return world


# As a visitor of today, without scripts, and on a phone.
@pytest.fixture(params=["scripts", "without scripts", "phone", "phone without scripts"])
def visitor(request: Any, new_page: NewPage) -> Page:
    options: dict[str, Any] = {"java_script_enabled": "without" not in request.param}
    if "phone" in request.param:
        options |= {"viewport": PHONE, "has_touch": True}
    return new_page(**options)


def go_to(page: Page, name: str) -> None:
    """By the navigation of the site, which a telephone has behind a button."""
    menu = page.locator("summary", has_text="Menu")
    if menu.is_visible():
        menu.click()
    page.get_by_role("navigation", name="Site").get_by_role("link", name=name).click()


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def test_a_journalist_finds_the_source_of_a_claim(visitor: Page, world: World) -> None:
    visitor.goto("/")
    visitor.get_by_label("Search the site").fill("university")
    visitor.get_by_role("button", name="Search").click()
    visitor.get_by_role("link", name="Digital University").click()
    heading(visitor, "Digital University")
    expect(visitor.get_by_role("region", name="Where it stands")).to_contain_text("Evidence")
    panel = visitor.get_by_role("region", name="Delivery")
    panel.get_by_role("link", name="Joint Statement").first.click()
    heading(visitor, "Joint Statement")
    facts = visitor.get_by_role("region", name="Facts taken from it")
    expect(facts).to_contain_text("Digital University")
    expect(visitor.get_by_role("link", name="Read the original")).to_be_visible()


def test_a_diplomat_sees_what_was_not_taken_up_again(visitor: Page, world: World) -> None:
    visitor.goto("/")
    go_to(visitor, "Dialogues")
    visitor.get_by_role("link", name="Central Asia + Japan").click()
    heading(visitor, "Central Asia + Japan")
    visitor.get_by_role("region", name="known to be delivered").get_by_role(
        "link", name="8th Meeting"
    ).click()
    heading(visitor, "8th Meeting")
    dropped = visitor.get_by_role("region", name="Not mentioned at a later meeting")
    expect(dropped.get_by_role("link", name="Forgotten plan")).to_be_visible()
    expect(dropped.get_by_role("link", name="Digital University")).to_have_count(0)
    visitor.get_by_role("navigation", name="Meetings of this dialogue").get_by_role(
        "link", name="9th Meeting"
    ).click()
    resumed = visitor.get_by_role("region", name="Raised before, taken up again here")
    expect(resumed).to_contain_text("Restated here")


def test_a_researcher_narrows_a_list_and_takes_it_away(visitor: Page, world: World) -> None:
    visitor.goto("/initiatives/")
    filters = visitor.locator("summary", has_text="Filter this list")
    if filters.is_visible():
        filters.click()
    visitor.locator("[name=flag][value=overdue]").check()
    visitor.get_by_role("button", name="Show results").click()
    expect(visitor.get_by_role("link", name="Remove the filter Flag: Overdue")).to_be_visible()
    visitor.get_by_role("link", name="Table", exact=True).click()
    expect(visitor.locator("table.dense tbody tr")).to_have_count(2)
    csv = visitor.get_by_role("link", name="CSV", exact=True)
    assert csv.get_attribute("href") == "/initiatives.csv?flag=overdue"
    with visitor.expect_download() as download:
        csv.click()
    assert "Late bridge" in download.value.path().read_text()


def test_somebody_from_a_ministry_sees_what_it_proposed(visitor: Page, world: World) -> None:
    visitor.goto("/")
    go_to(visitor, "Participants")
    visitor.get_by_role("link", name="Japan").first.click()
    heading(visitor, "Japan")
    expect(visitor.locator(".scorecard")).to_contain_text("Proposed by Japan")
    visitor.get_by_role("link", name="All 1 initiative").click()
    expect(visitor.locator("[data-part=count]")).to_contain_text("1 initiative")


def test_who_doubts_a_word_finds_what_it_means(visitor: Page, world: World) -> None:
    visitor.goto("/initiatives/late/")
    strip = visitor.get_by_role("region", name="Where it stands")
    expect(strip.get_by_text("Overdue", exact=True)).to_be_visible()
    visitor.get_by_role("contentinfo").get_by_role("link", name="How the tracker works").click()
    heading(visitor, "How the tracker works")
    visitor.get_by_role("navigation", name="On this page").get_by_role("link", name="Flags").click()
    assert visitor.url.endswith("/about/method/#flags")
    expect(visitor.get_by_role("heading", name="How to dispute")).to_be_visible()


def test_by_keyboard_alone_from_the_search_to_the_source(page: Page, world: World) -> None:
    def on(words: str) -> None:
        """Go forward with the tabulator until the focus is on a link or a button of these words."""
        for _ in range(80):
            page.keyboard.press("Tab")
            at = page.evaluate("document.activeElement.textContent.trim()")
            if words in at:
                assert page.evaluate("document.activeElement.matches(':focus-visible')")
                return
        raise AssertionError(f"the keyboard does not reach {words}")

    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("bridge")
    page.keyboard.press("Enter")
    heading(page, "Search")
    on("Late bridge")
    page.keyboard.press("Enter")
    heading(page, "Late bridge")
    on("Later statement")
    page.keyboard.press("Enter")
    heading(page, "Later statement")
