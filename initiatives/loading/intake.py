"""Files taken in one after the other: what is wrong with one hides nothing that is wrong with the others.

A file with faults is checked further without the parts that are faulty, just for what it refers to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from .document import Document
from .mending import STAND_IN
from .plan import make_plan
from .problems import LoadError, Problem
from .reading import read_statements
from .record_names import RecordNames
from .suggestions import did_you_mean

ID = re.compile(rb"[a-z0-9]+(?:[-/_][a-z0-9]+)*")


class Intake:
    """The documents of one load, and the faults of those that cannot be loaded."""

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self.problems: list[Problem] = []
        # Ids that stand in files of which nothing can be read; they may be defined there.
        self.unread: set[str] = {STAND_IN}

    def add(self, read: Callable[[], Iterable[Document]]) -> None:
        """Take in what the function reads, or what is wrong with it."""
        try:
            self.documents += read()
        except LoadError as error:
            self.problems += error.problems
            self.documents += error.readable
            # Of UTF-16 the ids are left without their zeros.
            self.unread |= {i.decode() for i in ID.findall(error.unread.replace(b"\0", b""))}

    def checked(self) -> list[Document]:
        """The documents; raises LoadError with every fault, and with all that leads nowhere, where there are any."""
        if not self.problems:
            return self.documents
        hints = RecordNames(read_statements(self.documents).records)
        raise LoadError([*(_suggest(p, hints) for p in self.problems), *self._missing()])

    def _missing(self) -> list[Problem]:
        try:
            if self.documents:
                make_plan(self.documents)
        except LoadError as error:
            # The others may come from what is left out.
            return [
                problem
                for problem in error.problems
                if problem.missing and self.unread.isdisjoint(problem.missing.key.split("/"))
            ]
        return []


def _suggest(problem: Problem, hints: RecordNames) -> Problem:
    """Name the record that was likely meant where a file has no id but perhaps a name."""
    if not problem.missing or problem.missing.near:
        return problem
    near = hints.nearest(problem.missing.kind, problem.missing.key)
    if not near:
        return problem
    missing = replace(problem.missing, near=near)
    return replace(problem, expected=did_you_mean(near), missing=missing)
