"""What is made for other sites and for programs works in a browser, and nobody complains of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.world import make_world

pytestmark = pytest.mark.django_db(transaction=True)

BADGE = "/initiatives/university/badge.svg"


@pytest.fixture(autouse=True)
def _world() -> None:
    make_world()


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("/data/", "Dataset"),
        ("/initiatives/", "Dataset"),
        ("/meetings/fm-8/", "Event"),
        ("/participants/jp/", ["Country", "GovernmentOrganization"]),
    ],
)
def test_data_blocks_are_read_and_no_complaint_is_made(
    new_page: Callable[..., Page], address: str, kind: Any
) -> None:
    page = new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    block = page.locator('script[type="application/ld+json"]').text_content()
    assert json.loads(block or "")["@type"] == kind
    assert said == []


@pytest.mark.parametrize(
    ("scheme", "ink"), [("light", "rgb(22, 32, 44)"), ("dark", "rgb(231, 235, 240)")]
)
def test_a_badge_has_the_colours_of_its_reader(
    new_page: Callable[..., Page], scheme: str, ink: str
) -> None:
    page = new_page(color_scheme=scheme)
    page.goto(BADGE)
    assert page.locator(".word").evaluate("one => getComputedStyle(one).fill") == ink
    boxes = [page.locator(name).bounding_box() for name in (".label", "g", ".word", ".ground")]
    label, mark, word, ground = (box for box in boxes if box)
    assert label["x"] + label["width"] <= mark["x"] + 1
    assert mark["x"] + mark["width"] <= word["x"] + 1
    assert word["x"] + word["width"] <= ground["width"]


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], str]]:
    """Put a page onto another site and get its address; a server of its own, since browsers look where it is."""
    pages: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(pages[-1])

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()

        def put(html: str) -> str:
            pages.append(f"<!doctype html>{html}".encode())
            return f"http://127.0.0.1:{server.server_port}/"

        yield put
        server.shutdown()
        thread.join()


def test_the_card_and_the_badge_show_on_another_site(
    new_page: Callable[..., Page], live_server: Any, elsewhere: Callable[[str], str]
) -> None:
    page = new_page()
    site = live_server.url
    card = f'<iframe id="card" src="{site}/embed/university/"></iframe>'
    page.goto(elsewhere(f'{card}<img src="{site}{BADGE}">'))
    frame = page.frame_locator("#card")
    frame.get_by_text("Digital University").wait_for()
    assert frame.locator(".status").inner_text() == "Under way"
    page.wait_for_function("document.images[0].naturalWidth > 100")


@pytest.mark.parametrize("width", [320, 420])
def test_the_card_fits_its_frame(new_page: Callable[..., Page], width: int) -> None:
    page = new_page(viewport={"width": width, "height": 240})
    page.goto("/embed/university/")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_other_page_shows_on_another_site(
    browser: Any, live_server: Any, elsewhere: Callable[[str], str]
) -> None:
    """Without the fixture that fails on what the policy refuses: this it is to refuse."""
    context = browser.new_context()
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    shown = f'<iframe id="page" src="{live_server.url}/initiatives/university/"></iframe>'
    page.goto(elsewhere(shown))
    page.wait_for_timeout(500)
    assert page.frame_locator("#page").get_by_text("Digital University").count() == 0
    assert any("frame-ancestors" in one or "X-Frame-Options" in one for one in refused)
    context.close()
