"""``defaults:`` of a report file: written into the entries that do not say for themselves, before they are checked."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from .yaml_text import Path

# How an entry says that a default does not hold for it.
NONE = "none"
# The defaults, by the keys of entries.
OF_ENTRY = {
    "act": "act",
    "by": "by",
    "quote_language": "language",
    "dialogue": "dialogue",
    "raised_at": "raised_at",
    "kind": "kind",
    "themes": "themes",
}
# They describe an initiative; an entry without a title speaks of one that another document describes.
DESCRIBING = ("dialogue", "raised_at", "kind", "themes")


def expand(tree: Any) -> Any:
    """The file with its defaults written out, as far as it has the shape of a report file; the tree itself stays."""
    defaults, entries = _parts(tree)
    if not defaults:
        return tree
    return tree | {"initiatives": [_expanded(entry, defaults) for entry in entries]}


def is_default(tree: Any, path: Path) -> bool:
    """Whether what stands at a path of the expanded file is one of the defaults."""
    if len(path) < 3 or path[0] != "initiatives":
        return False
    defaults, entries = _parts(tree)
    entry = entries[int(path[1])] if defaults else None
    return (
        isinstance(entry, dict)
        and OF_ENTRY.get(str(path[2])) in defaults
        and entry.get(path[2]) is None
    )


def stated_at(path: Path, places: Container[Path]) -> Path:
    """Where the file states what stands at a path of the expanded file: there, or among the defaults."""
    if len(path) < 3 or path[0] != "initiatives" or path[:3] in places:
        return path
    default = ("defaults", OF_ENTRY.get(str(path[2]), ""))
    return (*default, *path[3:]) if default in places else path


def _parts(tree: Any) -> tuple[dict[str, Any], list[Any]]:
    """The defaults that hold and the entries; both empty where the file has another shape."""
    if not isinstance(tree, dict):
        return {}, []
    defaults, entries = tree.get("defaults"), tree.get("initiatives")
    if not isinstance(defaults, dict) or not isinstance(entries, list):
        return {}, []
    return {name: value for name, value in defaults.items() if value is not None}, entries


def _expanded(entry: Any, defaults: dict[str, Any]) -> Any:
    if not isinstance(entry, dict):
        return entry
    # An empty key that is not known stays, to be named as such.
    stated = {
        key: value for key, value in entry.items() if value is not None or key not in OF_ENTRY
    }
    whole = {key: defaults[name] for key, name in OF_ENTRY.items() if name in defaults} | stated
    refused = {key for key, name in OF_ENTRY.items() if name in defaults and whole[key] == NONE}
    if entry.get("title") is None:
        refused |= {key for key in DESCRIBING if key not in stated}
    if "act" not in whole or "act" in refused:
        refused |= {"by"} - stated.keys()
    if entry.get("quote") is None:
        refused |= {"quote_language"} - stated.keys()
    return {key: value for key, value in whole.items() if key not in refused}
