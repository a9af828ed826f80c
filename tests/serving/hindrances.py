"""What tests of a locked database and of a full disk share."""

from __future__ import annotations

import sqlite3
from typing import Any

from django.db import OperationalError

PASSWORD = "the long way round"
LOGIN = "/admin/login/"
BUSY, NO_SPACE = "The database is busy", "There is no space left on the disk"


def check(response: Any, title: str, *words: str) -> None:
    assert response.status_code == 503
    for text in (f"<h1>{title}</h1>", *words):
        assert text in " ".join(response.text.split()), text
    assert response.headers["Retry-After"]
    assert "no-store" in response.headers["Cache-Control"]
    for name in ("Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options"):
        assert name in response.headers


def locked_error() -> OperationalError:
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    error = OperationalError("database is locked")
    error.__cause__ = cause
    return error
