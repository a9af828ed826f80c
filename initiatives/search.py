"""Full-text search of initiatives; the one module that knows which database it runs on."""

from __future__ import annotations

from django.db import connections
from django.db.models import Case, Q, Value, When
from django.db.models.expressions import RawSQL

from .folding import wanted
from .models.initiatives import InitiativeQuerySet

# Shorter pieces have no trigram: SQLite then reads every row, as PostgreSQL does by itself.
TRIGRAM = 3


def search(queryset: InitiativeQuerySet, text: str) -> InitiativeQuerySet:
    """The rows in whose words every piece of the text occurs, and no excluded piece; none for no words at all.

    Rows are annotated with ``in_title``: whether all pieces stand in the title.
    """
    sought = wanted(text)
    if not sought:
        return queryset.none().annotate(in_title=Value(False))
    held = _holds(sought.pieces, "body")
    for piece in sought.excluded:
        held &= ~Q(search_text__body__contains=piece)
    indexed = [piece for piece in sought.pieces if len(piece) >= TRIGRAM]
    if indexed and connections[queryset.db].vendor == "sqlite":
        held &= Q(search_text__in=_from_full_text_table(indexed))
    in_title = _holds(sought.pieces, "title") if sought.pieces else Q(pk__in=[])
    whether = Case(When(in_title, then=Value(True)), default=Value(False))
    return queryset.filter(held).annotate(in_title=whether)


def _holds(pieces: list[str], column: str) -> Q:
    held = Q()
    for piece in pieces:
        held &= Q(**{f"search_text__{column}__contains": piece})
    return held


def _from_full_text_table(pieces: list[str]) -> RawSQL:
    # Pieces are folded: letters, digits and spaces only, so that quotes need no escape.
    expression = " AND ".join(f'"{piece}"' for piece in pieces)
    return RawSQL(
        "SELECT rowid FROM initiatives_searchtext_fts WHERE initiatives_searchtext_fts MATCH %s",
        [expression],
    )
