"""A plan for people to read in the terminal, and as JSON for programs."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.apps import apps
from django.utils.translation import pgettext_lazy
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .merge import Action, FieldChange, MergeItem
from .plan_types import Plan

SIGNS = {
    Action.NEW: ("+", "green"),
    Action.CHANGED: ("~", "yellow"),
    Action.CONFLICT: ("!", "bold red"),
    Action.KEPT: ("=", "cyan"),
    Action.GONE: ("?", "magenta"),
    Action.REMOVED: ("-", "yellow"),
}
WORDS = {
    Action.NEW: pgettext_lazy("what a load does", "new"),
    Action.CHANGED: pgettext_lazy("what a load does", "changed"),
    Action.SAME: pgettext_lazy("what a load does", "same"),
    Action.KEPT: pgettext_lazy("what a load does", "kept as they stand"),
    Action.CONFLICT: pgettext_lazy("what a load does", "in conflict"),
    Action.GONE: pgettext_lazy("what a load does", "gone from the file"),
    Action.REMOVED: pgettext_lazy("what a load does", "taken out"),
}
# New records of one kind that are listed by name, unless all are asked for.
LISTED = 20


def as_json(plan: Plan) -> dict[str, Any]:
    """``counts`` by kind and action, and every item that is not the same with its fields.

    ``new`` and ``changed`` are what the load writes; an item in conflict counts as changed if other fields of it are.
    """
    return {
        "files": len(plan.documents),
        "new": plan.new,
        "changed": plan.changed,
        "counts": plan.counts,
        "items": [
            {
                "kind": item.kind,
                "key": item.name,
                "title": item.title,
                "action": item.action.value,
                "source": item.source,
                "file": item.file,
                "note": item.note,
                "follows": item.follows,
                "changes": [_change(change) for change in item.changes],
                "conflicts": [_change(change) for change in item.conflicts],
                "kept": [_change(change) for change in item.kept],
            }
            for item in plan.items
            if item.action != Action.SAME
        ],
    }


def digest_of(plan: Plan) -> str:
    """A name for all that the plan tells, the same as long as files and database stay as they are."""
    text = json.dumps(as_json(plan), sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _change(change: FieldChange) -> dict[str, Any]:
    return {
        "field": change.field,
        "base": change.base,
        "ours": change.ours,
        "theirs": change.theirs,
        "origin": change.origin,
    }


def show(plan: Plan, console: Console, *, everything: bool = False) -> None:
    """Print the plan: what is new by name, citations last, what changes field by field, and counts."""
    listed: dict[str, int] = {}
    for item in sorted(plan.items, key=lambda item: item.kind == "citation"):
        if item.action == Action.SAME:
            continue
        if item.action == Action.NEW and not everything:
            listed[item.kind] = listed.get(item.kind, 0) + 1
            if listed[item.kind] > LISTED:
                continue
        _show_item(item, console)
    hidden = {kind: count - LISTED for kind, count in listed.items() if count > LISTED}
    if hidden:
        more = ", ".join(f"{count:,} {kind}" for kind, count in hidden.items())
        console.print(f"[green]+[/] and {more} more, all new (--verbosity 2 names them)")
    _show_counts(plan, console)


def show_briefly(plan: Plan, console: Console) -> None:
    """Print what is new as one line of counts; what changes, stays or conflicts field by field as ever."""
    for item in plan.items:
        if item.action not in (Action.SAME, Action.NEW):
            _show_item(item, console)
    counts = {kind: row[Action.NEW] for kind, row in plan.counts.items() if row.get(Action.NEW)}
    new = ", ".join(_counted(kind, count) for kind, count in counts.items())
    console.print(_files(plan) + (f"; new: {new}" if new else ""))


def _files(plan: Plan) -> str:
    count = len(plan.documents)
    return f"{count:,} file{'' if count == 1 else 's'}"


def _counted(kind: str, count: int) -> str:
    meta = apps.get_model("initiatives", kind)._meta
    return f"{count:,} {meta.verbose_name if count == 1 else meta.verbose_name_plural}"


def _show_item(item: MergeItem, console: Console) -> None:
    sign, colour = SIGNS[item.action]
    title = f"  {_text(item.title, 70)}" if item.title else ""
    console.print(f"[{colour}]{sign}[/] {item.kind} [bold]{escape(item.name)}[/]{title}")
    if item.action == Action.GONE:
        console.print("    no longer in its file; it stays (the admin withdraws or deletes it)")
    if item.action == Action.REMOVED:
        console.print("    no longer in its file; it is taken out")
    if item.note:
        changed = ", and changed in the file" if item.action == Action.CONFLICT else ""
        console.print(f"    {item.note}{changed}")
    for change in item.changes:
        console.print(
            f"    {change.field}: {_text(change.ours)} [yellow]→[/] {_text(change.theirs)}"
        )
    for change in item.kept:
        console.print(
            f"    {change.field}: stays {_text(change.ours)}{_origin(change)}"
            f" (the file says {_text(change.theirs)})"
        )
    for change in item.conflicts:
        console.print(f"    {change.field}: [bold red]conflict[/]")
        console.print(f"        last load  {_text(change.base, 200)}")
        console.print(f"        now        {_text(change.ours, 200)}{_origin(change)}")
        console.print(f"        file       {_text(change.theirs, 200)}")


def _origin(change: FieldChange) -> str:
    return f", {escape(change.origin)}" if change.origin else ""


def _show_counts(plan: Plan, console: Console) -> None:
    used = [action for action in Action if plan.count(action)]
    table = Table(title=_files(plan), title_justify="left")
    table.add_column("")
    for action in used:
        table.add_column(str(WORDS[action]), justify="right")
    for kind, row in plan.counts.items():
        table.add_row(kind, *(f"{row.get(action.value, 0):,}" for action in used))
    console.print(table)


def _text(value: Any, limit: int = 60) -> str:
    if value is None:
        return "[dim]empty[/]"
    text = ", ".join(map(str, value)) if isinstance(value, list) else " ".join(str(value).split())
    return escape(f"“{text[: limit - 1]}…”" if len(text) > limit else f"“{text}”")
