"""The filtered list of initiatives, whole, in each format; everything in one file is of one state of the data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from ..models import Initiative
from ..query.filters import InitiativeFilter
from ..serving.snapshot import snapshot
from .columns import INITIATIVE
from .rows import read_rows
from .streams import csv_stream, json_stream
from .workbook import write_workbook

# A reader of a stream who takes nothing for that long loses it.
IDLE_SECONDS = 300


@dataclass(frozen=True)
class InitiativeExport:
    """``data`` is a query string that the list understands, ``site`` the scheme and host of the addresses in it.

    The list is found anew in the snapshot: somebody may have written since the query string was checked.
    """

    data: QueryDict
    site: str

    def csv(self) -> Iterator[bytes]:
        with self._filters(IDLE_SECONDS) as filters:
            yield from csv_stream(INITIATIVE, read_rows(filters, self.site))

    def json(self) -> Iterator[bytes]:
        with self._filters(IDLE_SECONDS) as filters:
            rows = read_rows(filters, self.site)
            yield from json_stream(self._about(filters), "initiatives", INITIATIVE, rows)

    def xlsx(self) -> IO[bytes]:
        """A temporary file; whoever sends it closes it."""
        with self._filters() as filters:
            rows = read_rows(filters, self.site)
            return write_workbook("Initiatives", self._about(filters), INITIATIVE, rows)

    @contextmanager
    def _filters(self, idle_seconds: int = 0) -> Iterator[InitiativeFilter]:
        public = Initiative.objects.public()
        with snapshot(public.db, idle_seconds=idle_seconds):
            yield InitiativeFilter.read(self.data, public)

    def _about(self, filters: InitiativeFilter) -> dict[str, str | int]:
        address = self.site + reverse("initiatives:initiative_list")
        return {
            "title": "Initiatives",
            "address": f"{address}?{filters.whole}" if filters.whole else address,
            "read_at": timezone.now().isoformat(timespec="seconds"),
            "as_of": filters.view.day.isoformat(),
            "flags_as_of": filters.index.day.isoformat(),
            "data_version": str(filters.index.version),
            "count": filters.total,
        }
