"""What a page has wrong by the rules of axe (WCAG), light and dark."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

OPTIONS: dict[str, Any] = {
    "resultTypes": ["violations"],
    # Style sheets are fetched once more for rules only that axe itself leaves out.
    "preload": False,
}
RUN = "(options) => axe.run(options).then((found) => found.violations)"
# All that a scheme can change: the page is the same one in both.
OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# Big enough for a finger: axe asks it only where it is told to.
TARGETS: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}}


def faults(page: Page, *, dark: bool = True, **options: Any) -> list[str]:
    """Each rule that the page breaks, with the first element that does; the page is light again afterwards.

    Colours are those of every width: who asks at several may leave out ``dark`` at all but one.
    """
    broken = _run(page, options)
    if not dark:
        return broken
    page.emulate_media(color_scheme="dark")
    broken += _run(page, {"runOnly": OF_COLOURS})
    page.emulate_media(color_scheme="light")
    return broken


def _run(page: Page, options: dict[str, Any]) -> list[str]:
    # Colours that are on their way to those of the scheme are not what is asked about.
    page.evaluate("document.getAnimations().forEach((animation) => animation.finish())")
    # Half a megabyte, for a page once.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate(RUN, OPTIONS | options)
    return [
        f"{page.url} {rule['id']}: {rule['nodes'][0]['html'][:200]} {rule['nodes'][0]['failureSummary']}"
        for rule in violations
    ]
