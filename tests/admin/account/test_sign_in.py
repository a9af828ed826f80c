"""The door of the desk: attempts are counted by name and address, sessions end, and the log tells of it."""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import urlencode

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db.models import F
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from initiatives.admin.account import sign_in as sign_in_module
from initiatives.admin.account.attempts import CHECKS
from initiatives.recording.permissions import ADMINISTRATOR, EDITOR
from tests import make
from tests.people import PASSWORD, client_of, make_person
from tests.test_settings import settings as settings_of

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def counted(settings: Settings) -> None:
    settings.AXES_ENABLED = True
    settings.AXES_FAILURE_LIMIT = 3


@pytest.fixture
def clerk() -> User:
    return User.objects.create_user("clerk", password=PASSWORD, is_staff=True)


def sign_in(client: Client, password: str = PASSWORD, name: str = "clerk", **more: Any) -> Any:
    data = {"username": name, "password": password, "next": more.pop("next", "/admin/")}
    return client.post(LOGIN, data, **more)


# --- How often -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("counted", "clerk")
def test_after_too_many_attempts_the_right_password_waits_too(client: Client) -> None:
    for _attempt in range(2):
        assert sign_in(client, "wrong").status_code == 200
    page = sign_in(client, "wrong")
    assert (page.status_code, page.headers["Retry-After"]) == (429, "1800")
    assert "Sign-in is paused" in page.text
    assert "30 minutes" in page.text
    assert "<title>Sign-in is paused | Initiative tracker</title>" in page.text
    assert '<a href="/">To the public pages</a>' in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "no-store" in page.headers["Cache-Control"]
    assert sign_in(client).status_code == 429
    assert client.get("/admin/").status_code == 302


@pytest.mark.usefixtures("counted", "clerk")
def test_the_pause_is_for_one_name_from_one_address(client: Client) -> None:
    User.objects.create_user("other", password=PASSWORD, is_staff=True)
    for _attempt in range(3):
        sign_in(client, "wrong")
    assert sign_in(client, name="other").status_code == 302
    assert sign_in(Client(), REMOTE_ADDR="192.0.2.7").status_code == 302
    assert sign_in(Client()).status_code == 429


@pytest.mark.usefixtures("counted")
def test_a_name_that_does_not_exist_is_paused_in_the_same_words(client: Client) -> None:
    User.objects.create_user("clerk", password=PASSWORD, is_staff=True)
    pages = {}
    for name in ("clerk", "nobody"):
        for _attempt in range(3):
            pages[name] = sign_in(client, "wrong", name)
    assert pages["clerk"].status_code == pages["nobody"].status_code == 429
    assert pages["clerk"].text == pages["nobody"].text


