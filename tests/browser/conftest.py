"""A real browser for the tests in this folder: the Chromium that is installed on the machine."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.machine import ensure_chromium, ensure_fonts

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a worker, with fonts for the pages; it never downloads one."""
    ensure_fonts()
    with pytest.MonkeyPatch.context() as patch:
        # Playwright's synchronous API keeps an event loop running in this thread, in which Django
        # would otherwise refuse its database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=ensure_chromium(), headless=True, args=FLAGS
            )
            yield browser
            browser.close()


@pytest.fixture
def new_page(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open pages of the running site: `new_page(java_script_enabled=False, viewport=…)`.

    Addresses are relative to the site. At the end of the test, whatever the content policy refused
    and every exception that a script did not catch is an error.
    """
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    contexts = []

    def new_page(**options: Any) -> Page:
        options = {"base_url": live_server.url, "locale": "en-GB"} | options
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield new_page
    for context in contexts:
        context.close()
    # Each closes the connection to the database, which is theirs only until the end of the test.
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=1)
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """One page with everything as a visitor of today has it."""
    return new_page()


@pytest.fixture
def signed_in(new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Open the pages for staff as a superuser: `signed_in(viewport=…)`."""

    def sign_in(**options: Any) -> Page:
        get_user_model().objects.create_superuser("staff", password="correct horse")
        page = new_page(**options)
        page.goto("/admin/")
        page.fill("#id_username", "staff")
        page.fill("#id_password", "correct horse")
        page.click("[type=submit]")
        page.wait_for_selector("#user-tools")
        return page

    return sign_in
