from __future__ import annotations

from typing import Any

from django.db.models import Count, Window
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..as_of.current import LATEST_NEWS, CurrentView
from ..facets.status_counts import longest_of, tallies_within, tally_within
from ..models import Membership, Participant
from ..models.sort_keys import said_key
from ..pages.brief import Length
from ..pages.chairs import chaired_meetings
from ..pages.delegations import attended_meetings
from ..pages.glossary import KINDS_OF_PARTICIPANTS
from ..pages.other_languages import in_other_languages
from ..pages.promises import dialogue_bars, scorecard
from ..query.as_of import read_view
from ..query.understood import AS_OF
from .not_known import render_not_known
from .public_page import public_page
from .rows import A_FEW, attach_involved


@public_page([AS_OF])
def participant_list(request: HttpRequest) -> HttpResponse:
    public = Participant.objects.public()
    view = read_view(request.GET, public.db)
    participants = sorted(view.as_known(public.select_related("part_of")), key=said_key)
    codes = (participant.code for participant in participants)
    tallies = tallies_within(view.index, "participant", codes)
    kinds = [
        (kind, heading, [(row, tallies[row.code]) for row in participants if row.kind == kind])
        for kind, heading in KINDS_OF_PARTICIPANTS.items()
    ]
    ctx = {
        "view": view,
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
    meetings, meeting_count = attended_meetings(view, participant, A_FEW)
    reports = view.read(_reports, participant.pk)
    parts = sorted(
        (row for row in view.participants().values() if row.part_of_id == participant.pk),
        key=said_key,
    )
    institutions = [
        (part, tally_within(view.index, view.index.having("participant", part.code)))
        for part in view.as_known(parts)
    ]
    cards, dialogues = scorecard(view, participant), dialogue_bars(view, participant)
    tally = tally_within(view.index, involved)
    ctx = {
        "view": view,
        "participant": participant,
        "wholes": view.as_known(participant.wholes),
        "other_languages": in_other_languages(participant),
        "query": view.query(participant=code),
        "brief_query": view.query(length=Length.ONE.value),
        "memberships": view.read(_memberships, participant.pk),
        "tally": tally,
        "cards": cards,
        "dialogues": dialogues,
        "institutions": institutions,
        # Cards, dialogues and institutions are drawn on one scale; none has more than all of them.
        "longest": longest_of(
            [
                *(card.tally for card in cards),
                *(bar.tally for bar in dialogues),
                *(of_part for _part, of_part in institutions),
            ]
        ),
        "initiatives": attach_involved(
            view,
            view.first_initiatives(involved, LATEST_NEWS, A_FEW),
            participant,
        ),
        "updates": view.as_known(view.read(_updates, participant.pk)),
        "chaired": chaired_meetings(view, participant),
        "meetings": meetings,
        "meeting_count": meeting_count,
        "reports": reports,
        "report_count": reports[0].in_all if reports else 0,
    }
    return render(request, "initiatives/participant_detail.html", ctx)


def _memberships(view: CurrentView, participant: int) -> Any:
    return view.public(Membership).filter(participant=participant).select_related("dialogue")


def _updates(view: CurrentView, participant: int) -> Any:
    rows = view.updates().filter(participant=participant).newest_first()
    return rows.select_related("initiative", "report", "participant", "target")[:A_FEW]


def _reports(view: CurrentView, participant: int) -> Any:
    """The first of what it issued, each with how many there are (``in_all``)."""
    rows = view.reports().filter(issued_by=participant).newest_first()
    return rows.select_related("translation_of").annotate(in_all=Window(Count("pk")))[:A_FEW]
