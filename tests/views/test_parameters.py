"""Every public address honours what it understands of a query string, and says what it does not."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from initiatives.exports.made_files import make_files
from initiatives.query.filters import InitiativeFilter
from initiatives.views.day_links import of_days
from tests import make
from tests.addresses import addresses
from tests.exports.test_exports import leave
from tests.extent import COMBINES_ALL, in_turn
from tests.world import World, make_world

pytestmark = pytest.mark.django_db

DAY = "2022-05-01"
# Addresses that always show today; all others honour a day.
OF_TODAY = re.compile(
    r"/search/.*|/data/.*|/corrections.*|/about/(?!method/).*|/.*\.(atom|ics|txt|xml)"
)


@pytest.fixture
def world(settings: Settings, tmp_path: Path) -> World:
    settings.ARCHIVE_DIR = tmp_path / "archive"
    world = make_world()
    make_files(at_once=True)
    return world


def ask(client: Client, address: str) -> tuple[int, str]:
    """The status, and the page or file as text; of binary files nothing."""
    response: Any = client.get(address)
    body = response.getvalue()
    leave(response)
    return response.status_code, unescape(body.decode(errors="replace"))


# All tests here begin with the same world.
EXISTING: list[str] = []


def existing(client: Client, world: World) -> list[str]:
    """The addresses that answer 200 without a query string."""
    if not EXISTING:
        known = sorted(set(addresses(world, every_table=False)))
        assert len(known) > 70
        EXISTING.extend(address for address in known if ask(client, address)[0] == 200)
    return EXISTING


def is_page(address: str) -> bool:
    return address.endswith("/") and not address.startswith("/embed/")


def test_every_address_honours_a_day_or_refuses_it(client: Client, world: World) -> None:
    for number, address in enumerate(existing(client, world)):
        for value in in_turn(number, ("nonsense", "2022-05-01x", "9999-12-31")):
            status, text = ask(client, f"{address}?as_of={value}")
            assert status == 400, address
            assert "as_of" in text, address
        status, text = ask(client, f"{address}?as_of={DAY}")
        assert status == (400 if OF_TODAY.fullmatch(address) else 200), address
        assert bool(of_days().fullmatch(address)) == (status == 200), address
        if status == 400:
            assert "Expected: no day, as this address always shows today." in text, address
        elif is_page(address):
            assert "1 May 2022" in text, address
        if COMBINES_ALL or number % 3 == 0:
            assert ask(client, f"{address}?as_of=")[0] == 200, address


def test_an_unknown_parameter_is_refused_by_files_and_named_by_pages(
    client: Client, world: World
) -> None:
    for address in existing(client, world):
        status, text = ask(client, f"{address}?dialouge=ca-japan")
        if is_page(address):
            assert status == 200, address
            assert "Not used: dialouge" in text, address
        else:
            assert status == 400, address
            assert "dialouge" in text, address


def test_a_wrong_page_number_is_refused(client: Client, world: World) -> None:
    for address in ("/initiatives/university/", "/reports/statement/", "/meetings/", "/changes/"):
        for value in ("x", "0", "-1", "1.5"):
            assert ask(client, f"{address}?page={value}")[0] == 400, (address, value)
    assert ask(client, "/sitemap-initiatives.xml?p=x")[0] == 400
    assert ask(client, "/sitemap-initiatives.xml?p=1")[0] == 200


@pytest.mark.parametrize(
    "query",
    ["as_of=2022-05-01&as_of=2023-05-01", "as_of=x&as_of=2022-05-01", "sort=due&sort=title"],
)
def test_two_values_of_what_has_one_are_refused(client: Client, query: str) -> None:
    for address in ("/initiatives/", "/initiatives.csv"):
        status, text = ask(client, f"{address}?{query}")
        assert (status, "Expected: one value." in text) == (400, True), address
    name = query.partition("=")[0]
    value = query.rpartition("=")[2]
    assert ask(client, f"/initiatives/?{name}={value}&{name}={value}&{name}=")[0] == 200


def test_what_newsletters_add_changes_nothing(client: Client, world: World) -> None:
    marks = "utm_source=x&utm_medium=é&fbclid=1&gclid=2&mc_cid=3&%75tm_campaign=4"
    for address in existing(client, world):
        if address.endswith((".docx", ".xlsx", ".json", ".zip")):
            # They say when they were made.
            assert ask(client, f"{address}?{marks}")[0] == 200, address
        else:
            assert ask(client, f"{address}?{marks}") == ask(client, address), address
    with_filter = ask(client, f"/initiatives/?utm_source=x&dialogue=ca-japan&{marks}")
    assert with_filter == ask(client, "/initiatives/?dialogue=ca-japan")


@pytest.mark.usefixtures("kept_pages")
def test_a_page_is_kept_once_whatever_newsletters_add(client: Client, world: World) -> None:
    plain = client.get("/initiatives/")
    marked = client.get("/initiatives/?utm_source=x")
    assert marked.headers["ETag"] == plain.headers["ETag"]
    again = client.get("/initiatives/?gclid=1", headers={"if-none-match": plain.headers["ETag"]})
    assert again.status_code == 304
    # Neither the tag of a page nor the question for headers alone lets a wrong parameter pass.
    known = {"if-none-match": client.get("/initiatives.csv").headers["ETag"]}
    for query in ("as_of=nonsense", "dialouge=x"):
        for asked in (client.get, client.head):
            response = asked(f"/initiatives.csv?{query}", headers=known)
            assert response.status_code == 400
            assert response.headers["Cache-Control"] == "no-store"


def test_the_canonical_address_has_nothing_of_what_is_not_used(
    client: Client, world: World
) -> None:
    for query in ("utm_source=x&theme=education", "theme=education&dialouge=x"):
        _status, text = ask(client, f"/initiatives/?{query}")
        assert '/initiatives/?theme=education">' in text
        assert 'rel="canonical"' in text
        canonical = re.search(r'rel="canonical" href="([^"]+)"', text)
        assert canonical
        assert canonical[1].endswith("/initiatives/?theme=education")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("dialouge=x", "Not used: dialouge; did you mean dialogue?"),
        ("Theme=x", "Not used: Theme; did you mean theme?"),
        ("colour=x", "Not used: colour."),
        ("<script>=x", "Not used: <script>."),
        ("x" * 60, f"Not used: {'x' * 40}…."),
    ],
)
def test_the_line_names_the_parameter_and_the_one_meant(
    client: Client, query: str, words: str
) -> None:
    response = client.get(f"/initiatives/?{query}")
    assert words in unescape(response.content.decode())
    assert "<script>=" not in response.content.decode()


def test_few_of_many_unknown_parameters_are_named(client: Client) -> None:
    query = "&".join(f"zz{number}=1" for number in range(40))
    assert client.get(f"/?{query}").content.decode().count("Not used: ") == 5


def test_a_file_names_the_parameter_that_was_meant(client: Client) -> None:
    make.initiative()
    text = unescape(client.get("/initiatives.csv?dialouge=x").content.decode())
    assert "dialouge is “x”. Expected: dialogue instead" in re.sub("<[^>]+>", "", text)
    text = unescape(client.get("/initiatives.csv?zzz=x").content.decode())
    assert (
        f"one of the parameters of this address: {', '.join(InitiativeFilter.parameters())}" in text
    )
    text = unescape(client.get("/data/csv/themes.csv?zzz=x").content.decode())
    assert "nothing, as this address has no parameters" in text
