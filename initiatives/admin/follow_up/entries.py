"""Append-only entries in the admin: recorded, corrected and withdrawn through the actions, never edited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminErrorList, AdminForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError, models, transaction
from django.forms.models import model_to_dict
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ...models import AnyEntry, Initiative, Publication, Report
from ...pages.due_story import due_in_words
from ...recording import actions, permissions
from ...recording.publication_rules import was_seen
from ...serving.availability import hindrance_of
from ..base.form_merge import FormWithInlines, initial_values, merge
from ..base.locking import conflict_of, hold_back, is_form_restored
from ..base.records import admin_url, link_to, person
from ..base.widgets import is_key
from .entry_states import EntryState, says, state_of
from .publication import PublicationAdmin
from .status_forms import (
    NewReportForm,
    limit_publication_choices,
    require_report_permission,
)
from .steps import textarea

E = TypeVar("E", bound=AnyEntry)

# Why an entry that has had its day can be neither corrected nor withdrawn.
ENDED = {
    EntryState.CORRECTED: _("This entry is corrected already."),
    EntryState.SUPERSEDED: _("This entry is superseded already."),
    EntryState.WITHDRAWN: _("This entry is withdrawn already."),
}


class WithdrawalForm(forms.Form):
    reason = textarea(_("Reason"), _("Why the entry does not hold."), required=True)


class EntryAdmin(PublicationAdmin[E]):
    """The admin of append-only entries; every write is one of the actions.

    ``record_fields`` are those of the form that records one.
    """

    record_fields: ClassVar[tuple[str, ...]]
    record_title: ClassVar[Any]
    # The view of an initiative that records one.
    record_step: ClassVar[str]
    record_form: ClassVar[type[forms.ModelForm[Any]]] = forms.ModelForm
    ordering = ("-recorded_at", "-pk")
    list_select_related = ("initiative", "report", "recorded_by")
    add_form_template = "admin/initiatives/record_entry.html"
    change_form_template = "admin/initiatives/entry_change_form.html"
    readonly_fields = (
        "ref",
        "state",
        "corrects",
        "corrected_by",
        "recorded_by",
        "recorded_at",
        "withdrawn_by",
        "withdrawn_at",
        "withdrawal_reason",
    )

    def prefetched_for_list(self) -> tuple[Any, ...]:
        # Joined, or not “above nothing”, SQLite looks through all entries for the correction of each.
        corrections = self.model._default_manager.filter(corrects__gt=0)
        return (models.Prefetch("correction", corrections),)

    def write(self, form: Any, **common: Any) -> E:
        """Call the action that records what the form says."""
        raise NotImplementedError

    def outcome_message(self, before: Initiative, entry: E) -> str:
        """What recording the entry has changed."""
        raise NotImplementedError

    def record_fieldsets(self, form: Any, fields: list[str]) -> Any:
        """How the form that records one is laid out."""
        return [(None, {"fields": fields})]

    def limit_choices(self, form: Any) -> None:
        """Offer what belongs to the initiative, as far as one is chosen."""

    def prepare(self, request: HttpRequest, form: Any) -> None:
        """Write the document that is added in place, before anything is locked for the entry itself."""
        if not isinstance(form, NewReportForm):
            return
        require_report_permission(request, form)
        form.cleaned_data["report"] = form.get_or_add_report(person(request))
        if form.report_note:
            self.message_user(request, form.report_note, messages.INFO)

    def needs_second_look(self, request: HttpRequest, form: Any) -> bool:
        """Whether a valid form is shown again, for the person to look twice, instead of being recorded."""
        return False

    # --- Never edited, never deleted --------------------------------------------------------------

    def has_change_permission(self, request: HttpRequest, obj: E | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: E | None = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: E | None = None) -> Any:
        return [*self._displayed_fields(), *self.readonly_fields] if obj else self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: E | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": self.record_fields})]
        hidden = (
            set() if obj.is_withdrawn else {"withdrawn_by", "withdrawn_at", "withdrawal_reason"}
        )
        record = [name for name in self.readonly_fields if name not in hidden]
        said = self._displayed_fields([name for name in self.record_fields if says(obj, name)])
        return [(None, {"fields": said}), (_("Record"), {"fields": record})]

    def _displayed_fields(self, names: Sequence[str] | None = None) -> list[str]:
        """Recorded fields as they are shown: dates and numbers in words."""
        in_words = {
            "status": "in_a_word",
            "on": "as_of",
            "looked_on": "look_day",
            "read_on": "reading_day",
            "value": "value_reported",
            "due_on": "due",
            "translations": "texts",
        }
        return [in_words.get(name, name) for name in names or self.record_fields]

    def save_model(self, request: HttpRequest, obj: E, form: Any, change: bool) -> None:
        # Django's own forms end here; ours call the actions.
        raise PermissionDenied

    # --- Columns ----------------------------------------------------------------------------------

    @admin.display(description=_("state"))
    def state(self, entry: E) -> str:
        return str(state_of(entry).label)

    @admin.display(description=_("corrected by"))
    def corrected_by(self, entry: E) -> str:
        return link_to(getattr(entry, "correction", None))

    # --- Views ------------------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        name = f"initiatives_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/correct/", view(self.correct_view), name=f"{name}_correct"),
            path("<int:pk>/withdraw/", view(self.withdraw_view), name=f"{name}_withdraw"),
            *super().get_urls(),
        ]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return self.record_view(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        entry = self._find_current(object_id)
        extra = {
            "may_correct": entry and permissions.may(request.user, "correct", entry),
            "may_withdraw": entry and permissions.may(request.user, "withdraw", entry),
            **(extra_context or {}),
        }
        response: HttpResponse = super().change_view(request, object_id, form_url, extra)
        return response

    def _find_current(self, key: str) -> E | None:
        rows = self.model._default_manager.filter(withdrawn_at=None, correction=None)
        return rows.filter(pk=key).first() if is_key(self.model, key) else None

    def correct_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry = self._current_entry(request, pk, "correct")
        if isinstance(entry, HttpResponseRedirect):
            is_overtaken = request.method == "POST" and not conflict_of(request)
            return self._conflict_view(request, pk) if is_overtaken else entry
        return self.record_view(request, initiative=entry.initiative, corrects=entry)

    def _conflict_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Somebody else corrected or withdrew the entry first: what was typed is kept, beside theirs.

        It can be recorded then as a correction of theirs; of a withdrawn entry, as an entry of its own.
        """
        entry = self.get_queryset(request).get(pk=pk)
        latest = entry.newest
        fields = [name for name in self.record_fields if name != "initiative"]
        form_class = self.get_form(request, None, fields=fields, form=self.record_form)
        latest_form, entry_form = (
            form_class(initial=model_to_dict(version, form_class.base_fields))
            for version in (latest, entry)
        )
        before = {"fields": initial_values(entry_form), "rows": {}}
        conflict, posted = merge(
            FormWithInlines(latest_form, []), before, request.POST, request.FILES
        )
        conflict.latest = latest.history.select_related("history_user").first()
        hold_back(request, conflict, posted)
        for name in ("_save", "_confirm"):
            posted.pop(name, None)
        if latest.is_withdrawn:
            url = admin_url(entry.initiative, self.record_step)
            return self.record_view(request, initiative=entry.initiative, form_url=url)
        return self.record_view(
            request,
            initiative=entry.initiative,
            corrects=latest,
            form_url=admin_url(latest, "correct"),
        )

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry = self._current_entry(request, pk, "withdraw")
        if isinstance(entry, HttpResponseRedirect):
            return entry
        form = WithdrawalForm(request.POST if request.method == "POST" else None)
        if form.is_valid() and not is_form_restored(self, request):
            try:
                actions.withdraw(
                    by=person(request), entry=entry, reason=form.cleaned_data["reason"]
                )
            except ValidationError as error:
                add_action_errors(form, error)
            else:
                self.log_change(request, entry, "Withdrawn.")
                self.message_user(request, gettext("The entry is withdrawn."), messages.SUCCESS)
                return HttpResponseRedirect(admin_url(entry.initiative))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Withdraw this entry?"),
            "opts": self.opts,
            "entry": entry,
            "was_seen": was_seen(entry),
            "form": form,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/initiatives/withdraw_entry.html", context)

    def _current_entry(self, request: HttpRequest, pk: int, do: str) -> E | HttpResponseRedirect:
        """The entry, or the way back to it with the reason why it cannot be corrected or withdrawn."""
        permissions.require(person(request), do, self.model)
        if not is_key(self.model, pk):
            raise Http404
        rows = self.get_queryset(request).select_related("initiative", "report", "correction")
        entry: E = get_object_or_404(rows, pk=pk)
        permissions.require(person(request), do, entry)
        state = state_of(entry)
        if state == EntryState.CURRENT:
            return entry
        self.message_user(
            request,
            ENDED[state],
            messages.WARNING,
        )
        return HttpResponseRedirect(admin_url(entry))

    def record_view(
        self,
        request: HttpRequest,
        *,
        initiative: Initiative | None = None,
        corrects: E | None = None,
        form_url: str = "",
    ) -> HttpResponse:
        """Record an entry: of any initiative, of a given one, or as the correction of another entry."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if initiative:
            permissions.require(person(request), "correct", self.model(initiative=initiative))
        fixed = {"initiative"} if initiative else set()
        if not self.has_publish_permission(request):
            fixed.add("publication")
        fields = [name for name in self.record_fields if name not in fixed]
        form_class = self.get_form(request, None, fields=fields, form=self.record_form)
        form = self._record_form(request, form_class, corrects)
        limit_publication_choices(form, request.user)
        form.instance.corrects = corrects
        if initiative:
            form.instance.initiative = initiative
        self.limit_choices(form)
        if "publication" in fixed:
            form.instance.publication = Publication.DRAFT
        is_valid = request.method == "POST" and form.is_valid()
        second_look = is_valid and self.needs_second_look(request, form)
        if is_valid and not second_look:
            try:
                before, entry = self._record(request, form, initiative, corrects)
            except (ValidationError, IntegrityError, OperationalError) as error:
                add_write_error(form, error)
            else:
                return self._redirect_after_record(request, before, entry)
        fieldsets = self.record_fieldsets(form, fields)
        admin_form = AdminForm(form, fieldsets, {}, (), model_admin=self)
        correct_title = gettext("Correct %(entry)s") % {"entry": self.opts.verbose_name}
        context = {
            **self.admin_site.each_context(request),
            "title": correct_title if corrects else self.record_title,
            "subtitle": str(initiative) if initiative else None,
            "adminform": admin_form,
            "errors": AdminErrorList(form, []),
            "media": self.media + admin_form.media,
            "inline_admin_formsets": [],
            "initiative": initiative,
            "due": due_in_words(initiative) if initiative else "",
            "corrects": corrects,
            "second_look": second_look,
            "is_popup": False,
            "conflict": conflict_of(request),
        }
        page: HttpResponse = self.render_change_form(
            request, context, add=True, form_url=form_url, obj=None
        )
        return page

    def _record_form(self, request: HttpRequest, form_class: Any, corrects: E | None) -> Any:
        if request.method == "POST":
            return form_class(request.POST)
        if corrects:
            return form_class(initial=model_to_dict(corrects, form_class.base_fields))
        return form_class(initial=self.get_changeform_initial_data(request))

    @transaction.atomic
    def _record(
        self, request: HttpRequest, form: Any, initiative: Initiative | None, corrects: E | None
    ) -> tuple[Initiative, E]:
        """The initiative as it was before, and the entry."""
        self.prepare(request, form)
        common: dict[str, Any] = {"by": person(request), "corrects": corrects}
        for name in ("initiative", "report", "locator", "note"):
            common[name] = form.cleaned_data.get(name)
        common["publication"] = form.instance.publication
        common["initiative"] = initiative or common["initiative"]
        before = actions.lock_initiative(common["initiative"].pk)
        entry = self.write(form, **common)
        self.log_addition(request, entry, [{"added": {}}])
        return before, entry

    def _redirect_after_record(
        self, request: HttpRequest, before: Initiative, entry: E
    ) -> HttpResponse:
        is_draft = entry.publication == Publication.DRAFT
        outcome = (
            self.message_draft(request, entry) if is_draft else self.outcome_message(before, entry)
        )
        message = format_html("{}: {}", link_to(entry.initiative), outcome)
        self.message_user(request, message, messages.SUCCESS)
        if "_addanother" in request.POST and not entry.corrects_id:
            report: Report | None = entry.report
            query = {"report": report.pk} if report else {}
            url = reverse(f"admin:initiatives_{self.opts.model_name}_add")
            return HttpResponseRedirect(f"{url}?{urlencode(query)}")
        return HttpResponseRedirect(admin_url(entry.initiative))


def add_write_error(form: forms.BaseForm, error: Exception) -> None:
    """Say in a form that was right why it is not written: what it rests on may be gone, which its own check tells.

    A database that is locked or full is no fault of the form, and is raised on.
    """
    if hindrance_of(error):
        raise error
    form.full_clean()
    if form.errors:
        return
    if not isinstance(error, ValidationError):
        error = ValidationError(_("Somebody else saved at the same moment. Send it again."))
    add_action_errors(form, error)


def add_action_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Show what an action refused, each message at its field if the form has it."""
    by_field: Mapping[str, Any] = (
        error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    )
    for name, errors in by_field.items():
        form.add_error(name if name in form.fields else None, errors)
