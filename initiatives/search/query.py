"""What a text finds among initiatives: the same on every database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

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
from .terms import Lookup, lookups, tells_all

# More initiatives than that are not named in a query: it reads the texts of all.
MOST_NAMED = 5000
# So few are asked whether their texts hold a phrase: less work than to read all places of its words.
FEW = 300


def find(text: str, *, using: str = "default") -> SearchMatches:
    """What a text finds; nothing where it has no words at all.

    One query, and for each phrase one or two more: for the places of its words, and for the texts of the few that may
    hold it and of those whose texts are too long for the index.
    """
    terms = parse_terms(text)
    if not terms:
        return nothing()
    parts_of = {piece: lookups(piece) for piece in (*terms.pieces, *terms.excluded)}
    wanted = {lookup for parts in parts_of.values() for lookup, _behind in parts}
    standing = read({*wanted, EVERYWHERE, CUT_SHORT}, using)

    def candidates(piece: str) -> SearchMatches:
        return together([standing[lookup].matches for lookup, _behind in parts_of[piece]])

    def holding(piece: str, within: BitMap) -> SearchMatches:
        found = candidates(piece)
        if tells_all(piece):
            return found
        asked, placed = found.all & within, nothing()
        if len(asked) > FEW:
            asked &= standing[CUT_SHORT].matches.all
            placed = _placed(parts_of[piece], found.in_title, using)
        told = _holding(piece, asked, using)
        return SearchMatches(placed.all - asked | told.all, placed.in_title - asked | told.in_title)

    if terms.pieces:
        within = BitMap.intersection(*(candidates(piece).all for piece in terms.pieces))
        matches = together([holding(piece, within) for piece in terms.pieces])
    else:
        matches = SearchMatches(standing[EVERYWHERE].matches.all, BitMap())
    for piece in terms.excluded:
        excluded = holding(piece, matches.all).all
        matches = SearchMatches(matches.all - excluded, matches.in_title - excluded)
    return matches


def reads_places(text: str) -> bool:
    """Whether a text has phrases, or words of scripts without spaces: then places are read, which takes much longer."""
    terms = parse_terms(text)
    return not all(map(tells_all, (*terms.pieces, *terms.excluded)))


def _placed(parts: Sequence[tuple[Lookup, int]], in_title: BitMap, using: str) -> SearchMatches:
    """Where the parts of a piece stand one behind the other, of all whose texts are in the index as a whole."""
    standing = read({lookup for lookup, _behind in parts}, using, with_places=True)
    places = [standing[lookup].places.shift(-behind) for lookup, behind in parts]
    return at_places(BitMap64.intersection(*places), in_title)


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
