"""Loads at the desk, those of the command line included: what each brought, and the page that undoes one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..languages import count
from ..loading.undo import undo
from ..loading.undo_plan import make_undo_plan
from ..loading.undo_plan_types import (
    WORDS,
    UndoAction,
    UndoItem,
    UndoMoved,
    UndoPlan,
    UndoRefused,
)
from ..loading.wording import DocumentTitles, field_in_words
from ..models import Load
from ..recording import permissions
from .base.lists import ListAdmin
from .base.locking import is_form_restored
from .base.records import admin_url, person
from .base.widgets import is_key
from .follow_up.steps import textarea

# Rows of each section that are named; the counts are of all.
NAMED = 300


class UndoForm(forms.Form):
    reason = textarea(
        gettext_lazy("Reason"),
        gettext_lazy("Why it does not hold. Everybody can read it."),
        required=False,
    )


@admin.register(Load)
class LoadAdmin(ListAdmin[Load]):
    """Loads, newest first; nothing edits them."""

    list_display = ("__str__", "result", "state", "loaded_by", "loaded_at")
    list_select_related = ("loaded_by",)
    actions = None

    # --- Rights -----------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return permissions.may_load(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Load | None = None) -> bool:
        return permissions.may_load(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Load | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Load | None = None) -> bool:
        return False

    # --- The list ---------------------------------------------------------------------------------

    @admin.display(description=gettext_lazy("brought"))
    def result(self, load: Load) -> str:
        counts = {"new": count(load.new), "changed": count(load.changed)}
        return _("%(new)s new, %(changed)s changed") % counts

    @admin.display(description=gettext_lazy("state"), ordering="undone_at")
    def state(self, load: Load) -> str:
        return _("Undone") if load.is_undone else _("Loaded")

    # --- Pages ------------------------------------------------------------------------------------

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.undo_view)
        return [
            path("<path:object_id>/undo/", view, name="initiatives_load_undo"),
            *super().get_urls(),
        ]

    def _get_load(self, request: HttpRequest, object_id: str) -> Load:
        if not permissions.may_load(request.user):
            raise PermissionDenied
        key = unquote(object_id)
        rows = Load.objects.select_related("loaded_by", "undone_by", "upload")
        load = is_key(Load, key) and rows.filter(pk=key).first()
        if not load:
            raise Http404
        return load

    def _context(self, request: HttpRequest, load: Load, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "original": load,
            "load": load,
            "media": self.media,
        }

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """What the load was of, when and by whom, and whether it is undone."""
        load = self._get_load(request, object_id)
        titles = DocumentTitles()
        titles.request(load.sources)
        context = {
            **self._context(request, load, str(load)),
            "result": self.result(load),
            "files": [file | {"document": titles.of(file["source"])} for file in load.files],
        }
        return TemplateResponse(request, "admin/initiatives/load.html", context)

    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what undoing the load would do, and do it as shown."""
        load = self._get_load(request, object_id)
        form = UndoForm(request.POST if request.method == "POST" else None)
        moved = False
        if form.is_valid() and not is_form_restored(self, request):
            try:
                self._undo(request, load, form.cleaned_data["reason"])
            except UndoMoved:
                moved = True
            except (UndoRefused, ValidationError) as error:
                form.add_error(None, error if isinstance(error, ValidationError) else str(error))
            else:
                return HttpResponseRedirect(admin_url(load))
        try:
            plan = make_undo_plan(load)
        except UndoRefused as refusal:
            self.message_user(request, str(refusal), messages.WARNING)
            return HttpResponseRedirect(admin_url(load))
        context = {
            **self._context(request, load, _("Undo this load")),
            "subtitle": str(load),
            "form": form,
            "plan": plan,
            "has_moved": moved,
            "columns": list(WORDS.values()),
            "counts": _counts(plan),
            "sections": _sections(plan),
        }
        return TemplateResponse(request, "admin/initiatives/undo_load.html", context)

    def _undo(self, request: HttpRequest, load: Load, reason: str) -> None:
        digest = request.POST.get("digest", "")
        undo(load.pk, by=person(request), reason=reason, expected=digest)
        self.log_change(request, load, "Undone.")
        self.message_user(request, _("The load is undone."), messages.SUCCESS)


def _counts(plan: UndoPlan) -> list[dict[str, Any]]:
    words = {item.kind: item.word for item in plan.items}
    return [
        {"kind": words[kind], "counts": [row.get(action.value, 0) for action in WORDS]}
        for kind, row in plan.counts.items()
    ]


def _in_words(item: UndoItem) -> UndoItem:
    return replace(item, fields=[field_in_words(item.kind, name) for name in item.fields])


def _sections(plan: UndoPlan) -> list[dict[str, Any]]:
    """What becomes of rows, one section for each answer; those that stay, with the reason, first."""
    order = [UndoAction.STAYS, *(action for action in WORDS if action != UndoAction.STAYS)]
    of_action = {action: plan.of(action) for action in order}
    return [
        {
            "action": action.value,
            "title": WORDS[action],
            "items": [_in_words(item) for item in items[:NAMED]],
            "count": len(items),
            "more": max(len(items) - NAMED, 0),
        }
        for action, items in of_action.items()
        if items
    ]
