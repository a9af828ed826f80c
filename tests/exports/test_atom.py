"""Feeds: what is new comes up, under a name that stays, dated by the data; nothing that is not public."""

from __future__ import annotations

import datetime
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pyroaring import BitMap

from initiatives.exports import last_modified
from initiatives.exports.stable_ids import name_of
from initiatives.facets import index as facet_index
from initiatives.models import Initiative
from initiatives.recording.publication import publish
from tests import make
from tests.world import hang_drafts_on, hang_past_on, make_world

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
LISTS = ["initiatives", "dialogues", "meetings", "participants", "themes", "reports", "changes"]


def read(client: Client, address: str) -> ET.Element:
    response = client.get(address)
    assert response.status_code == 200, address
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(response.content)


def text(element: ET.Element, name: str) -> str:
    found = element.find(ATOM + name)
    assert found is not None, name
    return found.text or ""


def entries(client: Client, address: str) -> list[tuple[str, str]]:
    """Title and id of each entry; what every entry has to have is checked."""
    feed = read(client, address)
    for name in ("title", "id", "updated"):
        assert text(feed, name)
    own = [link.get("href") for link in feed.findall(ATOM + "link") if link.get("rel") == "self"]
    assert own == [f"http://testserver{address}"]
    found = feed.findall(ATOM + "entry")
    moments = [datetime.datetime.fromisoformat(text(entry, "updated")) for entry in found]
    assert moments == sorted(moments, reverse=True)
    assert not moments or datetime.datetime.fromisoformat(text(feed, "updated")) == moments[0]
    ids = [text(entry, "id") for entry in found]
    assert len(set(ids)) == len(ids)
    for entry in found:
        link = entry.find(ATOM + "link")
        assert link is not None
        assert str(link.get("href")).startswith("http://testserver/")
        assert client.get(str(link.get("href"))).status_code == 200
    return [(text(entry, "title"), one) for entry, one in zip(found, ids, strict=True)]


def titles(client: Client, address: str) -> list[str]:
    return [title for title, _id in entries(client, address)]


def news(client: Client, address: str) -> list[str]:
    """The titles of what was recorded, without what became overdue or silent by itself."""
    return [title for title in titles(client, address) if ": " not in title]


@pytest.mark.parametrize("name", LISTS)
def test_every_list_is_a_feed(client: Client, name: str) -> None:
    assert entries(client, f"/{name}.atom") == []
    make_world()
    found = entries(client, f"/{name}.atom")
    assert found
    assert entries(client, f"/{name}.atom") == found


@pytest.mark.parametrize("name", LISTS)
def test_asking_again_gives_the_same_bytes(client: Client, name: str) -> None:
    make_world()
    assert client.get(f"/{name}.atom").content == client.get(f"/{name}.atom").content
    tag = client.get(f"/{name}.atom").headers["ETag"]
    assert client.get(f"/{name}.atom", headers={"If-None-Match": tag}).status_code == 304


def updated(client: Client, name: str) -> list[tuple[str, str]]:
    """Id and moment of each entry of a feed, in its order."""
    feed = read(client, f"/{name}.atom")
    return [(text(entry, "id"), text(entry, "updated")) for entry in feed.findall(ATOM + "entry")]


@pytest.mark.parametrize(
    ("name", "mend", "news"),
    [
        ("initiatives", {"title": "Mended", "summary": "Mended."}, {"delivery_status": "dropped"}),
        ("meetings", {"title": "Mended", "note": "Mended."}, {"state": "postponed"}),
        ("meetings", {"city": "Tokyo"}, {"starts_on": "2031"}),
        ("reports", {"title": "Mended"}, {"published_on": "2031"}),
        ("participants", {"name": "Mended"}, None),
        ("dialogues", {"purpose": "Mended."}, None),
        ("themes", {"name": "Mended"}, None),
    ],
)
def test_a_correction_of_wording_is_no_news(
    client: Client, name: str, mend: dict[str, str], news: dict[str, str] | None
) -> None:
    maker = getattr(make, name.removesuffix("s"))
    first, _second = maker(), maker()
    before = updated(client, name)
    for field, value in mend.items():
        setattr(first, field, value)
    first.save()
    assert updated(client, name) == before
    if news:
        for field, value in news.items():
            setattr(first, field, value)
        first.save()
        after = updated(client, name)
        own = str(name_of(first))
        assert after[0][0].endswith(own)
        assert after[0][1] > dict(before)[after[0][0]]
        # And a typo mended after that moves nothing either.
        type(first).objects.get(pk=first.pk).save()
        assert updated(client, name) == after


