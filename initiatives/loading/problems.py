"""What is wrong with a file: where, what, and what was expected instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self


class SheetCell(int):
    """The number of a row that knows its sheet and column: where something stands in a workbook."""

    sheet: str
    column: str

    def __new__(cls, row: int, column: str, sheet: str = "") -> Self:
        cell = super().__new__(cls, row)
        cell.column, cell.sheet = column, sheet
        return cell

    @property
    def _place(self) -> tuple[str, int, int, str]:
        return self.sheet, int(self), len(self.column), self.column

    def __eq__(self, other: object) -> bool:
        return self._place == other._place if isinstance(other, SheetCell) else int(self) == other

    def __lt__(self, other: int) -> bool:
        return self._place < other._place if isinstance(other, SheetCell) else int(self) < other

    def __hash__(self) -> int:
        return hash(int(self))


def in_words(line: int) -> str:
    """Where a line is, or a cell: “line 7”, “Updates, cell B7”."""
    if not isinstance(line, SheetCell):
        return f"line {line}"
    sheet = f"{line.sheet}, " if line.sheet else ""
    return f"{sheet}cell {line.column}{int(line)}"


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One fault in one file; ``line`` counts from 1, 0 where the fault is the file's as a whole.

    ``row`` names what the desk may answer about (see duplicates.py), and ``known`` what it may be the same as.
    """

    file: str
    line: int
    what: str
    expected: str = ""
    row: str = field(default="", compare=False)
    known: str = field(default="", compare=False)

    @property
    def place(self) -> str:
        """Where in the file, in words; empty where the fault is the file's as a whole."""
        return in_words(self.line) if self.line else ""

    def __str__(self) -> str:
        place = f"{self.file}, {self.place}" if self.line else self.file
        return f"{place}: {self.what}" + (f" ({self.expected})" if self.expected else "")


class LoadError(Exception):
    """Files cannot be loaded; carries every problem found, and nothing has been written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))
