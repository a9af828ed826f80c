"""Two people in one form: whoever saves second is shown both versions, and saves again knowingly.

A form carries, signed, what its fields held when it was drawn, inlines included. While the row is locked for saving,
that is compared with what they would hold now; derived columns, which nobody types, are no conflict.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import connection, router, transaction
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from ...recording.bulk_history import deleted_row
from .form_merge import EditConflict, FormWithInlines, merge
from .restoring import OFFER, RESTORE, render_unsaved
from .widgets import is_key, offering

# The hidden box with the version.
VERSION = "_version"
SALT = "initiatives.admin.locking"


class HeldBackForm(forms.BaseModelForm[Any]):
    """A form that is sent back, whatever it holds, while the person has to look at it first."""

    reason: str

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound:
            self.add_error(None, ValidationError(self.reason, code="held_back"))


class OfferedForm(forms.BaseModelForm[Any]):
    """A form that is sent back with rows to choose from; what is wrong with it is said when it is to be saved."""

    def full_clean(self) -> None:
        super().full_clean()
        self._errors = ErrorDict()

    def is_valid(self) -> bool:
        return False


class Locked(ModelAdmin[Any]):
    """An admin whose rows are saved by one person at a time, and over nobody's head."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """The row; locked until the end when it is about to be written, so that nothing goes in between."""
        obj = super().get_object(request, object_id, from_field)
        if obj is None or request.method != "POST" or not connection.in_atomic_block:
            return obj
        # "No key" lets entries that refer to the row be written meanwhile, which cannot clash.
        rows = self.get_queryset(request).select_for_update(of=("self",), no_key=True)
        return rows.filter(pk=obj.pk).first()

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        if request.method != "POST":
            return super().changeform_view(request, object_id, *args, **kwargs)
        with transaction.atomic(using=router.db_for_write(self.model)):
            if object_id is not None:
                row = self.get_object(request, unquote(object_id))
                if row is None and (page := self._deleted_page(request, unquote(object_id))):
                    return page
                self._merge_with_saved(request, row)
            return super().changeform_view(request, object_id, *args, **kwargs)

    def form_options(self, request: HttpRequest) -> dict[str, Any]:
        """What ``get_form`` is called with besides, for the form that is drawn and the one it is compared with."""
        return {}

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs = {**self.form_options(request), **kwargs}
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if conflict := conflict_of(request):
            reason = conflict.message
        elif RESTORE in request.POST:
            reason = restored_message()
        elif OFFER in request.POST:
            return type(form)(form.__name__, (OfferedForm, offering(form)), {})
        else:
            return form
        return type(form)(form.__name__, (HeldBackForm, form), {"reason": reason})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        if OFFER in request.POST:
            self.message_user(request, _("Choose from the lists. Nothing is saved yet."))
        row = kwargs.get("obj")
        if row is not None and kwargs.get("change") and self.has_change_permission(request, row):
            conflict = conflict_of(request)
            posted = request.POST.get(VERSION, "")
            inlines = context["inline_admin_formsets"]
            form = FormWithInlines(
                context["adminform"].form,
                [inline.formset for inline in inlines if inline.has_change_permission],
            )
            context["conflict"] = conflict
            # After a mistake it is still the version that the person began with.
            context["version"] = conflict.version if conflict else posted or sign_version(row, form)
        return super().render_change_form(request, context, *args, **kwargs)

    def _deleted_page(self, request: HttpRequest, key: str) -> HttpResponse | None:
        """What was typed about a row that was deleted meanwhile; None for a row that never was."""
        if not hasattr(self.model, "history") or not is_key(self.model, key):
            return None
        if not self.has_change_permission(request) or deleted_row(self.model, key) is None:
            return None
        kind = self.opts.verbose_name
        page = f"admin:{self.opts.app_label}_{self.opts.model_name}_history"
        context = {
            **self.admin_site.each_context(request),
            "gone": _("Somebody has deleted this %(kind)s.") % {"kind": kind},
            "history_url": reverse(page, args=[key]),
        }
        return render_unsaved(request, context)

    def _merge_with_saved(self, request: HttpRequest, row: Any) -> None:
        """Lock the inlines of the row; merge what was typed with what others saved since the form was drawn."""
        if row is None or not self.has_change_permission(request, row):
            return
        current = self._current_form(request, row)
        before = read_version(row, request.POST.get(VERSION, ""))
        if before == current.values:
            return
        conflict, posted = merge(current, before, request.POST, request.FILES)
        if not conflict.differs:
            return
        conflict.version = sign_version(row, current)
        if hasattr(row, "history"):
            conflict.latest = row.history.select_related("history_user").first()
        hold_back(request, conflict, posted)

    def _current_form(self, request: HttpRequest, row: Any) -> FormWithInlines:
        fields = flatten_fieldsets(self.get_fieldsets(request, row))
        form_class = super().get_form(
            request, row, change=True, fields=fields, **self.form_options(request)
        )
        form = form_class(instance=row)
        formsets = []
        prefixes: dict[str, int] = {}
        for formset_class, inline in self.get_formsets_with_inlines(request, row):
            # As Django names them.
            prefix = formset_class.get_default_prefix()
            prefixes[prefix] = prefixes.get(prefix, 0) + 1
            if prefixes[prefix] != 1 or not prefix:
                prefix = f"{prefix}-{prefixes[prefix]}"
            if not inline.has_change_permission(request, row):
                continue
            rows = inline.model._default_manager.filter(**{formset_class.fk.name: row})
            list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))
            queryset = inline.get_queryset(request)
            formsets.append(formset_class(instance=row, prefix=prefix, queryset=queryset))
        return FormWithInlines(form, formsets)


def hold_back(request: HttpRequest, conflict: EditConflict, posted: Any) -> None:
    """Let the forms of a request be sent back with a conflict, holding what was merged."""
    request.POST = posted
    request._conflict = conflict  # type: ignore[attr-defined]


def is_form_restored(admin: Any, request: HttpRequest) -> bool:
    """Whether a form is to be shown with what was typed and not to be taken; the person is told so."""
    if RESTORE not in request.POST:
        return False
    admin.message_user(request, restored_message(), messages.WARNING)
    return True


def conflict_of(request: HttpRequest) -> EditConflict | None:
    return getattr(request, "_conflict", None)


def restored_message() -> str:
    return _("This is what you typed. It is not saved yet: look at it and save it.")


def _row_key(row: Any) -> str:
    return f"{row._meta.label_lower}/{row.pk}"


def sign_version(row: Any, form: FormWithInlines) -> str:
    """What the form of a row held, to be carried by the form itself."""
    return signing.dumps([_row_key(row), form.values], salt=SALT, compress=True)


def read_version(row: Any, version: str) -> Any:
    """What the form of that row held when it was drawn; None where that cannot be known."""
    try:
        row_key, values = signing.loads(version, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return values if row_key == _row_key(row) else None
