"""Staff, their roles and dialogues, and who tried to sign in: for administrators."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from axes.models import AccessAttempt, AccessLog
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django_otp.plugins.otp_static import admin as static_admin
from django_otp.plugins.otp_totp import admin as totp_admin

from ...models import Assignment
from ...recording import permissions
from ..base.lists import ListAdmin
from ..base.locking import Locked
from ..base.permissions import Guarded, GuardedInline
from ..base.records import admin_url, person
from ..base.widgets import PicksRelatedRows, is_key
from . import confirmation, sign_in, two_factor
from .confirmation_required import ConfirmationRequiredMixin
from .new_person import MAY_SIGN_IN, NEW_PERSON_FIELDSETS, NewPersonForm, RolesField

# Their pages would show the secrets of authenticator apps to whoever may look at them.
admin.site.unregister([User, Group, totp_admin.TOTPDevice, static_admin.StaticDevice])

PASSWORD_MESSAGES = {
    "set": _("%(name)s has a new password."),
    "taken away": _("%(name)s has no password any more, and cannot sign in with one."),
}
# What an administrator would gain more by than they have.
ONLY_SUPERUSERS = ("is_superuser", "user_permissions")


def _permission_names(permissions: Any) -> frozenset[str]:
    names = permissions.values_list("content_type__app_label", "codename")
    return frozenset(f"{app}.{codename}" for app, codename in names)


class PasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]
    """As Django's, which finds out after everything else that its button says the opposite of its boxes."""

    # The id is what Django's script shows it by.
    usable_password_help_text = format_lazy(  # type: ignore[assignment]
        '{} <ul id="id_unusable_warning" class="messagelist"><li class="warning">{}</li></ul>',
        _("Without a password they cannot sign in: there is no other way."),
        _("The password that they have now is lost."),
    )

    def clean(self) -> Any:
        cleaned = super().clean()
        if not self.cleaned_data["set_usable_password"] and "unset-password" not in self.data:
            raise ValidationError(
                _("To take the password away, use the button that says so: nothing is saved yet.")
            )
        return cleaned


class AssignmentInline(GuardedInline, PicksRelatedRows, admin.TabularInline[Assignment, User]):
    """The dialogues that a person works on."""

    model = Assignment
    fields = ("dialogue",)
    autocomplete_fields = ("dialogue",)
    extra = 0
    max_num = 100
    verbose_name = _("dialogue of their own")
    verbose_name_plural = _("dialogues of their own; with none, they work on all")


