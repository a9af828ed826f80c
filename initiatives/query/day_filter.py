"""What every list understands that can be seen as of a day (``as_of``)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import cached_property

from ..as_of.current import CurrentView
from ..as_of.past import view_on
from .as_of import DayField, day_in, expected_day
from .list_filter import ListFilter
from .understood import AS_OF


class DayFilter(ListFilter):
    """The parameters of a list, and a day."""

    @cached_property
    def view(self) -> CurrentView:
        """The record as of today or of the day that is asked for; what is no day, the form says."""
        return view_on(day_in(self.data), self.queryset.db)

    @classmethod
    def other_fields(cls) -> dict[str, forms.Field]:
        return {AS_OF: DayField()}

    @classmethod
    def parameters_of_today(cls) -> list[str]:
        """For what follows the list: nobody follows the past."""
        return [name for name in cls.parameters() if name != AS_OF]

    def expects(self, name: str) -> str:
        return expected_day() if name == AS_OF else super().expects(name)

    @property
    def fixed_parameters(self) -> dict[str, str]:
        return self.view.parameters

    def as_known(self, rows: QuerySet[Any]) -> Any:
        """Of the rows of the list those that were known, as they were known, in its order: a queryset or a list."""
        return rows

    def count_without(self, left_out: str) -> int:
        if not self.view.is_past:
            return super().count_without(left_out)
        query = self.data.copy()
        query.pop(left_out, None)
        others = type(self).read(query, self.queryset)
        return count_of(others.as_known(others.qs))


def count_of(rows: Any) -> int:
    """How many rows a list has, be it a queryset or in memory."""
    return len(rows) if isinstance(rows, list) else int(rows.order_by().count())
