from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

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
from .public_page import public_page
from .rows import A_FEW, with_own_roles


@public_page
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


@public_page
def participant_detail(request: HttpRequest, code: str) -> HttpResponse:
    public = Participant.objects.public()
    view = read_view(request.GET, public.db)
    participant = get_object_or_404(public, code=code)
    roles = Role.objects.once_public().filter(participant=participant)
    initiatives = Initiative.objects.public().filter(pk__in=roles.order_by().values("initiative"))
    attendances = Attendance.objects.public().filter(participant=participant).order_by()
    meetings = Meeting.objects.public().filter(pk__in=attendances.values("meeting"))
    reports = view.reports().filter(issued_by=participant)
    updates = view.updates().filter(participant=participant)
    attended, meeting_count = view.attended_meetings(meetings.select_related("dialogue"), A_FEW)
    by_role = view.tallies_by_role(roles)
    ctx = {
        "view": view,
        "participant": participant,
        "query": view.query(participant=code),
        "memberships": list(
            Membership.objects.public().filter(participant=participant).select_related("dialogue")
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
