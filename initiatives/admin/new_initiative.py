"""A new initiative in one form: what it is, the document that mentions it first, who, by when, and what is promised."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ..models import Dialogue, Initiative, Meeting, Mention, Publication, Report
from ..recording import actions
from .base.records import M, RecordAdmin, person
from .base.widgets import OfferedRows, is_key
from .follow_up.status_forms import (
    NEW_REPORT_FIELDS,
    TYPED_REPORT_FIELDS,
    NewReportForm,
    require_report_permission,
)

# The boxes of the mention, which an initiative has no columns of.
PREFIX = "mention_"
SAID = ("act", "by", "locator", "quote", "quote_language")
TERMS = ("due_on", "due_at", "due_note", "condition")
# What the next of several initiatives has in common with the one before.
KEPT = ("dialogue", "raised_at", "themes", "report")

# Where the view that draws the form again finds why the mention was refused.
REFUSED = "_mention_refused"


def _boxes(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{PREFIX}{name}" for name in names)


class MentionRefused(Exception):
    """The mention cannot be written as it was typed, although the form was right; nothing is."""

    def __init__(self, error: ValidationError) -> None:
        super().__init__(str(error))
        self.error = error


class NewInitiativeForm(NewReportForm, forms.ModelForm[Initiative]):
    """An initiative and, where a document is given, the mention in it."""

    request: HttpRequest
    # Why the mention was not written, which was tried a moment ago.
    refused: ValidationError | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # One key less from box to box: what was chosen a moment ago is known.
            if isinstance(field.widget, RelatedFieldWidgetWrapper):
                field.widget.can_view_related = False
        dialogue = self["dialogue"].value()
        self._offer("dialogue", Dialogue.objects.all())
        if dialogue and is_key(Dialogue, dialogue):
            own = Meeting.objects.filter(dialogue=dialogue)
            self._offer("raised_at", own)
            self._offer(f"{PREFIX}due_at", own)

    def _offer(self, name: str, rows: Any) -> None:
        """Let whoever has no scripts choose among these rows."""
        if name in self.fields:
            widget: Any = self.fields[name].widget
            getattr(widget, "widget", widget).offered = OfferedRows(rows)

    @property
    def states_mention(self) -> bool:
        return self.cleaned_data.get("report") is not None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        has_report = cleaned.get("report") is not None or self.adds_report
        typed = [name for name in _boxes((*SAID[1:], *TERMS)) if self.cleaned_data.get(name)]
        if typed and not has_report and "report" not in self.errors:
            self.add_error("report", _("Give the document that says so."))
        report = cleaned.get("report")
        if report is not None:
            if cleaned.get(f"{PREFIX}quote") and not cleaned.get(f"{PREFIX}quote_language"):
                cleaned[f"{PREFIX}quote_language"] = report.language
            try:
                require_report_permission(self.request, self)
            except ValidationError as error:
                self.add_error(None, error)
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.refused:
            self._add_mention_errors(self.refused)
        elif self.states_mention:
            self._check_mention()

    def _check_mention(self) -> None:
        names = (name for name in (*SAID, *TERMS) if name != "by")
        values = {name: self.cleaned_data.get(f"{PREFIX}{name}") for name in names}
        values = {name: value for name, value in values.items() if value not in (None, "")}
        mention = Mention(publication=Publication.DRAFT, **values)
        try:
            mention.full_clean(
                exclude=[*actions.REFERENCES, "ref", "due_at"],
                validate_unique=False,
                validate_constraints=False,
            )
        except ValidationError as error:
            self._add_mention_errors(error)

    def _add_mention_errors(self, error: ValidationError) -> None:
        by_name = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
        for name, faults in by_name.items():
            box = name if name in NEW_REPORT_FIELDS else f"{PREFIX}{name}"
            if box not in self.errors:
                self.add_error(box if box in self.fields else None, faults)

    def record_mention(self) -> Mention | None:
        """Write what was typed of the document, once the initiative is written; raises MentionRefused."""
        if not self.states_mention:
            return None
        by = person(self.request)
        values: dict[str, Any] = {
            name: self.cleaned_data.get(f"{PREFIX}{name}")
            for name in (*SAID, *TERMS)
            if name != "by"
        }
        values = {name: value for name, value in values.items() if value not in (None, "")}
        try:
            with transaction.atomic():
                return actions.record_mention(
                    by=by,
                    initiative=self.instance,
                    report=self.get_or_add_report(by),  # type: ignore[arg-type]
                    participants=self.cleaned_data.get(f"{PREFIX}by") or (),
                    publication=Publication.DRAFT,
                    **values,
                )
        except ValidationError as error:
            raise MentionRefused(error) from error


class NewInitiativeAdmin(RecordAdmin[M]):
    """The part of the admin of initiatives that adds one."""

    new_fields = ("title", "kind", "summary", "dialogue", "raised_at", "themes")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return super().get_fieldsets(request, obj)
        adds_report = any(request.POST.get(name) for name in TYPED_REPORT_FIELDS)
        return (
            (None, {"fields": self.new_fields}),
            (
                _("The document that mentions it first"),
                {
                    "fields": ("report",),
                    "description": _(
                        "It is public with a document or not at all; as a draft it can wait for one."
                    ),
                },
            ),
            (
                _("The report is not here yet: add it"),
                {"fields": NEW_REPORT_FIELDS, "classes": [] if adds_report else ["collapse"]},
            ),
            (_("What the document says"), {"fields": _boxes(SAID)}),
            (_("Due date and condition, where it says so"), {"fields": _boxes(TERMS)}),
            (
                _("Address, other names and languages"),
                {
                    "fields": ("slug", "other_names", "language", "translations"),
                    "classes": ["collapse"],
                },
            ),
        )

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if change:
            return super().get_form(request, obj, change=change, **kwargs)
        kwargs["form"] = type(
            NewInitiativeForm.__name__,
            (NewInitiativeForm,),
            {
                **self._mention_boxes(request),
                "request": request,
                # Between the two runs of the view only the request is the same.
                "refused": getattr(request, REFUSED, None),
            },
        )
        return super().get_form(request, obj, change=change, **kwargs)

    def _mention_boxes(self, request: HttpRequest) -> dict[str, Any]:
        mention_admin: Any = self.admin_site.get_model_admin(Mention)

        def box(name: str) -> Any:
            field = mention_admin.formfield_for_dbfield(Mention._meta.get_field(name), request)
            field.required = False
            return field

        boxes = {f"{PREFIX}{name}": box(name) for name in (*SAID, *TERMS)}
        boxes[f"{PREFIX}by"].label = _("By")
        return {"report": box("report"), **boxes}

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address says, and what follows from it: the meeting of a report, the dialogue of a meeting."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)

        def row(model: Any, name: str) -> Any:
            key = initial.get(name)
            return model.objects.filter(pk=key).first() if key and is_key(model, key) else None

        report = row(Report, "report")
        if report and report.meeting_id and "raised_at" not in initial:
            initial["raised_at"] = str(report.meeting_id)
        meeting = row(Meeting, "raised_at")
        if meeting and "dialogue" not in initial:
            initial["dialogue"] = str(meeting.dialogue_id)
        return initial

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except MentionRefused as refused:
            setattr(request, REFUSED, refused.error)
            return super().changeform_view(request, *args, **kwargs)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if isinstance(form, NewInitiativeForm):
            mention = form.record_mention()
            if mention:
                self.log_addition(request, mention, [{"added": {}}])
            if form.report_note:
                self.message_user(request, form.report_note, messages.INFO)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: Any = None
    ) -> HttpResponse:
        response: HttpResponse = super().response_add(request, obj, post_url_continue)
        return self._next_of_several(obj) if "_addanother" in request.POST else response

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        response: HttpResponse = super().response_change(request, obj)
        return self._next_of_several(obj) if "_addanother" in request.POST else response

    def _next_of_several(self, obj: Any) -> HttpResponse:
        """To an empty form that holds what several of one document have in common."""
        mention = obj.mentions.order_by("pk").first()
        kept: dict[str, Any] = {
            "dialogue": obj.dialogue_id,
            "raised_at": obj.raised_at_id,
            "themes": ",".join(str(key) for key in obj.themes.values_list("pk", flat=True)),
            "report": mention and mention.report_id,
        }
        query = urlencode({name: kept[name] for name in KEPT if kept[name]})
        return HttpResponseRedirect(f"{reverse('admin:initiatives_initiative_add')}?{query}")
