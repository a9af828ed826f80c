"""What is wrong with a file: where, what, and what was expected instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One fault in one file; ``line`` counts from 1, 0 where the fault is the file's as a whole."""

    file: str
    line: int
    what: str
    expected: str = ""

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file
        return f"{place}: {self.what}" + (f" ({self.expected})" if self.expected else "")


class LoadError(Exception):
    """Files cannot be loaded; carries every problem found, and nothing has been written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))
