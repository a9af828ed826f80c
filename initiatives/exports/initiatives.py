"""The filtered list of initiatives, whole, in each format; everything in one file is of one state of the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.urls import reverse
from django.utils import timezone

from ..filters import InitiativeFilter
from ..snapshots import snapshot
from .columns import INITIATIVE
from .rows import read_rows
from .streams import csv_stream, json_stream
from .workbook import write_workbook


@dataclass(frozen=True)
class InitiativeExport:
    """``site`` is the scheme and host of the addresses in it. Nothing is read before a format is asked for."""

    filters: InitiativeFilter
    site: str

    def csv(self) -> Iterator[bytes]:
        with snapshot(self.filters.queryset.db):
            yield from csv_stream(INITIATIVE, read_rows(self.filters, self.site))

    def json(self) -> Iterator[bytes]:
        with snapshot(self.filters.queryset.db):
            rows = read_rows(self.filters, self.site)
            yield from json_stream(self._about(), "initiatives", INITIATIVE, rows)

    def xlsx(self) -> IO[bytes]:
        """A temporary file; whoever sends it closes it."""
        with snapshot(self.filters.queryset.db):
            rows = read_rows(self.filters, self.site)
            return write_workbook("Initiatives", self._about(), INITIATIVE, rows)

    def _about(self) -> dict[str, str | int]:
        query = self.filters.whole
        address = self.site + reverse("initiatives:initiative_list")
        return {
            "title": "Initiatives",
            "address": f"{address}?{query}" if query else address,
            "read_at": timezone.now().isoformat(timespec="seconds"),
            "flags_as_of": self.filters.index.day.isoformat(),
            "data_version": str(self.filters.index.version),
            "count": self.filters.total,
        }
