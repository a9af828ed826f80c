"""Countries by the names that people write: ISO 3166-1 (pycountry), names of Unicode CLDR, usual abbreviations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pycountry
from language_data.names import TRIES, name_to_code, normalize_name

from ..search.normalization import APOSTROPHES, WORD, letters

# In which languages CLDR is asked for a name: those of the tracker.
LANGUAGES = ("en", "ja", "ru", "uz", "kk", "ky", "tg", "tk")
# What neither standard has, or calls no country alone.
USUAL = {
    "britain": "gb",
    "brunei": "bn",
    "burma": "mm",
    "congo brazzaville": "cg",
    "congo kinshasa": "cd",
    "dprk": "kp",
    "dr congo": "cd",
    "drc": "cd",
    "great britain": "gb",
    "holland": "nl",
    "korea": "kr",
    "ksa": "sa",
    "lao pdr": "la",
    "prc": "cn",
    "rok": "kr",
    "republic of turkey": "tr",
    "uae": "ae",
    "u k": "gb",
    "u s": "us",
    "u s a": "us",
    "vatican": "va",
}
# In ISO 3166-1, but neither members nor observers of the United Nations: it is not for a program to call one a state.
_OTHERS = """
ai aq as aw ax bl bm bq bv cc ck cw cx eh fk fo gf gg gi gl gp gs gu hk hm im io je ky mf mo mp mq ms nc nf nu
pf pm pn pr re sh sj sx tc tf tk tw um vg vi wf yt
"""
NO_STATES = frozenset(_OTHERS.split())


@dataclass(frozen=True, slots=True)
class Country:
    """A country of ISO 3166-1: its code in lower case, its short name in the usual order, its official name."""

    code: str
    name: str
    official_name: str
    is_state: bool


def find_country(text: str) -> Country | None:
    """The country of a code (two or three letters) or of a name; case, accents and marks aside."""
    name = comparable(text)
    by_name = _countries_by_name()
    return by_name.get(name) or _country_of_cldr(text, name, by_name)


def comparable(name: str) -> str:
    """A name without case, accents, marks and its article."""
    return " ".join(WORD.findall(letters(name))).removeprefix("the ")


@cache
def _countries_by_name() -> dict[str, Country]:
    names: dict[str, Country] = {}
    for row in pycountry.countries:
        code = row.alpha_2.lower()
        country = Country(code, _short_name(row), _official_name(row), code not in NO_STATES)
        for name in _names(row):
            names[comparable(name)] = country
    return names | {name: names[code] for name, code in USUAL.items()}


def _names(row: Any) -> Iterator[str]:
    yield from (row.alpha_2, row.alpha_3, row.name, _short_name(row))
    yield from (name for name in (getattr(row, "common_name", ""), _official_name(row)) if name)


def _short_name(row: Any) -> str:
    """“Korea, Republic of” and “Holy See (Vatican City State)” as people say it."""
    head, _, tail = str(row.name).partition(" (")[0].partition(", ")
    return _typeset(f"{tail.removeprefix('The ')} {head}" if tail else head)


def _official_name(row: Any) -> str:
    return _typeset(getattr(row, "official_name", "").removeprefix("the "))


def _typeset(name: str) -> str:
    return name.replace("'", "’")


def _country_of_cldr(text: str, name: str, by_name: dict[str, Country]) -> Country | None:
    uzbek = text.translate(dict.fromkeys(APOSTROPHES, "ʻ"))
    for language in LANGUAGES:
        for written in (text, name, uzbek):
            code = name_to_code("territory", written, language)
            # The library also takes what only begins with a name: the Japan Foundation is not Japan.
            is_whole = normalize_name(written) in TRIES.get(f"{language}/name_to_territory", ())
            if code and is_whole and (country := by_name.get(code.lower())):
                return country
    return None
