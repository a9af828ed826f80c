from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..models import (
    Attendance,
    Initiative,
    Meeting,
    Membership,
    Participant,
    ParticipantKind,
    Report,
    Role,
    RoleKind,
    StatusUpdate,
)
from ..tallies import tally, tally_by
from .public_page import public_page
from .rows import A_FEW, as_rows_of, latest_news_first


@public_page
def participant_list(request: HttpRequest) -> HttpResponse:
    tallies = tally_by(Initiative.objects.public(), "roles__participant")
    participants = list(Participant.objects.public())
    kinds = [
        (kind, [(one, tallies[one.pk]) for one in participants if one.kind == kind])
        for kind in ParticipantKind
    ]
    ctx = {"kinds": [(kind, rows) for kind, rows in kinds if rows]}
    return render(request, "initiatives/participant_list.html", ctx)


@public_page
def participant_detail(request: HttpRequest, code: str) -> HttpResponse:
    participant = get_object_or_404(Participant.objects.public(), code=code)
    roles = Role.objects.public().filter(participant=participant)
    initiatives = Initiative.objects.public().filter(pk__in=roles.order_by().values("initiative"))
    by_role = dict(roles.order_by().values_list("role").annotate(count=Count("pk")))
    attendances = Attendance.objects.public().filter(participant=participant).order_by()
    meetings = Meeting.objects.public().filter(pk__in=attendances.values("meeting"))
    reports = Report.objects.public().filter(issued_by=participant)
    updates = StatusUpdate.objects.public().current().filter(participant=participant)
    ctx = {
        "participant": participant,
        "memberships": list(
            Membership.objects.public().filter(participant=participant).select_related("dialogue")
        ),
        "tally": tally(initiatives),
        "roles": [(role, by_role[role]) for role in RoleKind if role in by_role],
        "initiatives": list(
            as_rows_of(initiatives, participant).order_by(*latest_news_first())[:A_FEW]
        ),
        "updates": list(
            updates.select_related("initiative", "report", "participant").newest_first()[:A_FEW]
        ),
        "meetings": list(meetings.select_related("dialogue").newest_first()[:A_FEW]),
        "meeting_count": meetings.count(),
        "reports": list(reports.newest_first()[:A_FEW]),
        "report_count": reports.count(),
    }
    return render(request, "initiatives/participant_detail.html", ctx)
