"""Takes the pictures of the README from a running site, in the Chromium of the machine.

python docs/take_screenshots.py http://127.0.0.1:8000
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent / "screenshots"
PAGES = {
    "home": ("/", 1280, "light"),
    "search": ("/initiatives/?q=digital+university", 1280, "light"),
    "listing": ("/initiatives/?group=in_progress&group=delivered&sort=title", 1280, "light"),
    "initiative": ("/initiatives/central-asian-digital-university/", 1280, "light"),
    "meeting": ("/meetings/central-asia-japan-fm-8/", 1280, "light"),
    "dialogue": ("/dialogues/central-asia-japan/", 1280, "light"),
    "matrix": ("/matrix/?dialogue=central-asia-japan", 1280, "light"),
    "brief": ("/dialogues/central-asia-japan/brief/", 1280, "light"),
    "phone": ("/initiatives/central-asian-digital-university/", 360, "dark"),
    "japanese": ("/ja/", 1280, "light"),
    "russian": ("/ru/dialogues/central-asia-japan/", 1280, "light"),
    "uzbek": ("/uz/initiatives/", 1280, "light"),
    "kazakh": ("/kk/meetings/central-asia-japan-fm-8/", 1280, "light"),
}


def main(site: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (address, width, scheme) in PAGES.items():
            page = browser.new_page(
                viewport={"width": width, "height": 800},
                color_scheme="dark" if scheme == "dark" else "light",
                # Else a page offers to be read in the language of the browser.
                locale=address.split("/")[1] if len(address.split("/")[1]) == 2 else "en",
            )
            page.goto(site + address)
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
