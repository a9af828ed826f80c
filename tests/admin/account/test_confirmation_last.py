"""A confirmation is asked for last, and nothing keeps it; a new password ends the sessions of its person."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core import signing
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp

from initiatives.admin.account import confirmation, form_recovery, two_factor
from initiatives.admin.base import locking
from initiatives.recording.permissions import EDITOR
from tests.admin_forms import filled
from tests.confirming import FORMS, NEW, World, make_world, state
from tests.people import PASSWORD, client_of, make_person

pytestmark = pytest.mark.django_db

NOT_CONFIRMED = str(confirmation.NOT_CONFIRMED)


@pytest.fixture
def world() -> World:
    return make_world()


# --- A code is not used up in vain ----------------------------------------------------------------


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("auth_user_add", {"password2": "other"}),
        ("auth_user_change", {"username": ""}),
        # The same dialogue twice: in the rows below the form.
        (
            "auth_user_change",
            {"assignments-TOTAL_FORMS": 2, "assignments-1-dialogue": "the same"},
        ),
        ("auth_user_change", {"_restore": "1"}),
        ("auth_user_change", {"_version": "of another time"}),
        ("auth_user_password_change", {"password2": "other"}),
        ("auth_user_password_change", {"usable_password": "false"}),
        ("auth_group_add", {"name": "Readers"}),
        ("password_change", {"new_password1": "short", "new_password2": "short"}),
        ("two_factor_set_up", {"code": "000000"}),
    ],
)
def test_what_is_wrong_elsewhere_uses_up_no_code(
    world: World, name: str, wrong: dict[str, Any]
) -> None:
    data = FORMS[name](world) | wrong
    if "assignments-1-dialogue" in wrong:
        data["assignments-1-dialogue"] = world.dialogue.pk
    before = state()
    for boxes in (world.confirmation_boxes, {}):
        page = world.client.post(world.url(name), data | boxes)
        assert page.status_code == 200
        assert state() == before
        # What else is missing is said when it is the last.
        assert NOT_CONFIRMED not in page.text
        assert "This is not your password." not in page.text
    assert two_factor.use_code(world.chief, world.codes[-1])


def test_a_code_of_the_app_confirms_once(world: World) -> None:
    code = f"{totp(world.device.bin_key):06d}"
    url, typed_ = world.url("auth_group_add"), {"confirm_password": PASSWORD, "confirm_code": code}
    assert world.client.post(url, {"name": "One", **typed_}).status_code == 302
    page = world.client.post(url, {"name": "Two", **typed_})
    assert str(confirmation.WRONG_CODE) in page.text
    # The next try is with another code: this one does not come back.
    assert code not in page.text
    assert not Group.objects.filter(name="Two").exists()


def test_a_copy_that_is_saved_as_new_is_confirmed_too(world: World) -> None:
    before = state()
    data = {"_saveasnew": "1", "username": "copy", "usable_password": "false"}
    world.client.post(world.url("auth_user_change"), data)
    world.client.post(world.url("auth_group_change"), data | {"name": "Copy"})
    assert state() == before


# --- Nothing keeps what was typed -----------------------------------------------------------------


def test_somebody_elses_change_is_shown_with_the_question_asked_anew(world: World) -> None:
    data = FORMS["auth_user_change"](world)
    User.objects.filter(pk=world.person.pk).update(first_name="Theirs")
    page = world.client.post(world.url("auth_user_change"), data | world.confirmation_boxes)
    assert "Somebody else has saved this" in page.text
    assert "Theirs" in page.text
    assert PASSWORD not in page.text
    assert world.codes[-1] not in page.text
    assert not [row for row in page.context["conflict"].differences if "code" in row.label]
    version = signing.loads(page.context["version"], salt=locking.SALT)
    assert not re.search("confirm|password", str(version))
    # The code was not used: the form was not to be saved yet.
    again = filled(page) | world.confirmation_boxes
    assert world.client.post(world.url("auth_user_change"), again).status_code == 302
    world.person.refresh_from_db()
    assert (world.person.first_name, world.person.email) == ("Theirs", "a@b.example")


def test_what_a_session_that_ended_keeps_has_neither_password_nor_code(world: World) -> None:
    mark = form_recovery.sign_mark(world.chief)
    client = Client()
    client.post(
        world.url("auth_group_add"), {"name": "New", "_typed": mark, **world.confirmation_boxes}
    )
    (saved_form,) = client.session[form_recovery.SESSION_KEY]
    assert saved_form["fields"] == [["name", "New"]]


# --- Sessions of who gets a new password ----------------------------------------------------------


@pytest.mark.parametrize("name", ["password_change", "auth_user_password_change"])
def test_ones_own_new_password_ends_ones_other_sessions_only(world: World, name: str) -> None:
    other = client_of(world.chief)
    other.post(reverse("admin:two_factor_code"), {"code": world.codes[1]})
    assert other.get("/admin/").status_code == 200
    own = replace(world, person=world.chief)
    answer = world.client.post(own.url(name), FORMS[name](own) | world.confirmation_boxes)
    assert answer.status_code == 302
    assert world.client.get("/admin/").status_code == 200
    assert "/login/" in other.get("/admin/").headers["Location"]


def test_a_password_that_an_administrator_sets_ends_the_sessions_of_the_person(
    world: World,
) -> None:
    theirs = client_of(make_person(EDITOR, username="other"))
    person = User.objects.get(username="other")
    assert theirs.get("/admin/").status_code == 200
    of = replace(world, person=person)
    data = FORMS["auth_user_password_change"](of) | world.confirmation_boxes
    world.client.post(of.url("auth_user_password_change"), data)
    assert theirs.get("/admin/").status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW)


def test_a_password_is_taken_away_by_the_button_that_says_so(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="initiatives.admin.account.sign_in")
    data = {"usable_password": "false", "unset-password": "1", **world.confirmation_boxes}
    assert world.client.post(world.url("auth_user_password_change"), data).status_code == 302
    world.person.refresh_from_db()
    assert not world.person.has_usable_password()
    assert "password taken away of 'clerk' by 'chief'" in caplog.text
