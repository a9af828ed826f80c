"""A date as precise as its source: a year, a month or a day.

Stored as ISO 8601 text of reduced precision (``2022``, ``2022-04``, ``2022-04-15``), so that it sorts, prints and
travels through every format unchanged. In text order a year stands before its months and a month before its days.
"""

from __future__ import annotations

import calendar
import datetime
import re
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.lookups import BuiltinLookup
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

SHAPE = re.compile(r"([1-9][0-9]{3})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12][0-9]|3[01]))?)?", re.ASCII)


class PartialDate(str):
    """ISO 8601 text of a year, a month or a day of the Gregorian calendar; 1000 to 9999.

    Raises ValueError for anything else, a day that the month does not have included.
    """

    __slots__ = ()

    def __new__(cls, text: str | datetime.date) -> PartialDate:
        if isinstance(text, datetime.datetime):
            text = text.date()
        iso = str(text)
        match = SHAPE.fullmatch(iso)
        if not match:
            raise ValueError(f"“{iso[:40]}” is not a date; write 2022, 2022-04 or 2022-04-15")
        if match[3]:
            try:
                datetime.date.fromisoformat(iso)
            except ValueError:
                raise ValueError(f"“{iso}” is not a date: the month has no such day") from None
        return super().__new__(cls, iso)

    @property
    def year(self) -> int:
        return int(self[:4])

    @property
    def month(self) -> int | None:
        return int(self[5:7]) if len(self) >= 7 else None

    @property
    def day(self) -> int | None:
        return int(self[8:]) if len(self) == 10 else None

    @property
    def precision(self) -> str:
        """``year``, ``month`` or ``day``."""
        return {4: "year", 7: "month", 10: "day"}[len(self)]

    @property
    def first_day(self) -> datetime.date:
        return datetime.date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> datetime.date:
        month = self.month or 12
        return datetime.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def ends_before(self, other: str) -> bool:
        """Whether every day it may mean comes before every day that ``other`` may mean.

        The same rule in SQL is the lookup ``__ends_before``.
        """
        return str(self) < str(other)[: len(self)]

    @property
    def in_words(self) -> str:
        """The date in the language of the page, never more precise than it is: “17 April 2022”, “April 2022”."""
        words = [str(self.year)]
        if self.month:
            words.insert(0, str(MONTHS[self.month]))
        if self.day:
            words.insert(0, str(self.day))
        return " ".join(words)


# Columns hold the same dates over and over, and a list of all initiatives reads hundreds of thousands.
_of_column = lru_cache(maxsize=10_000)(PartialDate)


class PartialDateFormField(forms.CharField):
    """Accepts ``2022``, ``2022-04`` or ``2022-04-15``; empty becomes None."""

    default_error_messages = {
        "invalid": _("“%(value)s” is not a date. Write 2022, 2022-04 or 2022-04-15."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.update(max_length=10, empty_value=None)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> PartialDate | None:
        text = super().to_python(value)
        if text is None:
            return None
        try:
            return PartialDate(text)
        except ValueError:
            raise ValidationError(
                self.error_messages["invalid"], code="invalid", params={"value": text[:40]}
            ) from None

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "placeholder": "2022, 2022-04 or 2022-04-15",
            "size": 26,
            "autocomplete": "off",
        }


class PartialDateField(models.CharField[Any, Any]):
    """A column of partial dates; None where the source gives no date."""

    description = _("Date as precise as its source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 10
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def from_db_value(self, value: str | None, *args: Any) -> PartialDate | None:
        return None if value is None else _of_column(value)

    def to_python(self, value: Any) -> PartialDate | None:
        if value is None or value == "":
            return None
        try:
            return PartialDate(value)
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from None

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return models.Field.formfield(
            self, **{"form_class": PartialDateFormField, "max_length": None, **kwargs}
        )


@PartialDateField.register_lookup
class EndsBefore(BuiltinLookup[Any]):
    """``due__ends_before=day``: every day the column may mean comes before every day of the other date."""

    lookup_name = "ends_before"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        sql = f"{left} < SUBSTR(CAST({right} AS TEXT), 1, LENGTH({left}))"
        return sql, (*left_params, *right_params, *left_params)


@PartialDateField.register_lookup
class InYear(BuiltinLookup[Any]):
    """``on__year=2022``: the column lies in that year, at any precision."""

    lookup_name = "year"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, params = self.process_lhs(compiler, connection)
        return f"SUBSTR({left}, 1, 4) = %s", (*params, f"{int(self.rhs):04}")
