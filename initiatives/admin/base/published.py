"""Reports, meetings, participants and themes that are drafts: told of in lists and forms, and shown by a publisher."""

from __future__ import annotations

from typing import Any, TypeVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from ...models import Publication, Published
from ...recording import permissions
from ...recording.basis import show
from .locking import is_form_restored
from .preview import PreviewAdmin
from .records import admin_url, person
from .widgets import is_key

M = TypeVar("M", bound=Published)

SHOW = _("Show to the public")


class PublishedAdmin(PreviewAdmin[M]):
    """Rows that are drafts until something public rests on them, or until somebody who may publish shows them."""

    actions: Any = ("show_rows",)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return permissions.may(request.user, "publish", self.model)

    def get_list_display(self, request: HttpRequest) -> Any:
        return [*super().get_list_display(request), "publication"]

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [*super().get_list_filter(request), "publication"]

    def view_on_site(self, obj: M) -> str | None:
        page: Any = obj
        return page.get_absolute_url() if obj.is_public else None

    @admin.action(description=SHOW, permissions=["publish"])
    @transaction.atomic
    def show_rows(self, request: HttpRequest, queryset: Any) -> None:
        """Show the drafts among the rows; why one was refused is told."""
        count = 0
        for row in queryset.filter(publication=Publication.DRAFT):
            try:
                show(by=person(request), row=row)
                count += 1
            except PermissionDenied as error:
                message = format_html("{}: {}", row, " ".join(map(str, error.args)))
                self.message_user(request, message, messages.ERROR)
        words = ngettext("%(count)d row is public now.", "%(count)d rows are public now.", count)
        level = messages.SUCCESS if count else messages.WARNING
        self.message_user(request, words % {"count": count}, level)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.show_view)
        name = f"initiatives_{self.opts.model_name}_show"
        return [path("<int:pk>/show/", view, name=name), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        rows = self.model._default_manager.filter(publication=Publication.DRAFT)
        row = rows.filter(pk=object_id).first() if is_key(self.model, object_id) else None
        may_show = row is not None and permissions.may(request.user, "publish", row)
        steps = {"steps": [("show", SHOW)] if may_show else [], "is_draft": row is not None}
        extra = {**(extra_context or {}), **steps}
        response: HttpResponse = super().change_view(request, object_id, form_url, extra)
        return response

    def show_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show one row to the public, after asking."""
        if not is_key(self.model, pk):
            raise Http404
        row = self.get_row_or_deleted(request, pk)
        permissions.require(person(request), "publish", row)
        if request.method == "POST" and not is_form_restored(self, request):
            show(by=person(request), row=row)
            self.log_change(request, row, "Shown to the public.")
            self.message_user(request, gettext("It is public now."), messages.SUCCESS)
            return HttpResponseRedirect(admin_url(row))
        context = {
            **self.admin_site.each_context(request),
            "title": SHOW,
            "subtitle": str(row),
            "opts": self.opts,
            "row": row,
            "form": forms.Form(),
            "asks_nothing": True,
            "mention_preview": gettext(
                "What it rests on becomes public with it: of a report its meeting, its original and who issued it; of "
                "a meeting its host and who came. It is never a draft again."
            ),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/initiatives/step.html", context)
