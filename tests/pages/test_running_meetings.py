"""A meeting that runs is shown as running and asked nothing; it is over after its last day."""

from __future__ import annotations

import datetime
import re

import pytest
from django.test import Client

from initiatives.loading.data_checks import meetings_against_dates
from initiatives.models import Meeting
from tests import make
from tests.clock import Clock

pytestmark = pytest.mark.django_db

RUNNING = '<span class="state">Running</span>'


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The second of the five days of the workshop."""
    return Clock(monkeypatch, "2026-11-27")


@pytest.fixture(params=["planned", "held"])
def workshop(request: pytest.FixtureRequest, clock: Clock) -> Meeting:
    dialogue = make.dialogue("ca-japan")
    return make.meeting(
        "workshop",
        dialogue=dialogue,
        kind="special",
        title="Workshop over five days",
        starts_on="2026-11-26",
        ends_on="2026-11-30",
        state=request.param,
    )


def test_it_is_on_the_home_page_in_the_brief_and_on_lists_as_running(
    client: Client, workshop: Meeting, clock: Clock
) -> None:
    for path in ("/", "/meetings/", "/dialogues/ca-japan/"):
        html = client.get(path).content.decode()
        assert "Workshop over five days" in html, path
        assert RUNNING in html, path
    brief = client.get("/dialogues/ca-japan/brief/").content.decode()
    assert re.search(r"<dt>\s*Running now\s*</dt>", brief)
    assert "Workshop over five days" in brief
    assert "None is recorded as held." in brief
    assert "<span>Running</span>" in client.get("/meetings/workshop/").content.decode()


def test_nothing_is_asked_of_it_until_its_last_day_has_passed(
    workshop: Meeting, clock: Clock
) -> None:
    for _day in range(4):
        assert list(meetings_against_dates()) == []
        clock.turn(1)
    findings = list(meetings_against_dates())
    if workshop.state == "planned":
        assert findings == [
            ("meeting workshop", "still planned, for 2026-11-26 to 2026-11-30"),
        ]
    else:
        assert findings == []


def test_it_is_over_after_its_last_day(client: Client, workshop: Meeting, clock: Clock) -> None:
    clock.turn_to(datetime.date(2026, 11, 30))
    # What was held is held on its last day.
    assert (RUNNING in client.get("/").content.decode()) == (workshop.state == "planned")
    clock.turn(1)
    html = client.get("/").content.decode()
    assert RUNNING not in html
    # What was never said to be held is over all the same, and neither next nor latest.
    assert ("Workshop over five days" in html) == (workshop.state == "held")
    brief = client.get("/dialogues/ca-japan/brief/").content.decode()
    assert "Running now" not in brief
    assert ("Workshop over five days" in brief) == (workshop.state == "held")


def test_a_past_day_shows_it_as_running_then(
    client: Client, workshop: Meeting, clock: Clock
) -> None:
    make.mention(report=make.report(meeting=workshop, published_on="2026-11-20"))
    clock.turn(20)
    for day, runs in (("2026-11-25", False), ("2026-11-27", True), ("2026-12-02", False)):
        html = client.get(f"/meetings/workshop/?as_of={day}").content.decode()
        assert ("<span>Running</span>" in html) == runs, day
    assert RUNNING in client.get("/?as_of=2026-11-28").content.decode()


@pytest.mark.parametrize(
    ("starts", "ends", "state", "runs"),
    [
        ("2026-11-27", None, "planned", True),
        ("2026-11-26", None, "planned", False),
        ("2026-11-28", None, "planned", False),
        # A day of a month that a document gives whole may be one of its days or not.
        ("2026-11", None, "planned", False),
        ("2026", None, "planned", False),
        ("2026-10", "2026-12", "planned", True),
        ("2026-11-26", "2026-11-30", "cancelled", False),
        ("2026-11-26", "2026-11-30", "postponed", False),
        (None, None, "planned", False),
    ],
)
def test_only_what_surely_runs_is_said_to_run(
    clock: Clock, starts: str | None, ends: str | None, state: str, runs: bool
) -> None:
    make.meeting("m", starts_on=starts, ends_on=ends, state=state)
    assert Meeting.objects.get().runs is runs


@pytest.mark.parametrize(
    ("starts", "ends"),
    [("2026-11-26", "2026-11-30"), ("2026-11-26", None), ("2026-11", None), ("2025", "2026-10")],
)
def test_being_over_is_the_same_in_the_database_and_in_memory(
    starts: str, ends: str | None
) -> None:
    make.meeting("m", starts_on=starts, ends_on=ends)
    for day in ("2026-10-31", "2026-11-01", "2026-11-26", "2026-11-27", "2026-12-01"):
        date = datetime.date.fromisoformat(day)
        assert Meeting.objects.over(date).exists() is Meeting.objects.get().is_over(date), day
