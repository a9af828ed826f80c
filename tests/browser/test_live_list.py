"""A list that changes without reloading: counts, chips and rows in place, addresses and the way back right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests import make
from tests.world import World, make_world

NewPage = Callable[..., Page]
STAYS = "window.stays = true"


@pytest.fixture
def world(live_server: Any) -> World:
    world = make_world()
    make.initiatives(30, **world.shared)
    make.initiative("water", title="Water of the Amu Darya", delivery_status="delivered")
    return world


def has_stayed(page: Page) -> bool:
    """Whether the page is the one it was: a reload would have forgotten the mark."""
    return bool(page.evaluate("window.stays === true"))


def open_list(page: Page, query: str = "") -> None:
    page.goto(f"/initiatives/{query}")
    page.evaluate(STAYS)


def count(page: Page) -> Any:
    return page.locator("[data-part=count]")


def test_choosing_a_value_changes_the_list_the_counts_and_the_address(
    page: Page, world: World
) -> None:
    open_list(page)
    page.locator("summary", has_text="Delivery in detail").click()
    box = page.locator("[name=status][value=delivered]")
    shown = int(box.locator("xpath=..").locator(".count").inner_text())
    box.check()
    expect(page.get_by_role("link", name="Remove the filter Delivery in detail")).to_be_visible()
    assert page.url.endswith("/initiatives/?status=delivered")
    assert count(page).inner_text().startswith(f"{shown} initiative")
    assert count(page).get_attribute("role") == "status"
    # The keyboard is where it was, in a filter that is still open.
    assert page.evaluate("document.activeElement.value") == "delivered"
    assert box.is_visible()
    assert has_stayed(page)


def test_typing_narrows_the_list_and_is_one_step_back(page: Page, world: World) -> None:
    open_list(page, "?sort=title")
    page.locator("#q").press_sequentially("water", delay=20)
    expect(count(page)).to_have_text("1 initiative")
    page.locator("#q").press_sequentially(" amu", delay=20)
    page.wait_for_url("**/initiatives/?q=water+amu&sort=title")
    assert page.evaluate("document.activeElement.id") == "q"
    page.go_back()
    expect(count(page)).to_contain_text("1–25 shown")
    assert page.url.endswith("/initiatives/?sort=title")
    assert page.input_value("#q") == ""
    page.go_forward()
    expect(count(page)).to_have_text("1 initiative")
    assert page.input_value("#q") == "water amu"
    assert has_stayed(page)


def test_chips_orders_layouts_and_pages_need_no_reload(page: Page, world: World) -> None:
    open_list(page, "?status=delivered&q=water")
    page.get_by_role("link", name="Remove the filter Text").click()
    page.wait_for_url("**/initiatives/?status=delivered")
    assert page.input_value("#q") == ""
    page.get_by_role("link", name="Clear all").click()
    expect(count(page)).to_contain_text("1–25 shown")
    assert not page.is_checked("[name=status][value=delivered]")
    page.get_by_role("link", name="Title", exact=True).click()
    page.wait_for_url("**/initiatives/?sort=title")
    page.get_by_role("link", name="Table", exact=True).click()
    expect(page.locator("table.dense tbody tr")).to_have_count(25)
    assert page.url.endswith("/initiatives/?sort=title&view=table")
    page.get_by_role("link", name="Next").click()
    expect(count(page)).to_contain_text("26–")
    assert page.evaluate("document.activeElement.id") == "results-title"
    # A form that is sent keeps order and layout.
    page.locator("summary", has_text="Filter this list").click()
    page.fill("#q", "water")
    page.get_by_role("button", name="Show results").click()
    page.wait_for_url("**/initiatives/?q=water&sort=title&view=table")
    assert has_stayed(page)


def test_an_answer_that_comes_too_late_is_not_shown(page: Page, world: World) -> None:
    open_list(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/initiatives/?*status=delivered*", hold)
    page.locator("summary", has_text="Delivery in detail").click()
    page.locator("[name=status][value=delivered]").check()
    page.locator("[name=status][value=delivered]").uncheck()
    page.fill("#q", "amu")
    expect(count(page)).to_have_text("1 initiative")
    for route in held:
        route.abort()
    page.wait_for_timeout(100)
    assert count(page).inner_text() == "1 initiative"
    assert page.url.endswith("/initiatives/?q=amu")
    assert has_stayed(page)


def test_where_nothing_is_found_the_filter_to_drop_is_named(page: Page, world: World) -> None:
    open_list(page, "?q=water&status=stalled")
    page.get_by_role("link", name="Remove “Delivery in detail”").click()
    expect(count(page)).to_have_text("1 initiative")
    assert has_stayed(page)


def test_when_the_server_refuses_the_browser_shows_its_answer(page: Page, world: World) -> None:
    open_list(page)
    page.fill("#q", "x" * 400)
    page.wait_for_url("**/initiatives/?q=xxx*")
    page.evaluate("document.querySelector('#q').removeAttribute('maxlength')")
    page.fill("#q", "x" * 501)
    page.get_by_role("heading", name="We cannot read this link").wait_for()
    assert not has_stayed(page)


def test_other_lists_are_live_too(page: Page, world: World) -> None:
    make.meeting("planned", title="Next meeting", state="planned", dialogue=make.dialogue("c5-1"))
    page.goto("/meetings/")
    page.evaluate(STAYS)
    page.locator("summary", has_text="State").click()
    page.check("[value=planned]")
    expect(count(page)).to_have_text("1 meeting")
    assert has_stayed(page)


def test_the_link_to_the_list_is_copied(new_page: NewPage, world: World) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/initiatives/?q=water")
    page.get_by_role("button", name="Copy the link to this list").click()
    expect(page.locator(".downloads [role=status]")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


def test_the_slash_goes_to_the_search_unless_it_is_turned_off(page: Page, world: World) -> None:
    page.goto("/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "site-q"
    page.keyboard.type("a/b")
    assert page.input_value("#site-q") == "a/b"
    page.get_by_role("button", name="Turn this key off").click()
    page.reload()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "site-q"
    page.get_by_role("button", name="Turn this key on").click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "site-q"
