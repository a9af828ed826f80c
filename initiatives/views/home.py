from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language, ngettext
from pyroaring import BitMap

from ..as_of.current import DUE_FIRST, CurrentView
from ..facets.facet import NONE
from ..facets.status_counts import longest_of, tally_within
from ..models import DeliveryStatus, Initiative, StatusUpdate
from ..pages.due_story import attach_due_meetings
from ..pages.findings import finding, shares
from ..pages.raised import peak, raised_by_year, raised_pictures
from ..partial_dates import newest
from ..query.as_of import read_view
from ..query.understood import AS_OF
from .public_page import public_page
from .rows import dialogue_bars, proposer_bars

LATEST_UPDATES = 6
NEXT_DEADLINES = 5
SILENT = 5
PAST_DUE = 5
THE_END = "99991231"
MEETINGS = 4
LATEST_SIGN = (F("last_heard_on").desc(nulls_last=True), "sort_key", "slug")
# Bars of dialogues and of proposers.
BARS = 8


@dataclass(frozen=True)
class Figure:
    """A number of the first page, with the route of the list that it counts."""

    route: str
    count: int
    noun: str


@public_page([AS_OF])
def home(request: HttpRequest) -> HttpResponse:
    view = read_view(request.GET, Initiative.objects.db)
    facets = view.index
    silent, overdue = facets.having("flag", "stale"), facets.having("flag", "overdue")
    unreviewed = _due_unreviewed(view)
    tally = tally_within(facets, facets.all)
    # Written once for each version of the data: it is most of the page, and follows from the index and from names.
    kept = f"pictures of home {view.as_of} {get_language()}"
    ctx = {
        "view": view,
        "tally": tally,
        "figures": _figures(view, tally.total),
        "pictures": facets.remember(kept, lambda: _pictures(view), any_day=True),
        "updates": view.as_known(view.read(_latest_updates)),
        "deadlines": _with_due_meetings(view, view.next_deadlines(NEXT_DEADLINES)),
        "overdue_count": len(overdue),
        "unreviewed_count": len(unreviewed),
        "past_due_count": len(overdue | unreviewed),
        "past_due": _with_due_meetings(
            view, view.first_initiatives(overdue | unreviewed, DUE_FIRST, PAST_DUE)
        ),
        "silent_count": len(silent),
        "silent": view.first_initiatives(silent, LATEST_SIGN, SILENT),
        "next_meetings": view.next_meetings(MEETINGS),
        "latest_meetings": view.latest_meetings(MEETINGS),
    }
    return render(request, "initiatives/home.html", ctx)


def _due_unreviewed(view: CurrentView) -> BitMap:
    """Whose due date has passed without anybody having looked: ``Initiative.is_due_unreviewed``."""
    facets = view.index
    dated = facets.having("status", DeliveryStatus.NOT_REVIEWED) - facets.having("due", NONE)
    return dated - facets.ahead


def _with_due_meetings(view: CurrentView, rows: list[Initiative]) -> list[Initiative]:
    attach_due_meetings(view, rows)
    return rows


def _figures(view: CurrentView, initiatives: int) -> list[Figure]:
    """How much there is to read, each number with its list."""
    counts = view.figures()
    nouns = (
        ("initiative_list", initiatives, ngettext("initiative", "initiatives", initiatives)),
        ("dialogue_list", n := counts["dialogues"], ngettext("dialogue", "dialogues", n)),
        ("meeting_list", n := counts["meetings"], ngettext("meeting", "meetings", n)),
        (
            "participant_list",
            n := counts["participants"],
            ngettext("participant", "participants", n),
        ),
        ("report_list", n := counts["reports"], ngettext("report", "reports", n)),
    )
    return [Figure(*row) for row in nouns]


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


def _latest_updates(view: CurrentView) -> QuerySet[StatusUpdate]:
    updates = view.updates().exclude(status=DeliveryStatus.NOT_REVIEWED)
    # With an end, which none is beyond, SQLite expects few rows and begins with them, in their order.
    updates = updates.filter(on__first_day__lte=THE_END)
    updates = updates.select_related("initiative", "report", "participant", "target")
    return updates.order_by(*newest("on"), "-recorded_at", "-pk")[:LATEST_UPDATES]
