"""Rows that say who may sign in and do what: written only by who confirms that it is they, and logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _

from ..base.locking import OfferedForm
from . import confirmation, sign_in

if TYPE_CHECKING:
    Base = ModelAdmin[Any]
else:
    Base = object


class ConfirmationRequiredForm(forms.BaseModelForm[Any]):
    """A form that asks for the confirmation when all of its page is valid, the rows of inlines included."""

    request: HttpRequest

    def full_clean(self) -> None:
        super().full_clean()
        # Of a form that is sent back with rows to choose from nothing is written.
        if not self.is_bound or self.errors or isinstance(self, OfferedForm):
            return
        formsets = self.request.__dict__["_formsets"]
        if all(formset.is_valid() for formset in formsets) and not confirmation.is_confirmed(
            self.request
        ):
            self.add_error(None, ValidationError(confirmation.NOT_CONFIRMED, code="not_confirmed"))


class ConfirmationRequiredMixin(Base):
    """Stands before ``Locked`` and ``Guarded``: what they refuse is refused before anything is asked."""

    delete_confirmation_template = "admin/initiatives/delete.html"
    delete_selected_confirmation_template = "admin/initiatives/delete_selected.html"
    actions = ("delete_selected",)

    # --- Saving -----------------------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        return type(form)(form.__name__, (ConfirmationRequiredForm, form), {"request": request})

    # Django has no public hook that sees the formsets before the form is checked.
    def _create_formsets(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        formsets, inlines = super()._create_formsets(request, *args, **kwargs)  # type: ignore[misc]
        request.__dict__["_formsets"] = formsets
        return formsets, inlines

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        if kwargs.get("add") or self.has_change_permission(request, kwargs.get("obj")):
            context["confirmation"] = confirmation.get_form(request)
        return super().render_change_form(request, context, *args, **kwargs)

    # --- Deleting ---------------------------------------------------------------------------------

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        may_delete = self.has_delete_permission(request, row)
        if request.method == "POST" and may_delete and not confirmation.is_confirmed(request):
            # To Django it is the question whether one is sure, which is then asked once more.
            request.POST = QueryDict()
        context = {**(extra_context or {}), "confirmation": confirmation.get_form(request)}
        return super().delete_view(request, object_id, context)

    @admin.action(permissions=["delete"], description=_("Delete selected %(verbose_name_plural)s"))
    def delete_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        if "post" in request.POST and not confirmation.is_confirmed(request):
            posted = request.POST.copy()
            del posted["post"]
            request.POST = posted  # type: ignore[assignment]
        page: Any = delete_selected(self, request, queryset)
        if page is not None:
            page.context_data["confirmation"] = confirmation.get_form(request)
        return page  # type: ignore[no-any-return]

    # --- The log ----------------------------------------------------------------------------------

    def log_values(self, row: Any) -> dict[str, Any]:
        """What the log says of a row before and after: all that rights follow from, by the name of its box."""
        return {}

    def deletion_event(self, row: Any) -> str:
        return f"{self._describe(row)} deleted"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        form.log_values_before = self.log_values(self._reload(obj)) if change else {}
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        row = form.instance
        after = self.log_values(self._reload(row))
        details = [
            describe_change(name, form.log_values_before.get(name), value)
            for name, value in after.items()
            if form.log_values_before.get(name) != value and (change or value)
        ]
        # What is nobody's right is named, and not repeated.
        details += [name for name in form.changed_data if change and name not in after]
        event = f"{self._describe(row)} {'changed' if change else 'added'}"
        sign_in.log(request, event, detail="; ".join(details) or "nothing")

    def _describe(self, row: Any) -> str:
        return f"{self.opts.verbose_name_raw} {str(row)!r}"

    def _reload(self, row: Any) -> Any:
        return self.model._default_manager.get(pk=row.pk)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        for row in queryset:
            sign_in.log(request, self.deletion_event(row))
        return super().log_deletions(request, queryset)


def describe_change(name: str, before: Any, after: Any) -> str:
    """One difference in the words of the log; of many values only those that came and went."""
    if isinstance(after, frozenset):
        added, removed = sorted(after - (before or set())), sorted((before or set()) - after)
        return f"{name} added {added} removed {removed}"
    return f"{name} {before!r} → {after!r}"
