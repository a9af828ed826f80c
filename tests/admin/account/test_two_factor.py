"""The second factor: set up once, asked for after the password, each code good for one time."""

from __future__ import annotations

import base64
import logging
import re
import urllib.parse
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from initiatives.admin.account import two_factor, two_factor_pages
from initiatives.recording.permissions import ADMINISTRATOR, EDITOR
from tests.people import PASSWORD, client_of, make_person
from tests.sessions import several_sessions

pytestmark = pytest.mark.django_db

DESK, OVERVIEW = "/admin/", "/admin/two-factor/"
SET_UP, CODE = "/admin/two-factor/set-up/", "/admin/two-factor/code/"
RENEW, OFF = "/admin/two-factor/codes/", "/admin/two-factor/off/"
WRONG = "That code is not valid. Wait for the next one."


@pytest.fixture
def editor() -> User:
    return make_person(EDITOR, username="clerk", password=PASSWORD)


def code_of(device: TOTPDevice | str, later: int = 0) -> str:
    """What the app shows now, or some half minutes later."""
    key = bytes.fromhex(device) if isinstance(device, str) else device.bin_key
    # Whatever the drift, a code lies ahead of the last one that was used.
    return f"{totp(key, drift=later):06d}"


def with_authenticator(user: User) -> tuple[TOTPDevice, list[str]]:
    device = TOTPDevice.objects.create(user=user, name="Telephone")
    return device, two_factor.replace_recovery_codes(user)


def confirmed(code: str) -> dict[str, str]:
    return {"confirm_password": PASSWORD, "confirm_code": code}


def set_up(client: Client, **typed: str) -> Any:
    page = client.get(SET_UP)
    key = client.session[two_factor_pages.KEY]
    data = {"code": code_of(key), "confirm_password": PASSWORD, **typed}
    assert page.status_code == 200
    return client.post(SET_UP, data)


# --- Setting it up -------------------------------------------------------------------------------


def test_a_telephone_is_set_up_with_a_picture_drawn_here(editor: User) -> None:
    client = client_of(editor)
    assert "Off." in client.get(OVERVIEW).text
    page = client.get(SET_UP)
    assert "recovery" not in page.text
    picture = re.search(r'src="data:image/svg\+xml[^"]*"', page.text)
    assert picture
    assert "svg" in urllib.parse.unquote(picture[0])
    assert "img-src 'self' data:" in page.headers["Content-Security-Policy"]
    key = client.session[two_factor_pages.KEY]
    secret = base64.b32encode(bytes.fromhex(key)).decode()
    assert secret in page.text.replace(" ", "")
    # Looked at again, it is the same secret.
    assert client.get(SET_UP).context["secret"] == page.context["secret"]

    page = set_up(client)
    codes = page.context["codes"]
    assert len(set(codes)) == two_factor.RECOVERY_CODES
    assert all(code in page.text for code in codes)
    assert "no-store" in page.headers["Cache-Control"]
    assert TOTPDevice.objects.get().key == key
    saved_hashes = set(StaticToken.objects.values_list("token", flat=True))
    assert saved_hashes == {two_factor.recovery_hash(code) for code in codes}
    assert not saved_hashes & set(codes)
    overview = client.get(OVERVIEW)
    assert "On since" in overview.text
    assert "10 recovery codes are left" in " ".join(overview.text.split())
    # They are shown this once.
    assert codes[0] not in overview.text
    assert client.post(SET_UP, {"code": "1", "confirm_password": PASSWORD}).status_code == 302


def test_the_code_of_setting_up_is_used_up(editor: User) -> None:
    client = client_of(editor)
    client.get(SET_UP)
    code = code_of(client.session[two_factor_pages.KEY])
    client.post(SET_UP, {"code": code, "confirm_password": PASSWORD})
    assert WRONG in client_of(editor).post(CODE, {"code": code}).text


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"code": "000000"}, WRONG),
        ({"confirm_password": "wrong"}, "This is not your password."),
        ({"confirm_password": ""}, "This field is required."),
        ({"code": "", "confirm_password": ""}, "This field is required."),
        ({"code": "²²²²²²"}, WRONG),
        ({"code": "\0"}, "Null characters are not allowed."),
        ({"code": "9" * 40}, WRONG),
        ({"code": "9" * 41}, "at most 40 characters"),
        ({"code": "１２３４５６"}, WRONG),
    ],
)
def test_what_is_wrong_sets_nothing_up(editor: User, typed: dict[str, str], message: str) -> None:
    client = client_of(editor)
    page = set_up(client, **typed)
    assert page.status_code == 200
    assert message in page.text
    assert not TOTPDevice.objects.exists()
    # The picture stays, so that the telephone need not scan another.
    assert set_up(client).context["codes"]


def test_whoever_finds_a_session_open_does_not_guess_the_password(
    editor: User, settings: Settings
) -> None:
    settings.AXES_ENABLED, settings.AXES_FAILURE_LIMIT = True, 3
    client = client_of(editor)
    answers = [set_up(client, confirm_password="guess") for _attempt in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]


# --- Signing in ----------------------------------------------------------------------------------


