"""What would count as delivered in the admin, and how forms for a status show it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ...models import Criterion, Initiative, Verifiability
from ...models.criteria import READING
from ...recording.criteria import record_criterion
from ...recording.days import is_to_come
from ..base.filters import MyDialoguesFilter, RelatedFilter
from ..base.records import admin_url, date_column, text_column
from .entry_states import EntryStateFilter
from .status_forms import NewReportForm, new_report_fieldset
from .translating import TranslatedEntryAdmin, languages_fieldset


class CriterionForm(NewReportForm, forms.ModelForm[Criterion]):
    """What would count, whether anybody could verify it, and which document or whose reading says so."""

    def clean_read_on(self) -> Any:
        day = self.cleaned_data["read_on"]
        if day and is_to_come(day):
            raise forms.ValidationError(_("This day is still to come; nobody has read on it."))
        return day


@admin.register(Criterion)
class CriterionAdmin(TranslatedEntryAdmin[Criterion]):
    record_title = _("Record criterion")
    record_step = "record_criterion"
    record_form = CriterionForm
    reading_day = staticmethod(date_column("read_on", _("read on")))
    record_fields = (
        "initiative",
        "what",
        "verifiability",
        "why",
        "report",
        "locator",
        *READING,
        "note",
        "publication",
        "language",
        "translations",
    )
    list_display = (
        "initiative",
        "verifiability",
        text_column("what", _("what would count as delivered")),
        "report",
        "read_by",
        "publication",
        "state",
        "recorded_by",
        "recorded_at",
    )
    list_filter = (
        MyDialoguesFilter,
        EntryStateFilter,
        "verifiability",
        "publication",
        ("initiative__dialogue", RelatedFilter),
        ("report", RelatedFilter),
    )
    search_fields = ("ref", "initiative__title", "what", "why")
    autocomplete_fields = ("initiative", "report")

    def record_fieldsets(self, form: Any, fields: list[str]) -> Any:
        def fieldset(title: Any, *names: str) -> Any:
            return (title, {"fields": [name for name in names if name in fields]})

        return [
            fieldset(None, "initiative", "what", "verifiability", "why"),
            fieldset(_("The document that says so"), "report"),
            new_report_fieldset(form),
            fieldset(None, "locator"),
            fieldset(_("No document says so: whose reading it is, and of which day"), *READING),
            fieldset(None, "note", "publication"),
            languages_fieldset(form),
        ]

    def write(self, form: Any, **common: Any) -> Criterion:
        names = ("what", "verifiability", "why", *READING, "language", "translations")
        values = {name: form.cleaned_data[name] for name in names}
        return record_criterion(**common, **values)

    def outcome_message(self, before: Initiative, entry: Criterion) -> str:
        old, new = before.get_verifiability_display(), entry.initiative.get_verifiability_display()
        if old == new:
            return gettext("criterion recorded.")
        if not old:
            return gettext("criterion recorded: “%(new)s”.") % {"new": new}
        return gettext("verifiability changed from “%(old)s” to “%(new)s”.") % {
            "old": old,
            "new": new,
        }


def criterion_beside_status(initiative: Initiative, criterion: Criterion | None) -> str:
    """The criterion that holds of an initiative, for whoever records a status; where there is none, the way to one."""
    if criterion is None:
        return format_html(
            '{} <a href="{}">{}</a>',
            gettext("What would count as delivered is not recorded yet."),
            admin_url(initiative, "record_criterion"),
            gettext("Record it first"),
        )
    words = str(criterion.get_verifiability_display())
    if criterion.verifiability == Verifiability.NOT_VERIFIABLE:
        words = gettext("Cannot be rated, because %(why)s") % {"why": criterion.why}
    elif criterion.why:
        words = f"{words}: {criterion.why}"
    return format_html(
        '{} <a href="{}">{}</a> ({})',
        gettext("Would count as delivered:"),
        admin_url(criterion),
        criterion.what,
        words,
    )
