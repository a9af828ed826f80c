"""Pages in the language of their prefix, and where each other language is."""

import json
import re
from threading import Thread
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import Client, RequestFactory
from django.urls import get_script_prefix, reverse, set_script_prefix
from django.utils import translation
from django.utils.translation import get_language

from initiatives.languages import ENGLISH
from initiatives.models.addresses import DATA, _page_address
from tests import make
from tests.kept_connection import kept_connection
from tests.world import make_world

pytestmark = pytest.mark.django_db


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


@pytest.mark.parametrize(
    ("address", "tag"), [("/", "en"), ("/ja/", "ja"), ("/uz/", "uz-Latn"), ("/tk/", "tk")]
)
def test_a_page_says_its_language(client: Client, address: str, tag: str) -> None:
    assert f'<html lang="{tag}">' in page(client, address)


def test_every_link_of_a_page_stays_in_its_language(client: Client) -> None:
    make_world()
    for address in ("/ja/", "/ja/initiatives/?status=delivered", "/ja/dialogues/"):
        text = re.sub(r"(?s)<details class=.menu languages.*?</details>", "", page(client, address))
        text = re.sub(r'<link rel="(?:alternate|canonical)"[^>]*>', "", text)
        paths = {path.partition("?")[0] for path in re.findall(r'(?:href|action)="(/[^"]*)"', text)}
        assert "/ja/initiatives/" in paths
        leaving = {path for path in paths if not path.startswith(("/ja/", "/static/"))}
        assert all(DATA.fullmatch(path) for path in leaving), leaving


def test_the_switch_keeps_page_filters_and_day(client: Client) -> None:
    text = page(client, "/ru/initiatives/?q=a%26b&as_of=2026-11-01")
    assert 'href="/ja/initiatives/?q=a%26b&amp;as_of=2026-11-01"' in text
    assert 'href="/initiatives/?q=a%26b&amp;as_of=2026-11-01"' in text


def test_search_engines_find_each_language_from_each(client: Client) -> None:
    text = page(client, "/kk/initiatives/?status=delivered&page=1")
    assert (
        '<link rel="canonical" href="http://testserver/kk/initiatives/?status=delivered">' in text
    )
    pairs = re.findall(r'rel="alternate" hreflang="([^"]+)" href="http://testserver([^"]+)"', text)
    assert dict(pairs)["en"] == "/initiatives/?status=delivered"
    assert dict(pairs)["uz-Latn"] == "/uz/initiatives/?status=delivered"
    assert dict(pairs)["x-default"] == "/initiatives/?status=delivered"
    assert len(pairs) == 9


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/ja", "/ja/"),
        ("/ja/initiatives.csv?q=a", "/initiatives.csv?q=a"),
        ("/ja/initiatives/x.json", "/initiatives/x.json"),
        ("/ja/data/initiative-tracker.zip", "/data/initiative-tracker.zip"),
        ("/ja/robots.txt", "/robots.txt"),
        ("/uz/admin/initiatives/", "/admin/initiatives/"),
        ("/ja/initiatives", "/ja/initiatives/"),
    ],
)
def test_what_is_the_same_in_all_languages_has_one_address(
    client: Client, address: str, leads_to: str
) -> None:
    response = client.get(address)
    assert (response.status_code, response.headers["Location"]) == (301, leads_to)


def test_what_leads_to_data_may_be_read_by_other_sites(client: Client) -> None:
    moved = client.get("/ja/initiatives.csv")
    assert moved.headers["Access-Control-Allow-Origin"] == "*"
    assert client.options("/ja/initiatives.csv").status_code == 204
    assert "Access-Control-Allow-Origin" not in client.get("/ja/initiatives").headers


def test_nothing_is_taken_where_data_is_in_any_language(client: Client) -> None:
    assert client.post("/ja/initiatives.csv", {"a": "b"}).status_code == 405
    assert client.post("/initiatives.csv", {"a": "b"}).status_code == 405


def test_where_the_site_is_mounted_is_told_from_the_language() -> None:
    """Under “/ru”, say: the same words in the address, another meaning."""
    make_world()
    for address, tag in (("/initiatives/", "en"), ("/ja/initiatives/", "ja"), ("/ru/", "ru")):
        request = RequestFactory().get(address, {"as_of": "2024-08-09"}, SCRIPT_NAME="/ru")
        # Of other tests, in which the site is mounted at the root; a process has one place.
        _page_address.cache_clear()
        try:
            with kept_connection():
                response: Any = get_wsgi_application()(request.environ, lambda *_: lambda _: None)
        finally:
            set_script_prefix("/")
            _page_address.cache_clear()
        text = b"".join(response).decode()
        assert f'<html lang="{tag}">' in text
        mount = "/ru" if tag == "en" else f"/ru/{tag}"
        assert f'href="{mount}/dialogues/?as_of=2024-08-09"' in text
        languages = dict(re.findall(r'<a href="([^"?]*)[^"]*" lang="([^"]*)"', text))
        page_of = address.removeprefix(f"/{tag}")
        assert languages[f"/ru{page_of}"] == "en"
        assert languages[f"/ru/ru{page_of}"] == "ru"
        if tag != "ru":
            assert 'href="/ru/initiatives.csv' in text


