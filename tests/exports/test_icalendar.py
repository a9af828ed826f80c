"""Calendars hold what a day or a month is known of, no more precisely than the source; any program can read them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from initiatives.exports.icalendar import span
from initiatives.models import Meeting
from initiatives.partial_dates import PartialDate
from tests import make
from tests.world import hang_drafts_on, make_world

pytestmark = pytest.mark.django_db

DAY = datetime.date


UNIVERSITY = "Due (Central Asia + Japan): Digital University"


def read(client: Client, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, address
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    body = b"".join(response)
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    found = Calendar.from_ical(body)
    assert not found.errors
    assert found.to_ical() == body
    return found


def events(client: Client, address: str) -> dict[str, Any]:
    found = read(client, address).walk("VEVENT")
    assert not [one.errors for one in found if one.errors]
    uids = [str(one["UID"]) for one in found]
    assert len(set(uids)) == len(uids)
    return {str(one["SUMMARY"]): one for one in found}


# --- Days -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "first", "last", "words"),
    [
        ("2026-04-15", None, DAY(2026, 4, 15), DAY(2026, 4, 15), ""),
        ("2026-04-15", "2026-04-17", DAY(2026, 4, 15), DAY(2026, 4, 17), ""),
        ("2026-04-15", "2026-05", DAY(2026, 4, 15), DAY(2026, 4, 15), ""),
        ("2026-04", None, DAY(2026, 4, 1), DAY(2026, 4, 30), "April 2026"),
        ("2026-04", "2026-05-02", DAY(2026, 4, 1), DAY(2026, 5, 2), "April 2026"),
        ("2026-04", "2026", DAY(2026, 4, 1), DAY(2026, 4, 30), "April 2026"),
        ("9999-12-31", None, DAY(9999, 12, 31), DAY(9999, 12, 31), ""),
    ],
)
def test_a_date_takes_the_days_that_its_source_names(
    start: str, end: str | None, first: datetime.date, last: datetime.date, words: str
) -> None:
    found = span(start, end)
    assert found
    assert (found.first, found.last, found.words) == (first, last, words)


@pytest.mark.parametrize("start", [None, "2026"])
def test_a_year_is_no_day(start: str | None) -> None:
    assert span(start, "2026-05-01") is None


@given(st.dates(datetime.date(1000, 1, 1)), st.sampled_from([7, 10]), st.dates(), st.integers(0, 2))
def test_no_day_is_invented(
    start: datetime.date, length: int, end: datetime.date, precision: int
) -> None:
    shown = start.isoformat()[:length]
    until = max(start, end).isoformat()[: (4, 7, 10)[precision]]
    found = span(shown, until)
    assert found
    assert found.first == PartialDate(shown).first_day
    assert (
        found.first <= found.last <= max(PartialDate(shown).last_day, PartialDate(until).last_day)
    )
    assert bool(found.words) == (length == 7)


# --- Meetings -------------------------------------------------------------------------------------


def test_a_meeting_stands_on_its_days(client: Client) -> None:
    make.meeting(
        "fm-9",
        dialogue=make.dialogue(name="D"),
        title="9th Meeting",
        starts_on="2026-08-10",
        ends_on="2026-08-12",
        city="Astana",
        venue="Palace; hall 2, left",
        state="planned",
    )
    event = events(client, "/meetings.ics")["D: 9th Meeting"]
    assert event.decoded("DTSTART") == DAY(2026, 8, 10)
    assert event.decoded("DTEND") == DAY(2026, 8, 13)
    assert str(event["LOCATION"]) == "Palace; hall 2, left, Astana"
    assert str(event["STATUS"]) == "TENTATIVE"
    assert str(event["TRANSP"]) == "TRANSPARENT"
    assert str(event["URL"]) == "http://testserver/meetings/fm-9/"
    assert "http://testserver/meetings/fm-9/" in str(event["DESCRIPTION"])
    assert events(client, "/meetings/fm-9.ics").keys() == {"D: 9th Meeting"}


def test_a_month_is_a_month_and_a_year_is_left_out(client: Client) -> None:
    dialogue = make.dialogue(name="D")
    for slug, starts_on in (("month", "2026-04"), ("year", "2026"), ("undated", None)):
        make.meeting(slug, dialogue=dialogue, title=slug, starts_on=starts_on, state="planned")
    found = events(client, "/meetings.ics")
    assert found.keys() == {"D: month (April 2026)"}
    event = found["D: month (April 2026)"]
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (DAY(2026, 4, 1), DAY(2026, 5, 1))
    assert str(event["TRANSP"]) == "TRANSPARENT"
    assert "the source says no more" in str(event["DESCRIPTION"])
    assert "2 without a known month are left out" in str(
        read(client, "/meetings.ics")["DESCRIPTION"]
    )
    for slug in ("year", "undated"):
        assert client.get(f"/meetings/{slug}.ics").status_code == 404


@pytest.mark.parametrize("state", ["postponed", "cancelled"])
def test_what_does_not_take_place_says_so(client: Client, state: str) -> None:
    make.meeting("off", dialogue=make.dialogue(name="D"), title="Talks", state=state)
    event = events(client, "/meetings.ics")[f"{state.title()}: D: Talks"]
    assert str(event["STATUS"]) == "CANCELLED"


def test_a_calendar_has_the_filters_of_the_list(client: Client) -> None:
    world = make_world()
    make.meeting("fm-9", title="9th", dialogue=world.dialogue, starts_on="2024-08-09")
    assert events(client, "/meetings.ics?year=2024").keys() == {"Central Asia + Japan: 9th"}
    assert events(client, "/meetings.ics?participant=jp&sort=oldest").keys() == {
        "Central Asia + Japan: 8th Meeting"
    }
    assert client.get("/meetings.ics?year=soon").status_code == 400
    assert client.get("/initiatives.ics?status=x").status_code == 400
    assert client.post("/meetings.ics").status_code == 405
    assert client.head("/meetings.ics").status_code == 200


# --- Due dates ------------------------------------------------------------------------------------


def test_due_dates_are_days_that_nobody_is_busy_on(client: Client) -> None:
    world = make_world(due_on="2026-12-31", due_note="By the end of the year.")
    make.initiative("plan", title="Plan", dialogue=world.dialogue, due_on="2027-03")
    make.initiative("vague", title="Vague", dialogue=world.dialogue, due_on="2028")
    found = events(client, "/initiatives.ics")
    assert found.keys() == {
        UNIVERSITY,
        "Due (Central Asia + Japan): Plan (March 2027)",
    }
    event = found[UNIVERSITY]
    assert event.decoded("DTSTART") == DAY(2026, 12, 31)
    assert str(event["TRANSP"]) == "TRANSPARENT"
    assert "By the end of the year." in str(event["DESCRIPTION"])
    about = str(read(client, "/initiatives.ics")["DESCRIPTION"])
    assert "1 without a known month is left out" in about
    assert events(client, "/initiatives.ics?theme=education").keys() == {UNIVERSITY}
    assert client.get("/initiatives.ics?as_of=2001-01-01").status_code == 400


def test_the_last_day_that_a_calendar_can_say(client: Client) -> None:
    make.initiative("far", dialogue=make.dialogue(name="D"), title="Far", due_on="9999-12-31")
    event = events(client, "/initiatives.ics")["Due (D): Far"]
    assert event.decoded("DTSTART") == DAY(9999, 12, 31)
    assert "DTEND" not in event


# --- Whatever is in it ----------------------------------------------------------------------------


def test_asking_again_gives_the_same_and_a_change_moves_its_stamp(client: Client) -> None:
    meeting = make.meeting("fm-9", dialogue=make.dialogue(name="D"), title="9th")
    first = b"".join(client.get("/meetings.ics"))
    assert b"".join(client.get("/meetings.ics")) == first
    before = events(client, "/meetings.ics")["D: 9th"]
    meeting.city = "Dushanbe"
    meeting.save()
    meeting.history.update(history_date=datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=datetime.UTC))
    after = events(client, "/meetings.ics")["D: 9th"]
    assert after["UID"] == before["UID"]
    assert after["DTSTAMP"].dt == datetime.datetime(2030, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
    assert before["DTSTAMP"].dt < after["DTSTAMP"].dt


@pytest.mark.parametrize(
    "title",
    [
        "A\r\nEND:VEVENT\r\nBEGIN:VEVENT",
        "A\rB",
        "control \x01\x0b\x1f",
        'quote " ; , : \\n \\',
        "日本語・Ўзбекистон 🌊👩🏽‍🌾 " * 7,
        "\u2028 line",
    ],
)
def test_no_title_breaks_a_calendar(client: Client, title: str) -> None:
    make.meeting("odd", title=title, city=title[:200], venue=title[:200])
    make.initiative("odd", title=title, due_on="2026-01-01", due_note=title)
    for address in ("/meetings.ics", "/initiatives.ics", "/meetings/odd.ics"):
        assert len(events(client, address)) == 1


def test_drafts_are_in_no_calendar(client: Client) -> None:
    world = make_world(due_on="2026-05-01")
    hang_drafts_on(world, "secret")
    make.initiative("hidden", title="secret", due_on="2026-05-05", publication="draft")
    for address in ("/meetings.ics", "/initiatives.ics", "/meetings/fm-8.ics"):
        assert b"secret" not in b"".join(client.get(address))


def test_an_empty_calendar_is_a_calendar(client: Client) -> None:
    assert events(client, "/meetings.ics") == events(client, "/initiatives.ics") == {}
    assert client.get("/meetings/nothing.ics").status_code == 404


def test_the_cost_does_not_grow(client: Client) -> None:
    world = make_world(due_on="2026-05-01")

    def queries() -> list[int]:
        costs = []
        for address in ("/meetings.ics", "/initiatives.ics", "/meetings/fm-8.ics"):
            events(client, address)
            with CaptureQueriesContext(connection) as asked:
                events(client, address)
            costs.append(len(asked))
        return costs

    before = queries()
    for number in range(20):
        make.meeting(dialogue=world.dialogue, starts_on=f"2025-01-{number + 1:02}")
        initiative = make.initiative(dialogue=world.dialogue, due_on="2026-01-02")
        make.update(initiative=initiative, report=world.report)
    assert queries() == before
    assert max(before) <= 11
    assert Meeting.objects.count() == 21
