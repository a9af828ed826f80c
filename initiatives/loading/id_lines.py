"""A report file with the ids that were made for it, as lines of text among its own; all else stays as it was typed."""

from __future__ import annotations

from collections.abc import Mapping

from . import yaml_text
from .encodings import LINE_END, TextError
from .yaml_text import Path


class NotWritten(Exception):
    """The file is laid out in a way that takes no further line: its ids have to be typed."""


def with_id_lines(text: str, ids: Mapping[Path, str]) -> str:
    """The text with ``id:`` as the first key of the mappings at these paths; raises NotWritten.

    A comment above an entry stays above it, and a mapping in braces gets its id within them.
    """
    starts: yaml_text.Starts = {}
    tree = yaml_text.read(text, starts=starts)
    lines = LINE_END.split(text)
    ends = [*LINE_END.findall(text), ""]
    places = [(starts[path], key) for path, key in ids.items() if path in starts]
    # From the end, so that the places before stay what they are.
    for (line, column, in_braces), key in sorted(places, reverse=True):
        before, after = lines[line][:column], lines[line][column:]
        if in_braces:
            lines[line] = f"{before}id: {key}, {after}"
        else:
            indent = "".join(" " for _ in before)
            lines[line] = f"{before}id: {key}{ends[line] or chr(10)}{indent}{after}"
    written = "".join(map("".join, zip(lines, ends, strict=True)))
    if not _is_as_before(tree, written, ids):
        raise NotWritten
    return written


def _is_as_before(tree: object, written: str, ids: Mapping[Path, str]) -> bool:
    """Whether the text says what it said, and the ids besides."""
    for path, key in ids.items():
        part = tree
        for step in path:
            part = part[step]  # type: ignore[index]
        part["id"] = key  # type: ignore[index]
    try:
        return bool(yaml_text.read(written) == tree)
    except TextError:
        return False
