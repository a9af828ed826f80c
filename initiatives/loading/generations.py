"""Records of one kind in the order in which they can be written: what they refer to first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .kinds import Kind
from .plan_types import RecordItem


def own_references(kind: Kind, item: RecordItem) -> set[Any]:
    """The other rows of its own kind that a record is to name: the original of a translation, the whole of a part."""
    names = [name for name, model in kind.references.items() if model is kind.model]
    return {item.values.get(name) for name in names} - {None}


def generations(kind: Kind, items: Sequence[RecordItem]) -> list[list[RecordItem]]:
    """The items in groups such that none refers to its own or a later group (a translation to its original)."""
    left, groups = list(items), []
    while left:
        waiting = {item.item.key[0] for item in left}
        ready: list[RecordItem] = []
        later: list[RecordItem] = []
        for item in left:
            (later if own_references(kind, item) & waiting else ready).append(item)
        groups.append(ready)
        left = later
    return groups
