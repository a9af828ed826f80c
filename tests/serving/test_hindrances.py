"""A locked database and a full disk: 503 with what is the case, and the public goes on reading."""

from __future__ import annotations

import contextlib
import errno
import logging
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import OperationalError, connections, transaction
from django.http import HttpRequest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice
from openpyxl.worksheet._writer import create_temporary_file
from pytest_django import Settings

from initiatives.admin.account import sign_in, two_factor
from initiatives.exports import archive
from initiatives.recording.permissions import ADMINISTRATOR
from initiatives.serving.availability import FULL, LOCKED, PRIMARY, hindrance_of, servers
from tests.admin.account.test_two_factor import code_of, with_telephone
from tests.admin_forms import address
from tests.exports.test_exports import leave
from tests.html_forms import boxes_of
from tests.makers import make_initiative
from tests.people import client_of, make_person
from tests.sessions import several_sessions

pytestmark = pytest.mark.django_db(transaction=True)

WAIT = 0.5
PASSWORD = "the long way round"
LOGIN = "/admin/login/"
BUSY, NO_SPACE = "The database is busy", "There is no space left on the disk"

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


@contextlib.contextmanager
def full_disk() -> Iterator[None]:
    """SQLite may take no further page; on PostgreSQL a trigger says what a full disk says."""
    tables = ("initiatives_initiative", "django_session", "initiatives_uploadedfile")
    with connections[PRIMARY].cursor() as cursor:
        if connections[PRIMARY].vendor == "sqlite":
            # What earlier tests have left would be space.
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA page_count")
            cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0]}")
            try:
                yield
            finally:
                cursor.execute("PRAGMA max_page_count = 1000000000")
            return
        cursor.execute(
            "CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
        )
        for table in tables:
            cursor.execute(
                f"CREATE TRIGGER no_space BEFORE INSERT OR UPDATE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION no_space()"
            )
        try:
            yield
        finally:
            cursor.execute("DROP FUNCTION no_space CASCADE")


@pytest.fixture
def clerk(settings: Settings) -> User:
    settings.AXES_ENABLED = True
    return make_person(ADMINISTRATOR, username="clerk", password=PASSWORD)


def check(response: Any, title: str, *words: str) -> None:
    assert response.status_code == 503
    for text in (f"<h1>{title}</h1>", *words):
        assert text in " ".join(response.text.split()), text
    assert response.headers["Retry-After"]
    assert "no-store" in response.headers["Cache-Control"]
    for name in ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options"):
        assert name in response.headers


def let_time_pass(client: Client) -> None:
    """The next request has to write the session."""
    session = client.session
    session[sign_in.SEEN] = session[sign_in.BEGAN] = time.time() - 10 * sign_in.SEEN_EVERY
    session.save()


# --- Locked ---------------------------------------------------------------------------------------


def test_what_cannot_be_saved_for_a_lock_is_said_after_one_wait(
    locking: Locking, clerk: User
) -> None:
    initiative, client = make_initiative(title="Before"), client_of(clerk)
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
    end = sign_in.end_if_over

    def ended_meanwhile(request: HttpRequest) -> bool:
        over = end(request)
        Session.objects.all().delete()
        return over

    monkeypatch.setattr(sign_in, "end_if_over", ended_meanwhile)
    assert client.get("/admin/").status_code == 400


