"""The short form for a status: what is the case, how we know, and the document in place if it is not here yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ...models import (
    DeliveryStatus,
    EvidenceGrade,
    Initiative,
    Publication,
    Report,
    StatusUpdate,
    Target,
)
from ...models.follow_up import LOOK, dated_by_look
from ...models.readings import READING
from ...models.translations import ORIGINAL
from ...partial_dates import PartialDateFormField
from ...recording import actions, permissions
from ...recording.added_reports import add_report
from ...recording.preview import Outlook, get_outlooks, refusals
from ..base.records import admin_url
from ..base.widgets import is_key

NEW_REPORT_FIELDS = (
    "report_url",
    "report_title",
    "report_publisher",
    "report_kind",
    "report_published_on",
    "report_language",
)
# What a person types to add a document; the language is there from the start.
TYPED_REPORT_FIELDS = NEW_REPORT_FIELDS[:-1]


def _report_field(name: str) -> Any:
    return Report._meta.get_field(name)


class NewReportForm(forms.Form):
    """A document by its address: the one that is here already, or a new one.

    Its columns carry the prefix ``report_``, so that it can be mixed into the form of what rests on the document.
    """

    report_url = forms.URLField(
        label=_("Address"),
        required=False,
        max_length=1000,
        validators=_report_field("url").validators,
        widget=forms.URLInput(attrs={"class": "vURLField"}),
        help_text=_("If a report with this address is here already, it is used as it is."),
    )
    report_title = forms.CharField(
        label=_("Title"),
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    report_publisher = forms.CharField(
        label=_("Publisher"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    report_kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", "---------"), *EvidenceGrade.choices]
    )
    report_published_on = PartialDateFormField(label=_("Published on"), required=False)
    report_language = forms.CharField(
        label=_("Language"),
        required=False,
        max_length=35,
        initial="en",
        validators=_report_field("language").validators,
        help_text=_report_field("language").help_text,
    )

    # The report of the form, not yet written where it is new.
    report_at_address: Report | None = None

    @property
    def adds_report(self) -> bool:
        """Whether anything was typed to add a document."""
        return self.is_bound and any(self[name].data for name in TYPED_REPORT_FIELDS)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.adds_report or any(name in self.errors for name in NEW_REPORT_FIELDS):
            return cleaned
        if not cleaned["report_url"]:
            self.add_error("report_url", _("Give the address where the document can be read."))
            return cleaned
        existing = Report.objects.at_address(cleaned["report_url"]).first()
        chosen = cleaned.get("report")
        if chosen and chosen != existing:
            self.add_error("report_url", _("Choose a report above or add one here, not both."))
            return cleaned
        if existing is None:
            for name in ("report_title", "report_publisher", "report_kind", "report_language"):
                if not cleaned[name]:
                    self.add_error(name, _("A new report needs this."))
        if not any(name in self.errors for name in NEW_REPORT_FIELDS):
            cleaned["report"] = self.report_at_address = existing or Report(**self._report_values())
        return cleaned

    def _report_values(self) -> dict[str, Any]:
        return {name.removeprefix("report_"): self.cleaned_data[name] for name in NEW_REPORT_FIELDS}

    def get_or_add_report(self, by: Any) -> Report | None:
        """The report that the form names, written if it is new."""
        report: Report | None = self.cleaned_data.get("report")
        if report is None or report.pk:
            return report
        try:
            report, _is_new = add_report(by=by, **self._report_values())
        except ValidationError as error:
            # The fields of the form have other names.
            raise ValidationError(
                {f"report_{name}": errors for name, errors in error.message_dict.items()}
            ) from error
        return report

    def _get_validation_exclusions(self) -> set[str]:
        # A report that is written together with what cites it has no key yet; the action checks both again.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        report = self.report_at_address
        return excluded | {"report"} if report and not report.pk else excluded

    @property
    def report_note(self) -> str:
        """That the document typed is here already, in words."""
        if self.report_at_address is None or self.report_at_address.pk is None:
            return ""
        return gettext("The report at this address is here already and is used: %(report)s.") % {
            "report": self.report_at_address
        }


def new_report_fieldset(form: NewReportForm) -> tuple[Any, dict[str, Any]]:
    """The boxes of a new document, folded away until one of them holds something."""
    classes = [] if form.adds_report else ["collapse"]
    title = _("The report is not here yet: add it")
    return (title, {"fields": NEW_REPORT_FIELDS, "classes": classes})


def look_fieldset(form: forms.BaseForm) -> tuple[Any, dict[str, Any]]:
    """The boxes of who looked, folded away until there is no public information or one of them holds something."""
    is_open = form["status"].value() == DeliveryStatus.NO_INFORMATION
    is_open = is_open or any(form[name].value() for name in LOOK)
    title = _("No document says so: who looked, when and where")
    return (title, {"fields": LOOK, "classes": [] if is_open else ["collapse"]})


def chosen_initiative(form: Any) -> Initiative | None:
    """The initiative that the form is about, or that is chosen in it so far."""
    if initiative := form.instance._state.fields_cache.get("initiative"):
        return initiative  # type: ignore[no-any-return]
    key = form["initiative"].value()
    return Initiative.objects.filter(pk=key).first() if key and is_key(Initiative, key) else None


def limit_target_choices(form: forms.BaseForm) -> None:
    """Offer the targets of the initiative; without any, or while it is not chosen, there is nothing to report."""
    targets = Target.objects.filter(initiative=chosen_initiative(form))
    if not targets.exists():
        for name in READING:
            form.fields.pop(name, None)
        return
    field: Any = form.fields["target"]
    field.queryset = targets
    field.widget.can_add_related = field.widget.can_change_related = False
    field.widget.can_view_related = False


def reading_fieldset(form: forms.BaseForm) -> tuple[Any, dict[str, Any]]:
    """The boxes of a value that the document reports, or in words why there are none."""
    title = _("The document reports a value of a target")
    if present := [name for name in READING if name in form.fields]:
        return (title, {"fields": present})
    initiative = chosen_initiative(form)
    if initiative is None:
        words: Any = _(
            "Choose the initiative above and press “Show what will change”: its targets are offered here then."
        )
    else:
        words = format_html(
            gettext(
                "No target of this initiative is recorded, so there is no value to report."
                ' <a href="{}">Add the target</a> first.'
            ),
            f"{admin_url(initiative)}#targets-group",
        )
    return (title, {"fields": [], "description": words, "classes": ["collapse"]})


def require_report_permission(request: HttpRequest, form: NewReportForm) -> None:
    """Raise ValidationError where the form adds a document and the person may not."""
    report = form.report_at_address
    if report and not report.pk and not permissions.may(request.user, "add", Report):
        raise ValidationError({"report_url": _("You may not add reports; choose one above.")})


class StatusForm(NewReportForm, forms.ModelForm[StatusUpdate]):
    """One status of one initiative; ``outlook`` is what recording it would change."""

    outlook: Outlook | None = None

    def _update_errors(self, errors: ValidationError) -> None:
        """What is wrong with a box already is not told of it a second time: a number that is none is not missing."""
        told = {
            name: messages
            for name, messages in errors.error_dict.items()
            if name == NON_FIELD_ERRORS or name not in self.errors
        }
        if told:
            super()._update_errors(ValidationError(told))  # type: ignore[misc]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        update = self.instance
        if not update.initiative_id:
            return
        # The page may have read the initiative without what flags rest on.
        rows = Initiative.objects.select_related("dialogue", "raised_at")
        initiative = rows.filter(pk=update.initiative_id).first()
        if initiative is None:
            self.add_error(None, actions.InitiativeDeleted())
            return
        update.initiative = initiative
        update.on = dated_by_look(update.on, update.looked_on, update.report)
        for name, message in refusals(update).items():
            if name not in self.errors:
                self.add_error(name, message)
        self._set_outlook()

    def _set_outlook(self) -> None:
        """Look ahead as soon as the form says enough, whatever else is wrong with it."""
        has_status = self.cleaned_data.get("status") in DeliveryStatus.values
        # What only reports a value is heard of.
        has_status = has_status or bool(self.cleaned_data.get("target"))
        if has_status and not {"on", "initiative", "participant"} & set(self.errors):
            (self.outlook,) = get_outlooks([self.instance])


class SharedStatusForm(NewReportForm, forms.ModelForm[StatusUpdate]):
    """What many statuses have in common; a row may say otherwise, and must say what is left out here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("status", "what"):
            self.fields[name].required = False

    def _post_clean(self) -> None:
        """Leave the checks to the rows: this alone is no update."""


