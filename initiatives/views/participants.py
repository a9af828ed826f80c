from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..as_of.current import CurrentView
from ..facets.index import index
from ..facets.status_counts import tallies_within
from ..models import (
    Attendance,
    Initiative,
    Meeting,
    Membership,
    Participant,
    ParticipantKind,
    Role,
    RoleKind,
)
from ..query.as_of import read_view
from ..query.understood import AS_OF
from .not_known import render_not_known
from .public_page import public_page
from .rows import A_FEW, with_own_roles


@public_page()
def participant_list(request: HttpRequest) -> HttpResponse:
    participants = list(Participant.objects.public())
    codes = (participant.code for participant in participants)
    tallies = tallies_within(index(Participant.objects.db), "participant", codes)
    kinds = [
        (kind, [(row, tallies[row.code]) for row in participants if row.kind == kind])
        for kind in ParticipantKind
    ]
    ctx = {"kinds": [(kind, rows) for kind, rows in kinds if rows]}
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
    code = participant.code
    roles = view.public(Role).filter(participant=participant)
    initiatives = view.public(Initiative).filter(pk__in=roles.order_by().values("initiative"))
    attendances = view.public(Attendance).filter(participant=participant).order_by()
    meetings = view.public(Meeting).filter(pk__in=attendances.values("meeting"))
    reports = view.reports().filter(issued_by=participant)
    updates = view.updates().filter(participant=participant)
    attended, meeting_count = view.attended_meetings(meetings.select_related("dialogue"), A_FEW)
    by_role = view.tallies_by_role(roles)
    ctx = {
        "view": view,
        "participant": participant,
        "query": view.query(participant=code),
        "memberships": list(
            view.public(Membership).filter(participant=participant).select_related("dialogue")
        ),
        "tally": view.tally(participant=[code]),
        "roles": [
            (role, by_role[role]) for role in RoleKind if role in by_role and by_role[role].total
        ],
        "initiatives": view.latest_initiatives(
            initiatives, A_FEW, lambda rows: with_own_roles(rows, participant), participant=[code]
        ),
        "updates": view.as_known(
            updates.select_related("initiative", "report", "participant").newest_first()[:A_FEW]
        ),
        "meetings": attended,
        "meeting_count": meeting_count,
        "reports": list(reports.newest_first()[:A_FEW]),
        "report_count": reports.count(),
    }
    return render(request, "initiatives/participant_detail.html", ctx)
