"""What the index of words should be, made from the texts of the initiatives alone."""

from __future__ import annotations

from pyroaring import BitMap, BitMap64

from initiatives.facets import index as facet_index
from initiatives.models import Initiative, SearchPosting, SearchText
from initiatives.search import postings, terms
from initiatives.search.documents import passages
from initiatives.search.terms import Lookup, Texts

# A query holds so many of them.
AT_ONCE = 50

Index = dict[str, tuple[list[int], list[int], list[int]]]


def stored_index() -> Index:
    """By term, the initiatives that have it, those that have it in their title, and its places."""
    keys = set(map(bytes, SearchPosting.objects.values_list("term", flat=True)))
    lookups = [Lookup(key.decode()) for key in keys]
    read = dict[Lookup, postings.Standing]()
    for start in range(0, len(lookups), AT_ONCE):
        read |= postings.read(lookups[start : start + AT_ONCE], "default", with_places=True)
    return {
        lookup.term: (list(found.matches.all), list(found.matches.in_title), list(found.places))
        for lookup, found in read.items()
        if found.matches.all
    }


def expected_index() -> Index:
    """The same as the stored texts say it."""
    index: dict[str, tuple[BitMap, BitMap, BitMap64]] = {}
    for text in SearchText.objects.all():
        of_text = terms.terms_of(Texts(text.title, text.body))
        for term, places in of_text.places.items():
            body, title, at = index.setdefault(term, (BitMap(), BitMap(), BitMap64()))
            body.add(text.initiative_id)
            at.update(text.initiative_id * terms.PLACES + place for place in places)
            if term in of_text.in_title:
                title.add(text.initiative_id)
    return {
        term: (list(body), list(title), list(places))
        for term, (body, title, places) in index.items()
    }


def assert_index_is_right() -> None:
    """Hold the stored texts against what the initiatives say, and the index against the texts."""
    said = {text.initiative_id: (text.title, text.body) for text in SearchText.objects.all()}
    initiatives = list(Initiative.objects.all())
    of_initiatives = passages(initiatives)
    assert said == {
        initiative.pk: Texts.of(
            initiative.title, (passage.text for passage in of_initiatives[initiative.pk])
        )
        for initiative in initiatives
    }
    # As pages read them.
    assert passages(initiatives, remember=facet_index.index().remember) == of_initiatives
    assert_postings_are_right()


def assert_postings_are_right() -> None:
    """Hold the index against the stored texts."""
    assert stored_index() == expected_index()
