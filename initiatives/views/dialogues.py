from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..as_of.current import LATEST_NEWS, CurrentView, newest_first
from ..facets.index import index
from ..facets.status_counts import GroupCount, StatusTally, longest_of, tallies_within, tally_within
from ..models import Dialogue, Discrepancy, Meeting, Membership
from ..pages.field_sources import attach_field_sources, number_sources
from ..pages.lines import attach_stated
from ..pages.meeting_sequence import dialogue_meetings
from ..pages.other_languages import in_other_languages
from ..pictures.charts import ColumnSegment, MeetingBar, TimeAxis, time_axis
from .public_page import public_page
from .rows import A_FEW, attach_involved

# More columns than that are too thin to point at.
COLUMNS = 60


@dataclass(frozen=True)
class MeetingColumn:
    """A meeting with what became of the initiatives that it raised, as a column of the picture."""

    meeting: Meeting
    tally: StatusTally
    geometry: MeetingBar
    parts: list[tuple[ColumnSegment, GroupCount]]


@public_page()
def dialogue_list(request: HttpRequest) -> HttpResponse:
    dialogues = list(Dialogue.objects.public())
    facets = index(Dialogue.objects.db)
    tallies = tallies_within(facets, "dialogue", (dialogue.slug for dialogue in dialogues))
    ctx = {
        "dialogues": [
            (dialogue, tallies[dialogue.slug], len(dialogue_meetings(facets, dialogue.pk)))
            for dialogue in dialogues
        ],
        "longest": longest_of(tallies.values()),
    }
    return render(request, "initiatives/dialogue_list.html", ctx)


@public_page()
def dialogue_detail(request: HttpRequest, slug: str) -> HttpResponse:
    dialogue = get_object_or_404(Dialogue.objects.public(), slug=slug)
    view, facets = CurrentView(), index(Dialogue.objects.db)
    raised = facets.having("dialogue", dialogue.slug)
    meetings = dialogue_meetings(facets, dialogue.pk)
    tallies = tallies_within(facets, "meeting", (meeting.slug for meeting in meetings))
    memberships = view.read(_memberships, dialogue.pk)
    discrepancies = view.read(_discrepancies, dialogue.pk)
    attach_stated([dialogue, *memberships, *discrepancies], view)
    attach_field_sources([dialogue])
    lines = [line for of_kind in dialogue.stated.values() for line in of_kind]  # type: ignore[attr-defined]
    axis, columns = _meeting_columns(meetings, tallies)
    ctx = {
        "dialogue": dialogue,
        "other_languages": in_other_languages(dialogue),
        "memberships": memberships,
        "sources": number_sources(dialogue, [*lines, *memberships]),
        "tally": tally_within(facets, raised),
        "initiatives": attach_involved(view, view.first_initiatives(raised, LATEST_NEWS, A_FEW)),
        "axis": axis,
        "columns": columns,
        "meetings": [
            (meeting, tallies.get(meeting.slug, StatusTally()))
            for meeting in newest_first(meetings)[:A_FEW]
        ],
        "longest": longest_of(tallies.values()),
        "meeting_count": len(meetings),
        "discrepancies": discrepancies,
    }
    return render(request, "initiatives/dialogue_detail.html", ctx)


def _memberships(view: CurrentView, dialogue: int) -> Any:
    return view.public(Membership).filter(dialogue=dialogue).select_related("participant")


def _discrepancies(view: CurrentView, dialogue: int) -> Any:
    return view.public(Discrepancy).filter(dialogue=dialogue)


def _meeting_columns(
    meetings: Sequence[Meeting], tallies: dict[str, StatusTally]
) -> tuple[TimeAxis, list[MeetingColumn]]:
    """The latest meetings that have a date, on an axis of time."""
    dated = [meeting for meeting in meetings if meeting.starts_on][-COLUMNS:]
    groups = [tallies[meeting.slug].groups for meeting in dated]
    axis = time_axis(
        [meeting.starts_on for meeting in dated if meeting.starts_on],
        [[group.count for group in meeting_groups] for meeting_groups in groups],
    )
    columns = []
    for meeting, column, counts in zip(dated, axis.columns, groups, strict=True):
        parts = [(part, counts[part.of]) for part in column.parts]
        columns.append(MeetingColumn(meeting, tallies[meeting.slug], column, parts))
    return axis, columns
