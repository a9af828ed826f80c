"""What pages of several kinds show: rows of lists of initiatives, bars of dialogues."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from pyroaring import BitMap

from ..as_of.current import CurrentView
from ..facets.index import Index
from ..facets.status_counts import StatusTally, TallyBar, tally_within
from ..languages import series
from ..models import Dialogue, Initiative, InvolvementCapacity, Meeting, Participant
from ..models.sort_keys import said_key
from ..pages.criteria import attach_unrated
from ..pages.due_story import attach_due_meetings
from ..pages.parts import attach_wholes
from ..pages.search_results import mark_passages
from ..query.filters import InitiativeFilter
from ..query.pagination import Page, paginate_counted
from ..search.documents import passages
from ..search.normalization import excerpt, fold_once, highlight, parse_terms
from ..search.passages import Passage, untold

# Where a page shows the first of many initiatives and links to the list of all.
A_FEW = 10
# Who is named in a row; the others are counted.
NAMES = 6


@dataclass(frozen=True)
class MeetingBar:
    """A meeting with what became of the initiatives that it raised; ``query`` is the list of these."""

    meeting: Meeting
    query: str
    tally: StatusTally


def attach_involved(
    view: CurrentView, initiatives: Iterable[Initiative], participant: Participant | None = None
) -> list[Initiative]:
    """Set who is named in rows of initiatives (``named``, and in words ``actors``), and what one participant is in each
    (``own``); one query.

    Named are the proposers, or the parties where nobody is known to have proposed it. Parts get their whole as well,
    rows that cannot be rated the reason, and those that are due at a meeting that meeting.
    """
    rows = list(initiatives)
    if not rows:
        return []
    attach_unrated(view, rows)
    attach_due_meetings(view, rows)
    involved, participants = view.involved([row.pk for row in rows]), view.participants()
    proposed_by, parties = _("Proposed by %(names)s"), _("Parties: %(names)s")
    for row in rows:
        pairs = involved[row.pk]
        named: dict[str, list[Participant]] = {"proposer": [], "party": []}
        for key, capacity in pairs:
            if capacity in named and key in participants:
                named[capacity].append(participants[key])
        own = {capacity for key, capacity in pairs if participant and key == participant.pk}
        capacities = (str(word.label).lower() for word in InvolvementCapacity if word.value in own)
        row.own = series(capacities) if own else ""  # type: ignore[attr-defined]
        actors = named["proposer"] or named["party"]
        # Who is the only one says so already.
        is_own = participant is not None and actors == [participant]
        words = proposed_by if named["proposer"] else parties
        in_order = [] if is_own else sorted(actors, key=lambda one: (said_key(one), one.code))
        row.named = in_order[:NAMES]  # type: ignore[attr-defined]
        row.actors = words % {"names": _names(in_order)} if in_order else ""  # type: ignore[attr-defined]
    attach_wholes(view, rows)
    return rows


def _names(in_order: list[Participant]) -> str:
    """Names, the last of many counted."""
    words, more = series(in_order[:NAMES]), len(in_order) - NAMES
    return (
        _("%(names)s and %(count)s more") % {"names": words, "count": more} if more > 0 else words
    )


def mark_matches(view: CurrentView, rows: Sequence[Initiative], text: str) -> None:
    """Give each row its title and an excerpt of its summary in segments, each with whether the text found it.

    Where these two do not hold all that is sought, also the passages that do, of today only (``marked_passages``); a
    query for each source of texts, until there are passages that hold it.
    """
    words = parse_terms(text)
    for row in rows:
        row.marked_title = list(highlight(str(row), words))
        row.marked_excerpt = excerpt(row.said("summary").text, words)
    if view.is_past:
        return
    missing = {row.pk: untold(words, _shown(row)) for row in rows}
    elsewhere = [row for row in rows if missing[row.pk]]
    seen: dict[int, int] = {}

    def enough(key: int, found: Collection[Passage]) -> bool:
        new = islice(found, seen.get(key, 0), None)
        seen[key] = len(found)
        return any(missing[key].matches(fold_once(passage.text)) for passage in new)

    remember = partial(view.index.remember, any_day=True)
    found_by = passages(elsewhere, enough=enough, remember=remember)
    for row in elsewhere:
        row.marked_passages = mark_passages(found_by[row.pk], words, missing[row.pk])


def _shown(row: Initiative) -> list[str]:
    """Its texts as a list shows them, in the language of the page where they are said in that."""
    return [row.said("title").text, row.said("summary").text]


def initiative_page(filters: InitiativeFilter) -> Page[Initiative]:
    """The page of a list of initiatives that its query string asks for."""
    return paginate_counted(
        filters.total,
        filters.rows,
        filters.page,
        per=filters.per,
        address=lambda number: "?" + filters.query(page=number),
    )


def dialogue_bars(
    facets: Index, keys: BitMap, parameters: Mapping[str, str], count: int
) -> list[TallyBar]:
    """The dialogues with the most of some initiatives; ``parameters`` select these."""
    dialogues = facets.remember("dialogues", lambda: list(Dialogue.objects.public()), any_day=True)
    return most_of(facets, keys, parameters, "dialogue", dialogues, count)


def proposer_bars(view: CurrentView, count: int) -> list[TallyBar]:
    """The participants that proposed the most, alone or with others, and what several did together.

    That has no list of its own, since a filter with two proposers means either.
    """
    facets, participants = view.index, view.participants().values()
    bars = most_of(facets, facets.all, view.parameters, "proposer", participants, count)
    proposed, by_several = BitMap(), BitMap()
    for participant in participants:
        own = facets.having("proposer", participant.code)
        by_several |= proposed & own
        proposed |= own
    if by_several:
        bars.append(TallyBar(_("Several together"), "", "", tally_within(facets, by_several)))
    return sorted(bars, key=lambda bar: -bar.tally.total)


def most_of(
    facets: Index,
    keys: BitMap,
    parameters: Mapping[str, str],
    facet: str,
    rows: Iterable[Dialogue | Participant],
    count: int,
) -> list[TallyBar]:
    """The rows with the most of some initiatives by a facet, the most first; without those that have none."""
    having = {}
    for row in rows:
        value = row.natural_key()[0]
        counted = facets.parts.counted(keys & facets.having(facet, value))
        if counted:
            having[value] = (row, counted)
    most = sorted(having.items(), key=lambda pair: (-len(pair[1][1]), said_key(pair[1][0])))
    return [
        TallyBar(
            row,
            row.get_absolute_url(),
            urlencode({facet: value, **parameters}),
            tally_within(facets, keys & facets.having(facet, value)),
        )
        for value, (row, _counted) in most[:count]
    ]


def meeting_bars(view: CurrentView, meetings: Iterable[Meeting]) -> list[MeetingBar]:
    """Of meetings those that raised anything, in their order, with what became of that."""
    facets = view.index
    return [
        MeetingBar(meeting, view.query(meeting=meeting.slug), tally_within(facets, raised))
        for meeting in meetings
        if (raised := facets.having("meeting", meeting.slug))
    ]
