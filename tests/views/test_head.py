"""Who asks for the headers of a page alone changes nothing for who asks for the page."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from initiatives.exports.made_files import make_files
from tests.addresses import addresses
from tests.clock import Clock
from tests.exports.test_exports import leave
from tests.extent import COMBINES_ALL, in_turn
from tests.world import make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_pages")]


def status_and_body(response: Any) -> tuple[int, Any]:
    """The status and the body; of an archive what it holds, as its own bytes name the moment in which it was made."""
    body: Any = response.getvalue()
    leave(response)
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as bundle:
            body = {name: bundle.read(name) for name in bundle.namelist() if "core.xml" not in name}
    return response.status_code, body


def test_a_page_is_the_same_after_its_headers_were_asked_for(
    client: Client,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Lists say at which second they were read.
    Clock(monkeypatch, "2026-01-31")
    settings.ARCHIVE_DIR = tmp_path / "archive"
    world = make_world()
    make_files(at_once=True)
    paths = sorted(set(addresses(world, every_table=False)))
    for number, path in enumerate(paths if COMBINES_ALL else paths[::2]):
        for query in in_turn(number, ("", "?as_of=2024-08-09")):
            address = path + query
            without = status_and_body(client.get(address))
            cache.clear()
            status, body = status_and_body(client.head(address))
            assert (status, body) == (without[0], b""), address
            assert status_and_body(client.get(address)) == without, address


@pytest.mark.parametrize("address", ["/dialogues/ca-japan/brief.docx", "/meetings/fm-8/brief.docx"])
def test_headers_alone_name_no_length_that_the_document_does_not_have(
    client: Client, address: str
) -> None:
    make_world()
    head, page = client.head(address), client.get(address)
    assert page.content
    assert head.headers.get("Content-Length") in (None, page.headers["Content-Length"])
    for name in ("Content-Type", "Content-Disposition", "ETag", "Cache-Control"):
        assert head.headers[name] == page.headers[name]
