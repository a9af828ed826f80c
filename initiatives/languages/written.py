"""How the language of the page writes days, counts and names of languages; rules and words are those of CLDR.

Babel's answers are kept: it reads its patterns anew each time, and a page says the same few things over and over.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import get_language
from langcodes import Language

from .prefixes import ENGLISH


def count(number: int | Decimal) -> str:
    """A number in groups of three, with the decimals that it has: “12,345.5”, “12 345,5”."""
    if isinstance(number, int) and -1000 < number < 1000:
        return str(number)
    code = get_language() or ENGLISH
    if code != ENGLISH:
        return _count(code, number)
    return f"{number:,}" if isinstance(number, int) else f"{number:,f}"


def date_in_words(text: str) -> str:
    """A year, a month or a day (ISO 8601) in words: “17 April 2022”, “2022年4月17日”."""
    return _date(get_language() or ENGLISH, text)


def day_in_words(day: datetime.date) -> str:
    """A day, or that of a moment in the time of the site: “17 April 2022”, “2022年4月17日”."""
    local = timezone.localtime(day) if isinstance(day, datetime.datetime) else day
    return date_in_words(f"{local:%Y-%m-%d}")


def moment_in_words(moment: datetime.datetime, time: str = "%H:%M") -> str:
    """A moment in the time of the site: “17 April 2022, 14:05”, “2022年4月17日 14:05”."""
    both: str = _locale(get_language() or ENGLISH).datetime_formats["long"]
    return both.format(f"{timezone.localtime(moment):{time}}", day_in_words(moment))


def language_name(tag: str) -> str:
    """What a language (BCP 47) is called: “Uzbek (Latin)”, “узбекский (латиница)”."""
    return _language_name(get_language() or ENGLISH, tag)


@lru_cache(maxsize=5_000)
def country_name(code: str, tag: str) -> str:
    """What the country of a code (ISO 3166-1 alpha-2) is called in a language (BCP 47); empty where CLDR has none."""
    return str(_locale(tag).territories.get(code.upper(), ""))


@lru_cache(maxsize=20)
def country_codes(tag: str) -> tuple[str, ...]:
    """The codes (ISO 3166-1 alpha-2, in lower case) of what has a name in a language (BCP 47)."""
    codes = map(str, _locale(tag).territories)
    return tuple(sorted(code.lower() for code in codes if len(code) == 2 and code.isalpha()))


# ISO 15924, as far as languages are written in them today.
_RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Syrc", "Thaa"})


@lru_cache(maxsize=1_000)
def direction(tag: str) -> str:
    """Which way a language (BCP 47) is written, as HTML says it: “ltr”, “rtl”."""
    return "rtl" if Language.get(tag).maximize().script in _RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=10)
def _locale(code: str) -> Locale:
    return Locale.parse(code, sep="-")


@lru_cache(maxsize=5_000)
def _count(code: str, number: int | Decimal) -> str:
    return format_decimal(number, locale=_locale(code), decimal_quantization=False)


@lru_cache(maxsize=20_000)
def _date(code: str, text: str) -> str:
    year, month, day = (int(part) for part in f"{text}-01-01".split("-")[:3])
    date = datetime.date(year, month, day)
    if text.count("-") == 2:
        return format_date(date, "long", locale=_locale(code))
    return format_skeleton("yMMMM" if "-" in text else "y", date, locale=_locale(code))


@lru_cache(maxsize=1_000)
def _language_name(code: str, tag: str) -> str:
    language, locale = Language.get(tag), _locale(code)
    name = locale.languages.get(language.language or "")
    if not name:
        # It knows the names of all languages in all languages, and takes 19 MB of a process from then on.
        return language.display_name()
    script = locale.scripts.get(language.script or "")
    territory = locale.territories.get(language.territory or "")
    details = ", ".join(words for words in (script, territory) if words)
    return f"{name} ({details})" if details else name
