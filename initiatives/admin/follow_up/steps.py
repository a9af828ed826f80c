"""The steps of a row on its way to the public and away from it: what each asks, says and takes."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from .review_page import PublishForm


def textarea(label: Any, help_text: Any, *, required: bool) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"})
    return forms.CharField(label=label, help_text=help_text, required=required, widget=widget)


class SubmitForm(forms.Form):
    note = textarea(_("Note"), _("What whoever looks at it should know."), required=False)


class ReturnForm(forms.Form):
    reason = textarea(_("Reason"), _("What is to be done before it can be public."), required=True)


class WithdrawInitiativeForm(forms.Form):
    reason = textarea(_("Reason"), _("Why it does not hold. Everybody can read it."), required=True)


class ReinstateForm(forms.Form):
    reason = textarea(
        _("Reason"), _("Why it holds after all. Everybody can read it."), required=True
    )


class RemovalForm(forms.Form):
    reason = textarea(
        _("Reason"),
        _("Everybody can read it, for good: name the rule, and nothing of what is removed."),
        required=True,
    )


class Step(NamedTuple):
    permission: str
    form_class: type[forms.Form]
    title: Any
    message: Any
    # What whoever takes it should know first.
    warning: Any = ""


# Steps that the public sees for good.
ENDS = ("withdraw", "remove")
# By the last part of the address.
STEPS = {
    "submit": Step("submit", SubmitForm, _("Submit for review"), _("Submitted for review.")),
    "publish": Step("publish", PublishForm, _("Publish"), _("It is public now.")),
    "return": Step("publish", ReturnForm, _("Send back"), _("The draft is sent back.")),
    "reinstate": Step(
        "publish",
        ReinstateForm,
        _("Record anew"),
        _("It is public again."),
        _(
            "What was withdrawn stays so, struck through; the same is recorded anew from now on, and the register of "
            "corrections says why."
        ),
    ),
    "remove": Step(
        "remove",
        RemovalForm,
        _("Remove for good"),
        _("It is removed."),
        _(
            "For law and personal data only. The text is erased everywhere, with its history, what loads keep, all "
            "uploaded files and all forms that are kept for people who were signed out; with an initiative goes all "
            "that hangs on it, with an entry what it corrected. Nothing brings it back. Backups are yours to clear."
        ),
    ),
}
# An entry has a page of its own for that.
INITIATIVE_STEPS = {
    **STEPS,
    "withdraw": Step(
        "withdraw",
        WithdrawInitiativeForm,
        _("Withdraw"),
        _("The initiative is withdrawn."),
        _(
            "It is withdrawn with its entries. It leaves lists, counts, exports and search; its page stays and says so "
            "with your reason, and so does the register of corrections."
        ),
    ),
}
