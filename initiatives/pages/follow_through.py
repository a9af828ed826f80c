"""What a meeting took up again of what was raised before, and what no later meeting took up again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from ..as_of.current import CurrentView
from ..models import Act, Initiative, Meeting, MeetingState
from ..models.initiatives import InitiativeQuerySet
from ..partial_dates import PartialDate

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
        .order_by("initiative__title", "initiative", "pk")[:MOST]
    )
    acts: dict[int, dict[Act, None]] = {}
    initiatives: dict[int, Initiative] = {}
    for mention in mentions:
        initiatives.setdefault(mention.initiative_id, mention.initiative)
        acts.setdefault(mention.initiative_id, {})[Act(mention.act)] = None
    return [
        ResumedInitiative(initiative, sorted(acts[initiative.pk], key=list(Act).index))
        for initiative in view.as_known(initiatives.values())
    ]


def later_meetings(
    view: CurrentView, meetings: Sequence[Meeting], meeting: Meeting
) -> list[Meeting]:
    """The meetings of a dialogue that were held after one, as far as they were held by then."""
    if not meeting.starts_on:
        return []
    begins, day = PartialDate(meeting.starts_on), view.day.isoformat()
    return [
        other
        for other in meetings
        if other.starts_on
        and other.state == MeetingState.HELD
        and begins.ends_before(other.starts_on)
        and other.starts_on <= day
    ]


def unresumed_initiatives(
    view: CurrentView, raised: InitiativeQuerySet, later: Sequence[Meeting]
) -> list[Initiative]:
    """The open initiatives among ``raised`` of which no document of a later meeting speaks; one query."""
    spoken_of = view.mentions().filter(initiative=OuterRef("pk"), report__meeting__in=later)
    rows = raised.filter(~Exists(spoken_of)).select_related("dialogue", "raised_at")
    return [
        row for row in view.as_known(rows.order_by("title", "slug")[:MOST]) if row.status.is_open
    ]
