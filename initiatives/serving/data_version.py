"""Which state of the data a reader sees: moved, in the same transaction, by every write to public tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from django.db import connections
from django.db.models import Q

from ..models import DataChange, DataVersion
from ..models.compiled import planned_once

LATEST = (
    f"SELECT (SELECT max(id) FROM {DataChange._meta.db_table}), held.number, held.mark"
    f" FROM (SELECT 1) AS one LEFT JOIN {DataVersion._meta.db_table} AS held ON held.id = 1"
)


class Version(NamedTuple):
    """``number`` counts transactions (PostgreSQL), ``note`` the notes of the triggers; see ``triggers.py``."""

    number: int
    note: int
    mark: int = 0

    def __str__(self) -> str:
        return f"{self.number}.{self.note}.{self.mark}"


def data_version(using: str = "default") -> Version:
    """The version of the data that a query on this database would see now; one cheap query."""
    connection = connections[using]
    with planned_once(connection), connection.cursor() as cursor:
        cursor.execute(LATEST)
        note, number, mark = cursor.fetchone()
    return Version(number or 0, note or 0, mark or 0)


def noted_since(
    version: Version, tables: Collection[str] | None = None, *, using: str, most: int
) -> dict[str, set[int | None]] | None:
    """The keys of the rows of some tables, or of all, written since a version, by table; the key None is any row.

    None where that is not known, since the version is of another history (a backup was restored) or its notes were
    pruned; and where anything may have changed, or more than ``most`` rows.
    """
    notes = DataChange.objects.using(using)
    # Found by what has an index, since marks have none: number on PostgreSQL, id where there are no numbers.
    of_version = {"number": version.number} if version.number else {"id": version.note}
    is_noted = notes.filter(**of_version, mark=version.mark).exists()
    # Within a transaction the mark is that of before.
    if not is_noted and version.mark != data_version(using).mark:
        return None
    since = Q(number__gt=version.number) | Q(number__isnull=True, id__gt=version.note)
    notes = notes.filter(since) if tables is None else notes.filter(since, table__in=["", *tables])
    rows = notes.values_list("table", "row").distinct()
    changed: dict[str, set[int | None]] = defaultdict(set)
    for table, row in rows[: most + 1]:
        changed[table].add(row)
    return None if "" in changed or sum(map(len, changed.values())) > most else changed


def prune(*, keep: int = 10_000) -> int:
    """Drop old notes of changes, all but about ``keep``; return how many went.

    Only running processes read them, to bring their bitmaps up to date; one that missed more reads everything anew.
    """
    notes = DataChange.objects.using("default")
    newest = notes.order_by("-id").first()
    if newest is None:
        return 0
    # By transaction where they are numbered, each as a whole; ids are not in the order of commits there. The newest
    # note stays: its id is part of the version.
    column = "id" if newest.number is None else "number"
    rest = notes.filter(**{f"{column}__lt": getattr(newest, column)})
    old = rest.order_by(f"-{column}").values_list(column, flat=True)[max(keep - 1, 0) :].first()
    return 0 if old is None else rest.filter(**{f"{column}__lte": old}).delete()[0]
