"""How many initiatives stand where, by delivery status and by group of statuses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

from django.db.models import Count
from pyroaring import BitMap

from .charts import stacked
from .facets import Index
from .models import DeliveryStatus, StatusGroup
from .models.initiatives import InitiativeQuerySet


@dataclass(frozen=True)
class StatusCount:
    status: DeliveryStatus
    count: int


@dataclass(frozen=True)
class GroupCount:
    """A group of statuses; ``start`` and ``width`` say where it lies in a bar of 100."""

    group: StatusGroup
    count: int
    statuses: list[StatusCount]
    start: str
    width: str


@dataclass
class Tally:
    """Counts of initiatives by delivery status."""

    by_status: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.by_status.values())

    @property
    def groups(self) -> list[GroupCount]:
        """All groups in their order, empty ones too."""
        by_group = [
            (group, [StatusCount(s, self.by_status.get(s, 0)) for s in group.statuses])
            for group in StatusGroup
        ]
        counts = [sum(one.count for one in statuses) for _group, statuses in by_group]
        return [
            GroupCount(group, count, [one for one in statuses if one.count], at.start, at.width)
            for (group, statuses), count, at in zip(by_group, counts, stacked(counts), strict=True)
        ]

    @property
    def in_words(self) -> str:
        """“24 unknown, 3 active”: what a bar says by colours alone."""
        return ", ".join(f"{one.count:,} {str(one.group.label).lower()}" for one in self.filled)

    @property
    def filled(self) -> list[GroupCount]:
        return [group for group in self.groups if group.count]


@dataclass(frozen=True)
class Bar:
    """A tally with what it is of: the page of that, and the list of its initiatives as a query string."""

    label: str
    address: str
    query: str
    tally: Tally
    note: str = ""


def tally(rows: InitiativeQuerySet) -> Tally:
    """Count rows by status; one query."""
    counts = rows.order_by().values_list("delivery_status").annotate(count=Count("pk"))
    return Tally(dict(counts))


def tally_by(rows: InitiativeQuerySet, path: str) -> defaultdict[Hashable, Tally]:
    """Count rows by status for each value of ``path`` (``dialogue``, ``roles__participant``); one query.

    A row counts once for each value, however many ways lead to it.
    """
    counts = (
        rows.order_by()
        .filter(**{f"{path}__isnull": False})
        .values_list(path, "delivery_status")
        .annotate(count=Count("pk", distinct=True))
    )
    tallies: defaultdict[Hashable, Tally] = defaultdict(Tally)
    for key, status, count in counts:
        tallies[key].by_status[status] = count
    return tallies


def tally_within(held: Index, keys: BitMap) -> Tally:
    """Count initiatives by status in memory; no query."""
    counts = (
        (status.value, keys.intersection_cardinality(held.value("status", status)))
        for status in DeliveryStatus
    )
    return Tally({status: count for status, count in counts if count})


def tallies_within(held: Index, facet: str, values: Iterable[str]) -> dict[str, Tally]:
    """The tally of each value of a facet (the slug of a dialogue, the code of a participant); no query."""
    return {value: tally_within(held, held.value(facet, value)) for value in values}
