"""What a meeting took up again of what was raised before, and what no later meeting took up again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from ..as_of.current import CurrentView
from ..models import Act, Initiative, Meeting, MeetingKind, MeetingState
from ..models.initiatives import InitiativeQuerySet
from .meeting_sequence import held_together

# Read of a meeting; no page shows more.
MOST = 200


@dataclass(frozen=True)
class ResumedInitiative:
    """An earlier initiative of which documents of a meeting speak, and what they do with it."""

    initiative: Initiative
    acts: list[Act]


def resumed_initiatives(view: CurrentView, meeting: Meeting) -> list[ResumedInitiative]:
    """The initiatives first raised elsewhere of which the documents of a meeting speak; one query."""
    mentions = (
        view.mentions()
        .filter(report__meeting=meeting)
        .exclude(initiative__raised_at=meeting)
        .select_related("initiative__dialogue", "initiative__raised_at")
        .order_by("initiative__sort_key", "initiative", "pk")[:MOST]
    )
    acts: dict[int, dict[Act, None]] = {}
    initiatives: dict[int, Initiative] = {}
    for mention in mentions:
        initiatives.setdefault(mention.initiative_id, mention.initiative)
        acts.setdefault(mention.initiative_id, {})[Act(mention.act)] = None
    return [
        ResumedInitiative(initiative, sorted(acts[initiative.pk], key=Act.in_story_order().index))
        for initiative in view.as_known(initiatives.values())
    ]


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


def unresumed_initiatives(
    view: CurrentView, raised: InitiativeQuerySet, later: LaterMeetings
) -> list[Initiative]:
    """The open initiatives among ``raised`` of which no document of a later meeting speaks.

    One query; none, and no initiative, where no meeting of the same level or above was held later.
    """
    if not later.of_rank:
        return []
    spoken_of = view.mentions().filter(initiative=OuterRef("pk"), report__meeting__in=later.all)
    rows = raised.filter(~Exists(spoken_of)).select_related("dialogue", "raised_at")
    return [
        row for row in view.as_known(rows.order_by("sort_key", "slug")[:MOST]) if row.status.is_open
    ]
