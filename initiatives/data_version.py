"""Which state of the data a reader sees: moved, in the same transaction, by every write to public tables."""

from __future__ import annotations

from typing import NamedTuple

from django.db import connections

from .models import DataChange, DataVersion

LATEST = (
    f"SELECT (SELECT number FROM {DataVersion._meta.db_table} WHERE id = 1),"
    f" (SELECT max(id) FROM {DataChange._meta.db_table})"
)


class Version(NamedTuple):
    """``number`` counts transactions (PostgreSQL), ``note`` the notes of the triggers; see migration 0004."""

    number: int
    note: int

    def __str__(self) -> str:
        return f"{self.number}.{self.note}"


def data_version(using: str = "default") -> Version:
    """The version of the data that a query on this database would see now; one cheap query."""
    with connections[using].cursor() as cursor:
        cursor.execute(LATEST)
        number, note = cursor.fetchone()
    return Version(number or 0, note or 0)