def test_an_initiative_comes_up_when_something_new_is_known(client: Client) -> None:
    first, second, third = (make.initiative(title=title) for title in ("First", "Second", "Third"))
    make.mention(initiative=third, publication="draft")
    assert news(client, "/initiatives.atom") == ["Third", "Second", "First"]
    before = dict(entries(client, "/initiatives.atom"))
    make.update(initiative=first)
    assert news(client, "/initiatives.atom") == ["First", "Third", "Second"]
    # The standing stays as it is, so that the row of the initiative does not change.
    make.mention(initiative=second, act="mentioned", report=make.report(published_on=None))
    assert news(client, "/initiatives.atom") == ["Second", "First", "Third"]
    make.hidden_again(third)
    publish(by=None, row=third)
    assert news(client, "/initiatives.atom") == ["Third", "Second", "First"]
    assert before.items() <= dict(entries(client, "/initiatives.atom")).items()


def test_a_feed_has_the_filters_of_its_list(client: Client) -> None:
    world = make_world()
    assert news(client, "/initiatives.atom?theme=education") == ["Digital University"]
    assert news(client, "/initiatives.atom?q=university&sort=title") == ["Digital University"]
    assert client.get("/initiatives.atom?as_of=2001-01-01").status_code == 400
    make.meeting(dialogue=world.dialogue, title="Next", starts_on="2030")
    assert titles(client, "/meetings.atom?year=2030") == ["Next"]
    assert titles(client, "/reports.atom?participant=jp") == ["Joint Statement"]
    page = read(client, "/initiatives.atom?theme=education&utm_source=x").find(f"{ATOM}link")
    assert page is not None
    assert page.get("href") == "http://testserver/initiatives/?theme=education"


@pytest.mark.every_case
@pytest.mark.parametrize(
    "address",
    [
        "/initiatives.atom?status=x",
        "/meetings.atom?year=x",
        "/reports.atom?kind=%FF",
        "/changes.atom?act=x",
        "/changes.atom?initiative=nothing",
        "/changes.atom?page=0",
    ],
)
def test_nonsense_is_answered_by_name(client: Client, address: str) -> None:
    assert client.get(address).status_code == 400


