from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..as_of.current import LATEST_NEWS
from ..facets.index import index
from ..facets.status_counts import GroupCount, Tally, tallies_within, tally_within
from ..models import Dialogue, Discrepancy, Initiative, Meeting, Membership
from ..pages.citations import attach_sources
from ..pages.meeting_sequence import calendar
from ..pictures.charts import Axis, Column, Part, axis
from .public_page import public_page
from .rows import A_FEW, as_rows

# More columns than that are too thin to point at.
COLUMNS = 60


@dataclass(frozen=True)
class Raising:
    """A meeting with what became of the initiatives that it raised, as a column of the picture."""

    meeting: Meeting
    tally: Tally
    column: Column
    parts: list[tuple[Part, GroupCount]]


@public_page
def dialogue_list(request: HttpRequest) -> HttpResponse:
    dialogues = list(Dialogue.objects.public())
    held = index(Dialogue.objects.db)
    tallies = tallies_within(held, "dialogue", (one.slug for one in dialogues))
    ctx = {
        "dialogues": [
            {
                "dialogue": one,
                "tally": tallies[one.slug],
                "meetings": len(calendar(held, one.pk)),
            }
            for one in dialogues
        ]
    }
    return render(request, "initiatives/dialogue_list.html", ctx)


@public_page
def dialogue_detail(request: HttpRequest, slug: str) -> HttpResponse:
    dialogue = get_object_or_404(Dialogue.objects.public(), slug=slug)
    held = index(Dialogue.objects.db)
    initiatives = Initiative.objects.public().filter(dialogue=dialogue)
    meetings = calendar(held, dialogue.pk)
    tallies = tallies_within(held, "meeting", (one.slug for one in meetings))
    latest = Meeting.objects.public().filter(dialogue=dialogue).newest_first()[:A_FEW]
    memberships = list(
        Membership.objects.public().filter(dialogue=dialogue).select_related("participant")
    )
    discrepancies = list(Discrepancy.objects.public().filter(dialogue=dialogue))
    attach_sources([dialogue], memberships, discrepancies)
    picture, columns = _axis(meetings, tallies)
    ctx = {
        "dialogue": dialogue,
        "memberships": memberships,
        "tally": tally_within(held, held.value("dialogue", dialogue.slug)),
        "initiatives": list(as_rows(initiatives).order_by(*LATEST_NEWS)[:A_FEW]),
        "axis": picture,
        "columns": columns,
        "meetings": [(one, tallies.get(one.slug, Tally())) for one in latest],
        "meeting_count": len(meetings),
        "discrepancies": discrepancies,
    }
    return render(request, "initiatives/dialogue_detail.html", ctx)


def _axis(meetings: Sequence[Meeting], tallies: dict[str, Tally]) -> tuple[Axis, list[Raising]]:
    """The latest meetings that have a date, on an axis of time."""
    dated = [one for one in meetings if one.starts_on][-COLUMNS:]
    groups = [tallies[one.slug].groups for one in dated]
    picture = axis(
        [one.starts_on for one in dated if one.starts_on],
        [[group.count for group in of] for of in groups],
    )
    columns = [
        Raising(one, tallies[one.slug], column, [(part, of[part.of]) for part in column.parts])
        for one, column, of in zip(dated, picture.columns, groups, strict=True)
    ]
    return picture, columns
