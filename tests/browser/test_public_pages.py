"""What a reader does on the public pages, in a real browser: wide and narrow, light and dark, without scripts."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests import make
from tests.browser.accessibility import faults
from tests.world import LISTS, World, hang_past_on, make_world

NewPage = Callable[..., Page]
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true })"
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 4


@pytest.fixture
def world(live_server: Any) -> World:
    """Enough for filters, pages and flags; with a title and a word that are too long for a phone."""
    world = make_world(due_on="2021", summary=LONG_WORD)
    hang_past_on(world, "secret")
    make.initiatives(30, **world.shared)
    make.initiative("long", title=f"{'Very long title ' * 5}{LONG_WORD}"[:300], due_on="2999")
    return world


@pytest.fixture
def addresses(world: World) -> list[str]:
    others = [
        "/initiatives/?group=in_progress&flag=stale&q=initiative",
        "/initiatives/?q=nothing-like-it",
        "/initiatives/?q=nothing-like-it&status=delivered",
        "/initiatives/?view=table",
        "/meetings/?state=planned",
        "/initiatives/long/",
        "/initiatives/?page=x",
        "/nowhere/",
    ]
    return [*LISTS, *world.details, *others]


@pytest.fixture
def empty_addresses(live_server: Any) -> list[str]:
    return LISTS


def listen(page: Page) -> list[str]:
    errors: list[str] = []

    def note(message: Any) -> None:
        # The browser itself writes an error for a page that is answered with 400 or 404.
        if message.type in ("error", "warning") and "the server responded" not in message.text:
            errors.append(message.text)

    page.on("console", note)
    return errors


def test_from_the_home_page_to_the_source_of_a_fact(new_page: NewPage, world: World) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/")
    page.fill("#site-q", "digital")
    page.press("#site-q", "Enter")
    page.get_by_role("heading", level=1, name="Search").wait_for()
    assert page.get_by_role("heading", name="Initiatives").inner_text() == "Initiatives 1"
    page.get_by_role("link", name="Digital University").click()
    page.get_by_role("heading", level=1, name="Digital University").wait_for()
    page.locator("section", has_text="Standing in the dialogue").get_by_role(
        "link", name="Joint Statement"
    ).first.click()
    page.get_by_role("heading", level=1, name="Joint Statement").wait_for()
    original = page.get_by_role("link", name="Read the original at example.org")
    assert original.get_attribute("href") == world.report.url


def test_filtering_and_taking_a_filter_away(new_page: NewPage, world: World) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/initiatives/?sort=title")
    page.locator("summary", has_text="Delivery in detail").click()
    page.check("[name=status][value=delivered]")
    page.check("[name=status][value=stalled]")
    page.get_by_role("button", name="Show results").click()
    assert page.url.endswith(
        "/initiatives/?q=&raised_from=&raised_to=&status=delivered&status=stalled&sort=title"
    )
    before = page.get_by_role("status").inner_text()
    page.get_by_role("link", name="Remove the filter Delivery in detail: Stalled").click()
    assert page.url.endswith("/initiatives/?status=delivered&sort=title")
    assert int(page.get_by_role("status").inner_text().split()[0]) < int(before.split()[0])
    assert page.is_checked("[name=status][value=delivered]")
    page.get_by_role("link", name="Clear all").click()
    page.get_by_role("link", name="Next").click()
    assert "26–33 shown" in page.get_by_role("status").inner_text()


def test_on_a_phone_the_filters_open_on_a_tap(new_page: NewPage, world: World) -> None:
    page = new_page(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page.goto("/initiatives/")
    assert not page.get_by_role("button", name="Show results").is_visible()
    page.locator("summary", has_text="Filter this list").click()
    page.get_by_label("Search", exact=True).fill("digital")
    page.get_by_role("button", name="Show results").click()
    assert page.get_by_role("status").inner_text() == "1 initiative"


def test_the_keyboard_reaches_the_content_first(page: Page, world: World) -> None:
    page.goto("/initiatives/")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.inner_text() == "Skip to the content"
    assert skip.bounding_box()["y"] >= 0  # type: ignore[index]
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("id") == "q"


def test_no_page_breaks_a_rule_of_accessibility(page: Page, addresses: list[str]) -> None:
    errors = listen(page)
    for address in addresses:
        page.goto(address)
        check_headings(page, address)
        page.evaluate(OPEN_ALL)
        assert faults(page) == [], address
    assert not errors


def test_what_is_pale_once_on_a_page_is_found(page: Page, addresses: list[str]) -> None:
    """Also in a run that looks at a few of the elements that look alike."""
    page.goto("/initiatives/")
    # Too near to the ground of both schemes.
    page.locator("main a:visible").last.evaluate("link => { link.style.color = '#7f7f7f' }")
    assert [" color-contrast: " in fault for fault in faults(page)] == [True]


def check_headings(page: Page, address: str) -> None:
    """They follow one another."""
    levels = page.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => Number(h.tagName[1]))"
    )
    assert levels[0] == 1, address
    assert levels.count(1) == 1, address
    steps = itertools.pairwise(levels)
    assert all(later - earlier <= 1 for earlier, later in steps), (address, levels)


def test_no_empty_page_breaks_a_rule_of_accessibility(
    page: Page, empty_addresses: list[str]
) -> None:
    for address in empty_addresses:
        page.goto(address)
        assert faults(page) == []


def test_the_first_view_is_light(new_page: NewPage, world: World) -> None:
    page = new_page()
    bodies: dict[str, bytes] = {}
    page.on("response", lambda response: bodies.update({response.url: response.body()}))
    for address in ("/", "/initiatives/", world.initiative.get_absolute_url()):
        bodies.clear()
        # As on a first visit: nothing is kept from the page before.
        page.context.clear_cookies()
        page.goto(address, wait_until="networkidle")
        assert any(url.endswith(".css") for url in bodies), address
        # On the way all of it is compressed: pages by the proxy, static files by the server.
        assert sum(len(gzip.compress(body)) for body in bodies.values()) < 60_000, address


# Shown once it is parsed: how far a page is when the browser first paints it depends on the machine's
# load. What scripts, fonts and pictures then move counts.
SHIFT = """
const unparsed = new CSSStyleSheet();
unparsed.replaceSync("html { visibility: hidden }");
document.adoptedStyleSheets = [unparsed];
document.addEventListener("readystatechange", () => { document.adoptedStyleSheets = []; }, { once: true });
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shift += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("widths", [(360, 320), (1280, 768)], ids=["phone", "desktop"])
def test_nothing_moves_once_a_page_is_parsed_and_nothing_scrolls_sideways(
    new_page: NewPage, addresses: list[str], widths: tuple[int, int]
) -> None:
    page = new_page(viewport={"width": widths[0], "height": 740})
    page.add_init_script(SHIFT)
    for address in addresses:
        page.goto(address, wait_until="load")
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(50)
        assert page.evaluate("window.shift") == 0, address
        page.evaluate(OPEN_ALL)
        for width in widths:
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        page.set_viewport_size({"width": widths[0], "height": 740})


def test_a_printed_page_has_no_navigation(page: Page, world: World) -> None:
    page.emulate_media(media="print")
    page.goto(world.initiative.get_absolute_url())
    assert not page.get_by_role("navigation", name="Site").is_visible()
    assert page.get_by_role("heading", level=1).is_visible()
