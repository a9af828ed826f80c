from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from ..as_of.current import LATEST_NEWS, CurrentView
from ..exports.icalendar import span
from ..facets.status_counts import longest_of, tallies_within
from ..models import Discrepancy, Meeting
from ..models.meeting_hours import HOURS
from ..pages.brief import Length
from ..pages.field_sources import attach_field_sources, number_sources, of_fields
from ..pages.follow_through import (
    first_unresumed,
    later_meetings,
    resumed_initiatives,
    unresumed_keys,
)
from ..pages.lines import attach_stated, attendances_of
from ..pages.meeting_sequence import known_meetings, neighbours
from ..pages.other_languages import in_other_languages
from ..query.as_of import read_view
from ..query.filters import MeetingFilter
from ..query.pagination import Page, get_page
from ..query.understood import AS_OF
from .not_known import render_not_known
from .public_page import public_page
from .rows import attach_involved

INITIATIVES = 50
REPORTS = 50


@public_page(MeetingFilter.parameters())
def meeting_list(request: HttpRequest) -> HttpResponse:
    filters = MeetingFilter.read(request.GET, Meeting.objects.public())
    rows = filters.as_known(filters.qs.select_related("dialogue", "host"))
    page: Page[Meeting] = get_page(rows, filters)
    tallies = tallies_within(filters.view.index, "meeting", (row.slug for row in page.rows))
    ctx = {
        "view": filters.view,
        "filters": filters,
        "page": page,
        "meetings": [(meeting, tallies[meeting.slug]) for meeting in page.rows],
        "longest": longest_of(tallies.values()),
    }
    return render(request, "initiatives/meeting_list.html", ctx)


@public_page([AS_OF], kept_by_parts=True)
def meeting_detail(request: HttpRequest, slug: str) -> HttpResponse:
    view = read_view(request.GET, Meeting.objects.db)
    named = view.read(_named, slug)
    if not named:
        raise Http404
    meeting = named[0]
    if not view.as_known([meeting]):
        return render_not_known(request, view, meeting)
    return meeting_page(request, view, meeting)


def meeting_page(request: HttpRequest, view: CurrentView, meeting: Meeting) -> HttpResponse:
    """The page of a meeting as a view of the record shows it."""
    attendances = attendances_of(view, meeting)
    discrepancies = view.read(_discrepancies, meeting.pk)
    attach_stated([meeting, *attendances, *discrepancies], view)
    attach_field_sources([meeting])
    people = [person for attendance in attendances for person in attendance.people]  # type: ignore[attr-defined]
    lines = [line for of_kind in meeting.stated.values() for line in of_kind]  # type: ignore[attr-defined]
    meetings = known_meetings(view, meeting.dialogue_id)
    later = later_meetings(view, meetings, meeting)
    not_resumed = unresumed_keys(view, meeting, later)
    resumed, resumed_count = resumed_initiatives(view, meeting)
    # What no later meeting speaks of is listed under that, and not here as well.
    raised = view.keys(meeting=[meeting.slug]) - not_resumed
    sources = number_sources(meeting, [*lines, *attendances, *people])
    cited = {source.report.pk for source in sources}
    earlier, following = neighbours(meetings, meeting)
    ctx = {
        "view": view,
        "meeting": meeting,
        "other_languages": in_other_languages(meeting),
        "query": view.query(meeting=meeting.slug),
        "brief_query": view.query(length=Length.ONE.value),
        "wholes": view.as_known([meeting.part_of] if meeting.part_of else []),
        "parts": [other for other in meetings if other.part_of_id == meeting.pk],
        "earlier": earlier,
        "following": following,
        "resumed": resumed,
        "resumed_count": resumed_count,
        "later": later,
        "not_resumed": first_unresumed(view, not_resumed),
        "not_resumed_count": len(not_resumed),
        "attendances": attendances,
        "has_days": span(meeting.starts_on, meeting.ends_on) is not None,
        "sources_of_dates": of_fields(meeting, "starts_on", "ends_on", *HOURS),
        "sources": sources,
        "reports": [row for row in view.read(_reports, meeting.pk) if row.pk not in cited],
        "tally": view.tally(meeting=[meeting.slug]),
        "raised_count": len(raised),
        "initiatives": attach_involved(
            view, view.first_initiatives(raised, LATEST_NEWS, INITIATIVES)
        ),
        "discrepancies": view.as_known(discrepancies),
    }
    return render(request, "initiatives/meeting_detail.html", ctx)


def _named(_view: CurrentView, slug: str) -> Any:
    rows = Meeting.objects.public().select_related("dialogue", "host", "part_of")
    return rows.filter(slug=slug).order_by()


def _discrepancies(view: CurrentView, meeting: int) -> Any:
    return view.public(Discrepancy).filter(meeting=meeting)


def _reports(view: CurrentView, meeting: int) -> Any:
    rows = view.reports().filter(meeting=meeting).newest_first()
    return rows.select_related("translation_of")[:REPORTS]
