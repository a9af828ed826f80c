"""What documents state of meetings and dialogues line by line, and who came, in the order of the documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import prefetch_related_objects

from ..as_of.current import CurrentView, StatedRow
from ..models import Attendance, Citation, Delegate, Dialogue, Line, LineKind, Meeting
from ..partial_dates import sort_key
from .citations import COLUMN, attach_sources

# Beyond what any document has; what was typed comes after what a file has in an order.
LAST, LATER = "~", 1_000_000


def attach_lines(subjects: Sequence[Dialogue] | Sequence[Meeting], view: CurrentView) -> None:
    """Set ``stated`` on meetings or dialogues, the lines of each kind with their ``sources``; three queries."""
    if not subjects:
        return
    column = COLUMN[type(subjects[0])]
    lines = _with_sources(Line, f"{column}__in", subjects, view)
    prefetch_related_objects(lines, "by")
    by_subject: dict[int, dict[str, list[Line]]] = defaultdict(
        lambda: {kind: [] for kind in LineKind}
    )
    for line in lines:
        by_subject[getattr(line, f"{column}_id")][line.kind].append(line)
    for subject in subjects:
        subject.stated = by_subject[subject.pk]  # type: ignore[union-attr]


def attach_delegates(attendances: Sequence[Attendance], view: CurrentView) -> None:
    """Set ``people``, the delegates with their ``sources``, and those of them who are ``heads``; two queries."""
    delegates = _with_sources(Delegate, "attendance__in", attendances, view)
    by_attendance: dict[int, list[Delegate]] = defaultdict(list)
    for delegate in delegates:
        by_attendance[delegate.attendance_id].append(delegate)
    for attendance in attendances:
        people = by_attendance[attendance.pk]
        attendance.people = sorted(people, key=lambda person: not person.is_head)  # type: ignore[attr-defined]
        attendance.heads = [person for person in people if person.is_head]  # type: ignore[attr-defined]


def _with_sources(
    model: type[StatedRow],
    lookup: str,
    subjects: Sequence[Attendance] | Sequence[Dialogue] | Sequence[Meeting],
    view: CurrentView,
) -> list[StatedRow]:
    rows = view.stated(model, **{lookup: [subject.pk for subject in subjects]})
    attach_sources(view, rows)
    return in_order(rows)


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
