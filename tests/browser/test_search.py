"""A reader looks for a word from anywhere, by keyboard, on a phone, and with or without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests import make
from tests.browser.accessibility import faults

pytestmark = pytest.mark.django_db(transaction=True)

NewPage = Callable[..., Page]
PHONE = {"width": 360, "height": 740}
WIDE = {"width": 1280, "height": 800}
# Where it is found, and in which words.
FOUND = {
    "gallium": ("Initiatives", "buys 15 tonnes of gallium"),
    "Mitsubishi": ("Reports", "Mitsubishi to import rare metal"),
    "Tokayev": ("People", "Kassym-Jomart Tokayev"),
    "OVOP": ("Initiatives", "OVOP"),
    "対話": ("Dialogues", "「中央アジア+日本」対話"),
    "Узбекистан": ("Participants", "Узбекистан"),
    "CADU": ("Initiatives", "CADU"),
}


@pytest.fixture
def record(transactional_db: None) -> None:
    kazakhstan = make.participant("kz", name="Kazakhstan")
    make.participant("uz", name="Uzbekistan", translations={"name": {"ru": "Узбекистан"}})
    dialogue = make.dialogue(
        name="Central Asia + Japan",
        translations={"name": {"ja": "「中央アジア+日本」対話"}},
    )
    meeting = make.meeting(title="1st Summit", dialogue=dialogue)
    attendance = make.attendance(meeting=meeting, participant=kazakhstan)
    make.delegate(attendance=attendance, name="Kassym-Jomart Tokayev", title="President")
    report = make.report(title="Mitsubishi to import rare metal")
    minerals = make.initiative("minerals", title="Critical minerals", raised_at=meeting)
    make.update(initiative=minerals, report=report, what="A unit buys 15 tonnes of gallium.")
    make.initiative(
        "cadu", title="Central Asian Digital University", other_names="CADU", raised_at=meeting
    )
    make.initiative("ovop", title="One Village One Product", other_names="OVOP")


@pytest.fixture(params=["scripts", "without scripts", "phone", "phone without scripts"])
def reader(request: Any, new_page: NewPage, record: None) -> Page:
    viewport = PHONE if "phone" in request.param else WIDE
    return new_page(java_script_enabled="without" not in request.param, viewport=viewport)


def test_every_word_is_found_from_any_page(reader: Page) -> None:
    for word, (kind, passage) in FOUND.items():
        reader.goto("/reports/")
        box = reader.get_by_label("Search the site")
        box.fill(word)
        box.press("Enter")
        reader.wait_for_url("**/search/?q=*")
        section = reader.get_by_role("region", name=kind)
        expect(section).to_contain_text(passage)
        expect(section.locator("mark").first).to_have_text(word)
        width = reader.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, word


def test_a_state_is_found_by_the_name_that_the_language_shows(
    new_page: NewPage, record: None
) -> None:
    make.participant("us", name="United States")
    page = new_page(viewport=WIDE)
    for code, name in (("ru", "Узбекистан"), ("ja", "アメリカ合衆国"), ("uz", "Oʻzbekiston")):
        page.goto(f"/{code}/")
        box = page.locator("header input[type=search]")
        box.fill(name)
        expect(page.get_by_role("option").first).to_contain_text(name)
        box.press("Enter")
        page.wait_for_url(f"**/{code}/search/?q=*")
        expect(page.locator("main mark").first).to_have_text(name)


def test_the_page_breaks_no_rule_of_accessibility(new_page: NewPage, record: None) -> None:
    for viewport in (WIDE, PHONE):
        page = new_page(viewport=viewport)
        for address in ("/search/?q=a", "/search/", "/search/?q=zzz", "/search/?q=a&kind=report"):
            page.goto(address)
            assert faults(page, colours=viewport == PHONE) == [], address
        box = page.get_by_label("Search the site")
        box.fill("ka")
        expect(page.get_by_role("option").first).to_be_visible()
        box.press("ArrowDown")
        assert faults(page) == []


def test_a_slip_of_the_keyboard_is_one_click_away(reader: Page) -> None:
    reader.goto("/initiatives/minerals/")
    box = reader.get_by_label("Search the site")
    box.fill("digitl university")
    box.press("Enter")
    reader.get_by_role("link", name="Digital university").click()
    expect(reader.get_by_role("region", name="Initiatives")).to_contain_text(
        "Central Asian Digital University"
    )
    expect(reader.get_by_label("Search the site")).to_have_value("Digital university")


# --- As one types ---------------------------------------------------------------------------------


@pytest.fixture(params=[PHONE, WIDE], ids=["phone", "wide"])
def page(request: Any, new_page: NewPage, record: None) -> Page:
    opened = new_page(viewport=request.param)
    opened.goto("/reports/")
    return opened


def test_by_keyboard_from_the_slash_to_the_record(page: Page) -> None:
    page.keyboard.press("/")
    box = page.get_by_role("combobox", name="Search the site")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("узбе")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options).to_have_count(1)
    expect(options).to_have_text("Uzbekistan Узбекистан · Participant")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("[aria-live=polite]").first).to_have_text("Suggestions: 1")
    page.keyboard.press("ArrowDown")
    expect(options).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(options.get_attribute("id")))
    expect(box).to_have_value("узбе")
    page.keyboard.press("Enter")
    page.wait_for_url("**/participants/uz/")


def test_arrows_go_round_and_escape_closes(page: Page) -> None:
    box = page.get_by_label("Search the site")
    box.press_sequentially("c")
    page.wait_for_timeout(400)
    expect(page.get_by_role("option")).to_have_count(0)
    box.press_sequentially("e")
    options = page.get_by_role("option")
    expect(options).to_have_count(2)
    for key, expected in (
        ("ArrowUp", [False, True]),
        ("ArrowDown", [False, False]),
        ("ArrowDown", [True, False]),
        ("ArrowUp", [False, False]),
    ):
        box.press(key)
        chosen = [option.get_attribute("aria-selected") == "true" for option in options.all()]
        assert chosen == expected, key
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("ce")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    # Nothing is chosen: the words themselves are looked for.
    box.press("Enter")
    page.wait_for_url("**/search/?q=ce")


def test_a_click_follows_a_suggestion(page: Page) -> None:
    page.get_by_label("Search the site").press_sequentially("toka")
    page.get_by_role("option", name="Kassym-Jomart Tokayev").click()
    page.wait_for_url("**/search/?q=*Tokayev*&kind=person")
    expect(page.get_by_role("region", name="People")).to_contain_text("1st Summit")


def test_what_is_being_composed_is_left_alone(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    box = page.get_by_label("Search the site")
    box.focus()
    compose = "([type, text]) => document.activeElement.dispatchEvent(new CompositionEvent(type, {data: text}))"
    page.evaluate(compose, ["compositionstart", ""])
    page.evaluate(
        "() => { const box = document.activeElement; box.value = '対話'; box.dispatchEvent("
        "new InputEvent('input', {bubbles: true, isComposing: true})); }"
    )
    page.wait_for_timeout(400)
    assert not [url for url in asked if "suggestions.json" in url]
    page.evaluate(compose, ["compositionend", "対話"])
    expect(page.get_by_role("option")).to_have_count(1)
    expect(page.get_by_role("option")).to_contain_text("「中央アジア+日本」対話")


def test_an_answer_that_comes_too_late_is_not_shown(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        if "q=ka" in route.request.url:
            held.append(route)
        else:
            route.continue_()

    page.route("**/suggestions.json*", hold)
    box = page.get_by_label("Search the site")
    box.press_sequentially("ka")
    page.wait_for_timeout(400)
    assert len(held) == 1
    box.fill("mitsu")
    expect(page.get_by_role("option")).to_have_text(["Mitsubishi to import rare metal Report"])


def test_a_page_of_a_past_day_searches_initiatives_of_that_day(
    new_page: NewPage, record: None
) -> None:
    page = new_page()
    page.goto("/?as_of=2024-01-01")
    box = page.get_by_label("Search initiatives")
    assert box.get_attribute("role") is None
    box.fill("digital")
    box.press("Enter")
    page.wait_for_url("**/initiatives/?as_of=2024-01-01&q=digital")
