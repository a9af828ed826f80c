"""What the public page of a row would show if all drafts were public: for people of the desk only, kept nowhere."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from ...as_of.current import CurrentView
from ...as_of.preview import PreviewView
from ...models import Record
from ...recording import permissions
from .addresses import AddressAdmin
from .records import person
from .widgets import is_key

M = TypeVar("M", bound=Record)


class PreviewAdmin(AddressAdmin[M]):
    """Rows with a page of their own."""

    @abstractmethod
    def public_page(self, request: HttpRequest, view: CurrentView, row: Any) -> HttpResponse:
        """The page of a row as a view of the record shows it."""

    def preview_rows(self, view: PreviewView) -> Any:
        """The rows with what that page reads of them."""
        return self.model._default_manager.all()

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_safe(self.preview_view))
        name = f"initiatives_{self.opts.model_name}_preview"
        return [path("<int:pk>/preview/", view, name=name), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        extra = {**(extra_context or {}), "may_preview": True}
        response: HttpResponse = super().change_view(request, object_id, form_url, extra)
        return response

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = PreviewView()
        rows = self.preview_rows(view).filter(pk=pk) if is_key(self.model, pk) else ()
        for row in view.as_known(rows):
            permissions.require(person(request), "view", row)
            return self.public_page(request, view, row)
        raise Http404
