from __future__ import annotations

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..as_of.current import LATEST_NEWS, CurrentView
from ..facets.status_counts import TallyBar, tallies_within, tally_within
from ..models import DeliveryStatus, Initiative, StatusUpdate
from ..pages.due_story import attach_due_meetings
from ..partial_dates import PartialDate
from ..query.as_of import read_view
from ..query.understood import AS_OF
from .public_page import public_page
from .rows import dialogue_bars

LATEST_UPDATES = 6
NEXT_DEADLINES = 6
SILENT = 5
MEETINGS = 4
LATEST_SIGN = (F("last_heard_on").desc(nulls_last=True), "sort_key", "slug")
# Bars of dialogues and of meetings.
BARS = 8


@public_page([AS_OF])
def home(request: HttpRequest) -> HttpResponse:
    view = read_view(request.GET, Initiative.objects.db)
    facets = view.index
    silent = facets.having("flag", "stale")
    deadlines = view.next_deadlines(NEXT_DEADLINES)
    attach_due_meetings(view, deadlines)
    ctx = {
        "view": view,
        "tally": tally_within(facets, facets.all),
        "counts": view.figures(),
        "by_dialogue": dialogue_bars(facets, facets.all, view.parameters, BARS),
        "by_meeting": _meeting_bars(view),
        "updates": _latest_updates(view),
        "deadlines": deadlines,
        "silent_count": len(silent),
        "silent": view.first_initiatives(silent, LATEST_SIGN, SILENT),
        "next_meetings": view.next_meetings(MEETINGS),
        "latest_meetings": view.latest_meetings(MEETINGS),
    }
    return render(request, "initiatives/home.html", ctx)


def _latest_updates(view: CurrentView) -> list[StatusUpdate]:
    # As many initiatives have an update of that day or a later one: what is older need not be put in order.
    latest = view.first_initiatives(view.index.all, LATEST_NEWS, LATEST_UPDATES * 2)
    since = latest[-1].latest_update_on if len(latest) == LATEST_UPDATES * 2 else None
    return view.as_known(view.read(_updates, since=since))


def _updates(view: CurrentView, since: PartialDate | None) -> QuerySet[StatusUpdate]:
    updates = view.updates().exclude(status=DeliveryStatus.NOT_REVIEWED)
    updates = updates.filter(on__reaches=since) if since else updates
    updates = updates.select_related("initiative", "report", "participant", "target")
    return updates.newest_first()[:LATEST_UPDATES]


def _meeting_bars(view: CurrentView) -> list[TallyBar]:
    """The latest meetings that raised anything."""
    meetings = view.raising_meetings(BARS)
    tallies = tallies_within(view.index, "meeting", (meeting.slug for meeting in meetings))
    return [
        TallyBar(
            meeting.title,
            meeting.get_absolute_url(),
            view.query(meeting=meeting.slug),
            tallies[meeting.slug],
        )
        for meeting in meetings
    ]
