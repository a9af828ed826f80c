from __future__ import annotations

from typing import Any

from django.db.models import Count, Window
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from pyroaring import BitMap

from ..as_of.current import LATEST_NEWS, CurrentView
from ..facets.index import Index, index
from ..facets.registry import facets_of
from ..facets.status_counts import StatusTally, longest_of, tallies_within, tally_within
from ..models import (
    Attendance,
    Initiative,
    InvolvementCapacity,
    Membership,
    Participant,
)
from ..pages.chairs import chaired_meetings
from ..pages.glossary import KINDS_OF_PARTICIPANTS
from ..pages.meeting_sequence import meetings_of_keys
from ..pages.other_languages import in_other_languages
from ..query.as_of import read_view
from ..query.understood import AS_OF
from .not_known import render_not_known
from .public_page import public_page
from .rows import A_FEW, attach_involved


@public_page()
def participant_list(request: HttpRequest) -> HttpResponse:
    participants = list(Participant.objects.public().select_related("part_of"))
    codes = (participant.code for participant in participants)
    tallies = tallies_within(index(Participant.objects.db), "participant", codes)
    kinds = [
        (kind, heading, [(row, tallies[row.code]) for row in participants if row.kind == kind])
        for kind, heading in KINDS_OF_PARTICIPANTS.items()
    ]
    ctx = {
        "kinds": [(kind, heading, rows) for kind, heading, rows in kinds if rows],
        "longest": longest_of(tallies.values()),
    }
    return render(request, "initiatives/participant_list.html", ctx)


@public_page([AS_OF])
def participant_detail(request: HttpRequest, code: str) -> HttpResponse:
    public = Participant.objects.public()
    view = read_view(request.GET, public.db)
    participant = get_object_or_404(public, code=code)
    if not view.as_known([participant]):
        return render_not_known(request, view, participant)
    return participant_page(request, view, participant)


def participant_page(
    request: HttpRequest, view: CurrentView, participant: Participant
) -> HttpResponse:
    """The page of a participant as a view of the record shows it."""
    code, involved = participant.code, view.index.having("participant", participant.code)
    meetings = meetings_of_keys(view, view.read(_attended, participant.pk))
    attended = view.attended_meetings(meetings)
    reports = view.read(_reports, participant.pk)
    parts = [row for row in view.participants().values() if row.part_of_id == participant.pk]
    filters = facets_of(Initiative)
    by_capacity = _tallies_by_capacity(view.index, participant)
    ctx = {
        "view": view,
        "participant": participant,
        "wholes": view.as_known(participant.wholes),
        "parts": [
            (part, tally_within(view.index, view.index.having("participant", part.code)))
            for part in view.as_known(parts)
        ],
        "other_languages": in_other_languages(participant),
        "query": view.query(participant=code),
        "memberships": view.read(_memberships, participant.pk),
        "tally": tally_within(view.index, involved),
        "capacities": [
            (
                capacity,
                tally,
                view.query(**{capacity.value: code}) if capacity.value in filters else "",
            )
            for capacity, tally in by_capacity
            if tally.total
        ],
        "initiatives": attach_involved(
            view,
            view.first_initiatives(involved, LATEST_NEWS, A_FEW),
            participant,
        ),
        "updates": view.as_known(view.read(_updates, participant.pk)),
        "chaired": chaired_meetings(view, participant),
        "meetings": attended[:A_FEW],
        "meeting_count": len(attended),
        "reports": reports,
        "report_count": reports[0].in_all if reports else 0,
    }
    return render(request, "initiatives/participant_detail.html", ctx)


def _attended(view: CurrentView, participant: int) -> Any:
    rows = view.public(Attendance).filter(participant=participant).order_by()
    return rows.values_list("meeting", flat=True)


def _memberships(view: CurrentView, participant: int) -> Any:
    return view.public(Membership).filter(participant=participant).select_related("dialogue")


def _updates(view: CurrentView, participant: int) -> Any:
    rows = view.updates().filter(participant=participant).newest_first()
    return rows.select_related("initiative", "report", "participant", "target")[:A_FEW]


def _reports(view: CurrentView, participant: int) -> Any:
    """The first of what it issued, each with how many there are (``in_all``)."""
    rows = view.reports().filter(issued_by=participant).newest_first()
    return rows.annotate(in_all=Window(Count("pk")))[:A_FEW]


def _tallies_by_capacity(
    index: Index, participant: Participant
) -> list[tuple[InvolvementCapacity, StatusTally]]:
    """How the initiatives stand that a participant is in, by what it is in them; no query."""
    keys_by_capacity = {
        capacity: index.having(capacity.value, participant.code) for capacity in InvolvementCapacity
    }
    acting = BitMap.union(BitMap(), *keys_by_capacity.values())
    mentioned = index.having("participant", participant.code) - acting
    keys_by_capacity[InvolvementCapacity.MENTIONED] = mentioned
    return [(capacity, tally_within(index, keys)) for capacity, keys in keys_by_capacity.items()]
