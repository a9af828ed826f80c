"""The meetings of each dialogue in the order of their dates, held in memory for each version of the data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import copy
from itertools import chain

from django.db.models import F

from ..as_of.current import CurrentView
from ..as_of.past import oldest_first
from ..facets.index import Index, index
from ..models import Meeting

# What no page shows of a meeting that it names or lists.
LEFT_OUT = ("other_names", "venue", "host", "note")


def _calendar(index: Index) -> dict[int, list[Meeting]]:
    """All public meetings by the keys of their dialogues, which they have with them."""

    def read() -> dict[int, list[Meeting]]:
        by_dialogue: dict[int, list[Meeting]] = defaultdict(list)
        rows = Meeting.objects.public().select_related("dialogue").defer(*LEFT_OUT)
        for meeting in rows.order_by(F("starts_on").asc(nulls_last=True), "slug"):
            by_dialogue[meeting.dialogue_id].append(meeting)
        return dict(by_dialogue)

    return index.remember("calendar", read, any_day=True)


def dialogue_meetings(index: Index, dialogue: int) -> list[Meeting]:
    """The public meetings of a dialogue (primary key), earliest first and those without a date last.

    They are for other readers too: not to be changed.
    """
    return _calendar(index).get(dialogue, [])


def known_meetings(view: CurrentView, dialogue: int) -> list[Meeting]:
    """The same as a view knows them; not to be changed."""
    if view.is_preview:
        return oldest_first(view.as_known(view.public(Meeting).filter(dialogue=dialogue)))
    meetings = dialogue_meetings(index(view.using), dialogue)
    if view.as_of is None:
        return meetings
    # Dates may have been others then.
    return oldest_first(view.as_known(copy(meeting) for meeting in meetings))


def meetings_of_keys(view: CurrentView, keys: Iterable[int]) -> list[Meeting]:
    """Meetings by their primary keys, as they are today."""
    if view.is_preview:
        return list(view.public(Meeting).filter(pk__in=keys).select_related("dialogue"))
    wanted = set(keys)
    every = chain.from_iterable(_calendar(index(view.using)).values())
    return [copy(meeting) for meeting in every if meeting.pk in wanted]


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
