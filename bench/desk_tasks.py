"""Five tasks at our desk, as a person who knows it does them; ``fill`` makes the rows that they speak of."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from bench.effort import Hand
from tests import make

INITIATIVE = {
    "title": "Centre for the clean water of the Aral Sea region",
    "summary": "A centre that trains the people who run the waterworks of the region.",
    "quote": "The Ministers agreed to found a centre for clean water by the end of 2030.",
    "locator": "para 6",
    "metric": "people trained",
    "unit": "people",
}
STATUS = "The building is under roof, and the first teachers are hired."
SHARED_STATUS = "The ministries report that work goes on."
REPORT = {
    "url": "https://example.org/news/2024/digital-university",
    "title": "Digital University: the building is under roof",
    "publisher": "Ministry of Digital Development",
}
PASSWORD = "correct horse battery"
# The initiative that waits for review.
DRAFT = "A school for the managers of dams"


def fill() -> dict[str, Any]:
    """Members, a dialogue with two meetings, reports, ten initiatives, and a draft that waits for review."""
    japan, kazakhstan = (
        make.participant("jp", name="Japan"),
        make.participant("kz", name="Kazakhstan"),
    )
    dialogue = make.dialogue("water", name="Water dialogue", members=[japan, kazakhstan])
    other = make.dialogue("energy", name="Energy dialogue")
    make.meeting(title="Summit on energy", dialogue=other, starts_on="2025-03-01")
    meeting = make.meeting(title="Summit on water", dialogue=dialogue, starts_on="2024-09-02")
    make.meeting(title="Earlier summit", dialogue=dialogue, starts_on="2020-09-02")
    make.theme("water", name="Water"), make.theme("energy", name="Energy")
    report = make.report(
        title="Joint statement of Astana", published_on="2024-09-03", meeting=meeting
    )
    make.report(title="Review of the year 2024", published_on="2025-01-15")
    soon = timezone.localdate() + datetime.timedelta(days=30)
    rows = [
        make.initiative(title=f"Initiative {number:02}", dialogue=dialogue, due_on=soon.isoformat())
        for number in range(1, 11)
    ]
    for row in rows:
        make.mention(initiative=row, report=report)
    return {"dialogue": dialogue, "meeting": meeting, "report": report, "rows": rows}


def draft(rows: dict[str, Any]) -> Any:
    """An initiative in draft with a mention in draft."""
    initiative = make.initiative(title=DRAFT, dialogue=rows["dialogue"], publication="draft")
    make.mention(initiative=initiative, report=rows["report"], publication="draft")
    return initiative


def new_initiative(hand: Hand) -> None:
    """What it is, the document that mentions it first, by whom, by when, who leads, what is promised; published."""
    hand.click("a[href$='/initiatives/initiative/add/']")
    hand.page.wait_for_selector("#id_title:focus")
    hand.text(INITIATIVE["title"])
    hand.tab()
    hand.write("c")
    hand.tab()
    hand.text(INITIATIVE["summary"])
    hand.tab()
    hand.open_and_find("wat", "Water dialogue")
    # Past the way to a new one; of its meetings the newest comes first.
    hand.tab(2)
    hand.press("Enter")
    hand.page.wait_for_selector(".select2-results__option--highlighted:has-text('Summit on water')")
    hand.press("Enter")
    hand.tab(2)
    hand.find("wat", "Water")
    hand.click(".field-report .select2-selection")
    hand.find("ast", "Joint statement of Astana")
    hand.tab(3)
    hand.write("a")
    hand.tab()
    hand.find("ja", "Japan")
    hand.find("ka", "Kazakhstan")
    hand.click("#id_mention_locator")
    hand.text(INITIATIVE["locator"])
    hand.tab()
    hand.text(INITIATIVE["quote"])
    hand.tab(2)
    hand.write("2030")
    hand.click("#id_roles-0-role")
    hand.write("l")
    hand.press("Enter", "Tab")
    hand.open_and_find("ja", "Japan")
    hand.click("#id_targets-0-metric")
    hand.text(INITIATIVE["metric"])
    hand.tab(2)
    hand.write("600")
    hand.tab()
    hand.text(INITIATIVE["unit"])
    hand.click("input[name=_publish]")
    hand.saved()


def review_and_publish(hand: Hand, title: str) -> None:
    """From the first page of the desk to a draft that waits, and publish it."""
    before = hand.page.url
    hand.click(f"#content-main a:has-text('{title}')")
    hand.page.wait_for_url(lambda url: url != before)
    if not hand.page.url.endswith("/review/"):
        hand.click(".object-tools a[href$='/review/']")
    hand.click("input[name=_publish]")
    hand.saved()


def status_with_new_report(hand: Hand, title: str) -> None:
    """The status of an initiative that waits on the desk, with a report that is not here yet."""
    hand.click(f"a[aria-label='Record status: {title}']")
    hand.page.wait_for_selector("#id_status")
    if not hand.page.evaluate("document.activeElement.matches('#id_status')"):
        hand.page.focus("#id_status")
        hand.keys += 1
    hand.write("under")
    # Past the criterion that stands beside the status.
    hand.tab(2)
    hand.write("2024-10")
    hand.tab()
    hand.text(STATUS)
    hand.click("text=The report is not here yet: add it")
    hand.tab()
    hand.text(REPORT["url"])
    hand.tab()
    hand.text(REPORT["title"])
    hand.tab()
    hand.text(REPORT["publisher"])
    hand.tab()
    hand.write("pr")
    hand.tab()
    hand.write("2024-11-02")
    hand.click("#id_locator")
    hand.text("para 4")
    hand.click("input[name=_save]")
    hand.saved()


def ten_statuses(hand: Hand) -> None:
    """One status for ten initiatives of the list, from one report."""
    for box in hand.page.locator("#result_list .action-select").all()[:10]:
        box.click()
        hand.clicks += 1
    hand.click("select[name=action]")
    hand.write("Record")
    hand.press("Enter")
    hand.click("button[name=index]")
    hand.page.wait_for_selector("#id_status")
    hand.click("#id_status")
    hand.write("under")
    hand.press("Enter")
    hand.tab()
    hand.write("2024-10")
    hand.tab()
    hand.text(SHARED_STATUS)
    hand.click(".field-report .select2-selection")
    hand.find("rev", "Review of the year 2024")
    hand.click("#id_locator")
    hand.text("para 4")
    hand.press("Enter")
    hand.page.wait_for_selector("button[name=_confirm], .messagelist .success")
    if hand.page.locator("button[name=_confirm]").count():
        hand.click("button[name=_confirm]")
    hand.saved()


def new_colleague(hand: Hand, own_password: str) -> None:
    """A person with a role and a dialogue; the second factor they set up themselves."""
    hand.click("summary:has-text('System')")
    hand.click("a[href$='/auth/user/add/']")
    hand.page.wait_for_selector("#id_username:focus")
    hand.text("anna")
    hand.page.focus("#id_password1")
    hand.tab(0)
    hand.keys += 2
    hand.text(PASSWORD)
    hand.tab()
    hand.text(PASSWORD)
    hand.click("#id_groups label:has-text('Editor')")
    hand.click(".field-dialogues .select2-selection")
    hand.find("wat", "Water dialogue")
    hand.click("#id_confirm_password")
    hand.text(own_password)
    hand.click("input[name=_save]")
    hand.saved()
