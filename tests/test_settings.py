"""The settings are safe by default; each case reads them as a new process would."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from whitenoise.storage import CompressedManifestStaticFilesStorage

ROOT = Path(__file__).resolve().parent.parent
KEY = "a-key-of-the-test-that-is-long-enough-for-the-deployment-check-0123456789"


def read(**environment: str) -> dict[str, Any]:
    """The settings of an environment that holds nothing but what is given; raise ImproperlyConfigured."""
    with mock.patch.dict(os.environ, {"ENV_FILE": ""} | environment, clear=True):
        return runpy.run_path(str(ROOT / "tracker/settings.py"))


def settings(**environment: str) -> dict[str, Any]:
    return read(**{"SECRET_KEY": KEY} | environment)


def start(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run Python with an environment that holds nothing but PATH and what is given."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ENV_FILE": ""} | environment,
        capture_output=True,
        text=True,
    )


def test_no_secret_key_is_an_error_that_names_it() -> None:
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        read()


def test_debugging_needs_no_secret_key() -> None:
    assert read(DEBUG="on")["DEBUG"] is True


def test_defaults_are_those_of_a_site_on_the_internet() -> None:
    found = settings()
    assert found["DEBUG"] is False
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["CSRF_COOKIE_SECURE"] is True
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    backend = import_string(found["STORAGES"]["staticfiles"]["BACKEND"])
    assert issubclass(backend, CompressedManifestStaticFilesStorage)
    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]


def test_the_deployment_check_finds_nothing() -> None:
    done = start("manage.py", "check", "--deploy", "--fail-level", "WARNING", SECRET_KEY=KEY)
    assert done.returncode == 0, done.stderr


def test_https_off_turns_off_what_needs_it() -> None:
    found = settings(HTTPS="off")
    assert found["SECURE_SSL_REDIRECT"] is False
    assert found["SESSION_COOKIE_SECURE"] is False
    assert found["SECURE_HSTS_SECONDS"] == 0


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY)
    assert read(SECRET_KEY_FILE=str(tmp_path / "key"))["SECRET_KEY"] == KEY


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("TIME_ZONE=Asia/Tashkent\nADMIN_PATH=desk\n")
    found = settings(ENV_FILE=str(file), TIME_ZONE="Asia/Tokyo")
    assert found["TIME_ZONE"] == "Asia/Tokyo"
    assert found["ADMIN_PATH"] == "desk/"


def test_postgresql_keeps_connections_and_checks_them() -> None:
    database = settings(DATABASE_URL="postgres://me:p%40ss@db.example/tracker?sslmode=require")
    database = database["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert database["PASSWORD"] == "p@ss"
    assert database["CONN_MAX_AGE"] == 60
    assert database["CONN_HEALTH_CHECKS"] is True
    assert database["OPTIONS"] == {
        "sslmode": "require",
        "connect_timeout": 3,
        "tcp_user_timeout": 10_000,
        "prepare_threshold": 2,
    }


def test_a_replica_is_only_ever_read() -> None:
    found = settings(
        DATABASE_URL="postgres://a.example/tracker",
        DATABASE_REPLICA_URL="postgres://b.example/tracker",
    )
    replica = found["DATABASES"]["replica"]
    assert replica["HOST"] == "b.example"
    assert replica["OPTIONS"]["options"] == "-c default_transaction_read_only=on"
    assert "replica" not in settings()["DATABASES"]


def test_pages_are_kept_in_memory_or_in_a_redis() -> None:
    memory = settings()["CACHES"]
    assert memory["default"]["BACKEND"].endswith("LocMemCache")
    assert list(memory) == ["default"]
    redis = settings(CACHE_URL="redis://cache.example:6379/1")["CACHES"]
    assert redis["default"]["BACKEND"] == "django.core.cache.backends.redis.RedisCache"
    assert redis["default"]["LOCATION"] == "redis://cache.example:6379/1"
    assert redis["default"]["OPTIONS"] == {"socket_connect_timeout": 1, "socket_timeout": 1}
    assert redis["near"]["BACKEND"].endswith("LocMemCache")


def test_sqlite_waits_for_its_turn_and_lets_others_read(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new-folder/tracker.sqlite3"
    code = (
        "import django; django.setup(); from django.db import connection as c, transaction\n"
        "def pragma(name): return c.cursor().execute('PRAGMA ' + name).fetchone()[0]\n"
        "print(pragma('journal_mode'), pragma('foreign_keys'), pragma('busy_timeout'))\n"
        "print(c.transaction_mode)"
    )
    done = start(
        "-c", code, DJANGO_SETTINGS_MODULE="tracker.settings", SECRET_KEY=KEY, DATABASE_URL=url
    )
    assert done.stdout.split() == ["wal", "1", "20000", "IMMEDIATE"], done.stderr


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("UPLOAD_MAX_MB", "0.5", "UPLOAD_MAX_MB is “0.5”: write a whole number of megabytes."),
        ("UPLOAD_MAX_MB", "", "UPLOAD_MAX_MB is “”: write a whole number of megabytes."),
        ("UPLOAD_MAX_MB", "-1", "UPLOAD_MAX_MB is “-1”: write a whole number of megabytes."),
        (
            "UPLOAD_KEEP_DAYS",
            "a month",
            "UPLOAD_KEEP_DAYS is “a month”: write a whole number of days.",
        ),
        ("PROXIES", "one", "PROXIES is “one”: write a whole number."),
    ],
)
def test_what_should_be_a_whole_number_and_is_none_is_an_error(
    name: str, given: str, said: str
) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        settings(**{name: given})
    assert str(refused.value) == said
    settings(**{name: " 12 "})


@pytest.mark.parametrize("name", ["DEBUG", "HTTPS", "HSTS_SUBDOMAINS"])
def test_a_switch_that_is_neither_on_nor_off_is_an_error(name: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{name} is “enabled”"):
        settings(**{name: "enabled"})


@pytest.mark.parametrize(("level", "is_logged"), [("DEBUG", True), ("INFO", False)])
def test_queries_are_logged_where_one_debugs_and_asks_for_it(level: str, is_logged: bool) -> None:
    ask = (
        "import django; django.setup(); from django.db import connection;"
        "connection.cursor().execute('SELECT 1')"
    )
    environment = {
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "DATABASE_URL": "sqlite://:memory:",
    }
    done = start("-c", ask, DEBUG="on", LOG_LEVEL=level, **environment)
    assert done.returncode == 0, done.stderr
    assert ("SELECT 1" in done.stderr) == is_logged
