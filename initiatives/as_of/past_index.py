"""Counts beside filters as of an earlier day: bitmaps like those of today (``facets/index.py``)."""

from __future__ import annotations

import datetime
import threading
from array import array
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress

from django.db.models import OrderBy
from pyroaring import BitMap

from ..facets.facet import content_of
from ..facets.index import FACETS, Columns, Index, index
from ..facets.registry import INVOLVED
from ..facets.sort_order import SortOrder
from ..models import Initiative, Participant
from ..partial_dates import sort_key
from ..recording.involvement import Involved
from ..search.postings import SearchMatches
from ..serving.data_version import Version
from ..serving.statement_limit import unlimited

# Sets on initiatives what was known of them, and returns those that were known.
AsKnown = Callable[[list[Initiative]], list[Initiative]]
# Who was in the initiatives of these keys.
InvolvedIn = Callable[[list[int]], Involved]

# Days that a process keeps in memory: whoever asks for every day makes it slow for others who do, and no more.
MOST_DAYS = 4
# Initiatives that are in memory at once while a day is read.
CHUNK = 2000
# Who waits longer for others to have their days read is asked to come again.
PATIENCE_SECONDS = 20
# What of an initiative neither its entries nor its versions tell.
READ = {
    "publication",
    "withdrawn_at",
    "due_on",
    "condition",
    *(
        path.split("__")[0]
        for facet in FACETS.values()
        for path in facet.paths
        if not facet.has_many
    ),
}
# The partial dates that lists are ordered by.
DATES = ("latest_update_on", "last_heard_on", "due_on", "raised_at__starts_on")
TITLE: Columns = ("sort_key", "slug")


class PastIndexBusy(Exception):
    """Other days are being read, and each takes its time; to be asked again later."""


class PastIndex(Index):
    """Bitmaps of the initiatives that were known on a day, by the values of that day; not changed once made."""

    def __init__(self, version: Version, day: datetime.date) -> None:
        super().__init__(version, day)
        # In the order of their titles: keys, and for each column of dates the rank of its value, 0 for none.
        self._keys: array[int] = array("Q")
        self._ranks: dict[str, array[int]] = {}

    def read(self, as_known: AsKnown, involved: InvolvedIn, using: str) -> None:
        """Read all that was known; a few queries for every ``CHUNK`` initiatives."""
        today = index(using)
        codes = dict(Participant.objects.using(using).values_list("pk", "code"))
        dates: dict[int, tuple[str, ...]] = {}
        keys_of: dict[tuple[str, str], list[int]] = defaultdict(list)
        ahead = []
        every = Initiative.objects.using(using).once_public()
        withdrawn = every.filter(withdrawn_at__isnull=False).order_by()
        since = BitMap(withdrawn.values_list("pk", flat=True))
        for chunk in _chunks(list(today.all | since), using):
            known_initiatives = [row for row in as_known(chunk) if not row.is_withdrawn]
            for name, value, key in _involvement(known_initiatives, involved, codes):
                keys_of[name, value].append(key)
            for initiative in known_initiatives:
                initiative.as_of = self.day
                dates[initiative.pk] = tuple(
                    sort_key(content_of(initiative, path)) for path in DATES
                )
                for name, value in values_of(initiative):
                    keys_of[name, value].append(initiative.pk)
                if initiative.is_due_ahead():
                    ahead.append(initiative.pk)
        self.all, self.ahead = BitMap(dates), BitMap(ahead)
        for (name, value), keys in keys_of.items():
            self.bitmaps[name][value] = BitMap(keys)
        # Themes, as all else that initiatives have many of, are those of today, and so is what is part of what.
        self.parts = today.parts
        for facet in FACETS.values():
            if not facet.has_many or facet.path == INVOLVED:
                continue
            bitmaps = self.bitmaps[facet.name]
            if since:
                self._add_values([facet], facet.counted(withdrawn))
            for value in {*today.bitmaps[facet.name], *bitmaps}:
                bitmaps[value] = (today.having(facet.name, value) | bitmaps[value]) & self.all
        titles = SortOrder.read(every.order_by(*TITLE)) if since else today
        self._keys = array("Q", _in_order_of_title(titles, self.all, using))
        for place, path in enumerate(DATES):
            values = sorted({of_initiative[place] for of_initiative in dates.values()} | {""})
            rank = {value: number for number, value in enumerate(values)}
            self._ranks[path] = array("L", (rank[dates[key][place]] for key in self._keys))

    def find(self, text: str, *, using: str = "default") -> SearchMatches:
        """What a text finds in the words of today."""
        return index(using).find(text, using=using)

    def page(
        self, keys: BitMap, order: Columns, first: int, last: int, *, using: str = "default"
    ) -> list[int]:
        if order not in self._orders:
            self._orders[order] = SortOrder(self._in_order(order))
        return super().page(keys, order, first, last, using=using)

    def _in_order(self, order: Columns) -> Iterator[int]:
        places: Sequence[int] = range(len(self._keys))
        # Stable, so that the last column comes first and titles, which the database has ordered, before all.
        for column in reversed([column for column in order if isinstance(column, OrderBy)]):
            name = str(getattr(column.expression, "name", ""))
            ranks, last = self._ranks[name], len(self._keys) + 1
            if column.descending:
                places = sorted(places, key=lambda place: -ranks[place])
            else:
                places = sorted(places, key=lambda place: ranks[place] or last)
        return (self._keys[place] for place in places)


