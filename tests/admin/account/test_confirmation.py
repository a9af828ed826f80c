"""What concerns sign-in and rights takes the password and the code again; an open session is not enough."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from axes.models import AccessAttempt
from django.contrib.admin import site
from django.contrib.auth.models import Group
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from initiatives.admin.account import two_factor
from initiatives.recording.permissions import ADMINISTRATOR
from tests.admin.test_permission_matrix import named
from tests.confirming import (
    FORMS,
    NEW,
    World,
    another_authenticator,
    deletion_of,
    make_world,
    state,
    sure,
)
from tests.people import PASSWORD, client_of, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return make_world()


# They write nothing of that; whatever is sent to them.
READ = {
    "auth_user_changelist",
    "auth_user_history",
    "auth_user_delete",
    "auth_group_history",
    "axes_accessattempt_add",
    "axes_accessattempt_change",
    "axes_accessattempt_history",
    "axes_accesslog_add",
    "axes_accesslog_change",
    "axes_accesslog_history",
    "password_change_done",
    "two_factor",
    # The way in, after the password.
    "two_factor_code",
}
LOGGED = {
    "auth_user_add": "user 'new' added by 'chief' from 127.0.0.1: "
    "username None → 'new'; is_active None → True\n",
    "auth_user_change": "user 'clerk' changed by 'chief' from 127.0.0.1: is_superuser False → True; "
    "groups ['Editor'] → ['Publisher']; dialogues [] → ['ca-jp']; email",
    "auth_user_password_change": "password set of 'clerk' by 'chief' from 127.0.0.1",
    "auth_user_two_factor": "second factor dropped of 'clerk' by 'chief' from 127.0.0.1",
    "auth_group_add": "group 'New' added by 'chief' from 127.0.0.1: name None → 'New'\n",
    "auth_group_change": "group 'Readers' changed by 'chief' from 127.0.0.1: "
    "permissions added ['auth.add_user'] removed []",
    "auth_group_delete": "group 'Readers' deleted by 'chief' from 127.0.0.1",
    "axes_accessattempt_delete": "pause lifted for 'clerk' at 192.0.2.1 by 'chief' from 127.0.0.1",
    "axes_accesslog_delete": "access log of 'clerk' from 192.0.2.1 deleted by 'chief' from 127.0.0.1",
    "password_change": "own password changed by 'chief' from 127.0.0.1",
    "two_factor_set_up": "second factor set up by 'chief' from 127.0.0.1",
    "two_factor_codes": "recovery codes renewed by 'chief' from 127.0.0.1",
    "two_factor_off": "second factor turned off by 'chief' from 127.0.0.1",
}


def test_every_address_of_sign_in_and_rights_is_confirmed_or_writes_nothing() -> None:
    about = ("auth_", "axes_", "password_change", "two_factor")
    names = {name for name, _route in named(site.get_urls()) if name and name.startswith(about)}
    assert names == set(FORMS) | READ


@pytest.mark.every_case
@pytest.mark.parametrize("name", FORMS)
def test_without_password_and_code_nothing_is_written(
    world: World, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    data = FORMS[name](world)
    before = state()
    caplog.set_level(logging.INFO, logger="initiatives.admin.account.sign_in")
    code = {"confirm_code": world.codes[-1]}
    for reason, boxes in {
        "incomplete": {},
        "incomplete, ": code,
        "wrong password": code | {"confirm_password": "guess"},
        "incomplete,": {"confirm_password": PASSWORD},
        "wrong second factor": {"confirm_password": PASSWORD, "confirm_code": "000000"},
    }.items():
        caplog.clear()
        page = world.client.post(world.url(name), data | boxes)
        assert page.status_code == 200, reason
        assert state() == before, reason
        assert f"not confirmed by 'chief' from 127.0.0.1: {reason}" in caplog.text
        assert "Confirm that it is you" in page.text
        assert 'autocomplete="current-password"' in page.text
        # It would keep what is typed in the tab.
        assert "form_recovery.js" not in page.text
        for secret in ("guess", PASSWORD, NEW, world.codes[-1]):
            assert secret not in page.text
            assert secret not in caplog.text


@pytest.mark.parametrize("name", FORMS)
def test_with_both_it_is_written_and_logged(
    world: World, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    data = FORMS[name](world)
    before = state()
    caplog.set_level(logging.INFO, logger="initiatives.admin.account.sign_in")
    page = world.client.post(world.url(name), data | world.confirmation_boxes)
    assert page.status_code == (200 if "codes" in name or "set_up" in name else 302)
    assert state() != before
    assert LOGGED[name.replace("_changelist", "_delete")] in caplog.text
    for secret in (*world.codes, PASSWORD, NEW):
        assert secret not in caplog.text
    # The code is used up.
    assert not world.device.user.staticdevice_set.filter(
        token_set__token=two_factor.recovery_hash(world.codes[-1])
    ).exists()


@pytest.mark.parametrize("name", sorted(READ))
def test_the_other_addresses_write_nothing(world: World, name: str) -> None:
    before = state()
    pages = ("get", "post") if name != "two_factor_code" else ("get",)
    for method in pages:
        for data in (sure(world), deletion_of("person")(world)):
            getattr(world.client, method)(world.url(name), data)
            assert state() == before


@pytest.mark.every_case
@pytest.mark.parametrize("name", [name for name in FORMS if name != "two_factor_set_up"])
def test_who_has_no_telephone_or_need_not_use_it_is_asked_for_the_password(
    world: World, name: str, settings: Settings
) -> None:
    settings.STAFF_2FA = "off"
    data = FORMS[name](world)
    before = state()
    assert "confirm_code" not in world.client.post(world.url(name), data).text
    assert state() == before
    world.client.post(world.url(name), data | {"confirm_password": PASSWORD})
    assert state() != before


@pytest.mark.parametrize("name", FORMS)
def test_a_guess_is_counted_as_at_the_door(world: World, name: str, settings: Settings) -> None:
    settings.AXES_ENABLED, settings.AXES_FAILURE_LIMIT = True, 2
    data = FORMS[name](world) | {"confirm_password": "guess", "confirm_code": world.codes[-1]}
    answers = [world.client.post(world.url(name), data).status_code for _attempt in range(3)]
    assert answers == [200, 429, 429]
    assert AccessAttempt.objects.get(username="chief").failures_since_start == 2
    right = world.client.post(world.url(name), data | world.confirmation_boxes)
    assert right.status_code == 429


@pytest.mark.parametrize("name", FORMS)
def test_who_has_no_password_is_told_so(
    world: World, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    data = FORMS[name](world)
    world.chief.set_unusable_password()
    world.chief.save()
    client = client_of(world.chief)
    client.post(reverse("admin:two_factor_code"), {"code": world.codes[1]})
    client.get(world.url("two_factor_set_up"))
    if name == "two_factor_set_up":
        data = another_authenticator(replace(world, client=client))
    before = state()
    caplog.set_level(logging.INFO, logger="initiatives.admin.account.sign_in")
    page = client.post(world.url(name), data | world.confirmation_boxes)
    assert "Your account has no password here" in page.text
    assert state() == before
    assert "not confirmed by 'chief' from 127.0.0.1: the account has no password" in caplog.text


# --- Who may comes first --------------------------------------------------------------------------


def test_who_may_not_is_refused_before_anything_is_asked(world: World) -> None:
    chief = make_person(ADMINISTRATOR)
    client = client_of(chief)
    codes = two_factor.replace_recovery_codes(chief)
    TOTPDevice.objects.create(user=chief)
    client.post(reverse("admin:two_factor_code"), {"code": codes[0]})
    typed_ = {"confirm_password": PASSWORD, "confirm_code": codes[1], "post": "yes"}
    superuser = replace(world, person=world.chief)
    for name, of in {
        "auth_user_change": superuser,
        "auth_user_password_change": superuser,
        "auth_user_two_factor": superuser,
        "auth_group_add": world,
        "auth_group_change": world,
        "auth_group_delete": world,
        "axes_accesslog_delete": world,
    }.items():
        assert client.post(of.url(name), typed_).status_code == 403, name
    client.post(world.url("auth_group_changelist"), typed_ | deletion_of("group")(world))
    assert Group.objects.filter(pk=world.group.pk).exists()
    assert two_factor.use_code(chief, codes[1])
