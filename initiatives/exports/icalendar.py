"""Meetings and due dates as calendars (iCalendar, RFC 5545), never more precise than their source.

What is known to the day is put on that day, and at its hour where documents name it. What is known to the month, or to
as few days, is an event over all of them that says so; “by February 2026” is one over that
February. What is wider, or has no date at all, is left out and counted in the description of the calendar.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText

from ..models import Initiative, Meeting, MeetingState
from ..models.meeting_hours import moment_of
from ..partial_dates import PartialDate
from ..partial_dates.phrases import UNTIL, phrase
from .atom import of_initiative
from .cells import writable
from .last_modified import UNKNOWN, Moments
from .stable_ids import name_of

CONTENT_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Initiative tracker//EN"
# What does not take place on its day; RFC 5545 has no word for “postponed”.
OFF = {MeetingState.CANCELLED, MeetingState.POSTPONED}


MONTH = 31


@dataclass(frozen=True)
class Span:
    """Whole days, the last one included; ``words`` say what the source says where that is less than a day."""

    first: datetime.date
    last: datetime.date
    words: str = ""


def span(start: str | None, end: str | None = None) -> Span | None:
    """The days of a calendar for partial dates; None where not even the month is known."""
    begins, ends = _known(start), _known(end)
    if begins is None:
        return None
    first, last = _days(begins)
    if begins.precision != "day":
        return Span(first, max(last, _days(ends)[1]) if ends else last, begins.in_words)
    # Where the end is not known to the day, the first day still is.
    return Span(first, ends.last_day if ends and ends.precision == "day" else first)


def _known(text: str | None) -> PartialDate | None:
    """A date that lies within a month or as many days; None for what is wider."""
    date = PartialDate(text) if text else None
    if date is None:
        return None
    first, last = _days(date)
    return date if (last - first).days < MONTH else None


def _days(date: PartialDate) -> tuple[datetime.date, datetime.date]:
    """The first and last day of a date; of “by February 2026” those of that February."""
    period = PartialDate(date.removeprefix("../"))
    return period.first_day, period.last_day


def calendar(title: str, about: str, address: str, events: Iterable[Event]) -> Iterator[bytes]:
    """A calendar in parts that are sent as soon as they are made."""
    frame = Calendar()
    frame.add("PRODID", PRODUCT)
    frame.add("VERSION", "2.0")
    frame.add("METHOD", "PUBLISH")
    # RFC 7986, and the names that older programs look for.
    for name in ("NAME", "X-WR-CALNAME"):
        frame.add(name, vText(_clean(title)))
    for name in ("DESCRIPTION", "X-WR-CALDESC"):
        frame.add(name, vText(_clean(about)))
    frame.add("URL", address, parameters={"VALUE": "URI"})
    frame.add("REFRESH-INTERVAL", datetime.timedelta(hours=12), parameters={"VALUE": "DURATION"})
    whole: bytes = frame.to_ical()
    end = b"END:VCALENDAR\r\n"
    yield whole.removesuffix(end)
    for event in events:
        yield event.to_ical()
    yield end


def meeting_event(meeting: Meeting, moments: Moments, site: str) -> Event | None:
    """A meeting on its days; None where they are not known. Reads ``dialogue`` and ``host``."""
    days = span(meeting.starts_on, meeting.ends_on)
    if days is None:
        return None
    title = f"{meeting.dialogue.said('short_name').text or meeting.dialogue}: {meeting}"
    if meeting.state in OFF:
        title = f"{meeting.get_state_display()}: {title}"
    event = _event(meeting, "", days, title, moments, site, _times(meeting, days))
    place = ", ".join(line for line in (meeting.venue, meeting.city) if line)
    if place:
        event.add("LOCATION", _clean(place))
    words = [
        str(meeting.dialogue),
        _("State: %(state)s.") % {"state": meeting.get_state_display()},
        _("%(dates)s; the source says no more.") % {"dates": days.words} if days.words else "",
        _("%(until)s; the source says no more.")
        % {"until": capfirst(phrase(UNTIL, PartialDate(meeting.ends_on)))}
        if not days.words and meeting.ends_on and PartialDate(meeting.ends_on).precision != "day"
        else "",
        site + meeting.get_absolute_url(),
    ]
    event.add("DESCRIPTION", _clean("\n".join(word for word in words if word)))
    if meeting.state in OFF:
        event.add("STATUS", "CANCELLED")
    else:
        tentative = meeting.state == MeetingState.PLANNED
        event.add("STATUS", "TENTATIVE" if tentative else "CONFIRMED")
    return event


def _times(meeting: Meeting, days: Span) -> list[datetime.datetime]:
    """When it begins and, where documents name that hour, ends; nothing where days say more, or no hour is known."""
    if not meeting.start_time or (days.first != days.last and not meeting.end_time):
        return []
    hours = [(days.first, meeting.start_time), (days.last, meeting.end_time)]
    try:
        return [
            moment_of(day, hour, meeting.time_zone).astimezone(datetime.UTC)
            for day, hour in hours
            if hour
        ]
    except OverflowError:
        return []


def due_event(initiative: Initiative, moments: Moments, site: str) -> Event | None:
    """The day on which an initiative is due; None where it is not known. Reads ``dialogue``."""
    days = span(initiative.due_on)
    if days is None:
        return None
    dialogue = initiative.dialogue.said("short_name").text or initiative.dialogue
    title = _("Due (%(dialogue)s): %(title)s") % {"title": initiative, "dialogue": dialogue}
    event = _event(initiative, "due", days, title, moments, site)
    words = [
        _("%(dates)s; the source says no more.") % {"dates": days.words} if days.words else "",
        initiative.due_note,
        of_initiative(initiative),
        site + initiative.get_absolute_url(),
    ]
    event.add("DESCRIPTION", _clean("\n".join(word for word in words if word)))
    return event


def _clean(text: str) -> str:
    """Text without what no program expects in a calendar; a line end of any kind is LF, which is written as “\\n”."""
    return writable(text).replace("\r\n", "\n").replace("\r", "\n")


def _event(
    row: Meeting | Initiative,
    aspect: str,
    days: Span,
    title: str,
    moments: Moments,
    site: str,
    times: Sequence[datetime.datetime] = (),
) -> Event:
    event = Event()
    event.add("UID", str(name_of(row, aspect)))
    at = moments.get(row.pk, UNKNOWN).astimezone(datetime.UTC).replace(microsecond=0)
    event.add("DTSTAMP", at)
    event.add("LAST-MODIFIED", at)
    if times:
        for name, time in zip(("DTSTART", "DTEND"), times, strict=False):
            event.add(name, time)
    else:
        event.add("DTSTART", days.first)
        # The first day that is no longer part of it.
        if days.last < datetime.date.max:
            event.add("DTEND", days.last + datetime.timedelta(days=1))
    event.add("SUMMARY", _clean(f"{title} ({days.words})" if days.words else title))
    event.add("URL", site + row.get_absolute_url(), parameters={"VALUE": "URI"})
    # Who follows the calendar need not be there.
    event.add("TRANSP", "TRANSPARENT")
    return event
