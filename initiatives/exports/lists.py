"""Tables and lists, whole, in each format; everything in one file is of one state of the data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.http import QueryDict
from django.utils import timezone

from ..as_of.current import CurrentView
from ..models import Initiative
from ..query.filters import CorrectionFilter, InitiativeFilter, MeetingFilter, ReportFilter
from ..query.list_filter import ListFilter
from ..serving.data_version import data_version
from ..serving.snapshot import snapshot
from .rows import read_rows
from .streams import Chunks, csv_stream, json_stream
from .tables import Table
from .workbook import write_workbook

# A reader of a stream who takes nothing for that long loses it.
IDLE_SECONDS = 300
# The lists whose query string says more than “all”.
FILTERS: dict[str, type[ListFilter]] = {
    "meetings": MeetingFilter,
    "reports": ReportFilter,
    "corrections": CorrectionFilter,
}


def parameters_of_list(table: str) -> list[str]:
    """What the files of a list understand: what its page does."""
    if table == "initiatives":
        return InitiativeFilter.parameters()
    return FILTERS[table].parameters() if table in FILTERS else []


@dataclass(frozen=True)
class TableExport:
    """A whole table; ``page`` is the address of the page that leads to it."""

    table: Table
    site: str
    page: str

    def csv(self) -> Iterator[bytes]:
        with self._select(IDLE_SECONDS) as (rows, _query):
            yield from csv_stream(self.table.columns, self._read(rows))

    def json(self) -> Iterator[bytes]:
        with self._select(IDLE_SECONDS) as (rows, query):
            about = self._about(rows, query)
            yield from json_stream(about, self.table.name, self.table.columns, self._read(rows))

    def xlsx(self) -> IO[bytes]:
        """A temporary file; whoever sends it closes it."""
        with self._select() as (rows, query):
            about = self._about(rows, query)
            chunks = self._read(rows)
            return write_workbook(str(self.table.title), about, self.table.columns, chunks)

    @contextmanager
    def _select(self, idle_seconds: int = 0) -> Iterator[tuple[Any, str]]:
        """The rows, found in a snapshot of the data: somebody may have written since the query string was checked."""
        with snapshot(self.table.public.db, idle_seconds=idle_seconds):
            yield self._rows()

    def _about(self, rows: Any, query: str) -> dict[str, str | int]:
        return {
            "title": str(self.table.title),
            "address": self.site + self.page + (f"?{query}" if query else ""),
            "read_at": timezone.now().isoformat(timespec="seconds"),
            **self._state(rows),
        }

    # --- What differs from list to list: ``rows`` are what _rows has found ---

    def _rows(self) -> tuple[Any, str]:
        """The rows, and the query string of the page that shows them."""
        return self.table.public, ""

    def _read(self, rows: Any) -> Chunks:
        return self.table.chunks(self.site, rows)

    def _state(self, rows: Any) -> dict[str, str | int]:
        return {"data_version": str(data_version(rows.db)), "count": rows.order_by().count()}


@dataclass(frozen=True)
class ListExport(TableExport):
    """The rows of a table that a list shows; ``data`` is a query string that the list understands."""

    data: QueryDict

    def check(self) -> CurrentView:
        """What the list is read as of; raises BadParameters for a query string that it does not understand."""
        self._rows()
        return CurrentView()

    def _rows(self) -> tuple[Any, str]:
        if self.table.name not in FILTERS:
            return super()._rows()
        manager: Any = self.table.model._default_manager
        filters = FILTERS[self.table.name].read(self.data, manager.public())
        return self.table.dress(filters.qs), filters.whole


@dataclass(frozen=True)
class InitiativeExport(ListExport):
    """The list of initiatives, which is found in memory and may be as of a day."""

    def _rows(self) -> tuple[InitiativeFilter, str]:
        filters = InitiativeFilter.read(self.data, Initiative.objects.public())
        return filters, filters.whole

    def check(self) -> CurrentView:
        filters, _query = self._rows()
        return filters.view

    def _read(self, rows: InitiativeFilter) -> Chunks:
        return read_rows(rows, self.site)

    def _state(self, rows: InitiativeFilter) -> dict[str, str | int]:
        return {
            "as_of": rows.view.day.isoformat(),
            "flags_as_of": rows.index.day.isoformat(),
            "data_version": str(rows.index.version),
            "count": rows.total,
            "count_of_parts": rows.parts,
        }
