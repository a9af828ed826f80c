"""The box of a form in which people type a date."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .edtf import PartialDate
from .typed import LONGEST, UnclearDate, read_typed_date


class PartialDateFormField(forms.CharField):
    """Accepts a date as people type it (``typed.py``); empty becomes None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.update(max_length=LONGEST, empty_value=None)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> PartialDate | None:
        text = super().to_python(value)
        if text is None:
            return None
        try:
            return read_typed_date(text)
        except UnclearDate as error:
            raise ValidationError(str(error), code="invalid") from None

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "placeholder": _("2022-04-15, April 2022, Q3 2024"),
            "size": 26,
            "autocomplete": "off",
        }
