"""The page of a participant as a scorecard: each number counts what its list holds, and a zero is explained."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from initiatives.as_of.current import CurrentView
from initiatives.models import Membership
from initiatives.pages.promises import dialogue_bars, scorecard
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def japan() -> Any:
    """In six initiatives: two proposed, one undertaken, one adopted with others, one for it, one led by it."""
    japan, others = make.participant("jp", name="Japan"), make.participant("uz", name="Uzbekistan")
    first, second = make.dialogue("first", name="First"), make.dialogue("second", name="Second")
    for slug in ("road", "well"):
        make.initiative(slug, dialogue=first, proposers=[japan])
    loan = make.initiative("loan", dialogue=second)
    make.mention(initiative=loan, act="undertaken", participants=[japan])
    plan = make.initiative("plan", dialogue=first)
    make.mention(initiative=plan, act="adopted", participants=[japan, others])
    make.role(
        initiative=make.initiative("gift", dialogue=first), participant=japan, role="beneficiary"
    )
    make.role(initiative=make.initiative("work", dialogue=first), participant=japan, role="lead")
    make.update(initiative=make.initiative("road-2", dialogue=first, proposers=[japan]))
    return japan


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_each_number_is_that_of_its_list(client: Client, japan: Any) -> None:
    cards = {card.name: card for card in scorecard(CurrentView(), japan)}
    assert {name: card.tally.total for name, card in cards.items()} == {
        "proposed": 3,
        "promised": 1,
        "adopted": 1,
        "to": 1,
        "done": 1,
    }
    assert cards["proposed"].tally.reviewed == 1
    html = client.get("/participants/jp/").content.decode()
    for name, card in cards.items():
        for query in [card.query] if card.query else [query for *_words, query in card.lists]:
            assert query.replace("&", "&amp;") in html, name
            found = client.get(f"/initiatives/?{query}").content.decode()
            assert f"{card.tally.total} initiative" in words(found), name


def test_a_zero_is_shown_and_explained(client: Client) -> None:
    make.participant("tv", name="Tuvalu")
    html = words(client.get("/participants/tv/").content.decode())
    assert "0 Promised to Tuvalu No document recorded here names Tuvalu as a beneficiary." in html
    assert "0 Adopted with others No joint document recorded here names Tuvalu as a party." in html
    assert "No meeting that it attended is recorded." in html


def test_dialogues_stand_by_their_numbers_and_institutions_below(
    client: Client, japan: Any
) -> None:
    bars = dialogue_bars(CurrentView(), japan)
    assert [(str(bar.label), bar.tally.total) for bar in bars] == [("First", 6), ("Second", 1)]
    make.participant("mofa-jp", name="Foreign Ministry", kind="ministry", part_of=japan)
    html = client.get("/participants/jp/").content.decode()
    part = words(html.partition('id="institutions"')[2].partition("</section>")[0])
    assert "Foreign Ministry none" in part


def test_who_came_is_named_with_their_office_heads_first(client: Client, japan: Any) -> None:
    for number in range(12):
        meeting = make.meeting(title=f"Meeting {number}", starts_on=f"20{10 + number}")
        attendance = make.attendance(meeting=meeting, participant=japan)
        make.delegate(attendance=attendance, name="A. Aide")
        make.delegate(attendance=attendance, name="Z. Head", title="Minister", is_head=True)
        make.delegate(attendance=attendance, name="B. Aide")
    html = client.get("/participants/jp/").content.decode()
    part = words(html.partition('id="meetings"')[2].partition("</section>")[0])
    assert part.count("Z. Head Minister A. Aide and 1 more") == 10
    assert "All 12 meetings" in part
    assert "Meeting 1 " not in part


def test_the_memberships_stand_once_for_each_capacity(client: Client, japan: Any) -> None:
    for slug in ("a", "b"):
        dialogue = make.dialogue(f"of-{slug}", name=f"Dialogue {slug}")
        Membership.objects.create(dialogue=dialogue, participant=japan)
    html = words(client.get("/participants/jp/").content.decode())
    assert "Member of Dialogue a , Dialogue b" in html


def test_however_many_initiatives_the_page_asks_as_often(
    client: Client, japan: Any, django_assert_num_queries: Any
) -> None:
    meeting = make.meeting(starts_on="2020")
    make.delegate(attendance=make.attendance(meeting=meeting, participant=japan), name="Somebody")
    for count in (1, 20):
        make.initiatives(
            count, participant=japan, theme=make.theme(), raised_at=meeting, report=make.report()
        )
        client.get("/participants/jp/")
        with django_assert_num_queries(11):
            client.get("/participants/jp/?as_of=")
