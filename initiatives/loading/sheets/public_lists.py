"""The lists of the public pages, recognised by their columns where somebody brings them back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...exports.tables import TABLES, Table
from ..file_kinds import EDIT
from ..problems import LoadError, Problem
from ..said import phrased
from .layout import SHEETS

# So much of a header is of a list that it comes from there, some columns taken out or added.
SHARE = 0.8
LEAST = 3
# The matrix has a column for each participant.
OF_MATRIX = "participants."


def refuse_public_list(name: str, rows: Sequence[Sequence[str]]) -> None:
    """Raise LoadError, in one fault, where the first rows of a sheet are those of a public list."""
    header = {cell.casefold() for cell in rows[0] if cell} if rows else set()
    if "slug" in header and any(cell.startswith(OF_MATRIX) for cell in header):
        what = phrased("this is the matrix of initiatives and participants")
    elif table := _list_with(header, rows[1:]):
        what = phrased(
            "this is the public list “%(title)s” (%(name)s)", title=table.title, name=table.name
        )
    else:
        return
    raise LoadError([Problem(name, 0, what, EDIT)])


def _list_with(header: set[str], rows: Iterable[Sequence[str]]) -> Table | None:
    ours = max(len(header & set(sheet.names)) for sheet in SHEETS)
    cells = [cell for row in rows for cell in row]

    def likeness(table: Table) -> tuple[int, bool, int]:
        """How many columns it has of the list, and whether its rows lead to pages of that."""
        columns = {column.name for column in table.columns}
        leads_there = any(f"/{table.name}/" in cell for cell in cells)
        return len(header & columns), leads_there, -len(columns)

    table = max(TABLES.values(), key=likeness)
    of_list = likeness(table)[0]
    is_list = of_list >= LEAST and of_list > ours and of_list >= SHARE * len(header)
    return table if is_list else None
