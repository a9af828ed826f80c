"""The method page explains every word that the site uses, and says how to dispute a fact."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from initiatives.models import FLAGS, Act, DeliveryStatus, EvidenceGrade, Standing, StatusGroup
from initiatives.pages.glossary import IATI_NAME
from tests import make
from tests.rewriting import rewritten

pytestmark = pytest.mark.django_db


def method(client: Client) -> str:
    return client.get("/about/method/").content.decode()


def test_every_word_is_explained(client: Client) -> None:
    html = method(client)
    for words in (DeliveryStatus, StatusGroup, Standing, EvidenceGrade, Act):
        for label in words.labels:
            assert str(label) in html, label
    for label in FLAGS.values():
        assert str(label) in html


def test_every_status_is_mapped_to_iati_by_code_and_name(client: Client) -> None:
    html = method(client)
    assert "4 Closed" in html
    assert {status.iati for status in DeliveryStatus if status.iati} == set(IATI_NAME)


def test_who_has_set_no_address_says_so(client: Client) -> None:
    assert "has not set up a contact address" in method(client)


def test_a_fact_is_disputed_at_the_address_of_the_settings(client: Client, settings: Any) -> None:
    settings.CONTACT_EMAIL = "record@example.org"
    settings.CONTACT_URL = "https://example.org/dispute"
    html = method(client)
    assert 'href="mailto:record@example.org"' in html
    assert 'href="https://example.org/dispute"' in html
    assert "has not set up" not in html


# --- The balance of participants ------------------------------------------------------------------


@pytest.fixture
@rewritten
def unlike() -> None:
    """Two participants that act, one with a whole of which the other is in a part; two that do not."""
    uz, jp = make.participant("uz", name="A country"), make.participant("jp", name="Japan")
    dialogue = make.dialogue("dialogue", members=[uz, jp])
    whole, part, open_one, vain = (
        make.initiative(slug, dialogue=dialogue) for slug in ("whole", "part", "open", "vain")
    )
    make.lineage(earlier=whole, later=part, relation="part_of")
    said: dict[str, Any] = {"report": make.report("joint", published_on="2022-04-17")}
    make.mention(initiative=whole, participants=[jp], **said)
    make.mention(initiative=part, act="undertaken", participants=[jp, uz], **said)
    make.mention(
        initiative=open_one, participants=[uz, make.participant("named")], act="adopted", **said
    )
    make.mention(
        initiative=open_one, participants=[make.participant("only-named")], act="mentioned", **said
    )
    make.role(initiative=open_one, participant=make.participant("gainer"), role="beneficiary")
    make.mention(initiative=vain, act="undertaken", participants=[uz], **said)
    make.look(initiative=vain)
    make.update(initiative=part, **said)
    own = make.report("own", kind="statement", published_on="2023-05-01")
    make.update(initiative=whole, on="2023-05", report=own)


def balance(client: Client, query: str = "") -> dict[str, list[tuple[int, str]]]:
    """The rows of the table, in their order: each number with the address of its list."""
    html = client.get(f"/about/method/{query}").content.decode()
    table = html.partition('<table class="balance">')[2].partition("</table>")[0]
    rows = {}
    for row in table.split("<tr>")[2:]:
        name, *cells = row.split("</th>")[0], *row.split("<td")[1:]
        numbers = (
            re.search(r'(?:<a href="(.*?)">)?(\d+)(?:</a>)?\s*</td>', cell) for cell in cells
        )
        rows[re.sub(r"<[^>]+>", "", name).strip()] = [
            (int(match[2]), unescape(match[1] or "")) for match in numbers if match
        ]
    return rows


@pytest.mark.usefixtures("unlike")
def test_the_balance_counts_of_whoever_acts_what_is_reviewed_and_what_is_one_sided(
    client: Client,
) -> None:
    rows = balance(client)
    numbers = {name: [count for count, _address in cells] for name, cells in rows.items()}
    # The part counts where its whole is not.
    assert numbers == {"A country": [3, 2, 0], "Japan": [1, 1, 1], "Named": [1, 0, 0]}
    assert list(numbers) == ["A country", "Japan", "Named"]
    for name, cells in rows.items():
        for count, address in cells:
            assert bool(address) == bool(count)
            if address:
                answer = client.get(address.replace("/initiatives/?", "/initiatives.json?"))
                listed = json.loads(b"".join(answer))
                assert listed["count"] - listed["count_of_parts"] == count, (name, address)


@pytest.mark.usefixtures("unlike")
def test_the_balance_is_that_of_the_day_in_the_address(client: Client) -> None:
    rows = balance(client, "?as_of=2022-05-01")
    numbers = {name: [count for count, _address in cells] for name, cells in rows.items()}
    assert numbers == {"A country": [3, 1, 0], "Japan": [1, 0, 0], "Named": [1, 0, 0]}
    assert rows["Japan"][0][1] == "/initiatives/?participant=jp&as_of=2022-05-01"
    assert balance(client, "?as_of=2022-04-01") == {}
    assert client.get("/about/method/?as_of=2022-13-01").status_code == 400


@pytest.mark.usefixtures("unlike")
def test_the_balance_costs_no_query_for_a_participant(
    client: Client, django_assert_num_queries: Any
) -> None:
    balance(client)
    # The version of the data, asked for before and after the page.
    with django_assert_num_queries(2):
        balance(client)
    initiative = make.initiative("many")
    for number in range(30):
        make.role(initiative=initiative, participant=make.participant(f"state-{number}"))
    assert len(balance(client)) == 33
    with django_assert_num_queries(2):
        balance(client)