def test_a_feed_ends_somewhere(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("initiatives.views.feeds", "initiatives.views.changes"):
        monkeypatch.setattr(f"{module}.ENTRIES", 3)
    world = make_world()
    make.initiatives(9, **world.shared)
    assert len(entries(client, "/initiatives.atom")) == 3
    assert len(entries(client, "/changes.atom")) == 3


@pytest.mark.parametrize(
    "title", ["<script>alert(1)</script>", "a\x01b\x0b", "]]>&amp;", "日本語 🌊"]
)
def test_no_title_breaks_a_feed(client: Client, title: str) -> None:
    initiative = make.initiative("odd", title=title, summary=title)
    make.meeting("odd", title=title, city=title)
    make.participant("odd", name=title, official_name=title)
    make.dialogue("odd", name=title, purpose=title)
    report = make.report("odd", title=title, publisher=title)
    make.update(initiative=initiative, what=title, report=report, locator=title)
    make.mention(initiative=initiative, report=report, quote=title, quote_language="en")
    for name in LISTS:
        assert entries(client, f"/{name}.atom") or name == "themes"
    summary = text(read(client, "/initiatives.atom").findall(f"{ATOM}entry")[0], "summary")
    assert "<" not in summary


def test_rows_without_history_have_a_moment_that_stays(client: Client) -> None:
    make.initiatives(1, **make_world().shared)
    Initiative.history.all().delete()
    moments = last_modified.newest(Initiative.objects.public(), 10)
    assert len(moments) == 3
    assert min(moments.values()) == last_modified.UNKNOWN


@pytest.mark.parametrize("few", [0, 1000])
def test_the_newest_are_found_by_their_keys_or_along_what_is_new(
    monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(last_modified, "FEW", few)
    world = make_world()
    make.initiatives(9, **world.shared)
    hang_past_on(world, "secret")
    hang_drafts_on(world, "secret")
    rows = Initiative.objects.public()
    news = {
        row.pk: max(
            at
            for entry in (*row.mentions.all(), *row.criteria.all(), *row.updates.all())
            if entry.publication == "public" and not hasattr(entry, "correction")
            for at in [entry.withdrawn_at or entry.recorded_at]
        )
        for row in rows.exclude(slug="earlier")
    }
    for number in range(12):
        Initiative.history.filter(id__in=list(news)[number : number + 1]).update(
            history_date=datetime.datetime(2001, 1, 1 + number, tzinfo=datetime.UTC)
        )
    in_order = sorted(news, key=lambda key: (news[key], key), reverse=True)
    found = last_modified.newest(rows.exclude(slug="earlier"), 4)
    assert found == {key: news[key] for key in in_order[:4]}
    assert list(found) == in_order[:4]
    assert last_modified.newest(rows.none(), 4) == {}


def test_drafts_and_what_was_taken_back_are_in_no_feed(client: Client) -> None:
    world = make_world()
    hang_past_on(world, "secret")
    before = {name: entries(client, f"/{name}.atom") for name in LISTS}
    hang_drafts_on(world, "secret")
    for name in LISTS:
        assert b"secret" not in client.get(f"/{name}.atom").content
        assert entries(client, f"/{name}.atom") == before[name]


def test_the_cost_does_not_grow(client: Client) -> None:
    world = make_world()

    def queries() -> dict[str, int]:
        costs = {}
        for name in LISTS:
            client.get(f"/{name}.atom")
            with CaptureQueriesContext(connection) as asked:
                client.get(f"/{name}.atom")
            costs[name] = len(asked)
        return costs

    before = queries()
    make.initiatives(150, **world.shared)
    for _number in range(3):
        make.meeting(dialogue=world.dialogue)
        make.report(issued_by=[world.participant])
    after = queries()
    # One less where nobody has to look for rows that came without their history.
    assert all(after[name] <= count for name, count in before.items())
    assert max(after.values()) <= 12


def turned(client: Client, address: str) -> list[tuple[str, str]]:
    """What became overdue or silent, with the day of it."""
    found = read(client, address).findall(ATOM + "entry")
    told = [(text(entry, "title"), text(entry, "updated")[:10]) for entry in found]
    return [(title, day) for title, day in told if ": " in title]


def test_a_feed_tells_when_something_becomes_overdue_or_silent(client: Client) -> None:
    dialogue = make.dialogue("d", stale_after_days=365)
    for n, (due, heard) in enumerate([("2021-05", "2021-01-10"), ("2022", "2020")]):
        row = make.initiative(f"i{n}", title=f"T{n}", dialogue=dialogue, due_on=due)
        document = make.report(published_on="2019")
        make.update(initiative=row, status="under_way", on=heard, report=document)
    make.initiative("unseen", title="Nobody looked", dialogue=dialogue, due_on="2021")
    expected = [
        ("Overdue: T1", "2023-01-01"),
        ("No recent news: T0", "2022-01-11"),
        ("No recent news: T1", "2022-01-01"),
        ("Overdue: T0", "2021-06-01"),
    ]
    assert turned(client, "/initiatives.atom") == expected
    assert len(entries(client, "/initiatives.atom")) == 7
    # With the filters of the list; what ends is neither any more.
    make.update(initiative=row, status="delivered", on="2026")
    assert turned(client, "/initiatives.atom?flag=stale") == [expected[1], expected[3]]


def test_the_latest_turns_are_found_by_their_keys_or_along_the_dates(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(30):
        row = make.initiative(f"i{n}", title=f"T{n}", due_on=f"{2000 + n // 2}-{n % 12 + 1:02}")
        make.update(initiative=row, status="under_way", on="2026-01")
    by_keys = turned(client, "/initiatives.atom")
    assert len(by_keys) == 30
    assert [title for title, _day in by_keys[:2]] == ["Overdue: T29", "Overdue: T28"]
    monkeypatch.setattr(last_modified, "FEW", 3)
    rows, keys = Initiative.objects.public(), facet_index.index().having("flag", "overdue")
    few = last_modified.turns(rows, {"overdue": keys, "stale": BitMap()}, 4)
    names = {row.pk: row.title for row in rows}
    assert [(f"Overdue: {names[turn.initiative]}", f"{turn.at:%Y-%m-%d}") for turn in few] == (
        by_keys[:4]
    )
