from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..as_of.current import CurrentView
from ..as_of.past import oldest_first
from ..exports.icalendar import span
from ..facets.index import index
from ..facets.status_counts import tallies_within
from ..models import Attendance, Capacity, Discrepancy, Initiative, Meeting
from ..models.meeting_hours import HOURS
from ..pages.citations import attach_sources
from ..pages.field_sources import attach_field_sources, number_sources, of_fields
from ..pages.follow_through import later_meetings, resumed_initiatives, unresumed_initiatives
from ..pages.lines import attach_delegates, attach_lines
from ..pages.meeting_sequence import dialogue_meetings, neighbours
from ..pages.other_languages import in_other_languages
from ..query.as_of import read_view
from ..query.filters import MeetingFilter
from ..query.pagination import get_page
from ..query.understood import AS_OF
from .not_known import render_not_known
from .public_page import public_page
from .rows import attach_involved, with_row_relations

INITIATIVES = 50
REPORTS = 50


@public_page(MeetingFilter.parameters())
def meeting_list(request: HttpRequest) -> HttpResponse:
    filters = MeetingFilter.read(request.GET, Meeting.objects.public())
    page = get_page(filters.qs.select_related("dialogue", "host"), filters)
    tallies = tallies_within(index(Meeting.objects.db), "meeting", (row.slug for row in page.rows))
    ctx = {
        "filters": filters,
        "page": page,
        "meetings": [(meeting, tallies[meeting.slug]) for meeting in page.rows],
    }
    return render(request, "initiatives/meeting_list.html", ctx)


@public_page([AS_OF])
def meeting_detail(request: HttpRequest, slug: str) -> HttpResponse:
    public = Meeting.objects.public()
    view = read_view(request.GET, public.db)
    meeting = get_object_or_404(public.select_related("dialogue", "host", "part_of"), slug=slug)
    if not view.as_known([meeting]):
        return render_not_known(request, view, meeting)
    return meeting_page(request, view, meeting)


def meeting_page(request: HttpRequest, view: CurrentView, meeting: Meeting) -> HttpResponse:
    """The page of a meeting as a view of the record shows it."""
    initiatives = view.public(Initiative).filter(raised_at=meeting)
    attendances = view.as_known(
        view.public(Attendance).filter(meeting=meeting).select_related("participant", "meeting")
    )
    attendances.sort(
        key=lambda row: (Capacity.values.index(row.capacity), row.participant.sort_key)
    )
    discrepancies = list(view.public(Discrepancy).filter(meeting=meeting))
    attach_sources(view, [meeting], attendances, discrepancies)
    attach_lines([meeting], view)
    attach_delegates(attendances, view)
    attach_field_sources([meeting])
    people = [person for attendance in attendances for person in attendance.people]
    lines = [line for of_kind in meeting.stated.values() for line in of_kind]  # type: ignore[attr-defined]
    reports = view.reports().filter(meeting=meeting)
    meetings = view.as_known(
        list(view.public(Meeting).filter(dialogue=meeting.dialogue_id))
        if view.is_preview
        else dialogue_meetings(index(view.using), meeting.dialogue_id)
    )
    if view.is_past or view.is_preview:
        # Dates may have been others then.
        meetings = oldest_first(meetings)
    later = later_meetings(view, meetings, meeting)
    earlier, following = neighbours(meetings, meeting)
    ctx = {
        "view": view,
        "meeting": meeting,
        "other_languages": in_other_languages(meeting),
        "query": view.query(meeting=meeting.slug),
        "wholes": view.as_known([meeting.part_of] if meeting.part_of else []),
        "parts": [other for other in meetings if other.part_of_id == meeting.pk],
        "earlier": earlier,
        "following": following,
        "resumed": resumed_initiatives(view, meeting),
        "later": later,
        "not_resumed": unresumed_initiatives(view, initiatives, later),
        "attendances": attendances,
        "has_days": span(meeting.starts_on, meeting.ends_on) is not None,
        "sources_of_dates": of_fields(meeting, "starts_on", "ends_on", *HOURS),
        "sources": number_sources(meeting, [*lines, *attendances, *people]),
        "reports": list(reports.newest_first()[:REPORTS]),
        "tally": view.tally(meeting=[meeting.slug]),
        "initiatives": attach_involved(
            view,
            view.latest_initiatives(
                initiatives, INITIATIVES, with_row_relations, meeting=[meeting.slug]
            ),
        ),
        "discrepancies": view.as_known(discrepancies),
    }
    return render(request, "initiatives/meeting_detail.html", ctx)
