"""Initiatives by the year in which they were first raised, and by whether they were adopted since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from pyroaring import BitMap

from .. import languages
from ..as_of.current import CurrentView
from ..facets.status_counts import StatusTally, tally_within
from ..models import Meeting, Standing
from ..pictures.tiers import NARROW, WIDE, Size, TierColumn, TierPart, Tiers, two_tiers
from ..query.parameters import MOST_VALUES

NOT_ADOPTED = tuple(word.value for word in Standing if word != Standing.ADOPTED)
# More columns than that have no room for their numbers, fewer on a telephone.
MOST_YEARS, MOST_ON_A_PHONE = 22, 10


@dataclass(frozen=True)
class RaisedIn:
    """What was raised from one year to another; ``first`` is None for all up to ``last``, both are for no single year.

    ``query`` is the list of them as a query string, empty where a list cannot be asked for them.
    """

    first: int | None
    last: int | None
    adopted: StatusTally
    others: StatusTally
    query: str = ""

    @property
    def label(self) -> str:
        if self.last is None:
            return pgettext("years in which initiatives were raised", "no year")
        return (
            str(self.last)
            if self.first
            else pgettext("years in which initiatives were raised", "to %(year)s")
            % {"year": self.last}
        )

    @property
    def title(self) -> str:
        if self.last is None:
            return _("No single year on record")
        return (
            str(self.last)
            if self.first
            else pgettext("years in which initiatives were raised", "Up to %(year)s")
            % {"year": self.last}
        )

    @cached_property
    def all(self) -> StatusTally:
        return _sum([self.adopted, self.others])


def raised_by_year(view: CurrentView) -> list[RaisedIn]:
    """A column a year, those in which nothing was raised as well, and where there are any, one for no single year.

    Of more than ``MOST_YEARS`` the earlier ones are one column. Counted is what totals count, so that the columns add
    up to the total. What may have been raised in either of two years stands in neither. No query.
    """
    index = view.index
    counted, adopted = index.parts.counted(index.all), index.having("standing", Standing.ADOPTED)
    of_year = {
        int(year): counted & keys for year, keys in index.bitmaps["year"].items() if year.isdigit()
    }
    seen, several = BitMap(), BitMap()
    for keys in of_year.values():
        several |= seen & keys
        seen |= keys
    years = [year for year, keys in of_year.items() if keys - several]

    def column(first: int | None, last: int | None, keys: BitMap, query: str) -> RaisedIn:
        tiers = tally_within(index, keys & adopted), tally_within(index, keys - adopted)
        return RaisedIn(first, last, *tiers, query)

    columns = []
    if years:
        begin, end = min(years), max(years)
        if end - begin >= MOST_YEARS:
            begin = end - MOST_YEARS + 2
            early = (keys for year, keys in of_year.items() if year < begin)
            keys = BitMap.union(BitMap(), *early) - several
            columns = [column(None, begin - 1, keys, _up_to(view, begin - 1))]
        for year in range(begin, end + 1):
            keys = of_year.get(year, BitMap()) - several
            columns.append(column(year, year, keys, view.query(year=str(year))))
    without = counted - (seen - several)
    query = view.query(year="none") if without == counted & index.having("year", "none") else ""
    return [*columns, column(None, None, without, query)] if without else columns


def _up_to(view: CurrentView, last: int) -> str:
    """The list of what was raised in these years as a query string."""
    years = sorted(
        year for year in view.index.bitmaps["year"] if year.isdigit() and int(year) <= last
    )
    return (
        urlencode({"year": years, **view.parameters}, doseq=True)
        if len(years) <= MOST_VALUES
        else ""
    )


def latest(view: CurrentView, columns: Sequence[RaisedIn], most: int) -> list[RaisedIn]:
    """The last of the columns of years, those before together in one; one for no single year stays."""
    none = [column for column in columns if column.last is None]
    years = [column for column in columns if column.last is not None]
    if len(years) <= most:
        return [*columns]
    early = years[: len(years) - most + 1]
    before = RaisedIn(
        None,
        early[-1].last,
        _sum([column.adopted for column in early]),
        _sum([column.others for column in early]),
        _up_to(view, early[-1].last or 0),
    )
    return [before, *years[len(early) :], *none]


def _sum(tallies: Sequence[StatusTally]) -> StatusTally:
    by_status: Counter[str] = Counter()
    for tally in tallies:
        by_status.update(tally.by_status)
    return StatusTally(dict(by_status))


@dataclass(frozen=True)
class Peak:
    """How many of all that was raised in a year were raised at one meeting."""

    year: int
    meeting: Meeting
    count: int
    total: int


# A year and a meeting that raised fewer are no peak.
PEAK = 10


def peak(view: CurrentView, columns: Sequence[RaisedIn]) -> Peak | None:
    """Why a column is the tallest, where one meeting raised half of it or more."""
    tallest = max(
        (row for row in columns if row.first), key=lambda row: row.all.total, default=None
    )
    if tallest is None or not tallest.last or tallest.all.total < PEAK:
        return None
    index, total = view.index, tallest.all.total
    keys = index.parts.counted(index.all) & index.having("year", str(tallest.last))
    counts = {
        slug: count
        for slug, raised in index.bitmaps["meeting"].items()
        if slug != "none" and (count := keys.intersection_cardinality(raised)) * 2 >= total
    }
    slug = max(counts, key=lambda slug: counts[slug], default="")
    meeting = next((row for row in view.meetings().values() if row.slug == slug), None)
    return Peak(tallest.last, meeting, counts[slug], total) if meeting else None


@dataclass(frozen=True)
class DrawnColumn:
    """A column of the picture with what it stands for; ``words`` say its numbers."""

    of: RaisedIn
    column: TierColumn
    parts: list[tuple[TierPart, str]]
    query: str
    words: str


@dataclass(frozen=True)
class DrawnTier:
    name: str
    tally: StatusTally
    columns: list[DrawnColumn]


@dataclass(frozen=True)
class RaisedPicture:
    """The columns in a geometry; ``labels`` are the years below them, with where they stand."""

    geometry: Tiers
    tiers: list[DrawnTier]
    labels: list[tuple[str, str, str]]


def draw(columns: Sequence[RaisedIn], size: Size) -> RaisedPicture:
    """The picture of these columns, the adopted above the others."""
    apart = columns[-1].last is None
    tallies = [[column.adopted for column in columns], [column.others for column in columns]]
    upper, lower = ([[row.count for row in of.groups] for of in tier] for tier in tallies)
    geometry = two_tiers(upper, lower, size, apart=apart)
    names = (_("Adopted"), _("Not adopted so far"))
    standings = ((Standing.ADOPTED.value,), NOT_ADOPTED)
    tiers = []
    for tier, name, of, standing in zip(geometry.tiers, names, tallies, standings, strict=True):
        narrowed = "&" + urlencode({"standing": standing}, doseq=True)
        drawn = [
            DrawnColumn(
                column,
                where,
                [(part, tally.groups[part.of].group.value) for part in where.parts],
                column.query and column.query + narrowed,
                _("%(year)s, %(tier)s: %(count)s; %(groups)s")
                % {
                    "year": column.title,
                    "tier": name.lower(),
                    "count": languages.count(tally.total),
                    "groups": tally.groups_in_words,
                },
            )
            for column, where, tally in zip(columns, tier.columns, of, strict=True)
            if tally.total
        ]
        tiers.append(DrawnTier(name, _sum(of), drawn))
    return RaisedPicture(geometry, tiers, _labels(columns, geometry))


def _labels(columns: Sequence[RaisedIn], geometry: Tiers) -> list[tuple[str, str, str]]:
    """Text, place from the left and from above; what is no year stands one line lower, where it has room."""
    places = [column.middle for column in geometry.tiers[0].columns]
    return [
        (column.label, places[at], geometry.labels if column.first else geometry.below)
        for at, column in enumerate(columns)
        if not column.first or at in geometry.named
    ]


def raised_pictures(
    view: CurrentView, columns: Sequence[RaisedIn]
) -> list[tuple[str, RaisedPicture]]:
    """The picture for a wide screen and the one for a telephone, each with the class of its SVG; none of nothing."""
    if not columns:
        return []
    narrow = latest(view, columns, MOST_ON_A_PHONE)
    return [("broad", draw(columns, WIDE)), ("narrow", draw(narrow, NARROW))]
