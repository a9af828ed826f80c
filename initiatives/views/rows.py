"""What pages of several kinds show: rows of lists of initiatives, bars of dialogues."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlencode

from django.db.models import Prefetch
from pyroaring import BitMap

from ..facets.index import Index
from ..facets.status_counts import TallyBar, tally_within
from ..models import Dialogue, Initiative, Participant, Role, RoleKind
from ..models.initiatives import InitiativeQuerySet
from ..query.filters import InitiativeFilter
from ..query.pagination import Page, paginate_counted
from ..search.normalization import excerpt, highlight, parse_terms

# Where a page shows the first of many initiatives and links to the list of all.
A_FEW = 10


def with_row_relations(initiatives: InitiativeQuerySet) -> InitiativeQuerySet:
    """With what `_initiative_row.html` shows: dialogue, meeting, report and proposers; one query more."""
    proposers = (
        Role.objects.once_public().filter(role=RoleKind.PROPOSER).select_related("participant")
    )
    return initiatives.select_related(
        "dialogue", "raised_at", "latest_update_report"
    ).prefetch_related(
        Prefetch("roles", proposers.order_by("participant__name"), to_attr="proposers")
    )


def with_own_roles(initiatives: InitiativeQuerySet, participant: Participant) -> InitiativeQuerySet:
    """The same, with what one participant does in each: ``own_roles``."""
    own_roles = Role.objects.once_public().filter(participant=participant).order_by("role")
    return with_row_relations(initiatives).prefetch_related(
        Prefetch("roles", own_roles, to_attr="own_roles")
    )


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
