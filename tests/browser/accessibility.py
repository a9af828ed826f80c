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
# Whether axe is there already: half a megabyte, for a page once.
IS_THERE = "'axe' in window"
# A run that does not combine all asks for the colours of three elements of each look (letters, ground, and those of the
# words around them), of which axe may not be able to tell one: it looks up what lies behind each.
RUN = """
async ([options, asksAll]) => {
  // Colours that are on their way to those of the scheme are not what is asked about.
  document.getAnimations().forEach((animation) => animation.finish());
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
  const looks = new Map();
  for (const element of asksAll ? [] : document.body.querySelectorAll("*")) {
    if (!(element.value || [...element.childNodes].some(speaks)) || !element.checkVisibility()) continue;
    // What is only for screen readers has one pixel.
    const { width, height } = element.getBoundingClientRect();
    const look = [width > 1 && height > 1, letters(element), letters(element.parentElement), ground(element)].join();
    looks.set(look, (looks.get(look) ?? 0) + 1);
    element.toggleAttribute("data-asked", looks.get(look) <= 3);
  }
  axe.configure({ rules: [{ id: "color-contrast", selector: asksAll ? "*" : "[data-asked]" }] });
  return (await axe.run(options)).violations;
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
    schemes = in_turn(crc32(page.title().encode()), SCHEMES) if colours else SCHEMES[:1]
    if not colours and not COMBINES_ALL:
        disabled = {rule: {"enabled": False} for rule in OF_COLOURS}
        options = {"rules": disabled | options.pop("rules", {})}
    broken = []
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        broken += _run(page, options)
        options = {"runOnly": {"type": "rule", "values": OF_COLOURS}}
    page.emulate_media(color_scheme="light")
    return broken


def _run(page: Page, options: dict[str, Any]) -> list[str]:
    if not page.evaluate(IS_THERE):
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate(RUN, [OPTIONS | options, COMBINES_ALL])
    return [
        f"{page.url} {rule['id']}: {rule['nodes'][0]['html'][:200]} {rule['nodes'][0]['failureSummary']}"
        for rule in violations
    ]
