"""What was edited in the rows of sheets, as documents: one for each report that they cite, one for what cites none.

A row that was there when the sheet was made is compared with what it held then, cell by cell; what is the same says
nothing. So a workbook that comes back as it went changes nothing, whatever was changed meanwhile.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from ...exports.cells import writable
from ...models import Publication
from ..document import SheetDocument
from ..kinds import KINDS, Key, Values
from ..problems import Faults, LoadError
from ..scalars import VOCABULARY
from ..schema import SheetFile
from ..yaml_text import FORBIDDEN, Path
from . import versions
from .drafts import ReportDraft, section_of_line
from .grid import Grid, SheetRow
from .layout import REF, SHEETS, VERSION, Sheet, SheetColumn
from .text import LINE_END

# The number of a row's version, then that of its citation's.
NUMBERS = re.compile(r"([0-9]{0,15})(?:/([0-9]{1,15}))?")
# Where rows go in the document.
SECTIONS = {
    "initiative": "initiatives",
    "meeting": "meetings",
    "participant": "participants",
    "theme": "themes",
    "statusupdate": "updates",
    "mention": "initiatives",
    "role": "initiatives",
    "target": "initiatives",
}


def documents(name: str, sha256: str, grids: Sequence[Grid]) -> list[SheetDocument]:
    """The documents that the sheets of one file make; raises LoadError with every fault in them."""
    comparing = _SheetComparison(name, grids)
    for grid in grids:
        comparing.compare(grid)
    problems, documents_found = comparing.faults.problems, []
    for source, draft in comparing.drafts.items():
        try:
            documents_found.append(draft.document(name, source))
        except LoadError as error:
            problems += error.problems
            documents_found += error.readable
    if problems:
        raise LoadError(problems, documents_found, "\n".join(comparing.left_out).encode())
    untouched = tuple(comparing.untouched)
    return [*documents_found, SheetDocument(name, "", sha256, SheetFile(), untouched=untouched)]


class _SheetComparison:
    """One pass over the sheets of one file."""

    def __init__(self, name: str, grids: Sequence[Grid]) -> None:
        self.faults = Faults(name)
        # What rows are called that are left out because of a fault in them.
        self.left_out: list[str] = []
        self.drafts: dict[str, ReportDraft] = defaultdict(ReportDraft)
        self.untouched: list[tuple[str, str]] = []
        self.then, self.cited_then, self.entries = _look_up(grids)

    def fault(self, place: int, what: str, expected: str = "") -> None:
        self.faults.add(place, what, expected)

    def compare(self, grid: Grid) -> None:
        """Take in what was edited in one sheet."""
        seen: dict[Any, int] = {}
        sheet = grid.sheet
        self.left_out += grid.left_out
        for row in grid.rows:
            name: Any = row.cells.get(REF)
            if sheet.key:
                name = tuple(row.cells.get(part, "") for part in sheet.key)
            if sheet.is_cited:
                name = (*name, row.cells.get("report", ""))
            first = seen.setdefault(name, row.number) if name else row.number
            faults = self.faults.count
            if first != row.number:
                place = grid.cell(row.number, next(iter(sheet.key), REF))
                self.fault(place, f"row {first} speaks of this already", "keep one of the two")
            elif sheet.is_of_entries:
                self.entry(grid, row)
            else:
                self.record(grid, row)
            if self.faults.count > faults:
                self.left_out += grid.names_in(row)

    # --- Records ----------------------------------------------------------------------------------

    def record(self, grid: Grid, row: SheetRow) -> None:
        sheet = grid.sheet
        missing = [name for name in sheet.key if not row.cells.get(name)]
        for name in missing:
            self.fault(grid.cell(row.number, name), f"“{name}” is empty", "say which row it is")
        numbers = self.numbers(grid, row)
        if missing or numbers is None:
            return
        key = sheet.to_key(tuple(row.cells[name] for name in sheet.key))
        is_right, base = self.base(grid, row, key, numbers[0])
        if not is_right:
            return
        edited = self.edited(grid, row, base)
        cites = sheet.is_cited and self.cites(grid, row, key, numbers[1], is_new=base is None)
        if cites is None:
            return
        if base is not None and not edited and not cites:
            self.untouched.append((sheet.kind, "/".join(key)))
            return
        self.state(grid, row, key, base, edited, is_cited=bool(cites))

    def numbers(self, grid: Grid, row: SheetRow) -> tuple[int, int] | None:
        version = row.cells.get(VERSION, "")
        match = NUMBERS.fullmatch(version)
        if not match:
            hint = "leave it as it was; empty it to add a new row"
            self.fault(grid.cell(row.number, VERSION), f"“{version[:60]}” is no version", hint)
            return None
        return int(match[1] or 0), int(match[2] or 0)

    def base(self, grid: Grid, row: SheetRow, key: Key, number: int) -> tuple[bool, Values | None]:
        """Whether the version of a row is its own, and what it held when the sheet was made; None for a new one."""
        if not number:
            return True, None
        place, sheet = grid.cell(row.number, VERSION), grid.sheet
        then = self.then[sheet.kind].get(number)
        if then is None:
            hint = "download the workbook anew, or empty this cell to add a new row"
            self.fault(place, f"there is no version {number}", hint)
            return False, None
        if then[0] != key:
            was, now = "/".join(then[0]), "/".join(key)
            hint = "what names a row is never changed; empty this cell to add a new row"
            self.fault(place, f"this row was “{was}”, and is “{now}” now", hint)
            return False, None
        return True, then[1]

    def edited(self, grid: Grid, row: SheetRow, base: Values | None) -> list[SheetColumn]:
        """The columns whose cells differ from what they held; of a new row, those that hold something."""
        stored = grid.sheet.cells(base or {})
        return [
            column
            for column in grid.sheet.fields
            if column.name in row.cells and _differs(row.cells[column.name], stored[column.name])
        ]

    def cites(
        self, grid: Grid, row: SheetRow, key: Key, number: int, *, is_new: bool
    ) -> bool | None:
        """Whether the row cites a document anew or otherwise; None where it lacks one."""
        report, locator = row.cells.get("report", ""), row.cells.get("locator", "")
        if not report and not locator and not is_new:
            return False
        for name, text in (("report", report), ("locator", locator)):
            if not text:
                hint = "a new fact cites a document: the id of a report, and where in it"
                self.fault(grid.cell(row.number, name), f"“{name}” is empty", hint)
        if not report or not locator:
            return None
        then = self.cited_then.get(number)
        ref = f"{report}/{grid.sheet.kind}/{'/'.join(key)}"
        return not (then and then[0] == (ref,) and not _differs(locator, then[1]["locator"] or ""))

    def state(
        self,
        grid: Grid,
        row: SheetRow,
        key: Key,
        base: Values | None,
        edited: list[SheetColumn],
        *,
        is_cited: bool,
    ) -> None:
        """Put what the row says into the document of the report that it cites."""
        sheet, place = grid.sheet, grid.cell(row.number)
        source = row.cells["report"] if is_cited else VOCABULARY
        if sheet.kind == "report":
            source = key[0]
        draft = self.drafts[source]
        stated_columns = [c for c in sheet.fields if c in edited or c.name in sheet.needed]
        values = self.values(grid, row, stated_columns)
        cells = {name: grid.cell(row.number, name) for name in sheet.names}
        emptied = {c.of for c in edited if not row.cells[c.name]}
        path: Path
        if sheet.kind == "report":
            path = ("report",)
            if meeting := values.pop("meeting", None):
                draft.content["meeting"] = {"id": meeting}
                draft.cells["meeting",] = draft.cells["meeting", "id"] = cells["meeting"]
            draft.content["report"] = {"id": key[0]} | values
            draft.cells |= {("report", name): cell for name, cell in cells.items()}
            draft.cells[path] = place
        elif sheet.is_cited:
            owner, *last = (row.cells[name] for name in sheet.key)
            part = {"id": owner}
            if is_cited:
                part["locator"] = row.cells["locator"]
            names = {"id": cells[sheet.key[0]], "locator": cells["locator"]}
            names["report"] = cells["report"]
            section = section_of_line(last[0]) if sheet.kind == "line" else SECTIONS[sheet.kind]
            path = draft.add(section, part, names, place)
            path = draft.nest(path, sheet.kind, tuple(last), values, cells)
        else:
            name = sheet.key[0]
            path = draft.add(SECTIONS[sheet.kind], {name: key[0]} | values, cells, place)
        if base is not None:
            self.remember(draft, sheet, key, path, base, emptied, source, row)
        if emptied:
            self.require(grid, row, emptied)

    def remember(
        self,
        draft: ReportDraft,
        sheet: Sheet,
        key: Key,
        path: Path,
        base: Values,
        emptied: set[str],
        source: str,
        row: SheetRow,
    ) -> None:
        """Say what the row held, for the merge, and which of that it holds no more."""
        name = "/".join(key)
        draft.bases[sheet.kind, name] = {f: value for f, value in base.items() if value is not None}
        if emptied:
            defaults = sheet.record.defaults
            draft.empty[sheet.kind, path] = {f: defaults.get(f) for f in emptied}
        numbers = NUMBERS.fullmatch(row.cells.get(VERSION, ""))
        then = self.cited_then.get(int(numbers[2] or 0)) if numbers else None
        ref = f"{source}/{sheet.kind}/{name}"
        if then and then[0] == (ref,):
            draft.bases["citation", ref] = {f: v for f, v in then[1].items() if v is not None}

    def require(self, grid: Grid, row: SheetRow, emptied: set[str]) -> None:
        """Refuse to empty what a row cannot do without."""
        for column in grid.sheet.fields:
            if column.of in emptied and column.of in grid.sheet.record.required:
                place = grid.cell(row.number, column.name)
                self.fault(place, f"“{column.name}” is empty", "no row does without it")

    # --- Entries ----------------------------------------------------------------------------------

    def entry(self, grid: Grid, row: SheetRow) -> None:
        sheet, ref = grid.sheet, row.cells.get(REF, "")
        then = self.entries[sheet.kind].get(ref) if ref else None
        if ref and not self.may_correct(grid, row, then):
            return
        texts = row.cells if not then else self.stored_cells(sheet, then) | row.cells
        if then and not self.edited_entry(grid, row, then):
            self.untouched.append((sheet.kind, ref))
            return
        if not texts.get("report") and not texts.get("looked_by"):
            hint = "every entry cites a document: the id of a report"
            self.fault(grid.cell(row.number, "report"), "“report” is empty", hint)
            return
        if sheet.kind == "statusupdate" and texts.get("report") and not texts.get("locator"):
            self.fault(grid.cell(row.number, "locator"), "“locator” is missing", "locator: …")
            return
        draft = self.drafts[texts.get("report") or VOCABULARY]
        part = self.values(grid, SheetRow(row.number, texts), sheet.fields)
        cells = {name: grid.cell(row.number, name) for name in sheet.names}
        if sheet.kind == "mention":
            part["id"], cells["id"] = texts.get("initiative") or None, cells["initiative"]
            if not part.get("act"):
                self.fault(cells["act"], "“act” is empty", "say what the document does with it")
        else:
            part["initiative"] = texts.get("initiative") or None
        path = draft.add(SECTIONS[sheet.kind], part, cells, grid.cell(row.number))
        if then:
            draft.refs[path] = ref
            draft.bases[sheet.kind, ref] = then["values"]

    def may_correct(self, grid: Grid, row: SheetRow, then: dict[str, Any] | None) -> bool:
        """Whether the entry that a row names is there, public and still about the same."""
        place = grid.cell(row.number, REF)
        if then is None:
            ref = row.cells[REF]
            hint = "leave this cell empty for a new entry"
            self.fault(place, f"there is no entry “{ref[:100]}”", hint)
            return False
        if then["publication"] != Publication.PUBLIC:
            self.fault(place, "this entry is a draft", "edit it in the admin")
            return False
        moved = [n for n in ("initiative", "report") if row.cells.get(n, then[n]) != then[n]]
        for name in moved:
            what = f"this entry has the {name} “{then[name] or 'none'}”"
            hint = "it stays; withdraw the entry in the admin, and add a new row"
            self.fault(grid.cell(row.number, name), what, hint)
        return not moved

    def stored_cells(self, sheet: Sheet, then: dict[str, Any]) -> dict[str, str]:
        return {"initiative": then["initiative"], "report": then["report"]} | sheet.cells(
            then["values"]
        )

    def edited_entry(self, grid: Grid, row: SheetRow, then: dict[str, Any]) -> bool:
        stored = grid.sheet.cells(then["values"])
        return any(
            _differs(row.cells[column.name], stored[column.name])
            for column in grid.sheet.fields
            if column.name in row.cells
        )

    # --- Values -----------------------------------------------------------------------------------

    def values(self, grid: Grid, row: SheetRow, columns: Iterable[SheetColumn]) -> dict[str, Any]:
        """What cells say, as a report file would have it; empty ones are left out."""
        values: dict[str, Any] = {}
        for column in columns:
            text = row.cells.get(column.name, "")
            if bad := FORBIDDEN.search(text):
                what = f"control character U+{ord(bad[0]):04X}"
                self.fault(grid.cell(row.number, column.name), what, "remove it")
            elif text.strip():
                values[column.name] = _split(text, column)
        return values


def _look_up(
    grids: Sequence[Grid],
) -> tuple[dict[str, dict[int, versions.Then]], dict[int, versions.Then], dict[str, Any]]:
    """What all rows held when the sheets were made: records, citations, entries."""
    then: dict[str, dict[int, versions.Then]] = {sheet.kind: {} for sheet in SHEETS}
    cited: set[int] = set()
    entries: dict[str, dict[str, Any]] = {}
    for grid in grids:
        kind = grid.sheet.kind
        if grid.sheet.is_of_entries:
            entries[kind] = versions.entries(kind, (row.cells.get(REF, "") for row in grid.rows))
            continue
        matches = [NUMBERS.fullmatch(row.cells.get(VERSION, "")) for row in grid.rows]
        numbers = [match for match in matches if match]
        then[kind] = versions.at(KINDS[kind], {int(match[1] or 0) for match in numbers} - {0})
        cited |= {int(match[2] or 0) for match in numbers} - {0}
    return then, versions.at(KINDS["citation"], cited), entries


def _differs(typed: str, stored: str) -> bool:
    """Whether a cell holds another text than it was given, apart from what no cell can hold."""
    return typed.strip() != LINE_END.sub("\n", writable(stored)).strip()


def _split(text: str, column: SheetColumn) -> Any:
    if column.type == "list":
        return [item.strip() for item in text.split(";") if item.strip()]
    if column.type == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()]
    return text.strip()
