from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..filters import MeetingFilter
from ..models import Attendance, Capacity, Discrepancy, Initiative, Meeting, Report
from ..paging import page_of
from ..sources import attach_sources
from ..tallies import tally, tally_by
from .public_page import public_page
from .rows import as_rows, latest_news_first

INITIATIVES = 50
REPORTS = 50


@public_page
def meeting_list(request: HttpRequest) -> HttpResponse:
    filters = MeetingFilter.read(request.GET, Meeting.objects.public())
    page = page_of(filters.qs.select_related("dialogue", "host"), filters)
    raised = Initiative.objects.public().filter(raised_at__in=[one.pk for one in page.rows])
    tallies = tally_by(raised, "raised_at")
    ctx = {
        "filters": filters,
        "page": page,
        "meetings": [(meeting, tallies[meeting.pk]) for meeting in page.rows],
    }
    return render(request, "initiatives/meeting_list.html", ctx)


@public_page
def meeting_detail(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = get_object_or_404(
        Meeting.objects.public().select_related("dialogue", "host"), slug=slug
    )
    initiatives = Initiative.objects.public().filter(raised_at=meeting)
    attendances = list(
        Attendance.objects.public().filter(meeting=meeting).select_related("participant")
    )
    attendances.sort(key=lambda one: (Capacity.values.index(one.capacity), one.participant.name))
    discrepancies = list(Discrepancy.objects.public().filter(meeting=meeting))
    attach_sources([meeting], attendances, discrepancies)
    ctx = {
        "meeting": meeting,
        "attendances": attendances,
        "reports": list(Report.objects.public().filter(meeting=meeting).newest_first()[:REPORTS]),
        "tally": tally(initiatives),
        "initiatives": list(as_rows(initiatives).order_by(*latest_news_first())[:INITIATIVES]),
        "discrepancies": discrepancies,
    }
    return render(request, "initiatives/meeting_detail.html", ctx)