def _in_order_of_title(titles: SortOrder | Index, keys: BitMap, using: str) -> list[int]:
    """From what the index of today holds in order; where initiatives were withdrawn since, from the database."""
    if isinstance(titles, SortOrder):
        return titles.page(keys, 0, len(keys))
    return titles.page(keys, TITLE, 0, len(keys), using=using)


def _chunks(keys: list[int], using: str) -> Iterator[list[Initiative]]:
    rows = Initiative.objects.using(using).once_public().order_by().only(*READ)
    for start in range(0, len(keys), CHUNK):
        yield list(rows.filter(pk__in=keys[start : start + CHUNK]))


def values_of(initiative: Initiative) -> Iterator[tuple[str, str]]:
    """The values that an initiative has of each facet, by which they were known on the day as of which it is."""
    for facet in FACETS.values():
        if not facet.has_many:
            for value in facet.values(initiative):
                yield facet.name, value


def _involvement(
    initiatives: list[Initiative], involved: InvolvedIn, codes: Mapping[int, str]
) -> Iterator[tuple[str, str, int]]:
    """Facet, value and initiative for everybody who was in these, each once."""
    capacities = {facet.name for facet in FACETS.values() if facet.path == INVOLVED}
    for key, pairs in involved([initiative.pk for initiative in initiatives]).items():
        for participant, capacity in pairs:
            for name in {"participant", capacity} & capacities:
                yield name, codes[participant], key


_indexes: OrderedDict[tuple[str, datetime.date], PastIndex] = OrderedDict()
_reading = threading.Lock()


def past_index(
    using: str, day: datetime.date, as_known: AsKnown, involved: InvolvedIn
) -> PastIndex:
    """The index of a day: the one in memory if nothing has changed since it was read; raises PastIndexBusy."""
    version, key = index(using).version, (using, day)
    cached = _indexes.get(key)
    if cached and cached.version == version:
        with suppress(KeyError):
            _indexes.move_to_end(key)
        return cached
    # One at a time: a day is read in seconds where the record is large.
    if not _reading.acquire(timeout=PATIENCE_SECONDS):
        raise PastIndexBusy
    try:
        cached = _indexes.get(key)
        if cached is None or cached.version != version:
            cached = PastIndex(version, day)
            with unlimited():
                cached.read(as_known, involved, using)
            _indexes[key] = cached
            _indexes.move_to_end(key)
            while len(_indexes) > MOST_DAYS:
                _indexes.popitem(last=False)
        return cached
    finally:
        _reading.release()


def forget() -> None:
    """Drop what is in memory; for tests, whose databases are rolled back."""
    _indexes.clear()
