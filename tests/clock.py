"""A clock that tests turn: what is recorded, and what a page calls today, follows it."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from initiatives.models import ENTRIES


class Clock:
    """Stands still at noon of a day until it is turned."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, day: str) -> None:
        self.turn_to(datetime.date.fromisoformat(day))
        monkeypatch.setattr(timezone, "now", self.now)
        for model in ENTRIES:
            # The field holds the function itself.
            monkeypatch.setattr(model._meta.get_field("recorded_at"), "_get_default", self.now)

    @property
    def day(self) -> datetime.date:
        return self._now.date()

    def now(self) -> datetime.datetime:
        return self._now

    def turn_to(self, day: datetime.date) -> None:
        noon = datetime.datetime.combine(day, datetime.time(12))
        self._now = noon.replace(tzinfo=datetime.UTC)

    def turn(self, days: int) -> None:
        self.turn_to(self.day + datetime.timedelta(days=days))
