"""The index of words: for each term the initiatives in whose texts it stands and the places there, as bitmaps.

Nobody who writes waits for another one: each writes rows of what changed (``SearchPosting``), and what a term stands in
is all its rows, one after the other. Rows of one initiative are in order, since who writes has locked it. Now and then
the rows of a term are made one, by one writer at a time and in a transaction that waits for nothing else.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby, islice
from typing import Any, NamedTuple

from django.db import OperationalError, connection, connections, transaction
from django.db.models import Count, F, Max, Q, Sum
from django.db.models.functions import Length
from pyroaring import BitMap, BitMap64

from ..models import SearchPosting
from .terms import CUT, EVERY, PLACES, TITLE_PLACES, Lookup, Texts, terms_of

# Rows of one term that are read one after the other: so many, and more while they are small beside the largest.
FEW_ROWS, MOST_ROWS = 32, 256
SMALL = 0.25
# For each initiative that is written the rows of so many terms are made one at most, so that no edit takes long.
MOST_TERMS = 2
BATCH = 500
BITMAPS = ("body", "title", "gone", "places")
TABLE = SearchPosting._meta.db_table
INSERT = f"INSERT INTO {TABLE} (term, gone, body, title, places) VALUES (%s, %s, %s, %s, %s)"
# Greater than every byte of UTF-8.
AFTER_ALL = b"\xff"
EVERYWHERE, CUT_SHORT = Lookup(EVERY), Lookup(CUT)


class SearchMatches(NamedTuple):
    """Primary keys of initiatives, drafts included, in whose texts something stands, and of those in whose title."""

    all: BitMap
    in_title: BitMap


class Row(NamedTuple):
    """The bitmaps of a row, of ``SearchPosting``, as they are stored; places where they are read."""

    gone: bytes
    body: bytes
    title: bytes
    places: bytes = b""


class Standing(NamedTuple):
    """Where a term stands: the initiatives, and the places in them (``key * PLACES + place``) where they are read."""

    matches: SearchMatches
    places: BitMap64


def nothing() -> SearchMatches:
    return SearchMatches(BitMap(), BitMap())


def together(matches: Sequence[SearchMatches]) -> SearchMatches:
    """Where all of these stand, of which there is one at least."""
    return SearchMatches(
        BitMap.intersection(*(found.all for found in matches)),
        BitMap.intersection(*(found.in_title for found in matches)),
    )


def at_places(places: BitMap64, in_title: BitMap) -> SearchMatches:
    """The initiatives that have these places, and those of ``in_title`` that have one of their title among them."""
    return SearchMatches(
        BitMap([place // PLACES for place in places.to_array()]),
        BitMap([key for key in in_title if _has_title(key, places)]),
    )


def _has_title(key: int, places: BitMap64) -> bool:
    first = key * PLACES
    return bool(places.range_cardinality(first, first + TITLE_PLACES))


# --- Reading --------------------------------------------------------------------------------------


def read(
    lookups: Collection[Lookup], using: str, *, with_places: bool = False
) -> dict[Lookup, Standing]:
    """Where each of these terms stands; one query."""
    columns = ["id", "term", "gone", "body", "title", *["places"] * with_places]
    rows_of: dict[str, list[Row]] = defaultdict(list)
    for _id, term, *bitmaps in sorted(select(columns, lookups, using)):
        rows_of[bytes(term).decode()].append(Row(*bitmaps))
    standing = {term: _of_rows(found, with_places) for term, found in rows_of.items()}
    return {lookup: _union(lookup, standing) for lookup in lookups}


def select(columns: Sequence[str], lookups: Iterable[Lookup], using: str) -> list[Any]:
    """Columns of all rows of these terms; one query, without the model, since to build it takes longer than to ask."""
    conditions, parameters = [], list[bytes]()
    for lookup in lookups:
        key = lookup.term.encode()
        conditions.append("term >= %s AND term < %s" if lookup.is_range else "term = %s")
        parameters += [key, key + AFTER_ALL] if lookup.is_range else [key]
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(columns)} FROM {TABLE} WHERE {' OR '.join(conditions)}", parameters
        )
        rows: list[Any] = cursor.fetchall()
    return rows


def _of_rows(rows: Iterable[Row | SearchPosting], with_places: bool = True) -> Standing:
    """What the rows of one term say, in their order."""
    body, title, places = BitMap(), BitMap(), BitMap64()
    for row in rows:
        now = BitMap.deserialize(bytes(row.body))
        changed = now | BitMap.deserialize(bytes(row.gone)) if row.gone else now
        if with_places:
            for key in body & changed:
                places.remove_range(key * PLACES, (key + 1) * PLACES)
            places |= BitMap64.deserialize(bytes(row.places))
        body -= changed
        body |= now
        title -= changed
        title |= BitMap.deserialize(bytes(row.title))
    return Standing(SearchMatches(body, title), places)


def _union(lookup: Lookup, standing: dict[str, Standing]) -> Standing:
    found = [of_term for term, of_term in standing.items() if lookup.holds(term)]
    matches = SearchMatches(
        BitMap.union(BitMap(), *(of_term.matches.all for of_term in found)),
        BitMap.union(BitMap(), *(of_term.matches.in_title for of_term in found)),
    )
    return Standing(matches, BitMap64.union(BitMap64(), *(of_term.places for of_term in found)))


def initiatives_told_otherwise(texts: Iterable[tuple[int, Texts]]) -> BitMap:
    """Those of which the index does not say what these texts do, of all initiatives; reads all of it, term by term.

    Of places only how many a term has is compared.
    """
    expected: dict[str, tuple[BitMap, BitMap, list[int]]] = defaultdict(
        lambda: (BitMap(), BitMap(), [0])
    )
    for key, of_initiative in texts:
        terms = terms_of(of_initiative)
        for term, places in terms.places.items():
            body, title, count = expected[term]
            body.add(key)
            count[0] += len(places)
            if term in terms.in_title:
                title.add(key)
    rows = SearchPosting.objects.order_by("term", "id").iterator(chunk_size=BATCH)
    wrong = BitMap()
    for term_of_rows, of_term in groupby(rows, key=lambda row: bytes(row.term).decode()):
        body, title, count = expected.pop(term_of_rows, (BitMap(), BitMap(), [0]))
        (all_, in_title), found = _of_rows(of_term)
        wrong |= (all_ ^ body) | (in_title ^ title)
        if len(found) != count[0]:
            wrong |= body
    return BitMap.union(wrong, *(body for body, _title, _count in expected.values()))


# --- Writing --------------------------------------------------------------------------------------


def write(changes: Mapping[int, tuple[Texts, Texts]]) -> None:
    """Write what changes in the index: by initiative, which is locked, its texts before and now.

    To be called in a transaction. Rows are made one after it, so that nobody waits for that.
    """
    rows: dict[str, _Change] = defaultdict(_Change)
    for key, (before, now) in changes.items():
        old, new = terms_of(before), terms_of(now)
        moved = {
            term for term in old.places | new.places if old.places.get(term) != new.places.get(term)
        }
        for term in moved | (old.in_title ^ new.in_title):
            rows[term].add(key, new.places.get(term), in_title=term in new.in_title)
    terms = sorted(rows)
    if terms:
        with connection.cursor() as cursor:
            # In half the time of bulk_create: a load writes thousands.
            cursor.executemany(INSERT, [rows[term].row(term) for term in terms])
        transaction.on_commit(partial(_tidy, terms, MOST_TERMS * len(changes)))


class _Change:
    """Where a term stands from now on, and where it does not any more."""

    def __init__(self) -> None:
        self.body, self.title, self.gone = BitMap(), BitMap(), BitMap()
        self.places: list[int] = []

    def add(self, key: int, places: list[int] | None, *, in_title: bool) -> None:
        if places is None:
            self.gone.add(key)
            return
        self.body.add(key)
        first = key * PLACES
        self.places += [first + place for place in places]
        if in_title:
            self.title.add(key)

    def row(self, term: str) -> tuple[bytes, ...]:
        """The columns of ``INSERT``."""
        bitmaps = self.body, self.title, BitMap64(self.places)
        gone = self.gone.serialize() if self.gone else b""
        return (term.encode(), gone, *(bitmap.serialize() for bitmap in bitmaps))


def _crowded(terms: Sequence[str]) -> Iterator[str]:
    """Those of the terms whose rows are better made one, of each batch the most rows first."""
    size = Length("places")
    for keys in _in_batches(terms):
        rows = SearchPosting.objects.filter(term__in=keys).order_by().values("term")
        counted = rows.annotate(rows=Count("pk"), bytes=Sum(size), largest=Max(size))
        many = Q(rows__gt=MOST_ROWS) | Q(bytes__gt=F("largest") * (1 + SMALL))
        found = counted.filter(many, rows__gt=FEW_ROWS).order_by("-rows")
        yield from (bytes(term).decode() for term in found.values_list("term", flat=True))


def _in_batches(terms: Iterable[str]) -> Iterator[list[bytes]]:
    keys = [term.encode() for term in terms]
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))


# --- One row a term -------------------------------------------------------------------------------


def _tidy(terms: Sequence[str], most: int) -> None:
    """Make the rows of so many of the terms one that are better so; what is written stays, whatever comes of it."""
    with contextlib.suppress(OperationalError):
        compact(list(islice(_crowded(terms), most)))


@transaction.atomic
def compact(terms: Collection[str]) -> None:
    """Make the rows of each of these terms one, and drop those of terms that stand nowhere any more.

    Left to a later writer where another one is at it.
    """
    if terms and _is_alone("pg_try_advisory_xact_lock"):
        _compact(terms)


@transaction.atomic
def sweep() -> None:
    """The same for every term that stood somewhere it does not any more: nothing stays of texts that are gone."""
    wait_until_alone()
    gone = SearchPosting.objects.exclude(gone=b"").order_by()
    _compact([bytes(term).decode() for term in gone.values_list("term", flat=True).distinct()])


def wait_until_alone() -> None:
    """Let nobody else change rows that are there until the transaction ends; waits for who just does."""
    _is_alone("pg_advisory_xact_lock")


def _is_alone(lock: str) -> bool:
    """Whether this transaction has the lock; SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtext('initiatives_searchposting'))")
        return cursor.fetchone()[0] is not False


def _compact(terms: Collection[str]) -> None:
    for keys in _in_batches(sorted(terms)):
        rows_of: dict[bytes, list[SearchPosting]] = defaultdict(list)
        for row in SearchPosting.objects.filter(term__in=keys).order_by("id"):
            rows_of[bytes(row.term)].append(row)
        kept, spare = [], []
        for first, *others in rows_of.values():
            matches, places = _of_rows([first, *others])
            if matches.all and (others or first.gone):
                # In the place of the first: what another one is just writing comes after it.
                first.body, first.title = matches.all.serialize(), matches.in_title.serialize()
                first.gone, first.places = b"", places.serialize()
                kept.append(first)
            spare += others if matches.all else [first, *others]
        SearchPosting.objects.bulk_create(
            kept, update_conflicts=True, unique_fields=["id"], update_fields=list(BITMAPS)
        )
        SearchPosting.objects.filter(pk__in=[row.pk for row in spare]).delete()