def test_after_the_password_comes_the_code_and_then_where_one_was_going(editor: User) -> None:
    device, _codes = with_authenticator(editor)
    client, going = Client(), "/admin/initiatives/initiative/?q=water"
    data = {"username": "clerk", "password": PASSWORD, "next": going}
    page = client.post("/admin/login/", data, follow=True)
    assert page.redirect_chain[-1][0].startswith(f"{CODE}?next=")
    assert 'autocomplete="one-time-code"' in page.text
    key = client.session.session_key
    code = code_of(device)
    answer = client.post(page.redirect_chain[-1][0], {"code": f" {code[:3]} {code[3:]} "})
    assert answer.headers["Location"] == going
    assert client.get(going).status_code == 200
    assert client.session.session_key != key


def test_between_password_and_code_nothing_is_open_but_the_way_out(editor: User) -> None:
    with_authenticator(editor)
    client = client_of(editor)
    for url in (DESK, OVERVIEW, OFF, RENEW, "/admin/password_change/", "/admin/jsi18n/", SET_UP):
        for answer in (client.get(url), client.post(url)):
            assert answer.headers["Location"].startswith(CODE), url
    assert "Initiatives" not in client.get(CODE).text
    assert client.post("/admin/logout/").status_code == 200


def test_a_code_is_good_for_one_time(editor: User) -> None:
    device, _codes = with_authenticator(editor)
    code = code_of(device)
    first, second = client_of(editor), client_of(editor)
    assert first.post(CODE, {"code": code}).status_code == 302
    assert WRONG in second.post(CODE, {"code": code}).text
    assert second.get(DESK).status_code == 302


def test_a_code_of_another_person_or_time_is_refused(editor: User) -> None:
    with_authenticator(editor)
    theirs, their_codes = with_authenticator(make_person(EDITOR))
    for code in (code_of(theirs), their_codes[0], "000000", "nonsense", code_of(theirs, 5)):
        TOTPDevice.objects.update(throttling_failure_count=0)
        StaticDevice.objects.update(throttling_failure_count=0)
        client = client_of(editor)
        assert WRONG in client.post(CODE, {"code": code}).text
        assert client.get(DESK).status_code == 302
    assert StaticToken.objects.count() == 20


def test_wrong_codes_make_the_right_one_wait(editor: User) -> None:
    device, _codes = with_authenticator(editor)
    client = client_of(editor)
    for _attempt in range(5):
        client.post(CODE, {"code": "000000"})
    assert WRONG in client.post(CODE, {"code": code_of(device)}).text
    TOTPDevice.objects.update(throttling_failure_timestamp="2020-01-01T00:00:00Z")
    assert client.post(CODE, {"code": code_of(device)}).status_code == 302


def test_a_recovery_code_lets_in_once(editor: User) -> None:
    _device, codes = with_authenticator(editor)
    client = client_of(editor)
    page = client.post(CODE, {"code": codes[0].upper()}, follow=True)
    assert [str(message) for message in page.context["messages"]] == ["9 recovery codes are left."]
    assert WRONG in client_of(editor).post(CODE, {"code": codes[0]}).text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["telephone", "recovery"])
def test_a_code_that_is_sent_four_times_at_once_is_taken_once(tmp_path: Path, kind: str) -> None:
    user = User.objects.create_user("clerk", is_staff=True)
    with several_sessions(tmp_path) as run:
        device, codes = with_authenticator(user)
        code = code_of(device) if kind == "telephone" else codes[0]
        taken = run(*[lambda: two_factor.use_code(user, code)] * 4)
    assert [answer for answer in taken if isinstance(answer, Exception)] == []
    assert len([answer for answer in taken if answer]) == 1


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "\\\\evil.example"]
)
def test_the_code_leads_nowhere_else(editor: User, elsewhere: str) -> None:
    device, _codes = with_authenticator(editor)
    answer = client_of(editor).post(CODE, {"code": code_of(device), "next": elsewhere})
    assert answer.headers["Location"] == DESK


@pytest.mark.parametrize("value", ["\0", "x" * 70_000, "é\n", "-1", "1e9", "٣٣٣٣٣٣", "", " "])
@pytest.mark.parametrize("url", [CODE, RENEW, OFF])
def test_the_forms_take_anything(editor: User, url: str, value: str) -> None:
    device, _codes = with_authenticator(editor)
    client = client_of(editor)
    if url != CODE:
        client.post(CODE, {"code": code_of(device)})
    typed = {"code": value, "confirm_password": value, "confirm_code": value}
    for data in ({**typed, "next": value}, {}, {"next": value}):
        assert client.post(url, data).status_code == 200
    assert TOTPDevice.objects.count() == 1


# --- Changing and losing it ----------------------------------------------------------------------


def test_new_recovery_codes_take_the_place_of_the_old(editor: User) -> None:
    _device, codes = with_authenticator(editor)
    client = client_of(editor)
    client.post(CODE, {"code": codes[0]})
    assert WRONG in client.post(RENEW, confirmed("000000")).text
    new = client.post(RENEW, confirmed(codes[1])).context["codes"]
    assert not set(new) & set(codes)
    # Whoever came in with one of the old ones stays in.
    assert client.get(DESK).status_code == 200
    assert WRONG in client_of(editor).post(CODE, {"code": codes[2]}).text
    StaticDevice.objects.update(throttling_failure_count=0)
    assert client_of(editor).post(CODE, {"code": new[0]}).status_code == 302


