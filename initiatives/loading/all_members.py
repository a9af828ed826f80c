"""Who is meant by “all” in a report file: the members who came to its meeting, else those of the dialogue then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from ..models import Capacity
from ..partial_dates import PartialDate
from .kinds import KINDS, Key, Values
from .schema import Content

if TYPE_CHECKING:
    from .statements import EntryStatement, Statement

# Marks, in what was loaded, the codes that were meant: a later load of the same word means the same ones.
WAS_ALL = "by_all"


class AllMembers:
    """Who came and who is a member, from the database and from what the files of one load state of it."""

    def __init__(self, stated: Iterable[Statement], facts: Container[tuple[str, str, str]]) -> None:
        self._facts = facts
        self._stated: dict[str, dict[Key, Values]] = defaultdict(dict)
        self._sources: dict[tuple[str, Key], set[str]] = defaultdict(set)
        for statement in stated:
            if statement.kind in ("attendance", "membership", "meeting", "initiative", "report"):
                values = self._stated[statement.kind].setdefault(statement.key, {})
                values |= statement.values
                self._sources[statement.kind, statement.key].add(statement.source)
        self._rows = cache(self._read)

    def of(self, statement: EntryStatement) -> list[str]:
        """The codes that “all” stands for in a mention, in their order; empty where nobody is known."""
        content = statement.document.content
        assert isinstance(content, Content)
        part = content.initiatives[int(statement.path[1])]
        meeting = content.meeting.id if content.meeting else part.raised_at
        came = self._rows("attendance", meeting) if meeting else {}
        codes = {
            key[1] for key, row in came.items() if row.get("capacity", "member") == Capacity.MEMBER
        }
        if codes:
            return sorted(codes)
        initiative = self._one("initiative", statement.initiative)
        of_meeting = self._one("meeting", meeting) if meeting else {}
        dialogue = part.dialogue or initiative.get("dialogue") or of_meeting.get("dialogue")
        day = of_meeting.get("starts_on") or self._one("report", statement.document.report).get(
            "published_on"
        )
        return sorted(set(self._members(dialogue, day))) if dialogue else []

    def _members(self, dialogue: str, day: str | None) -> Iterator[str]:
        for (_dialogue, code, capacity), row in self._rows("membership", dialogue).items():
            since, until = row.get("since"), row.get("until")
            before = since and day and PartialDate(day).ends_before(since)
            after = until and (day is None or PartialDate(until).ends_before(day))
            if capacity == Capacity.MEMBER and not before and not after:
                yield code

    def _one(self, kind: str, key: str) -> Values:
        return self._rows(kind, key).get((key,), {})

    def _read(self, kind: str, first: str) -> dict[Key, Values]:
        """The rows whose key begins so; what a person has deleted since it was loaded is none of them."""
        model = KINDS[kind].model
        lookup = model.natural_key_lookups()[0]
        heads = model._default_manager.filter(**{lookup: first})
        keys = [tuple(map(str, key)) for key in heads.values_list(*model.natural_key_lookups())]
        rows = {key: KINDS[kind].read(row) for key, row in KINDS[kind].existing(keys)}
        for key, values in self._stated[kind].items():
            deleted = any(
                (source, kind, "/".join(key)) in self._facts for source in self._sources[kind, key]
            )
            if key[0] == first and key not in rows and not deleted:
                rows[key] = values
        return rows
