"""What a meeting took up again of what was raised before, and what no later meeting took up again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pyroaring import BitMap

from ..as_of.current import CurrentView
from ..models import Act, Initiative, Meeting, MeetingKind, MeetingState
from ..models.vocabulary import OPEN_STATUSES
from ..query.filters import InitiativeFilter
from ..serving.dependencies import answer
from .meeting_sequence import held_together

# Shown of each list of a meeting; the others are counted.
MOST = 50
TITLE = InitiativeFilter.sorts["title"].order
# What the page shows of them.
COLUMNS = (
    "slug",
    "title",
    "language",
    "translations",
    "delivery_status",
    "standing",
    "last_heard_on",
    "dialogue",
    "raised_at",
)


class ResumedInitiative(NamedTuple):
    """An earlier initiative of which documents of a meeting speak, and what they do with it."""

    initiative: Initiative
    acts: tuple[Act, ...]


def resumed_initiatives(view: CurrentView, meeting: Meeting) -> tuple[list[ResumedInitiative], int]:
    """The first by title of those raised elsewhere of which documents of a meeting speak, and how many there are."""
    acts: dict[int, set[str]] = defaultdict(set)
    is_today = not (view.is_past or view.is_preview)
    rows = _acts_today(view.using, meeting.pk) if is_today else view.read(_acts, meeting.pk)
    for key, act in rows:
        acts[key].add(act)
    elsewhere = view.shown_among(acts) - view.keys(meeting=[meeting.slug])
    first = view.first_initiatives(elsewhere, TITLE, MOST, COLUMNS)
    place = Act.in_story_order().index
    in_order = (tuple(sorted(map(Act, acts[row.pk]), key=place)) for row in first)
    return [*map(ResumedInitiative, first, in_order)], len(elsewhere)


def _acts(view: CurrentView, meeting: int) -> Any:
    mentions = view.mentions_of_any().filter(report__meeting=meeting).order_by()
    return mentions.values_list("initiative", "act")


@answer
def _acts_today(using: str, meeting: int) -> list[tuple[int, str]]:
    return sorted(CurrentView(using=using).read(_acts, meeting))


@dataclass(frozen=True)
class LaterMeetings:
    """The meetings of a dialogue that were over after one was.

    ``all`` are those whose documents may speak again of what it raised, ``of_rank`` those of its level or above
    (``MeetingKind.takes_up``): only after one of these is anything missed. What belongs to the same meeting is in
    neither.
    """

    all: list[Meeting]
    of_rank: list[Meeting]


def later_meetings(
    view: CurrentView, meetings: Sequence[Meeting], meeting: Meeting
) -> LaterMeetings:
    """The meetings of a dialogue that were held after one, as far as they were over by then."""
    ended = meeting.last_date
    if not ended:
        return LaterMeetings([], [])
    together = {row.pk for row in held_together(meetings, meeting)}
    later = [
        other
        for other in meetings
        if other.pk not in together
        and other.starts_on
        and other.last_date
        and other.state == MeetingState.HELD
        and ended.ends_before(other.starts_on)
        and other.last_date.starts_by(view.day)
    ]
    kind = MeetingKind(meeting.kind)
    return LaterMeetings(later, [row for row in later if MeetingKind(row.kind).takes_up(kind)])


def unresumed_keys(view: CurrentView, meeting: Meeting, later: LaterMeetings) -> BitMap:
    """The open ones raised at a meeting of which no document of a later one speaks.

    None, and no query, where no meeting of the same level or above was held later.
    """
    if not later.of_rank:
        return BitMap()
    meetings = [row.pk for row in later.all]
    if view.is_past or view.is_preview:
        spoken_of = view.read(_spoken_of, meeting.pk, meetings)
    else:
        spoken_of = _spoken_of_today(view.using, meeting.pk, tuple(meetings))
    raised = view.keys(meeting=[meeting.slug], status=OPEN_STATUSES)
    return raised - BitMap(spoken_of)


def first_unresumed(view: CurrentView, keys: BitMap) -> list[Initiative]:
    """The first of them by title."""
    return view.first_initiatives(keys, TITLE, MOST, COLUMNS)


@answer
def _spoken_of_today(using: str, meeting: int, later: tuple[int, ...]) -> list[int]:
    return sorted(set(CurrentView(using=using).read(_spoken_of, meeting, later)))


def _spoken_of(view: CurrentView, meeting: int, later: Sequence[int]) -> Any:
    mentions = view.mentions_of_any().filter(report__meeting__in=later).order_by()
    if not view.is_past:
        # Of an earlier day the index alone knows where they were raised.
        mentions = mentions.filter(initiative__raised_at=meeting)
    return mentions.values_list("initiative", flat=True)
