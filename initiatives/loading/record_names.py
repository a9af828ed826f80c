"""What records are called, in the database and in files: to suggest one for an id that leads nowhere."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from ..models import Record
from .kinds import KINDS
from .said import phrased
from .statements import Statement
from .suggestions import nearest

# The fields by which people call a record.
NAME_FIELDS = ("name", "official_name", "short_name", "other_names", "title")
# Rows of a kind that are looked through, and missing ones of a kind for which that is done.
MOST_ROWS = 5000
MOST_HINTS = 20
# Kinds of which there are so few that all of them are named where none is near.
FEW = ("theme", "dialogue")
MOST_NAMED = 40


class RecordNames:
    """What was likely meant by ids that lead nowhere: of what the database has, and what files state."""

    def __init__(self, stated: Iterable[Statement] = ()) -> None:
        self.names: dict[str, dict[str, list[str]]] = {}
        self.asked: Counter[str] = Counter()
        self.stated: dict[str, dict[str, list[str]]] = defaultdict(dict)
        for statement in stated:
            if len(statement.key) == 1:
                names = self.stated[statement.kind].setdefault(statement.key[0], [])
                names += _names(statement.values.get(field) for field in NAME_FIELDS)

    def nearest(self, kind: str, word: str, *, without: str = "") -> str:
        """The id of a record of that kind that was likely meant, “” where none is, or where many were asked for.

        ``without`` is an id that files state, and that is not known all the same.
        """
        self.asked[kind] += 1
        if self.asked[kind] > MOST_HINTS:
            return ""
        names = self.of(kind)
        return nearest(word, {key: names[key] for key in names if key != without})

    def all_known(self, kind: str) -> str:
        """The ids of all records of a kind of which there are few, in words; “” for others."""
        names = sorted(self.of(kind)) if kind in FEW else []
        return phrased("known: %(names)s", names=names) if 0 < len(names) <= MOST_NAMED else ""

    def of(self, kind: str) -> dict[str, list[str]]:
        if kind not in self.names:
            self.names[kind] = _stored(KINDS[kind].model) | self.stated[kind]
        return self.names[kind]


def _stored(model: type[Record]) -> dict[str, list[str]]:
    fields = {field.name for field in model._meta.concrete_fields}
    columns = [field for field in NAME_FIELDS if field in fields]
    key = model.natural_key_fields[0]
    rows: Any = model._default_manager.order_by("pk").values_list(key, *columns)
    return {name: _names(others) for name, *others in rows[:MOST_ROWS]}


def _names(values: Iterable[Any]) -> list[str]:
    return [name for value in values if value for name in str(value).split("\n")]
