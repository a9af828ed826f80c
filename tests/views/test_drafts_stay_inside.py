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

from tests.addresses import addresses, routes
from tests.world import hang_drafts_on, make_world

pytestmark = pytest.mark.django_db

WORD = "zzsecret"
QUERIES = (
    "",
    f"?q={WORD}",
    f"?initiative={WORD}-initiative",
    "?as_of=2024-08-09",
    "?view=table&per=100",
    "?sort=due&flag=overdue&flag=stale",
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


@pytest.mark.parametrize("query", QUERIES)
def test_no_public_answer_tells_of_a_draft(
    client: Client, settings: Settings, tmp_path: Path, query: str
) -> None:
    settings.ARCHIVE_DIR = tmp_path
    world = make_world()
    hang_drafts_on(world, WORD)
    answered = set()
    for address in addresses(world, more=(f"{WORD}-initiative",)):
        response = client.get(address + query)
        texts = list(readable(body(response)))
        assert not any(f"{WORD} " in text for text in texts), address
        if response.status_code == 200:
            answered.add(response.resolver_match.url_name)
            assert f"/{WORD}" not in address
            # Only who asks for the name is told it.
            assert WORD in query or not any(WORD in text for text in texts), address
        else:
            assert response.status_code in {400, 404}, address
    if not query:
        assert answered == {route.name for route in routes()}


def test_the_word_would_be_found(client: Client) -> None:
    world = make_world(title=f"{WORD} title")
    for address in ("/initiatives.xlsx", world.initiative.get_absolute_url()):
        assert any(f"{WORD} " in text for text in readable(body(client.get(address)))), address
