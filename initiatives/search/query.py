"""What a text finds among initiatives: the same on every database."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connections
from django.db.models import Case, F, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from pyroaring import BitMap, BitMap64

from ..models import SearchText
from ..models.initiatives import InitiativeQuerySet
from .normalization import parse_terms
from .postings import CUT_SHORT, EVERYWHERE, SearchMatches, at_places, nothing, read, together
from .terms import lookups, tells_all

# More initiatives than that are not named in a query: it reads the texts of all.
MOST_NAMED = 5000


def find(text: str, *, using: str = "default") -> SearchMatches:
    """What a text finds; nothing where it has no words at all. One query.

    Initiatives whose texts are too long for the index are asked one by one, with one query for each phrase that they
    may hold.
    """
    terms = parse_terms(text)
    if not terms:
        return nothing()
    pieces = {piece: lookups(piece) for piece in (*terms.pieces, *terms.excluded)}
    wanted = {lookup for parts in pieces.values() for lookup, _behind in parts}
    is_plain = all(map(tells_all, pieces))
    wanted |= {EVERYWHERE} if is_plain else {EVERYWHERE, CUT_SHORT}
    standing = read(wanted, using, with_places=not is_plain)

    def holding(piece: str) -> SearchMatches:
        parts = [(standing[lookup], behind) for lookup, behind in pieces[piece]]
        candidates = together([of_term.matches for of_term, _behind in parts])
        if tells_all(piece):
            return candidates
        places = [of_term.places.shift(-behind) for of_term, behind in parts]
        found = at_places(BitMap64.intersection(*places), candidates.in_title)
        cut = standing[CUT_SHORT].matches.all
        asked = _holding(piece, candidates.all & cut, using)
        return SearchMatches(found.all - cut | asked.all, found.in_title - cut | asked.in_title)

    if terms.pieces:
        matches = together([holding(piece) for piece in terms.pieces])
    else:
        matches = SearchMatches(standing[EVERYWHERE].matches.all, BitMap())
    for piece in terms.excluded:
        excluded = holding(piece).all
        matches = SearchMatches(matches.all - excluded, matches.in_title - excluded)
    return matches


def _holding(piece: str, candidates: BitMap, using: str) -> SearchMatches:
    """Of the candidates those whose texts hold a piece; one query, none without candidates."""
    if not candidates:
        return nothing()
    rows = SearchText.objects.using(using).filter(_holds(piece, "body")).order_by()
    if len(candidates) <= MOST_NAMED:
        rows = rows.filter(initiative__in=candidates)
    in_title = Case(When(_holds(piece, "title"), Value(True)), default=Value(False))
    pairs = list(rows.annotate(in_title=in_title).values_list("initiative_id", "in_title"))
    return SearchMatches(
        candidates & BitMap([key for key, _in_title in pairs]),
        candidates & BitMap([key for key, in_title in pairs if in_title]),
    )


def _holds(piece: str, column: str) -> Q:
    return Q(GreaterThan(StrIndex(F(column), Value(piece)), 0))


def search(queryset: InitiativeQuerySet, text: str) -> InitiativeQuerySet:
    """The rows that a text finds, annotated with ``in_title``: whether all that is sought stands in the title."""
    matches = find(text, using=queryset.db)
    in_title = Case(When(among(matches.in_title, queryset.db), Value(True)), default=Value(False))
    return queryset.filter(among(matches.all, queryset.db)).annotate(in_title=in_title)


def among(keys: Iterable[int], using: str) -> Q:
    """That a row is one of these: in one parameter, however many they are."""
    if connections[using].vendor == "postgresql":
        return Q(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [list(keys)]))
    return Q(pk__in=RawSQL("SELECT value FROM json_each(%s)", [json.dumps(list(keys))]))
