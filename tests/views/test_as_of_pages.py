"""Pages as of a day say so, lead on to the same day, refuse what is no day, and cost little."""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from initiatives.as_of import days
from initiatives.as_of.past import view_on
from initiatives.models import Initiative
from initiatives.query.as_of import permalink
from tests import make
from tests.clock import Clock
from tests.extent import TIMES, in_turn
from tests.world import make_world

pytestmark = pytest.mark.django_db

PAGES = ["/", "/initiatives/", "/initiatives/university/", "/meetings/fm-8/", "/participants/jp/"]
EXPORTS = ["/initiatives.csv", "/initiatives.json", "/initiatives.xlsx"]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# --- What is no day -------------------------------------------------------------------------------

TOMORROW = (timezone.localdate() + datetime.timedelta(days=2)).isoformat()


NO_DAYS = [
    TOMORROW,
    "9999-12-31",
    "1899-12-31",
    "0001-01-01",
    "2024-02-30",
    "2024-13-01",
    "2024-2-3",
    "20240203",
    "2024-W05-1",
    "2024",
    "today",
    "-1",
    "１９９９-01-01",
    "2024-01-01T00:00",
    "2024-01-01\0",
    "\0",
    "' OR 1=1--",
    "2024-01-01" * 100,
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
]


def test_what_is_no_day_is_refused_with_what_is_expected(client: Client) -> None:
    make_world()
    for number, value in enumerate(NO_DAYS):
        for path in in_turn(number, (*PAGES, *EXPORTS), 3):
            response = client.get(f"{path}?as_of={quote(value)}")
            assert response.status_code == 400, (path, value)
            if "\0" not in value:
                expected = "today or earlier, written like 2024-08-09"
                assert expected in response.content.decode(), (path, value)


@settings(max_examples=20 * TIMES)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_no_day_is_answered_with_500(value: str) -> None:
    for path in ("/", "/initiatives/", "/initiatives.json", "/initiatives/nothing/"):
        assert Client().get(f"{path}?as_of={quote(value)}").status_code in {200, 400, 404}


@pytest.mark.parametrize("value", ["", "   "])
def test_an_empty_day_is_none(client: Client, value: str) -> None:
    make_world()
    for path in PAGES:
        response = client.get(path, {"as_of": value})
        assert response.status_code == 200
        assert "As of " not in words(response.content.decode())


@pytest.mark.parametrize("day", ["1900-01-01", "1999-12-31", "2020-02-29"])
def test_days_before_anything_was_known_are_empty(client: Client, day: str) -> None:
    make_world()
    assert "No initiative was known on" in client.get(f"/initiatives/?as_of={day}").content.decode()
    assert "<b>0</b> initiatives" in client.get(f"/?as_of={day}").content.decode()
    for path in ("/initiatives/university/", "/meetings/fm-8/"):
        response = client.get(f"{path}?as_of={day}")
        assert response.status_code == 404
        assert "Not known on" in response.content.decode()
        assert f'<a href="{path}" data-today>See today’s page</a>' in response.content.decode()


def test_an_empty_record_has_days_too(client: Client) -> None:
    assert client.get("/?as_of=2020-01-01").status_code == 200
    assert client.get("/initiatives/?as_of=2020-01-01").status_code == 200


# --- What the page says, and where it leads -------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_a_page_says_of_which_day_it_is_and_leads_back(client: Client, path: str) -> None:
    make_world()
    html = client.get(f"{path}?as_of=2022-05-01").content.decode()
    assert "<b>As of 1 May 2022.</b>" in html
    assert "The record itself began later." in html
    assert f'<a href="{path}" data-today>See today’s page</a>' in html
    assert '<meta name="robots" content="noindex">' in html
    today = client.get(path).content.decode()
    assert "as-of" not in today
    assert "noindex" not in today


def test_today_is_a_day_and_can_be_cited(client: Client) -> None:
    world = make_world()
    address = permalink(world.initiative)
    assert address == f"/initiatives/university/?as_of={timezone.localdate().isoformat()}"
    html = client.get(address).content.decode()
    assert "This is today" in html or "That is today" in html
    assert "Digital University" in html
    world.initiative.as_of = datetime.date(2022, 5, 1)
    assert permalink(world.initiative) == address
    assert permalink(world.initiative, datetime.date(2023, 1, 2)).endswith("/?as_of=2023-01-02")


def test_what_a_permalink_shows_stays(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, "2024-03-01")
    world = make_world()
    cited = permalink(world.initiative)
    before = words(client.get(cited).content.decode())
    clock.turn(30)
    make.update(initiative=world.initiative, status="delivered", on="2024-03-20")
    type(world.report).objects.filter(pk=world.report.pk).update(kind="statement")
    after = words(client.get(cited).content.decode())
    assert "Delivered" not in after
    assert "Under way as of 17 April 2022" in before
    assert "Under way as of 17 April 2022" in after
    assert "what a reader knew at the end of that day" in after
    assert "Delivered as of 20 March 2024" in words(
        client.get("/initiatives/university/").content.decode()
    )


