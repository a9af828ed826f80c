"""The quotes of one passage in several languages: beside one another where there is room, else one below another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests import make
from tests.browser.accessibility import faults

QUOTES = {
    "en": "Japan supports the efforts to found a university.",
    "ja": "日本は、大学の設立に向けた取組を支持する。",
}


@pytest.mark.parametrize(("width", "is_beside"), [(1280, True), (360, False)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_quotes_stand_beside_one_another_where_there_is_room(
    new_page: Callable[..., Page], live_server: Any, width: int, is_beside: bool, scheme: str
) -> None:
    initiative = make.initiative("university")
    english = make.report("en", authentic=True)
    japanese = make.report("ja", title="共同声明", language="ja", translation_of=english)
    for report in (japanese, english):
        quote = {"quote": QUOTES[report.language], "quote_language": report.language}
        make.mention(initiative=initiative, report=report, **quote)
    page = new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.goto(initiative.get_absolute_url())
    quotes = page.locator(".versions blockquote")
    assert [quote.get_attribute("lang") for quote in quotes.all()] == ["en", "ja"]
    first, second = (quote.bounding_box() for quote in quotes.all())
    assert first
    assert second
    assert (first["y"] == second["y"]) == is_beside
    assert (first["x"] < second["x"]) == is_beside
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []
