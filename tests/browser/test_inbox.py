"""The inbox and the lists in a real browser: they fit, need no script, and shut nobody out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.admin import site
from django.urls import reverse
from playwright.sync_api import Page

from initiatives.models import FollowUpPlan, Initiative, SavedFilter, Theme
from tests import make
from tests.admin_forms import address
from tests.browser.accessibility import TARGETS, faults
from tests.browser.test_desk import UNGUARDED, due_soon, fill

SignIn = Callable[..., Page]
LIST = "/admin/initiatives/initiative/"
LONG = "Cooperation on the environment, the rational use of water and the restoration of lands"
# How far a table is wider than its place, and how far the heading it is sorted by lies outside of the window.
CUT = """() => {
  const results = document.querySelector("#changelist .results");
  if (!results) return 0;
  const sorted = document.querySelector("th[aria-sort]");
  const beyond = sorted ? sorted.getBoundingClientRect().right - innerWidth : 0;
  return Math.max(results.scrollWidth - results.clientWidth, Math.ceil(beyond));
}"""


def fill_with_long_rows() -> Initiative:
    initiative = fill()
    dialogue = make.dialogue(name=f"{LONG} between the states of a region and their partners")
    meeting = make.meeting(title=f"Meeting: {LONG}", dialogue=dialogue)
    long = make.initiative(title=LONG, dialogue=dialogue, raised_at=meeting, due_on=due_soon())
    report = make.report(title=f"Statement: {LONG}", publisher=LONG, meeting=meeting)
    make.update(initiative=long, report=report, what=LONG * 5)
    make.mention(initiative=long, report=report, locator="paragraph 17 of the second annex")
    make.criterion(initiative=long, what=LONG)
    FollowUpPlan.objects.create(initiative=long, notes=LONG * 5)
    return initiative


@pytest.mark.parametrize("width", [360, 1280])
def test_every_list_shows_all_its_columns(signed_in: SignIn, width: int) -> None:
    fill_with_long_rows()
    page = signed_in(viewport={"width": width, "height": 900})
    wrong = []
    for model in site._registry:
        opts = model._meta
        url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
        page.goto(url)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wider > 0 or page.evaluate(CUT) > 0:
            wrong.append(f"{url} is {wider} or {page.evaluate(CUT)} px too wide")
    for column in range(1, 9):
        page.goto(f"{LIST}?o={column}")
        if page.evaluate(CUT) > 0:
            wrong.append(f"{page.url} is {page.evaluate(CUT)} px too wide")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_nobody_is_shut_out_of_the_inbox_and_what_opens(signed_in: SignIn, width: int) -> None:
    fill_with_long_rows()
    for _number in range(16):
        make.theme()
    page = signed_in(viewport={"width": width, "height": 900}, **UNGUARDED)
    found = []
    for url in ("/admin/", "/admin/?scope=all", "/admin/?queue=review_due"):
        page.goto(url)
        for closed in page.locator(".inbox-models summary").all():
            closed.click()
        found += faults(page, **TARGETS)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"{url} is {wider} px too wide"] if wider > 0 else []
    page.goto(f"{LIST}?delivery_status__exact=under_way&o=3")
    for drawer in ("Filters", "Saved filters"):
        page.click(f".drawer > summary:has-text('{drawer}')")
        found += faults(page, **TARGETS)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"{drawer}: {wider} px too wide"] if wider > 0 else []
        page.click(f".drawer > summary:has-text('{drawer}')")
    assert not found, "\n".join(found)


def test_a_list_is_narrowed_and_saved_without_scripts(signed_in: SignIn) -> None:
    make.initiative(title="Kept", kind="pledge")
    make.initiative(title="Left out")
    page = signed_in(java_script_enabled=False)
    page.goto(LIST)
    page.click(".drawer > summary:has-text('Filters')")
    page.click(".list-filters a:has-text('Pledge')")
    assert page.locator("#result_list tbody tr").count() == 1
    assert "Kind: Pledge" in page.inner_text(".active-filters")
    page.click(".drawer > summary:has-text('Saved filters')")
    page.fill("#saved-filter-name", "Pledges")
    page.click(".save-filter button")
    assert SavedFilter.objects.get().query == "kind__exact=pledge"
    page.goto(LIST)
    page.click(".drawer > summary:has-text('Saved filters')")
    page.click(".saved-filters a:has-text('Pledges')")
    assert page.locator("#result_list tbody tr").count() == 1
    page.click("a[aria-label='Remove: Kind']")
    assert page.locator("#result_list tbody tr").count() == 2


def test_enter_takes_the_row_that_begins_with_what_is_typed(signed_in: SignIn) -> None:
    for name in ("Disaster risk reduction", "Education, science and youth"):
        make.theme(name=name)
    initiative = make.initiative()
    page = signed_in()
    page.goto(address(initiative, "change"))
    page.click(".field-themes .select2-selection")
    page.keyboard.type("edu")
    page.wait_for_selector(".select2-results__option--highlighted:has-text('Education')")
    page.keyboard.press("Enter")
    page.click("input[name=_save]")
    page.wait_for_selector(".messagelist .success")
    assert initiative.themes.get() == Theme.objects.get(name__startswith="Education")