def test_links_of_the_list_keep_the_day(client: Client) -> None:
    world = make_world()
    make.initiatives(60, **world.shared)
    query = "theme=education&q=initiative&sort=title"
    html = client.get(f"/initiatives/?as_of=2023-01-01&{query}").content.decode()
    assert '<input type="hidden" name="as_of" value="2023-01-01">' in html
    own = re.findall(r'href="((?:/initiatives[^"]*)?\?[^"]*)"', html)
    assert len(own) > 20
    # What is followed is what comes.
    own = [link for link in own if ".atom" not in link and ".ics" not in link]
    back = [link for link in own if "as_of=2023-01-01" not in link]
    assert back == ["/initiatives/?theme=education&amp;q=initiative&amp;sort=title"]
    assert re.search(r'href="/initiatives/\?as_of=2023-01-01"\s*>Clear all', html)
    assert re.search(r'href="/initiatives/initiative-\d+/\?as_of=2023-01-01"', html)
    for path in ("/", "/meetings/fm-8/", "/participants/jp/"):
        html = client.get(f"{path}?as_of=2023-01-01").content.decode()
        lists = re.findall(r'href="(/initiatives/\?[^"]*)"', html)
        assert lists, path
        assert all("as_of=2023-01-01" in link for link in lists), (path, lists)


# --- Exports --------------------------------------------------------------------------------------


def rows_of(client: Client, extension: str, query: str) -> list[dict[str, Any]]:
    response = client.get(f"/initiatives.{extension}?{query}")
    assert response.status_code == 200
    assert "as-of-2022-05-01" in response.headers["Content-Disposition"]
    body = b"".join(response)
    if extension == "json":
        document = json.loads(body)
        assert document["as_of"] == document["flags_as_of"] == "2022-05-01"
        rows: list[dict[str, Any]] = document["initiatives"]
        return rows
    if extension == "xlsx":
        table: list[Any] = list(load_workbook(io.BytesIO(body))["Initiatives"].values)
        return [dict(zip(table[0], row, strict=True)) for row in table[1:]]
    return list(csv.DictReader(body.decode("utf-8-sig").splitlines()))


@pytest.mark.parametrize("extension", ["csv", "json", "xlsx"])
def test_exports_hold_what_was_known(client: Client, extension: str) -> None:
    world = make_world(due_on="2022-04-20")
    make.update(
        initiative=world.initiative,
        status="delivered",
        on="2022-06-01",
        report=make.report(published_on="2022-06-02"),
    )
    make.mention(
        initiative=make.initiative("later", dialogue=world.dialogue),
        report=make.report(published_on="2022-05-02"),
    )
    row, *others = rows_of(client, extension, "as_of=2022-05-01&flag=overdue")
    assert not others
    assert (row["slug"], row["delivery_status"]) == ("university", "under_way")
    assert str(row["as_of"])[:10] == "2022-05-01"
    assert row["flags"] in ("overdue", ["overdue"])
    assert row["address"].endswith("/initiatives/university/?as_of=2022-05-01")
    assert len(rows_of(client, extension, "as_of=2022-05-01")) == 1


# --- What is known of meetings and targets --------------------------------------------------------


def test_a_meeting_to_come_is_planned_once_a_document_speaks_of_it(client: Client) -> None:
    world = make_world()
    coming = make.meeting(
        "fm-9",
        dialogue=world.dialogue,
        title="9th Meeting",
        starts_on="2023-05-01",
        attended_by=[world.participant],
    )
    outcome = make.line("Tokyo Declaration", meeting=coming, kind="outcome")
    make.citation(line=outcome, report=make.report("declaration", published_on="2023-05-01"))
    make.report("announcement", meeting=coming, published_on="2023-03-01")
    assert client.get("/meetings/fm-9/?as_of=2023-02-28").status_code == 404
    html = client.get("/meetings/fm-9/?as_of=2023-03-01").content.decode()
    assert "Planned" in html
    assert "Tokyo Declaration" not in html
    assert "No recorded document says who came." in html
    assert "9th Meeting" in client.get("/?as_of=2023-03-01").content.decode()
    assert "9th Meeting" not in client.get("/?as_of=2023-02-28").content.decode()
    html = client.get("/meetings/fm-9/?as_of=2023-05-01").content.decode()
    assert "Held" in html
    assert "Tokyo Declaration" in html


def test_what_was_reached_is_known_from_its_date_on(client: Client) -> None:
    world = make_world()
    schools = make.target(initiative=world.initiative, metric="schools", value=7)
    report = make.report("count", published_on="2023-01")
    make.reading(schools, 5, on="2023-01", report=report)
    page = words(client.get("/initiatives/university/?as_of=2022-12-31").content.decode())
    assert "schools" in page
    assert "5 of 7" not in page
    assert "5 of 7 as of January 2023" in words(
        client.get("/initiatives/university/?as_of=2023-02-01").content.decode()
    )


