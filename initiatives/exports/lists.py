"""Tables and lists, whole, in each format; everything in one file is of one state of the data."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.http import QueryDict
from django.utils import timezone

from ..as_of.current import CurrentView
from ..models import Initiative, Participant
from ..pages.alternate_formats import list_address
from ..query.as_of import read_view
from ..query.day_filter import DayFilter, count_of
from ..query.filters import CorrectionFilter, InitiativeFilter, MeetingFilter, ReportFilter
from ..query.list_filter import ListFilter
from ..query.understood import AS_OF
from ..serving.routing import version_of
from ..serving.snapshot import snapshot
from .rows import read_rows
from .streams import Chunks, csv_stream, json_stream
from .tables import TABLES, Table
from .workbook import write_workbook

# A reader of a stream who takes nothing for that long loses it.
IDLE_SECONDS = 300
# A workbook of so many rows is made in two seconds; of more rows it is a file that is made beside requests.
MOST_ROWS_AT_ONCE = 2500
# The lists whose query string says more than “all”.
FILTERS: dict[str, type[ListFilter]] = {
    "meetings": MeetingFilter,
    "reports": ReportFilter,
    "corrections": CorrectionFilter,
}


class TooManyRows(Exception):
    """A part of a list has more rows than a workbook can be made of at once."""


def parameters_of_list(table: str) -> list[str]:
    """What the files of a list understand: what its page does."""
    if table == "initiatives":
        return InitiativeFilter.parameters()
    return FILTERS[table].parameters() if table in FILTERS else [AS_OF]


def parameters_of_feed(table: str) -> list[str]:
    """What the feed of a list understands: nobody follows the past."""
    return [name for name in parameters_of_list(table) if name != AS_OF]


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

    def write_xlsx(self, file: IO[bytes]) -> None:
        with self._select() as (rows, query):
            about, chunks = self._about(rows, query), self._read(rows)
            write_workbook(file, str(self.table.title), about, self.table.columns, chunks)

    def xlsx(self) -> IO[bytes]:
        """A temporary file at its beginning, without a name on disk; whoever sends it closes it."""
        with ExitStack() as unless_done:
            file = unless_done.enter_context(tempfile.TemporaryFile())
            self.write_xlsx(file)
            unless_done.pop_all()
        file.seek(0)
        return file

    def check_workbook(self) -> bool:
        """Whether a workbook is short enough to be made at once; raises TooManyRows for a long part of a list."""
        rows, query = self._rows()
        if self._count(rows) <= MOST_ROWS_AT_ONCE:
            return True
        if query:
            raise TooManyRows
        return False

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
        return {
            "data_version": str(version_of(self.table.public.db)),
            "count": self._count(rows),
        }

    def _count(self, rows: Any) -> int:
        return count_of(rows)


@dataclass(frozen=True)
class ListExport(TableExport):
    """The rows of a table that a list shows; ``data`` is a query string that the list understands."""

    data: QueryDict

    def check(self) -> CurrentView:
        """What the list is read as of; raises BadParameters for a query string that it does not understand."""
        self._rows()
        return self._view

    @property
    def _view(self) -> CurrentView:
        return read_view(self.data, self.table.public.db)

    def _rows(self) -> tuple[Any, str]:
        if self.table.name not in FILTERS:
            view, rows = self._view, self.table.public
            # Dialogues and themes are on every day those of today, as on their pages.
            is_otherwise = view.is_past and self.table.model is Participant
            return (view.as_known(rows) if is_otherwise else rows), view.query()
        manager: Any = self.table.model._default_manager
        filters = FILTERS[self.table.name].read(self.data, manager.public())
        dressed = self.table.dress(filters.qs)
        rows = filters.as_known(dressed) if isinstance(filters, DayFilter) else dressed
        return rows, filters.whole

    def _read(self, rows: Any) -> Chunks:
        return self.table.chunks(self.site, rows, self._view)

    def _state(self, rows: Any) -> dict[str, str | int]:
        return {"as_of": self._view.day.isoformat(), **super()._state(rows)}


@dataclass(frozen=True)
class InitiativeExport(ListExport):
    """The list of initiatives, which is found in memory and may be as of a day."""

    def _rows(self) -> tuple[InitiativeFilter, str]:
        filters = InitiativeFilter.read(self.data, Initiative.objects.public())
        return filters, filters.whole

    def _read(self, rows: InitiativeFilter) -> Chunks:
        return read_rows(rows, self.site)

    def _state(self, rows: InitiativeFilter) -> dict[str, str | int]:
        return {
            "as_of": rows.view.day.isoformat(),
            "flags_as_of": rows.index.day.isoformat(),
            "data_version": str(rows.index.version),
            "count": self._count(rows),
            "count_of_parts": rows.parts,
        }

    def _count(self, rows: InitiativeFilter) -> int:
        return rows.total


def export_of(table: str, site: str, data: QueryDict) -> ListExport:
    """A list, by the name of its table, with the query string of its page."""
    export_class = InitiativeExport if table == "initiatives" else ListExport
    return export_class(TABLES[table], site, list_address(table), data)
