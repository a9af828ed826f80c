"""The single values of a report file: texts, ids, dates, languages, addresses, numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from django.core.exceptions import ValidationError as DjangoValidationError
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from ..languages.invisible import visible
from ..models.amounts import MOST_DIGITS, check_digits, currencies, unknown_currency
from ..models.meeting_hours import validate_hour, validate_time_zone
from ..models.records import MOST_CHARACTERS, SLUG_SHAPE
from ..models.reports import http_address
from ..models.sdgs import validate_sdg_targets
from ..models.translations import validate_language
from ..partial_dates import SHAPE, NoDate, PartialDate, UnclearDate, read_typed_date
from .said import Faulty, alternatives, halves, of_error, phrased, without_stop

# The source of what files without a report say.
VOCABULARY = "vocabulary"
# What a file writes in the place of the codes of all members.
ALL = "all"


class ParticipantName(str):
    """The code of a participant, or a name that the plan puts a code in the place of."""

    __slots__ = ()


# The message of an error is what is wrong, then "; " and its cure.


def _address(text: str) -> str:
    try:
        http_address(text)
    except DjangoValidationError:
        raise Faulty(
            phrased("“%(text)s” is not a web address", text=text[:60]), phrased("write https://…")
        ) from None
    return text


def language_of(tag: str) -> str:
    """A language tag; raises ValueError for what is none."""
    try:
        validate_language(tag)
    except DjangoValidationError as error:
        raise Faulty(*halves(of_error(error))) from None
    return tag


def _hour(text: str) -> str:
    try:
        validate_hour(text)
    except DjangoValidationError as error:
        raise Faulty(*map(without_stop, halves(of_error(error)))) from None
    return text


def _time_zone(text: str) -> str:
    try:
        validate_time_zone(text)
    except DjangoValidationError as error:
        raise Faulty(*map(without_stop, halves(of_error(error)))) from None
    return text


def _date(text: str) -> str:
    try:
        return str(PartialDate(text))
    except NoDate as error:
        if SHAPE.fullmatch(text):
            what = phrased(error.message, **error.values)
            raise Faulty(what, phrased("correct the date, or leave it out")) from None
        what = phrased("“%(text)s” is not a date", text=text[:40])
        meant = _meant(text) or phrased("2022, 2022-04 or 2022-04-15")
        raise Faulty(what, phrased("write %(meant)s", meant=meant)) from None


def _meant(text: str) -> str:
    """How EDTF writes the date, or each of the dates, that a text means; empty where that is not plain."""
    try:
        return str(read_typed_date(text))
    except UnclearDate as error:
        return alternatives(
            # A date in words is one in every language.
            phrased(
                "%(date)s (%(words)s)",
                date=str(date),
                words=date if words == date.in_words else words,
            )
            for date, words in error.readings
        )


def _full_day(text: str) -> str:
    if PartialDate(text).precision != "day":
        raise Faulty(
            phrased("“%(text)s” is not a full day", text=text),
            phrased("write the day itself, such as 2026-05-03"),
        )
    return text


def _not_reserved(slug: str) -> str:
    if slug == VOCABULARY:
        raise Faulty(
            phrased("“%(word)s” stands for the files without a report", word=VOCABULARY),
            phrased("choose another id"),
        )
    return slug


def _fits_exactly(number: Decimal) -> Decimal:
    try:
        check_digits(number)
    except DjangoValidationError:
        raise Faulty(
            phrased("a number has at most %(most)s digits", most=MOST_DIGITS), phrased("round it")
        ) from None
    return number


def _sdg_target(target: str) -> str:
    try:
        validate_sdg_targets([target])
    except DjangoValidationError as error:
        raise Faulty(*halves(of_error(error))) from None
    return target


def _currency(text: object) -> object:
    if not isinstance(text, str) or text.upper() in currencies():
        return text.upper() if isinstance(text, str) else text
    raise Faulty(*map(of_error, unknown_currency(text)))


def _filled_in(value: object) -> object:
    if isinstance(value, str) and value.strip() == "…":
        raise Faulty(
            phrased("“…” stands for what is to be filled in"),
            phrased("write it, or leave the key out"),
        )
    return value


_to_fill_in = BeforeValidator(_filled_in)
# Text of one line, however it is folded in the file.
_folded = BeforeValidator(
    lambda value: " ".join(value.split()) if isinstance(value, str) else value
)
Line60 = Annotated[str, _folded, _to_fill_in, StringConstraints(min_length=1, max_length=60)]
Line200 = Annotated[str, _folded, _to_fill_in, StringConstraints(min_length=1, max_length=200)]
Line300 = Annotated[str, _folded, _to_fill_in, StringConstraints(min_length=1, max_length=300)]
Line500 = Annotated[str, _folded, _to_fill_in, StringConstraints(min_length=1, max_length=500)]
Line1000 = Annotated[str, _folded, _to_fill_in, StringConstraints(min_length=1, max_length=1000)]
Text = Annotated[
    str,
    _to_fill_in,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MOST_CHARACTERS),
]
_visible = BeforeValidator(visible)
Slug = Annotated[str, _visible, StringConstraints(pattern=rf"^{SLUG_SHAPE}$", max_length=100)]
Code = Annotated[str, _visible, StringConstraints(pattern=rf"^{SLUG_SHAPE}$", max_length=60)]
CodeOrName = Annotated[
    str,
    _visible,
    _folded,
    _to_fill_in,
    StringConstraints(min_length=1, max_length=300),
    AfterValidator(ParticipantName),
]
Ref = Annotated[
    str, _visible, StringConstraints(pattern=r"^[a-z0-9-]+(/[a-z0-9_-]+)+$", max_length=300)
]
ReportId = Annotated[Slug, AfterValidator(_not_reserved)]
Date = Annotated[str, _visible, AfterValidator(_date)]
FullDay = Annotated[Date, AfterValidator(_full_day)]
Hour = Annotated[str, _visible, StringConstraints(max_length=5), AfterValidator(_hour)]
TimeZone = Annotated[str, _visible, StringConstraints(max_length=40), AfterValidator(_time_zone)]
Language = Annotated[str, _visible, StringConstraints(max_length=35), AfterValidator(language_of)]
Address = Annotated[str, _visible, StringConstraints(max_length=1000), AfterValidator(_address)]
Number = Annotated[
    Decimal,
    Field(ge=0, le=10**19, allow_inf_nan=False, max_digits=24, decimal_places=4),
    AfterValidator(_fits_exactly),
    _visible,
]
SDGTarget = Annotated[str, _visible, StringConstraints(max_length=10), AfterValidator(_sdg_target)]
Currency = Annotated[str, StringConstraints(max_length=3), BeforeValidator(_currency), _visible]
Count = Annotated[int, Field(ge=1, le=100_000), _visible]
