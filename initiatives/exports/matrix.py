"""The matrix of initiatives and participants, whole, as CSV: one column for each participant in the list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ..models import Initiative, Participant
from ..pages.matrix import MatrixCell, MatrixFilter, participant_columns, read_cells
from ..serving.snapshot import snapshot
from .columns import INITIATIVE, InitiativeRow
from .export_column import ExportColumn, Value
from .lists import IDLE_SECONDS
from .rows import CHUNK, read_values, row_builder
from .streams import csv_stream

# The columns before the participants; they are defined with those of the list.
ABOUT = (
    "slug",
    "address",
    "title",
    "dialogue.slug",
    "standing",
    "delivery_status",
    "latest_update_on",
    "as_of",
)


# A row of the list, and its cells by the primary keys of the participants.
MatrixRow = tuple[InitiativeRow, dict[int, MatrixCell]]


@dataclass(frozen=True)
class MatrixExport:
    """``data`` is a query string that the matrix understands, ``site`` the scheme and host of the addresses in it."""

    data: QueryDict
    site: str

    def csv(self) -> Iterator[bytes]:
        public = Initiative.objects.public()
        with snapshot(public.db, idle_seconds=IDLE_SECONDS):
            filters = MatrixFilter.read(self.data, public)
            columns = matrix_columns(participant_columns(filters, most=None).shown)
            yield from csv_stream(columns, self._chunks(filters))

    def _chunks(self, filters: MatrixFilter) -> Iterator[list[MatrixRow]]:
        keys = filters.keys()
        build = row_builder(filters.view, self.site, filters.index.day.isoformat())
        for start in range(0, len(keys), CHUNK):
            chunk = keys[start : start + CHUNK]
            cells, values = read_cells(filters.view, chunk), read_values(filters.view, chunk)
            yield [(build(values[key]), cells.get(key, {})) for key in chunk if key in values]


def matrix_columns(participants: list[Participant]) -> list[ExportColumn]:
    """What the list says of each initiative, then “participants.jp” for each participant."""
    by_name = {column.name: column for column in INITIATIVE}
    return [
        *(replace(by_name[name], read=partial(read_of_list, by_name[name])) for name in ABOUT),
        *(
            ExportColumn(
                f"participants.{participant.code}",
                participant.name,
                "text",
                _(
                    "What it is in it, then its own status with the day as of which and the document."
                ),
                partial(read_cell, participant.pk),
                many=True,
            )
            for participant in participants
        ),
    ]


def read_of_list(column: ExportColumn, row: MatrixRow) -> Value:
    return column.read(row[0])


def read_cell(key: int, row: MatrixRow) -> list[str]:
    """“proposer”, “lead”, “under_way as of 2022-04 (id-of-the-report)”; empty where there is nothing."""
    cell = row[1].get(key)
    if cell is None:
        return []
    words = [capacity.value for capacity in cell.capacities]
    if cell.own:
        as_of = f" as of {cell.own.on}" if cell.own.on else ""
        report = f" ({cell.own.report})" if cell.own.report else ""
        words.append(f"{cell.own.status}{as_of}{report}")
    return words
