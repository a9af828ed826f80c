"""What is wrong with a file: where, what, and what was expected instead; equal causes are told once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Self

from .said import in_a_row, in_groups, nphrased, phrased

# Causes of one kind in one file that are told; nobody reads more at a time.
MOST_CAUSES = 500
# Places of one cause in one file that are kept; the others are counted.
MOST_PLACES = 1000
# Runs of lines or cells that are named for one cause.
MOST_RUNS = 6
# Instead of a file.
DATABASE = phrased("database")
PROGRAM = phrased("the program")


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


# --- Places in words ------------------------------------------------------------------------------


def in_words(*lines: int) -> str:
    """Where lines are, or cells: “line 7”, “lines 3, 5–7”, “Updates, cell B7”, “Updates, cells B7:B9, C2”."""
    runs = _runs(lines)
    words = []
    for (sheet, is_cell), of_sheet in groupby(runs[:MOST_RUNS], lambda run: _column(run[0])[:2]):
        named = list(of_sheet)
        several = 2 if len(named) > 1 or len(named[0]) > 1 else 1
        places = [*map(_run_in_words, named)]
        where = nphrased("line %(places)s", "lines %(places)s", several, places=places)
        if is_cell:
            where = nphrased("cell %(places)s", "cells %(places)s", several, places=places)
        words.append(in_a_row(filter(None, (sheet, where))))
    return in_a_row(words, "; ")


def _column(line: int) -> tuple[str, bool, int, str]:
    if not isinstance(line, SheetCell):
        return "", False, 0, ""
    return line.sheet, True, len(line.column), line.column


def _runs(lines: Iterable[int]) -> list[list[int]]:
    """Lines, or cells of one column, in runs without a gap."""
    runs: list[list[int]] = []
    for line in sorted(set(lines), key=lambda line: (*_column(line), int(line))):
        last = runs[-1][-1] if runs else None
        follows = last is not None and int(line) == int(last) + 1
        if last is not None and follows and _column(last) == _column(line):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _run_in_words(run: Sequence[int]) -> str:
    ends = [f"{_column(line)[3]}{int(line)}" for line in dict.fromkeys((run[0], run[-1]))]
    return (":" if isinstance(run[0], SheetCell) else "–").join(ends)


# --- Problems -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Missing:
    """What is referred to and is not there: its kind, such as “participant”, its id, the one likely meant."""

    kind: str
    key: str
    near: str = ""


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One fault in one file; ``line`` counts from 1, 0 where the fault is the file's as a whole.

    ``more`` are further places of the same that are not kept.
    ``row`` names what the desk may answer about (see duplicates.py), and ``known`` what it may be the same as.
    """

    file: str
    line: int
    what: str
    expected: str = ""
    row: str = field(default="", compare=False)
    known: str = field(default="", compare=False)
    more: int = field(default=0, compare=False)
    missing: Missing | None = field(default=None, compare=False)

    @property
    def place(self) -> str:
        """Where in the file, in words; empty where the fault is the file's as a whole."""
        return in_words(self.line) if self.line else ""

    def __str__(self) -> str:
        place = f"{self.file}, {self.place}" if self.line else self.file
        return f"{place}: {self.what}" + (f" ({self.expected})" if self.expected else "")


@dataclass(slots=True)
class Cause:
    """What is wrong in the same way in one place or many."""

    problems: list[Problem]

    @property
    def what(self) -> str:
        return self.problems[0].what

    @property
    def expected(self) -> str:
        return self.problems[0].expected

    @property
    def count(self) -> int:
        """In how many places."""
        return sum(1 + problem.more for problem in self.problems)

    @property
    def files(self) -> list[str]:
        return list(dict.fromkeys(problem.file for problem in self.problems))

    @property
    def place(self) -> str:
        """Where, in words, with the name of each file where there are several; at most so many runs of places."""
        words, room, told = [], MOST_RUNS, 0
        for file in self.files:
            if room <= 0:
                break
            lines = [problem.line for problem in self.problems if problem.file == file]
            runs = _runs(filter(None, lines))[:room]
            named = [line for run in runs for line in run]
            name = file if len(self.files) > 1 else ""
            words.append(in_a_row(filter(None, (name, in_words(*named)))))
            room -= max(len(runs), 1)
            told += max(len(named), 1)
        more = self.count - told
        places = in_a_row(filter(None, words), "; ")
        if more <= 0:
            return places
        return phrased("%(places)s and %(more)s more", places=places, more=in_groups(more))

    def __str__(self) -> str:
        if self.count == 1:
            return str(self.problems[0])
        place = f"{self.files[0]}, {self.place}" if len(self.files) == 1 else self.place
        expected = f" ({self.expected})" if self.expected else ""
        return f"{place}: {self.what}, in {self.count:,} places{expected}"


