"""What the comparison of all sheets of one file shares: the documents that it makes, and what is wrong."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from ...exports.cells import writable
from ...languages.invisible import code_point
from ..problems import Faults
from ..said import phrased
from ..yaml_text import FORBIDDEN
from .drafts import ReportDraft
from .grid import Grid, SheetRow
from .layout import REF, SheetColumn
from .text import LINE_END

# Where rows go in the document.
SECTIONS = {
    "initiative": "initiatives",
    "meeting": "meetings",
    "participant": "participants",
    "theme": "themes",
    "statusupdate": "updates",
    "criterion": "criteria",
    "mention": "initiatives",
    "role": "initiatives",
    "target": "initiatives",
    "lineage": "initiatives",
    "dialogue": "dialogues",
    "membership": "dialogues",
    "attendance": "meetings",
    "delegate": "meetings",
    "discrepancy": "discrepancies",
}


class Comparison:
    """What the sheets of one file say: a draft for each report that they cite, and the rows that are as they were."""

    def __init__(self, name: str) -> None:
        self.faults = Faults(name)
        # Of the sheet that is being compared.
        self.faulty_rows: set[int] = set()
        self.drafts: dict[str, ReportDraft] = defaultdict(ReportDraft)
        self.untouched: list[tuple[str, str]] = []

    def fault(self, place: int, what: str, expected: str = "") -> None:
        self.faulty_rows.add(int(place))
        self.faults.add(place, what, expected)

    def repeated(self, grid: Grid, row: SheetRow, first: int) -> None:
        place = grid.cell(row.number, next(iter(grid.sheet.key), REF))
        self.fault(
            place,
            phrased("row %(number)s speaks of this already", number=first),
            phrased("keep one of the two"),
        )

    def values(self, grid: Grid, row: SheetRow, columns: Iterable[SheetColumn]) -> dict[str, Any]:
        """What cells say, as a report file would have it; empty ones are left out."""
        values: dict[str, Any] = {}
        for column in columns:
            text = row.cells.get(column.name, "")
            if bad := FORBIDDEN.search(text):
                what = phrased("control character %(character)s", character=code_point(bad[0]))
                self.fault(grid.cell(row.number, column.name), what, phrased("remove it"))
            elif text.strip():
                values[column.name] = _split(text, column)
        return values


def differs(typed: str, stored: str) -> bool:
    """Whether a cell holds another text than it was given, apart from what no cell can hold."""
    return typed.strip() != LINE_END.sub("\n", writable(stored)).strip()


def _split(text: str, column: SheetColumn) -> Any:
    if column.type == "list":
        return [item.strip() for item in text.split(";") if item.strip()]
    if column.type == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()]
    return text.strip()
