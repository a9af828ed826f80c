"""The second factor of staff: codes of an app on the telephone (RFC 6238), and codes on paper for when it is lost.

Whoever has set it up is asked for a code after the password, unless ``STAFF_2FA`` is off; where it is required, nobody
gets further without. Each code works once.
"""

from __future__ import annotations

import secrets
import time
from base64 import b32encode
from typing import TYPE_CHECKING, Any

import django_otp
import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from . import door

if TYPE_CHECKING:
    from django_otp.models import Device

# In the session while the telephone is being set up: its secret.
KEY = "two_factor_key"
RECOVERY_CODES = 10
# Of a recovery code: 80 bits, which base32 writes as 16 characters.
RECOVERY_BYTES = 10
SALT = "initiatives.recovery_code"
# Pages that are open between the password and the code.
OPEN = frozenset({"logout", "two_factor_code", "two_factor_set_up"})


def _code_field(help_text: Any) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "autofocus": True, "class": "vTextField"}
    box = forms.TextInput(attrs=attrs)
    return forms.CharField(label=_("Code"), max_length=40, widget=box, help_text=help_text)


class CodeForm(forms.Form):
    code = _code_field(_("Six digits from the app, or one of the recovery codes."))


class SetUpForm(CodeForm):
    code = _code_field(_("Six digits from the app."))
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "current-password", "class": "vTextField"}
        ),
    )


# --- What is there --------------------------------------------------------------------------------


def telephone_of(user: Any) -> TOTPDevice | None:
    """The person's telephone, if one is set up."""
    found: TOTPDevice | None = TOTPDevice.objects.devices_for_user(user, confirmed=True).first()
    return found


def missing_step(request: HttpRequest) -> str | None:
    """The page (by name) that comes before all others for who has given a password only; else None."""
    if settings.STAFF_2FA == "off" or getattr(request.user, "otp_device", None):
        return None
    if telephone_of(request.user):
        return "two_factor_code"
    return "two_factor_set_up" if settings.STAFF_2FA == "required" else None


def ask_for(step: str, request: HttpRequest) -> HttpResponse:
    """The way to that page, and from there to where the person was going."""
    query = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"{reverse(f'admin:{step}')}?{query}")


def _plain(typed: str) -> str:
    """A code without the gaps and hyphens that people write into it."""
    return "".join(typed.split()).replace("-", "").lower()


def recovery_hash(code: str) -> str:
    """What is kept of a recovery code: 16 characters, which nobody can turn back, or try out without ``SECRET_KEY``."""
    digest = salted_hmac(SALT, _plain(code), algorithm="sha256").digest()
    return b32encode(digest).decode()[:16]


def take(user: Any, typed: str) -> Device | None:
    """The device of the person whose code this is; the code is used up by that.

    Wrong codes make the device wait, longer with each (django-otp).
    """
    code = _plain(typed)
    is_of_app = len(code) == 6 and code.isdecimal()
    kind, token = (TOTPDevice, code) if is_of_app else (StaticDevice, recovery_hash(code))
    with transaction.atomic():
        # Locked, so that a code that two people send at once works for one of them.
        devices = kind.objects.devices_for_user(user, confirmed=True).select_for_update()
        return next((device for device in devices if device.verify_token(token)), None)


@transaction.atomic
def drop(user: Any) -> int:
    """Forget telephone and recovery codes of a person; return how many devices that were."""
    dropped = 0
    for kind in (TOTPDevice, StaticDevice):
        devices = kind.objects.filter(user=user.pk)
        dropped += devices.count()
        devices.delete()
    return dropped


@transaction.atomic
def new_recovery_codes(user: Any) -> list[str]:
    """Replace the recovery codes of a person; they are shown this once, and kept as hashes."""
    StaticDevice.objects.filter(user=user.pk).delete()
    device = StaticDevice.objects.create(user_id=user.pk, name="Recovery codes")
    codes = [_new_recovery_code() for _number in range(RECOVERY_CODES)]
    tokens = [StaticToken(device=device, token=recovery_hash(code)) for code in codes]
    StaticToken.objects.bulk_create(tokens)
    return codes


def _new_recovery_code() -> str:
    code = b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def set_up(user: Any, key: str, typed: str) -> tuple[TOTPDevice, list[str]] | None:
    """Make the telephone with that secret the person's own, if the code is one of its; with recovery codes."""
    code = _plain(typed)
    device = TOTPDevice(user_id=user.pk, name="Telephone", key=key)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    if not (code.isdecimal() and totp.verify(int(code), device.tolerance)):
        return None
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        drop(user)
        # This code is used up as well.
        device.last_t, device.drift = totp.t(), totp.drift
        device.save()
        return device, new_recovery_codes(user)


# --- Pages ----------------------------------------------------------------------------------------


