"""The second factor of staff: codes of an app on the telephone (RFC 6238), and codes on paper for when it is lost.

Whoever has set it up is asked for a code after the password, unless ``STAFF_2FA`` is off; where it is required, nobody
gets further without. Each code works once.
"""

from __future__ import annotations

import secrets
import time
from base64 import b32encode
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from . import sign_in

if TYPE_CHECKING:
    from django_otp.models import Device

RECOVERY_CODES = 10
# Of a recovery code: 80 bits, which base32 writes as 16 characters.
RECOVERY_BYTES = 10
SALT = "initiatives.recovery_code"
# Pages that are open between the password and the code.
OPEN_PAGES = frozenset({"logout", "two_factor_code", "two_factor_set_up"})


def get_authenticator(user: Any) -> TOTPDevice | None:
    """The person's authenticator app, if one is set up."""
    device: TOTPDevice | None = TOTPDevice.objects.devices_for_user(user, confirmed=True).first()
    return device


def missing_step(request: HttpRequest) -> str | None:
    """The page (by name) that comes before all others for who has given a password only; else None."""
    if settings.STAFF_2FA == "off" or getattr(request.user, "otp_device", None):
        return None
    if get_authenticator(request.user):
        return "two_factor_code"
    return "two_factor_set_up" if settings.STAFF_2FA == "required" else None


def redirect_to_step(step: str, request: HttpRequest) -> HttpResponse:
    """The way to that page, and from there to where the person was going."""
    url, path = reverse(f"admin:{step}"), request.get_full_path()
    query = "?" + urlencode({"next": path}) if sign_in.is_own_page(path) else ""
    return HttpResponseRedirect(url + query)


# --- Codes ----------------------------------------------------------------------------------------


def _strip_separators(typed: str) -> str:
    """A code without the gaps and hyphens that people write into it."""
    return "".join(typed.split()).replace("-", "").lower()


def recovery_hash(code: str) -> str:
    """What is kept of a recovery code: 16 characters, which nobody can turn back, or try out without ``SECRET_KEY``."""
    digest = salted_hmac(SALT, _strip_separators(code), algorithm="sha256").digest()
    return b32encode(digest).decode()[:16]


def use_code(user: Any, typed: str) -> Device | None:
    """The device of the person whose code this is; the code is used up by that.

    Wrong codes make the device wait, longer with each (django-otp).
    """
    code = _strip_separators(typed)
    is_of_app = len(code) == 6 and code.isdecimal()
    model, token = (TOTPDevice, code) if is_of_app else (StaticDevice, recovery_hash(code))
    with transaction.atomic():
        # Locked, so that a code that two people send at once works for one of them.
        devices = model.objects.devices_for_user(user, confirmed=True).select_for_update()
        return next((device for device in devices if device.verify_token(token)), None)


@transaction.atomic
def remove_devices(user: Any) -> int:
    """Delete the authenticator app and recovery codes of a person; return how many devices that were."""
    count = 0
    for model in (TOTPDevice, StaticDevice):
        devices = model.objects.filter(user=user.pk)
        count += devices.count()
        devices.delete()
    return count


@transaction.atomic
def replace_recovery_codes(user: Any) -> list[str]:
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


def build_authenticator(user: Any, key: str, typed: str) -> TOTPDevice | None:
    """An authenticator app with that secret, not saved yet, if the code is one of its; saving it uses the code up."""
    code = _strip_separators(typed)
    device = TOTPDevice(user_id=user.pk, name="Telephone", key=key)
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    if not (code.isdecimal() and totp.verify(int(code), device.tolerance)):
        return None
    device.last_t, device.drift = totp.t(), totp.drift
    return device


@transaction.atomic
def set_up(device: TOTPDevice) -> list[str]:
    """Save a new authenticator app in the place of whatever the person had; return the recovery codes with it."""
    User.objects.select_for_update().get(pk=device.user_id)
    remove_devices(device.user)
    device.save()
    return replace_recovery_codes(device.user)
