"""Texts of the brief, which has room for one line of each."""

from __future__ import annotations

from django import template
from django.utils.html import format_html

from ..languages import language_tag
from ..models import Translated
from ..pages import brief_lines

register = template.Library()


@register.filter
def clip(text: object) -> str:
    """The text as far as it fits into a line of print; that of a record marked where it is in another language."""
    words = brief_lines.clip(str(text), brief_lines.SOURCE)
    if not isinstance(text, Translated):
        return words
    tag = text.said(text.TRANSLATED[0]).language
    return words if tag == language_tag() else format_html('<span lang="{}">{}</span>', tag, words)
