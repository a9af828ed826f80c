"""Rows deleted as they were seen: whoever asked before somebody else changed them is told of it first."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from .versions import Versioned
from .widgets import is_key

# The box of the question, and the parameter of the way to it: the latest versions that the person has seen.
SEEN_FIELD, SEEN = "_seen", "seen"


class DeletedAsSeen(Versioned):
    """An admin whose pages that ask about a deletion carry which versions they show, and are held to them."""

    delete_confirmation_template = "admin/initiatives/delete.html"
    delete_selected_confirmation_template = "admin/initiatives/delete_selected.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        row = kwargs.get("obj")
        if row is not None and row.pk and self.has_delete_permission(request, row):
            context["seen"] = request.POST.get(SEEN_FIELD) or self.latest_versions([row.pk])
        return super().render_change_form(request, context, *args, **kwargs)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        key = unquote(object_id)
        if not is_key(self.model, key):
            return super().delete_view(request, object_id, extra_context)
        now = self.latest_versions([int(key)])
        is_answer = request.method == "POST"
        before = (request.POST.get(SEEN_FIELD) if is_answer else request.GET.get(SEEN)) or ""
        if is_answer and before != now:
            # To Django it is the question, which is then asked once more.
            request.POST = QueryDict()
        asked = {
            "seen": now,
            "has_changed": before not in ("", now),
            "is_unseen": is_answer and not before,
        }
        response: HttpResponse = super().delete_view(
            request, object_id, {**(extra_context or {}), **asked}
        )
        return response

    def get_actions(self, request: HttpRequest) -> Any:
        actions: Any = super().get_actions(request)
        if "delete_selected" in actions:
            _function, name, description = actions["delete_selected"]
            actions["delete_selected"] = (DeletedAsSeen.delete_rows, name, description)
        return actions

    @admin.action(permissions=["delete"])
    def delete_rows(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        now = self.latest_versions(queryset.order_by().values_list("pk", flat=True))
        before = request.POST.get(SEEN_FIELD) or ""
        if "post" in request.POST and before != now:
            posted = request.POST.copy()
            del posted["post"]
            request.POST = posted  # type: ignore[assignment]
            message = (
                _("Somebody has changed one of these meanwhile. Look at them again.")
                if before
                else _("Nothing is deleted yet: look at all that goes, then decide.")
            )
            self.message_user(request, message, messages.WARNING)
        page: Any = delete_selected(self, request, queryset)
        if page is not None:
            page.context_data["seen"] = now
        return page  # type: ignore[no-any-return]
