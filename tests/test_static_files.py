"""Addresses of static files say what is in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django import Settings

from tracker.static_files import StaticFiles


def test_an_address_says_what_is_in_a_file_and_is_made_once(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.DEBUG = False
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "tracker.static_files.StaticFiles"},
    }
    call_command("collectstatic", verbosity=0, interactive=False)
    files = StaticFiles()
    address = files.url("initiatives/app.css")
    assert address.startswith("/static/initiatives/app.")
    assert address != "/static/initiatives/app.css"
    monkeypatch.setattr(StaticFiles, "stored_name", lambda *_names: pytest.fail("asked again"))
    assert files.url("initiatives/app.css") == address
