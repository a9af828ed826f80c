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
# The same while the page shows of the elements that look alike (letters, ground, and those of the words around them)
# only three, of which axe may not be able to tell one: it looks up what lies behind each place of a page, which takes
# longer than all other rules.
RUN_ON_LOOKS = """
async (options) => {
  const kept = (known, make) => (element) => known.get(element) ?? known.set(element, make(element)).get(element);
  const style = kept(new Map(), getComputedStyle);
  const ground = kept(new Map(), (element) => {
    const { backgroundColor, backgroundImage, opacity } = style(element);
    const own = [backgroundColor, backgroundImage, opacity].join();
    return (element.parentElement ? ground(element.parentElement) : "") +
      (own === "rgba(0, 0, 0, 0),none,1" ? "" : own);
  });
  const letters = (element) => {
    const { color, fontSize, fontWeight, textDecorationLine } = style(element);
    return [element.localName, color, fontSize, fontWeight, textDecorationLine].join();
  };
  const speaks = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim();
  const looks = new Map(), shown = new Set();
  const all = [...document.body.querySelectorAll("*")];
  for (const element of all) {
    if (!(element.value || [...element.childNodes].some(speaks)) || !element.checkVisibility()) continue;
    // What is only for screen readers has one pixel.
    const { width, height } = element.getBoundingClientRect();
    const look = [width > 1 && height > 1, letters(element), letters(element.parentElement), ground(element)].join();
    looks.set(look, (looks.get(look) ?? 0) + 1);
    if (looks.get(look) > 3) continue;
    for (let one = element; one; one = one.parentElement) shown.add(one);
  }
  const hidden = all.filter((element) => element.style && !shown.has(element));
  const before = hidden.map((element) => element.style.display);
  for (const element of hidden) element.style.setProperty("display", "none", "important");
  const found = await axe.run(options);
  hidden.forEach((element, n) => { element.style.display = before[n]; });
  return found.violations;
}
"""
# All that a scheme can change: the page is the same one in both.
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
        run = RUN if COMBINES_ALL else RUN_ON_LOOKS
        broken += _run(page, {"runOnly": {"type": "rule", "values": OF_COLOURS}}, run)
    page.emulate_media(color_scheme="light")
    return broken


def _run(page: Page, options: dict[str, Any], run: str = RUN) -> list[str]:
    # Colours that are on their way to those of the scheme are not what is asked about.
    page.evaluate("document.getAnimations().forEach((animation) => animation.finish())")
    # Half a megabyte, for a page once.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate(run, OPTIONS | options)
    return [
        f"{page.url} {rule['id']}: {rule['nodes'][0]['html'][:200]} {rule['nodes'][0]['failureSummary']}"
        for rule in violations
    ]
