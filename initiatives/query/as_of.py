"""Pages as of a day: ``?as_of=2024-08-09`` in their address."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..as_of.current import CurrentView
from ..as_of.past import view_on
from ..models import Initiative
from .parameters import bad_parameters

SHAPE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# No record of this kind is older, and a day of the first century is nobody's question.
FIRST_DAY = datetime.date(1900, 1, 1)
A_DAY = _("a day from 1900 on, today or earlier, written like 2024-08-09")


class DayField(forms.Field):
    """A day from ``FIRST_DAY`` to today as ISO 8601 has it in full; empty becomes None."""

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_python(self, value: Any) -> datetime.date | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            day = datetime.date.fromisoformat(text if SHAPE.fullmatch(text) else "")
        except ValueError:
            raise forms.ValidationError(expected_day(), code="invalid") from None
        if not FIRST_DAY <= day <= timezone.localdate():
            raise forms.ValidationError(expected_day(), code="invalid")
        return day


def expected_day() -> str:
    """What ``as_of`` has to be, in words."""
    return str(A_DAY)


def read_view(data: QueryDict, using: str = "default") -> CurrentView:
    """What a page shows: as of today, or of the day that its address asks for; raises BadParameters."""
    day = day_in(data)
    if day is None and data.get("as_of", "").strip():
        raise bad_parameters(data, {"as_of": expected_day()})
    return view_on(day, using)


def day_in(data: Mapping[str, str] | None) -> datetime.date | None:
    """The day that a query string asks for; None without one, and for what is no day."""
    try:
        day: datetime.date | None = DayField().clean((data or {}).get("as_of"))
    except forms.ValidationError:
        return None
    return day


def permalink(initiative: Initiative, day: datetime.date | None = None) -> str:
    """The path of an initiative's page as of a day, today unless given; “Cite this” says what it keeps."""
    address = initiative.get_absolute_url().partition("?")[0]
    return f"{address}?as_of={(day or timezone.localdate()).isoformat()}"
