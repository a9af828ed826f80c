"""What supervisors and load balancers are told, and the files that a deployment is made of."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from initiatives.serving import availability
from tracker import health

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = (ROOT / "docs" / "settings.md").read_text()
# Not ours: gunicorn's, Python's and those of the other containers.
FOREIGN = {"FORWARDED_ALLOW_IPS", "PYTHONDONTWRITEBYTECODE", "ENV_FILE"}


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", set())


def test_alive_needs_no_database_no_name_and_no_https(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get("/healthz", headers={"Host": "10.0.0.7"})
    assert (response.status_code, response.content) == (200, b"alive\n")
    assert response.headers["Cache-Control"] == "no-store"
    assert "Content-Security-Policy" in response.headers


@pytest.mark.django_db
def test_ready_is_asked_in_two_queries_once_migrations_are_known(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    first = Client().get("/readyz", headers={"Host": "10.0.0.7"})
    assert first.json() == {"ready": True, "databases": {"default": "ready"}}
    with CaptureQueriesContext(connection) as asked:
        assert Client().get("/readyz").status_code == 200
    # The version of the data, and the triggers that move it.
    assert len(asked) == 2


@pytest.mark.django_db
def test_a_missing_migration_is_not_ready() -> None:
    last = MigrationRecorder.Migration.objects.filter(app="initiatives").order_by("-name").first()
    assert last
    last.delete()
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["databases"] == {"default": "migrations missing"}


@pytest.mark.django_db
def test_a_database_out_of_reach_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    away = availability.Server("default")
    monkeypatch.setattr(away, "version", lambda: None)
    monkeypatch.setitem(availability.servers, "default", away)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["databases"] == {"default": "unreachable"}
    page = Client().get("/")
    assert page.status_code == 503
    assert "Not available at the moment" in page.content.decode()
    desk = Client().get("/admin/")
    assert desk.status_code == 503
    assert "Nothing can be saved at the moment" in desk.content.decode()


def test_the_healthcheck_of_the_image_fails_where_nobody_answers() -> None:
    command = [sys.executable, str(ROOT / "deploy" / "healthcheck.py")]
    done = subprocess.run(command, env=os.environ | {"PORT": "1"})
    assert done.returncode == 1


# --- The files of a deployment --------------------------------------------------------------------


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return loaded


def documented(name: str) -> bool:
    return name in FOREIGN or f"| `{name}` |" in SETTINGS


def test_compose_sets_what_the_program_reads() -> None:
    services = compose()["services"]
    assert {"proxy", "web", "migrate", "db", "redis"} <= set(services)
    for name in ("web", "migrate", "daily", "files"):
        assert all(map(documented, services[name]["environment"])), name
        assert services[name]["read_only"] is True


def test_the_image_takes_files_that_exist_and_no_secret() -> None:
    taken = [
        line[1:]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    assert all((ROOT / name).exists() for name in taken)
    assert not {".env", "var", ".git"} & set(taken)
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes" in dockerfile
    assert re.search(r"^USER 10001", dockerfile, re.MULTILINE)


@pytest.mark.parametrize(
    "unit", ["tracker.service", "tracker-daily.service", "tracker-files.service"]
)
def test_units_set_what_the_program_reads(unit: str) -> None:
    text = (ROOT / "deploy" / unit).read_text()
    pairs = re.findall(r"^Environment=(.*)$", text, re.MULTILINE)
    names = {pair.split("=")[0] for line in pairs for pair in line.split()}
    assert names
    assert all(map(documented, names))
    assert set(re.findall(r"manage\.py (\w+)", text)) <= set(get_commands())
