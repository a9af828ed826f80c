"""The languages that pages are read in: their addresses, and how each writes days and numbers (CLDR)."""

from .prefixes import (
    CHECKED,
    ENGLISH,
    LANGUAGE_TAGS,
    OF_THE_DESK,
    PREFIXES,
    in_english,
    language_tag,
    prefix_of,
)
from .punctuation import comma, sentence, series
from .written import (
    count,
    country_codes,
    country_name,
    date_in_words,
    day_in_words,
    direction,
    language_name,
    moment_in_words,
)

__all__ = [
    "CHECKED",
    "ENGLISH",
    "LANGUAGE_TAGS",
    "OF_THE_DESK",
    "PREFIXES",
    "comma",
    "count",
    "country_codes",
    "country_name",
    "date_in_words",
    "day_in_words",
    "direction",
    "in_english",
    "language_name",
    "language_tag",
    "moment_in_words",
    "prefix_of",
    "sentence",
    "series",
]
