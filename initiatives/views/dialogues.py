from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from pyroaring import BitMap

from ..as_of.current import LATEST_NEWS, CurrentView, newest_first
from ..facets.status_counts import StatusTally, TallyBar, longest_of, tallies_within, tally_within
from ..models import Dialogue, Discrepancy, Meeting, MeetingState, Membership
from ..models.sort_keys import said_key
from ..pages.field_sources import attach_field_sources, number_sources
from ..pages.findings import finding
from ..pages.lines import attach_stated
from ..pages.meeting_sequence import known_meetings
from ..pages.other_languages import in_other_languages
from ..pages.timeliness import LIMITS, dialogue_cohorts
from ..query.as_of import read_view
from ..query.understood import AS_OF
from .public_page import public_page
from .rows import A_FEW, MeetingBar, attach_involved, meeting_bars

# Meetings that have a row in the picture; and of those to come.
ROWS = 30
NEXT = 3


@public_page([AS_OF])
def dialogue_list(request: HttpRequest) -> HttpResponse:
    view = read_view(request.GET, Dialogue.objects.db)
    dialogues = sorted(Dialogue.objects.public(), key=said_key)
    tallies = tallies_within(view.index, "dialogue", (dialogue.slug for dialogue in dialogues))
    rows = [
        (dialogue, tallies[dialogue.slug], len(known_meetings(view, dialogue.pk)))
        for dialogue in dialogues
    ]
    ctx = {
        "view": view,
        "dialogues": sorted(rows, key=lambda row: -row[1].total),
        "longest": longest_of(tallies.values()),
    }
    return render(request, "initiatives/dialogue_list.html", ctx)


@public_page([AS_OF])
def dialogue_detail(request: HttpRequest, slug: str) -> HttpResponse:
    dialogue = get_object_or_404(Dialogue.objects.public(), slug=slug)
    view = read_view(request.GET, Dialogue.objects.db)
    facets = view.index
    raised = facets.having("dialogue", dialogue.slug)
    meetings = newest_first(known_meetings(view, dialogue.pk))
    memberships = sorted(
        view.read(_memberships, dialogue.pk),
        key=lambda row: (said_key(row.participant), row.capacity),
    )
    discrepancies = view.as_known(view.read(_discrepancies, dialogue.pk))
    attach_stated([dialogue, *memberships, *discrepancies], view)
    attach_field_sources([dialogue])
    lines = [line for of_kind in dialogue.stated.values() for line in of_kind]  # type: ignore[attr-defined]
    rows = meeting_bars(view, meetings)
    tally = tally_within(facets, raised)
    ctx = {
        "view": view,
        "query": view.query(dialogue=dialogue.slug),
        "dialogue": dialogue,
        "other_languages": in_other_languages(dialogue),
        "memberships": memberships,
        "sources": number_sources(dialogue, [*lines, *memberships]),
        "tally": tally,
        "finding": finding(tally),
        "initiatives": attach_involved(view, view.first_initiatives(raised, LATEST_NEWS, A_FEW)),
        "rows": rows[:ROWS],
        "earlier_count": len(rows[ROWS:]),
        "earlier": _sum_of(view, rows[ROWS:]),
        "without_meeting": _without_meeting(view, raised, rows),
        "longest": longest_of([_sum_of(view, rows[ROWS:]), *(row.tally for row in rows)]),
        "cohorts": dialogue_cohorts(view, dialogue.slug),
        "limits": LIMITS,
        "next_meetings": _next(view, meetings),
        "meeting_count": len(meetings),
        "other_meetings": len(meetings) - len(rows),
        "discrepancies": discrepancies,
    }
    return render(request, "initiatives/dialogue_detail.html", ctx)


def _memberships(view: CurrentView, dialogue: int) -> Any:
    return view.public(Membership).filter(dialogue=dialogue).select_related("participant")


def _discrepancies(view: CurrentView, dialogue: int) -> Any:
    return view.public(Discrepancy).filter(dialogue=dialogue)


def _sum_of(view: CurrentView, rows: Sequence[MeetingBar]) -> StatusTally:
    facets = view.index
    raised = (facets.having("meeting", row.meeting.slug) for row in rows)
    return tally_within(facets, BitMap.union(BitMap(), *raised))


def _without_meeting(view: CurrentView, raised: BitMap, rows: Sequence[MeetingBar]) -> TallyBar:
    """The initiatives of a dialogue that none of its meetings is known to have raised."""
    facets = view.index
    at_one = BitMap.union(BitMap(), *(facets.having("meeting", row.meeting.slug) for row in rows))
    rest = raised - at_one
    # A list can only be asked for those of no meeting at all.
    is_listed = rest == raised & facets.having("meeting", "none")
    return TallyBar("", "", "meeting=none" if is_listed else "", tally_within(facets, rest))


def _next(view: CurrentView, meetings: Sequence[Meeting]) -> list[Meeting]:
    """The meetings that run or are to come, the next one first."""
    return [
        row
        for row in reversed(meetings)
        if row.runs or (row.state == MeetingState.PLANNED and not row.is_over(view.day))
    ][:NEXT]
