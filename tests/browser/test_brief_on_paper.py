"""The brief on paper: one page, or four when it is full, whatever is written in it and whichever fonts there are."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page

from initiatives.models import Dialogue, Initiative, Participant, Report, Role
from initiatives.recording import actions
from tests import make
from tests.extent import SCRIPTS

# What takes the most room of a script: wide characters, capitals, one that is as wide as a line, marks above marks.
TEXTS = {
    "wide": "協力に関する日本と中央アジアの共同の取り組み",
    "capitals": "WWWW MMMM WWWWWWWW ",
    "cyrillic": "ЩЩЖЖ ШИРОКИЕ ЮЮЮЖ ",
    "ligature": "﷽",
    "pictures": "👩‍👩‍👧‍👦 🏴‍☠️ ",
    "marks": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞ ",
}
PAPERS: list[dict[str, Any]] = [
    {"prefer_css_page_size": True},
    {"format": "A4"},
    {"format": "Letter"},
]


def pages(page: Page, **paper: Any) -> int:
    pdf = page.pdf(**paper)
    return max(int(count) for count in re.findall(rb"/Type /Pages\s[^>]*?/Count (\d+)", pdf))


def fill(dialogue: Dialogue, japan: Participant, text: str) -> None:
    """As much of everything as a brief has room for, all of it long."""

    def long(length: int) -> str:
        return (text * length)[:length].strip()

    meetings = [
        make.meeting(
            f"m-{year}",
            dialogue=dialogue,
            title=long(300),
            city=long(200),
            starts_on=year,
            ends_on=year,
            state=state,
        )
        for year, state in (
            ("2020-09-28", "held"),
            ("2998-09-28", "planned"),
            ("2999-09-28", "planned"),
        )
    ]
    report = make.report(title=long(500), published_on="2022-11-30", kind="statement")
    shared: dict[str, Any] = {"raised_at": meetings[0], "theme": make.theme(), "report": report}
    initiatives = make.initiatives(240, participant=japan, **shared)
    for number in range(5):
        other = make.participant(name=f"{number}{long(199)}")
        Role.objects.bulk_create(
            Role(initiative=one, participant=other, role="proposer") for one in initiatives
        )
    actions.refresh(one.pk for one in initiatives)
    for number in range(30):
        make.attendance(
            meeting=meetings[0],
            participant=make.participant(name=f"{number}{long(190)}"),
            heads=[long(200)],
            capacity="observer",
        )
    Report.objects.update(title=long(500))
    Initiative.objects.update(title=long(300))
    for third, due in ((0, "2021-09-30"), (1, "2999-09-30")):
        keys = [one.pk for one in initiatives[third::3]]
        Initiative.objects.filter(pk__in=keys).update(due_on=due)
    newer = make.report(title=long(500), published_on="2023-11-30", kind="statement")
    for one in initiatives[:20]:
        make.update(
            initiative=one,
            participant=japan,
            report=newer,
            on="2022-09-30",
            status="no_information",
            what=long(600),
            locator=long(200),
        )


@pytest.mark.parametrize("text", list(TEXTS.values())[:SCRIPTS], ids=list(TEXTS)[:SCRIPTS])
def test_a_brief_full_of_long_texts_takes_four_pages(
    page: Page, live_server: Any, text: str
) -> None:
    dialogue = make.dialogue("l" * 50, name=(text * 300)[:300], stale_after_days=1)
    japan = make.participant("jp", name=(text * 200)[:200])
    fill(dialogue, japan, text)
    of_dialogue = f"/dialogues/{dialogue.slug}/brief/"
    for address, lines, most in (
        (of_dialogue, 38, 4),
        (f"{of_dialogue}?participant=jp", 34, 4),
        ("/meetings/m-2998-09-28/brief/", 38, 4),
        ("/participants/jp/brief/", 34, 4),
        (f"{of_dialogue}?length=page", 14, 1),
        (f"{of_dialogue}?participant=jp&length=page", 14, 1),
        ("/meetings/m-2998-09-28/brief/?length=page", 14, 1),
        ("/participants/jp/brief/?length=page", 14, 1),
    ):
        page.goto(address)
        assert page.locator(".brief-lines > li").count() == lines, address
        counts = [pages(page, **paper) for paper in PAPERS]
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