class InitiativeStatusForm(forms.Form):
    """What one initiative of many has of its own; what is left empty is as for all of them."""

    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("as for all")), *DeliveryStatus.choices]
    )
    on = PartialDateFormField(label=_("As of"), required=False)
    locator = forms.CharField(label=_("Locator"), required=False, max_length=200)
    what = forms.CharField(
        label=_("What happened"), required=False, widget=forms.Textarea(attrs={"rows": 1})
    )

    outlook: Outlook | None = None
    # What would count as delivered, in words.
    criterion = ""
    # Whether somebody has deleted the initiative: what was typed is shown, and the row is not sent again.
    is_gone = False

    def __init__(self, initiative: Initiative, data: Any = None) -> None:
        super().__init__(data, prefix=f"row-{initiative.pk}")
        self.initiative = initiative
        for field in self.fields.values():
            field.widget.attrs |= {
                "aria-label": f"{field.label}: {initiative.title}",
                "placeholder": _("as for all"),
            }

    def build_update(self, shared: SharedStatusForm) -> StatusUpdate:
        """The update of this row, not yet written; its faults are errors of the row."""
        common_values, row_values = shared.cleaned_data, self.cleaned_data
        names = ("status", "on", "locator", "what")
        values = {name: row_values.get(name) or common_values.get(name) or "" for name in names}
        looked_on, report = common_values.get("looked_on") or None, common_values.get("report")
        values["on"] = dated_by_look(values["on"], looked_on, report)
        update = StatusUpdate(
            initiative=self.initiative,
            report=report,
            publication=common_values.get("publication", ""),
            # Where the form lacks it, that is told there.
            language=common_values.get("language") or ORIGINAL,
            **values | {"what": values["what"].strip()},
            **{name: common_values.get(name) or "" for name in LOOK} | {"looked_on": looked_on},
        )
        errors: dict[str, Any] = {}
        try:
            update.full_clean(
                # The report may be new, and the name comes when it is written.
                exclude=[*actions.REFERENCES, "ref", "publication"],
                validate_unique=False,
                validate_constraints=False,
            )
        except ValidationError as error:
            errors = error.message_dict
        self.add_errors(errors | refusals(update))
        return update

    def add_errors(self, errors: Mapping[str, Any]) -> None:
        """Show errors in this row; what all rows lack is told where it is given for all."""
        for name, messages in errors.items():
            self.add_error(name if name in self.fields else None, messages)


def limit_publication_choices(form: forms.BaseForm, user: Any) -> None:
    """Let whoever may not publish record drafts."""
    field: Any = form.fields.get("publication")
    if field and not permissions.may(user, "publish", StatusUpdate):
        field.choices = [(Publication.DRAFT.value, Publication.DRAFT.label)]
        field.initial = form.initial["publication"] = Publication.DRAFT.value
