"""How rows that belong to initiatives are read: those of some, or of all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast
from pyroaring import BitMap

from ..models import AnyEntry
from ..models.aggregates import read_columns
from ..models.compiled import read_compiled
from .initiative_columns import by_content, to_bitmaps

# Rows that are fetched at once.
CHUNK = 10_000
# Keys by which a query asks for rows; to name more costs more than to read them all.
MOST_NAMED = 5000
# The entries of a kind that count, as a queryset.
EntriesOf = Callable[[type[AnyEntry]], QuerySet[Any]]


def as_stored(path: str) -> Cast:
    """What a column holds: to make a date of each costs more than to read them, and most are alike."""
    return Cast(path, CharField())


def read_of(
    keys: Collection[int] | None,
    build: Callable[..., QuerySet[Any]],
    given: object = None,
    *,
    of: str = "initiative",
) -> Iterable[tuple[Any, ...]]:
    """The rows of ``build(given)`` that belong to initiatives (primary keys, found at ``of``; None: all of them).

    Without ``given`` they are those of today, asked with SQL that is made once.
    """
    if keys is not None and given is None:
        return read_compiled(_of_initiatives, [*keys], rows=build, of=of)
    rows = build() if given is None else build(given)
    if keys is None:
        return rows.iterator(chunk_size=CHUNK)
    return rows.filter(**{f"{of}__in": keys})


def read_named(
    keys: BitMap, build: Callable[..., QuerySet[Any]], given: object
) -> Iterator[Iterable[tuple[Any, ...]]]:
    """The rows of initiatives, of so many at once as can be named."""
    for start in range(0, len(keys), MOST_NAMED):
        yield read_of([*keys[start : start + MOST_NAMED]], build, given)


def read_texts(
    keys: Collection[int] | None, build: Callable[..., QuerySet[Any]], given: object = None
) -> Iterable[tuple[Any, ...]]:
    """As ``read_of``, of rows that are texts but for the initiative, which comes first; those of all in no order."""
    if keys is not None:
        return read_of(keys, build, given)
    return chain.from_iterable(
        zip(of, *(column.split(",") for column in texts), strict=True)
        for of, texts in read_columns(build(given))
    )


def read_by(
    keys: Collection[int] | None, build: Callable[..., QuerySet[Any]], given: object = None
) -> dict[str, BitMap]:
    """The initiatives of the same rows, which come first in them, by the text of what comes second."""
    grouped = by_content()
    for initiative, said in read_texts(keys, build, given):
        grouped[said].append(initiative)
    return to_bitmaps(grouped)


def _of_initiatives(
    keys: Sequence[int], *, rows: Callable[..., QuerySet[Any]], of: str
) -> QuerySet[Any]:
    return rows().filter(**{f"{of}__in": keys})
