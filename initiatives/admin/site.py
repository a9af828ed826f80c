"""The staff's desk: Django's admin site under the tracker's name."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import TYPE_CHECKING, Any, cast

from django.apps import apps
from django.contrib.admin import AdminSite
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from ..recording import permissions
from .account import confirmation, form_recovery, sign_in, two_factor, two_factor_pages
from .inbox.model_groups import everyday_lists, model_groups

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def saved_filters_of(site: AdminSite, request: HttpRequest) -> HttpResponse:
    # Its models are not there yet when the site is made.
    from .base.saved_filters import saved_filters_view

    return saved_filters_view(site, request)


def translation_list_of(site: AdminSite, request: HttpRequest) -> HttpResponse:
    from .translation_list import translation_list

    return translation_list(site, request)


class DeskSite(AdminSite):
    site_header = site_title = _("Initiative tracker")
    index_title = _("Inbox")
    enable_nav_sidebar = False
    # What is shown where there is nothing.
    empty_value_display = "–"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Let nobody on whose session is over, or whose second factor is missing."""

        def after_both_factors(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            step = two_factor.missing_step(request)
            match = request.resolver_match
            if step and (match is None or match.url_name not in two_factor.OPEN_PAGES):
                return two_factor.redirect_to_step(step, request)
            return view(request, *args, **kwargs)

        inner = super().admin_view(update_wrapper(after_both_factors, view), cacheable)

        def within_limits(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            sign_in.end_expired_session(request)
            if response := form_recovery.save_form_if_signed_out(request, self):
                return response
            return inner(request, *args, **kwargs)

        return update_wrapper(within_limits, inner)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """As Django has it; and the lists that lead on, which a template asks for where it shows them."""
        return {
            **super().each_context(request),
            "everyday_lists": partial(everyday_lists, self, request),
            "model_groups": partial(model_groups, self, request),
        }

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        sign_in.replace_foreign_next(request)
        return super().login(request, extra_context)

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        sign_in.replace_foreign_next(request)
        return super().logout(request, extra_context)

    def get_urls(self) -> list[Any]:
        def page(view: Callable[..., Any]) -> Any:
            return self.admin_view(partial(view, self))

        # Before Django's own, which tells the address of any row to all staff.
        view_on_site = self.admin_view(self.view_on_site)
        urls = [
            path("r/<path:content_type_id>/<path:object_id>/", view_on_site, name="view_on_site"),
            path("saved-filters/", page(saved_filters_of), name="saved_filters"),
            path("translations/", page(translation_list_of), name="translations"),
            path("typed/", page(form_recovery.unsaved_forms_view), name="typed"),
            path("two-factor/", page(two_factor_pages.overview), name="two_factor"),
            path("two-factor/code/", page(two_factor_pages.code_view), name="two_factor_code"),
            path(
                "two-factor/set-up/", page(two_factor_pages.set_up_view), name="two_factor_set_up"
            ),
            path("two-factor/codes/", page(two_factor_pages.codes_view), name="two_factor_codes"),
            path("two-factor/off/", page(two_factor_pages.off_view), name="two_factor_off"),
        ]
        return urls + super().get_urls()

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Only of one app: Django would list all models on every page, and a seventh of its time goes there."""
        return super().get_app_list(request, app_label) if app_label else []

    @method_decorator(sensitive_post_parameters())
    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Any = None
    ) -> HttpResponse:
        """A new password of one's own, which ends all other sessions of the person."""
        user = cast("User", request.user)
        form = SetPasswordForm(user, request.POST if request.method == "POST" else None)

        def save() -> None:
            form.save()
            update_session_auth_hash(request, user)

        sent = request.method == "POST" and form.is_valid()
        if sent and confirmation.write_if_confirmed(request, save):
            sign_in.log(request, "own password changed")
            return HttpResponseRedirect(reverse("admin:password_change_done"))
        context = {
            **self.each_context(request),
            "title": _("Change password"),
            "form": form,
            "confirmation": confirmation.get_form(request),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/initiatives/own_password.html", context)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """What waits for the person, beside the lists of all that there is."""
        # Its models are not there yet when the site is made.
        from .inbox.page import inbox_of

        return super().index(request, {**(extra_context or {}), "inbox": inbox_of(request)})

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        context = {"title": _("Lists"), **(extra_context or {})}
        return super().app_index(request, app_label, context)

    def view_on_site(
        self, request: HttpRequest, content_type_id: str, object_id: str
    ) -> HttpResponse:
        """The way to the public page of a row, for who may see the row."""
        if not (content_type_id.isdecimal() and object_id.isdecimal()):
            raise Http404
        content_type = get_object_or_404(ContentType, pk=int(content_type_id))
        model = content_type.model_class()
        if model is None or not hasattr(model, "get_absolute_url"):
            raise Http404
        permissions.require(cast("User", request.user), "view", model)
        row = get_object_or_404(model, pk=int(object_id))
        return HttpResponseRedirect(row.get_absolute_url())

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Search rows for a picker; a relation that no form picks from is refused, not an error 500."""
        query = request.GET
        try:
            model = apps.get_model(query.get("app_label", ""), query.get("model_name", ""))
            is_picked = model._meta.get_field(query.get("field_name", "")).concrete
        except (LookupError, ValueError, FieldDoesNotExist):
            is_picked = False
        if not is_picked:
            raise PermissionDenied
        from .base.labels import PickerView

        return PickerView.as_view(admin_site=self)(request)  # type: ignore[return-value]
