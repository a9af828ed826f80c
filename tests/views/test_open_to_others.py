"""What programs and other sites may read: CORS, what pages are about, and where to begin."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.addresses import addresses
from tests.exports.test_exports import leave
from tests.world import make_world

pytestmark = pytest.mark.django_db


def test_other_sites_read_what_is_for_programs_and_no_page_of_ours(client: Client) -> None:
    world = make_world()
    for address in sorted(set(addresses(world, every_table=False))):
        response: Any = client.get(address)
        is_page = address.endswith("/") and not address.startswith("/embed/")
        allowed = response.headers.get("Access-Control-Allow-Origin")
        assert allowed == (None if is_page else "*"), address
        leave(response)
    for address in ("/initiatives.json?theme=x", "/initiatives/nothing.json"):
        assert client.get(address).headers["Access-Control-Allow-Origin"] == "*"
    first = client.get("/initiatives.atom")
    again = client.get("/initiatives.atom", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.headers["Access-Control-Allow-Origin"]) == (304, "*")
    assert "Access-Control-Allow-Credentials" not in first.headers
    assert client.post("/initiatives.atom").headers.get("Access-Control-Allow-Origin") is None


def test_browsers_may_ask_first_whether_a_program_may_read(client: Client) -> None:
    make_world()
    asked = {
        "Origin": "https://example.net",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    for address in ("/initiatives.json?q=x", "/changes.atom", "/embed/university/", "/llms.txt"):
        response = client.options(address, headers=asked)
        assert (response.status_code, response.content) == (204, b""), address
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
        assert response.headers["Access-Control-Allow-Headers"] == "*"
        assert "Access-Control-Allow-Credentials" not in response.headers
    for address in ("/", "/initiatives/", f"/{settings.ADMIN_PATH}uploads.json"):
        response = client.options(address, headers=asked)
        assert response.status_code != 204, address
        assert "Access-Control-Allow-Methods" not in response.headers


def about(client: Client, address: str) -> Any:
    html = client.get(address).content.decode()
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
    return json.loads(found[1]) if found else None


def test_pages_say_what_they_are_about(client: Client) -> None:
    make_world()
    home = about(client, "/")
    assert (home["@type"], home["url"]) == ("WebSite", "http://testserver/")
    initiative = about(client, "/initiatives/university/")
    assert (initiative["@type"], initiative["name"]) == ("Project", "Digital University")
    assert initiative["event"]["name"] == "8th Meeting"
    report = about(client, "/reports/statement/")
    assert report["@type"] == "Report"
    assert report["publisher"] == {"@type": "Organization", "name": "Ministry of Foreign Affairs"}
    assert report["sameAs"] == ["https://example.org/statement"]
    assert report["datePublished"] == "2022-04-17"
    assert [author["identifier"] for author in report["author"]] == ["jp"]
    dialogue = about(client, "/dialogues/ca-japan/")
    assert (dialogue["@type"], dialogue["identifier"]) == ("EventSeries", "ca-japan")
    # Nobody is to find a page of the past.
    assert about(client, "/initiatives/university/?as_of=2022-05-01") is None


def test_llms_txt_leads_to_what_is_there(client: Client) -> None:
    make_world()
    response = client.get("/llms.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    text = response.content.decode()
    assert text.startswith("# Initiative tracker\n\n> ")
    found = re.findall(r"\]\(http://testserver([^)]+)\)", text)
    assert len(found) > 6
    for address in found:
        answer: Any = client.get(address)
        # The archive is made beside requests.
        assert answer.status_code in (200, 503), address
        leave(answer)
