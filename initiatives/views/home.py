from __future__ import annotations

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from .. import meanings
from ..models import (
    FLAGS,
    Act,
    DeliveryStatus,
    Dialogue,
    EvidenceGrade,
    Initiative,
    Meeting,
    MeetingState,
    Participant,
    Report,
    Standing,
    StatusGroup,
    StatusUpdate,
)
from ..tallies import tally
from .public_page import public_page

LATEST_UPDATES = 6
NEXT_DEADLINES = 6
MEETINGS = 4


@public_page
def home(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate().isoformat()
    initiatives = Initiative.objects.public()
    meetings = Meeting.objects.public().select_related("dialogue")
    updates = (
        StatusUpdate.objects.public()
        .current()
        .exclude(status=DeliveryStatus.NOT_REVIEWED)
        .select_related("initiative", "report", "participant")
    )
    deadlines = (
        initiatives.open()
        .exclude(delivery_status=DeliveryStatus.CONTINUING)
        .filter(due_on__isnull=False)
        .exclude(due_on__ends_before=today)
    )
    ctx = {
        "tally": tally(initiatives),
        "counts": {
            "dialogues": Dialogue.objects.public().count(),
            "meetings": Meeting.objects.public().count(),
            "participants": Participant.objects.public().count(),
            "reports": Report.objects.public().count(),
        },
        "updates": list(updates.newest_first()[:LATEST_UPDATES]),
        "deadlines": list(deadlines.order_by("due_on", "title", "slug")[:NEXT_DEADLINES]),
        "next_meetings": list(
            meetings.filter(state=MeetingState.PLANNED)
            .exclude(starts_on__ends_before=today)
            .order_by(F("starts_on").asc(nulls_last=True), "slug")[:MEETINGS]
        ),
        "latest_meetings": list(
            meetings.filter(state=MeetingState.HELD, starts_on__lte=today).newest_first()[:MEETINGS]
        ),
    }
    return render(request, "initiatives/home.html", ctx)


@public_page
def method(request: HttpRequest) -> HttpResponse:
    ctx = {
        "groups": [(group, meanings.GROUP_MEANING[group]) for group in StatusGroup],
        "statuses": [(status, meanings.STATUS_MEANING[status]) for status in DeliveryStatus],
        "standings": [(standing, meanings.STANDING_MEANING[standing]) for standing in Standing],
        "grades": [(grade, meanings.GRADE_MEANING[grade]) for grade in EvidenceGrade],
        "acts": [(act, meanings.ACT_MEANING[act]) for act in Act],
        "flags": [(flag, label, meanings.FLAG_MEANING[flag]) for flag, label in FLAGS.items()],
    }
    return render(request, "initiatives/method.html", ctx)
