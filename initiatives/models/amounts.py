"""Numbers that documents give: how they are kept, and how people and programs are told of them."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Any

import pycountry
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.formats import get_format, sanitize_separators
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..languages import count

# More digits than these are lost where a database keeps decimals as floating point numbers.
MOST_DIGITS = 15
# What the box of a number has besides; a space within a number, before three digits.
NUMERIC_ATTRS = ("step", "min", "max")
GROUPED = re.compile(r"(?<=\d)\s(?=\d{3}(?!\d))")
# Codes of ISO 4217 that are no currency: for tests, and for transactions without one.
NO_CURRENCY = ("XTS", "XXX")
# From here on amounts of money are told in words, if no digit is lost by it.
WORDS = (
    (Decimal(10**12), gettext_lazy("%(number)s trillion")),
    (Decimal(10**9), gettext_lazy("%(number)s billion")),
    (Decimal(10**6), gettext_lazy("%(number)s million")),
)


def trimmed(number: Decimal) -> Decimal:
    """The number without the zeros that a column adds behind the point: 600.0000 is 600, and so is 6E+2."""
    short = number.normalize()
    is_whole = isinstance(exponent := short.as_tuple().exponent, int) and exponent > 0
    return short.quantize(Decimal(1)) if is_whole else short + 0


def plain_number(number: int | Decimal) -> str:
    """The digits alone, as programs read them: “3000000.5”."""
    # Zero is added for the sake of minus zero. What is typed into a sheet may be of any size.
    return f"{number.normalize() + 0:f}" if isinstance(number, Decimal) else str(number)


def grouped(number: int | Decimal) -> str:
    """The digits in groups, as people read them: “3,000,000.5”, “3 000 000,5”."""
    return count(trimmed(Decimal(number)))


def check_digits(number: Decimal) -> None:
    """Raise ValidationError for more digits than every database keeps."""
    if number.is_finite() and len(number.normalize().as_tuple().digits) > MOST_DIGITS:
        message = _("A number has at most %(most)d digits; round it.")
        raise ValidationError(message % {"most": MOST_DIGITS}, code="digits")


class AmountInput(forms.NumberInput):
    """A box of numbers; one of text where a comma is the decimal sign, which browsers in English drop from numbers."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        if get_format("DECIMAL_SEPARATOR") != ".":
            widget = context["widget"]
            kept = {key: of for key, of in widget["attrs"].items() if key not in NUMERIC_ATTRS}
            widget |= {"type": "text", "attrs": {**kept, "inputmode": "decimal"}}
        return context


class AmountFormField(forms.DecimalField):
    """Accepts “2.5” in every language, and “1 000,5” where the language that is read writes it so.

    The box shows the former everywhere: what is kept of a form that was typed is brought back in any language.
    """

    widget = AmountInput

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = sanitize_separators(value)
            if get_format("THOUSAND_SEPARATOR").isspace():
                value = GROUPED.sub("", value)
        return super().to_python(value)


class AmountField(models.DecimalField[Any, Any]):
    """A column of what documents count: zero or more, four decimals; read without the zeros that nobody wrote."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"max_digits": 24, "decimal_places": 4}
        super().__init__(*args, **kwargs)

    default_validators = [MinValueValidator(0), MaxValueValidator(10**19), check_digits]

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"], kwargs["decimal_places"]
        return name, path, args, kwargs

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": AmountFormField, **kwargs})

    def from_db_value(self, value: Decimal | None, *args: Any) -> Decimal | None:
        return None if value is None else trimmed(value)

    def to_python(self, value: Any) -> Decimal | None:
        number: Decimal | None = super().to_python(value)
        if number is None or not number.is_finite() or not _fits(number):
            # For the validators to refuse, as it was typed.
            return number
        return trimmed(number)


def _fits(number: Decimal) -> bool:
    return len(number.as_tuple().digits) <= 28 and abs(number.adjusted()) < 28


# --- Currencies -----------------------------------------------------------------------------------


@cache
def currencies() -> dict[str, str]:
    """Codes and names of ISO 4217: its list of current currencies and funds, as the pinned release of pycountry has it.

    That takes them from Debian’s iso-codes (release 26.2.16 in February 2026, without BGN since the euro came there).
    """
    return {row.alpha_3: row.name for row in pycountry.currencies if row.alpha_3 not in NO_CURRENCY}


def nearest_currency(text: str) -> str:
    """The code that was likely meant: by its name, a word that one name alone has, or letters that changed places.

    Empty where several may be meant: a wrong suggestion that is followed puts a wrong fact into the record.
    """
    word = text.strip().casefold()
    codes = [
        code for code, name in currencies().items() if word in (code.casefold(), name.casefold())
    ]
    codes = codes or [c for c, name in currencies().items() if word in name.casefold().split()]
    codes = codes or [c for c in currencies() if sorted(c.casefold()) == sorted(word)]
    return codes[0] if len(codes) == 1 else ""


def unknown_currency(text: str) -> tuple[ValidationError, ValidationError]:
    """What is wrong with what is no code of ISO 4217, and what is to be written."""
    near = nearest_currency(text)
    what = ValidationError(
        gettext_lazy("“%(code)s” is no currency of ISO 4217"), params={"code": text[:20]}
    )
    cure = ValidationError(gettext_lazy("write its code, such as EUR or USD"))
    if near:
        cure = ValidationError(gettext_lazy("did you mean %(code)s?"), params={"code": near})
    return what, cure


def validate_currency(code: str) -> None:
    """Raise ValidationError for what is no code of ISO 4217."""
    if code not in currencies():
        words = "; ".join(error.messages[0] for error in unknown_currency(code))
        raise ValidationError(words, code="currency")


def money(number: Decimal, currency: str) -> str:
    """“EUR 300 million”, “JPY 3 trillion”, “USD 1,234,567”: no digit is lost."""
    for size, words in WORDS:
        if number >= size and trimmed(number / size).as_tuple().exponent >= -3:  # type: ignore[operator]
            return f"{currency} {words % {'number': grouped(number / size)}}"
    return f"{currency} {grouped(number)}"


def quantity(number: Decimal, unit: str, currency: str) -> str:
    """A number with what it counts: “EUR 300 million”, “3,000 people”, “3”."""
    return money(number, currency) if currency else f"{grouped(number)} {unit}".rstrip()
