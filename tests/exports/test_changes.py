"""The stream of changes to take away: the filters of the page, all of it, with what each entry says."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.test import Client

from initiatives.exports import changes
from initiatives.exports.openapi import row_of
from initiatives.pages import changes as stream
from initiatives.recording.actions import withdraw
from tests import make
from tests.pages.test_changes import record_on
from tests.world import hang_drafts_on, make_world

pytestmark = pytest.mark.django_db


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    response: Any = client.get(f"/changes.csv?{query}")
    assert response.status_code == 200, query
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def objects(client: Client, query: str = "") -> list[dict[str, Any]]:
    answer: Any = json.loads(client.get(f"/changes.json?{query}").getvalue())
    found: list[dict[str, Any]] = answer["changes"]
    return found


def test_it_says_what_was_recorded_where_and_by_which_document(client: Client) -> None:
    row = make.initiative("rail", title="Rail", dialogue=make.dialogue("d1"))
    report = make.report("news", publisher="Agency", published_on="2026-01", title="News")
    update = make.update(
        initiative=row, status="under_way", on="2026-01-05", what="Begun.", report=report
    )
    record_on(update, "2026-02-03")
    told = objects(client, "entry=update")
    assert told == [
        {
            "at": "2026-02-03T12:00:00Z",
            "change": "recorded",
            "entry": "update",
            "ref": update.ref,
            "initiative": {
                "slug": "rail",
                "title": "Rail",
                "address": "http://testserver/initiatives/rail/",
            },
            "dialogue": {"slug": "d1"},
            "act": None,
            "status": "under_way",
            "verifiability": None,
            "on": "2026-01-05",
            "what": "Begun.",
            "report": {
                "slug": "news",
                "title": "News",
                "publisher": "Agency",
                "published_on": "2026-01",
                "original": "https://example.org/news",
            },
            "locator": "para 7",
            "reason": None,
        }
    ]
    line = rows(client, "entry=update")[0]
    assert list(line) == [column.name for column in changes.CHANGES]
    assert (line["report.original"], line["what"]) == ("https://example.org/news", "Begun.")


def test_it_has_the_filters_of_the_page_and_a_span_of_days(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.get("/changes/?since=2026-01-02").content.decode()
    assert 'name="since" type="date" min="1900-01-01" value="2026-01-02"' in page
    assert "Recorded since 2026-01-02" in page
    monkeypatch.setattr(stream, "FARTHEST", 1)
    monkeypatch.setattr(changes, "CHUNK", 2)
    one, other = make.dialogue("d1"), make.dialogue("d2")
    for n in range(6):
        row = make.initiative(f"i{n}", dialogue=other if n == 5 else one)
        record_on(make.update(initiative=row), f"2026-01-{n + 1:02}")
    update = make.update(initiative=make.initiative("gone", dialogue=one))
    record_on(update, "2026-01-03", hour=23)
    withdraw(by=None, entry=update, reason="It is not so.")

    def found(query: str) -> list[tuple[str, str]]:
        told = [(row["initiative.slug"], row["change"]) for row in rows(client, query)]
        in_json = [(row["initiative"]["slug"], row["change"]) for row in objects(client, query)]
        assert told == in_json
        return told

    recorded = [(name, "recorded") for name in ("i4", "i3", "gone", "i2", "i1", "i0")]
    assert found("entry=update&dialogue=d1") == [("gone", "withdrawn"), *recorded]
    within = "entry=update&dialogue=d1&since=2026-01-02&until=2026-01-03"
    assert found(within) == [("gone", "recorded"), ("i2", "recorded"), ("i1", "recorded")]
    assert rows(client, "since=2026-01-01")[0]["reason"] == "It is not so."
    for query in ("since=soon", "until=2026-13-01", "since=2026-01-01&since=2026-01-02"):
        for address in ("/changes.csv", "/changes.json", "/changes.atom", "/changes/"):
            assert client.get(f"{address}?{query}").status_code == 400, (address, query)


def test_drafts_are_absent_and_the_rows_are_as_described(client: Client) -> None:
    world = make_world()
    before = rows(client)
    hang_drafts_on(world, "Secret")
    assert rows(client) == before
    described = row_of(changes.CHANGES)["properties"]
    assert all(list(row) == list(described) for row in objects(client))