@admin.register(User)
class StaffAdmin(ConfirmationRequiredMixin, Locked, Guarded, ListAdmin[User], UserAdmin[User]):
    """People are never deleted, since the history names them; they are made inactive."""

    inlines = (AssignmentInline,)
    add_form, add_fieldsets = NewPersonForm, NEW_PERSON_FIELDSETS
    add_form_template = "admin/initiatives/person_add_form.html"
    change_form_template = "admin/initiatives/change_form.html"

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        # The form of a new person has a box for them.
        return self.inlines if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return fieldsets
        return [
            (title, {**part, "fields": [n for n in part["fields"] if n not in ONLY_SUPERUSERS]})
            for title, part in fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return [*super().get_readonly_fields(request, obj), "last_login", "date_joined"]

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if obj is None and "groups" in form.base_fields:
            # Of this form alone: the field of its class is everybody's.
            groups = form.base_fields["groups"] = deepcopy(form.base_fields["groups"])
            granted = permissions.groups_to_grant(person(request))
            groups.queryset = Group.objects.filter(pk__in=granted)
        return form

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            granted = permissions.groups_to_grant(person(request))
            kwargs["queryset"] = Group.objects.filter(pk__in=granted)
            # As in the form of a new person.
            kwargs |= {"widget": forms.CheckboxSelectMultiple, "label": _("Roles"), "help_text": ""}
            kwargs["form_class"] = RolesField
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "is_staff":
            kwargs["help_text"] = MAY_SIGN_IN
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        row = kwargs.get("obj")
        if row and two_factor.get_authenticator(row) and self.has_change_permission(request, row):
            context["record_steps"] = [("two_factor", gettext("Drop the second factor"))]
        return super().render_change_form(request, context, *args, **kwargs)

    def log_values(self, row: User) -> dict[str, Any]:
        return {
            "username": row.username,
            "is_active": row.is_active,
            "is_staff": row.is_staff,
            "is_superuser": row.is_superuser,
            "groups": sorted(row.groups.values_list("name", flat=True)),
            "user_permissions": _permission_names(row.user_permissions),
            "dialogues": sorted(row.assignments.values_list("dialogue__slug", flat=True)),
        }

    # --- The password of somebody, and the second factor of who has lost it -----------------------

    @method_decorator(sensitive_post_parameters())
    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002
        form_url: str = "",
    ) -> HttpResponse:
        """Set a person's password, or take it away; as Django has it, and confirmed."""
        user = self._get_user_to_change(request, unquote(id))
        form = PasswordForm(user, request.POST if request.method == "POST" else None)

        def save() -> None:
            form.save()
            # Whoever sets their own stays signed in.
            update_session_auth_hash(request, user)
            self.log_change(request, user, self.construct_change_message(request, form, []))

        is_valid = request.method == "POST" and form.is_valid()
        if is_valid and confirmation.write_if_confirmed(request, save):
            outcome = "set" if user.has_usable_password() else "taken away"
            sign_in.log(request, f"password {outcome}", of=user)
            message = PASSWORD_MESSAGES[outcome] % {"name": user}
            self.message_user(request, message, messages.SUCCESS)
            return HttpResponseRedirect(admin_url(user))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Password of %(name)s") % {"name": user},
            "opts": self.opts,
            "original": user,
            "form": form,
            "confirmation": confirmation.get_form(request),
        }
        return TemplateResponse(request, "admin/initiatives/set_password.html", context)

    def _get_user_to_change(self, request: HttpRequest, key: str) -> User:
        if not self.has_change_permission(request):
            raise PermissionDenied
        user = User.objects.filter(pk=key).first() if is_key(User, key) else None
        if user is None:
            raise Http404
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        return user

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.remove_two_factor_view)
        return [
            path("<key>/two-factor/", view, name="auth_user_two_factor"),
            *super().get_urls(),
        ]

    def remove_two_factor_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """Delete the authenticator app and the recovery codes of a person, who sets them up anew."""
        user = self._get_user_to_change(request, key)

        def remove() -> None:
            two_factor.remove_devices(user)
            self.log_change(request, user, "Second factor dropped.")

        authenticator = two_factor.get_authenticator(user)
        can_remove = request.method == "POST" and authenticator
        if can_remove and confirmation.write_if_confirmed(request, remove):
            sign_in.log(request, "second factor dropped", of=user)
            message = gettext("The second factor of %(name)s is off.")
            self.message_user(request, message % {"name": user}, messages.SUCCESS)
            return HttpResponseRedirect(admin_url(user))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Drop the second factor?"),
            "subtitle": str(user),
            "opts": self.opts,
            "person": user,
            "authenticator": authenticator,
            "confirmation": confirmation.get_form(request),
        }
        return TemplateResponse(request, "admin/initiatives/drop_two_factor.html", context)


@admin.register(Group)
class StaffGroupAdmin(ConfirmationRequiredMixin, Locked, Guarded, ListAdmin[Group], GroupAdmin):
    change_form_template = "admin/initiatives/change_form.html"

    def log_values(self, row: Group) -> dict[str, Any]:
        return {"name": row.name, "permissions": _permission_names(row.permissions)}


def _name_and_address(row: AccessAttempt | AccessLog) -> str:
    return gettext("%(name)s from %(address)s") % {"name": row.username, "address": row.ip_address}


# Their own names tell when, and not who; they stand in questions, messages and the history.
for _model in (AccessAttempt, AccessLog):
    _model.add_to_class("__str__", _name_and_address)


class AccessRecordAdmin(ConfirmationRequiredMixin, ListAdmin[Any]):
    """What django-axes wrote down, to look at."""

    list_display: Any = ("attempt_time", "username", "ip_address")
    search_fields = ("username", "ip_address")
    record_fields: tuple[str, ...] = ("attempt_time", "username", "ip_address", "user_agent")

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.record_fields

    def deletion_event(self, row: Any) -> str:
        return f"{self.opts.verbose_name_raw} of {row.username!r} from {row.ip_address} deleted"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AccessAttempt)
class AccessAttemptAdmin(AccessRecordAdmin):
    """Names that were tried in vain; whoever deletes one lifts its pause."""

    list_display = (*AccessRecordAdmin.list_display, "failures_since_start")
    record_fields = (*AccessRecordAdmin.record_fields, "failures_since_start")

    def deletion_event(self, row: AccessAttempt) -> str:
        return f"pause lifted for {row.username!r} at {row.ip_address}"


@admin.register(AccessLog)
class AccessLogAdmin(AccessRecordAdmin):
    """Who signed in and out, when and from where."""

    list_display = (*AccessRecordAdmin.list_display, "logout_time")
    record_fields = (*AccessRecordAdmin.record_fields, "logout_time")