def _page(
    site: AdminSite, request: HttpRequest, name: str, title: Any, **context: Any
) -> HttpResponse:
    context = {**site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/initiatives/{name}.html", context)


def _onward(request: HttpRequest) -> str:
    """Where the person was going, if that is here; else the desk."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if safe else reverse("admin:index")


def _let_in(request: HttpRequest, device: Device) -> None:
    django_otp.login(request, device)
    # What was known of the session before is worth nothing now.
    request.session.cycle_key()


def _bound(request: HttpRequest, form: type[CodeForm]) -> Any:
    return form(request.POST if request.method == "POST" else None)


def _check(request: HttpRequest, form: Any) -> Device | None:
    """The device that the code of a valid form belongs to; else the form says why there is none."""
    if not form.is_valid():
        return None
    device = take(request.user, form.cleaned_data["code"])
    if device is None:
        door.note(request, "wrong second factor")
        form.add_error(
            "code",
            _("This is not the code of this moment, or it was used already. Wait for the next."),
        )
    return device


def overview(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Whether the second factor is on, and how many recovery codes are left."""
    left = StaticToken.objects.filter(device__user=request.user.pk).count()
    return _page(
        site,
        request,
        "two_factor",
        _("Second factor"),
        telephone=telephone_of(request.user),
        left=left,
        required=settings.STAFF_2FA == "required",
        off=settings.STAFF_2FA == "off",
    )


def code_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Ask for a code after the password."""
    if missing_step(request) != "two_factor_code":
        return HttpResponseRedirect(_onward(request))
    form = _bound(request, CodeForm)
    device = _check(request, form)
    if device is None:
        onward = _onward(request)
        return _page(site, request, "two_factor_code", _("Second factor"), form=form, onward=onward)
    _let_in(request, device)
    door.note(request, f"second factor given ({device.name.lower()})")
    if isinstance(device, StaticDevice):
        left = device.token_set.count()
        said = ngettext(
            "%(count)d recovery code is left.", "%(count)d recovery codes are left.", left
        )
        messages.warning(request, said % {"count": left})
    return HttpResponseRedirect(_onward(request))


def set_up_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the secret as a picture to scan; take it when the first code of it is right."""
    if settings.STAFF_2FA == "off":
        raise PermissionDenied(_("The second factor is turned off for everybody."))
    if missing_step(request) == "two_factor_code":
        return ask_for("two_factor_code", request)
    form = _bound(request, SetUpForm)
    key = request.session.get(KEY)
    if request.method == "POST" and not isinstance(key, str):
        # Sent a second time, or from the page of an older session.
        return HttpResponseRedirect(reverse("admin:two_factor"))
    if request.method == "POST" and form.is_valid() and _password_is_right(request, form):
        done = set_up(request.user, str(key), form.cleaned_data["code"])
        if done:
            device, codes = done
            del request.session[KEY]
            _let_in(request, device)
            door.note(request, "second factor set up")
            return _codes_page(site, request, codes)
        form.add_error("code", _("The app shows another code. Wait for the next one."))
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
        picture=picture,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        required=settings.STAFF_2FA == "required",
        onward=_onward(request),
        inside=missing_step(request) is None,
    )


def _password_is_right(request: HttpRequest, form: Any) -> bool:
    """Ask for it as at the door, where attempts are counted: a session left open is not the person."""
    name = request.user.get_username()
    found = authenticate(request, username=name, password=form.cleaned_data["password"])
    if found is None or found.pk != request.user.pk:
        form.add_error("password", _("This is not your password."))
        return False
    return True


def codes_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """New recovery codes, for a code."""
    return _with_code(site, request, _("New recovery codes"), _renew)


def off_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Turn the second factor off, for a code."""
    if settings.STAFF_2FA == "required":
        raise PermissionDenied(_("The second factor is required here; it can be set up anew."))
    return _with_code(site, request, _("Turn the second factor off"), _turn_off)


def _with_code(site: AdminSite, request: HttpRequest, title: Any, then: Any) -> HttpResponse:
    if telephone_of(request.user) is None:
        return HttpResponseRedirect(reverse("admin:two_factor"))
    form = _bound(request, CodeForm)
    if _check(request, form) is None:
        onward = reverse("admin:two_factor")
        return _page(site, request, "two_factor_code", title, form=form, onward=onward, inside=True)
    response: HttpResponse = then(site, request)
    return response


def _renew(site: AdminSite, request: HttpRequest) -> HttpResponse:
    codes = new_recovery_codes(request.user)
    # Signed in with a code of the old ones, the session would end with them.
    telephone = telephone_of(request.user)
    if telephone:
        django_otp.login(request, telephone)
    door.note(request, "recovery codes renewed")
    return _codes_page(site, request, codes)


def _turn_off(site: AdminSite, request: HttpRequest) -> HttpResponse:
    drop(request.user)
    door.note(request, "second factor turned off")
    messages.success(request, gettext("The second factor is off."))
    return HttpResponseRedirect(reverse("admin:two_factor"))


def _codes_page(site: AdminSite, request: HttpRequest, codes: list[str]) -> HttpResponse:
    onward = _onward(request)
    return _page(site, request, "two_factor_codes", _("Recovery codes"), codes=codes, onward=onward)
