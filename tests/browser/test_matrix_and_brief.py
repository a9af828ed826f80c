"""The matrix and the brief in a real browser: wide, on a phone, for a screen reader, by keyboard and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from initiatives.models import Initiative, Participant, Role
from initiatives.recording import actions
from tests import make
from tests.browser.accessibility import faults
from tests.extent import BRIEF_INITIATIVES
from tests.world import World, load_fixtures, make_world

NewPage = Callable[..., Page]
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 4
ADDRESSES = [
    "/matrix/",
    "/matrix/?q=nothing-like-it",
    "/dialogues/ca-japan/brief/",
    "/dialogues/ca-japan/brief/?participant=jp",
    "/meetings/fm-8/brief/?as_of=2023-01-01",
    "/dialogues/ca-japan/brief/?participant=jp&length=page",
    "/participants/jp/brief/?length=page",
    "/briefs/",
]


@pytest.fixture
def world(live_server: Any) -> World:
    """Forty-five participants with roles and statuses of their own, a meeting before, and long words."""
    world = make_world(due_on="2021", summary=LONG_WORD, title=f"{LONG_WORD} plan"[:300])
    make.meeting("before", dialogue=world.dialogue, starts_on="2020", title="Meeting before")
    make.initiatives(30, **world.shared)
    for number in range(44):
        participant = make.participant(f"p{number}", name=f"Participant of the number {number}")
        make.role(initiative=world.initiative, participant=participant, role="lead")
    make.update(initiative=world.initiative, participant=participant, status="partly_delivered")
    Participant.objects.filter(pk=participant.pk).update(name=LONG_WORD[:200])
    make.mention(initiative=world.initiative, report=make.report(published_on="2024"))
    return world


def wait_until(page: Page, condition: str) -> None:
    """Asked from outside: the content policy does not let a string be run in the page again and again."""
    for _ in range(150):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never came true: {condition}")


def test_neither_breaks_a_rule_of_accessibility_nor_scrolls_sideways(
    new_page: NewPage, world: World
) -> None:
    for width, narrower in ((360, 320), (1280, 768)):
        page = new_page(viewport={"width": width, "height": 740})
        for address in ADDRESSES:
            page.goto(address)
            assert faults(page, colours=width == 360) == [], (address, width)
            for shown_in in (width, narrower):
                page.set_viewport_size({"width": shown_in, "height": 740})
                scrolled = page.evaluate("document.documentElement.scrollWidth")
                assert scrolled <= shown_in, (address, shown_in)
            page.set_viewport_size({"width": width, "height": 740})


def test_the_matrix_scrolls_in_its_own_frame_by_keyboard(page: Page, world: World) -> None:
    page.set_viewport_size({"width": 1280, "height": 740})
    page.goto("/matrix/")
    frame = page.get_by_role("region", name="Matrix of initiatives and participants")
    assert page.get_by_role("columnheader").count() == 46
    frame.focus()
    corner = page.locator(".matrix thead th").first
    first = page.locator(".matrix tbody th").first
    before = corner.bounding_box(), first.bounding_box()
    page.keyboard.press("End")
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    scrolled = "document.querySelector('.matrix').scrollLeft > 100"
    wait_until(page, f"{scrolled} && {scrolled.replace('Left', 'Top')}")
    # The head stays, and the first column does not move to the side.
    assert corner.bounding_box() == before[0]
    after = first.bounding_box()
    assert after
    assert before[1]
    assert after["x"] == before[1]["x"]


def test_on_a_phone_the_matrix_is_lists(new_page: NewPage, world: World) -> None:
    page = new_page(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page.goto("/matrix/?sort=title")
    assert not page.get_by_role("table").is_visible()
    item = page.locator(".matrix-list > li", has_text="own part").first
    assert item.is_visible()
    assert "Japan proposer" in item.inner_text()


def test_the_matrix_is_filtered_in_place(page: Page, world: World) -> None:
    page.goto("/matrix/")
    page.locator("summary", has_text="Filter this list").click()
    page.check("[name=group][value=delivered]")
    page.wait_for_url("**/matrix/?group=delivered")
    wait_until(page, "document.querySelectorAll('.matrix tbody tr').length < 10")
    assert (
        page.get_by_role("link", name="CSV").get_attribute("href") == "/matrix.csv?group=delivered"
    )


# --- On paper -------------------------------------------------------------------------------------


def printed(page: Page, address: str) -> int:
    """How many pages of A4 it takes, at most four of them allowed."""
    page.goto(address)
    pdf = page.pdf(prefer_css_page_size=True)
    boxes = set(re.findall(rb"/MediaBox \[([^\]]+)\]", pdf))
    assert len(boxes) == 1, boxes
    _x, _y, width, height = (float(number) for number in boxes.pop().split())
    assert (round(width * 25.4 / 72), round(height * 25.4 / 72)) == (210, 297)
    return max(int(count) for count in re.findall(rb"/Type /Pages\s[^>]*?/Count (\d+)", pdf))


def test_the_brief_of_the_largest_real_dialogue_fits_four_pages(
    page: Page, live_server: Any
) -> None:
    load_fixtures()
    address = "/dialogues/central-asia-japan/brief/"
    assert 2 <= printed(page, address) <= 4
    assert printed(page, f"{address}?participant=jp") <= 4
    assert printed(page, f"{address}?participant=jp&length=page") == 1
    assert printed(page, "/participants/jp/brief/?length=page") == 1
    assert printed(page, "/meetings/central-asia-japan-summit-1/brief/") <= 4


def test_the_brief_of_very_many_long_initiatives_fits_four_pages(
    page: Page, live_server: Any
) -> None:
    wide = "協力に関する日本と中央アジアの共同の取り組み" * 20
    dialogue = make.dialogue("large", name=wide[:300], stale_after_days=1)
    meeting = make.meeting("last", dialogue=dialogue, title=wide[:300], starts_on="2020-01-01")
    report = make.report(title=wide[:300], published_on="2022-11-30", kind="statement")
    shared: dict[str, Any] = {"raised_at": meeting, "theme": make.theme(), "report": report}
    japan = make.participant("jp", name=wide[:200])
    initiatives = make.initiatives(BRIEF_INITIATIVES, participant=japan, **shared)
    for number in range(5):
        other = make.participant(name=f"{number}{wide}"[:200])
        make.attendance(meeting=meeting, participant=other, heads=[wide[:200]])
        Role.objects.bulk_create(
            Role(initiative=one, participant=other, role="proposer") for one in initiatives
        )
    actions.refresh(one.pk for one in initiatives)
    for number in range(8):
        make.attendance(
            meeting=meeting, participant=make.participant(), heads=[f"{number}{wide}"[:200]]
        )
    Initiative.objects.update(title=f"{LONG_WORD} {wide}"[:300])
    third = Initiative.objects.filter(pk__in=[one.pk for one in initiatives[::3]])
    third.update(due_on="2021-09-30")
    other_third = Initiative.objects.filter(pk__in=[one.pk for one in initiatives[1::3]])
    other_third.update(due_on="2999-09-30")
    newer = make.report(title=f"9 {wide}"[:300], published_on="2023-11-30", kind="statement")
    for one in initiatives[:20]:
        make.update(
            initiative=one,
            participant=japan,
            report=newer,
            on="2022-09-30",
            status="no_information",
            what=wide,
            locator=wide[:200],
        )
    page.set_default_timeout(60_000)
    for address in ("/dialogues/large/brief/", "/meetings/last/brief/"):
        assert 2 <= printed(page, address) <= 4, address
    assert printed(page, "/dialogues/large/brief/?participant=jp") <= 4
    assert page.locator(".brief-lines > li").count() == 34
    # What is cut says where the rest is, on paper too.
    page.emulate_media(media="print")
    rest = page.locator(".remaining .address").first
    assert rest.is_visible()
    assert re.fullmatch(r"http://[^ ]+/initiatives/\?dialogue=large.*", rest.inner_text().strip())
    assert not page.get_by_role("navigation", name="Site").is_visible()
