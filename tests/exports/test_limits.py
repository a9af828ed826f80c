"""Only a few workbooks are made at once in one process; who comes too late is told when to come again."""

from __future__ import annotations

import threading
from unittest.mock import patch

import pytest
from django.test import Client
from pytest_django import Settings

from initiatives.exports import limits
from initiatives.exports.limits import TooManyAtWork, limited

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PATIENCE_SECONDS", 0.01)


@pytest.mark.parametrize("name", ["initiatives", "meetings"])
def test_one_workbook_too_many_is_told_to_come_again(
    client: Client, settings: Settings, name: str
) -> None:
    settings.MOST_WORKBOOKS = 2
    with limited(), limited():
        response = client.get(f"/{name}.xlsx")
        assert response.status_code == 503
        assert response.headers["Retry-After"] == "30"
        assert response.headers["Cache-Control"] == "no-store"
        assert "try again" in response.content.decode()
        # What costs little is answered meanwhile.
        assert client.head(f"/{name}.xlsx").status_code == 200
        assert b"".join(client.get(f"/{name}.csv"))
    assert b"".join(client.get(f"/{name}.xlsx")).startswith(b"PK")


def test_a_failure_makes_room_again(settings: Settings) -> None:
    settings.MOST_WORKBOOKS = 1
    with pytest.raises(ZeroDivisionError), limited():
        _ = 1 / 0
    with limited(), pytest.raises(TooManyAtWork), limited():
        pass


def test_a_short_wait_is_enough_for_a_short_file(settings: Settings) -> None:
    settings.MOST_WORKBOOKS = 1
    with patch.object(limits, "PATIENCE_SECONDS", 10.0):
        done = threading.Event()

        def make() -> None:
            with limited():
                done.wait(0.2)

        other = threading.Thread(target=make)
        other.start()
        with limited():
            pass
        other.join()
