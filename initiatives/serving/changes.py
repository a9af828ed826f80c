"""What was written between two versions of the data: the notes of the triggers, read once by each process and kept."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping, Set

from .data_version import Version, noted_since

# By table the keys of changed rows; None among them stands for any row of the table.
Changes = Mapping[str, Set[int | None]]

# More changed rows than that in one step are not worth keeping.
MOST_CHANGES = 5000
# Noted in place of a table when something was removed for good: what showed it is not to be kept anywhere.
REMOVED = "removed for good"
# Steps from one version to the next that a process knows: what is older counts as changed.
MOST_STEPS = 500


class _History:
    """The versions of a database that this process has seen, and what changed from each to the next."""

    def __init__(self, using: str) -> None:
        self.using = using
        self._places: dict[Version, int] = {}
        self._versions: list[Version] = []
        self._steps: list[Changes] = []
        self._lock = threading.Lock()
        # Counts the moments in which something may have been removed for good.
        self.removals = 0

    def between(self, earlier: Version, later: Version) -> Changes | None:
        with self._lock:
            if later not in self._places:
                self._add(later)
            first, last = self._places.get(earlier), self._places[later]
            if first is None or first > last:
                return None
            steps = self._steps[first + 1 : last + 1]
        if len(steps) == 1:
            return steps[0]
        changes: dict[str, set[int | None]] = defaultdict(set)
        for step in steps:
            for table, rows in step.items():
                changes[table] |= rows
        return changes

    def _add(self, version: Version) -> None:
        step: Changes | None = None
        # What was written since to an earlier state of another history says nothing of this one.
        if self._versions and self._versions[-1][:2] < version[:2]:
            step = noted_since(self._versions[-1], using=self.using, most=MOST_CHANGES)
        if step is None:
            # Nothing is known of what was before.
            self._versions, self._steps = [version], [{}]
            self.removals += 1
        else:
            self.removals += REMOVED in step
            dropped = MOST_STEPS // 2 if len(self._versions) >= MOST_STEPS else 0
            self._versions = [*self._versions[dropped:], version]
            self._steps = [*self._steps[dropped:], step]
        self._places = {version: place for place, version in enumerate(self._versions)}


class _Histories(dict[str, _History]):
    def __missing__(self, using: str) -> _History:
        return self.setdefault(using, _History(using))


_histories = _Histories()


def changes_between(earlier: Version, later: Version, using: str) -> Changes | None:
    """What changed from one version of a database to another, perhaps with some that changed since; None if unknown.

    Known is only what a process has seen pass: both versions have to be given to it as they come.
    """
    return _histories[using].between(earlier, later)


def removals_until(version: Version, using: str) -> int:
    """How often until a version, since the process began, something may have been removed for good."""
    history = _histories[using]
    history.between(version, version)
    return history.removals


def forget() -> None:
    """Drop what is in memory; for tests, whose databases are rolled back."""
    _histories.clear()
