"""When one value of a field says what another one says, and more precisely."""

from __future__ import annotations

from typing import Any

from django.db import models

from ..partial_dates import PartialDate, PartialDateField
from .other_names import OtherNamesField


def refines(field: Any, finer: Any, coarser: Any) -> bool:
    """Whether a date lies within the other, names are all of the other and more, or a text begins with the other and
    goes on after a whole word.
    """
    if not isinstance(finer, str) or not isinstance(coarser, str) or finer == coarser:
        return False
    if isinstance(field, PartialDateField):
        date, period = PartialDate(finer), PartialDate(coarser)
        return period.first_day <= date.first_day and date.last_day <= period.last_day
    if isinstance(field, OtherNamesField):
        return {*coarser.splitlines()} < {*finer.splitlines()}
    if field.choices or not isinstance(field, models.CharField | models.TextField):
        return False
    return finer.startswith(coarser) and not finer[len(coarser)].isalnum()
