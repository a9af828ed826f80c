"""Hours of meetings: what the database takes, what files and forms say of it, and where readers find them."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from initiatives.exports.icalendar import meeting_event
from initiatives.loading.meeting_hours import take_apart
from initiatives.loading.problems import LoadError
from initiatives.models import Dialogue, Meeting
from initiatives.models.meeting_hours import hours_in_words
from initiatives.pages.schema_org import event
from tests import make
from tests.report_files import load_texts

DAY: dict[str, Any] = {"starts_on": "2026-12-10"}
HOURS = DAY | {"start_time": "14:00", "time_zone": "+05:00"}


def test_hours_are_said_with_their_zone() -> None:
    assert hours_in_words("14:00", "", "+05:00") == "14:00 (UTC+5)"
    assert hours_in_words("14:00", "16:30", "+05:30") == "14:00–16:30 (UTC+5:30)"
    assert hours_in_words("09:00", "", "Asia/Tashkent") == "09:00 (Asia/Tashkent)"
    assert hours_in_words("09:00", "", "+00:00") == "09:00 (UTC)"
    assert hours_in_words("", "", "") == ""


REFUSED: list[dict[str, Any]] = [
    HOURS | {"starts_on": "2026-12"},
    HOURS | {"starts_on": "../2026-02"},
    HOURS | {"starts_on": None},
    HOURS | {"time_zone": ""},
    HOURS | {"start_time": ""},
    DAY | {"end_time": "14:00"},
    DAY | {"time_zone": "+05:00"},
    HOURS | {"end_time": "13:59"},
    HOURS | {"end_time": "14:00", "ends_on": "2026-12-10"},
]


@pytest.mark.django_db
def test_hours_that_are_not_whole_are_refused_by_form_and_database() -> None:
    meeting = make.meeting("m", state="planned", **HOURS)
    for values in REFUSED:
        empty = {"start_time": "", "end_time": "", "time_zone": "", "ends_on": None}
        for name, value in (empty | values).items():
            setattr(meeting, name, value)
        with pytest.raises(ValidationError):
            meeting.full_clean(validate_constraints=False)
        with pytest.raises(IntegrityError), transaction.atomic():
            Meeting.objects.filter(pk=meeting.pk).update(**empty | values)
        meeting = Meeting.objects.get()
    Meeting.objects.update(end_time="09:00", ends_on="2026-12-11")
    Meeting.objects.get().full_clean()
    for name, value in (("start_time", "9:00"), ("start_time", "24:00"), ("time_zone", "UTC+5")):
        meeting = Meeting.objects.get()
        setattr(meeting, name, value)
        with pytest.raises(ValidationError, match="write"):
            meeting.full_clean()


@pytest.mark.parametrize(
    ("stated", "apart"),
    [
        ({"starts": "2026-12-10T14:00+05:00"}, ("2026-12-10", "14:00", None, None, "+05:00")),
        ({"starts": "2026-12-10 14:00:00Z"}, ("2026-12-10", "14:00", None, None, "+00:00")),
        (
            {"starts": "2026-12-10T14:00", "time_zone": "Asia/Tashkent"},
            ("2026-12-10", "14:00", None, None, "Asia/Tashkent"),
        ),
        (
            {"starts": "2026-12-10T14:00+05:00", "ends": "2026-12-11T16:30+05:00"},
            ("2026-12-10", "14:00", "2026-12-11", "16:30", "+05:00"),
        ),
        ({"starts": "2026-12-10T14:00:30+05:00"}, ("2026-12-10T14:00:30+05:00",) + (None,) * 4),
        ({"starts": 2026}, (2026, None, None, None, None)),
    ],
)
def test_a_day_with_its_hour_is_taken_apart(stated: dict[str, Any], apart: tuple[Any, ...]) -> None:
    values = take_apart(stated)
    names = ("starts", "start_time", "ends", "end_time", "time_zone")
    assert tuple(values.get(name) for name in names) == apart


def test_hours_that_contradict_one_another_are_refused() -> None:
    for stated in (
        {"starts": "2026-12-10T14:00"},
        {"starts": "2026-12-10T14:00+05:00", "start_time": "15:00"},
        {"starts": "2026-12-10T14:00+05:00", "ends": "2026-12-10T16:00+09:00"},
    ):
        with pytest.raises(ValueError, match=r"zone|correct"):
            take_apart(stated)


FILE = """
report: {id: invitation, title: Invitation, publisher: Desk, kind: joint, published: 2026-11-01, language: en}
dialogues: [{id: rivers, name: Rivers, locator: p 1}]
meetings:
  - {id: fm-1, dialogue: rivers, kind: foreign_ministers, title: First, state: planned, starts: %s, locator: p 1}
