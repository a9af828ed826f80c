"""What is called as somebody has typed so far, of every kind: for the list below the search box."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django_stubs_ext import StrOrPromise

from ..as_of.current import LATEST_NEWS, CurrentView
from ..query.search_query import KINDS_OF_RECORDS
from ..search.normalization import SearchTerms, fold
from ..search.records import PERSON, Person, SearchableRecord, find_names
from .search_results import HEADINGS, MODELS, searchable

MOST = 8
# Kinds in the order in which they are offered, after initiatives.
ORDER = ("participant", "dialogue", "meeting", "theme", PERSON, "report")
assert {*ORDER} == {*KINDS_OF_RECORDS}
# Places left to the other kinds, where so many are called so.
OF_OTHERS = 4


@dataclass(frozen=True)
class Suggestion:
    """A record by its name; ``also_called`` is the other name that was typed, where it is not in the first.

    ``address`` is a path; of a person, who has no page, that of a search for the name.
    """

    kind: str
    name: str
    also_called: str
    address: str

    @property
    def kind_label(self) -> StrOrPromise:
        return HEADINGS[self.kind][1]


def suggestions(view: CurrentView, text: str, terms: SearchTerms) -> list[Suggestion]:
    """At most eight records in whose names all stands that is typed; a query for each kind among them."""
    if not terms.pieces:
        return []
    named = [
        (kind, record)
        for kind in ORDER
        for record in find_names(searchable(view.index, kind), terms)[:MOST]
    ]
    places = MOST - min(len(named), OF_OTHERS)
    keys = view.index.matching({}, view.index.find(text, using=view.using).in_title)
    initiatives = view.first_initiatives(keys, LATEST_NEWS, places)
    found = [Suggestion("initiative", str(row), "", row.get_absolute_url()) for row in initiatives]
    return [*found, *_of_records(view, named[: MOST - len(found)], terms)]


def _of_records(
    view: CurrentView, named: list[tuple[str, SearchableRecord]], terms: SearchTerms
) -> Iterator[Suggestion]:
    rows = {
        kind: view.public(model).in_bulk([row.key for of, row in named if of == kind])
        for kind, model in MODELS.items()
        if any(of == kind for of, _row in named)
    }
    for kind, record in named:
        row = record.key if kind == PERSON else rows[kind].get(record.key)
        if row is None:
            continue
        if isinstance(row, Person):
            name, address = row.name, _search_for(row.name)
        else:
            name, address = str(row), row.get_absolute_url()
        yield Suggestion(kind, name, _also_called(record, name, terms), address)


def _also_called(record: SearchableRecord, name: str, terms: SearchTerms) -> str:
    """The first other name that holds what is typed; empty where the name that is shown does."""
    if terms.matches(fold(name)):
        return ""
    others = (text.text for text in record.passages if terms.matches(fold(text.text)))
    return next(others, "")


def _search_for(name: str) -> str:
    query = urlencode({"q": f'"{name}"', "kind": PERSON})
    return f"{reverse('initiatives:search')}?{query}"
