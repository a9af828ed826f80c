"""A locked database: 503 after one wait, no half of what belongs together, and the public goes on reading."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import OperationalError, connections, transaction
from django.http import HttpRequest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from initiatives.admin.account import sign_in, two_factor
from initiatives.serving.availability import PRIMARY, servers
from tests import make
from tests.admin.account.test_two_factor import code_of, with_authenticator
from tests.admin_forms import address
from tests.html_forms import boxes_of
from tests.people import client_of, make_person
from tests.serving.hindrances import BUSY, LOGIN, PASSWORD, check, locked_error
from tests.sessions import several_sessions

pytestmark = pytest.mark.django_db(transaction=True)

WAIT = 0.5

Locking = Callable[[], contextlib.AbstractContextManager[None]]


@pytest.fixture
def locking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Locking]:
    """Yield what locks the database, from another connection, for longer than anybody waits."""
    options = connections[PRIMARY].settings_dict["OPTIONS"]
    if connections[PRIMARY].vendor == "sqlite":
        monkeypatch.setitem(options, "timeout", WAIT)
        with several_sessions(tmp_path):
            yield _locked_sqlite
        return
    with connections[PRIMARY].cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {round(WAIT * 1000)}")
    yield _locked_postgres
    with connections[PRIMARY].cursor() as cursor:
        cursor.execute("RESET lock_timeout")


@contextlib.contextmanager
def _locked_sqlite() -> Iterator[None]:
    name = connections[PRIMARY].settings_dict["NAME"]
    with contextlib.closing(sqlite3.connect(name, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextlib.contextmanager
def _locked_postgres() -> Iterator[None]:
    other = connections[PRIMARY].copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(
                "LOCK TABLE django_session, django_admin_log, auth_user, axes_accessattempt, axes_accesslog,"
                " otp_static_staticdevice, initiatives_initiative IN EXCLUSIVE MODE"
            )
        yield
    finally:
        other.close()


@contextlib.contextmanager
def locked_from_the_first_commit(locking: Locking) -> Iterator[None]:
    """Somebody else takes the lock as soon as a request has saved anything."""
    with contextlib.ExitStack() as lock:

        def take() -> None:
            lock.enter_context(locking())
            taken.append(True)

        def watch(execute: Any, sql: str, *args: Any) -> Any:
            result = execute(sql, *args)
            if sql.startswith(("INSERT", "UPDATE", "DELETE")):
                transaction.on_commit(lambda: None if taken else take())
            return result

        taken: list[bool] = []
        with connections[PRIMARY].execute_wrapper(watch):
            yield
        assert taken


def let_time_pass(client: Client) -> None:
    """The next request has to write the session."""
    session = client.session
    session[sign_in.SEEN] = session[sign_in.BEGAN] = time.time() - 10 * sign_in.SEEN_EVERY
    session.save()


def test_what_cannot_be_saved_for_a_lock_is_said_after_one_wait(
    locking: Locking, clerk: User
) -> None:
    initiative, client = make.initiative(title="Before"), client_of(clerk)
    url = address(initiative, "change")
    form = boxes_of(client.get(url).text) | {"title": "After"}
    with locking():
        began = time.monotonic()
        response = client.post(url, form)
        assert WAIT * 0.9 < time.monotonic() - began < WAIT * 1.9
        check(response, BUSY, "Nothing was saved", "still in your browser")
        assert Client().get("/").status_code == 200
        assert not servers[PRIMARY].is_down
    initiative.refresh_from_db()
    assert initiative.title == "Before"
    assert client.post(url, form).status_code == 302


@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_nobody_is_signed_in_or_refused_while_that_cannot_be_noted(
    locking: Locking, clerk: User, password: str
) -> None:
    client = Client()
    with locking():
        began = time.monotonic()
        check(client.post(LOGIN, {"username": "clerk", "password": password}), BUSY)
        assert time.monotonic() - began < WAIT * 1.9
    assert "_auth_user_id" not in client.session
    assert client.post(LOGIN, {"username": "clerk", "password": PASSWORD}).status_code == 302


def test_a_session_that_cannot_be_written_is_no_bad_request(locking: Locking, clerk: User) -> None:
    client = client_of(clerk)
    assert client.get("/admin/").status_code == 200
    let_time_pass(client)
    with locking():
        response = client.get("/admin/")
        check(response, BUSY, "Please try again in a minute")
        assert "saved" not in response.text
        check(client.post("/admin/logout/"), BUSY)
        assert not servers[PRIMARY].is_down
    assert client.get("/admin/").status_code == 200


def test_a_session_that_somebody_has_ended_meanwhile_is_still_refused(
    clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of(clerk)
    let_time_pass(client)
    end = sign_in.end_expired_session

    def ended_meanwhile(request: HttpRequest) -> bool:
        over = end(request)
        Session.objects.all().delete()
        return over

    monkeypatch.setattr(sign_in, "end_expired_session", ended_meanwhile)
    assert client.get("/admin/").status_code == 400


def test_what_was_saved_before_the_session_could_not_be_written_is_not_denied(
    clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    initiative, client = make.initiative(title="Before"), client_of(clerk)
    url = address(initiative, "change")
    form = boxes_of(client.get(url).text) | {"title": "After"}
    let_time_pass(client)

    def locked(*args: Any, **kwargs: Any) -> None:
        raise locked_error()

    monkeypatch.setattr(Session, "save", locked)
    response = client.post(url, form)
    check(response, BUSY, "may be saved already: look before you send it again")
    assert "Nothing was saved" not in response.text
    initiative.refresh_from_db()
    assert initiative.title == "After"


# --- Locked between two writes that belong together -----------------------------------------------

NEW_PASSWORD = "another long way round"
ME = {"confirm_password": PASSWORD}


def lines_of(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(caplog.messages)


def may_sign_in(username: str, password: str) -> bool:
    client = Client()
    client.post(LOGIN, {"username": username, "password": password})
    return "_auth_user_id" in client.session


def test_a_password_is_set_with_its_line_in_the_log_and_in_the_history(
    locking: Locking, clerk: User, caplog: pytest.LogCaptureFixture
) -> None:
    other, client = make_person(username="other"), client_of(clerk)
    form = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true", **ME}
    with locked_from_the_first_commit(locking), caplog.at_level(logging.INFO):
        response = client.post(f"/admin/auth/user/{other.pk}/password/", form)
    assert response.status_code == 302
    assert "password set of 'other' by 'clerk'" in lines_of(caplog)
    assert LogEntry.objects.filter(object_id=other.pk).exists()
    assert may_sign_in("other", NEW_PASSWORD)
    assert client.get("/admin/").status_code == 200


def test_an_own_password_is_changed_and_its_person_stays_signed_in(
    locking: Locking, clerk: User, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(clerk)
    form = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD, **ME}
    with locked_from_the_first_commit(locking), caplog.at_level(logging.INFO):
        response = client.post("/admin/password_change/", form)
    assert response.status_code == 302
    assert "own password changed" in lines_of(caplog)
    assert client.get("/admin/").status_code == 200
    assert may_sign_in("clerk", NEW_PASSWORD)


def test_a_second_factor_is_dropped_with_its_line_in_the_log_and_in_the_history(
    locking: Locking, clerk: User, caplog: pytest.LogCaptureFixture
) -> None:
    other, client = make_person(), client_of(clerk)
    TOTPDevice.objects.create(user=other)
    with locked_from_the_first_commit(locking), caplog.at_level(logging.INFO):
        response = client.post(f"/admin/auth/user/{other.pk}/two-factor/", ME)
    assert response.status_code == 302
    assert "second factor dropped" in lines_of(caplog)
    assert LogEntry.objects.filter(object_id=other.pk).exists()
    assert not TOTPDevice.objects.exists()


def test_recovery_codes_that_work_are_shown(
    locking: Locking, clerk: User, caplog: pytest.LogCaptureFixture
) -> None:
    client = client_of(clerk)
    client.get("/admin/two-factor/set-up/")
    code = code_of(client.session["two_factor_key"])
    with locked_from_the_first_commit(locking), caplog.at_level(logging.INFO):
        page = client.post("/admin/two-factor/set-up/", {"code": code, **ME})
    assert page.status_code == 200
    assert "second factor set up" in lines_of(caplog)
    assert client.get("/admin/").status_code == 200


def test_new_recovery_codes_are_shown_when_the_old_ones_are_dead(
    locking: Locking, clerk: User, caplog: pytest.LogCaptureFixture
) -> None:
    device, old = with_authenticator(clerk)
    client = client_of(clerk)
    client.post("/admin/two-factor/code/", {"code": old[0]})
    me = {"confirm_code": code_of(device), **ME}
    with locked_from_the_first_commit(locking), caplog.at_level(logging.INFO):
        page = client.post("/admin/two-factor/codes/", me)
    assert "recovery codes renewed" in lines_of(caplog)
    assert len(page.context["codes"]) == two_factor.RECOVERY_CODES


def test_a_page_does_not_deny_what_was_saved_before_the_lock(locking: Locking, clerk: User) -> None:
    client = Client()
    with locked_from_the_first_commit(locking):
        response = client.post(LOGIN, {"username": "clerk", "password": PASSWORD})
        check(response, BUSY, "may be saved already: look before you send it again")
    assert "Nothing was saved" not in response.text


@pytest.mark.parametrize(
    "moment",
    [
        "initiatives.admin.site.update_session_auth_hash",
        "initiatives.admin.account.sign_in.log",
    ],
)
def test_an_outage_during_or_after_a_write_leaves_open_whether_it_is_saved(
    clerk: User, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """The server may have committed what it could no longer say."""

    def lost(*args: Any) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    client = client_of(clerk)
    form = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD, **ME}
    monkeypatch.setattr(moment, lost)
    monkeypatch.setattr("initiatives.serving.middleware.was_lost", lambda *args: True)
    monkeypatch.setattr(servers[PRIMARY], "failed", lambda error: None)
    response = client.post("/admin/password_change/", form)
    check(response, "Nothing can be saved at the moment", "may be saved already")
    assert "was not saved" not in response.text


def test_a_lock_that_bars_reading_is_not_taken_for_an_outage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def locked(alias: str) -> None:
        asked.append(alias)
        raise locked_error()

    with monkeypatch.context() as patch:
        patch.setattr("initiatives.serving.availability.data_version", locked)
        assert Client().get("/").status_code == 503
    assert asked == [PRIMARY], "one wait"
    assert Client().get("/").status_code == 200
