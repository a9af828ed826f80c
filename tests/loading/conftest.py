"""Who uploads files in tests of loading."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from initiatives.loading import uploads
from initiatives.recording.permissions import ADMINISTRATOR
from tests.people import client_of, make_person


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is done within the request: a thread would not see the rows of the test."""
    monkeypatch.setattr(uploads, "in_background", uploads.guarded)


@pytest.fixture
def person() -> User:
    return make_person(ADMINISTRATOR)


@pytest.fixture
def client(person: User) -> Client:
    return client_of(person)
