"""The stream of changes: what was recorded, by day, by filter, in pages."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from initiatives.models import ENTRIES, Mention, StatusUpdate
from initiatives.pages import changes
from tests import make
from tests.world import hang_drafts_on, hang_past_on, make_world

pytestmark = pytest.mark.django_db


def page(client: Client, query: str = "") -> str:
    response = client.get(f"/changes/?{query}")
    assert response.status_code == 200, query
    return response.content.decode()


def shown(client: Client, query: str = "") -> list[str]:
    """The titles of initiatives in the stream, in its order."""
    return re.findall(
        r'<h[34]><a href="/initiatives/[^"]+">([^<]*)</a></h[34]>', page(client, query)
    )


def record_on(entry: Any, day: str, hour: int = 12) -> None:
    """Let an entry have been recorded on that day."""
    at = datetime.datetime.fromisoformat(f"{day}T{hour:02}:00:00+00:00")
    models.QuerySet(type(entry)).filter(pk=entry.pk).update(recorded_at=at)


@pytest.fixture
def stream() -> dict[str, Any]:
    """Three entries on three initiatives, recorded on two days."""
    japan, korea = make.participant("jp", name="Japan"), make.participant("kr", name="Korea")
    water, roads = make.theme("water", name="Water"), make.theme("roads", name="Roads")
    old = make.initiative("old", title="Old", proposers=[japan], themes=[water])
    new = make.initiative("new", title="New", proposers=[korea], themes=[roads])
    said = make.initiative("said", title="Said")
    record_on(make.update(initiative=old, status="delivered", on="2020"), "2026-01-01")
    record_on(make.update(initiative=new, status="under_way", on="2019"), "2026-02-01")
    mention = make.mention(
        initiative=said,
        act="adopted",
        participants=[japan],
        report=make.report(published_on="2021"),
    )
    record_on(mention, "2026-02-01", hour=15)
    return {"old": old, "new": new, "said": said}


@pytest.mark.usefixtures("stream")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Said", "New", "Old"]),
        ("entry=update", ["New", "Old"]),
        ("entry=mention", ["Said"]),
        ("entry=mention&entry=update", ["Said", "New", "Old"]),
        ("status=delivered", ["Old"]),
        ("act=adopted", ["Said"]),
        ("act=proposed", []),
        ("act=adopted&status=delivered", ["Said", "Old"]),
        ("act=adopted&entry=update", []),
        ("participant=jp", ["Said", "Old"]),
        ("participant=kr", ["New"]),
        ("participant=kr&participant=jp&theme=water", ["Old"]),
        ("theme=roads", ["New"]),
        ("initiative=said&initiative=old", ["Said", "Old"]),
        ("utm=1", ["Said", "New", "Old"]),
    ],
)
def test_the_stream_can_be_filtered(client: Client, query: str, expected: list[str]) -> None:
    assert shown(client, query) == expected


@pytest.mark.usefixtures("stream")
def test_what_was_recorded_on_one_day_stands_together(client: Client) -> None:
    headings = re.findall(r"<h2[^>]*><time[^>]*>([^<]+)</time></h2>", page(client))
    assert headings == ["1 February 2026", "1 January 2026"]


def test_the_stream_has_pages(client: Client) -> None:
    world = make_world()
    make.initiatives(30, **world.shared)
    whole = shown(client, "per=100")
    assert len(whole) == sum(model.objects.count() for model in ENTRIES)
    assert len(whole) == 63
    assert [shown(client, f"page={number}") for number in (1, 2, 3)] == [
        whole[:25],
        whole[25:50],
        whole[50:],
    ]
    assert 'href="?page=2"' in page(client)
    assert client.get("/changes/?page=9").status_code == 404


def test_the_stream_goes_back_only_so_far(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "FARTHEST", 50)
    make.initiatives(40, **make_world().shared)
    assert len(shown(client, "page=2")) == 25
    assert client.get("/changes/?page=3").status_code == 404
    assert client.get(f"/changes/?page={10**9}").status_code == 404


def test_each_kind_is_read_only_as_far_as_needed(client: Client) -> None:
    make.initiatives(90, **make_world().shared)
    with CaptureQueriesContext(connection) as asked:
        page(client)
    # 25 rows of a page, and the one that says that there is another page; what was recorded, and what was withdrawn.
    assert len([q for q in asked.captured_queries if "LIMIT 26" in q["sql"]]) == 6


def test_an_empty_stream_says_so(client: Client) -> None:
    assert "Nothing has been recorded yet" in page(client)
    make_world()
    assert "matches all of these filters" in page(client, "status=dropped")


@pytest.mark.parametrize(
    "query",
    ["page=x", "page=0", "per=1", "status=x", "initiative=x", "theme=" + "x" * 3000, "sort=title"],
)
def test_nonsense_is_answered_by_name(client: Client, query: str) -> None:
    make_world()
    assert client.get(f"/changes/?{query}").status_code == 400
    assert client.get(f"/changes/?page={10**9}").status_code == 404
    assert client.post("/changes/").status_code == 405


def test_drafts_and_what_was_taken_back_are_not_in_it(client: Client) -> None:
    world = make_world()
    hang_past_on(world, "secret")
    before = shown(client)
    hang_drafts_on(world, "secret")
    assert shown(client) == before
    assert "secret" not in page(client)
    assert client.get("/changes/?initiative=secret-initiative").status_code == 400


def test_the_cost_does_not_grow(client: Client) -> None:
    world = make_world()

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            page(client)
        return len(asked)

    def queries_among_60_more() -> tuple[int, int]:
        """With the index, which each filter adds to, and once it is up to date."""
        make.initiatives(60, **world.shared)
        return queries(), queries()

    page(client)
    first_before, before = queries_among_60_more()
    first, again = queries_among_60_more()
    assert first <= first_before
    assert again <= before <= 12
    assert Mention.objects.count() + StatusUpdate.objects.count() > 100
