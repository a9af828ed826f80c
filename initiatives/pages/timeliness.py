"""How soon initiatives of a dialogue were delivered, by the dates of entries that stand, and where nobody can tell.

An entry says what was so on its day. So one that says “delivered” tells that it was delivered by then, and one that
says “under way” that it was not yet: what lies between the two is unknown, and so is what nobody reviewed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _
from pyroaring import BitMap

from .. import languages
from ..as_of.current import CurrentView
from ..models import DeliveryStatus, Initiative
from ..models.follow_up import StatusUpdateQuerySet
from ..models.vocabulary import CLOSED_STATUSES, UNKNOWN_STATUSES
from ..partial_dates import PartialDate, of_column
from ..recording.entry_rows import as_stored

# Years after an initiative was raised.
LIMITS = (1, 2, 4)
# So many of the latest years have a row of their own.
LATEST_YEARS = 6
NOT_YET = [s.value for s in DeliveryStatus if s not in {*CLOSED_STATUSES, *UNKNOWN_STATUSES}]


class Fate(NamedTuple):
    """What is known of one initiative; ``open_on`` is the latest day on which it was known not to be delivered yet."""

    raised: PartialDate
    status: str
    delivered_by: PartialDate | None = None
    open_on: PartialDate | None = None

    def was_delivered_within(self, years: int) -> bool | None:
        """Whether it was delivered within so many years; None where nobody can tell."""
        if self.status == DeliveryStatus.DELIVERED:
            if self.delivered_by and self.delivered_by.last_day <= _after(
                self.raised.first_day, years
            ):
                return True
        elif self.status in CLOSED_STATUSES:
            return False
        elif self.status in UNKNOWN_STATUSES:
            return None
        if self.open_on and self.open_on.first_day >= _after(self.raised.last_day, years):
            return False
        return None


@dataclass
class Within:
    """Of ``total`` initiatives those known to be delivered within a time, and those of which that is unknown."""

    total: int = 0
    known: int = 0
    unknown: int = 0

    @property
    def words(self) -> str:
        words = _("%(known)s of %(total)s") % {
            "known": languages.count(self.known),
            "total": languages.count(self.total),
        }
        if not self.unknown:
            return words
        return _("%(words)s, %(count)s unknown") % {
            "words": words,
            "count": languages.count(self.unknown),
        }

    @property
    def known_width(self) -> str:
        return f"{100 * self.known / self.total:.2f}"

    @property
    def unknown_width(self) -> str:
        return f"{100 * self.unknown / self.total:.2f}"


@dataclass
class Cohort:
    """The initiatives raised from one year to another; a time that is not over for all of them has no cell."""

    first: int
    last: int
    until: datetime.date
    within: dict[int, Within] = field(default_factory=lambda: {years: Within() for years in LIMITS})

    @property
    def label(self) -> str:
        return str(self.last) if self.first == self.last else f"{self.first}–{self.last}"

    @property
    def total(self) -> int:
        return self.within[LIMITS[0]].total

    def add(self, fate: Fate) -> None:
        self.until = max(self.until, fate.raised.last_day)
        for years, within in self.within.items():
            answer = fate.was_delivered_within(years)
            within.total += 1
            within.known += answer is True
            within.unknown += answer is None

    def merge(self, other: Cohort) -> None:
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        self.until = max(self.until, other.until)
        for years, within in self.within.items():
            more = other.within[years]
            within.total += more.total
            within.known += more.known
            within.unknown += more.unknown

    def cells(self, day: datetime.date) -> list[Within | None]:
        return [
            within if _after(self.until, years) <= day else None
            for years, within in self.within.items()
        ]


def cohorts(fates: Iterable[Fate]) -> list[Cohort]:
    """One for each year in which any was raised, the earlier ones together; earliest first."""
    by_year: dict[int, Cohort] = {}
    for fate in fates:
        year = fate.raised.last_day.year
        if year not in by_year:
            by_year[year] = Cohort(year, year, fate.raised.last_day)
        by_year[year].add(fate)
    in_order = [by_year[year] for year in sorted(by_year)]
    early = in_order[:-LATEST_YEARS]
    for later in early[1:]:
        early[0].merge(later)
    return [*early[:1], *in_order[-LATEST_YEARS:]]


def dialogue_cohorts(view: CurrentView, dialogue: str) -> list[tuple[Cohort, list[Within | None]]]:
    """The cohorts of a dialogue (its slug), each with its cell for each limit; what has no date is in none.

    Two queries, once for each version of the record of today.
    """

    def read() -> list[Cohort]:
        index = view.index
        counted = index.parts.counted(index.having("dialogue", dialogue))
        return cohorts(
            _read_past(view, counted) if view.is_past else _read(view, counted, dialogue)
        )

    known = (
        read() if view.is_past else view.index.remember(f"cohorts {dialogue}", read, any_day=True)
    )
    return [(cohort, cohort.cells(view.day)) for cohort in known]


class Told(NamedTuple):
    """What a row tells of an initiative that was raised on a known date."""

    key: int
    status: str
    raised: PartialDate
    latest: PartialDate | None
    delivered: PartialDate | None


def _read(view: CurrentView, counted: BitMap, dialogue: str) -> list[Fate]:
    rows = Initiative.objects.using(view.using).public().filter(dialogue__slug=dialogue).order_by()
    dates = map(as_stored, ("raised_at__starts_on", "latest_update_on", "delivered_on"))
    columns = rows.filter(raised_at__starts_on__isnull=False).values_list(
        "pk", "delivery_status", *dates
    )
    told = [
        Told(key, status, of_column(raised), _date(latest), _date(delivered))
        for key, status, raised, latest, delivered in columns
        if key in counted
    ]
    delivered_ones = view.updates().filter(
        initiative__dialogue__slug=dialogue, initiative__delivery_status=DeliveryStatus.DELIVERED
    )
    return _fates(told, delivered_ones)


def _read_past(view: CurrentView, counted: BitMap) -> list[Fate]:
    told = [
        Told(
            row.pk,
            row.delivery_status,
            PartialDate(row.raised_at.starts_on),
            row.latest_update_on,
            row.delivered_on,
        )
        for row in view.read_initiatives([*counted])
        if row.raised_at and row.raised_at.starts_on
    ]
    keys = [row.key for row in told if row.status == DeliveryStatus.DELIVERED]
    return _fates(told, view.updates().filter(initiative__in=keys))


def _fates(told: Iterable[Told], of_delivered: StatusUpdateQuerySet) -> list[Fate]:
    """What is known of each; ``of_delivered`` are the updates of those that are delivered."""
    rows = of_delivered.filter(status__in=NOT_YET, participant=None, on__isnull=False).order_by()
    open_on: dict[int, PartialDate] = {}
    for key, stored in rows.values_list("initiative", as_stored("on")):
        on = of_column(stored)
        open_on[key] = max(on, open_on.get(key, on))
    return [
        Fate(row.raised, row.status, row.delivered or row.latest, open_on.get(row.key))
        if row.status == DeliveryStatus.DELIVERED
        else Fate(row.raised, row.status, open_on=row.latest)
        for row in told
    ]


def _date(stored: str | None) -> PartialDate | None:
    return of_column(stored) if stored else None


def _after(day: datetime.date, years: int) -> datetime.date:
    """The same day so many years later; of 29 February the last of that month."""
    year = min(day.year + years, datetime.MAXYEAR)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)
