"""The index of words: for each term the initiatives in whose texts it stands, as bitmaps in the database.

Nobody who writes waits for another one: each writes rows of what changed (``SearchPosting``), and what a term stands in
is all its rows, one after the other. Rows of one initiative are in order, since who writes has locked it. Now and then
the rows of a term are made one, by one writer at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Count, Q
from pyroaring import BitMap

from ..models import SearchPosting
from .terms import EVERY, Lookup, terms_of

# Rows of one term that are read one after the other.
MOST_ROWS = 32
BATCH = 500
BITMAPS = ("body", "title", "gone")
# Greater than every byte of UTF-8.
AFTER_ALL = b"\xff"
EVERYWHERE = Lookup(EVERY)


class Texts(NamedTuple):
    """The folded texts of an initiative; the title is part of the body too. None of them where there is none."""

    title: str = ""
    body: str = ""


class SearchMatches(NamedTuple):
    """Primary keys of initiatives, drafts included, in whose texts something stands, and of those in whose title."""

    all: BitMap
    in_title: BitMap


def nothing() -> SearchMatches:
    return SearchMatches(BitMap(), BitMap())


# --- Reading --------------------------------------------------------------------------------------


def read(lookups: Collection[Lookup], using: str) -> dict[Lookup, SearchMatches]:
    """Where each of these terms stands; one query."""
    wanted = reduce(or_, map(_condition, lookups))
    rows = SearchPosting.objects.using(using).filter(wanted).order_by("id")
    rows_of: dict[str, list[SearchPosting]] = defaultdict(list)
    for row in rows:
        rows_of[bytes(row.term).decode()].append(row)
    matches = {term: _of_rows(found) for term, found in rows_of.items()}
    return {lookup: _union(lookup, matches) for lookup in lookups}


def _condition(lookup: Lookup) -> Q:
    key = lookup.term.encode()
    return Q(term__gte=key, term__lt=key + AFTER_ALL) if lookup.is_range else Q(term=key)


def together(matches: Sequence[SearchMatches]) -> SearchMatches:
    """Where all of these stand, of which there is one at least."""
    return SearchMatches(
        BitMap.intersection(*(found.all for found in matches)),
        BitMap.intersection(*(found.in_title for found in matches)),
    )


def _of_rows(rows: Iterable[SearchPosting]) -> SearchMatches:
    """What the rows of one term say, in their order."""
    body, title = BitMap(), BitMap()
    for row in rows:
        now = BitMap.deserialize(bytes(row.body))
        changed = now | BitMap.deserialize(bytes(row.gone)) if row.gone else now
        body = body - changed | now
        title = title - changed | BitMap.deserialize(bytes(row.title))
    return SearchMatches(body, title)


def _union(lookup: Lookup, matches: dict[str, SearchMatches]) -> SearchMatches:
    found = [of_term for term, of_term in matches.items() if lookup.holds(term)]
    return SearchMatches(
        BitMap.union(BitMap(), *(of_term.all for of_term in found)),
        BitMap.union(BitMap(), *(of_term.in_title for of_term in found)),
    )


# --- Writing --------------------------------------------------------------------------------------


def write(changes: Mapping[int, tuple[Texts, Texts]]) -> None:
    """Write what changes in the index: by initiative, which is locked, its texts before and now.

    To be called in a transaction.
    """
    rows: dict[str, _Change] = defaultdict(_Change)
    for key, (before, now) in changes.items():
        for term, in_body, in_title in _changed_terms(before, now):
            rows[term].add(key, in_body=in_body, in_title=in_title)
    terms = sorted(rows)
    SearchPosting.objects.bulk_create((rows[term].row(term) for term in terms), batch_size=BATCH)
    compact({*(term for term in terms if rows[term].gone), *_crowded(terms)})


class _Change:
    """Where a term stands from now on, and where it does not any more."""

    def __init__(self) -> None:
        self.body, self.title, self.gone = BitMap(), BitMap(), BitMap()

    def add(self, key: int, *, in_body: bool, in_title: bool) -> None:
        (self.body if in_body else self.gone).add(key)
        if in_title:
            self.title.add(key)

    def row(self, term: str) -> SearchPosting:
        gone = self.gone.serialize() if self.gone else b""
        bitmaps = {"body": self.body.serialize(), "title": self.title.serialize(), "gone": gone}
        return SearchPosting(term=term.encode(), **bitmaps)


def _changed_terms(before: Texts, now: Texts) -> Iterator[tuple[str, bool, bool]]:
    """The terms that stand elsewhere than before, each with whether it is in the texts now and in the title."""
    old_title, old_body, title, body = map(terms_of, (*before, *now))
    for term in (body ^ old_body) | (title ^ old_title):
        yield term, term in body, term in title


def _crowded(terms: Sequence[str]) -> Iterator[str]:
    """Those of the terms that have many rows."""
    for keys in _in_batches(terms):
        rows = SearchPosting.objects.filter(term__in=keys).order_by()
        counted = rows.values("term").annotate(rows=Count("pk")).filter(rows__gt=MOST_ROWS)
        yield from (bytes(term).decode() for term in counted.values_list("term", flat=True))


def _in_batches(terms: Iterable[str]) -> Iterator[list[bytes]]:
    keys = [term.encode() for term in terms]
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))


# --- One row a term -------------------------------------------------------------------------------


@transaction.atomic
def compact(terms: Collection[str]) -> None:
    """Make the rows of each of these terms one, and drop those of terms that stand nowhere any more.

    Left to a later writer where another one is at it.
    """
    if terms and _is_alone("pg_try_advisory_xact_lock"):
        _compact(terms)


@transaction.atomic
def compact_all() -> None:
    """The same for every term, however long it takes: nothing stays of texts that are gone."""
    _is_alone("pg_advisory_xact_lock")
    terms = SearchPosting.objects.order_by().values_list("term", flat=True).distinct()
    _compact([bytes(term).decode() for term in terms])


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
            matches = _of_rows([first, *others])
            if matches.all and (others or first.gone):
                # In the place of the first: what another one is just writing comes after it.
                first.body, first.title = matches.all.serialize(), matches.in_title.serialize()
                first.gone = b""
                kept.append(first)
            spare += others if matches.all else [first, *others]
        SearchPosting.objects.bulk_create(
            kept, update_conflicts=True, unique_fields=["id"], update_fields=list(BITMAPS)
        )
        SearchPosting.objects.filter(pk__in=[row.pk for row in spare]).delete()
