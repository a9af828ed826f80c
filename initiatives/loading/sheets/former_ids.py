"""Workbooks of before a record got another address or was merged: read as if they said the ids of today.

Rows of records are compared with what they were, also of a record that was merged, under the id that it had last; where
they were edited, ``loading/former_ids.py`` leads them on.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...models import Merge
from ...models.lines import OF_DIALOGUE
from ...recording.record_ids import ADDRESSED, AddressBook, Change
from .grid import Grid, SheetRow
from .layout import TRANSLATION, SheetColumn

# The columns that name records, by what each names, in any sheet but for those below.
NAMING = {
    **dict.fromkeys(("initiative", "later", "earlier"), "initiative"),
    **dict.fromkeys(("meeting", "raised_at", "due_at"), "meeting"),
    **dict.fromkeys(("report", "translation_of"), "report"),
    **dict.fromkeys(("participant", "host", "by", "issued_by", "code"), "participant"),
    "dialogue": "dialogue",
    "themes": "theme",
}


def lead_on(grids: Sequence[Grid], book: AddressBook) -> None:
    """Put the ids of today into the cells of sheets that name records."""
    for grid in grids if book else ():
        change = book.now if grid.sheet.is_of_entries else book.own
        for row in grid.rows:
            for column in grid.sheet.columns:
                if text := row.cells.get(column.name):
                    row.cells[column.name] = _led_on(grid, row, column, text, change)


def _led_on(grid: Grid, row: SheetRow, column: SheetColumn, text: str, change: Change) -> str:
    kind = _kind_named(grid.sheet.kind, row, column.name)
    if not kind:
        return text
    if column.type != "list":
        return change(kind, text)
    items = [item.strip() for item in text.split(";")]
    changed = [change(kind, item) for item in items]
    return text if changed == items else "; ".join(dict.fromkeys(changed))


def _kind_named(kind: str, row: SheetRow, name: str) -> str:
    """The kind of record that a cell names; “” for a cell that names none."""
    if name == "id":
        named = row.cells.get("kind", "") if kind == TRANSLATION else kind
        return named if named in ADDRESSED else ""
    if name == "part_of":
        return kind
    if name == "of":
        words = {str(word) for word in OF_DIALOGUE}
        of_line = "dialogue" if row.cells.get("kind") in words else "meeting"
        return of_line if kind == "line" else "participant"
    return NAMING.get(name, "")


def merged_keys(kind: str, keys: set[int]) -> dict[int, str]:
    """The last ids of records that were merged into others, by the primary keys that they had."""
    merges = Merge.objects.standing().filter(kind=kind, gone__in=keys)
    return dict(merges.values_list("gone", "key"))
