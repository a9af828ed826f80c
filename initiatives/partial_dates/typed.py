"""Dates as people type and documents print them: `27.05.2026`, `2026年5月27日`, `Q3 2024`, “fall of 2025”.

Nothing is guessed. What may mean several dates (`05/06/2026`, `FY2024`) is refused and named with each of them as it is
written in EDTF; so is what is not understood. EDTF itself (``edtf.py``) is always taken as such. Dots stand
between day, month and year in that order, as wherever dates are written with dots (DIN 5008, GOST R 7.0.97).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from .edtf import PartialDate

# Longer than any date that is written out.
LONGEST = 80


def _numbered(first: int, *names: str) -> dict[str, int]:
    return {word: number for number, words in enumerate(names, first) for word in words.split()}


MONTHS = _numbered(
    1,
    "january jan январь января",
    "february feb февраль февраля",
    "march mar март марта",
    "april apr апрель апреля",
    "may май мая",
    "june jun июнь июня",
    "july jul июль июля",
    "august aug август августа",
    "september sept sep сентябрь сентября",
    "october oct октябрь октября",
    "november nov ноябрь ноября",
    "december dec декабрь декабря",
)
SEASONS = _numbered(
    21,
    "spring весна 春 봄",
    "summer лето 夏 여름",
    "autumn fall осень 秋 가을",
    "winter зима 冬 겨울",
)
ORDINALS = _numbered(1, "1 1st first i", "2 2nd second ii", "3 3rd third iii", "4 4th fourth iv")

DASHES = dict.fromkeys(map(ord, "‐‑‒–—−〜"), "-") | {ord("~"): "-"}

Reading = tuple[PartialDate, str]


class UnclearDate(ValueError):
    """A text that means no date, or may mean several: those are ``readings``, each with what it supposes."""

    def __init__(self, message: str, readings: tuple[Reading, ...] = ()) -> None:
        super().__init__(message)
        self.readings = readings


def read_typed_date(text: str) -> PartialDate:
    """The date that a text means; raises UnclearDate, whose words say what to write instead."""
    shown = text.strip()[:40]
    if len(text) > LONGEST:
        raise UnclearDate(_not_understood(shown))
    try:
        return PartialDate(text.strip())
    except ValueError:
        pass
    plain = " ".join(unicodedata.normalize("NFKC", text).translate(DASHES).casefold().split())
    try:
        date = _date_of(plain.strip(" .,")) if plain.isprintable() else None
    except UnclearDate as error:
        raise UnclearDate(f"“{shown}” {error}", error.readings) from None
    except ValueError as error:
        raise UnclearDate(str(error)) from None
    if date is None:
        raise UnclearDate(_not_understood(shown))
    return date


def _not_understood(shown: str) -> str:
    words = _(
        "“%(text)s” is not a date. Write %(examples)s, or 17 April 2022, Q3 2024, autumn 2025."
    )
    return words % {"text": shown, "examples": _("2022, 2022-04 or 2022-04-15")}


def _several(readings: tuple[Reading, ...]) -> UnclearDate:
    """Of a text that may mean several dates; the text goes before the words."""
    meanings = "; ".join(f"{date} ({supposed})" for date, supposed in readings)
    words = _("may mean several dates. Write the one that is meant: %(readings)s.")
    return UnclearDate(words % {"readings": meanings}, readings)


def _date_of(plain: str) -> PartialDate | None:
    """The date of a text in small letters; None where it is none, ValueError for a day that does not exist."""
    for deadline in DEADLINES:
        if match := deadline.fullmatch(plain):
            return _by(match["rest"])
    return _single(plain) or _interval(plain)


def _single(plain: str) -> PartialDate | None:
    for form, date_of in FORMS:
        if (match := form.fullmatch(plain)) and (date := date_of(match)):
            return date
    return None


# --- Days, months and years -----------------------------------------------------------------------

YEAR = r"(?P<year>[1-9]\d{3})(?: ?(?:г\.?|год|года|году))?"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
WORD = r"(?P<word>[^\W\d_]+)\.?"


def _point(year: str | int, *month_and_day: str | int) -> PartialDate:
    return PartialDate(
        "-".join([f"{int(year):04}", *(f"{int(part):02}" for part in month_and_day)])
    )


def _year(match: re.Match[str]) -> PartialDate:
    return _point(match["year"])


def _month(match: re.Match[str]) -> PartialDate:
    return _point(match["year"], match["month"])


def _day(match: re.Match[str]) -> PartialDate:
    return _point(match["year"], match["month"], match["day"])


def _day_in_words(match: re.Match[str]) -> PartialDate | None:
    month = MONTHS.get(match["word"])
    return _point(match["year"], month, match["day"]) if month else None


def _month_or_season(match: re.Match[str]) -> PartialDate | None:
    number = (MONTHS | SEASONS).get(match["word"])
    return _point(match["year"], number) if number else None


def _winter(match: re.Match[str]) -> PartialDate | None:
    """“Winter 2025/26”."""
    year = int(match["year"])
    return _point(year, 24) if int(match["next"]) in (year + 1, (year + 1) % 100) else None


def _two_numbers(match: re.Match[str]) -> PartialDate:
    """With slashes or hyphens the day comes first in most countries, the month in some."""
    numbers = int(match["first"]), int(match["second"])
    if max(numbers) > 12 or numbers[0] == numbers[1]:
        day, month = max(numbers), min(numbers)
        return _point(match["year"], month, day)
    dates = [_point(match["year"], month, day) for day, month in (numbers, numbers[::-1])]
    raise _several(tuple((date, date.in_words) for date in dates))


def _short_year(match: re.Match[str]) -> PartialDate:
    raise UnclearDate(_("has a year of two digits. Write all four."))


# --- Parts of a year, decades ---------------------------------------------------------------------

NUMBER = r"(?P<number>1st|2nd|3rd|4th|[1-4]|first|second|third|fourth|i{1,3}|iv)"


def _part(first: int, parts: int) -> Callable[[re.Match[str]], PartialDate | None]:
    def date_of(match: re.Match[str]) -> PartialDate | None:
        number = ORDINALS[match["number"]]
        return _point(match["year"], first + number - 1) if number <= parts else None

    return date_of


def _part_forms(letter: str, words: str) -> Iterator[re.Pattern[str]]:
    yield re.compile(rf"{letter} ?{NUMBER}[ /-]?(?:of )?{YEAR}")
    yield re.compile(rf"{YEAR}[ /-]?{letter} ?{NUMBER}")
    yield re.compile(
        rf"(?:the )?{NUMBER}[ -]?(?:й |е |-й |-е )?(?:{letter}|{words})(?: of)?[ ,]*{YEAR}"
    )


def _decade(match: re.Match[str]) -> PartialDate:
    return PartialDate(f"{match['decade']}X")


# --- Years that are counted otherwise in each country ---------------------------------------------


def _fiscal(match: re.Match[str]) -> PartialDate | None:
    """“FY2024”, “FY2024/25”, “2024/25”: by the calendar, from April, from July, from October; none is chosen."""
    names = match.groupdict()
    year = int(match["first"]) + (2000 if len(match["first"]) == 2 else 0)
    following = names.get("next")
    if following and int(following) not in (year + 1, (year + 1) % 100):
        return None
    periods = {
        _("as in Japan and India"): (f"{year:04}-04", f"{year + 1:04}-03"),
        _("as in Pakistan"): (f"{year:04}-07", f"{year + 1:04}-06"),
    }
    if following:
        whole = PartialDate(f"{year:04}/{year + 1:04}"), _("both calendar years")
        periods[_("as in the US")] = (f"{year:04}-10", f"{year + 1:04}-09")
    else:
        whole = PartialDate(f"{year:04}"), _("the calendar year")
        periods[_("as in the US")] = (f"{year - 1:04}-10", f"{year:04}-09")
    dates = {where: PartialDate("/".join(ends)) for where, ends in periods.items()}
    raise _several((whole, *((date, f"{date.in_words}, {where}") for where, date in dates.items())))


FORMS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], PartialDate | None]]] = [
    (re.compile(rf"{YEAR}(?: ?[年년])?"), _year),
    (re.compile(r"(?P<year>[1-9]\d{3})[./-](?P<month>0?\d|1[0-2])"), _month),
    (re.compile(r"(?P<month>\d{1,2})[./-](?P<year>[1-9]\d{3})"), _month),
    (re.compile(r"(?P<year>[1-9]\d{3})([./-])(?P<month>\d{1,2})\2(?P<day>\d{1,2})"), _day),
    (re.compile(rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.{YEAR}"), _day),
    (
        re.compile(r"(?P<first>\d{1,2})([/-])(?P<second>\d{1,2})\2(?P<year>[1-9]\d{3})"),
        _two_numbers,
    ),
    (re.compile(r"\d{1,2}([./-])\d{1,2}\1\d{2}"), _short_year),
    (re.compile(rf"{DAY}(?: of)?[ -]?{WORD}[ ,-]+{YEAR}"), _day_in_words),
    (re.compile(rf"{WORD} ?{DAY},? {YEAR}"), _day_in_words),
    (re.compile(rf"(?:the |in )?{WORD}[ ,-]*(?:of )?{YEAR}"), _month_or_season),
    (re.compile(rf"{WORD} (?:of )?(?P<year>[1-9]\d{{3}})[/-](?P<next>\d{{4}}|\d\d)"), _winter),
    (
        re.compile(r"(?P<year>[1-9]\d{3}) ?[年년] ?(?P<word>春|夏|秋|冬|봄|여름|가을|겨울)"),
        _month_or_season,
    ),
    (re.compile(r"(?P<year>[1-9]\d{3}) ?[年년] ?(?P<month>\d{1,2}) ?[月월]"), _month),
    (
        re.compile(
            r"(?P<year>[1-9]\d{3}) ?[年년] ?(?P<month>\d{1,2}) ?[月월] ?(?P<day>\d{1,2}) ?[日일]"
        ),
        _day,
    ),
    *((form, _part(33, 4)) for form in _part_forms("q", "quarter|квартал")),
    *((form, _part(40, 2)) for form in _part_forms("h", "half|half-year|полугодие")),
    (re.compile(r"(?:the |in the )?(?P<decade>[1-9]\d\d)0(?:['’]?s|-е|-х| ?年代)"), _decade),
    (
        re.compile(
            r"(?:fy|(?:the )?(?:fiscal|financial) year) ?(?P<first>[1-9]\d{3}|\d\d)(?:[/-](?P<next>\d{4}|\d\d))?"
        ),
        _fiscal,
    ),
    (re.compile(r"(?P<first>[1-9]\d{3})[/-](?P<next>\d\d)"), _fiscal),
    (re.compile(r"(?P<first>[1-9]\d{3}) ?年度"), _fiscal),
]


# --- Deadlines and intervals ----------------------------------------------------------------------

DEADLINES = [
    re.compile(r"(?:by|no later than|not later than)(?: the end of| end of)? (?P<rest>.+)"),
    re.compile(r"(?P<rest>.+?) ?(?:までに?|까지)"),
]
BETWEEN = re.compile(r" to | until | ?- ?| ?/ ?")


def _by(rest: str) -> PartialDate | None:
    """By a day, a month or a year; of anything else, the month that it is meant to be done by is offered."""
    try:
        date = _single(rest)
    except UnclearDate as error:
        if not error.readings:
            raise
        raise _several(tuple((_deadline(date), words) for date, words in error.readings)) from None
    if date is None:
        return None
    if not date.is_plain:
        deadline = _deadline(date)
        words = _("does not name a day, a month or a year. Write %(date)s for “%(words)s”.")
        raise UnclearDate(words % {"date": deadline, "words": deadline.in_words}, ((deadline, ""),))
    return PartialDate(f"../{date}")


def _deadline(date: PartialDate) -> PartialDate:
    """By the last day, month or year of a date."""
    return PartialDate(f"../{date if date.is_plain else date.last_day.isoformat()[:7]}")


def _interval(plain: str) -> PartialDate | None:
    """From one day, month or year to another; what the start leaves out is that of the end."""
    plain = plain.removeprefix("from ").removeprefix("between ")
    for between in BETWEEN.finditer(plain):
        start, end = plain[: between.start()], _single(plain[between.end() :])
        if not end or not end.is_plain:
            continue
        if re.fullmatch(r"\d{1,2}", start) and end.precision == "day":
            begins: PartialDate | None = _point(end[:4], end[5:7], start)
        else:
            begins = _single(start) or _single(f"{start} {end[:4]}")
        if begins and begins.is_plain:
            return PartialDate(f"{begins}/{end}")
    return None