def test_it_is_turned_off_with_password_and_code_only(editor: User) -> None:
    _device, codes = with_authenticator(editor)
    client = client_of(editor)
    client.post(CODE, {"code": codes[0]})
    for typed in (
        confirmed("000000"),
        {"confirm_code": codes[1]},
        {"confirm_code": codes[1], "confirm_password": "wrong"},
    ):
        client.post(OFF, typed)
        assert TOTPDevice.objects.exists()
    assert client.post(OFF, confirmed(codes[1])).status_code == 302
    assert not TOTPDevice.objects.exists()
    assert not StaticDevice.objects.exists()
    assert client_of(editor).get(DESK).status_code == 200


def test_another_telephone_takes_the_place_of_the_first(editor: User) -> None:
    old, codes = with_authenticator(editor)
    client = client_of(editor)
    client.post(CODE, {"code": codes[0]})
    for typed in ({}, {"confirm_code": "000000"}, {"confirm_code": codes[1], "code": "000000"}):
        set_up(client, **typed)
        assert TOTPDevice.objects.get().key == old.key
    # A mistake with the new telephone has not used up the code of the old.
    page = set_up(client, confirm_code=codes[1])
    assert len(page.context["codes"]) == two_factor.RECOVERY_CODES
    assert TOTPDevice.objects.get().key != old.key
    assert client.get(DESK).status_code == 200


def test_an_administrator_lets_somebody_set_it_up_anew(
    editor: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="initiatives.admin.account.sign_in")
    with_authenticator(editor)
    chief = make_person(ADMINISTRATOR, username="chief")
    client, url = client_of(chief), reverse("admin:auth_user_two_factor", args=[editor.pk])
    assert "Make sure that it is they who ask" in client.get(url).text
    assert TOTPDevice.objects.exists()
    assert client.post(url).status_code == 200
    assert TOTPDevice.objects.exists()
    assert client.post(url, {"confirm_password": PASSWORD}).status_code == 302
    assert not TOTPDevice.objects.exists()
    assert "second factor dropped of 'clerk' by 'chief'" in caplog.text
    assert client_of(editor).get(DESK).status_code == 200


def test_what_is_not_set_up_is_not_dropped(editor: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="initiatives.admin.account.sign_in")
    client = client_of(make_person(ADMINISTRATOR))
    url = reverse("admin:auth_user_two_factor", args=[editor.pk])
    person = reverse("admin:auth_user_change", args=[editor.pk])
    assert url not in client.get(person).text
    for page in (client.get(url), client.post(url, {"confirm_password": PASSWORD})):
        assert page.status_code == 200
        assert "No authenticator app is set up for this person." in page.text
        assert "confirm_password" not in page.text
    assert "dropped" not in caplog.text
    with_authenticator(editor)
    assert url in client.get(person).text


def test_the_secrets_of_telephones_have_no_page(editor: User) -> None:
    device, _codes = with_authenticator(editor)
    client = client_of(User.objects.create_superuser("chief"))
    for url in ("/admin/otp_totp/totpdevice/", "/admin/otp_static/staticdevice/"):
        assert client.get(url).status_code == 404
    page = client.get(reverse("admin:auth_user_change", args=[editor.pk]))
    assert device.key not in page.text


# --- The setting ---------------------------------------------------------------------------------


def test_where_it_is_required_nobody_gets_further_without(editor: User, settings: Settings) -> None:
    settings.STAFF_2FA = "required"
    client, going = client_of(editor), "/admin/initiatives/initiative/"
    answer = client.get(going)
    assert urllib.parse.unquote(answer.headers["Location"]) == f"{SET_UP}?next={going}"
    page = client.get(answer.headers["Location"])
    assert "everybody signs in with a second factor" in page.text
    assert "desk-nav" not in page.text
    page = set_up(client, next=going)
    assert f'href="{going}"' in page.text
    assert client.get(going).status_code == 200
    # It can be replaced, and not turned off.
    assert client.post(OFF, confirmed("000000")).status_code == 403
    assert "Turn it off" not in client.get(OVERVIEW).text


def test_where_it_is_off_nobody_is_asked(editor: User, settings: Settings) -> None:
    settings.STAFF_2FA = "off"
    with_authenticator(editor)
    client = client_of(editor)
    assert client.get(DESK).status_code == 200
    assert client.get(SET_UP).status_code == 403


def test_the_events_are_logged(editor: User, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="initiatives.admin.account.sign_in")
    client = client_of(editor)
    code = set_up(client).context["codes"][0]
    other = client_of(editor)
    other.post(CODE, {"code": "000000"})
    other.post(CODE, {"code": code})
    for event in ("second factor set up", "wrong second factor", "second factor given (recovery"):
        assert f"{event}" in caplog.text
    assert code not in caplog.text
