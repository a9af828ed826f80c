"""Full-text search of initiatives; the one module that knows which database it runs on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connections
from django.db.models import BooleanField, Case, F, Func, Q, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.sql.constants import CURSOR
from pyroaring import BitMap

from ..models import SearchText
from ..models.initiatives import InitiativeQuerySet
from ..models.search_texts import SearchTextQuerySet
from .normalization import SearchTerms, parse_terms

# SQLite's full-text table knows pieces of this length or longer; for shorter ones every row is read, as PostgreSQL
# does by itself.
TRIGRAM = 3
# A lexeme of PostgreSQL's index of words is cut here.
LEXEME = 100


class SearchMatches(NamedTuple):
    """Primary keys of initiatives, drafts included, that a text finds, and of those with all of it in the title."""

    all: BitMap
    in_title: BitMap

    def with_changes(self, changed: BitMap, now: SearchMatches) -> SearchMatches:
        """What the text finds where it finds ``now`` among the changed initiatives, and the rest is as it was."""
        return SearchMatches(self.all - changed | now.all, self.in_title - changed | now.in_title)


def find(text: str, *, only: Iterable[int] | None = None, using: str = "default") -> SearchMatches:
    """What a text finds, among these initiatives if any are named; nothing where it has no words at all. One query."""
    terms = parse_terms(text)
    if not terms:
        return SearchMatches(BitMap(), BitMap())
    rows = _matching(terms, using)
    if only is not None:
        rows = rows.filter(initiative__in=list(only))
    # Past the ORM, which would fetch a hundred thousand pairs of numbers in a thousand pieces.
    marked = rows.annotate(in_title=_in_title(terms, "title"))
    pairs = marked.order_by().values_list("initiative_id", "in_title")
    cursor = pairs.query.get_compiler(using).execute_sql(CURSOR)
    if cursor is None:
        return SearchMatches(BitMap(), BitMap())
    with cursor:
        fetched = cursor.fetchall()
    return SearchMatches(
        BitMap([key for key, _in_title in fetched]),
        BitMap([key for key, in_title in fetched if in_title]),
    )


def search(queryset: InitiativeQuerySet, text: str) -> InitiativeQuerySet:
    """The rows in whose words every piece of the text occurs, and no excluded piece; none for no words at all.

    Rows are annotated with ``in_title``: whether all pieces stand in the title.
    """
    terms = parse_terms(text)
    if not terms:
        return queryset.none().annotate(in_title=Value(False))
    rows = queryset.filter(search_text__in=_matching(terms, queryset.db))
    return rows.annotate(in_title=_in_title(terms, "search_text__title"))


def _matching(terms: SearchTerms, using: str) -> SearchTextQuerySet:
    rows = SearchText.objects.using(using)
    vendor = connections[using].vendor
    is_indexed = _is_word if vendor == "postgresql" else _has_trigrams
    if indexed := [piece for piece in terms.pieces if is_indexed(piece)]:
        by_index = _by_words if vendor == "postgresql" else _by_trigrams
        rows = rows.filter(by_index(indexed))
    rows = rows.filter(_holds([piece for piece in terms.pieces if not is_indexed(piece)], "body"))
    for piece in terms.excluded:
        rows = rows.exclude(body__contains=piece)
    return rows


def _in_title(terms: SearchTerms, column: str) -> Case:
    # Without pieces none is, said in a way that is no constant: PostgreSQL does not order by one.
    matches = _holds(terms.pieces, column) if terms.pieces else Q(pk__lt=0)
    return Case(When(matches, then=Value(True)), default=Value(False))


def _holds(pieces: list[str], column: str) -> Q:
    condition = Q()
    for piece in pieces:
        condition &= Q(**{f"{column}__contains": piece})
    return condition


# Pieces are folded: letters, digits and spaces only, so that no quote in these expressions needs an escape.


def _is_word(piece: str) -> bool:
    return piece.startswith(" ") and " " not in piece[1:] and len(piece) <= LEXEME


def _by_words(pieces: list[str]) -> Q:
    """PostgreSQL's index of words; it has no need to read the rows again, as that of trigrams has."""
    expression = " & ".join(f"'{piece.strip()}':*" for piece in pieces)
    return Q(
        Func(
            F("body"),
            Value(expression),
            template="initiatives_words(%(expressions)s::tsquery",
            arg_joiner=") @@ ",
            output_field=BooleanField(),
        )
    )


def _has_trigrams(piece: str) -> bool:
    return len(piece) >= TRIGRAM


def _by_trigrams(pieces: list[str]) -> Q:
    """SQLite's full-text table of trigrams."""
    table = "initiatives_searchtext_fts"
    expression = " AND ".join(f'"{piece}"' for piece in pieces)
    return Q(pk__in=RawSQL(f"SELECT rowid FROM {table} WHERE {table} MATCH %s", [expression]))
