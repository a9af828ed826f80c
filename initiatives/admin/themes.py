"""Themes in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from ..as_of.current import CurrentView
from ..languages import series
from ..models import Theme
from ..models.sdgs import SDG_GOALS, targets_in_order
from ..views.themes import theme_page
from .base.published import PublishedAdmin
from .base.records import name_column
from .base.translating import TranslatedAdmin


class SDGTargetsField(forms.Field):
    """Targets as one line of text, with commas, semicolons or blanks between them."""

    widget = forms.TextInput(attrs={"class": "vTextField"})

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        # What the initial value is compared as, and what people type.
        text = self.prepare_value(value) or ""
        return targets_in_order(str(text).lower().replace(",", " ").replace(";", " ").split())


class ThemeForm(forms.ModelForm[Theme]):
    """The goals are ticked and the targets written as the 2030 Agenda does; nobody has to know JSON."""

    sdgs = forms.TypedMultipleChoiceField(
        label=_("Sustainable Development Goals"),
        choices=[(goal, str(goal)) for goal in SDG_GOALS],
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    sdg_targets = SDGTargetsField(
        label=_("SDG targets"),
        required=False,
        help_text=_("Of the goals that are ticked, where it plainly serves them: 4.3, 14.a."),
    )


@admin.register(Theme)
class ThemeAdmin(TranslatedAdmin[Theme], PublishedAdmin[Theme]):
    form = ThemeForm
    fields = ("name", "slug", "sdgs", "sdg_targets", "language", "translations")
    key_fields = ("slug",)
    key_from = "name"
    list_display = (name_column("name", _("name")), "slug", "goals", "targets")
    search_fields = ("name", "slug")

    @admin.display(description=_("SDGs"))
    def goals(self, theme: Theme) -> str:
        return series(theme.sdgs)

    @admin.display(description=_("SDG targets"))
    def targets(self, theme: Theme) -> str:
        return series(theme.sdg_targets)

    def public_page(self, request: HttpRequest, view: CurrentView, row: Theme) -> HttpResponse:
        return theme_page(request, view, row)
