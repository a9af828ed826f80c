"""Draws the pictures that other sites and home screens show: the social card and the icon as PNG.

python docs/pictures/make.py
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "initiatives/static/initiatives"
PICTURES = [
    (HERE / "card.svg", STATIC / "card.png", 1200, 630),
    (STATIC / "icon.svg", STATIC / "icon-180.png", 180, 180),
]


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for source, target, width, height in PICTURES:
            page = browser.new_page(viewport={"width": width, "height": height})
            page.set_content(source.read_text())
            page.add_style_tag(content="body { margin: 0 } svg { display: block; width: 100vw }")
            page.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    main()
