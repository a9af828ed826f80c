from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..models import Dialogue, Discrepancy, Initiative, Meeting, Membership
from ..sources import attach_sources
from ..tallies import tally, tally_by
from .public_page import public_page
from .rows import A_FEW, as_rows, latest_news_first


@public_page
def dialogue_list(request: HttpRequest) -> HttpResponse:
    tallies = tally_by(Initiative.objects.public(), "dialogue")
    meetings = Meeting.objects.public().order_by().values_list("dialogue")
    held = dict(meetings.annotate(count=Count("pk")))
    dialogues = [
        {"dialogue": one, "tally": tallies[one.pk], "meetings": held.get(one.pk, 0)}
        for one in Dialogue.objects.public()
    ]
    return render(request, "initiatives/dialogue_list.html", {"dialogues": dialogues})


@public_page
def dialogue_detail(request: HttpRequest, slug: str) -> HttpResponse:
    dialogue = get_object_or_404(Dialogue.objects.public(), slug=slug)
    initiatives = Initiative.objects.public().filter(dialogue=dialogue)
    meetings = Meeting.objects.public().filter(dialogue=dialogue)
    latest = list(meetings.newest_first()[:A_FEW])
    raised = tally_by(initiatives.filter(raised_at__in=[one.pk for one in latest]), "raised_at")
    memberships = list(
        Membership.objects.public().filter(dialogue=dialogue).select_related("participant")
    )
    discrepancies = list(Discrepancy.objects.public().filter(dialogue=dialogue))
    attach_sources([dialogue], memberships, discrepancies)
    ctx = {
        "dialogue": dialogue,
        "memberships": memberships,
        "tally": tally(initiatives),
        "initiatives": list(as_rows(initiatives).order_by(*latest_news_first())[:A_FEW]),
        "meetings": [(one, raised[one.pk]) for one in latest],
        "meeting_count": meetings.count(),
        "discrepancies": discrepancies,
    }
    return render(request, "initiatives/dialogue_detail.html", ctx)