"""


@pytest.mark.django_db
def test_a_file_is_loaded_shown_and_in_calendars(client: Client) -> None:
    load_texts(FILE % "2026-12-10T14:00+05:00")
    load_texts(FILE % "2026-12-10, start_time: 14:00, time_zone: +05:00")
    meeting = Meeting.objects.get()
    assert (meeting.starts_on, meeting.start_time, meeting.end_time) == ("2026-12-10", "14:00", "")
    assert meeting.history.count() == 1
    page = client.get("/meetings/fm-1/").content.decode()
    assert "14:00 (UTC+5)" in page
    assert '"startDate": "2026-12-10T14:00+05:00"' in page
    calendar = b"".join(client.get("/meetings/fm-1.ics")).decode()
    assert "DTSTART:20261210T090000Z" in calendar
    assert "DTEND" not in calendar
    assert (
        json.loads(b"".join(client.get("/meetings.json")))["meetings"][0]["time_zone"] == "+05:00"
    )


@pytest.mark.django_db
def test_faults_of_hours_have_their_place() -> None:
    for starts, words in (
        ("2026-12-10T14:00", "has an hour and no zone"),
        ("2026-12, start_time: 14:00, time_zone: +05:00", "Hours are those of a full day"),
        ("2026-12-10, start_time: 2pm, time_zone: +05:00", "“2pm” is not an hour"),
        ("2026-12-10, start_time: 14:00, time_zone: UTC+5", "“UTC+5” is not a time zone"),
        ("2026-12-10, start_time: 14:00, time_zone: localtime", "“localtime” is not a time zone"),
        ("2026-12-10, start_time: 14:00, time_zone: Factory", "“Factory” is not a time zone"),
        ("2026-03-29, start_time: 02:30, time_zone: Europe/Berlin", "no such hour"),
        (
            "2026-03-28, start_time: 22:00, ends: 2026-03-29, end_time: 02:30, time_zone: Europe/Berlin",
            "no such hour",
        ),
    ):
        with pytest.raises(LoadError, match=re.escape(words)):
            load_texts(FILE % starts)


@pytest.mark.django_db
def test_the_end_of_a_calendar_event_is_that_of_the_document() -> None:
    meeting = make_unsaved(ends_on="2026-12-11", end_time="16:30")
    made = meeting_event(meeting, {}, "https://example.org")
    assert made
    assert made.decoded("DTEND") == datetime.datetime(2026, 12, 11, 11, 30, tzinfo=datetime.UTC)
    # The end of the last day is not known: the days are.
    made = meeting_event(make_unsaved(ends_on="2026-12-11"), {}, "https://example.org")
    assert made
    assert made.decoded("DTSTART") == datetime.date(2026, 12, 10)
    made = meeting_event(
        make_unsaved(starts_on="9999-12-31", start_time="23:00", time_zone="-05:00"), {}, ""
    )
    assert made
    assert made.decoded("DTSTART") == datetime.date(9999, 12, 31)
    data = event(make_unsaved(time_zone="Asia/Tashkent"), [], "")
    assert data["startDate"] == "2026-12-10T14:00+05:00"


def make_unsaved(**values: Any) -> Meeting:
    dialogue = Dialogue(slug="rivers", name="Rivers")
    return Meeting(slug="m", title="M", dialogue=dialogue, state="planned", **(HOURS | values))
