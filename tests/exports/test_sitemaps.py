"""Search engines are told of every public page, a file at a time, and of none that is a draft."""

from __future__ import annotations

import datetime
import re
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from initiatives.exports import sitemaps
from initiatives.languages import PREFIXES
from initiatives.models import Initiative, Participant
from tests import make
from tests.world import LISTS, hang_drafts_on, make_world

pytestmark = pytest.mark.django_db

XML = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SITE = "http://testserver"


def read(client: Client, address: str) -> dict[str, str]:
    """Addresses and when they changed last, of an index or of one file."""
    response = client.get(address)
    assert response.status_code == 200, address
    assert response.headers["Content-Type"] == "application/xml"
    found = {}
    for one in ET.fromstring(response.content):
        location, changed = one.find(f"{XML}loc"), one.find(f"{XML}lastmod")
        assert location is not None
        found[str(location.text)] = str(changed.text) if changed is not None else ""
    return found


def everything(client: Client) -> dict[str, str]:
    index = read(client, "/sitemap.xml")
    return {
        page: at for file in index for page, at in read(client, file.removeprefix(SITE)).items()
    }


def test_every_public_page_is_listed_and_is_there(client: Client) -> None:
    world = make_world()
    hang_drafts_on(world, "secret")
    found = everything(client)
    # Search engines lead to what is found, not to other searches.
    pages = [address for address in LISTS if address != "/search/"]
    assert {f"{SITE}{address}" for address in [*pages, *world.details]} <= set(found)
    assert f"{SITE}/search/" not in found
    assert not [address for address in found if "secret" in address]
    for address in found:
        assert client.get(address).status_code == 200, address
    assert "/sitemap-initiatives.xml" in " ".join(read(client, "/sitemap.xml"))


def test_long_lists_are_split(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps.RecordSitemap, "limit", 10)
    make.initiatives(30, **make_world().shared)
    index = read(client, "/sitemap.xml")
    files = [file for file in index if "sitemap-initiatives" in file]
    assert [file.partition("?")[2] for file in files] == ["", "p=2", "p=3", "p=4"]
    pages = {page for file in files for page in read(client, file.removeprefix(SITE))}
    assert len(pages) == Initiative.objects.public().count() == 32
    for wrong, status in (("p=5", 404), ("p=0", 400), ("p=x", 400), ("p=-1", 400)):
        assert client.get(f"/sitemap-initiatives.xml?{wrong}").status_code == status
    assert client.get("/sitemap-nothing.xml").status_code == 404


def test_a_page_changed_when_something_new_was_known_of_it(client: Client) -> None:
    world = make_world()
    address = f"{SITE}/initiatives/university/"
    day = datetime.datetime(2031, 2, 3, tzinfo=datetime.UTC)
    make.update(initiative=world.initiative, on="2031")
    world.initiative.history.update(history_date=day)
    assert read(client, "/sitemap-initiatives.xml")[address] == "2031-02-03"
    index = read(client, "/sitemap.xml")[f"{SITE}/sitemap-initiatives.xml"]
    assert index.startswith("2031-02-03")


def test_the_answers_are_kept_like_pages(client: Client) -> None:
    make_world()
    for address in ("/sitemap.xml", "/sitemap-themes.xml", "/robots.txt"):
        first, second = client.get(address), client.get(address)
        assert dict(first.headers) == dict(second.headers)
        tag = first.headers["ETag"]
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
        assert client.post(address).status_code == 405


def test_the_cost_does_not_grow(client: Client) -> None:
    world = make_world()

    def queries() -> list[int]:
        costs = []
        for address in ("/sitemap.xml", "/sitemap-initiatives.xml", "/sitemap-participants.xml"):
            # What a process reads once for each version of the data is not a cost of the file.
            client.get(address)
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            costs.append(len(asked))
        return costs

    before = queries()
    make.initiatives(50, **world.shared)
    for _number in range(20):
        make.participant()
    assert queries() == before
    assert before == [16, 7, 5]


def test_an_empty_record_has_its_pages(client: Client) -> None:
    assert f"{SITE}/" in everything(client)
    assert not Participant.objects.exists()


def test_robots_may_read_pages_and_leave_heavy_files_alone(client: Client) -> None:
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    text = response.content.decode()
    rules = RobotFileParser()
    rules.parse(text.splitlines())
    assert rules.can_fetch("*", "/initiatives/university/")
    assert not rules.can_fetch("*", "/data/initiative-tracker.zip")
    paths = ["", *(f"/{code}" for code in PREFIXES)]
    assert rules.site_maps() == [f"{SITE}{path}/sitemap.xml" for path in paths]
    # Where the staff's door is, is nobody's business.
    assert not re.search("admin", text)
