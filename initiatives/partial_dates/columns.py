"""Columns of partial dates, and how rows are asked for by them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CharField, F, OrderBy, Transform
from django.db.models.lookups import BuiltinLookup
from django.utils.translation import gettext_lazy

from .edtf import DAY, PartialDate, of_column
from .forms import PartialDateFormField


class PartialDateField(models.CharField[Any, Any]):
    """A column of partial dates; None where the source gives no date.

    It holds ``PartialDate.sort_key``, so that rows sort, aggregate and are indexed as dates are; everything that reads
    or writes rows has the text as it was written. Text of a column is never compared: lookups other than these are
    refused (FieldError).
    """

    description = gettext_lazy("Date as precise as its source")
    lookups = frozenset(
        {"exact", "in", "isnull", "ends_before", "reaches", "starts_by", "in_year", "is_day"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 40
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def get_lookup(self, lookup: str) -> Any:
        return super().get_lookup(lookup) if lookup in self.lookups else None

    def from_db_value(self, value: str | None, *args: Any) -> PartialDate | None:
        return None if value is None else of_column(value)

    def get_prep_value(self, value: Any) -> Any:
        date = self.to_python(models.Field.get_prep_value(self, value))
        return None if date is None else date.sort_key

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
class FirstDay(Transform):
    """``on__first_day``: the first day that it may mean, eight digits; of no date nothing, which is before all."""

    lookup_name = "first_day"
    output_field = CharField()

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> Any:  # type: ignore[override]
        column, params = compiler.compile(self.lhs)
        return f"COALESCE({_first_day(column)}, '')", params


def newest(column: str) -> tuple[OrderBy, OrderBy]:
    """The latest first, rows without a date last: ``PartialDate.newest_key`` in SQL, for an index as well."""
    return FirstDay(F(column)).desc(), F(column).asc()


@PartialDateField.register_lookup
class EndsBefore(BuiltinLookup[Any]):
    """``due_on__ends_before=day``: every day the column may mean comes before every day of the other date."""

    lookup_name = "ends_before"
    sign = "<"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        # The whole column, so that its index serves: what begins with the last day is less than a later day alone.
        if self.rhs_is_direct_value():
            return f"{left} {self.sign} %s", (*left_params, str(right_params[0])[DAY : 2 * DAY])
        return f"{left} {self.sign} {_first_day(right)}", (*left_params, *right_params)


@PartialDateField.register_lookup
class Reaches(EndsBefore):
    """``due_on__reaches=day``: the column holds a date that does not end before the other one."""

    lookup_name = "reaches"
    sign = ">="


@PartialDateField.register_lookup
class StartsBy(BuiltinLookup[Any]):
    """``on__starts_by=day``: the column may mean a day that is no later than the last one of the other date."""

    lookup_name = "starts_by"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{_first_day(left)} <= {_last_day(right)}", (*left_params, *right_params)


@PartialDateField.register_lookup
class InYear(BuiltinLookup[Any]):
    """``on__in_year=2022``: the column may lie in that year; “by February 2026” lies in 2026."""

    lookup_name = "in_year"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, params = self.process_lhs(compiler, connection)
        year = f"{int(self.rhs):04}"
        last = f"SUBSTR({left}, 1, 4) = %s"
        spans = f"SUBSTR({left}, 1, 4) > %s AND SUBSTR({left}, {DAY + 1}, 4) BETWEEN '1000' AND %s"
        return f"({last} OR {spans})", (*params, year, *params, year, *params, year)


@PartialDateField.register_lookup
class IsDay(BuiltinLookup[Any]):
    """``looked_on__is_day=True``: the column holds a full day."""

    lookup_name = "is_day"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, params = self.process_lhs(compiler, connection)
        length = 2 * DAY + len("2022-04-15")
        sql = f"LENGTH({left}) = {length} AND {_last_day(left)} = {_first_day(left)}"
        return f"({sql})" if self.rhs else f"NOT ({sql})", (*params, *params, *params)


def _last_day(sql: str) -> str:
    return f"SUBSTR(CAST({sql} AS TEXT), 1, {DAY})"


def _first_day(sql: str) -> str:
    return f"SUBSTR(CAST({sql} AS TEXT), {DAY + 1}, {DAY})"
