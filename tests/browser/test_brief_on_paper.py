"""The brief on paper: one page, or four when it is full, whatever is written in it and whichever fonts there are."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from tests import make
from tests.extent import SCRIPTS, in_turn
from tests.long_brief import TEXTS, fill

PAPERS: list[dict[str, Any]] = [
    {"prefer_css_page_size": True},
    {"format": "A4"},
    {"format": "Letter"},
]


def pages(page: Page, **paper: Any) -> int:
    pdf = page.pdf(**paper)
    return max(int(count) for count in re.findall(rb"/Type /Pages\s[^>]*?/Count (\d+)", pdf))


@pytest.mark.parametrize("text", list(TEXTS.values())[:SCRIPTS], ids=list(TEXTS)[:SCRIPTS])
def test_a_brief_full_of_long_texts_takes_four_pages(
    page: Page, live_server: Any, text: str
) -> None:
    dialogue = make.dialogue("l" * 50, name=(text * 300)[:300], stale_after_days=1)
    japan = make.participant("jp", name=(text * 200)[:200])
    fill(dialogue, japan, text)
    of_dialogue = f"/dialogues/{dialogue.slug}/brief/"
    briefs = (
        (of_dialogue, 38, 4),
        (f"{of_dialogue}?participant=jp", 34, 4),
        ("/meetings/m-2998-09-28/brief/", 38, 4),
        ("/participants/jp/brief/", 34, 4),
        (f"{of_dialogue}?length=page", 14, 1),
        (f"{of_dialogue}?participant=jp&length=page", 14, 1),
        ("/meetings/m-2998-09-28/brief/?length=page", 14, 1),
        ("/participants/jp/brief/?length=page", 14, 1),
    )
    for number, (address, lines, most) in enumerate(briefs):
        page.goto(address)
        assert page.locator(".brief-lines > li").count() == lines, address
        counts = [pages(page, **paper) for paper in in_turn(number, PAPERS)]
        assert max(counts) <= most, (address, counts)
        # What was cut says where the rest is, and no line loses its document's kind and date.
        page.emulate_media(media="print")
        assert most == 1 or page.locator(".remaining .address").first.is_visible()
        for about in page.locator(".brief-lines .source .source-meta").all():
            box, line = about.bounding_box(), about.locator("..").bounding_box()
            assert box
            assert line
            assert box["x"] + box["width"] <= line["x"] + line["width"] + 1
        page.emulate_media(media="null")


def test_the_browser_has_glyphs_for_the_languages_of_the_data(page: Page) -> None:
    """A character without a glyph is drawn as the same box as any other."""
    draw = """text => {
        const canvas = document.createElement("canvas"), drawn = canvas.getContext("2d");
        drawn.font = "40px sans-serif";
        drawn.fillText(text, 10, 60);
        return canvas.toDataURL();
    }"""
    for one, other in ("ab", "жц", "қў", "協力", "かな"):
        assert page.evaluate(draw, one) != page.evaluate(draw, other), (one, other)
