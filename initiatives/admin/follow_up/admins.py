"""Status updates and mentions in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ...models import Initiative, Mention, StatusUpdate
from ...models.follow_up import LOOK
from ...models.readings import READING
from ...pages.due_story import due_in_words
from ...recording import actions
from ...recording.criteria import standing_criteria
from ..base.filters import MyDialoguesFilter, RelatedFilter, by_year
from ..base.records import EMPTY_VALUE, date_column, text_column
from .criteria import criterion_beside_status
from .entries import EntryAdmin
from .entry_states import EntryStateFilter
from .quotes_in_versions import has_new_boxes, offer_quotes, quotes_fieldset, quotes_given
from .status_forms import (
    StatusForm,
    limit_target_choices,
    look_fieldset,
    new_report_fieldset,
    reading_fieldset,
)
from .translating import TranslatedEntryAdmin, languages_fieldset


def status_fieldsets(form: Any, fields: list[str]) -> Any:
    """Status, evidence, whose part; what is rarely needed is folded away until it holds something."""

    def fieldset(title: Any, *names: str, is_open: bool = True) -> Any:
        present = [name for name in names if name in fields and name in form.fields]
        return (title, {"fields": present, "classes": [] if is_open else ["collapse"]})

    note = _("Note and publication")
    is_open = bool(form["note"].value() or form["on"].errors)
    fieldsets = [
        fieldset(None, "initiative", "status", "on", "what", "report"),
        new_report_fieldset(form),
        fieldset(None, "locator"),
        reading_fieldset(form),
        look_fieldset(form),
        fieldset(None, "participant"),
        fieldset(note, "note", "publication", is_open=is_open),
        languages_fieldset(form),
    ]
    return [
        (title, options)
        for title, options in fieldsets
        if options["fields"] or "description" in options
    ]


@admin.register(StatusUpdate)
class StatusUpdateAdmin(TranslatedEntryAdmin[StatusUpdate]):
    record_title = _("Record status")
    record_step = "record_status"
    record_form = StatusForm
    add_form_template = "admin/initiatives/record_status.html"
    as_of = staticmethod(date_column("on", _("as of")))
    look_day = staticmethod(date_column("looked_on", _("looked for on")))
    record_fields = (
        "initiative",
        "status",
        "on",
        "what",
        "report",
        "locator",
        *READING,
        *LOOK,
        "participant",
        "note",
        "publication",
        "language",
        "translations",
    )
    list_display = (
        "initiative",
        "in_a_word",
        date_column("on", _("as of")),
        text_column("what", _("what happened")),
        "report",
        "publication",
        "state",
        "recorded_by",
        "recorded_at",
    )
    list_filter = (
        MyDialoguesFilter,
        EntryStateFilter,
        "status",
        "publication",
        ("initiative__dialogue", RelatedFilter),
        ("participant", RelatedFilter),
        by_year("on", _("year")),
        ("report", RelatedFilter),
    )
    search_fields = ("ref", "initiative__title", "what")
    autocomplete_fields = ("initiative", "report", "participant")

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=["initiatives/record_status.js"])

    @admin.display(description=_("status"), ordering="status")
    def in_a_word(self, update: StatusUpdate) -> str:
        return update.in_a_word

    @admin.display(description=_("value reported"))
    def value_reported(self, update: StatusUpdate) -> str:
        return update.reading or EMPTY_VALUE

    def limit_choices(self, form: Any) -> None:
        limit_target_choices(form)

    def record_fieldsets(self, form: Any, fields: list[str]) -> Any:
        if key := form.instance.initiative_id:
            criterion = standing_criteria([key]).get(key)
            shown = criterion_beside_status(form.instance.initiative, criterion)
            form.fields["status"].help_text = shown
        return status_fieldsets(form, fields)

    def needs_second_look(self, request: HttpRequest, form: Any) -> bool:
        if "_preview" in request.POST:
            return True
        confirmed = set(request.POST.get("_confirm", "").split(","))
        return bool({doubt.code for doubt in form.outlook.doubts} - confirmed)

    def write(self, form: Any, **common: Any) -> StatusUpdate:
        names = ("status", "on", "what", "participant", *LOOK, "language", "translations")
        values = {name: form.cleaned_data[name] for name in names}
        values |= {name: form.cleaned_data.get(name) for name in READING}
        return actions.record_status(**common, **values)

    def outcome_message(self, before: Initiative, entry: StatusUpdate) -> str:
        old, new = before.status.label, entry.initiative.status.label
        if old == new:
            return gettext("recorded; the status stays “%(new)s”.") % {"new": new}
        return gettext("status changed from “%(old)s” to “%(new)s”.") % {"old": old, "new": new}


DUE_FIELDS = ("due_on", "due_at", "due_dropped", "due_note", "condition", "condition_lifted")
SAID = ("act", "quote", "quote_language", *DUE_FIELDS)


@admin.register(Mention)
class MentionAdmin(EntryAdmin[Mention]):
    record_title = _("Record mention")
    record_step = "record_mention"
    record_fields = (
        "initiative",
        "report",
        "act",
        "by",
        "locator",
        "quote",
        "quote_language",
        "note",
        *DUE_FIELDS,
        "publication",
    )
    list_display = (
        "initiative",
        "act",
        "report",
        "locator",
        "publication",
        "state",
        "recorded_by",
        "recorded_at",
    )
    list_filter = (
        MyDialoguesFilter,
        EntryStateFilter,
        "act",
        "publication",
        ("initiative__dialogue", RelatedFilter),
        ("by", RelatedFilter),
        ("report", RelatedFilter),
    )
    search_fields = ("ref", "initiative__title", "report__title", "quote")
    autocomplete_fields = ("initiative", "report", "by", "due_at")
    due = staticmethod(date_column("due_on", _("due")))

    def record_fieldsets(self, form: Any, fields: list[str]) -> Any:
        said = [name for name in fields if name not in (*DUE_FIELDS, "publication")]
        words = _("Only what this document says of it. The last document that speaks of it counts.")
        due = {"fields": DUE_FIELDS, "description": words}
        rest = [(None, {"fields": ["publication"]})] if "publication" in fields else []
        quotes = [quotes_fieldset(form)] if form.versions else []
        return [(None, {"fields": said}), *quotes, (_("Due date and condition"), due), *rest]

    def limit_choices(self, form: Any) -> None:
        offer_quotes(form)

    def needs_second_look(self, request: HttpRequest, form: Any) -> bool:
        return bool(form.cleaned_data["quote"]) and has_new_boxes(form)

    def write(self, form: Any, **common: Any) -> Mention:
        values = {name: form.cleaned_data[name] for name in SAID}
        common["participants"] = form.cleaned_data["by"]
        quotes = quotes_given(form)
        mention = actions.record_mention(**common, **values)
        for version, quote in quotes:
            common |= {"report": version, "note": "", "quote_language": version.language}
            actions.record_mention(**common, act=mention.act, quote=quote)
        return mention

    def outcome_message(self, before: Initiative, entry: Mention) -> str:
        old = before.get_standing_display()
        new = entry.initiative.get_standing_display()
        words = gettext("recorded; the standing stays “%(new)s”.")
        if old != new:
            words = gettext("standing changed from “%(old)s” to “%(new)s”.")
        message = words % {"old": old, "new": new}
        due = due_in_words(entry.initiative)
        if due != due_in_words(before):
            moved = (
                gettext("It is due now: %(due)s.") if due else gettext("It has no due date now.")
            )
            message = f"{message} {moved % {'due': due}}"
        return message
