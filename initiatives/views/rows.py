"""What pages of several kinds show: rows of lists of initiatives, bars of dialogues."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from urllib.parse import urlencode

from pyroaring import BitMap

from ..as_of.current import CurrentView
from ..facets.index import Index
from ..facets.status_counts import TallyBar, tally_within
from ..models import Dialogue, Initiative, InvolvementCapacity, Participant
from ..models.initiatives import InitiativeQuerySet
from ..query.filters import InitiativeFilter
from ..query.pagination import Page, paginate_counted
from ..search.normalization import excerpt, highlight, parse_terms

# Where a page shows the first of many initiatives and links to the list of all.
A_FEW = 10


def with_row_relations(initiatives: InitiativeQuerySet) -> InitiativeQuerySet:
    """With the records that `_initiative_row.html` names: dialogue, meeting and report."""
    return initiatives.select_related("dialogue", "raised_at", "latest_update_report")


def attach_involved(
    view: CurrentView, initiatives: Iterable[Initiative], participant: Participant | None = None
) -> list[Initiative]:
    """Set who is named in rows of initiatives, and what one participant is in each (``own``); one query.

    ``actors`` are the proposers, or the parties where nobody is known to have proposed it.
    """
    rows = list(initiatives)
    involved, participants = view.involved([row.pk for row in rows]), view.participants()
    for row in rows:
        pairs = involved[row.pk]
        named: dict[str, list[Participant]] = {"proposer": [], "party": []}
        for key, capacity in pairs:
            if capacity in named and key in participants:
                named[capacity].append(participants[key])
        row.is_proposed = bool(named["proposer"])  # type: ignore[attr-defined]
        actors = named["proposer"] or named["party"]
        row.actors = sorted(actors, key=attrgetter("name"))  # type: ignore[attr-defined]
        row.own = [  # type: ignore[attr-defined]
            capacity
            for capacity in InvolvementCapacity
            if participant and (participant.pk, capacity.value) in pairs
        ]
    return rows


def mark_matches(rows: Iterable[Initiative], text: str) -> None:
    """Give each row its title and an excerpt of its summary in segments, each with whether the text found it."""
    words = parse_terms(text)
    for row in rows:
        row.marked_title = list(highlight(row.title, words))  # type: ignore[attr-defined]
        row.marked_excerpt = excerpt(row.summary, words)  # type: ignore[attr-defined]


def initiative_page(
    filters: InitiativeFilter, with_relations: Callable[[InitiativeQuerySet], InitiativeQuerySet]
) -> Page[Initiative]:
    """The page of a list of initiatives that its query string asks for."""
    return paginate_counted(
        filters.total,
        lambda first, last: filters.rows(first, last, with_relations),
        filters.page,
        per=filters.per,
        address=lambda number: "?" + filters.query(page=number),
    )


def dialogue_bars(
    facets: Index, keys: BitMap, parameters: Mapping[str, str], count: int
) -> list[TallyBar]:
    """The dialogues with the most of some initiatives; ``parameters`` select these."""
    dialogues = facets.remember("dialogues", lambda: list(Dialogue.objects.public()))
    bars = [
        TallyBar(
            dialogue.name,
            dialogue.get_absolute_url(),
            urlencode({"dialogue": dialogue.slug, **parameters}),
            tally_within(facets, keys & facets.having("dialogue", dialogue.slug)),
        )
        for dialogue in dialogues
    ]
    return sorted((bar for bar in bars if bar.tally.total), key=lambda bar: -bar.tally.total)[
        :count
    ]
