"""What initiatives promised in numbers, in the admin; what was reached is recorded as an update that reports it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import Target
from ..models.amounts import currencies, validate_currency
from .base.records import EMPTY_VALUE, RecordAdmin, RecordInline, date_column
from .citations import SourceInline
from .lines import NamedFormSet


class TargetForm(forms.ModelForm[Target]):
    """A unit that is the code of a currency is that currency."""

    # As long as what people may type in the place of a code, so that they are told of the code.
    currency = forms.CharField(
        label=_("Currency"),
        required=False,
        max_length=60,
        help_text=Target._meta.get_field("currency").help_text,
        widget=forms.TextInput(attrs={"size": 5}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("unit") in currencies() and not cleaned.get("currency"):
            cleaned |= {"currency": cleaned["unit"], "unit": ""}
        if "value" in cleaned and cleaned["value"] is None and not self._has_readings:
            self.add_error("value", _("Give the value that was promised."))
        return cleaned

    def clean_currency(self) -> str:
        typed = str(self.cleaned_data["currency"])
        if typed and typed.upper() not in currencies():
            validate_currency(typed)
        return typed.upper()

    @property
    def _has_readings(self) -> bool:
        return bool(self.instance.pk) and self.instance.readings.exists()


class _InWords:
    """For whoever only reads, the number with its bound and unit in the place of bare columns."""

    @admin.display(description=_("promised"), ordering="value")
    def promised(self, target: Target) -> str:
        return target.in_words or EMPTY_VALUE


class TargetInline(_InWords, RecordInline):
    model = Target
    form, formset = TargetForm, NamedFormSet
    extra_when_added = 1
    typed_fields = ("metric", "bound", "value", "unit", "currency", "period", "due_on", "note")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.has_change_permission(request, obj) or self.has_add_permission(request, obj):
            return self.typed_fields
        return ("metric", "promised", "period", "due_on", "note")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), "promised"]


@admin.register(Target)
class TargetAdmin(_InWords, RecordAdmin[Target]):
    form = TargetForm
    typed_fields = (
        "initiative",
        "metric",
        ("bound", "value"),
        ("unit", "currency"),
        "period",
        "due_on",
        "note",
    )
    list_display = (
        "metric",
        "initiative",
        "promised",
        date_column("period", _("period")),
        date_column("due_on", _("due")),
    )
    list_select_related = ("initiative",)
    list_filter = ("bound", "currency")
    search_fields = ("metric", "initiative__title")
    autocomplete_fields = ("initiative",)
    inlines = (SourceInline,)

    def get_fields(self, request: HttpRequest, obj: Target | None = None) -> Any:
        if obj is None or self.has_change_permission(request, obj):
            return self.typed_fields
        return ("initiative", "metric", "promised", "period", "due_on", "note")

    def get_readonly_fields(self, request: HttpRequest, obj: Target | None = None) -> Any:
        return [*super().get_readonly_fields(request, obj), "promised"]
