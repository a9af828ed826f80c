from __future__ import annotations

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language

from ..as_of.current import DUE_FIRST, LATEST_NEWS, CurrentView
from ..facets.status_counts import longest_of, tally_within
from ..models import DeliveryStatus, Initiative, StatusUpdate
from ..pages.due_story import attach_due_meetings
from ..pages.findings import finding, shares
from ..pages.raised import peak, raised_by_year, raised_pictures
from ..partial_dates import PartialDate
from ..query.as_of import read_view
from ..query.understood import AS_OF
from .public_page import public_page
from .rows import dialogue_bars, proposer_bars

LATEST_UPDATES = 6
NEXT_DEADLINES = 5
SILENT = 5
OVERDUE = 5
MEETINGS = 4
LATEST_SIGN = (F("last_heard_on").desc(nulls_last=True), "sort_key", "slug")
# Bars of dialogues and of proposers.
BARS = 8


@public_page([AS_OF])
def home(request: HttpRequest) -> HttpResponse:
    view = read_view(request.GET, Initiative.objects.db)
    facets = view.index
    silent, overdue = facets.having("flag", "stale"), facets.having("flag", "overdue")
    deadlines = view.next_deadlines(NEXT_DEADLINES)
    attach_due_meetings(view, deadlines)
    # Written once for each version of the data: it is most of the page, and follows from the index and from names.
    kept = f"pictures of home {view.as_of} {get_language()}"
    ctx = {
        "view": view,
        "tally": tally_within(facets, facets.all),
        "counts": view.figures(),
        "pictures": facets.remember(kept, lambda: _pictures(view), any_day=True),
        "updates": _latest_updates(view),
        "deadlines": deadlines,
        "overdue_count": len(overdue),
        "overdue": view.first_initiatives(overdue, DUE_FIRST, OVERDUE),
        "silent_count": len(silent),
        "silent": view.first_initiatives(silent, LATEST_SIGN, SILENT),
        "next_meetings": view.next_meetings(MEETINGS),
        "latest_meetings": view.latest_meetings(MEETINGS),
    }
    return render(request, "initiatives/home.html", ctx)


def _pictures(view: CurrentView) -> str:
    """Where things stand, as a part of the page: by year, by dialogue and by who raised them."""
    facets = view.index
    tally, columns = tally_within(facets, facets.all), raised_by_year(view)
    by_dialogue = dialogue_bars(facets, facets.all, view.parameters, BARS)
    by_proposer = proposer_bars(view, BARS)
    ctx = {
        "view": view,
        "tally": tally,
        "counts": view.figures(),
        "finding": finding(tally),
        "shares": shares(tally),
        "columns": columns,
        "pictures": raised_pictures(view, columns),
        "peak": peak(view, columns),
        "by_dialogue": by_dialogue,
        "by_proposer": by_proposer,
        "longest": longest_of(bar.tally for bar in [*by_dialogue, *by_proposer]),
    }
    return render_to_string("initiatives/_home_standing.html", ctx)


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
