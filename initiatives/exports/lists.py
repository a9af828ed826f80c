"""Any list but that of initiatives, whole, in each format; everything in one file is of one state of the data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from ..query.filters import MeetingFilter, ReportFilter
from ..query.list_filter import ListFilter
from ..serving.data_version import data_version
from ..serving.snapshot import snapshot
from .initiatives import IDLE_SECONDS
from .streams import csv_stream, json_stream
from .tables import Table
from .workbook import write_workbook

# The lists whose query string says more than “all”.
FILTERS: dict[str, type[ListFilter]] = {"meetings": MeetingFilter, "reports": ReportFilter}


@dataclass(frozen=True)
class TableExport:
    """A whole table; ``page`` is the address of the page that leads to it."""

    table: Table
    site: str
    page: str

    def csv(self) -> Iterator[bytes]:
        with self._found(IDLE_SECONDS) as (rows, _query):
            yield from csv_stream(self.table.columns, self.table.chunks(self.site, rows))

    def json(self) -> Iterator[bytes]:
        with self._found(IDLE_SECONDS) as (rows, query):
            chunks = self.table.chunks(self.site, rows)
            about = self._about(rows, query)
            yield from json_stream(about, self.table.name, self.table.columns, chunks)

    def xlsx(self) -> IO[bytes]:
        """A temporary file; whoever sends it closes it."""
        with self._found() as (rows, query):
            chunks = self.table.chunks(self.site, rows)
            about = self._about(rows, query)
            return write_workbook(str(self.table.title), about, self.table.columns, chunks)

    @contextmanager
    def _found(self, idle_seconds: int = 0) -> Iterator[tuple[QuerySet[Any], str]]:
        with snapshot(self.table.public.db, idle_seconds=idle_seconds):
            yield self._rows()

    def _rows(self) -> tuple[QuerySet[Any], str]:
        """The rows, and the query string of the page that shows them."""
        return self.table.public, ""

    def _about(self, rows: QuerySet[Any], query: str) -> dict[str, str | int]:
        return {
            "title": str(self.table.title),
            "address": self.site + self.page + (f"?{query}" if query else ""),
            "read_at": timezone.now().isoformat(timespec="seconds"),
            "data_version": str(data_version(rows.db)),
            "count": rows.order_by().count(),
        }


@dataclass(frozen=True)
class ListExport(TableExport):
    """The rows of a table that a list shows; ``data`` is a query string that the list understands."""

    data: QueryDict

    def check(self) -> None:
        """Raise BadParameters for a query string that the list does not understand."""
        self._rows()

    def _rows(self) -> tuple[QuerySet[Any], str]:
        if self.table.name not in FILTERS:
            return super()._rows()
        manager: Any = self.table.model._default_manager
        filters = FILTERS[self.table.name].read(self.data, manager.public())
        return self.table.dress(filters.qs), filters.whole
