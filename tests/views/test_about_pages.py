"""Who runs the site, what it knows of people, how it can be used, and where an error on a page is reported."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client

from tests import make

pytestmark = pytest.mark.django_db

PAGES = ["/about/", "/about/privacy/", "/about/accessibility/"]


def reported_at(client: Client, address: str) -> str:
    """Where the foot of a page leads who found an error on it."""
    match = re.search(r'href="([^"]+)" rel="nofollow">Report an error', client.get(address).text)
    assert match
    return unescape(match[1])


@pytest.mark.parametrize("address", PAGES)
def test_every_page_leads_to_it_and_says_how_to_write(
    client: Client, settings: Any, address: str
) -> None:
    assert f'href="{address}"' in client.get("/").text
    assert "has not set up a contact address" in client.get(address).text
    settings.CONTACT_EMAIL = "record@example.org"
    assert 'href="mailto:record@example.org"' in client.get(address).text


def test_who_runs_the_site_is_named_or_said_not_to_be(client: Client, settings: Any) -> None:
    assert "OPERATOR_NAME" in client.get("/about/").text
    settings.OPERATOR_NAME = "Ministry of <Examples>"
    settings.OPERATOR_URL = "https://example.org/?a=1&b=2"
    page = client.get("/about/").text
    assert "OPERATOR_NAME" not in page
    link = (
        '<a href="https://example.org/?a=1&amp;b=2" rel="external">Ministry of &lt;Examples&gt;</a>'
    )
    assert link in page


def test_what_the_operator_says_of_privacy_is_linked(client: Client, settings: Any) -> None:
    assert "say more" not in client.get("/about/privacy/").text
    settings.PRIVACY_URL = "https://example.org/privacy"
    assert 'href="https://example.org/privacy"' in client.get("/about/privacy/").text


def test_readers_get_no_cookie(client: Client) -> None:
    make.initiative("gallium")
    for address in (*PAGES, "/", "/initiatives/", "/initiatives/gallium/", "/search/?q=gallium"):
        client.get(address)
    assert not client.cookies


def test_an_error_is_reported_with_the_address_of_the_page(client: Client, settings: Any) -> None:
    page = "/initiatives/?q=a+%26+b&status=completed"
    assert reported_at(client, page) == "/about/method/#dispute"
    settings.CONTACT_URL = "https://example.org/form?about={page}&lang=en"
    address = urlsplit(reported_at(client, page))
    assert parse_qs(address.query)["about"] == [f"http://testserver{page}"]
    settings.CONTACT_EMAIL = "record@example.org"
    scheme, _at, query = reported_at(client, page).partition("?")
    assert scheme == "mailto:record@example.org"
    assert "+" not in query
    assert "Error on /initiatives/" in unquote(query)
    assert f"http://testserver{page}" in unquote(query)


def test_a_page_that_does_not_exist_can_be_reported_too(client: Client) -> None:
    assert reported_at(client, "/initiatives/nothing-here/") == "/about/method/#dispute"
