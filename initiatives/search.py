"""Full-text search of initiatives; the one module that knows which database it runs on."""

from __future__ import annotations

from django.db import connections
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from .folding import Wanted, wanted
from .models import SearchText
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
    found = matching(sought, using=queryset.db)
    in_title = _holds(sought.pieces, "title") if sought.pieces else Q(pk__in=[])
    title = SearchText.objects.filter(in_title, initiative=OuterRef("pk"))
    return queryset.filter(pk__in=found.values("initiative")).annotate(in_title=Exists(title))


def matching(sought: Wanted, *, using: str = "default") -> QuerySet[SearchText]:
    """The search texts that match, drafts included."""
    texts = SearchText.objects.using(using).filter(_holds(sought.pieces, "body"))
    for piece in sought.excluded:
        texts = texts.exclude(body__contains=piece)
    indexed = [piece for piece in sought.pieces if len(piece) >= TRIGRAM]
    if indexed and connections[using].vendor == "sqlite":
        texts = texts.filter(pk__in=_from_full_text_table(indexed))
    return texts


def title_hit(sought: Wanted) -> Case:
    """Whether all pieces stand in the title, as an expression over search texts."""
    held = _holds(sought.pieces, "title") if sought.pieces else Q(pk__in=[])
    return Case(When(held, then=Value(True)), default=Value(False), output_field=BooleanField())


def _holds(pieces: list[str], column: str) -> Q:
    held = Q()
    for piece in pieces:
        held &= Q(**{f"{column}__contains": piece})
    return held


def _from_full_text_table(pieces: list[str]) -> RawSQL:
    # Pieces are folded: letters, digits and spaces only, so that quotes need no escape.
    expression = " AND ".join(f'"{piece}"' for piece in pieces)
    return RawSQL(
        "SELECT rowid FROM initiatives_searchtext_fts WHERE initiatives_searchtext_fts MATCH %s",
        [expression],
    )
