from __future__ import annotations

from django.db.models import F, OrderBy
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from pyroaring import BitMap

from .. import meanings
from ..facets import Index, index
from ..filters import LATEST_NEWS, raising
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
from ..tallies import Bar, tallies_within, tally_within
from .public_page import public_page

LATEST_UPDATES = 6
NEXT_DEADLINES = 6
SILENT = 5
MEETINGS = 4
LATEST_SIGN = (F("last_heard_on").desc(nulls_last=True), "title", "slug")
# Bars of dialogues and of meetings.
BARS = 8


@public_page
def home(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate().isoformat()
    initiatives = Initiative.objects.public()
    held = index(initiatives.db)
    meetings = Meeting.objects.public().select_related("dialogue")
    deadlines = (
        initiatives.open()
        .exclude(delivery_status=DeliveryStatus.CONTINUING)
        .filter(due_on__isnull=False)
        .exclude(due_on__ends_before=today)
    )
    ctx = {
        "tally": tally_within(held, held.all),
        "counts": held.keep("figures", figures),
        "by_dialogue": _by_dialogue(held),
        "by_meeting": _by_meeting(held),
        "updates": _latest_updates(held),
        "deadlines": list(deadlines.order_by("due_on", "title", "slug")[:NEXT_DEADLINES]),
        "silent_count": len(held.value("flag", "stale")),
        "silent": _first(held, held.value("flag", "stale"), LATEST_SIGN, SILENT),
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


def _latest_updates(held: Index) -> list[StatusUpdate]:
    updates = (
        StatusUpdate.objects.public()
        .current()
        .exclude(status=DeliveryStatus.NOT_REVIEWED)
        .select_related("initiative", "report", "participant")
    )
    # As many initiatives have an update of that day or a later one: what is older need not be put in order.
    latest = _first(held, held.all, LATEST_NEWS, LATEST_UPDATES * 2)
    if len(latest) == LATEST_UPDATES * 2 and (since := latest[-1].latest_update_on):
        updates = updates.filter(on__gte=since)
    return list(updates.newest_first()[:LATEST_UPDATES])


def _first(
    held: Index, keys: BitMap, order: tuple[str | OrderBy, ...], count: int
) -> list[Initiative]:
    """The first of the public initiatives with these keys; one query."""
    rows = Initiative.objects.public().order_by()
    first = held.page(keys, order, 0, count, using=rows.db)
    found = rows.in_bulk(first)
    return [found[key] for key in first if key in found]


def figures() -> dict[str, int]:
    """How much there is to read besides the initiatives."""
    return {
        "dialogues": Dialogue.objects.public().count(),
        "meetings": Meeting.objects.public().count(),
        "participants": Participant.objects.public().count(),
        "reports": Report.objects.public().count(),
    }


def _by_dialogue(held: Index) -> list[Bar]:
    """The dialogues with the most initiatives."""
    dialogues = held.keep("dialogues", lambda: list(Dialogue.objects.public()))
    tallies = tallies_within(held, "dialogue", (one.slug for one in dialogues))
    most = sorted(dialogues, key=lambda one: -tallies[one.slug].total)[:BARS]
    return [
        Bar(one.name, one.get_absolute_url(), f"dialogue={one.slug}", tallies[one.slug])
        for one in most
        if tallies[one.slug].total
    ]


def _by_meeting(held: Index) -> list[Bar]:
    """The latest meetings that raised anything."""
    meetings = held.keep("raising", lambda: list(raising().newest_first()[:BARS]))
    tallies = tallies_within(held, "meeting", (one.slug for one in meetings))
    return [
        Bar(one.title, one.get_absolute_url(), f"meeting={one.slug}", tallies[one.slug])
        for one in meetings
    ]


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
