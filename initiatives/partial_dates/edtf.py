"""A date as precise as its source: a day, a month, a year, or one of a few wider forms.

The forms are a subset of EDTF, the Extended Date/Time Format of ISO 8601-2:2019:

====================  ========================================  ================================
form                  written                                   meaning
====================  ========================================  ================================
day, month, year      ``2022-04-15``, ``2022-04``, ``2022``
quarter               ``2026-33`` … ``2026-36``                 first to fourth quarter of 2026
half-year             ``2024-40``, ``2024-41``                  first, second half of 2024
season                ``2025-21`` … ``2025-24``                 spring, summer, autumn, winter 2025
decade                ``203X``                                  2030 to 2039
interval              ``2024-04/2025-03``                       April 2024 to March 2025
by                    ``../2026-02``                            by February 2026, from no known day on
====================  ========================================  ================================

The ends of the last two are a year, a month or a day. EDTF gives seasons no months: here they are those that weather
services of the northern hemisphere count by, spring from March on, and winter 2025 ends in February 2026.

A date stands where its last possible day stands, then its first: 28 November before “November 2026” before “2026”.
Where the latest come first, what is vague comes after what is definite as well (``PartialDate.newest_key``).
"""

from __future__ import annotations

import calendar
import datetime
import re
from functools import lru_cache
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as N_  # noqa: N812  Babel looks for that name
from django_stubs_ext import StrOrPromise

from ..languages import date_in_words

Precision = Literal[
    "day", "month", "year", "quarter", "half-year", "season", "decade", "interval", "by"
]

_YEAR = "[1-9][0-9]{3}"
_POINT = rf"{_YEAR}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
SHAPE = re.compile(
    rf"(?P<point>{_POINT})"
    rf"|(?P<year>{_YEAR})-(?P<part>2[1-4]|3[3-6]|4[01])"
    r"|(?P<decade>[1-9][0-9]{2})X"
    rf"|(?P<start>{_POINT}|\.\.)/(?P<end>{_POINT})",
    re.ASCII,
)
# The same for programs: OpenAPI, data package.
PATTERN = f"^(?:{re.sub(r'[?]P<[a-z]+>', '?:', SHAPE.pattern)})$"
# Month in which a part of a year begins, and how many months it has.
PARTS: dict[str, tuple[Precision, int, int]] = {
    **{f"{21 + n}": ("season", 3 + 3 * n, 3) for n in range(4)},
    **{f"{33 + n}": ("quarter", 1 + 3 * n, 3) for n in range(4)},
    **{f"{40 + n}": ("half-year", 1 + 6 * n, 6) for n in range(2)},
}
# The start of what has none: no date that can be written lies before it.
OPEN = datetime.date.min
# Characters of a day in a column, as YYYYMMDD: the last day, the first, then the text.
DAY = 8


class PartialDate(str):
    """The text of a date as it was written, years 1000 to 9999; equal to that text and no other.

    Raises ValueError for anything else, a day that the month does not have included. ``first_day`` and ``last_day``
    are the days that it may mean at the earliest and the latest; of “by February 2026” the first is ``date.min``.
    ``sort_key`` is text whose order is that of dates, and what a column holds. Two dates are compared by it; a date
    and a text are not (TypeError).
    """

    __slots__ = ("first_day", "last_day", "precision", "sort_key")

    first_day: datetime.date
    last_day: datetime.date
    precision: Precision
    sort_key: str

    def __new__(cls, text: str | datetime.date) -> PartialDate:
        if type(text) is cls:
            return text
        if isinstance(text, datetime.datetime):
            text = text.date()
        return _read(str(text))

    def __reduce__(self) -> tuple[type[PartialDate], tuple[str]]:
        return PartialDate, (str(self),)

    def __lt__(self, other: str) -> bool:
        return self.sort_key < _key_of(other)

    def __le__(self, other: str) -> bool:
        return self.sort_key <= _key_of(other)

    def __gt__(self, other: str) -> bool:
        return self.sort_key > _key_of(other)

    def __ge__(self, other: str) -> bool:
        return self.sort_key >= _key_of(other)

    @property
    def newest_key(self) -> tuple[datetime.date, int]:
        """For the latest first, which is no reverse of ``sort_key``: 28 November, “November 2026”, “2026” here too."""
        return self.first_day, -(self.last_day - self.first_day).days

    @property
    def is_plain(self) -> bool:
        """Whether it is a day, a month or a year, which HTML and schema.org know too."""
        return self.precision in ("day", "month", "year")

    @property
    def years(self) -> range:
        """The years in which it may lie; of “by February 2026” the last."""
        first = self.last_day if self.first_day == OPEN else self.first_day
        return range(first.year, self.last_day.year + 1)

    def ends_before(self, other: str | datetime.date) -> bool:
        """Whether every day it may mean comes before every day that ``other`` may mean: ``__ends_before`` in SQL."""
        return self.last_day < PartialDate(other).first_day

    def starts_by(self, other: str | datetime.date) -> bool:
        """Whether it may have begun when ``other`` ends: ``__starts_by`` in SQL."""
        return self.first_day <= PartialDate(other).last_day

    def in_year(self, year: int) -> bool:
        """Whether it may lie in that year: ``__in_year`` in SQL."""
        return year in self.years

    @property
    def in_words(self) -> str:
        """The date in the language of the page, never more precise than it is: “17 April 2022”, “April 2022”."""
        match = SHAPE.fullmatch(self)
        assert match
        if match["part"]:
            return str(PART_WORDS[match["part"]] % {"year": match["year"]})
        if match["decade"]:
            return _("%(year)ss") % {"year": f"{match['decade']}0"}
        if match["point"]:
            return date_in_words(self)
        if match["start"] == "..":
            return _("by %(end)s") % {"end": date_in_words(match["end"])}
        ends = {name: date_in_words(match[name]) for name in ("start", "end")}
        return _("%(start)s to %(end)s") % ends


