"""What was edited in the rows of entries, which corrects them, and which rows are new: typed, or copied."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from ...models import Publication
from ..said import phrased
from ..scalars import VOCABULARY
from .comparison import SECTIONS, Comparison, differs
from .grid import Grid, SheetRow
from .layout import REF, Sheet


class EntryComparison:
    """The comparison of a sheet of entries with what these say, by ref (``versions.entries``)."""

    def __init__(self, to: Comparison, entries: Mapping[str, dict[str, Any]]) -> None:
        self.to, self.entries = to, entries

    def compare(self, grid: Grid) -> None:
        rows_by_ref: dict[str, list[SheetRow]] = defaultdict(list)
        for row in grid.rows:
            rows_by_ref[row.cells.get(REF, "")].append(row)
        for row in rows_by_ref.pop("", ()):
            self.entry(grid, row)
        for ref, rows in rows_by_ref.items():
            then = self.entries.get(ref)
            copies = self.copies(grid, rows, then) if then and len(rows) > 1 else []
            for row in rows:
                if row in copies:
                    self.entry(grid, row)
                elif self.may_correct(grid, row, then):
                    self.entry(grid, row, ref)

    def copies(self, grid: Grid, rows: list[SheetRow], then: dict[str, Any]) -> list[SheetRow]:
        """The rows of one entry that are new entries, copied from it; those of which that is not clear are told."""
        moved = [row for row in rows if self.moved(row, then)]
        stay = [row for row in rows if row not in moved]
        same = [row for row in stay if not self.edited_entry(grid, row, then)]
        for row in same[1:]:
            self.to.repeated(grid, row, same[0].number)
        if same:
            return [row for row in rows if row not in same]
        for row in stay[1:]:
            what = phrased(
                "row %(number)s was made from the same entry, and both are edited",
                number=stay[0].number,
            )
            hint = phrased(
                "empty “%(ref)s” in the one that is a new entry; the other one corrects the entry",
                ref=REF,
            )
            self.to.fault(grid.cell(row.number, REF), what, hint)
        return moved if stay else []

    def entry(self, grid: Grid, row: SheetRow, ref: str = "") -> None:
        """Take in one row: the entry of that ref, or a new one."""
        sheet = grid.sheet
        then = self.entries[ref] if ref else None
        texts = row.cells if not then else self.stored_cells(sheet, then) | row.cells
        if then and not self.edited_entry(grid, row, then):
            self.to.untouched.append((sheet.kind, ref))
            return
        if not any(texts.get(name) for name in ("report", "looked_by", "read_by")):
            hint = phrased("every entry cites a document: the id of a report")
            self.to.fault(
                grid.cell(row.number, "report"), phrased("“%(key)s” is empty", key="report"), hint
            )
            return
        if sheet.kind != "mention" and texts.get("report") and not texts.get("locator"):
            self.to.fault(
                grid.cell(row.number, "locator"),
                phrased("“%(key)s” is missing", key="locator"),
                "locator: …",
            )
            return
        draft = self.to.drafts[texts.get("report") or VOCABULARY]
        part = self.to.values(grid, SheetRow(row.number, texts), sheet.fields)
        cells = {name: grid.cell(row.number, name) for name in sheet.names}
        if sheet.kind == "mention":
            part["id"], cells["id"] = texts.get("initiative") or None, cells["initiative"]
            if not part.get("act"):
                self.to.fault(
                    cells["act"],
                    phrased("“%(key)s” is empty", key="act"),
                    phrased("say what the document does with it"),
                )
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
            hint = phrased("download the workbook anew, or empty this cell for a new entry")
            self.to.fault(place, phrased("there is no entry “%(ref)s”", ref=ref[:100]), hint)
            return False
        if then["publication"] != Publication.PUBLIC:
            self.to.fault(place, phrased("this entry is a draft"), phrased("edit it in the admin"))
            return False
        moved = self.moved(row, then)
        for name in moved:
            what = phrased(
                "this entry has the %(name)s “%(value)s”",
                name=name,
                value=then[name] or phrased("none"),
            )
            hint = phrased("it stays; withdraw the entry in the admin, and add a new row")
            self.to.fault(grid.cell(row.number, name), what, hint)
        return not moved

    def moved(self, row: SheetRow, then: dict[str, Any]) -> list[str]:
        """What an entry is about and rests on that the row has otherwise."""
        return [n for n in ("initiative", "report") if row.cells.get(n, then[n]) != then[n]]

    def stored_cells(self, sheet: Sheet, then: dict[str, Any]) -> dict[str, str]:
        return {"initiative": then["initiative"], "report": then["report"]} | sheet.cells(
            then["cells"]
        )

    def edited_entry(self, grid: Grid, row: SheetRow, then: dict[str, Any]) -> bool:
        stored = grid.sheet.cells(then["cells"])
        return any(
            differs(row.cells[column.name], stored[column.name])
            for column in grid.sheet.fields
            if column.name in row.cells
        )