def test_what_was_saved_before_the_session_could_not_be_written_is_not_denied(
    clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    initiative, client = make_initiative(title="Before"), client_of(clerk)
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
    device, old = with_telephone(clerk)
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
    ["initiatives.admin.site.update_session_auth_hash", "initiatives.admin.account.sign_in.note"],
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


def locked_error() -> OperationalError:
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    error = OperationalError("database is locked")
    error.__cause__ = cause
    return error


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


# --- Full -----------------------------------------------------------------------------------------


def test_what_finds_no_space_is_not_saved_and_that_is_said(clerk: User) -> None:
    initiative, client = make_initiative(title="Before"), client_of(clerk)
    url = address(initiative, "change")
    form = boxes_of(client.get(url).text) | {"title": "After", "summary": "x" * 500_000}
    with full_disk():
        check(client.post(url, form), NO_SPACE, "Nothing was saved", "Tell whoever runs the site")
        assert Client().get("/").status_code == 200
        assert not servers[PRIMARY].is_down
    initiative.refresh_from_db()
    assert initiative.title == "Before"
    assert client.post(url, form).status_code == 302


def test_files_that_find_no_space_in_the_database_are_not_kept(clerk: User) -> None:
    client = client_of(clerk)
    file = SimpleUploadedFile("a.yaml", b"x" * 500_000)
    with full_disk():
        check(client.post("/admin/initiatives/upload/add/", {"files": file}), NO_SPACE)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("path", ["/admin/initiatives/upload/add/", LOGIN, "/", "/nowhere/"])
def test_files_that_find_no_space_while_they_come_in_are_told_so(
    clerk: User, settings: Settings, monkeypatch: pytest.MonkeyPatch, number: int, path: str
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10

    def full(self: TemporaryFileUploadHandler, *args: Any) -> None:
        self.file.close()
        raise OSError(number, "No space left on device")

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", full)
    for client in (client_of(clerk), Client(enforce_csrf_checks=True)):
        client.cookies["csrftoken"] = "a" * 32
        response = client.post(path, {"files": SimpleUploadedFile("a.yaml", b"x" * 500)})
        check(response, NO_SPACE, "Nothing was saved")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_an_archive_that_finds_no_space_is_told_and_leaves_nothing(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    settings.ARCHIVE_DIR = tmp_path / "archive"

    def full(*args: Any) -> Iterator[bytes]:
        yield b"begun"
        raise OSError(number, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(archive, "csv_stream", full)
        response = Client().get("/data/initiative-tracker.zip")
        check(response, NO_SPACE, "cannot be made at the moment")
        assert "saved" not in response.text
    assert {path.name for path in settings.ARCHIVE_DIR.iterdir()} == {"lock"}
    response = Client().get("/data/initiative-tracker.zip")
    assert response.status_code == 200
    leave(response)


@pytest.mark.parametrize(
    "path", ["/initiatives.xlsx", "/admin/initiatives/upload/workbook/?format=xlsx"]
)
def test_a_workbook_that_finds_no_space_is_told_and_leaves_nothing(
    clerk: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    make_initiative()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def on_a_full_disk(suffix: str = "") -> str:
        file = Path(create_temporary_file(suffix))
        file.unlink()
        file.symlink_to("/dev/full")
        return str(file)

    monkeypatch.setattr("openpyxl.worksheet._writer.create_temporary_file", on_a_full_disk)
    check(client_of(clerk).get(path), NO_SPACE, "cannot be made at the moment")
    assert not list(tmp_path.glob("openpyxl*"))


def test_no_place_for_temporary_files_is_want_of_space(
    clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process whose first file finds the disk full gets this from Python, and not what the system says."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/dev/full"])
    files = {"files": SimpleUploadedFile("a.yaml", b"x" * 6_000_000)}
    check(Client().post("/nowhere/", files), NO_SPACE, "Nothing was saved")
    check(client_of(clerk).get("/initiatives.xlsx"), NO_SPACE)


# --- Which is which -------------------------------------------------------------------------------


class Told(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("sqlstate", "hindrance"),
    [
        ("55P03", LOCKED),
        ("57014", LOCKED),
        ("53300", LOCKED),
        ("53100", FULL),
        # A deadlock is solved by trying again, which the forms do.
        ("40P01", None),
        ("23505", None),
    ],
)
def test_what_postgresql_says(sqlstate: str, hindrance: str | None) -> None:
    error = OperationalError("told")
    error.__cause__ = Told(sqlstate)
    assert hindrance_of(error) == hindrance


def test_an_error_is_known_by_what_it_comes_from() -> None:
    def write_the_session() -> None:
        try:
            raise locked_error()
        except OperationalError:
            raise SessionInterrupted  # noqa: B904

    with pytest.raises(SessionInterrupted) as found:
        write_the_session()
    assert hindrance_of(found.value) == LOCKED
    assert hindrance_of(SessionInterrupted()) is None
    assert hindrance_of(OSError(errno.EACCES, "not allowed")) is None
    assert hindrance_of(None) is None


def test_the_numbers_are_those_of_sqlite(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "a", isolation_level=None)) as one:
        one.execute("PRAGMA journal_mode=WAL")
        one.execute("CREATE TABLE rows (text)")
        one.execute("BEGIN IMMEDIATE")
        with contextlib.closing(sqlite3.connect(tmp_path / "a", timeout=0)) as two:
            with pytest.raises(sqlite3.OperationalError) as locked:
                two.execute("BEGIN IMMEDIATE")
            assert hindrance_of(locked.value) == LOCKED
        one.execute("ROLLBACK")
        one.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as full:
            one.execute("INSERT INTO rows VALUES (?)", ["x" * 100_000])
        assert hindrance_of(full.value) == FULL
