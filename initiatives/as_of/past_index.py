"""Counts beside filters as of an earlier day: bitmaps like those of today (``facets/index.py``)."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Protocol

from django.db.models import Model, OrderBy
from pyroaring import BitMap

from ..facets.index import FACETS, Columns, Index, index
from ..facets.registry import INVOLVED
from ..facets.sort_order import SortOrder
from ..models import DeliveryStatus, Dialogue, Initiative, Meeting, Participant
from ..models.initiatives import InitiativeFacts
from ..partial_dates import PartialDate, of_column
from ..recording.initiative_columns import InitiativeColumns
from ..recording.involvement import InCapacity
from ..search.postings import SearchMatches
from ..serving.data_version import Version

# The partial dates that lists are ordered by.
DATES = ("latest_update_on", "last_heard_on", "due_on", "raised_at__starts_on")
TITLE: Columns = ("sort_key", "slug")

SINGLE = [facet for facet in FACETS.values() if not facet.has_many]
MANY = [facet for facet in FACETS.values() if facet.has_many and facet.path != INVOLVED]
CAPACITIES = {facet.name for facet in FACETS.values() if facet.path == INVOLVED}
# Rows that values are the ids of: what is kept has their keys.
NAMED: Mapping[str, type[Model]] = {"dialogue__slug": Dialogue, "raised_at__slug": Meeting}
PATHS = {*DATES, *(facet.path for facet in SINGLE if facet.path)}
# What a day goes by of what versions tell of an initiative.
OF_VERSIONS = {
    *("publication", "withdrawn_at", "dialogue_id", "raised_at_id", "unsourced_due_on"),
    *(column for facet in SINGLE for groups in facet.columns.values() for column in chain(*groups)),
    *(path.split("__")[0] for path in PATHS),
}


class Known(Protocol):
    """Where an index reads what was known on a day (``past.py``): of all initiatives, or of those of some keys."""

    using: str
    day: datetime.date

    @property
    def was_shown(self) -> bool: ...
    def columns(self, keys: Collection[int] | None = None) -> InitiativeColumns: ...
    def capacities(self, keys: Collection[int] | None = None) -> InCapacity: ...


class Facts(InitiativeFacts):
    """What some columns tell of an initiative; in the others it has nothing."""

    delivery_status = DeliveryStatus.NOT_REVIEWED
    status_grade = verifiability = condition = ""
    due_on = latest_update_on = delivered_on = last_heard_on = None
    criterion_recorded_on = status_recorded_on = None
    dialogue = raised_at = None


class PastIndex(Index):
    """Bitmaps of the initiatives that were known on a day, by the values of that day; not changed once made.

    ``columns`` have them by the content of each path, as the database holds it (a key, a date with its last day first),
    “flag” by each flag that held, and “ahead” those that were open and had a due date ahead of them; ``capacities`` by
    the keys of participants. Everything else follows from these and from today.
    """

    def __init__(self, version: Version, day: datetime.date, *, was_shown: bool) -> None:
        super().__init__(version, day)
        self.was_shown = was_shown
        self.columns: dict[str, dict[Any, BitMap]] = defaultdict(lambda: defaultdict(BitMap))
        self.capacities: InCapacity = {}

    # --- Reading the database ---------------------------------------------------------------------

    @classmethod
    def read(cls, known: Known, today: Index) -> PastIndex:
        """Read all that was known, in one pass over each table."""
        fresh = cls(today.version, known.day, was_shown=known.was_shown)
        fresh._add(known.columns(), known.capacities())
        fresh.take_from_today(today, known.using)
        return fresh

    def with_touched(self, touched: BitMap, known: Known, today: Index) -> PastIndex:
        """The index for a later version, in which only these initiatives differ."""
        later = PastIndex(today.version, self.day, was_shown=self.was_shown)
        later.all = self.all - touched
        for name, by_content in self.columns.items():
            for content, keys in by_content.items():
                if left := keys - touched:
                    later.columns[name][content] = left
        for pair, keys in self.capacities.items():
            if left := keys - touched:
                later.capacities[pair] = left
        if touched:
            later._add(known.columns([*touched]), known.capacities([*touched]))
        later.take_from_today(today, known.using)
        return later

    def _add(self, known: InitiativeColumns, capacities: InCapacity) -> None:
        self.all |= known.all
        for path in PATHS:
            start, is_further, rest = path.partition("__")
            of_path = self.columns[path]
            for content, keys in known[f"{start}_id" if is_further else start].items():
                if is_further and path not in NAMED:
                    content = getattr(known.rows[start][content], rest)
                of_path[getattr(content, "sort_key", content) or ""] |= keys
        for facet in (facet for facet in SINGLE if facet.holds):
            assert facet.holds
            for value, groups in facet.columns.items():
                of_value = self.columns[facet.name][value]
                for facts, alike in chain(*(self._alike(known, columns) for columns in groups)):
                    if facet.holds(facts, value, self.day):
                        of_value |= BitMap(alike)
        ahead = self.columns["ahead"][True]
        for facts, alike in self._alike(known, ("delivery_status", "due_on")):
            if facts.is_due_ahead():
                ahead |= BitMap(alike)
        for pair, initiatives in capacities.items():
            self.capacities[pair] = self.capacities.get(pair, BitMap()) | (initiatives & self.all)

    def _alike(
        self, known: InitiativeColumns, columns: Sequence[str]
    ) -> Iterator[tuple[Facts, Iterable[int]]]:
        """Initiatives that are equal in these columns: what these tell, until the next are looked at, and keys."""
        for start, rest in (column.split("__") for column in columns if "__" in column):
            # Of rows that are equal in what is looked at one stands for all.
            rows = ((known.rows[start][key], of) for key, of in known[f"{start}_id"].items())
            first: dict[Any, Any] = {}
            known.set(
                f"{start}__{rest}",
                [(first.setdefault(getattr(row, rest), row), of) for row, of in rows],
            )
        facts, names = Facts(), [column.partition("__")[0] for column in columns]
        facts.as_of = self.day
        for contents, keys in known.alike(*columns):
            for name, content in zip(names, contents, strict=True):
                setattr(facts, name, getattr(Facts, name) if content is None else content)
            yield facts, keys

    def take_from_today(self, today: Index, using: str) -> None:
        """Take what is of today: the ids of what values are, themes, as all else that there are many of, and parts."""
        self.parts, self.ahead = today.parts, self.columns["ahead"][True]
        for facet in SINGLE:
            having = self.bitmaps[facet.name]
            if not facet.path:
                having.update(self.columns[facet.name])
                continue
            contents = _contents(facet.path, using)
            for content, keys in self.columns[facet.path].items():
                for value in facet.read(contents(content)):
                    having[value] |= keys
        codes = _ids(Participant, using)
        for (participant, capacity), keys in self.capacities.items():
            if code := codes.get(participant):
                for name in CAPACITIES & {"participant", capacity}:
                    self.bitmaps[name][code] |= keys
        since = self.all - today.all
        withdrawn = Initiative.objects.using(using).filter(pk__in=since).order_by()
        for facet in MANY:
            if since:
                self._add_values([facet], facet.counted(withdrawn))
            bitmaps = self.bitmaps[facet.name]
            for value in {*today.bitmaps[facet.name], *bitmaps}:
                bitmaps[value] = (today.having(facet.name, value) | bitmaps[value]) & self.all
        self.note_missing()

    # --- Answering --------------------------------------------------------------------------------

    def find(self, text: str, *, using: str = "default") -> SearchMatches:
        """What a text finds in the words of today."""
        return index(using).find(text, using=using)

    def page(
        self, keys: BitMap, order: Columns, first: int, last: int, *, using: str = "default"
    ) -> list[int]:
        if order not in self._orders:
            self._orders[order] = SortOrder(self._in_order(order, using))
        return super().page(keys, order, first, last, using=using)

    def _in_order(self, order: Columns, using: str) -> list[int]:
        keys = self._by_title(using)
        # Stable, so that the last column comes first and titles, which the database has ordered, before all.
        for column in reversed([column for column in order if isinstance(column, OrderBy)]):
            of_date = self.columns[str(getattr(column.expression, "name", ""))]
            dates = sorted(filter(None, of_date), reverse=column.descending)
            places = {key: place for place, date in enumerate(dates) for key in of_date[date]}
            # Those without a date come last.
            at_place: list[list[int]] = [[] for _ in range(len(dates) + 1)]
            for key in keys:
                at_place[places.get(key, -1)].append(key)
            keys = [key for in_order in at_place for key in in_order]
        return keys

    def _by_title(self, using: str) -> list[int]:
        """From what the index of today holds in order; where initiatives were withdrawn since, from the database."""
        today = index(using)
        if self.all <= today.all:
            return today.page(self.all, TITLE, 0, len(self.all), using=using)
        titles = SortOrder.read(Initiative.objects.using(using).once_public().order_by(*TITLE))
        return titles.page(self.all, 0, len(self.all))


def _contents(path: str, using: str) -> Callable[[Any], Any]:
    """What stands at the end of a path for what is kept of it."""
    if path in NAMED:
        return _ids(NAMED[path], using).get
    return _date if path in DATES else lambda content: content


def _date(content: str) -> PartialDate | None:
    return of_column(content) if content else None


def _ids(model: type[Model], using: str) -> dict[int, str]:
    """The ids under which rows are in addresses, by their keys."""
    rows: Any = model._default_manager.using(using).order_by()
    return dict(rows.values_list("pk", model.natural_key_fields[0]))  # type: ignore[attr-defined]


def values_of(initiative: Initiative) -> Iterator[tuple[str, str]]:
    """The values that an initiative has of each facet, by which they were known on the day as of which it is."""
    for facet in SINGLE:
        for value in facet.values(initiative):
            yield facet.name, value
