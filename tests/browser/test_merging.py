"""Merging and a new address in a real browser: few clicks, nothing wider than the screen, no fault of accessibility."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from initiatives.models import Initiative, StatusUpdate
from tests import make
from tests.admin_forms import address
from tests.browser.accessibility import TARGETS, faults

SignIn = Callable[..., Page]


def two() -> tuple[Initiative, Initiative]:
    kept = make.initiative("kept", title="Digital University", summary="One. " * 60)
    gone = make.initiative("gone", title="The Digital University", summary="Other. " * 60)
    make.update(initiative=gone)
    return kept, gone


def test_two_initiatives_are_merged_from_the_list_and_are_two_again(signed_in: SignIn) -> None:
    kept, gone = two()
    page = signed_in()
    page.goto("/admin/initiatives/initiative/")
    for row in (kept, gone):
        page.check(f"input[name=_selected_action][value='{row.pk}']")
    page.select_option("select[name=action]", "merge_rows")
    page.click("button[name=index]")
    page.get_by_label("The Digital University").check()
    page.fill("#id_reason", "One thing.")
    page.click("input[type=submit][value=Merge]")
    assert "is merged into this record" in page.inner_text(".success")
    assert StatusUpdate.objects.get().initiative_id == kept.pk
    page.click(".more-tools summary")
    page.click("text=Undo merge")
    page.fill("#id_reason", "Two things.")
    page.click("input[type=submit][value='Undo merge']")
    assert "is there again" in page.inner_text(".success")
    assert StatusUpdate.objects.get().initiative_id == gone.pk


@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_its_pages_fit_every_screen_and_everybody(signed_in: SignIn, width: int) -> None:
    kept, _gone = two()
    page = signed_in(viewport={"width": width, "height": 800})
    pages = (
        address(kept, "address"),
        address(kept, "merge"),
        f"{address(kept, 'merge')}?other=gone",
    )
    for url in pages:
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, url
        assert faults(page, colours=width == 360, **TARGETS) == [], url