@pytest.mark.usefixtures("counted", "clerk")
def test_the_pause_ends_by_itself_and_is_not_made_longer(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _attempt in range(4):
        sign_in(client, "wrong")
    attempt = AccessAttempt.objects.get()
    assert attempt.failures_since_start == 3
    attempt.attempt_time -= settings.AXES_COOLOFF_TIME
    attempt.save()
    assert sign_in(client).status_code == 302


@pytest.mark.usefixtures("counted", "clerk")
def test_an_administrator_lifts_the_pause(client: Client) -> None:
    for _attempt in range(3):
        sign_in(client, "wrong")
    url = reverse("admin:axes_accessattempt_delete", args=[AccessAttempt.objects.get().pk])
    chief = client_of(make_person(ADMINISTRATOR))
    assert "clerk" in chief.get(reverse("admin:axes_accessattempt_changelist")).text
    page = chief.get(url).text
    assert "the access attempt “clerk from 127.0.0.1”?" in page
    assert "Attempted Access" not in page
    typed = {"post": "yes", "confirm_password": PASSWORD}
    assert chief.post(url, typed).status_code == 302
    assert sign_in(client).status_code == 302


@pytest.mark.usefixtures("counted", "clerk")
def test_what_was_typed_as_the_password_is_written_nowhere(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        sign_in(client, "almost-the-password")
    attempt = AccessAttempt.objects.values().get()
    assert "almost-the-password" not in json.dumps(attempt, default=str) + caplog.text


@pytest.mark.usefixtures("counted", "clerk")
def test_names_sprayed_from_one_address_come_to_its_limit(
    client: Client, settings: Settings
) -> None:
    settings.ADDRESS_FAILURE_LIMIT = 5
    for number in range(4):
        assert sign_in(client, "wrong", f"name {number}").status_code == 200
    # The office that shares the address goes on signing in, which takes nothing off the count.
    assert sign_in(Client()).status_code == 302
    page = sign_in(client, "wrong", "name 4")
    assert (page.status_code, page.headers["Retry-After"]) == (429, "1800")
    assert "or from this address at all" in page.text
    assert sign_in(Client()).status_code == 429
    assert sign_in(Client(), REMOTE_ADDR="192.0.2.7").status_code == 302
    assert AccessAttempt.objects.count() == 5


@pytest.mark.usefixtures("counted", "clerk")
def test_the_pause_of_an_address_ends_by_itself(client: Client, settings: Settings) -> None:
    settings.ADDRESS_FAILURE_LIMIT = 5
    for number in range(5):
        sign_in(client, "wrong", f"name {number}")
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - settings.AXES_COOLOFF_TIME)
    assert sign_in(client).status_code == 302


@pytest.mark.usefixtures("clerk")
def test_one_password_is_checked_at_a_time(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third may have to come again; nothing counts against who was not asked."""
    settings.AXES_ENABLED, settings.THREADS = True, 4
    monkeypatch.setattr(CHECKS, "patience", 0)
    with CHECKS.place():
        page = sign_in(client)
        assert page.status_code == 503
        assert page.headers["Retry-After"]
        assert "no-store" in page.headers["Cache-Control"]
        assert "Nothing was saved" in " ".join(page.text.split())
        chief = client_of(make_person(ADMINISTRATOR))
        typed = {"post": "yes", "confirm_password": PASSWORD}
        attempt = AccessAttempt.objects.create(username="other", failures_since_start=1)
        url = reverse("admin:axes_accessattempt_delete", args=[attempt.pk])
        assert chief.post(url, typed).status_code == 503
    assert AccessAttempt.objects.get() == attempt
    assert sign_in(client).status_code == 302


# --- From where ----------------------------------------------------------------------------------


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "198.51.100.1", "192.0.2.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        # What a visitor writes there himself stands left of what the proxy adds.
        (1, "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.9, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "[2001:db8::1]", "2001:db8::1"),
        # Past the proxies, or through something that is none.
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "garbage", "192.0.2.1"),
        (1, "198.51.100.1,", "192.0.2.1"),
        (1, "1" * 5000, "192.0.2.1"),
    ],
)
def test_the_address_is_what_our_own_proxies_saw(
    settings: Settings, proxies: int, forwarded: str, expected: str
) -> None:
    settings.PROXIES = proxies
    request = RequestFactory(REMOTE_ADDR="192.0.2.1").get("/", HTTP_X_FORWARDED_FOR=forwarded)
    assert sign_in_module.address_of(request) == expected


def test_a_request_through_a_socket_has_no_address(settings: Settings) -> None:
    assert sign_in_module.address_of(RequestFactory(REMOTE_ADDR="").get("/")) is None


@pytest.mark.usefixtures("counted", "clerk")
def test_nobody_escapes_the_count_by_making_up_where_they_come_from(
    client: Client, settings: Settings
) -> None:
    settings.PROXIES = 1
    for attempt in range(3):
        page = sign_in(client, "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{attempt}, 198.51.100.1")
    assert page.status_code == 429


# --- The page ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("clerk")
def test_signing_in_leads_to_where_one_was_going(client: Client) -> None:
    going = "/admin/initiatives/initiative/?q=water&p=2"
    page = client.get(going, follow=True)
    assert 'value="/admin/initiatives/initiative/?q=water&amp;p=2"' in page.text
    assert sign_in(client, next=going).headers["Location"] == going


@pytest.mark.usefixtures("clerk")
@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_signing_in_leads_nowhere_else(client: Client, elsewhere: str) -> None:
    assert "evil" not in sign_in(client, next=elsewhere).headers["Location"]


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"username": "\0", "password": "\0"},
        {"username": "x" * 70_000, "password": "y" * 70_000},
        {"username": "é\n\r\u202e", "password": " "},
        {"username": ["a", "b"], "password": "c", "next": "\0"},
        {"username": "a", "password": "b", "next": "x" * 9000, "\0": "\0"},
        {"username": "a", "password": "b" * 5000, "csrfmiddlewaretoken": "x"},
        {"username": "\ud800", "password": "b"},
    ],
)
def test_the_page_takes_anything(client: Client, typed: dict[str, Any]) -> None:
    body = urlencode(typed, doseq=True, errors="surrogatepass")
    more: Any = {"HTTP_USER_AGENT": "agent" * 500, "HTTP_ACCEPT": "a/b," * 900}
    for _again in range(4):
        answer = client.post(LOGIN, body, content_type=FORM, **more)
        assert answer.status_code in (200, 400, 413, 429)
    assert client.get(LOGIN, {"next": "\x01" + "x" * 3000}).status_code == 200


# --- Sessions ------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(sign_in_module, "time", clock)
    return clock


def test_a_session_that_was_left_alone_ends(clock: Clock, settings: Settings) -> None:
    client = client_of(make_person(EDITOR))
    settings.SESSION_IDLE_SECONDS = 600
    for _step in range(4):
        clock.now += 500
        assert client.get("/admin/").status_code == 200
    clock.now += 601
    page = client.get("/admin/initiatives/initiative/?q=x", follow=True)
    assert page.redirect_chain == [
        ("/admin/login/?next=/admin/initiatives/initiative/%3Fq%3Dx", 302)
    ]
    assert "You were signed out" in page.text
    assert client.get("/admin/").status_code == 302


def test_a_session_ends_with_its_day_however_busy(clock: Clock, settings: Settings) -> None:
    client = client_of(make_person(EDITOR))
    settings.SESSION_COOKIE_AGE = 3600
    for _step in range(6):
        clock.now += 600
        assert client.get("/admin/").status_code == 200
    clock.now += 600
    assert client.get("/admin/").headers["Location"].startswith(LOGIN)


def test_what_is_sent_after_the_end_is_not_done(clock: Clock, settings: Settings) -> None:
    client = client_of(make_person(ADMINISTRATOR))
    clock.now += settings.SESSION_IDLE_SECONDS + 1
    url = reverse("admin:initiatives_theme_add")
    answer = client.post(url, {"name": "Water", "slug": "water"})
    assert answer.headers["Location"] == f"{LOGIN}?next={url}"


def test_public_pages_look_at_no_session(kept_pages: None) -> None:
    initiative, client = make.initiative(), client_of(make_person(EDITOR))
    for url in ("/", initiative.get_absolute_url()):
        page = client.get(url)
        assert "Cookie" not in page.headers.get("Vary", "")
        assert not page.cookies
        assert "private" not in page.headers["Cache-Control"]


# --- The log -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("counted", "clerk")
def test_the_log_tells_who_came_and_went_and_who_was_refused(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="initiatives.admin.account.sign_in")
    sign_in(client)
    client.post("/admin/logout/")
    for _attempt in range(3):
        sign_in(client, "wrong", "cl\nerk")
    logged = [
        record.getMessage()
        for record in caplog.records
        if record.name == "initiatives.admin.account.sign_in"
    ]
    assert logged == [
        "signed in: 'clerk' from 127.0.0.1",
        "signed out: 'clerk' from 127.0.0.1",
        *["sign-in failed: 'cl\\nerk' from 127.0.0.1"] * 2,
        "sign-in paused: 'cl\\nerk' from 127.0.0.1",
        "sign-in failed: 'cl\\nerk' from 127.0.0.1",
    ]
    assert AccessLog.objects.get().logout_time is not None


# --- Settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password", ["elevenchars", "123456789012345", "password1234", "clerk-clerk-clerk"]
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, get_user_model()(username="clerk-clerk-clerk"))


def test_a_long_password_is_taken() -> None:
    validate_password(PASSWORD, get_user_model()(username="clerk"))


def test_a_word_for_the_second_factor_that_means_nothing_is_an_error() -> None:
    with pytest.raises(ImproperlyConfigured, match="STAFF_2FA is “sometimes”"):
        settings_of(STAFF_2FA="sometimes")


def test_the_pages_of_staff_are_where_the_setting_says() -> None:
    assert settings_of(ADMIN_PATH="/desk/")["ADMIN_PATH"] == "desk/"
