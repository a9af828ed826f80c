"""An initiative on the pages of others: its card and badge, and how it is cited."""

from __future__ import annotations

import datetime
import re
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from initiatives.exports.citation import cite
from initiatives.models import DeliveryStatus
from initiatives.pictures.badge import badge
from tests import make
from tests.world import hang_drafts_on, make_world

pytestmark = pytest.mark.django_db

SVG = "{http://www.w3.org/2000/svg}"
CARD, BADGE = "/embed/university/", "/initiatives/university/badge.svg"
BIB, CSL = "/initiatives/university.bib", "/initiatives/university.csl.json"
ALL = [CARD, BADGE, BIB, CSL]
ODD = 'Water & energy: 50% {of} $1 #1_a \\ ~^ "quoted" <b>日本語</b>\r\nand more'


def policy(client: Client, address: str, **headers: str) -> dict[str, str]:
    """The content policy of an answer by directive, and its X-Frame-Options."""
    response = client.get(address, headers=headers)
    parts = response.headers["Content-Security-Policy"].split("; ")
    found = dict(part.split(" ", 1) for part in parts)
    return found | {"frames": response.headers.get("X-Frame-Options", "")}


# --- The card -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("kept_pages")
def test_a_card_may_be_framed_by_others_each_time_it_is_asked_for(client: Client) -> None:
    make_world()
    tag = client.get(CARD).headers["ETag"]
    again = client.get(CARD, headers={"If-None-Match": tag})
    assert again.status_code == 304
    # Made, kept, and unchanged.
    for headers in ({}, {}, {"If-None-Match": tag}):
        found = policy(client, CARD, **headers)
        assert (found["frame-ancestors"], found["frames"]) == ("*", "")
        assert found["script-src"] == "'self'"


def test_no_other_page_may_be_framed(client: Client) -> None:
    world = make_world()
    for address in ("/", BADGE, "/embed/nothing/", "/initiatives.json", *world.details):
        found = policy(client, address)
        assert (found["frame-ancestors"], found["frames"]) == ("'none'", "DENY"), address


def test_the_owner_of_the_site_says_who_may(client: Client, settings: Settings) -> None:
    settings.EMBED_ANCESTORS = ["'self'", "https://example.org"]
    make_world()
    assert policy(client, CARD)["frame-ancestors"] == "'self' https://example.org"


def test_a_card_says_where_the_initiative_stands_and_where_to_read_more(client: Client) -> None:
    make_world()
    page = client.get(CARD).content.decode()
    for words in ("Digital University", "Under way", "Proposed", "17 April 2022", "2026"):
        assert words in page
    assert 'href="/reports/statement/"' in page
    assert '<link rel="canonical" href="http://testserver/initiatives/university/">' in page
    # In a frame a link would open the page inside the frame, which it does not allow.
    assert all('target="_blank"' in link for link in re.findall(r"<a [^>]*>", page))
    assert 'name="robots" content="noindex"' in page


# --- The badge ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", DeliveryStatus)
def test_a_badge_says_the_status_in_words(client: Client, status: DeliveryStatus) -> None:
    initiative = make.initiative("plan", title="A <plan> & more")
    make.update(initiative=initiative, status=status)
    response = client.get("/initiatives/plan/badge.svg")
    assert response.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    picture = ET.fromstring(response.content)
    assert [text.text for text in picture.iter(f"{SVG}text")] == ["Delivery", str(status.label)]
    title = picture.find(f"{SVG}title")
    assert title is not None
    assert title.text == f"A <plan> & more – Delivery: {status.label}"
    shape = picture.find(f"{SVG}g")
    assert shape is not None
    assert shape.get("class") == status.group
    assert len(shape)


@pytest.mark.parametrize("status", DeliveryStatus)
def test_the_parts_of_a_badge_do_not_overlap(status: DeliveryStatus) -> None:
    drawn = badge(status)
    assert 0 < drawn.label_at < drawn.label_at + drawn.label_width < drawn.mark_at
    assert drawn.mark_at < drawn.word_at < drawn.word_at + drawn.word_width < drawn.width


@pytest.mark.usefixtures("kept_pages")
def test_the_style_of_a_badge_passes_its_own_policy_each_time(client: Client) -> None:
    make_world()
    for _time in range(2):
        found = policy(client, BADGE)
        assert found["style-src"].startswith("'sha256-")
        assert found["default-src"] == "'none'"
    assert policy(client, "/")["style-src"] == "'self'"