@pytest.mark.parametrize(
    "address", ["/xx/", "/ja/nowhere/", "/ja//evil.example/", "/ja/ja/", "/JA/"]
)
def test_what_is_nowhere_is_nowhere_in_any_language(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_desk_is_in_some_languages_too(client: Client) -> None:
    text = page(client, "/ja/admin/login/?next=/ja/admin/initiatives/")
    assert '<html lang="ja" dir="ltr">' in text
    assert 'href="/ru/admin/login/?next=/ru/admin/initiatives/"' in text
    assert 'href="/admin/login/?next=/admin/initiatives/"' in text
    elsewhere = page(client, "/ja/admin/login/?next=/ja/initiatives/")
    assert 'href="/ru/admin/login/?next=/ja/initiatives/"' in elsewhere
    assert '<html lang="en-gb" dir="ltr">' in page(client, "/admin/login/")
    assert client.get("/ja/admin/initiatives/").headers["Location"].startswith("/ja/admin/login/")


def test_no_address_leads_to_another_site(client: Client) -> None:
    assert client.get("/ja//evil.example/x.csv").headers["Location"].startswith("/%2F")


def test_a_language_ends_with_its_page(client: Client) -> None:
    client.get("/ja/")
    assert reverse("initiatives:home") == "/"
    assert get_language() == ENGLISH
    assert '<html lang="en">' in page(client, "/")


def test_no_reader_is_sent_elsewhere_for_what_their_browser_prefers(client: Client) -> None:
    response = client.get("/", headers={"Accept-Language": "ja"})
    assert response.status_code == 200
    assert "Vary" not in response.headers
    assert '<html lang="en">' in response.content.decode()


def test_programs_that_look_for_pages_find_those_of_every_language(client: Client) -> None:
    robots = page(client, "/robots.txt")
    assert "Sitemap: http://testserver/sitemap.xml\n" in robots
    assert "Sitemap: http://testserver/uz/sitemap.xml\n" in robots
    make_world()
    assert "http://testserver/uz/sitemap-initiatives.xml" in page(client, "/uz/sitemap.xml")
    for prefix in ("/uz", ""):
        found = re.findall("<loc>([^<]*)</loc>", page(client, f"{prefix}/sitemap-initiatives.xml"))
        assert found
        assert all(one.startswith(f"http://testserver{prefix}/initiatives/") for one in found)


def test_a_thread_reads_in_its_own_language_below_its_own_prefix() -> None:
    found: list[tuple[str | None, str]] = []

    def look() -> None:
        found.append((translation.get_language(), get_script_prefix()))

    before = get_script_prefix()
    with translation.override("ja"):
        set_script_prefix("/ja/")
        try:
            thread = Thread(target=look)
            thread.start()
            thread.join()
            look()
        finally:
            set_script_prefix(before)
    look()
    assert found == [("en-gb", "/"), ("ja", "/ja/"), ("en-gb", "/")]


def test_a_stream_keeps_its_language(client: Client) -> None:
    make_world(due_on="2030-05-01")
    response = client.get("/ja/initiatives.ics")
    assert response.streaming
    # Somebody else has been answered by this thread before it is read.
    client.get("/ru/")
    text = b"".join(response).decode().replace("\r\n ", "")
    addresses = re.findall(r"URL[^:]*:(http\S+)", text)
    assert addresses
    assert all(address.startswith("http://testserver/ja/") for address in addresses)


def test_titles_of_documents_are_marked_in_each_language(client: Client) -> None:
    report = make.report(title="Joint statement", language="en")
    for prefix, mark in (("/kk", ' lang="en"'), ("", ""), ("/ja", ' lang="en"'), ("", "")):
        text = page(client, f"{prefix}/reports/{report.slug}/")
        assert f'<h1 dir="auto"{mark}>Joint statement</h1>' in text, prefix


@pytest.mark.parametrize("path", ["healthz", "readyz", "static/initiatives/app.css"])
def test_what_is_no_page_is_in_no_language(client: Client, path: str) -> None:
    response = client.get(f"/ja/{path}")
    assert (response.status_code, response.headers["Location"]) == (301, f"/{path}")


def test_no_sentence_ends_twice(client: Client) -> None:
    world = make_world()
    make.update(initiative=world.initiative, report=world.report, status="under_way", on="2022-05")
    for name in ("initiatives", "meetings", "reports", "changes"):
        found = page(client, f"/ru/{name}.atom")
        assert "г." in found, name
        assert not re.search(r"[.。][.。]", found), name
        japanese = page(client, f"/ja/{name}.atom")
        assert not re.search(r"[.。][.。]|[ぁ-ん一-龠]\.", japanese), name
    for address in ("/ja/initiatives/university/", "/ja/dialogues/", "/ja/participants/"):
        assert not re.search(r"[ぁ-ん一-龠]\.\s", page(client, address)), address


def test_a_list_is_in_the_order_of_the_names_that_it_shows(client: Client) -> None:
    states = [
        make.participant(code, name=name, kind="state")
        for code, name in (("jp", "Japan"), ("uz", "Uzbekistan"))
    ]
    make.dialogue("mixed", members=states)
    air = make.theme("air", translations={"name": {"ru": "Ячмень"}})
    water = make.theme("water", translations={"name": {"ru": "Вода"}})
    initiative = make.initiative("both", themes=[air, water])
    make.mention(initiative=initiative, act="proposed", participants=states)
    for address, first, second in (
        ("/participants/", "Japan<", "Uzbekistan<"),
        ("/ru/participants/", "Узбекистан<", "Япония<"),
        ("/themes/", "Air<", "Water<"),
        ("/ru/themes/", "Вода<", "Ячмень<"),
        ("/initiatives/", "by Japan, Uz", ", Uzbekistan</span>"),
        ("/ru/initiatives/", ": Узбекистан, Я", ", Япония</span>"),
        ("/ru/", ">Узбекистан</a>", ">Япония</a>"),
        ("/dialogues/mixed/", ">Japan</a>", ">Uzbekistan</a>"),
        ("/ru/dialogues/mixed/", ">Узбекистан</a>", ">Япония</a>"),
        ("/ru/initiatives/both/", ">Вода</a>", ">Ячмень</a>"),
    ):
        found = page(client, address)
        assert 0 < found.index(first) < found.index(second), address


def test_what_names_a_record_is_in_the_language_of_the_page_or_marked(client: Client) -> None:
    named: dict[str, Any] = {"name": "The Dialogue", "translations": {"name": {"ja": "対話"}}}
    make.initiative("first", dialogue=make.dialogue("one", **named))
    make.initiative("second", dialogue=make.dialogue("two", name="Other Dialogue"))
    assert "<span>対話</span>" in page(client, "/ja/embed/first/")
    assert '<span lang="en">Other Dialogue</span>' in page(client, "/ja/embed/second/")
    home = page(client, "/ja/").partition('id="main"')[2]
    assert ">対話</a>" in home
    assert '><span lang="en">Other Dialogue</span></a>' in home
    assert "The Dialogue" not in home
    make.meeting("meeting", dialogue=make.dialogue("three", name="Third Dialogue"))
    assert '<span lang="en">Third Dialogue</span></a>' in page(client, "/ja/meetings/meeting/")


def test_feeds_and_badges_say_what_has_a_translation(client: Client) -> None:
    said = {"title": {"ja": "大学"}, "summary": {"ja": "学校。"}}
    initiative = make.initiative("plan", title="Plan", summary="A school.", translations=said)
    make.update(
        initiative=initiative, what="It opened.", translations={"what": {"ja": "開校した。"}}
    )
    feed = page(client, "/ja/initiatives.atom")
    assert "学校。" in feed
    assert "A school." not in feed
    assert "開校した。" in page(client, "/ja/changes.atom")
    assert "大学" in page(client, "/ja/initiatives/plan/badge.svg")


def test_programs_are_told_the_addresses_and_names_of_the_language(client: Client) -> None:
    dialogue = make.dialogue(name="The Dialogue", translations={"name": {"ja": "対話"}})
    meeting = make.meeting(
        "first", dialogue=dialogue, title="First", translations={"title": {"ja": "第一回"}}
    )
    make.initiative("plan", raised_at=meeting)
    for prefix, title, name in (("", "First", "The Dialogue"), ("/ja", "第一回", "対話")):
        assert _linked_data(client, f"{prefix}/")["url"] == f"http://testserver{prefix}/"
        assert _linked_data(client, f"{prefix}/initiatives/plan/")["event"]["name"] == title
        event = _linked_data(client, f"{prefix}/meetings/first/")
        assert event["superEvent"]["name"] == name


def _linked_data(client: Client, address: str) -> dict[str, Any]:
    found = re.search(r'(?s)ld\+json"[^>]*>(.*?)</script>', page(client, address))
    assert found, address
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_what_stands_in_a_row_has_the_comma_of_the_language(client: Client) -> None:
    make_world()
    make.theme("two", sdgs=[4, 6])
    for prefix, mark in (("", ", "), ("/ja", "、")):
        assert f"4{mark}6</span>" in page(client, f"{prefix}/themes/")
        assert f"</cite>{mark.rstrip()}" in page(client, f"{prefix}/initiatives/university/")
