"""Which meetings a participant chaired, alone or with others, as documents say it."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import prefetch_related_objects

from ..as_of.current import CurrentView, newest_first
from ..models import Line, LineKind, Meeting, Participant
from .citations import attach_sources
from .lines import in_order


def chaired_meetings(view: CurrentView, participant: Participant) -> list[Meeting]:
    """The meetings for which a line names it as chair, newest first, with these ``lines_of_chair`` and their sources.

    One query where there is none. Whom a line is about is of today, as on the page of the meeting.
    """
    keys = view.read(_chaired, participant.pk)
    lines = view.stated(Line, "id", keys) if keys else []
    if not lines:
        return []
    attach_sources(view, lines)
    prefetch_related_objects(lines, "by")
    lines_of: dict[int | None, list[Line]] = defaultdict(list)
    for line in in_order(lines):
        lines_of[line.meeting_id].append(line)
    rows = view.public(Meeting).filter(pk__in=lines_of).select_related("dialogue")
    meetings = newest_first(view.as_known(rows.order_by()))
    for meeting in meetings:
        meeting.lines_of_chair = lines_of[meeting.pk]  # type: ignore[attr-defined]
    return meetings


def _chaired(view: CurrentView, participant: int) -> Any:
    rows = view.public(Line).filter(kind=LineKind.CHAIR, by=participant).order_by()
    return rows.values_list("pk", flat=True)
