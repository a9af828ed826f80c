"""What is a draft is in no public answer: every address is asked, in every format, whatever is asked for."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from initiatives.exports.made_files import make_files
from initiatives.recording import actions
from initiatives.recording.basis import show
from tests.addresses import addresses, routes
from tests.clock import Clock
from tests.extent import in_turn
from tests.world import hang_drafts_on, hang_shown_later_on, make_world

pytestmark = pytest.mark.django_db

WORD = "zzsecret"
QUERIES = (
    "",
    f"?q={WORD}",
    f"?initiative={WORD}-initiative",
    "?as_of=2024-08-09",
    "?view=table&per=100",
    "?sort=due&flag=overdue&flag=stale",
    f"?participant={WORD}-country&theme={WORD}-theme&meeting={WORD}-meeting",
)


# Every text of a draft in that world begins with the word and a space.


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


def readable(content: bytes) -> Iterator[str]:
    """The texts of an answer; what is packed (workbooks, documents, archives) is unpacked."""
    if content[:2] == b"\x1f\x8b":
        content = gzip.decompress(content)
    if content[:4] != b"PK\x03\x04":
        yield content.decode()
        return
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for name in packed.namelist():
            if not name.endswith((".png", ".jpeg", "/")):
                yield from readable(packed.read(name))


def asked_with(query: str, known: list[str]) -> list[str]:
    """The addresses to ask with that query: in some runs all that can be filtered, and of the others its turn."""
    return [
        address
        for number, address in enumerate(known)
        if not query
        or address == "/initiatives/"
        or address.startswith(("/initiatives.", "/matrix"))
        or query in in_turn(number, QUERIES[1:], 2)
    ]


def test_no_public_answer_tells_of_a_draft(
    client: Client, settings: Settings, tmp_path: Path
) -> None:
    """Neither of those among public things, nor of those on which nothing public rests."""
    settings.ARCHIVE_DIR = tmp_path
    world = make_world()
    hang_drafts_on(world, WORD)
    drafts = hang_shown_later_on(world, WORD)
    actions.refresh([world.initiative.pk])
    keys = (f"{WORD}-initiative", *(str(row.natural_key()[0]) for row in drafts))
    make_files(at_once=True)
    known = list(addresses(world, more=keys))
    answered = set()
    for query in QUERIES:
        for address in asked_with(query, known):
            response = client.get(address + query)
            texts = list(readable(body(response)))
            assert not any(f"{WORD} " in text for text in texts), address + query
            if response.status_code == 200:
                answered.add(response.resolver_match.url_name)
                assert f"/{WORD}" not in address
                # Only who asks for the name is told it.
                assert WORD in query or not any(WORD in text for text in texts), address + query
            else:
                assert response.status_code in {400, 404}, address + query
        if not query:
            assert answered == {route.name for route in routes()}
    assert not any(type(row)._default_manager.get(pk=row.pk).is_public for row in drafts)


def test_a_draft_is_answered_as_what_is_not_there(client: Client) -> None:
    world = make_world()
    for row in hang_shown_later_on(world, WORD):
        url = row.get_absolute_url()  # type: ignore[attr-defined]
        key = str(row.natural_key()[0])
        here, nowhere = client.get(url), client.get(url.replace(key, "nothing-at-all"))
        assert here.status_code == nowhere.status_code == 404
        same = nowhere.content.decode().replace("nothing-at-all", key)
        assert here.content.decode() == same


def test_what_was_a_draft_on_a_day_is_on_no_page_of_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch, "2026-04-01")
    world = make_world()
    rows = hang_shown_later_on(world, WORD)
    clock.turn(60)
    for row in rows:
        show(by=None, row=row)
    clock.turn(1)
    country, theme, meeting, held, report, about = rows
    pages = {
        world.meeting.get_absolute_url(): [held, report],
        world.participant.get_absolute_url(): [held, report],
        "/": [meeting, held],
    }
    for page, seen_today in pages.items():
        then, today = text_of(client, f"{page}?as_of=2026-05-01"), text_of(client, page)
        assert not any(str(row) in then for row in rows), page
        assert all(str(row) in today for row in seen_today), page
    for row in (meeting, held, country):
        address = row.get_absolute_url()  # type: ignore[attr-defined]
        for asked in (address, f"{address.removesuffix('/')}.json"):
            assert client.get(asked, {"as_of": "2026-05-01"}).status_code == 404
        assert client.get(address, {"as_of": "2026-05-31"}).status_code == 200
    assert about.is_public
    assert theme.is_public


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_word_would_be_found(client: Client) -> None:
    world = make_world(title=f"{WORD} title")
    for address in ("/initiatives.xlsx", world.initiative.get_absolute_url()):
        assert any(f"{WORD} " in text for text in readable(body(client.get(address)))), address
