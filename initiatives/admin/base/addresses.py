"""A record under a new address, at the desk: the old one leads on for good."""

from __future__ import annotations

from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ...models import Record
from ...recording import permissions
from ...recording.renaming import rename
from .locking import is_form_restored
from .records import RecordAdmin, admin_url, person
from .widgets import is_key

M = TypeVar("M", bound=Record)

NEW_ADDRESS = _("Change address")
WARNING = _(
    "Links, filters and report files with the old id go on working: they lead here for good, and no other record gets "
    "it. Entries keep their names. The register of corrections says that the address is new."
)


class AddressForm(forms.Form):
    key = forms.CharField(
        label=_("New id"),
        max_length=100,
        help_text=_("Lower-case letters a–z, digits and single hyphens."),
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Everybody can read it."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
    )
    # The id when the form was drawn.
    before = forms.CharField(widget=forms.HiddenInput)


class AddressAdmin(RecordAdmin[M]):
    """Rows whose id people chose once and may change."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.address_view)
        name = f"initiatives_{self.opts.model_name}_address"
        return [path("<int:pk>/address/", view, name=name), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = (
            is_key(self.model, object_id)
            and self.model._default_manager.filter(pk=object_id).first()
        )
        steps = self.record_steps(request, row) if row else []
        extra = {**(extra_context or {}), "record_steps": steps}
        response: HttpResponse = super().change_view(request, object_id, form_url, extra)
        return response

    def record_steps(self, request: HttpRequest, row: M) -> list[tuple[str, Any]]:
        """What may be done to the record as a whole: the last part of each address and its label."""
        return [("address", NEW_ADDRESS)] if permissions.may(request.user, "change", row) else []

    def address_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give one row another id, after asking."""
        if not is_key(self.model, pk):
            raise Http404
        row = self.get_row_or_deleted(request, pk)
        permissions.require(person(request), "change", row)
        field = self.model.natural_key_fields[0]
        now = getattr(row, field)
        form = AddressForm(
            request.POST if request.method == "POST" else None, initial={"key": now, "before": now}
        )
        if form.is_valid() and not is_form_restored(self, request):
            try:
                self._rename(request, row, form.cleaned_data)
            except ValidationError as error:
                faults = error.message_dict.get(field) if hasattr(error, "error_dict") else None
                form.add_error("key" if faults else None, faults or error.messages)
            else:
                return HttpResponseRedirect(admin_url(row))
        context = {
            **self.admin_site.each_context(request),
            "title": NEW_ADDRESS,
            "subtitle": str(row),
            "opts": self.opts,
            "row": row,
            "form": form,
            "warning": WARNING,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/initiatives/step.html", context)

    def _rename(self, request: HttpRequest, row: M, values: dict[str, Any]) -> None:
        rename(
            by=person(request),
            row=row,
            key=values["key"],
            reason=values["reason"],
            before=values["before"],
        )
        addresses = {"old": values["before"], "new": values["key"].strip()}
        self.log_change(request, row, "New address: {old} → {new}.".format(**addresses))
        words = gettext("Its id is “%(new)s” now. “%(old)s” leads here.") % addresses
        self.message_user(request, words, messages.SUCCESS)
