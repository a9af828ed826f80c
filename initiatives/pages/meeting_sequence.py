"""The meetings of each dialogue in the order of their dates, held in memory for each version of the data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from copy import copy

from django.db.models import F

from ..facets.index import Index
from ..models import Meeting

# What pages show of a meeting that they only name.
COLUMNS = ("slug", "title", "starts_on", "ends_on", "state", "kind", "dialogue", "part_of")


def dialogue_meetings(index: Index, dialogue: int) -> list[Meeting]:
    """The public meetings of a dialogue (primary key), earliest first and those without a date last."""

    def read() -> dict[int, list[Meeting]]:
        by_dialogue: dict[int, list[Meeting]] = defaultdict(list)
        rows = Meeting.objects.public().only(*COLUMNS)
        for meeting in rows.order_by(F("starts_on").asc(nulls_last=True), "slug"):
            by_dialogue[meeting.dialogue_id].append(meeting)
        return dict(by_dialogue)

    # Copies: what is kept is for other readers too.
    return [copy(meeting) for meeting in index.remember("calendar", read).get(dialogue, [])]


def neighbours(
    meetings: Sequence[Meeting], meeting: Meeting
) -> tuple[Meeting | None, Meeting | None]:
    """The meetings before and after one in the order of their dates; none for one without a date."""
    dated = [row for row in meetings if row.starts_on]
    if meeting not in dated:
        return None, None
    place = dated.index(meeting)
    return (dated[place - 1] if place else None), next(iter(dated[place + 1 :]), None)


def held_together(meetings: Sequence[Meeting], meeting: Meeting) -> list[Meeting]:
    """The meetings of a dialogue that belong to one: itself, what it is part of, and all parts of that."""
    whole_of = {row.pk: row.part_of_id for row in meetings} | {meeting.pk: meeting.part_of_id}

    def root(key: int) -> int:
        seen: set[int] = set()
        while (whole := whole_of.get(key)) and key not in seen:
            seen.add(key)
            key = whole
        return key

    own_root = root(meeting.pk)
    return [row for row in meetings if root(row.pk) == own_root]
