"""What the search of the whole site shows: what was found, by kind, with the passages in which the words stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from ..as_of.current import CurrentView, newest_first
from ..facets.index import Index
from ..models import Dialogue, Meeting, Participant, Report, Theme
from ..query.search_query import KINDS_OF_RECORDS
from ..search.normalization import SearchTerms, excerpt, highlight, parse_terms
from ..search.passages import Passage, telling, untold
from ..search.records import PERSON, Person, SearchableRecord, find_records, read_kind
from ..search.spelling import Known, correct, count_words

Parts = Sequence[tuple[str, bool]]

MODELS: Mapping[str, Any] = {
    "participant": Participant,
    "dialogue": Dialogue,
    "meeting": Meeting,
    "report": Report,
    "theme": Theme,
}
# What their rows say of other records.
RELATED = {"participant": ["part_of"], "meeting": ["dialogue"]}
# How each kind is called: many of it, and one of it.
HEADINGS: Mapping[str, tuple[StrOrPromise, StrOrPromise]] = {
    "initiative": (_("Initiatives"), _("Initiative")),
    "participant": (_("Participants"), _("Participant")),
    "dialogue": (_("Dialogues"), _("Dialogue")),
    "meeting": (_("Meetings"), _("Meeting")),
    "report": (_("Reports"), _("Report")),
    PERSON: (_("People"), _("Person")),
    "theme": (_("Themes"), _("Theme")),
}
# Meetings of one person that are named.
MEETINGS_NAMED = 5


class MarkedPassage(NamedTuple):
    """Part of a text in segments, each with whether the words stand there; what the text is, and its language."""

    label: StrOrPromise
    parts: Parts
    language: str


@dataclass
class Result:
    """A record that was found: its title in segments, and where the rest of what is sought stands.

    Of a person whom they came for, and the latest of their meetings.
    """

    record: Any
    title: Parts
    passages: list[MarkedPassage]
    came_for: list[Participant] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)

    @property
    def more_meetings(self) -> int:
        """How many meetings of a person are not named."""
        return max(0, len(self.meetings) - MEETINGS_NAMED)


@dataclass(frozen=True)
class Group:
    """What was found of one kind: how much, and the first rows of it; ``query`` leads to all of them."""

    kind: str
    total: int
    rows: Sequence[Any]
    query: str

    @property
    def heading(self) -> StrOrPromise:
        return HEADINGS[self.kind][0]

    @property
    def is_whole(self) -> bool:
        return len(self.rows) == self.total


def mark_passages(
    passages: Iterable[Passage], terms: SearchTerms, missing: SearchTerms
) -> list[MarkedPassage]:
    """The passages that hold what of the terms is ``missing``, with the words marked."""
    return [
        MarkedPassage(passage.label, excerpt(passage.text, terms), passage.language)
        for passage in telling(passages, missing)
    ]


def searchable(index: Index, kind: str) -> list[SearchableRecord]:
    """What the records of a kind are found by; read once for each version of the data."""
    return index.remember(f"searchable {kind}", lambda: read_kind(kind), any_day=True)


def found_by_kind(view: CurrentView, terms: SearchTerms) -> dict[str, list[SearchableRecord]]:
    """What is found of each kind beside initiatives."""
    index = view.index
    return {kind: find_records(searchable(index, kind), terms) for kind in KINDS_OF_RECORDS}


def did_you_mean(view: CurrentView, text: str, leads_somewhere: Callable[[str], bool]) -> str:
    """What a text that finds nothing may mean, with words that something public has; empty where that finds nothing."""
    index = view.index
    public = index.all

    def read_records() -> list[SearchableRecord]:
        return [record for kind in KINDS_OF_RECORDS for record in searchable(index, kind)]

    counted = index.remember("words of records", lambda: count_words(read_records()), any_day=True)
    # One word is one piece: it stands in some record where it stands in all of them together.
    bodies = index.remember(
        "bodies of records",
        lambda: "\n".join(record.body for record in read_records()),
        any_day=True,
    )

    def is_found(word: str) -> bool:
        stands_in_initiatives = index.find(word, using=view.using).all & public
        return bool(stands_in_initiatives) or parse_terms(word).matches(bodies)

    known = Known(public, read_records, counted)
    meant = correct(text, known, is_found=is_found, using=view.using)
    return meant if meant and leads_somewhere(meant) else ""


def results(
    view: CurrentView, kind: str, found: Sequence[SearchableRecord], terms: SearchTerms
) -> list[Result]:
    """Rows for what was found of one kind; one query, of people two at the most."""
    if kind == PERSON:
        return _people(view, found, terms)
    rows = view.public(MODELS[kind]).select_related(*RELATED.get(kind, ()))
    records = rows.in_bulk([row.key for row in found])
    return [
        Result(
            records[row.key],
            list(highlight(str(records[row.key]), terms)),
            mark_passages(row.passages, terms, untold(terms, [str(records[row.key])])),
        )
        for row in found
        if row.key in records
    ]


def _people(
    view: CurrentView, found: Sequence[SearchableRecord], terms: SearchTerms
) -> list[Result]:
    people: list[Person] = [row.key for row in found]
    keys = {meeting for person in people for meeting, _came_for in person.came}
    meetings = view.public(Meeting).in_bulk(keys) if keys else {}
    participants = view.participants()
    rows = []
    for row, person in zip(found, people, strict=True):
        came_for = dict.fromkeys(key for _meeting, key in person.came if key in participants)
        of_person = dict.fromkeys(key for key, _came_for in person.came if key in meetings)
        rows.append(
            Result(
                person,
                list(highlight(person.name, terms)),
                mark_passages(row.passages, terms, untold(terms, [person.name])),
                [participants[key] for key in came_for if key],
                newest_first(meetings[key] for key in of_person),
            )
        )
    return rows
