"""How the desk writes a value of a record within a sentence or a table."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def or_none(value: Any, word: str) -> SafeString:
    """A value with its lines; the word, set apart from what somebody may have typed, where there is none."""
    if value is None:
        return format_html('<span class="muted">{}</span>', word)
    return linebreaksbr(value, autoescape=True)
