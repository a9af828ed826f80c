"""Due dates that mentions set, move and drop, and conditions that they state: the last that stands counts."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from initiatives.models import FLAGS, Initiative, Meeting, MeetingState, Mention
from initiatives.pages.due_story import tell
from initiatives.partial_dates import PartialDate
from initiatives.recording import actions
from initiatives.recording.due_dates import DueStatement, count_moves
from tests import make
from tests.admin_forms import address, saved
from tests.clock import Clock

pytestmark = pytest.mark.django_db


def said(initiative: Initiative, year: str, **said: Any) -> Mention:
    return make.mention(
        initiative=initiative,
        report=make.report(title=f"Statement of {year}", published_on=year),
        act="restated",
        **said,
    )


def story(initiative: Initiative) -> list[str]:
    mentions = Mention.objects.public().current().filter(initiative=initiative)
    told = tell(mentions.select_related("report", "due_at"))
    return [told.words[mention.pk] for mention in told.mentions]


def moves(initiative: Initiative) -> str:
    mentions = Mention.objects.public().current().filter(initiative=initiative)
    return tell(mentions.select_related("report", "due_at")).moves


def due(initiative: Initiative) -> tuple[Any, ...]:
    initiative.refresh_from_db()
    row = initiative
    return row.due_on, row.due_at, row.due_note, row.due_dropped, row.due_moves


def test_the_deadline_of_2024_is_extended_to_the_next_summit(client: Client) -> None:
    """The sentence of a communiqué, until the summit has its date, is postponed and is held."""
    initiative = make.initiative()
    said(initiative, "2021", due_on="2024", due_note="by 2024")
    assert due(initiative) == ("2024", None, "by 2024", False, 0)
    summit = make.meeting(title="Second Summit", starts_on=None, state="planned")
    said(initiative, "2023", due_at=summit)
    assert due(initiative) == (None, summit, "", False, 1)
    page = client.get(initiative.get_absolute_url()).content.decode()
    assert ">Second Summit</a>, no date known yet" in page
    assert "Moved once." in page
    assert "Due date moved: was 2024, now Second Summit, no date known yet" in page
    assert moves(initiative) == "moved once"
    assert_lists_say(client, initiative, "at Second Summit , no date known yet")
    change(summit, starts_on="2026-02", ends_on="2026-02-28")
    assert due(initiative)[:2] == ("2026-02-28", summit)
    assert moves(initiative) == "moved once, by 14 months"
    change(summit, state=MeetingState.POSTPONED)
    assert due(initiative)[:2] == (None, summit)
    page = client.get(initiative.get_absolute_url()).content.decode()
    assert "which is postponed" in page
    assert_lists_say(client, initiative, "at Second Summit , which is postponed")


def assert_lists_say(client: Client, initiative: Initiative, when: str) -> None:
    """Rows of the list and of the dialogue, the table, and the card on other sites."""
    for url in ("/initiatives/", initiative.dialogue.get_absolute_url()):
        assert f"Due {when}" in text_of(client, url)
    assert when in text_of(client, "/initiatives/?view=table")
    card = text_of(client, f"/embed/{initiative.slug}/")
    assert f"Due {when.replace(' ,', ',')}" in card


def text_of(client: Client, url: str) -> str:
    """What a reader sees, with one space for each tag."""
    page = re.sub(r"<[^>]+>", " ", client.get(url).content.decode())
    return " ".join(page.split())


def change(meeting: Meeting, **values: Any) -> None:
    Meeting.objects.filter(pk=meeting.pk).update(**values)
    actions.refresh(
        Initiative.objects.filter(mentions__due_at=meeting).values_list("pk", flat=True)
    )


def test_a_date_is_moved_dropped_and_set_anew() -> None:
    initiative = make.initiative()
    said(initiative, "2019", due_on="2020")
    # Neither is said otherwise: one is more precise, the other says the same.
    said(initiative, "2020-01", due_on="2020-12")
    said(initiative, "2020-02", due_on="2020-12")
    last = said(initiative, "2021", due_on="2022-12", due_note="at the latest")
    said(initiative, "2022", due_on="2023-02")
    assert due(initiative) == ("2023-02", None, "", False, 2)
    assert moves(initiative) == "moved twice, by 26 months in all"
    assert story(initiative) == [
        "Due date set: 2020",
        "Due date stated again: December 2020",
        "Due date stated again: December 2020",
        "Due date moved by 24 months: was December 2020, now December 2022; at the latest",
        "Due date moved by 2 months: was December 2022, now February 2023",
    ]
    said(initiative, "2024", due_dropped=True)
    assert due(initiative) == (None, None, "", True, 2)
    said(initiative, "2025", due_note="every two years")
    assert due(initiative) == (None, None, "every two years", False, 2)
    actions.withdraw(by=None, entry=last, reason="Misread")
    assert story(initiative)[3:] == [
        "Due date moved by 26 months: was December 2020, now February 2023",
        "Due date dropped",
        "Due: every two years",
    ]
    assert due(initiative)[4] == 1


def test_a_correction_takes_the_place_of_what_was_said() -> None:
    initiative = make.initiative()
    wrong = said(initiative, "2021", due_on="2024")
    actions.record_mention(
        by=None,
        initiative=initiative,
        report=wrong.report,
        act=wrong.act,
        locator=wrong.locator,
        due_on="2025",
        corrects=wrong,
    )
    assert due(initiative) == ("2025", None, "", False, 0)


def test_a_draft_says_nothing_and_a_date_without_a_document_holds_until_one_speaks(
    client: Client,
) -> None:
    initiative = make.initiative(due_on="2020", due_note="typed")
    make.mention(initiative=initiative)
    assert "no document recorded" in client.get(initiative.get_absolute_url()).content.decode()
    said(initiative, "2021", due_on="2024", publication="draft")
    assert due(initiative) == ("2020", None, "typed", False, 0)
    last = said(initiative, "2022", due_on="2025")
    assert due(initiative) == ("2025", None, "", False, 0)
    assert "no document recorded" not in client.get(initiative.get_absolute_url()).content.decode()
    actions.withdraw(by=None, entry=last, reason="Misread")
    assert due(initiative)[0] == "2020"


def test_a_condition_holds_until_a_document_lifts_it(client: Client) -> None:
    """“Members will, subject to parliamentary approval, …”"""
    assert "conditional" in FLAGS
    initiative, other = make.initiative(), make.initiative()
    make.mention(initiative=other)
    said(initiative, "2021", condition="subject to parliamentary approval")
    said(initiative, "2022")
    initiative.refresh_from_db()
    assert initiative.condition == "subject to parliamentary approval"
    assert initiative.flags() == ["conditional"]
    assert list(Initiative.objects.flagged("conditional")) == [initiative]
    answer = client.get("/initiatives.json?flag=conditional")
    found = json.loads(b"".join(answer))["initiatives"]
    assert [row["slug"] for row in found] == [initiative.slug]
    html = client.get(initiative.get_absolute_url()).content.decode()
    condition = html.partition('id="condition"')[2].partition("</section>")[0]
    assert "subject to parliamentary approval" in condition
    assert "Statement of 2021" in condition
    said(initiative, "2023", condition_lifted=True)
    initiative.refresh_from_db()
    assert (initiative.condition, initiative.condition_report, initiative.flags()) == ("", None, [])
    said(initiative, "2024", condition="if funds allow")
    make.update(initiative=initiative, status="delivered", on="2024")
    initiative.refresh_from_db()
    assert initiative.condition == "if funds allow"
    assert "conditional" not in initiative.flags()
    assert not Initiative.objects.flagged("conditional").exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"due_on": "2024", "due_dropped": True}, "due_dropped"),
        ({"condition": "if funds allow", "condition_lifted": True}, "condition_lifted"),
    ],
)
def test_what_contradicts_itself_is_refused(values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make.mention(**values)
    assert field in refused.value.message_dict


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("dates", "count", "words"),
    [
        (["2024", "2026"], 1, "moved once, by 24 months"),
        (["2024", "2023"], 1, "moved once, 12 months earlier"),
        (["2024-01-10", "2024-02-01"], 1, "moved once, by 22 days"),
        (["2024-01-15", "2024-03-15"], 1, "moved once, by 2 months"),
        (["2024-01-10", "2024-05-01"], 1, "moved once, by about 4 months"),
        (["2024", "2025", "2026", "2027"], 3, "moved 3 times, by 36 months in all"),
        (["2024", "2025", "2024"], 2, "moved twice"),
        (["2024", "../2026-12"], 1, "moved once, by 24 months"),
        (["2026-12", "../2026-12", "2026-36"], 0, ""),
    ],
)
def test_by_how_much(dates: list[str], count: int, words: str) -> None:
    initiative = make.initiative()
    for place, date in enumerate(dates):
        said(initiative, f"{2001 + place}", due_on=date)
    assert moves(initiative) == words
    assert count_moves([DueStatement(PartialDate(date)) for date in dates]) == count


def test_a_moved_deadline_is_news(client: Client) -> None:
    dialogue = make.dialogue()
    initiative = make.initiative(title="Water fund", dialogue=dialogue)
    said(initiative, "2021", due_on="2024")
    said(initiative, "2023", due_on="2026", condition="if funds allow")
    moved = "Due date moved by 24 months: was 2024, now 2026."
    page = client.get("/changes/").content.decode()
    feed = client.get("/changes.atom").content.decode()
    for text in (page, feed):
        assert moved in text
        assert "Condition: if funds allow." in text
    brief = client.get(f"{dialogue.get_absolute_url()}brief/").content.decode()
    assert "Condition: if funds allow" in brief


def test_an_earlier_day_has_the_due_date_that_stood(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch, "2024-03-01")
    initiative = make.initiative()
    summit = make.meeting(title="Second Summit", starts_on="2025-05", state="planned")
    said(initiative, "2021", due_on="2024", condition="if funds allow")
    clock.turn(3)
    said(initiative, "2023", due_at=summit, condition_lifted=True)
    then = client.get(f"{initiative.get_absolute_url()}?as_of=2024-03-02").content.decode()
    now = client.get(initiative.get_absolute_url()).content.decode()
    assert "Second Summit" in now
    assert "Due date moved by 5 months: was 2024, now Second Summit, May 2025" in now
    assert "if funds allow" in then
    assert "Second Summit" not in then
    listed = client.get("/initiatives.json?as_of=2024-03-02&flag=conditional")
    (row,) = json.loads(b"".join(listed))["initiatives"]
    assert (row["due_on"], row["condition"], row["due_at"]) == ("2024", "if funds allow", None)
    clock.turn(3)
    summit.state = MeetingState.POSTPONED
    summit.save()
    actions.refresh([initiative.pk])
    assert "Due at Second Summit , May 2025" in text_of(client, "/initiatives/?as_of=2024-03-05")
    assert "Due at Second Summit , which is postponed" in text_of(client, "/initiatives/")


def test_the_desk_records_it_and_a_meeting_that_moves_moves_it(admin_client: Client) -> None:
    initiative = make.initiative(due_on="2020")
    make.mention(initiative=initiative)
    summit = make.meeting(title="Second Summit", starts_on=None, state="planned")
    report = make.report(published_on="2023")
    url = address(initiative, "record_mention")
    form = {"report": report.pk, "act": "restated", "locator": "para 3", "publication": "public"}
    page = admin_client.post(url, form | {"due_on": "2024", "due_dropped": "on"})
    assert "one of them" in page.text
    page = admin_client.post(url, form | {"due_at": summit.pk}, follow=True)
    assert "It is due now: Second Summit, no date known yet." in page.text
    saved(admin_client, address(summit, "change"), starts_on="2026-02", ends_on="2026-02-28")
    assert due(initiative)[:2] == ("2026-02-28", summit)
    saved(admin_client, address(summit, "change"), state="cancelled")
    assert due(initiative)[:2] == (None, summit)
    page = admin_client.get(address(initiative, "change"))
    assert "Second Summit, which is cancelled" in page.text
    assert 'name="due_on"' not in page.text
