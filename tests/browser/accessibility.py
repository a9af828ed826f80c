"""What a page has wrong by the rules of axe (WCAG), light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal
from zlib import crc32

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.extent import COMBINES_ALL, in_turn

OPTIONS: dict[str, Any] = {
    "resultTypes": ["violations"],
    # Style sheets are fetched once more for rules only that axe itself leaves out.
    "preload": False,
}
RUN = "(options) => axe.run(options).then((found) => found.violations)"
# All that a scheme can change: the page is the same one in both. It takes longer than all other rules.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
SCHEMES: Sequence[Literal["light", "dark"]] = ("light", "dark")
# Big enough for a finger: axe asks it only where it is told to.
TARGETS: dict[str, Any] = {"rules": {"target-size": {"enabled": True}}}


def faults(page: Page, *, colours: bool = True, **options: Any) -> list[str]:
    """Each rule that the page breaks, with the first element that does; the page is light again afterwards.

    Colours are those of every width: who asks at several may leave out ``colours`` at all but one. Both schemes take
    theirs from one table, so that a run that does not combine all looks at each page in one of them.
    """
    others = {"rules": {rule: {"enabled": False} for rule in OF_COLOURS} | options.pop("rules", {})}
    broken = _run(page, options | others)
    schemes = in_turn(crc32(page.title().encode()), SCHEMES)
    if not colours:
        schemes = SCHEMES[:1] if COMBINES_ALL else ()
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        broken += _run(page, {"runOnly": {"type": "rule", "values": OF_COLOURS}})
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
