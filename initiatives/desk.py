"""The staff's desk: Django's admin site under the tracker's name."""

from __future__ import annotations

from django.apps import apps
from django.contrib.admin import AdminSite
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class Desk(AdminSite):
    site_header = site_title = _("Initiative tracker")
    index_title = _("Desk")

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Search rows for a picker; a relation that no form picks from is refused, not an error 500."""
        asked = request.GET
        try:
            model = apps.get_model(asked.get("app_label", ""), asked.get("model_name", ""))
            picked = model._meta.get_field(asked.get("field_name", "")).concrete
        except (LookupError, ValueError, FieldDoesNotExist):
            picked = False
        if not picked:
            raise PermissionDenied
        return super().autocomplete_view(request)
