"""What a task takes a person at the desk: clicks, keys, and the time that its pages take."""

from __future__ import annotations

from typing import Any

# The name of a window outlives its pages: what each of them took adds up there.
TIME_PAGES = """addEventListener("load", () => setTimeout(() => {
  const [page] = performance.getEntriesByType("navigation");
  window.name = String(Number(window.name || 0) + page.duration);
}))"""
WAIT_MS = 15_000


class Hand:
    """One person at a page. ``text`` types what somebody has to say anyway; all other keys count."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.clicks = self.keys = 0
        page.add_init_script(TIME_PAGES)

    def start(self, url: str) -> None:
        """Open the page on which the task begins; what was counted before is forgotten."""
        self.page.goto(url)
        self.page.wait_for_timeout(100)
        self.page.evaluate("window.name = '0'")
        self.clicks = self.keys = 0

    @property
    def page_seconds(self) -> float:
        """What the pages took from the click that led to them until they were there."""
        self.page.wait_for_timeout(100)
        return float(self.page.evaluate("Number(window.name)")) / 1000

    def click(self, selector: str, **options: Any) -> None:
        self.page.locator(selector).locator("visible=true").first.click(**options)
        self.clicks += 1

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def tab(self, times: int = 1) -> None:
        self.press(*["Tab"] * times)

    def write(self, words: str) -> None:
        """Type what counts: dates, figures, what one looks for, the first letters of a choice."""
        self.page.keyboard.type(words)
        self.keys += len(words)

    def text(self, words: str) -> None:
        self.page.keyboard.type(words)

    def find(self, words: str, row: str = "") -> None:
        """Type into a picker that is open and take what it finds: the row that begins so."""
        self.write(words)
        found = f".select2-results__option--highlighted:has-text('{row or words}')"
        self.page.wait_for_selector(found, timeout=WAIT_MS)
        self.press("Enter")

    def open_and_find(self, words: str, row: str = "") -> None:
        """The same in a picker of one row that has the focus."""
        self.press("Enter")
        self.find(words, row)

    def saved(self) -> str:
        """Wait until the page says that it is saved, and return what it says."""
        self.page.wait_for_selector(".messagelist .success", timeout=60_000)
        return str(self.page.inner_text(".messagelist"))
