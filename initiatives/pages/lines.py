"""What documents state of meetings and dialogues line by line, and who came, in the order of the documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import prefetch_related_objects

from ..as_of.current import CurrentView, StatedRow
from ..models import (
    Attendance,
    Capacity,
    Citation,
    Delegate,
    Dialogue,
    Line,
    LineKind,
    Meeting,
    Record,
)
from ..models.sort_keys import said_key
from ..partial_dates import sort_key
from .citations import COLUMN, attach_sources

# Beyond what any document has; what was typed comes after what a file has in an order.
LAST, LATER = "~", 1_000_000
# Of what documents state more than one thing, each a row of its own.
STATED: dict[type[Record], type[Line] | type[Delegate]] = {
    Dialogue: Line,
    Meeting: Line,
    Attendance: Delegate,
}


def attach_stated(rows: Iterable[Record], view: CurrentView) -> None:
    """Set ``sources`` on rows, and on what documents state of them: a query for each kind and one for citations.

    Meetings and dialogues get their lines of each kind (``stated``), attendances their delegates, heads first
    (``people``), and the ``heads`` alone.
    """
    subjects = list(rows)
    stated: list[Any] = []
    for subject, model in STATED.items():
        if keys := [row.pk for row in subjects if type(row) is subject]:
            stated += view.stated(model, COLUMN[subject], keys)
    attach_sources(view, subjects, stated)
    prefetch_related_objects([row for row in stated if isinstance(row, Line)], "by")
    by_subject: dict[tuple[type[Record], int], list[Any]] = defaultdict(list)
    for row in in_order(stated):
        for subject in STATED:
            if key := getattr(row, f"{COLUMN[subject]}_id", None):
                by_subject[subject, key].append(row)
    for row in subjects:
        own = by_subject[type(row), row.pk]
        if isinstance(row, Attendance):
            row.people = sorted(own, key=lambda person: not person.is_head)  # type: ignore[attr-defined]
            row.heads = [person for person in own if person.is_head]  # type: ignore[attr-defined]
        elif isinstance(row, Dialogue | Meeting):
            row.stated = {kind: [line for line in own if line.kind == kind] for kind in LineKind}  # type: ignore[union-attr]


def attendances_of(view: CurrentView, meeting: Meeting) -> list[Attendance]:
    """Who came to a meeting, members first; one query."""
    attendances: list[Attendance] = view.read(_attendances, meeting.pk)
    participants = view.participants()
    for attendance in attendances:
        attendance.meeting = meeting
        if participant := participants.get(attendance.participant_id):
            attendance.participant = participant
    in_order = Capacity.values.index
    attendances.sort(key=lambda row: (in_order(row.capacity), said_key(row.participant)))
    return view.as_known(attendances)


def _attendances(view: CurrentView, meeting: int) -> Any:
    return view.public(Attendance).filter(meeting=meeting).order_by()


def in_order(rows: Iterable[StatedRow]) -> list[StatedRow]:
    """Rows that have ``sources`` as the earliest document that states each has them; what none states last."""

    def place(row: StatedRow) -> tuple[tuple[str, str, int], int]:
        sources: list[Citation] = getattr(row, "sources", [])
        places = [
            (sort_key(of.report.published_on, LAST), of.report.slug, of.position or LATER)
            for of in sources
        ]
        return min(places, default=(LAST, LAST, LATER)), row.pk

    return sorted(rows, key=place)
