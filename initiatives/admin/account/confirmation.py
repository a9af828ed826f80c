"""Whoever changes how people sign in, or what they may do, confirms that it is they: an open session is not the person.

It takes their own password, and a code where they have an app for codes. Asked last, when nothing else is wrong with
what was sent, since a code works once; and each time anew: a confirmation that lasted would be there for whoever
finds the session open.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from . import sign_in, two_factor

WRONG_CODE = _("That code is not valid. Wait for the next one.")
WRONG_PASSWORD = _("This is not your password.")
NO_PASSWORD = _(
    "Your account has no password here, so you cannot confirm that it is you. Ask an administrator to set one for you."
)
# What a form says of itself while this is what is missing; the boxes say the rest.
NOT_CONFIRMED = _("Nothing is saved yet. Confirm at the end of the form that it is you.")


class CodeInput(forms.TextInput):
    """Comes back empty: by then the code is over."""

    def format_value(self, value: Any) -> None:
        return None


class ConfirmationForm(forms.Form):
    """Boxes that stand beside those of the form that they confirm; nothing keeps what is typed into them."""

    required_css_class = "required"
    no_password = NO_PASSWORD

    confirm_password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "current-password", "class": "vTextField"}
        ),
        help_text=_("The one that you sign in with now."),
    )
    confirm_code = forms.CharField(
        label=_("Your code"),
        max_length=40,
        widget=CodeInput(attrs={"autocomplete": "one-time-code", "class": "vTextField"}),
        help_text=_(
            "Six digits from the authenticator app that you sign in with, or one of your recovery codes. "
            "Each code works once: wait for the next after you have used one."
        ),
    )

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(data)
        self.request = request
        if settings.STAFF_2FA == "off" or two_factor.get_authenticator(request.user) is None:
            del self.fields["confirm_code"]

    @property
    def is_possible(self) -> bool:
        user = self.request.user
        return user.is_authenticated and user.has_usable_password()

    def clean(self) -> None:
        if not self.is_possible:
            self._refuse("the account has no password", None, NO_PASSWORD)
        elif self.errors:
            sign_in.log(self.request, "not confirmed", detail=f"incomplete, {self.request.path!r}")
        elif not self._password_is_right():
            self._refuse("wrong password", "confirm_password", WRONG_PASSWORD)
        elif "confirm_code" in self.fields and not self._code_is_right():
            self._refuse("wrong second factor", "confirm_code", WRONG_CODE)

    def _refuse(self, reason: str, field: str | None, message: Any) -> None:
        sign_in.log(self.request, "not confirmed", detail=f"{reason}, {self.request.path!r}")
        self.add_error(field, ValidationError(message))

    def _password_is_right(self) -> bool:
        """Ask for it as when signing in, where attempts are counted."""
        user, password = self.request.user, self.cleaned_data["confirm_password"]
        owner = authenticate(self.request, username=user.get_username(), password=password)
        return owner is not None and owner.pk == user.pk

    def _code_is_right(self) -> bool:
        return two_factor.use_code(self.request.user, self.cleaned_data["confirm_code"]) is not None


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the person has confirmed what a request sends; to be asked when nothing else is wrong with it."""
    form = request.__dict__.get("_confirmation")
    if form is None:
        form = request.__dict__["_confirmation"] = ConfirmationForm(request, request.POST)
    return bool(form.is_valid())


def write_if_confirmed(request: HttpRequest, write: Callable[[], object]) -> bool:
    """Whether the person has confirmed, and this is written: the code that is used up, the session and it, or nothing.

    To be logged when it returns, and not before.
    """
    with transaction.atomic():
        if not is_confirmed(request):
            return False
        write()
        try:
            # Here, and not when the answer is made: that may fail when the rest is saved.
            request.session.save()
        except UpdateError as error:
            raise SessionInterrupted("The session was ended meanwhile.") from error
    return True


def get_form(request: HttpRequest) -> ConfirmationForm:
    """The boxes for a page: with what was wrong about them, else empty."""
    form: ConfirmationForm | None = request.__dict__.get("_confirmation")
    return form or ConfirmationForm(request)
