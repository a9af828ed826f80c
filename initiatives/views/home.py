from __future__ import annotations

from django.conf import settings
from django.db.models import F, OrderBy
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from pyroaring import BitMap

from ..as_of.current import LATEST_NEWS, CurrentView
from ..facets.status_counts import Bar, tallies_within, tally_within
from ..models import (
    FLAGS,
    Act,
    DeliveryStatus,
    EvidenceGrade,
    Initiative,
    Meeting,
    Standing,
    StatusGroup,
    StatusUpdate,
)
from ..pages import glossary
from ..query.as_of import read_view
from ..query.filters import raising
from .public_page import public_page
from .rows import dialogue_bars

LATEST_UPDATES = 6
NEXT_DEADLINES = 6
SILENT = 5
MEETINGS = 4
LATEST_SIGN = (F("last_heard_on").desc(nulls_last=True), "title", "slug")
# Bars of dialogues and of meetings.
BARS = 8


@public_page
def home(request: HttpRequest) -> HttpResponse:
    initiatives = Initiative.objects.public()
    view = read_view(request.GET, initiatives.db)
    facets = view.index
    meetings = Meeting.objects.public().select_related("dialogue")
    silent = facets.value("flag", "stale")
    ctx = {
        "view": view,
        "tally": tally_within(facets, facets.all),
        "counts": view.figures(),
        "by_dialogue": dialogue_bars(facets, facets.all, view.query_after, BARS),
        "by_meeting": _meeting_bars(view),
        "updates": _latest_updates(view),
        "deadlines": view.deadlines(initiatives, NEXT_DEADLINES),
        "silent_count": len(silent),
        "silent": _first_initiatives(view, silent, LATEST_SIGN, SILENT),
        "next_meetings": view.next_meetings(meetings, MEETINGS),
        "latest_meetings": view.latest_meetings(meetings, MEETINGS),
    }
    return render(request, "initiatives/home.html", ctx)


def _latest_updates(view: CurrentView) -> list[StatusUpdate]:
    updates = (
        view.updates()
        .exclude(status=DeliveryStatus.NOT_REVIEWED)
        .select_related("initiative", "report", "participant")
    )
    # As many initiatives have an update of that day or a later one: what is older need not be put in order.
    latest = _first_initiatives(view, view.index.all, LATEST_NEWS, LATEST_UPDATES * 2)
    if len(latest) == LATEST_UPDATES * 2 and (since := latest[-1].latest_update_on):
        updates = updates.filter(on__gte=since)
    return view.mark(updates.newest_first()[:LATEST_UPDATES])


def _first_initiatives(
    view: CurrentView, keys: BitMap, order: tuple[str | OrderBy, ...], count: int
) -> list[Initiative]:
    """The first of the initiatives with these keys; one query for those of today."""
    rows = Initiative.objects.public().order_by()
    first_keys = view.index.page(keys, order, 0, count, using=rows.db)
    initiatives = rows.in_bulk(first_keys)
    return view.put(initiatives[key] for key in first_keys if key in initiatives)


def _meeting_bars(view: CurrentView) -> list[Bar]:
    """The latest meetings that raised anything."""
    meetings = view.raising(raising(), BARS)
    tallies = tallies_within(view.index, "meeting", (meeting.slug for meeting in meetings))
    return [
        Bar(
            meeting.title,
            meeting.get_absolute_url(),
            f"meeting={meeting.slug}{view.query_after}",
            tallies[meeting.slug],
        )
        for meeting in meetings
    ]


@public_page
def method(request: HttpRequest) -> HttpResponse:
    ctx = {
        "groups": [(group, glossary.GROUP_MEANING[group]) for group in StatusGroup],
        "statuses": [
            (status, glossary.STATUS_MEANING[status], glossary.IATI_NAME.get(status.iati or "", ""))
            for status in DeliveryStatus
        ],
        "standings": [(standing, glossary.STANDING_MEANING[standing]) for standing in Standing],
        "grades": [(grade, glossary.GRADE_MEANING[grade]) for grade in EvidenceGrade],
        "acts": [(act, glossary.ACT_MEANING[act]) for act in Act],
        "contact_email": settings.CONTACT_EMAIL,
        "contact_url": settings.CONTACT_URL,
        "flags": [(flag, label, glossary.FLAG_MEANING[flag]) for flag, label in FLAGS.items()],
    }
    return render(request, "initiatives/method.html", ctx)