def causes(problems: Iterable[Problem]) -> list[Cause]:
    """The problems by what is wrong, in the order in which each stands first."""
    by_words: dict[tuple[str, str, str], Cause] = {}
    for problem in sorted(set(problems)):
        # What is asked about is answered one by one.
        words = (problem.what, problem.expected, problem.row)
        by_words.setdefault(words, Cause([])).problems.append(problem)
    return list(by_words.values())


def most_telling(found: Sequence[Cause], most: int) -> list[Cause]:
    """So many of the causes, in their order: some of every kind, so that none hides behind many of another."""
    seen: Counter[str] = Counter()
    ranks = []
    for number, cause in enumerate(found):
        kind = _kind(cause.what)
        ranks.append((seen[kind], number))
        seen[kind] += 1
    return [found[number] for number in sorted(number for _rank, number in sorted(ranks)[:most])]


def _kind(what: str) -> str:
    """What is wrong without what it is wrong with: quoted words and numbers."""
    return re.sub(r"“[^”]*”|[0-9,]+", "…", what)


class LoadError(Exception):
    """Files cannot be loaded; carries every problem found, and nothing has been written.

    ``readable`` is what can be checked further all the same: documents, or the grids of a workbook, without the parts
    that are faulty. ``unread`` is the content of a file of which nothing is: what it defines is not known.
    """

    def __init__(
        self, problems: Iterable[Problem], readable: Sequence[Any] = (), unread: bytes = b""
    ) -> None:
        self.problems = sorted(set(problems))
        self.readable, self.unread = readable, unread
        super().__init__("\n".join(map(str, causes(self.problems))))


class Faults:
    """The faults of one file as they are met: of each cause the first places and the number of the others."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = self.beyond = 0
        self._by_cause: dict[tuple[str, str], list[Problem]] = {}
        self._of_kind: Counter[str] = Counter()
        self._more: dict[tuple[str, str], int] = {}

    def __bool__(self) -> bool:
        return bool(self._by_cause)

    def add(
        self, place: int, what: str, expected: str = "", missing: Missing | None = None
    ) -> None:
        self.count += 1
        cause = (what, expected)
        if cause not in self._by_cause:
            kind = _kind(what)
            self._of_kind[kind] += 1
            if self._of_kind[kind] > MOST_CAUSES:
                self.beyond += 1
                return
        places = self._by_cause.setdefault(cause, [])
        if len(places) < MOST_PLACES:
            places.append(Problem(self.name, place, what, expected, missing=missing))
        else:
            self._more[cause] = self._more.get(cause, 0) + 1

    @property
    def problems(self) -> list[Problem]:
        problems = []
        for cause, places in self._by_cause.items():
            *first, last = places
            problems += [*first, replace(last, more=self._more.get(cause, 0))]
        if self.beyond:
            what = nphrased(
                "%(count)s more fault in this file",
                "%(count)s more faults in this file",
                self.beyond,
                count=in_groups(self.beyond),
            )
            problems.append(Problem(self.name, 0, what, phrased("correct the others first")))
        return problems

    def error(self, readable: Sequence[Any] = (), unread: bytes = b"") -> LoadError:
        return LoadError(self.problems, readable, unread)

    def stop(self, what: str, expected: str = "", line: int = 0) -> LoadError:
        """What to raise where the file as a whole is no use."""
        return LoadError([Problem(self.name, line, what, expected)])
