"""What a text finds among initiatives: the same on every database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from django.db import connections
from django.db.models import Case, F, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from pyroaring import BitMap

from ..models import SearchText
from ..models.initiatives import InitiativeQuerySet
from .normalization import parse_terms
from .postings import EVERYWHERE, SearchMatches, nothing, read, together
from .terms import lookups

# More initiatives than that are not named in a query: it reads the texts of all.
MOST_NAMED = 5000


def find(text: str, *, using: str = "default") -> SearchMatches:
    """What a text finds; nothing where it has no words at all.

    One query, and one more where there are phrases, or pieces of three and more letters of a script without spaces: for
    those the index only tells which texts may hold them.
    """
    terms = parse_terms(text)
    if not terms:
        return nothing()
    parts = {piece: lookups(piece) for piece in (*terms.pieces, *terms.excluded)}
    wanted = {lookup for found, _is_all in parts.values() for lookup in found}
    standing = read(wanted if terms.pieces else {EVERYWHERE, *wanted}, using)

    def may_hold(pieces: Sequence[str]) -> SearchMatches:
        return together([standing[lookup] for piece in pieces for lookup in parts[piece][0]])

    def in_doubt(pieces: Sequence[str]) -> list[str]:
        return [piece for piece in pieces if not parts[piece][1]]

    if terms.pieces:
        matches = _holding(in_doubt(terms.pieces), may_hold(terms.pieces), using)
    else:
        matches = SearchMatches(standing[EVERYWHERE].all, BitMap())
    for piece in terms.excluded:
        candidates = together([matches, may_hold([piece])])
        excluded = _holding(in_doubt([piece]), candidates, using).all
        matches = SearchMatches(matches.all - excluded, matches.in_title - excluded)
    return matches


def _holding(pieces: Sequence[str], candidates: SearchMatches, using: str) -> SearchMatches:
    """Of the candidates those whose texts hold all the pieces; one query, none without pieces or candidates."""
    if not pieces or not candidates.all:
        return candidates
    rows = SearchText.objects.using(using).filter(_holds(pieces, "body")).order_by()
    if len(candidates.all) <= MOST_NAMED:
        rows = rows.filter(initiative__in=candidates.all)
    marked = rows.annotate(
        in_title=Case(When(_holds(pieces, "title"), Value(True)), default=Value(False))
    )
    pairs = list(marked.values_list("initiative_id", "in_title"))
    return SearchMatches(
        candidates.all & BitMap([key for key, _in_title in pairs]),
        candidates.in_title & BitMap([key for key, in_title in pairs if in_title]),
    )


def _holds(pieces: Iterable[str], column: str) -> Q:
    condition = Q()
    for piece in pieces:
        condition &= Q(GreaterThan(StrIndex(F(column), Value(piece)), 0))
    return condition


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
