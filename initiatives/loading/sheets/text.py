"""The text of cells, on its way out and back: what a spreadsheet would take for something else comes back unchanged."""

from __future__ import annotations

import re

from ...exports.cells import cut, neutral, writable

LINE_END = re.compile("\r\n?")
# How XLSX writes a character that XML cannot hold (ECMA-376 22.4.2.4); text that only looks so has its “_” written so.
ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def guarded(text: str) -> str:
    """The text with an apostrophe before it, where a spreadsheet might take it for a formula.

    So has text that begins with such apostrophes itself, so that ``restored`` can always take one away.
    """
    text = LINE_END.sub("\n", writable(text))
    return f"'{text}" if _is_guarded(text) else text


def restored(text: str) -> str:
    """The text without the apostrophe of ``guarded``."""
    return text[1:] if text.startswith("'") and _is_guarded(text) else text


def _is_guarded(text: str) -> bool:
    bare = text.lstrip("'")
    return neutral(bare) != bare


def for_xlsx(text: str) -> str:
    """The text as a cell of XLSX holds it."""
    return cut(ESCAPED.sub(r"_x005F_x\1_", guarded(text)))


def from_xlsx(text: str) -> str:
    """The text of a cell of XLSX, with plain line ends."""
    unescaped = ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return restored(LINE_END.sub("\n", unescaped))


def from_csv(text: str) -> str:
    return restored(LINE_END.sub("\n", text))
