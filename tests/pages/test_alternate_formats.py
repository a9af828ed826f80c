"""Each page says in its head where it is for good, which other formats it has, and what it is about."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from initiatives.models import Meeting, MeetingState
from initiatives.pages.alternate_formats import LIST_FORMATS, RECORD_FORMATS
from initiatives.pages.schema_org import as_script
from initiatives.query.filters import InitiativeFilter
from tests import make
from tests.exports.test_exports import leave
from tests.extent import TIMES
from tests.world import LISTS as PAGES
from tests.world import hang_drafts_on, hang_past_on, make_world

pytestmark = pytest.mark.django_db

SITE = "http://testserver"
anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def page(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def links(html: str, relation: str) -> list[str]:
    """Those of a relation, without the same page in other languages."""
    found = re.findall(rf'<link rel="{relation}"([^>]*) href="([^"]+)"', html)
    return [unescape(address) for others, address in found if "hreflang" not in others]


def about(html: str) -> Any:
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert len(found) <= 1
    return json.loads(found[0]) if found else None


# --- Other formats --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LIST_FORMATS)
def test_a_list_names_its_formats_and_they_are_there(client: Client, name: str) -> None:
    hang_past_on(make_world(), "past")
    html = page(client, f"/{name}/")
    addresses = links(html, "alternate")
    assert addresses == [f"/{name}.{extension}" for extension in LIST_FORMATS[name]]
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        assert b"".join(response)
        leave(response)
        if name != "changes":
            assert f'<a href="{address}" rel="nofollow"' in html


@pytest.mark.parametrize("kind", RECORD_FORMATS)
def test_a_page_names_its_formats_and_they_are_there(client: Client, kind: str) -> None:
    world = make_world()
    address = getattr(world, kind).get_absolute_url()
    addresses = links(page(client, address), "alternate")
    assert len(addresses) == len(RECORD_FORMATS[kind])
    types = [client.get(address).headers["Content-Type"] for address in addresses]
    assert types[0] == "application/json"
    assert len(set(types)) == len(addresses)


def test_formats_have_the_query_string_of_the_list(client: Client) -> None:
    make_world()
    html = page(client, "/initiatives/?theme=education&sort=title&per=50&page=1&utm=x&view=table")
    assert links(html, "alternate")[0] == "/initiatives.csv?theme=education&sort=title"
    html = page(client, "/initiatives/?theme=education&as_of=2024-01-01")
    asked = dict(address.split("?") for address in links(html, "alternate"))
    assert "as_of=2024-01-01" in asked["/initiatives.json"]
    assert asked["/initiatives.atom"] == asked["/initiatives.ics"] == "theme=education"


def test_a_meeting_without_a_month_has_no_calendar(client: Client) -> None:
    make.meeting("year", starts_on="2030")
    assert links(page(client, "/meetings/year/"), "alternate") == ["/meetings/year.json"]


# --- Where it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("/", "/"),
        ("/?utm=1", "/"),
        ("/meetings/?utm=1&sort=newest&year=2022&page=1", "/meetings/?year=2022"),
        ("/initiatives/?theme=education&utm=1", "/initiatives/?theme=education"),
        ("/initiatives/university/?page=1", "/initiatives/university/"),
        ("/data/dictionary/", "/data/dictionary/"),
    ],
)
def test_a_page_has_one_address(client: Client, address: str, expected: str) -> None:
    make_world()
    assert links(page(client, address), "canonical") == [SITE + expected]


def test_what_is_not_to_be_found_has_none(client: Client) -> None:
    make_world()
    for address, status in (
        ("/nothing/", 404),
        ("/initiatives/?status=x", 400),
        ("/initiatives/?as_of=2024-01-01", 200),
        ("/meetings/fm-8/?as_of=2023-01-01", 200),
    ):
        html = page(client, address, status)
        assert links(html, "canonical") == []
        assert about(html) is None


# --- What it is about -----------------------------------------------------------------------------


def test_data_and_the_list_are_datasets(client: Client, make_all: Callable[[], list[str]]) -> None:
    make_world()
    make_all()
    for address in ("/data/", "/initiatives/"):
        found = about(page(client, address))
        assert (found["@context"], found["@type"]) == ("https://schema.org", "Dataset")
        assert found["url"] == SITE + address
        assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
        for download in found["distribution"]:
            response = client.head(download["contentUrl"])
            leave(response)
            assert response.headers["Content-Type"].startswith(download["encodingFormat"])


def test_a_meeting_is_an_event(client: Client) -> None:
    make_world()
    found = about(page(client, "/meetings/fm-8/"))
    japan = {
        "@type": ["Country", "GovernmentOrganization"],
        "name": "Japan",
        "url": f"{SITE}/participants/jp/",
        "identifier": "jp",
        "alternateName": "State of Japan",
    }
    assert found == {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": "8th Meeting",
        "url": f"{SITE}/meetings/fm-8/",
        "eventStatus": "https://schema.org/EventScheduled",
        "startDate": "2022-04-15",
        "location": {"@type": "Place", "name": "Tokyo", "address": "Tokyo"},
        "superEvent": {
            "@type": "EventSeries",
            "name": "Central Asia + Japan",
            "url": f"{SITE}/dialogues/ca-japan/",
        },
        "organizer": japan,
        "attendee": [japan],
    }
    assert about(page(client, "/participants/jp/")) == {"@context": "https://schema.org"} | japan


@pytest.mark.parametrize("state", MeetingState)
def test_every_state_of_a_meeting_has_its_word(client: Client, state: str) -> None:
    make.meeting("m", state=state, starts_on="2026-04", format="hybrid")
    found = about(page(client, "/meetings/m/"))
    assert found["eventStatus"].startswith("https://schema.org/Event")
    assert found["startDate"] == "2026-04"


def test_an_organisation_is_not_said_to_be_a_government(client: Client) -> None:
    make.participant("bank", name="Bank", kind="organisation", official_name="The Bank")
    found = about(page(client, "/participants/bank/"))
    assert (found["@type"], found["legalName"]) == ("Organization", "The Bank")
    assert "parentOrganization" not in found


def test_a_ministry_is_of_its_country_and_has_its_other_names(client: Client) -> None:
    japan = make.participant("jp", name="Japan", official_name="State of Japan", other_names="日本")
    names = {"name": "Ministry of Foreign Affairs", "other_names": "MOFA"}
    make.participant("mofa-jp", kind="ministry", part_of=japan, **names)
    found = about(page(client, "/participants/mofa-jp/"))
    assert (found["@type"], found["alternateName"]) == ("GovernmentOrganization", "MOFA")
    assert found["parentOrganization"]["alternateName"] == ["State of Japan", "日本"]
    make.meeting("summit", other_names="CAJ-1")
    assert about(page(client, "/meetings/summit/"))["alternateName"] == "CAJ-1"


def test_no_text_ends_the_element(client: Client) -> None:
    title = "</script><script>alert(1)</script><!-- & \u2028"
    make_world()
    Meeting.objects.update(title=title)
    html = page(client, "/meetings/fm-8/")
    assert "<script>alert" not in html
    assert about(html)["name"] == title


@given(anything)
def test_whatever_is_in_it_comes_back(text: str) -> None:
    written = as_script({"name": text})
    assert not set("<>&") & set(written)
    assert json.loads(written)["name"] == text


# --- Hostile requests -----------------------------------------------------------------------------

FILES = [f"/{name}.{extension}" for name in LIST_FORMATS for extension in LIST_FORMATS[name]]
OTHERS = ["/initiatives/x.bib", "/embed/x/", "/data/json/roles.json", "/sitemap-themes.xml"]
names = st.sampled_from(
    [*InitiativeFilter.base_filters, "sort", "page", "p", "as_of", "entry", "act"]
)


@settings(max_examples=30 * TIMES)
@given(
    path=st.sampled_from([*FILES, *OTHERS]),
    pairs=st.lists(st.tuples(names | anything, anything), max_size=6),
)
def test_no_query_string_of_a_file_is_answered_with_500(
    path: str, pairs: list[tuple[str, str]]
) -> None:
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs)
    response = Client().get(f"{path}?{query}")
    assert response.status_code in {200, 400, 404}
    b"".join(response)
    leave(response)


@settings(max_examples=15 * TIMES)
@given(anything)
def test_no_path_to_a_file_is_answered_with_500(path: str) -> None:
    for before, after in (
        ("initiatives/", ".json"),
        ("initiatives/", ".csl.json"),
        ("initiatives/", "/badge.svg"),
        ("embed/", "/"),
        ("data/csv/", ".csv"),
        ("meetings/", ".ics"),
        ("sitemap-", ".xml"),
    ):
        response = Client().get(f"/{before}{quote(path)}{after}")
        assert response.status_code in {200, 301, 302, 400, 404}


def test_drafts_are_in_no_head(client: Client) -> None:
    world = make_world()
    hang_drafts_on(world, "secret")
    for address in [*PAGES, *world.details]:
        assert "secret" not in page(client, address), address