# --- Citing ---------------------------------------------------------------------------------------


def test_a_citation_names_the_day_and_an_address_that_stays(client: Client) -> None:
    world = make_world()
    citation = cite(world.initiative, "https://t.test", datetime.date(2024, 8, 9))
    assert citation.text == (
        "“Digital University” (Central Asia + Japan). Initiative tracker, as of 9 August 2024."
        " https://t.test/initiatives/university/?as_of=2024-08-09"
    )
    today = timezone.localdate().isoformat()
    page = client.get("/initiatives/university/").content.decode()
    assert f"/initiatives/university/?as_of={today}" in page
    assert f'href="{BIB}"' in page


def test_bibtex_holds_what_tex_would_take_for_its_own(client: Client) -> None:
    make_world(title=ODD)
    response = client.get(BIB)
    assert response.headers["Content-Type"] == "application/x-bibtex; charset=utf-8"
    text = response.content.decode()
    escaped = (
        r"Water \& energy: 50\% \{of\} \$1 \#1\_a \textbackslash{} \textasciitilde{}\textasciicircum{}"
        ' "quoted" <b>日本語</b> and more'
    )
    assert f"  title = {{{{{escaped}}}}},\n" in text
    # Each brace that opens is closed, the escaped ones aside, and there is one entry.
    bare = re.sub(r"\\[{}]", "", text)
    assert bare.count("{") == bare.count("}")
    assert text.count("@") == 1
    day = timezone.localdate()
    assert text.startswith(f"@misc{{university-{day.isoformat()},\n")
    assert f"  urldate = {{{day.isoformat()}}},\n" in text
    assert re.search(r"^  month = [a-z]{3},$", text, re.MULTILINE)


def test_csl_json_is_what_reference_managers_read(client: Client) -> None:
    make_world(title=ODD)
    response = client.get(CSL)
    assert response.headers["Content-Type"] == "application/vnd.citationstyles.csl+json"
    (item,) = response.json()
    day = timezone.localdate()
    assert item["title"] == " ".join(ODD.split())
    assert item["accessed"] == {"date-parts": [[day.year, day.month, day.day]]}
    assert item["URL"] == f"http://testserver/initiatives/university/?as_of={day.isoformat()}"
    assert item["type"] == "webpage"


def test_an_earlier_day_can_be_cited_if_it_was_known_then(client: Client) -> None:
    world = make_world()
    make.update(initiative=world.initiative, report=make.report())
    text = client.get(f"{BIB}?as_of=2023-05-01").content.decode()
    assert "?as_of=2023-05-01" in text
    assert "month = may" in text
    assert client.get(f"{CSL}?as_of=1950-01-01").status_code == 404
    for wrong in ("x", "2023", "2999-01-01", "%00", "2023-02-30"):
        assert client.get(f"{BIB}?as_of={wrong}").status_code == 400
    page = client.get("/initiatives/university/?as_of=2023-05-01").content.decode()
    assert f'href="{BIB}?as_of=2023-05-01"' in page


# --- All of them ----------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ALL)
def test_what_is_not_public_is_404_and_nothing_is_written(client: Client, address: str) -> None:
    world = make_world()
    hang_drafts_on(world, "secret")
    assert b"secret" not in client.get(address).content
    for word in ("secret-initiative", "nothing", "x" * 3000):
        assert client.get(address.replace("university", word)).status_code == 404
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200


@pytest.mark.parametrize("address", ALL)
def test_each_costs_a_few_queries(client: Client, address: str) -> None:
    make_world()
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    assert len(asked) <= 3, "the version of the data before and after, and the initiative"


def test_the_code_for_other_sites_is_text_on_our_page(client: Client) -> None:
    make_world(title='"><script>alert(1)</script>')
    page = client.get("/initiatives/university/").content.decode()
    assert "<script>alert" not in page
    values = re.findall(r'readonly value="([^"]*)"', page)
    assert len(values) == 2
    assert "&lt;iframe src=&quot;http://testserver/embed/university/&quot;" in values[0]
    assert "&amp;quot;&amp;gt;&amp;lt;script" in values[0]
