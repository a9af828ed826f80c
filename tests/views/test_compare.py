"""Two or three participants, or dialogues, side by side."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from initiatives.facets.index import index
from initiatives.models import Participant
from tests import make

pytestmark = pytest.mark.django_db


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return str(response.content.decode())


@pytest.fixture
def two() -> None:
    japan, uzbekistan = (
        make.participant("jp", name="Japan"),
        make.participant("uz", name="Uzbekistan"),
    )
    both = make.initiative("both", title="Of both", proposers=[japan, uzbekistan])
    make.update(initiative=both, status="delivered", on="2022")
    make.initiative("one", title="Of one", proposers=[japan])
    make.participant("kz", name="Kazakhstan")


@pytest.mark.usefixtures("two")
def test_participants_stand_side_by_side_and_each_number_leads_to_its_rows(client: Client) -> None:
    html = page(client, "/compare/?participant=jp&participant=uz")
    text = words(html)
    assert "Compare Japan and Uzbekistan" in text
    assert "All initiatives it is in 2 , 1 reviewed 1 , 1 reviewed" in text.replace(
        "Delivered: 1 ", ""
    ).replace("Not yet reviewed: 1 ", "")
    assert "Delivered 1 , about half 1 , all" in text
    assert "Not yet reviewed 1 , about half 0" in text
    assert 'href="/initiatives/?participant=jp&amp;group=delivered"' in html.replace(
        "&group", "&amp;group"
    )
    assert 'href="/initiatives/?proposer=uz"' in html
    together = html[html.index('id="together"') :]
    assert "Of both" in together
    assert "Of one" not in together


def test_dialogues_are_compared_by_standing(client: Client) -> None:
    for slug in ("steppe", "sea"):
        initiative = make.initiative(dialogue=make.dialogue(slug, name=slug.title()))
        make.mention(initiative=initiative, act="adopted")
    make.initiative(dialogue=initiative.dialogue)
    before = {word: len(keys) for word, keys in index().bitmaps["dialogue"].items()}
    html = page(client, "/compare/?dialogue=steppe&dialogue=sea")
    assert 'href="/initiatives/?dialogue=sea&amp;standing=adopted"' in html
    assert 'id="together"' not in html
    # What is in memory for all is as it was.
    assert {word: len(keys) for word, keys in index().bitmaps["dialogue"].items()} == before


@pytest.mark.every_case
@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("participant=jp&participant=nobody", "as in the addresses of their pages"),
        ("participant=jp&participant=uz&participant=kz&participant=ae", "addresses"),
        ("dialogue=nothing", "as in the addresses of their pages"),
        ("participant=jp&dialogue=dialogue", "nothing where participants are compared"),
        ("as_of=nonsense", "a day from 1900 on"),
    ],
)
def test_what_cannot_be_compared_is_named(client: Client, query: str, expected: str) -> None:
    make.dialogue("dialogue")
    assert expected in page(client, f"/compare/?{query}", status=400)


@pytest.mark.usefixtures("two")
def test_more_than_three_are_too_many(client: Client) -> None:
    make.participant("kg")
    query = "&".join(f"participant={code}" for code in ("jp", "uz", "kz", "kg"))
    assert "three at the most" in page(client, f"/compare/?{query}", status=400)


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("query", ["participant=jp", "participant=jp&participant=jp&participant="])
def test_one_alone_asks_for_another(client: Client, query: str) -> None:
    text = words(page(client, f"/compare/?{query}"))
    assert "Choose at least one more to compare with Japan." in text


@pytest.mark.usefixtures("two")
def test_the_form_holds_what_is_compared_and_offers_who_is_in_anything(client: Client) -> None:
    html = page(client, "/compare/?participant=kz&participant=jp")
    assert html.count('<option value="kz" selected>') == 1
    assert html.count('<option value="jp" selected>') == 1
    assert 'value="kz"' not in page(client, "/compare/")


@pytest.mark.usefixtures("two")
def test_queries_are_as_many_whatever_they_have_together(client: Client) -> None:
    both = Participant.objects.filter(code__in=["jp", "uz"])

    def queries() -> int:
        page(client, address)
        with CaptureQueriesContext(connection) as asked:
            page(client, f"{address}&participant=")
        return len(asked)

    address = "/compare/?participant=jp&participant=uz"
    few = queries()
    for _number in range(12):
        make.initiative(proposers=[*both])
    assert queries() == few
    # The version of the data twice, the rows, who is in them, and the wholes of parts.
    assert few <= 6


@pytest.mark.usefixtures("two")
def test_it_is_seen_as_of_a_day(client: Client) -> None:
    html = page(client, "/compare/?participant=jp&participant=uz&as_of=1950-01-01")
    assert "As of 1 January 1950" in words(html)
    assert '<input type="hidden" name="as_of" value="1950-01-01">' in html
    assert "No recorded initiative involves all of them." in html
