"""The cells of the matrix; here and not in a template: there are thousands, and nearly all are empty."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from ..pages.matrix import MatrixCell
from .tracker import partial_date, status

register = template.Library()


@register.simple_tag
def matrix_cells(cells: Iterable[MatrixCell | None]) -> SafeString:
    """The cells of one row: capacities as letters, and in words for who does not see them; the own status in words."""
    parts = []
    for cell in cells:
        if cell is None:
            parts.append("<td></td>")
            continue
        letters = ""
        if cell.capacities:
            letters = format_html(
                '<span aria-hidden="true" title="{}">{}</span><span class="visually-hidden">{}</span>',
                cell.words,
                cell.letters,
                cell.words,
            )
        parts.append(f"<td>{letters}{own_status(cell)}</td>")
    return mark_safe("".join(parts))


@register.simple_tag
def own_status(cell: MatrixCell) -> SafeString:
    """Where a participant's own part stands, and as of when; empty where nothing is known of it."""
    if not cell.own:
        return mark_safe("")
    as_of = format_html(" <small>{}</small>", partial_date(cell.own.on)) if cell.own.on else ""
    return format_html(
        ' <span class="own-part"><span class="visually-hidden">{} </span>{}{}</span>',
        _("own part:"),
        status(cell.own.status),
        as_of,
    )
