"""The list of initiatives as a journalist asks it, and what stays in place while somebody chooses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests import make
from tests.browser.accessibility import faults

NewPage = Callable[..., Page]


@pytest.fixture
def promises(live_server: Any) -> None:
    """Promises of Japan and of Korea to Uzbekistan, of before 2023 and later, with news and without."""
    dialogue = make.dialogue("ca-japan", name="Central Asia + Japan")
    parties = {code: make.participant(code, name=name) for code, name in NAMES.items()}
    for n, (code, year, heard) in enumerate(
        [("jp", "2019", "2020"), ("jp", "2024", "2020"), ("kr", "2019", "2020"), ("jp", "2019", "")]
    ):
        meeting = make.meeting(dialogue=dialogue, starts_on=year)
        row = make.initiative(f"i{n}", title=f"Promise {n}", raised_at=meeting)
        report = make.report(publisher=f"Agency {n}", published_on=heard or "2026-11")
        make.mention(initiative=row, act="undertaken", participants=[parties[code]], report=report)
        make.role(initiative=row, participant=parties["uz"], role="beneficiary")
        if heard:
            make.update(initiative=row, status="under_way", on=heard, report=report)


NAMES = {"jp": "Japan", "kr": "Korea", "uz": "Uzbekistan"}


def test_a_journalist_has_her_table_and_its_feed_in_six_clicks(page: Page, promises: None) -> None:
    """Japanese promises to Uzbekistan from before 2023 that are overdue or without news, with their sources."""
    clicks = 0

    def click(what: Locator) -> None:
        nonlocal clicks
        clicks += 1
        what.click()

    def box(facet: str, name: str) -> Locator:
        return page.locator(f"[data-facet={facet}] label").filter(has_text=name)

    page.goto("/")
    click(page.get_by_role("link", name="Overdue or without recent news"))
    click(box("party", "Japan"))
    click(box("beneficiary", "Uzbekistan"))
    click(page.get_by_label("to", exact=True))
    page.keyboard.type("2022")
    page.keyboard.press("Enter")
    title = "Initiatives: First raised up to 2022; Overdue or No recent news; Party Japan; Beneficiary Uzbekistan"
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    click(page.get_by_role("link", name="Table"))
    table = page.get_by_role("table")
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table).to_contain_text("Promise 0")
    source = table.get_by_role("link", name="Agency 0")
    expect(source).to_have_attribute("href", re.compile("^https://example.org/"))
    with page.expect_response(lambda answer: ".atom" in answer.url) as fed:
        click(page.get_by_role("link", name="Follow this list (Atom feed)"))
    assert title in fed.value.text()
    assert "Promise 1" not in fed.value.text()
    assert clicks <= 6


def test_nothing_moves_while_somebody_chooses(page: Page, promises: None) -> None:
    page.goto("/initiatives/")
    boxes = page.locator("[data-facet] label:visible")
    places = boxes.evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    page.locator("[data-facet=party] label").filter(has_text="Korea").click()
    expect(page.locator(".listed h3")).to_have_count(1)
    after = boxes.evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert len(after) == len(places) > 5
    moves = {round(now - before) for now, before in zip(after, places, strict=True)}
    # All of them by the same, where the title takes a line more.
    assert len(moves) == 1


@pytest.mark.parametrize("width", [360, 1280])
def test_the_list_is_accessible_and_fits(new_page: NewPage, promises: None, width: int) -> None:
    page = new_page(viewport={"width": width, "height": 900})
    for query in ("", "?raised_to=2022&party=jp", "?view=table", "?q=nothing-like-it", "?page=99"):
        page.goto(f"/initiatives/{query}")
        assert faults(page, colours=width == 360) == []
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, query


def test_twelve_rows_are_on_a_screen(new_page: NewPage, live_server: Any) -> None:
    meeting = make.meeting(title="1st Summit of the Dialogue")
    japan = make.participant("jp", name="Japan")
    for n in range(14):
        make.initiative(f"i{n}", title=f"Regional centre {n}", raised_at=meeting, proposers=[japan])
    page = new_page(viewport={"width": 1280, "height": 900})
    page.goto("/initiatives/")
    bottoms = page.locator("li.listed").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().bottom)"
    )
    assert sum(bottom <= 900 for bottom in bottoms) >= 12
