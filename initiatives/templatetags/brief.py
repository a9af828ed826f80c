"""Texts of the brief, which has room for one line of each."""

from __future__ import annotations

from django import template

from ..pages import brief_lines

register = template.Library()


@register.filter
def clip(text: object) -> str:
    """The text as far as it fits into a line of print."""
    return brief_lines.clip(str(text), brief_lines.SOURCE)
