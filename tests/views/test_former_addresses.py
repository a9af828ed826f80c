"""Addresses and filters with an id of before lead to those of today."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from initiatives.models import Publication
from initiatives.recording.renaming import rename
from tests import make
from tests.world import World, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


PAGES = {
    "initiative": [
        "/initiatives/{}/",
        "/initiatives/{}.json",
        "/initiatives/{}.bib",
        "/initiatives/{}.csl.json",
        "/initiatives/{}/badge.svg",
        "/embed/{}/",
    ],
    "dialogue": [f"/dialogues/{{}}{end}" for end in ("/", ".json", "/brief/", "/brief.docx")],
    "meeting": [f"/meetings/{{}}{end}" for end in ("/", ".json", ".ics", "/brief/", "/brief.docx")],
    "participant": [f"/participants/{{}}{end}" for end in ("/", ".json", "/brief/", "/brief.docx")],
    "theme": ["/themes/{}/", "/themes/{}.json"],
    "report": ["/reports/{}/", "/reports/{}.json"],
}


@pytest.mark.parametrize("kind", PAGES)
def test_every_address_of_a_renamed_record_leads_on_for_good(
    client: Client, world: World, kind: str
) -> None:
    row = getattr(world, kind)
    old = row.natural_key()[0]
    rename(by=None, row=row, key="new-name")
    for page in PAGES[kind]:
        response = client.get(page.format(old))
        assert (response.status_code, response.headers["Location"]) == (
            301,
            page.format("new-name"),
        )
        assert response.headers["Cache-Control"] == "no-cache"
        assert client.get(page.format("new-name")).status_code == 200
    day = "?as_of=2024-01-01" if kind in ("initiative", "meeting", "participant") else ""
    response = client.get(PAGES[kind][0].format(old) + day)
    assert response.headers["Location"] == PAGES[kind][0].format("new-name") + day


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("meeting", "/initiatives/?meeting={}"),
        ("meeting", "/initiatives.json?meeting={}"),
        ("meeting", "/initiatives.atom?meeting={}&sort=title"),
        ("participant", "/initiatives/?proposer={}"),
        ("participant", "/initiatives.csv?participant={}"),
        ("participant", "/meetings/?participant={}"),
        ("participant", "/reports.json?participant={}"),
        ("participant", "/corrections.atom?participant={}"),
        ("participant", "/compare/?participant={}"),
        ("participant", "/dialogues/ca-japan/brief/?participant={}"),
        ("dialogue", "/initiatives/?dialogue={}"),
        ("dialogue", "/meetings.ics?dialogue={}"),
        ("dialogue", "/changes.atom?dialogue={}"),
        ("dialogue", "/matrix/?dialogue={}"),
        ("theme", "/initiatives/?theme={}&theme=none"),
    ],
)
def test_a_filter_by_an_id_of_before_leads_on(
    client: Client, world: World, kind: str, address: str
) -> None:
    old = getattr(world, kind).natural_key()[0]
    rename(by=None, row=getattr(world, kind), key="new-name")
    response = client.get(address.format(old))
    assert response.status_code == 301
    assert response.headers["Location"] == address.format("new-name")
    assert client.get(response.headers["Location"]).status_code == 200


def test_a_chain_of_addresses_leads_straight_to_the_last(client: Client, world: World) -> None:
    for key in ("second", "third"):
        rename(by=None, row=world.meeting, key=key)
    for key in ("fm-8", "second"):
        assert client.get(f"/meetings/{key}/").headers["Location"] == "/meetings/third/"


def test_a_record_may_have_its_address_back(client: Client, world: World) -> None:
    rename(by=None, row=world.meeting, key="second")
    rename(by=None, row=world.meeting, key="fm-8")
    assert client.get("/meetings/fm-8/").status_code == 200
    assert client.get("/meetings/second/").headers["Location"] == "/meetings/fm-8/"


def test_nothing_leads_to_what_the_public_does_not_see(client: Client) -> None:
    draft = make.meeting("hidden", publication=Publication.DRAFT)
    rename(by=None, row=draft, key="secret-name")
    assert client.get("/meetings/hidden/").status_code == 404
    response = client.get("/initiatives/?meeting=hidden")
    assert b"secret-name" not in response.content
    assert response.status_code == 400
    assert b"secret-name" not in client.get("/corrections/").content


def test_the_register_says_which_address_is_new(client: Client, world: World) -> None:
    rename(by=None, row=world.report, key="new-name", reason="The name was misread.")
    page = client.get("/corrections/").content.decode()
    assert "New address" in page
    assert "The name was misread." in page
    assert "/reports/new-name/" in page


def test_leading_on_takes_one_query_more_than_not_finding(client: Client, world: World) -> None:
    rename(by=None, row=world.initiative, key="new-name")
    counts = []
    for address in (f"/initiatives/{world.initiative.slug}/", "/initiatives/no-such-thing/"):
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))
    # One of them is asked of what is not found as well.
    assert counts[0] - counts[1] == 1
    assert counts[0] <= 5


def test_feeds_and_calendars_go_on_naming_a_renamed_record_as_before(
    client: Client, world: World
) -> None:
    before = b"".join(client.get("/meetings.ics")).split(b"UID:")[1].split()[0]
    rename(by=None, row=world.meeting, key="new-name")
    after = b"".join(client.get("/meetings.ics"))
    assert b"UID:" + before in after
    assert b"/meetings/new-name/" in after.replace(b"\r\n ", b"")
