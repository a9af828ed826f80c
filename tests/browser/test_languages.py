"""What readers of other languages do, in a real browser; and every language on a phone and a wide screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Page

from initiatives.languages import ENGLISH, language_tag
from initiatives.models import DeliveryStatus
from tests.browser.accessibility import faults
from tests.extent import in_turn
from tests.world import LISTS, World, make_world

NewPage = Callable[..., Page]
# English by all other tests.
LANGUAGES = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != "ja")


@pytest.fixture
def world(live_server: Any) -> World:
    return make_world(due_on="2021")


def words(code: str, text: str) -> str:
    with translation.override(code):
        return gettext(text)


@pytest.mark.parametrize("code", ["ja", "ru", "uz", "kk"])
def test_a_reader_finds_their_language_and_reads_on_in_it(
    new_page: NewPage, world: World, code: str
) -> None:
    page = new_page(locale=code, viewport={"width": 1280, "height": 800})
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("link", name=words(code, "Read this page in English")).click()
    page.wait_for_url(f"**/{code}/")
    assert page.locator("html").get_attribute("lang") == language_tag(code)
    assert page.locator(".language-offer").count() == 0
    page.locator("header nav").get_by_role("link", name=words(code, "Initiatives")).first.click()
    page.wait_for_url(f"**/{code}/initiatives/")
    with translation.override(code):
        under_way = str(DeliveryStatus.UNDER_WAY.label)
    page.goto(f"/{code}/initiatives/?status=under_way")
    assert under_way in page.locator("main").inner_text()
    # The same list in English, by the switch.
    page.locator("header .languages summary").click()
    page.get_by_role("link", name="English", exact=True).click()
    page.wait_for_url("**/initiatives/?status=under_way")
    assert "Under way" in page.locator("main").inner_text()


def test_who_puts_the_offer_away_is_left_alone(new_page: NewPage, world: World) -> None:
    page = new_page(locale="ja")
    page.goto("/")
    offer = page.locator(".language-offer")
    offer.get_by_role("button").click()
    page.goto("/initiatives/")
    page.wait_for_load_state("networkidle")
    assert offer.count() == 0


def test_without_scripts_the_switch_stands_in_the_header(new_page: NewPage, world: World) -> None:
    page = new_page(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page.goto(world.initiative.get_absolute_url())
    page.locator("header .languages summary").click()
    page.get_by_role("link", name="Қазақша").click()
    page.wait_for_url(f"**/kk{world.initiative.get_absolute_url()}")


@pytest.mark.parametrize("code", LANGUAGES)
def test_pages_are_accessible_and_fit_in_every_language(
    new_page: NewPage, world: World, code: str
) -> None:
    """Home, list and initiative in each; of all other pages the usual run sees each in one of them."""
    prefix = "" if code == ENGLISH else f"/{code}"
    page = new_page(locale=code)
    in_all = ("/", "/initiatives/", world.initiative.get_absolute_url())
    others = [address for address in (*LISTS, *world.details) if address not in in_all]
    of_turn = [one for n, one in enumerate(others) if code in in_turn(n, LANGUAGES)]
    for address in (*in_all, *of_turn):
        page.goto(prefix + address)
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (address, width)
            assert faults(page, colours=width == 360) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_header_has_one_row_in_every_language(
    new_page: NewPage, world: World, code: str
) -> None:
    page = new_page(locale=code)
    page.goto("/" if code == ENGLISH else f"/{code}/")
    heights = {}
    for width in (360, 768, 1000, 1199, 1200, 1280):
        page.set_viewport_size({"width": width, "height": 740})
        box = page.locator("header.site").bounding_box()
        assert box
        heights[width] = box["height"]
    # A second row of the navigation takes as much again.
    assert max(heights.values()) < 70, heights
