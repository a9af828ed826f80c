"""The change history of a model, as django-simple-history keeps it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords as LibrarysRecords


class HistoricalRecords(LibrarysRecords):  # type: ignore[misc]
    """The library's; but the class of its manager is made once, and not at every ``row.history``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(history_manager=_History, **options)


class _History(HistoryManager):  # type: ignore[misc]
    @classmethod
    @lru_cache
    def from_queryset(cls, queryset_class: Any, class_name: str | None = None) -> Any:
        return super().from_queryset(queryset_class, class_name)
