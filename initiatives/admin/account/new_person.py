"""A new colleague in one step: name, password, role and dialogues."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from ...models import AccountRole, Assignment, Dialogue
from ...recording.permissions import ADMINISTRATOR, EDITOR, PUBLISHER
from ..base.widgets import NO_LONGER_HERE, MultiplePicker, PickedField

MAY_SIGN_IN = _("May sign in to the desk.")
# What the groups of the program are called, whose names are kept in English.
ROLE_NAMES = {
    EDITOR: AccountRole.EDITOR.label,
    PUBLISHER: AccountRole.PUBLISHER.label,
    ADMINISTRATOR: AccountRole.ADMINISTRATOR.label,
}


def role_name(group: Group) -> str:
    """What a role is called in the language of the page; one of one’s own as it is named."""
    return str(ROLE_NAMES.get(group.name, group.name))


class RolesField(PickedField):
    """Roles to tick."""

    def label_from_instance(self, obj: Group) -> str:
        return role_name(obj)


class NewPersonForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """Who has no dialogue of their own works on all."""

    is_staff = forms.BooleanField(
        label=_("Staff status"),
        required=False,
        initial=True,
        help_text=MAY_SIGN_IN,
    )
    groups = RolesField(
        Group.objects.none(),
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    dialogues = PickedField(
        Dialogue.objects.all(),
        label=_("Dialogues of their own"),
        required=False,
        help_text=_("With none, they work on all."),
        error_messages=NO_LONGER_HERE,
        widget=MultiplePicker(Assignment._meta.get_field("dialogue"), admin.site),
    )

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]
        self.instance.groups.set(self.cleaned_data["groups"])
        for dialogue in self.cleaned_data["dialogues"]:
            Assignment.objects.create(user=self.instance, dialogue=dialogue)


NEW_PERSON_FIELDSETS: Any = (
    (
        None,
        {
            "classes": ("wide",),
            # Without a password nobody could sign in: there is no other way.
            "fields": ("username", "password1", "password2"),
        },
    ),
    (
        _("What they may do"),
        {
            "classes": ("wide",),
            "fields": ("is_staff", "groups", "dialogues"),
            "description": _(
                "They set up their second factor themselves when they sign in, where it is required."
            ),
        },
    ),
)
