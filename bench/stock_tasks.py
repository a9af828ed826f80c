"""The same five tasks in the admin that Django makes of the models (stock_desk.py), the shortest way it has."""

from __future__ import annotations

from bench.desk_tasks import INITIATIVE, PASSWORD, REPORT, STATUS
from bench.effort import Hand


def new_initiative(hand: Hand) -> None:
    hand.click("a[href$='/initiatives/initiative/add/']")
    hand.page.wait_for_selector("#id_slug")
    _into(hand, "#id_slug")
    hand.write("clean-water-centre")
    hand.tab()
    hand.text(INITIATIVE["title"])
    hand.click("#id_summary")
    hand.text(INITIATIVE["summary"])
    hand.tab()
    hand.write("c")
    _into(hand, "#id_dialogue")
    hand.write("water")
    _into(hand, "#id_raised_at")
    hand.write("summit on w")
    _choose(hand, "#id_themes", "Water")
    _into(hand, "#id_mentions-0-report")
    hand.write("joint")
    _into(hand, "#id_mentions-0-locator")
    hand.text(INITIATIVE["locator"])
    _into(hand, "#id_mentions-0-act")
    hand.write("a")
    _choose(hand, "#id_mentions-0-by", "Japan", "Kazakhstan")
    _into(hand, "#id_mentions-0-quote")
    hand.text(INITIATIVE["quote"])
    hand.tab()
    hand.write("en")
    hand.tab()
    hand.write("2030")
    _into(hand, "#id_roles-0-role")
    hand.write("l")
    _into(hand, "#id_roles-0-participant")
    hand.write("ja")
    _into(hand, "#id_targets-0-metric")
    hand.text(INITIATIVE["metric"])
    hand.tab(2)
    hand.write("600")
    hand.tab()
    hand.text(INITIATIVE["unit"])
    _into(hand, "#id_publication")
    hand.write("p")
    hand.click("input[name=_save]")
    hand.saved()


def publish(hand: Hand, title: str) -> None:
    """There is no review: the draft is found in the list of entries and its state changed, unread."""
    hand.click("a[href$='/initiatives/initiative/']")
    hand.click(f"#result_list th a:has-text('{title}')")
    _into(hand, "#id_publication")
    hand.write("p")
    hand.click("input[name=_save]")
    hand.saved()


def status_with_new_report(hand: Hand, title: str) -> None:
    """The report first, on a page of its own: no list says what is overdue."""
    _add_report(hand)
    hand.click("a[href$='/admin/stock/']")
    hand.click("a[href$='/initiatives/statusupdate/add/']")
    _status(hand, title, REPORT["title"][:8], "para 4")


def ten_statuses(hand: Hand) -> None:
    """Ten times the form: “Save and add another” keeps nothing."""
    hand.click("a[href$='/initiatives/statusupdate/add/']")
    for number in range(1, 11):
        _status(hand, f"Initiative {number:02}", "review", "para 4", last=number == 10)


def new_colleague(hand: Hand) -> None:
    hand.click("a[href$='/auth/user/add/']")
    hand.page.wait_for_selector("#id_username")
    _into(hand, "#id_username")
    hand.text("berta")
    _into(hand, "#id_password1")
    hand.text(PASSWORD)
    hand.tab()
    hand.text(PASSWORD)
    hand.click("input[name=_save]")
    hand.saved()
    hand.click("#id_is_staff")
    hand.click("#id_groups_from option:has-text('Editor')")
    hand.click("#id_groups_add, .selector-add, #id_groups_add_link")
    _into(hand, "#id_assignments-0-dialogue")
    hand.write("water")
    hand.click("input[name=_save]")
    hand.saved()


# --- What several of them do ----------------------------------------------------------------------


def _into(hand: Hand, selector: str) -> None:
    """By mouse to a box; that it has the focus already saves it."""
    box = hand.page.locator(selector).first
    box.wait_for()
    if hand.page.evaluate(f"document.activeElement?.matches({selector!r})"):
        return
    box.scroll_into_view_if_needed()
    # A list that opens would cover what comes next: a person chooses there by letters too.
    box.focus()
    hand.clicks += 1


def _choose(hand: Hand, selector: str, *names: str) -> None:
    """Of a list of several, each by a click; from the second on with the control key."""
    hand.page.locator(selector).wait_for()
    hand.page.select_option(selector, label=list(names))
    hand.clicks += len(names)


def _add_report(hand: Hand) -> None:
    hand.click("a[href$='/initiatives/report/add/']")
    hand.page.wait_for_selector("#id_slug")
    _into(hand, "#id_slug")
    hand.write("digital-university-2024")
    hand.tab()
    hand.text(REPORT["title"])
    hand.tab()
    hand.text(REPORT["publisher"])
    _into(hand, "#id_kind")
    hand.write("pr")
    _into(hand, "#id_published_on")
    hand.write("2024-11-02")
    _into(hand, "#id_language")
    hand.write("en")
    _into(hand, "#id_url")
    hand.text(REPORT["url"])
    hand.click("input[name=_save]")
    hand.saved()


def _status(hand: Hand, title: str, report: str, locator: str, *, last: bool = True) -> None:
    hand.page.wait_for_selector("#id_initiative")
    _into(hand, "#id_initiative")
    hand.write(title)
    _into(hand, "#id_locator")
    hand.text(locator)
    _into(hand, "#id_report")
    hand.write(report)
    _into(hand, "#id_status")
    hand.write("under")
    _into(hand, "#id_on")
    hand.write("2024-10")
    _into(hand, "#id_what")
    hand.text(STATUS)
    hand.click("input[name=_save]" if last else "input[name=_addanother]")
    hand.saved()
