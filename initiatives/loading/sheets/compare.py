"""What was edited in the rows of sheets, as documents: one for each report that they cite, one for what cites none.

A row that was there when the sheet was made is compared with what it held then, cell by cell; what is the same says
nothing. So a workbook that comes back as it went changes nothing, whatever was changed meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...recording.record_ids import AddressBook
from ..document import SheetDocument
from ..kinds import KINDS
from ..problems import LoadError
from ..sheet_schema import SheetFile
from . import versions
from .compare_entries import EntryComparison
from .compare_records import NUMBERS, RecordComparison
from .compare_translations import TranslationComparison, versions_named
from .comparison import Comparison
from .former_ids import lead_on
from .grid import Grid
from .layout import REF, SHEETS, TRANSLATION, VERSION


def documents(name: str, sha256: str, grids: Sequence[Grid]) -> list[SheetDocument]:
    """The documents that the sheets of one file make; raises LoadError with every fault in them."""
    to = Comparison(name)
    book = AddressBook()
    lead_on(grids, book)
    # What rows are called that are left out because of a fault in them.
    left_out: list[str] = []
    then, cited_then, entries = _look_up(grids, book)
    for grid in grids:
        kind = grid.sheet.kind
        to.faulty_rows.clear()
        if kind == TRANSLATION:
            TranslationComparison(to, versions_named([grid], book)).compare(grid)
        elif grid.sheet.is_of_entries:
            EntryComparison(to, entries[kind]).compare(grid)
        else:
            RecordComparison(to, then[kind], cited_then).compare(grid)
        left_out += grid.left_out
        for row in grid.rows:
            left_out += grid.names_in(row) if row.number in to.faulty_rows else ()
    problems, documents_found = to.faults.problems, []
    for source, draft in to.drafts.items():
        try:
            documents_found.append(draft.document(name, source))
        except LoadError as error:
            problems += error.problems
            documents_found += error.readable
    if problems:
        raise LoadError(problems, documents_found, "\n".join(left_out).encode())
    untouched = tuple(to.untouched)
    return [*documents_found, SheetDocument(name, "", sha256, SheetFile(), untouched=untouched)]


def _look_up(
    grids: Sequence[Grid], book: AddressBook
) -> tuple[dict[str, dict[int, versions.Then]], dict[int, versions.Then], dict[str, Any]]:
    """What all rows held when the sheets were made: records, citations, entries."""
    then: dict[str, dict[int, versions.Then]] = {sheet.kind: {} for sheet in SHEETS}
    cited: set[int] = set()
    entries: dict[str, dict[str, Any]] = {}
    for grid in grids:
        kind = grid.sheet.kind
        if kind == TRANSLATION:
            continue
        if grid.sheet.is_of_entries:
            entries[kind] = versions.entries(kind, (row.cells.get(REF, "") for row in grid.rows))
            continue
        matches = [NUMBERS.fullmatch(row.cells.get(VERSION, "")) for row in grid.rows]
        numbers = [match for match in matches if match]
        rows = {int(match[1] or 0) for match in numbers} - {0}
        then[kind] = versions.at(KINDS[kind], rows, book)
        cited |= {int(match[2] or 0) for match in numbers} - {0}
    return then, versions.at(KINDS["citation"], cited, book), entries
