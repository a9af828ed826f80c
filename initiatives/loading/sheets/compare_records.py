"""What was edited in the rows of records, cell by cell, and which rows are new: typed, or copied from another one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress

from ..kinds import Key, Values
from ..meeting_hours import take_apart
from ..said import alternatives, phrased
from ..scalars import VOCABULARY
from ..yaml_text import Path
from .comparison import SECTIONS, Comparison, differs
from .drafts import ReportDraft, section_of_line
from .grid import Grid, SheetRow
from .layout import VERSION, Sheet, SheetColumn
from .versions import Then

# The number of a row's version, then that of its citation's.
NUMBERS = re.compile(r"([0-9]{0,15})(?:/([0-9]{1,15}))?")


class RecordComparison:
    """The comparison of a sheet of records with the versions, by number, that its rows and their citations name."""

    def __init__(
        self, to: Comparison, then: Mapping[int, Then], cited_then: Mapping[int, Then]
    ) -> None:
        self.to, self.then, self.cited_then = to, then, cited_then

    def compare(self, grid: Grid) -> None:
        """Take in what was edited in a sheet."""
        sheet = grid.sheet
        if sheet.kind == "meeting":
            for row in grid.rows:
                # What does not fit together is named when the rows are read.
                with suppress(ValueError):
                    row.cells.update(take_apart(row.cells))
        tell_apart(grid)
        rows = [(row, *name) for row in grid.rows if (name := self.named(grid, row))]
        # The versions that stand in the row that they are of: with another key, it is a copy of that row.
        own = {number for _row, key, (number, _cited) in rows if self.is_of(number, key)}
        seen: dict[tuple[Key, str], int] = {}
        for row, key, numbers in rows:
            # Where the column was deleted, what the sheet was made with.
            made_with = self.cited(sheet, key, numbers[1])
            document = {**made_with, **row.cells}.get("report", "") if sheet.is_cited else ""
            first = seen.setdefault((key, document), row.number)
            if first != row.number:
                self.to.repeated(grid, row, first)
            elif numbers[0] in own and not self.is_of(numbers[0], key):
                self.record(grid, row, key, (0, 0))
            else:
                self.record(grid, row, key, numbers)

    def is_of(self, number: int, key: Key) -> bool:
        """Whether a version is one of the record with that key."""
        return number in self.then and self.then[number][0] == key

    def named(self, grid: Grid, row: SheetRow) -> tuple[Key, tuple[int, int]] | None:
        """The natural key of a row and the numbers of its versions; None where it lacks something of that."""
        sheet = grid.sheet
        parts = sheet.named(row.cells)
        hint = _what_names(sheet)
        for name, part in zip(sheet.key, parts, strict=True):
            if not part and name not in sheet.optional:
                place = grid.cell(row.number, name)
                self.to.fault(place, phrased("“%(key)s” is empty", key=name), hint)
        numbers = self.numbers(grid, row)
        is_named = all(
            part or name in sheet.optional for name, part in zip(sheet.key, parts, strict=True)
        )
        return (self.key(sheet, parts, numbers[0]), numbers) if is_named and numbers else None

    def key(self, sheet: Sheet, parts: tuple[str, ...], number: int) -> Key:
        """The natural key of a row: of the version that it was made with, where it is still named as that was."""
        then = self.then.get(number)
        if then and sheet.stored and sheet.stored(*then) == parts:
            return then[0]
        return sheet.to_key(parts)

    def record(self, grid: Grid, row: SheetRow, key: Key, numbers: tuple[int, int]) -> None:
        """Take in one row, with the versions that it was made with; 0 for none."""
        sheet = grid.sheet
        is_right, base = self.base(grid, row, key, numbers[0])
        if not is_right:
            return
        edited = self.edited(grid, row, base)
        citation: dict[str, str] | None = {}
        if sheet.is_cited:
            # What was reached is said by a document too.
            is_new = base is None or any(column.name == "reached" for column in edited)
            citation = self.citation(grid, row, key, numbers[1], is_new=is_new)
        if citation is None:
            return
        if base is not None and not edited and not citation:
            self.to.untouched.append((sheet.kind, "/".join(key)))
            return
        self.state(grid, row, key, base, edited, citation)

    def numbers(self, grid: Grid, row: SheetRow) -> tuple[int, int] | None:
        version = row.cells.get(VERSION, "")
        match = NUMBERS.fullmatch(version)
        if not match:
            hint = phrased("leave it as it was; empty it to add a new row")
            self.to.fault(
                grid.cell(row.number, VERSION),
                phrased("“%(version)s” is no version", version=version[:60]),
                hint,
            )
            return None
        return int(match[1] or 0), int(match[2] or 0)

    def base(self, grid: Grid, row: SheetRow, key: Key, number: int) -> tuple[bool, Values | None]:
        """Whether the version of a row is its own, and what it held when the sheet was made; None for a new one."""
        if not number:
            return True, None
        then = self.then.get(number)
        if then is None:
            hint = phrased("download the workbook anew, or empty this cell to add a new row")
            place = grid.cell(row.number, VERSION)
            self.to.fault(place, phrased("there is no version %(number)s", number=number), hint)
            return False, None
        if then[0] != key:
            was, now = "/".join(then[0]), "/".join(key)
            hint = phrased(
                "what names a row is never changed: write it as it was, and add a new row below"
            )
            place = grid.cell(row.number, _renamed(grid.sheet, then[0], key))
            self.to.fault(
                place,
                phrased("this row was “%(was)s”, and is “%(now)s” now", was=was, now=now),
                hint,
            )
            return False, None
        return True, then[1]

    def edited(self, grid: Grid, row: SheetRow, base: Values | None) -> list[SheetColumn]:
        """The columns whose cells differ from what they held; of a new row, those that hold something."""
        stored = grid.sheet.cells(base or {})
        edited = [
            column
            for column in grid.sheet.fields
            if column.name in row.cells and differs(row.cells[column.name], stored[column.name])
        ]
        for column in edited:
            if column.instead:
                place = grid.cell(row.number, column.name)
                self.to.fault(
                    place, phrased("“%(key)s” is only shown here", key=column.name), column.instead
                )
        return [column for column in edited if not column.instead]

    def citation(
        self, grid: Grid, row: SheetRow, key: Key, number: int, *, is_new: bool
    ) -> dict[str, str] | None:
        """What the row cites anew or otherwise, by column; empty where nothing, None where it lacks something."""
        sheet = grid.sheet
        stored = self.cited(sheet, key, number)
        texts = {name: row.cells.get(name, stored.get(name, "")) for name in sheet.citation}
        is_as_it_was = not any(differs(text, stored.get(name, "")) for name, text in texts.items())
        if is_as_it_was and not is_new:
            return {}
        missing = [name for name, text in texts.items() if not text]
        for name in missing:
            hint = _what_is_cited(is_new=is_new, is_of_documents=sheet.is_of_documents)
            self.to.fault(
                grid.cell(row.number, name), phrased("“%(key)s” is empty", key=name), hint
            )
        return None if missing else texts

    def cited(self, sheet: Sheet, key: Key, number: int) -> dict[str, str]:
        """What a version of a citation says, by column; nothing where it is none of this row."""
        then = self.cited_then.get(number)
        report, _slash, of = then[0][0].partition("/") if then else ("", "", "")
        if then is None or of != "/".join((sheet.kind, *key)):
            return {}
        return {"report": report} | {name: then[1].get(name) or "" for name in ("locator", "says")}

    def state(
        self,
        grid: Grid,
        row: SheetRow,
        key: Key,
        base: Values | None,
        edited: list[SheetColumn],
        citation: Mapping[str, str],
    ) -> None:
        """Put what the row says into the document of the report that it cites."""
        sheet, place = grid.sheet, grid.cell(row.number)
        source = key[0] if sheet.kind == "report" else citation.get("report", VOCABULARY)
        draft = self.to.drafts[source]
        stated_columns = [c for c in sheet.fields if c in edited or c.name in sheet.needed]
        values = self.to.values(grid, row, stated_columns)
        cells = {name: grid.cell(row.number, name) for name in sheet.names}
        emptied = {c.of for c in edited if not row.cells[c.name]}
        where = {name: text for name, text in citation.items() if name != "report"}
        path: Path
        if sheet.kind == "report":
            path = ("report",)
            if meeting := values.pop("meeting", None):
                draft.content["meeting"] = {"id": meeting}
                draft.cells["meeting",] = draft.cells["meeting", "id"] = cells["meeting"]
            draft.content["report"] = {"id": key[0]} | values
            draft.cells |= {("report", name): cell for name, cell in cells.items()}
            draft.cells[path] = place
        elif len(sheet.key) > 1:
            owner, *others = sheet.key
            named = {name: row.cells[name] for name in others if row.cells.get(name)}
            named |= {
                other: row.cells[other]
                for name, other in sheet.instead.items()
                if name not in named
            }
            names = {"id": cells[owner]} | {name: cells[name] for name in sheet.citation}
            path = draft.add(_section(sheet, row), {"id": row.cells[owner]} | where, names, place)
            path = draft.nest(path, sheet.kind, named, values, cells)
        else:
            part = {sheet.key[0]: key[0]} | values | where
            path = draft.add(SECTIONS[sheet.kind], part, cells, place)
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
        shown = sheet.record.shown
        draft.bases[sheet.kind, name] = {
            f: value for f, value in base.items() if value is not None and f not in shown
        }
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
                self.to.fault(
                    place,
                    phrased("“%(key)s” is empty", key=column.name),
                    phrased("no row does without it"),
                )


def tell_apart(grid: Grid) -> None:
    """Let several new rows that would be one be told apart: targets without a period by the day that each is due."""
    for name, other in grid.sheet.apart_by.items():
        alike: dict[tuple[str, ...], list[SheetRow]] = defaultdict(list)
        for row in grid.rows:
            if not row.cells.get(VERSION) and not row.cells.get(name):
                alike[grid.sheet.named(row.cells)].append(row)
        for rows in alike.values():
            texts = {row.cells.get(other, "") for row in rows} - {""}
            if len(texts) == len(rows) > 1:
                for row in rows:
                    row.cells[name] = row.cells[other]


def _what_names(sheet: Sheet) -> str:
    """What to do where a row lacks what names it."""
    *others, last = [
        alternatives({name: 0, sheet.instead.get(name, name): 0}) for name in sheet.key
    ]
    if not others:
        return phrased("fill it in: %(key)s tells which row it is", key=last)
    return phrased("fill it in: %(keys)s and %(last)s tell which row it is", keys=others, last=last)


def _what_is_cited(*, is_new: bool, is_of_documents: bool) -> str:
    """What to do where a row lacks what its fact rests on."""
    if is_of_documents:
        if is_new:
            return phrased(
                "a new fact cites a document: the id of a report, and where in it, and what it says"
            )
        return phrased(
            "a fact cites a document: the id of a report, and where in it, and what it says"
        )
    if is_new:
        return phrased("a new fact cites a document: the id of a report, and where in it")
    return phrased("a fact cites a document: the id of a report, and where in it")


def _renamed(sheet: Sheet, was: Key, now: Key) -> str:
    """The column in which a row is named otherwise than it was."""
    if len(sheet.key) != len(now):
        # Of a name that is made of several columns, the last one.
        return sheet.key[-1]
    return next(name for name, old, new in zip(sheet.key, was, now, strict=True) if old != new)


def _section(sheet: Sheet, row: SheetRow) -> str:
    return section_of_line(row.cells["kind"]) if sheet.kind == "line" else SECTIONS[sheet.kind]