PART_WORDS: dict[str, Any] = {
    "21": gettext_lazy("spring %(year)s"),
    "22": gettext_lazy("summer %(year)s"),
    "23": gettext_lazy("autumn %(year)s"),
    "24": gettext_lazy("winter %(year)s"),
    "33": gettext_lazy("first quarter of %(year)s"),
    "34": gettext_lazy("second quarter of %(year)s"),
    "35": gettext_lazy("third quarter of %(year)s"),
    "36": gettext_lazy("fourth quarter of %(year)s"),
    "40": gettext_lazy("first half of %(year)s"),
    "41": gettext_lazy("second half of %(year)s"),
}


def sort_key(date: str | None, unknown: str = "") -> str:
    """Text to put dates in order by; ``unknown`` for none, and so before all."""
    return PartialDate(date).sort_key if date else unknown


def _key_of(other: object) -> str:
    if isinstance(other, PartialDate):
        return other.sort_key
    raise TypeError(f"a date and “{str(other)[:40]}” are not compared: make it a PartialDate")


# Columns hold the same dates over and over, and a list of all initiatives reads hundreds of thousands.
@lru_cache(maxsize=10_000)
def _read(text: str) -> PartialDate:
    date = str.__new__(PartialDate, text)
    date.precision, date.first_day, date.last_day = _reach(text)
    date.sort_key = f"{_digits(date.last_day)}{_digits(date.first_day)}{text}"
    return date


@lru_cache(maxsize=10_000)
def of_column(value: str) -> PartialDate:
    return _read(value[2 * DAY :])


class NoDate(ValueError):
    """A text that is no date: the message that says so, and its values."""

    def __init__(self, message: str, **values: StrOrPromise) -> None:
        super().__init__(_(message) % values)
        self.message, self.values = message, values


def _digits(day: datetime.date) -> str:
    return day.isoformat().replace("-", "")


def _reach(text: str) -> tuple[Precision, datetime.date, datetime.date]:
    """What form a text has, and the first and last day that it may mean."""
    match = SHAPE.fullmatch(text)
    if not match:
        raise NoDate(
            N_("“%(text)s” is not a date; write %(examples)s"),
            text=text[:40],
            examples=gettext_lazy("2022, 2022-04 or 2022-04-15"),
        )
    if match["part"]:
        precision, month, months = PARTS[match["part"]]
        return precision, *_months(int(match["year"]), month, months)
    if match["decade"]:
        year = int(match["decade"]) * 10
        return "decade", datetime.date(year, 1, 1), datetime.date(year + 9, 12, 31)
    if match["point"]:
        precisions: tuple[Precision, ...] = ("year", "month", "day")
        return precisions[text.count("-")], *_point(text)
    end = _point(match["end"])[1]
    if match["start"] == "..":
        return "by", OPEN, end
    start = _point(match["start"])[0]
    if start > end:
        raise NoDate(N_("“%(text)s” is not a date: it ends before it starts"), text=text)
    return "interval", start, end


def _point(text: str) -> tuple[datetime.date, datetime.date]:
    """The first and last day of a year, a month or a day."""
    if len(text) == 10:
        try:
            return (datetime.date.fromisoformat(text),) * 2
        except ValueError:
            raise NoDate(
                N_("“%(text)s” is not a date: the month has no such day"), text=text
            ) from None
    if len(text) == 7:
        return _months(int(text[:4]), int(text[5:]), 1)
    return _months(int(text), 1, 12)


def _months(year: int, month: int, months: int) -> tuple[datetime.date, datetime.date]:
    """The first and last day of some months, as far as days go."""
    last = year * 12 + month - 1 + months - 1
    # A winter of 9999.
    last_year, last_month = divmod(min(last, 9999 * 12 + 11), 12)
    days = calendar.monthrange(last_year, last_month + 1)[1]
    return datetime.date(year, month, 1), datetime.date(last_year, last_month + 1, days)
