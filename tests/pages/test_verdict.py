"""The verdict on the page of an initiative: status, standing, last sign of life, due date and evidence, and no more."""

from __future__ import annotations

import datetime
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from initiatives.models import Initiative
from initiatives.pages.verdict import ago, number_in_words
from initiatives.recording.withdrawal import withdraw_initiative
from tests import make
from tests.clock import Clock

pytestmark = pytest.mark.django_db

DAY = datetime.date(2026, 11, 28)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, DAY.isoformat())


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split()).replace(" ,", ",")


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def verdict(client: Client, address: str = "/initiatives/plan/") -> str:
    html = page(client, address)
    return words(html.partition('aria-label="Where it stands">')[2].partition("</section>")[0])


def adopt(initiative: Initiative, count: int, **kwargs: Any) -> None:
    parties = [make.participant(name=f"Country {number:02}") for number in range(count)]
    report = make.report(published_on="2024-05-02", kind="joint")
    make.mention(
        initiative=initiative, report=report, act="adopted", participants=parties, **kwargs
    )


# --- Words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("2026-11-28", "today"),
        ("2026-11-27", "yesterday"),
        ("2026-10-01", "58 days ago"),
        ("2026-09-28", "two months ago"),
        ("2026-01-29", "nine months ago"),
        ("2026-01-28", "ten months ago"),
        # Counted from its last possible day.
        ("2026-01", "nine months ago"),
        ("2024-11-28", "two years ago"),
        ("2013-11-28", "13 years ago"),
        # Nobody can tell how long ago these were, or they are yet to come.
        ("2024", "2024"),
        ("2024-33", "in the first quarter of 2024"),
        ("2026-12-01", "1 December 2026"),
    ],
)
def test_how_long_ago_a_date_was(date: str, said: str) -> None:
    assert ago(date, DAY) == said


def test_numbers_beyond_twelve_are_figures() -> None:
    counts = (1, 12, 13, 1300)
    assert [number_in_words(count) for count in counts] == ["one", "twelve", "13", "1,300"]


# --- The strip ------------------------------------------------------------------------------------


def test_it_says_how_it_stands_in_one_look(client: Client) -> None:
    initiative = make.initiative(
        "plan", due_on="2030", dialogue=make.dialogue(stale_after_days=400)
    )
    adopt(initiative, 6)
    press = make.report(kind="press", publisher="The Herald", published_on="2026-01-27")
    what = "Fifteen tonnes are to be bought."
    make.update(initiative=initiative, report=press, status="under_way", on="2026-01-26", what=what)
    assert verdict(client) == (
        "Under way as of 26 January 2026 Fifteen tonnes are to be bought."
        " In the dialogue Adopted by six 2 May 2024"
        " Last heard of Ten months ago 26 January 2026"
        " Due 2030 Evidence Press The Herald"
    )
    line = "Under way, as of 26 January 2026 · Adopted by six · last heard of ten months ago · due 2030."
    assert f'<meta name="description" content="{line}' in page(client, "/initiatives/plan/")


def test_of_what_nobody_reviewed_it_says_no_more(client: Client) -> None:
    make.initiative("plan")
    said = verdict(client)
    assert said.startswith("Not yet reviewed Nobody has looked for evidence of delivery yet.")
    assert "Due No date set" in said
    assert said.endswith("Evidence None recorded")


def test_one_party_is_named_and_forty_are_counted(client: Client) -> None:
    adopt(make.initiative("few"), 1)
    adopt(make.initiative("many"), 40)
    assert "Adopted by Country 00" in verdict(client, "/initiatives/few/")
    assert "Adopted by 40" in verdict(client, "/initiatives/many/")
    # All of them rest on one place in one document, which is said once.
    html = page(client, "/initiatives/many/")
    facts = html.partition('id="facts"')[2].partition("</section>")[0]
    assert facts.count('href="/participants/') == 40
    assert facts.count('href="/reports/') == 1


def test_flags_stand_with_the_fact_that_they_are_about(client: Client) -> None:
    dialogue = make.dialogue(stale_after_days=100)
    initiative = make.initiative("plan", dialogue=dialogue, due_on="2026-09-17")
    own = make.report(kind="statement", published_on="2026-02-12")
    make.update(initiative=initiative, report=own, status="preparing", on="2026-02-12")
    said = verdict(client)
    assert "Last heard of Nine months ago No recent news for more than 100 days" in said
    assert "Due 17 September 2026 Overdue by 72 days" in said
    assert "Evidence Statement of one side One side’s claim" in said


def test_a_due_date_tells_its_moves_with_their_documents(client: Client) -> None:
    initiative = make.initiative("plan")
    for published, due in (
        ("2024-11-04", "2025"),
        ("2025-06-30", "2026"),
        ("2026-02-16", "2026-09"),
    ):
        report = make.report(published_on=published, title=f"Of {published}")
        make.mention(initiative=initiative, report=report, due_on=due)
    assert "Due September 2026 moved once, by 12 months" in verdict(client)
    html = page(client, "/initiatives/plan/")
    panel = html.partition('id="due"')[2].partition("</section>")[0]
    assert "<s>2025</s>" in panel
    assert "<b>2026</b>" in panel
    assert [words(li) for li in re.findall(r"(?s)<li.*?</li>", panel)] == [
        "2025 set Of 2024-11-04, para 6, 4 November 2024 · Joint document",
        "2026 moved by 12 months Of 2025-06-30, para 6, 30 June 2025 · Joint document",
        "September 2026 stated again Of 2026-02-16, para 6, 16 February 2026 · Joint document",
    ]


def test_on_an_earlier_day_it_says_what_was_known_then(client: Client, clock: Clock) -> None:
    clock.turn_to(datetime.date(2026, 3, 1))
    initiative = make.initiative("plan", due_on="2026-02")
    make.update(
        initiative=initiative, report=make.report(published_on="2026-02-20"), status="preparing"
    )
    clock.turn_to(datetime.date(2026, 6, 1))
    make.update(
        initiative=initiative,
        report=make.report(published_on="2026-05-20"),
        status="delivered",
        on="2026-05-20",
    )
    assert verdict(client).startswith("Delivered as of 20 May 2026")
    then = verdict(client, "/initiatives/plan/?as_of=2026-03-01")
    assert then.startswith("Preparing")
    assert "Overdue by one day" in then.replace("1 day", "one day")


def test_what_is_withdrawn_has_none(client: Client) -> None:
    initiative = make.initiative("plan")
    make.mention(initiative=initiative)
    withdraw_initiative(initiative=initiative, by=None, reason="Another plan.")
    html = page(client, "/initiatives/plan/")
    assert "Where it stands" not in html
    assert "Another plan." in html


def test_however_many_there_are_in_it_the_page_asks_as_often(
    client: Client, django_assert_num_queries: Any
) -> None:
    for slug, count in (("few", 1), ("many", 40)):
        adopt(make.initiative(slug), count)
        page(client, f"/initiatives/{slug}/")
        with django_assert_num_queries(9):
            page(client, f"/initiatives/{slug}/?page=1")
