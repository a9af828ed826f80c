"""Cells of the lists of the desk, each with the name of its column, for screens too narrow for columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()

# The first tag of a cell, as Django has written it.
OPENING = re.compile(r"^<(td|th)\b")


@register.simple_tag
def labelled_cells(cells: Sequence[str], headers: Sequence[dict[str, Any]]) -> SafeString:
    """The cells of a row; the box to choose it and the one that names it go without a label."""
    written = []
    for cell, header in zip(cells, headers, strict=True):
        is_named = cell.startswith("<td") and "action-checkbox" not in cell[:40]
        label = escape(capfirst(str(header["text"]))) if is_named else ""
        tag = rf'<\1 data-label="{label.replace(chr(92), chr(92) * 2)}"'
        written.append(OPENING.sub(tag, cell, count=1) if label else cell)
    # Both are markup already, but for the label, which is escaped.
    return mark_safe("".join(written))
