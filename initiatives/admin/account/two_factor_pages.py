"""The pages on which staff set up the second factor, give a code of it, renew its recovery codes or turn it off."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import django_otp
import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from . import confirmation, sign_in, two_factor

if TYPE_CHECKING:
    from django_otp.models import Device

# In the session while the authenticator app is being set up: its secret.
KEY = "two_factor_key"


def _code_field(help_text: Any) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "autofocus": True, "class": "vTextField"}
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(label=_("Code"), max_length=40, widget=widget, help_text=help_text)


class CodeForm(forms.Form):
    code = _code_field(_("Six digits from the authenticator app, or one of the recovery codes."))


class SetUpForm(forms.Form):
    code = _code_field(_("Six digits from the authenticator app."))


def _page(
    site: AdminSite, request: HttpRequest, name: str, title: Any, **context: Any
) -> HttpResponse:
    page = {"title": title, "next_url": _next_url(request)}
    context = {**site.each_context(request), **page, **context}
    return TemplateResponse(request, f"admin/initiatives/{name}.html", context)


def _next_url(request: HttpRequest) -> str:
    """Where the person was going, if that is here; else the desk."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    return url if sign_in.is_own_page(url) else reverse("admin:index")


def _verify_session(request: HttpRequest, device: Device) -> None:
    django_otp.login(request, device)
    # What was known of the session before is worth nothing now.
    request.session.cycle_key()


def _bind_form(request: HttpRequest, form: type[forms.Form]) -> Any:
    return form(request.POST if request.method == "POST" else None)


def _use_code(request: HttpRequest, form: Any) -> Device | None:
    """The device that the code of a valid form belongs to; else the form says why there is none."""
    if not form.is_valid():
        return None
    device = two_factor.use_code(request.user, form.cleaned_data["code"])
    if device is None:
        sign_in.log(request, "wrong second factor")
        form.add_error("code", confirmation.WRONG_CODE)
    return device


def overview(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Whether the second factor is on, and how many recovery codes are left."""
    left = StaticToken.objects.filter(device__user=request.user.pk).count()
    return _page(
        site,
        request,
        "two_factor",
        _("Second factor"),
        authenticator=two_factor.get_authenticator(request.user),
        left=left,
        required=settings.STAFF_2FA == "required",
        off=settings.STAFF_2FA == "off",
    )


def code_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Ask for a code after the password."""
    if two_factor.missing_step(request) != "two_factor_code":
        return HttpResponseRedirect(_next_url(request))
    form = _bind_form(request, CodeForm)
    # A code is used up when it lets in, and else not.
    with transaction.atomic():
        device = _use_code(request, form)
        if device:
            _verify_session(request, device)
            request.session.save()
    if device is None:
        return _page(site, request, "two_factor_code", _("Second factor"), form=form)
    sign_in.log(request, f"second factor given ({device.name.lower()})")
    if isinstance(device, StaticDevice):
        left = device.token_set.count()
        message = ngettext(
            "%(count)d recovery code is left.", "%(count)d recovery codes are left.", left
        )
        messages.warning(request, message % {"count": left})
    return HttpResponseRedirect(_next_url(request))


def set_up_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the secret as a picture to scan; take it when the first code of it is right and the person confirms."""
    if settings.STAFF_2FA == "off":
        raise PermissionDenied(_("The second factor is turned off for everybody."))
    if two_factor.missing_step(request) == "two_factor_code":
        return two_factor.redirect_to_step("two_factor_code", request)
    form = _bind_form(request, SetUpForm)
    key = request.session.get(KEY)
    if request.method == "POST" and not isinstance(key, str):
        # Sent a second time, or from the page of an older session.
        return HttpResponseRedirect(reverse("admin:two_factor"))
    if request.method == "POST" and form.is_valid():
        device = two_factor.build_authenticator(request.user, str(key), form.cleaned_data["code"])
        if device is None:
            form.add_error("code", confirmation.WRONG_CODE)
        elif codes := _set_up_if_confirmed(request, device):
            sign_in.log(request, "second factor set up")
            return _codes_page(site, request, codes)
    key = key or request.session.setdefault(KEY, default_key())
    device = TOTPDevice(user=User(username=request.user.get_username()), key=key)
    picture = segno.make(device.config_url, error="m").svg_data_uri(scale=5, light="#fff")
    secret = b32encode(device.bin_key).decode()
    return _page(
        site,
        request,
        "two_factor_set_up",
        _("Set up the second factor"),
        form=form,
        confirmation=confirmation.get_form(request),
        picture=picture,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        required=settings.STAFF_2FA == "required",
        inside=two_factor.missing_step(request) is None,
    )


def _set_up_if_confirmed(request: HttpRequest, device: TOTPDevice) -> list[str]:
    codes: list[str] = []

    def set_up() -> None:
        codes[:] = two_factor.set_up(device)
        del request.session[KEY]
        _verify_session(request, device)

    confirmation.write_if_confirmed(request, set_up)
    return codes


def codes_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """New recovery codes for who confirms that it is they."""
    consequence = _("The codes that you have now stop working. The new ones are shown once.")
    codes: list[str] = []

    def renew() -> None:
        codes[:] = two_factor.replace_recovery_codes(request.user)
        # Signed in with a code of the old ones, the session would end with them.
        if authenticator := two_factor.get_authenticator(request.user):
            django_otp.login(request, authenticator)

    if page := _page_unless_confirmed(site, request, _("New recovery codes"), consequence, renew):
        return page
    sign_in.log(request, "recovery codes renewed")
    return _codes_page(site, request, codes)


def off_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Turn the second factor off for who confirms that it is they."""
    if settings.STAFF_2FA == "required":
        raise PermissionDenied(_("The second factor is required here; it can be set up anew."))
    consequence = _("From then on your password alone lets you in, or anybody who has learnt it.")
    title = _("Turn the second factor off")
    if page := _page_unless_confirmed(
        site, request, title, consequence, lambda: two_factor.remove_devices(request.user)
    ):
        return page
    sign_in.log(request, "second factor turned off")
    messages.success(request, gettext("The second factor is off."))
    return HttpResponseRedirect(reverse("admin:two_factor"))


def _page_unless_confirmed(
    site: AdminSite,
    request: HttpRequest,
    title: Any,
    consequence: Any,
    write: Callable[[], object],
) -> HttpResponse | None:
    """The page that asks for it; None when the person has confirmed and it is written."""
    if two_factor.get_authenticator(request.user) is None:
        return HttpResponseRedirect(reverse("admin:two_factor"))
    if request.method == "POST" and confirmation.write_if_confirmed(request, write):
        return None
    form = confirmation.get_form(request)
    context = {"consequence": consequence, "confirmation": form}
    return _page(site, request, "two_factor_confirm", title, **context)


def _codes_page(site: AdminSite, request: HttpRequest, codes: list[str]) -> HttpResponse:
    return _page(site, request, "two_factor_codes", _("Recovery codes"), codes=codes)
