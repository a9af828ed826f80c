"""``defaults:`` of a report file, and what parts have from the entry around them: written into the entries that do not
say for themselves, before they are checked."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from .nesting import SECTION, Place, as_part_of, path_of, unnested, whole_of
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
# What a part has from the entry around it: where that stands, too.
OF_PART = {**OF_ENTRY, "locator": "locator"}
# They describe an initiative; an entry without a title speaks of one that another document describes.
DESCRIBING = ("dialogue", "raised_at", "kind", "themes")


def expand(tree: Any) -> tuple[Any, list[Place]]:
    """The file with its parts as entries and its defaults written out, as far as it has the shape of a report file.

    Beside it where each entry stands, if any entry has parts; the tree itself stays.
    """
    defaults, entries = _parts(tree)
    flat, places = unnested(entries)
    if not defaults and len(flat) == len(entries):
        # Also a file whose only parts are an empty list.
        return (tree if flat == entries else tree | {SECTION: flat}), []
    expanded: list[Any] = []
    # What holds for the parts of each entry.
    inherited: list[dict[str, Any]] = []
    for entry, place in zip(flat, places, strict=True):
        outer = defaults if place.whole is None else inherited[place.whole]
        whole = _expanded(entry, outer)
        expanded.append(whole if place.whole is None else as_part_of(whole, flat[place.whole]))
        inherited.append(outer | _for_parts(entry))
    return tree | {SECTION: expanded}, places if len(flat) > len(entries) else []


def is_default(tree: Any, path: Path, places: Sequence[Place]) -> bool:
    """Whether what stands at a path of the expanded file is said elsewhere: among the defaults, or around the entry."""
    if len(path) < 3 or path[0] != SECTION:
        return False
    entry = tree
    for step in path_of(int(path[1]), places):
        entry = entry[step]
    key = str(path[2])
    return isinstance(entry, dict) and key in (*OF_PART, "part_of") and entry.get(key) is None


def stated_at(path: Path, lines: Container[Path], places: Sequence[Place]) -> Path:
    """Where the file states what stands at a path of the expanded file: there, around it, or among the defaults."""
    if len(path) < 2 or path[0] != SECTION:
        return path
    number: int | None = int(path[1])
    own, rest = path_of(int(path[1]), places), path[2:]
    if not rest or str(rest[0]) not in OF_PART:
        return (*own, *rest)
    while number is not None:
        there = (*path_of(number, places), rest[0])
        if there in lines:
            return (*there, *rest[1:])
        number = whole_of(number, places)
    default = ("defaults", OF_PART[str(rest[0])])
    return (*default, *rest[1:]) if default in lines else (*own, *rest)


def _parts(tree: Any) -> tuple[dict[str, Any], list[Any]]:
    """The defaults that hold and the entries; both empty where the file has another shape."""
    if not isinstance(tree, dict):
        return {}, []
    defaults, entries = tree.get("defaults"), tree.get(SECTION)
    if not isinstance(entries, list):
        return {}, []
    if not isinstance(defaults, dict):
        return {}, entries
    return {name: value for name, value in defaults.items() if value is not None}, entries


def _for_parts(entry: Any) -> dict[str, Any]:
    """What an entry states that holds for its parts, as ``defaults`` would."""
    if not isinstance(entry, dict):
        return {}
    return {name: entry[key] for key, name in OF_PART.items() if entry.get(key) is not None}


def _expanded(entry: Any, defaults: dict[str, Any]) -> Any:
    if not isinstance(entry, dict) or not defaults:
        return entry
    # An empty key that is not known stays, to be named as such.
    stated = {key: value for key, value in entry.items() if value is not None or key not in OF_PART}
    whole = {key: defaults[name] for key, name in OF_PART.items() if name in defaults} | stated
    refused = {key for key, name in OF_ENTRY.items() if name in defaults and whole[key] == NONE}
    if entry.get("title") is None:
        refused |= {key for key in DESCRIBING if key not in stated}
    if "act" not in whole or "act" in refused:
        refused |= {"by"} - stated.keys()
    if entry.get("quote") is None:
        refused |= {"quote_language"} - stated.keys()
    return {key: value for key, value in whole.items() if key not in refused}
