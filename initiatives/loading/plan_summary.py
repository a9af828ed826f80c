"""A plan as the desk keeps and shows it: bounded in size, with what can be decided about it."""

from __future__ import annotations

from typing import Any

from ..models import ENTRY_OF
from ..models.translations import column_of
from .merge import Action, ConflictKey, FieldChange, MergeItem
from .plan_types import Plan
from .said import Said
from .wording import Wording, field_in_words, kind_in_words

# Items of each action that are named; the counts are of all.
NAMED = 300
# Conflicts that can be decided on one page; the rest stays as it is, and the next load asks about it.
DECIDED = 300
# Characters of a value that are shown.
SHOWN = 1000

# In the order in which people look at them.
ORDER = (
    Action.CONFLICT,
    Action.CHANGED,
    Action.NEW,
    Action.KEPT,
    Action.REMOVED,
    Action.GONE,
)


def plan_summary(plan: Plan) -> dict[str, Any]:
    """What a page shows of a plan, as JSON.

    ``choices`` are the conflicts to decide, each with its ``key`` (kind, name, field); conflicts of an item that
    cannot be decided, because another item decides, stand in its ``conflicts`` only. ``made_ids`` are those that files
    leave out.
    """
    wording = Wording()
    by_action: dict[Action, list[MergeItem]] = {action: [] for action in ORDER}
    for item in plan.items:
        if item.action in by_action:
            by_action[item.action].append(item)
    choices: list[dict[str, Any]] = []
    open_conflicts = 0
    for item in by_action[Action.CONFLICT]:
        for choice in _choices(item, wording):
            open_conflicts += 1
            if open_conflicts <= DECIDED:
                choices.append(choice)
    return {
        "files": len({document.name for document in plan.documents}),
        "new": plan.new,
        "changed": plan.changed,
        "counts": [
            {"kind": kind_in_words(kind), "counts": [row.get(action.value, 0) for action in Action]}
            for kind, row in plan.counts.items()
        ],
        "items": {
            action.value: [_item(item, wording) for item in items[:NAMED]]
            for action, items in by_action.items()
            if items
        },
        "more": {
            action.value: len(items) - NAMED
            for action, items in by_action.items()
            if len(items) > NAMED
        },
        "choices": choices,
        "conflicts": open_conflicts,
        "more_choices": max(open_conflicts - DECIDED, 0),
        # By the number of the file, the ids that it leaves out: where each belongs, and the one made for it.
        "made_ids": {
            str(number): [[list(path), key] for path, key in ids.items()]
            for number, ids in enumerate(plan.made_ids, 1)
            if ids
        },
    }


def _choices(item: MergeItem, wording: Wording) -> list[dict[str, Any]]:
    if item.follows:
        return []
    about = {"name": kind_in_words(item.kind), "record": item.name}
    about |= _title(item, wording)
    about |= {"file": item.file, "note": item.note}
    # An entry is corrected as a whole, but for its translations, and a deleted record comes back as a whole.
    is_whole = {
        c.field for c in item.conflicts if item.kind in ENTRY_OF and column_of(c.field) == c.field
    }
    whole = [
        _change(item.kind, change, wording) for change in item.conflicts if change.field in is_whole
    ]
    choices = []
    if whole or not item.conflicts:
        choices.append(about | {"key": _key(item), "field": "", "changes": whole})
    return choices + [
        about
        | {
            "key": _key(item, change.field),
            "field": change.field,
            "changes": [_change(item.kind, change, wording)],
        }
        for change in item.conflicts
        if change.field not in is_whole
    ]


def _key(item: MergeItem, field: str = "") -> ConflictKey:
    return item.kind, item.name, field


def _item(item: MergeItem, wording: Wording) -> dict[str, Any]:
    def in_words(changes: list[FieldChange]) -> list[dict[str, Any]]:
        return [_change(item.kind, change, wording) for change in changes]

    return {
        "kind": kind_in_words(item.kind),
        "key": item.name,
        **_title(item, wording),
        "file": item.file,
        "note": item.note,
        "follows": item.follows,
        "changes": in_words(item.changes),
        "kept": in_words(item.kept),
        "conflicts": in_words(item.conflicts),
    }


def _title(item: MergeItem, wording: Wording) -> dict[str, Any]:
    """Its title in English, and what another language says it from (said.py)."""
    title = item.title or wording.key(item.kind, item.key)
    said = {"said": {"title": title.kept}} if isinstance(title, Said) else {}
    return {"title": _cut(title)} | (said if len(title) <= SHOWN else {})


def _change(kind: str, change: FieldChange, wording: Wording) -> dict[str, Any]:
    return {
        "field": field_in_words(kind, change.field),
        "base": _text(wording.value(kind, change.field, change.base)),
        "ours": _text(wording.value(kind, change.field, change.ours)),
        "theirs": _text(wording.value(kind, change.field, change.theirs)),
        "origin": change.origin,
    }


def _text(value: Any) -> str | None:
    """A value as people read it; None for empty."""
    if value is None:
        return None
    return _cut(", ".join(map(str, value)) if isinstance(value, list) else str(value))


def _cut(text: str) -> str:
    return f"{text[: SHOWN - 1]}…" if len(text) > SHOWN else text
