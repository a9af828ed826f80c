"""Whoever confirms what they change, and every form of the desk that asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from initiatives.admin.account import two_factor, two_factor_pages
from initiatives.models import Assignment, Dialogue
from initiatives.recording.permissions import EDITOR, PUBLISHER
from tests import make
from tests.admin_forms import filled
from tests.people import PASSWORD, client_of, make_person

NEW = "another long way round"


@dataclass
class World:
    """A superuser with a telephone who is signed in, and what there is to change."""

    chief: User
    client: Client
    device: TOTPDevice
    codes: list[str]
    person: User
    dialogue: Dialogue
    group: Group
    attempt: AccessAttempt
    log: AccessLog

    @property
    def confirmation_boxes(self) -> dict[str, str]:
        return {"confirm_password": PASSWORD, "confirm_code": self.codes[-1]}

    def url(self, name: str) -> str:
        rows = {
            "auth_user": self.person,
            "auth_group": self.group,
            "axes_accessattempt": self.attempt,
            "axes_accesslog": self.log,
        }
        row = rows.get("_".join(name.split("_")[:2]))
        of_all = row is None or name.endswith(("_add", "_changelist"))
        return reverse(f"admin:{name}", args=[] if of_all else [row.pk])  # type: ignore[union-attr]

    def form(self, name: str, **changes: Any) -> dict[str, Any]:
        data = filled(self.client.get(self.url(name)), **changes)
        return {box: value for box, value in data.items() if not box.startswith("confirm_")}


def make_world() -> World:
    chief = User.objects.create_superuser("chief", password=PASSWORD)
    device = TOTPDevice.objects.create(user=chief, name="Telephone")
    codes = two_factor.replace_recovery_codes(chief)
    client = client_of(chief)
    client.post(reverse("admin:two_factor_code"), {"code": codes[0]})
    person = make_person(EDITOR, username="clerk")
    TOTPDevice.objects.create(user=person, name="Telephone")
    two_factor.replace_recovery_codes(person)
    group = Group.objects.create(name="Readers")
    at = {"ip_address": "192.0.2.1", "username": "clerk"}
    attempt = AccessAttempt.objects.create(**at, failures_since_start=5)
    log = AccessLog.objects.create(**at)
    return World(chief, client, device, codes, person, make.dialogue("ca-jp"), group, attempt, log)


def state() -> Any:
    """All that sign-in and rights follow from."""
    tables = [
        User.objects.values_list(
            "username", "password", "email", "is_active", "is_staff", "is_superuser"
        ),
        User.groups.through.objects.values_list("user", "group"),
        User.user_permissions.through.objects.values_list("user", "permission"),
        Assignment.objects.values_list("user", "dialogue"),
        Group.objects.values_list("name"),
        Group.permissions.through.objects.values_list("group", "permission"),
        AccessAttempt.objects.values_list("username", "ip_address"),
        AccessLog.objects.values_list("username", "ip_address"),
        TOTPDevice.objects.values_list("user", "key"),
        StaticDevice.objects.values_list("pk"),
        StaticToken.objects.values_list("token"),
    ]
    return [sorted(table, key=repr) for table in tables]


# --- The forms ------------------------------------------------------------------------------------


def change_of_person(world: World) -> dict[str, Any]:
    group = Group.objects.get(name=PUBLISHER)
    data = world.form("auth_user_change", groups=[group.pk], is_superuser="on", email="a@b.example")
    return data | {
        "assignments-TOTAL_FORMS": 1,
        "assignments-0-dialogue": world.dialogue.pk,
        "assignments-0-user": world.person.pk,
    }


def another_authenticator(world: World) -> dict[str, Any]:
    world.client.get(world.url("two_factor_set_up"))
    key = bytes.fromhex(world.client.session[two_factor_pages.KEY])
    return {"code": f"{totp(key):06d}"}


def deletion_of(attribute: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {
        "action": "delete_selected",
        "_selected_action": [getattr(world, attribute).pk],
        "post": "yes",
    }


def sure(world: World) -> dict[str, Any]:
    return {"post": "yes"}


FORMS: dict[str, Callable[[World], dict[str, Any]]] = {
    "auth_user_add": lambda world: {
        "username": "new",
        "usable_password": "true",
        "password1": NEW,
        "password2": NEW,
    },
    "auth_user_change": change_of_person,
    "auth_user_password_change": lambda world: {
        "usable_password": "true",
        "password1": NEW,
        "password2": NEW,
    },
    "auth_user_two_factor": sure,
    "auth_group_add": lambda world: {"name": "New"},
    "auth_group_change": lambda world: world.form(
        "auth_group_change", permissions=[Permission.objects.get(codename="add_user").pk]
    ),
    "auth_group_delete": sure,
    "auth_group_changelist": deletion_of("group"),
    "axes_accessattempt_delete": sure,
    "axes_accessattempt_changelist": deletion_of("attempt"),
    "axes_accesslog_delete": sure,
    "axes_accesslog_changelist": deletion_of("log"),
    "password_change": lambda world: {"new_password1": NEW, "new_password2": NEW},
    "two_factor_set_up": another_authenticator,
    "two_factor_codes": sure,
    "two_factor_off": sure,
}