def test_drafts_are_on_no_day(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, "2024-03-01")
    make.mention(initiative=make.initiative("plan", title="Secret plan"))
    clock.turn(3)
    Initiative.objects.update(publication="draft")
    for day in ("2023-01-01", "2024-03-01", "2024-03-02"):
        assert client.get(f"/initiatives/plan/?as_of={day}").status_code == 404
        for path in ("/", "/initiatives/"):
            assert "Secret" not in client.get(f"{path}?as_of={day}").content.decode()


# --- Cost -----------------------------------------------------------------------------------------

# Queries of a page of an earlier day once the day is in memory, by whether the record had begun.
QUERIES = {
    "/": (15, 29),
    "/initiatives/": (15, 20),
    "/initiatives/university/": (27, 34),
    "/meetings/fm-8/": (23, 34),
    "/participants/jp/": (20, 29),
}


def test_queries_are_constant(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, "2024-03-01")
    world = make_world()
    days = ("2023-01-01", "2024-03-01")

    def queries() -> dict[str, tuple[int, ...]]:
        clock.turn(2)
        counts = {}
        for path in QUERIES:
            of_days = []
            for day in days:
                client.get(f"{path}?as_of={day}")
                with CaptureQueriesContext(connection) as queries_of_page:
                    assert client.get(f"{path}?as_of={day}").status_code == 200
                of_days.append(len(queries_of_page))
            counts[path] = tuple(of_days)
        return counts

    make.initiatives(10, **world.shared)
    few = queries()
    clock.turn_to(datetime.date(2024, 3, 1))
    make.initiatives(60, **world.shared)
    assert queries() == few
    assert few == QUERIES


def test_few_days_are_kept_in_memory(client: Client) -> None:
    make_world()
    for number in range(1, 15):
        client.get(f"/initiatives/?as_of=2022-05-{number:02}")
    assert len(days._indexes) == days.MOST_DAYS
    day = datetime.date(2022, 5, 14)
    assert view_on(day).index is days._indexes["default", day]


def test_a_write_is_seen_in_earlier_days(client: Client) -> None:
    world = make_world()
    address = "/initiatives/?as_of=2022-05-01"
    assert "<b>1</b> initiative" in client.get(address).content.decode()
    make.mention(
        initiative=make.initiative(dialogue=world.dialogue),
        report=make.report(published_on="2021"),
    )
    assert "<b>2</b> initiatives" in client.get(address).content.decode()


def test_whoever_waits_too_long_for_the_days_of_others_is_told(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_world()
    monkeypatch.setattr(days.DAYS, "patience", 0.01)
    with days.DAYS.place():
        for path in ("/initiatives/?as_of=2022-05-01", "/initiatives.csv?as_of=2022-05-01"):
            response = client.get(path)
            assert response.status_code == 503
            assert response.headers["Retry-After"]
            assert "Several earlier days are being worked out" in response.content.decode()
        assert client.get("/initiatives/").status_code == 200
    assert client.get("/initiatives/?as_of=2022-05-01").status_code == 200


# --- The pages of single things as JSON -----------------------------------------------------------


def test_the_json_of_a_page_is_of_the_same_day(client: Client) -> None:
    initiative = make.initiative("canal", raised_at=None)
    early = make.report("early", published_on="2020-01-01")
    late = make.report("late", published_on="2022-01-01")
    make.mention(initiative=initiative, report=early, act="proposed")
    make.update(initiative=initiative, report=late, status="delivered", on="2021-12-01")

    def page(**query: str) -> Any:
        response = client.get("/initiatives/canal.json", query)
        return response.json() if response.status_code == 200 else response.status_code

    today, then = page(), page(as_of="2021-01-01")
    assert today["initiative"]["delivery_status"] == "delivered"
    assert then["initiative"]["delivery_status"] == "not_reviewed"
    assert (len(today["updates"]), len(then["updates"])) == (1, 0)
    assert (then["flags_as_of"], len(then["mentions"])) == ("2021-01-01", 1)
    assert page(as_of="2019-01-01") == 404
    assert page(as_of="2021-02-30") == 400


def test_the_json_of_a_meeting_and_of_a_participant_have_days_too(client: Client) -> None:
    make_world()
    assert client.get("/meetings/fm-8.json?as_of=1950-01-01").status_code == 404
    for path in ("/meetings/fm-8.json", "/participants/jp.json"):
        then = client.get(f"{path}?as_of=2022-05-01").json()
        assert then["flags_as_of"] == "2022-05-01"
        assert "as_of=2022-05-01&" in then["initiatives"]
        assert client.get(f"{path}?as_of=soon").status_code == 400
