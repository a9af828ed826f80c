"""How many initiatives stand where, as bars and cells; here and not in a template: some pages have hundreds."""

from __future__ import annotations

from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from ..facets.status_counts import StatusTally
from ..models import StatusGroup
from ..models.addresses import page_address
from ..pictures.charts import stacked
from .tracker import once_a_language

register = template.Library()


@register.simple_tag
def status_bar(
    tally: StatusTally, query: str | None = None, longest: int | None = None
) -> SafeString:
    """A bar of the groups of statuses; with the ``query`` of a list, each leads to its rows there.

    ``longest`` is the greatest number that a bar of the page stands for; without it this bar fills its place.
    """
    parts, rows, filled = [], _rows_of(query or ""), tally.filled
    segments = stacked([row.count for row in filled], longest=longest)
    for row, segment in zip(filled, segments, strict=True):
        group = row.group.value
        bar = f'<rect class="{group}" x="{segment.start}%" width="{segment.width}%" height="100%"/>'
        if query is not None:
            title = f"<title>{_label(row.group)}: {row.count:,}</title>"
            bar = f'<a href="{rows}{group}" tabindex="-1">\n{title}\n{bar}\n</a>'
        parts.append(f"{bar}\n")
    return mark_safe(
        f'<svg class="bar" aria-hidden="true" focusable="false">\n{"".join(parts)}</svg>'
    )


@register.simple_tag
def reviewed_meter(tally: StatusTally) -> SafeString:
    """“39 of 121 reviewed” with a thin line: never a part of a bar, since it says nothing of what became of them."""
    part, whole = tally.reviewed, tally.total
    width = f"{100 * part / whole:.2f}" if whole else "0"
    words = ngettext(
        "%(part)s of %(whole)s initiative reviewed",
        "%(part)s of %(whole)s initiatives reviewed",
        whole,
    )
    return mark_safe(
        f'<p class="meter"><span>{escape(words % {"part": f"{part:,}", "whole": f"{whole:,}"})}</span>\n'
        '<svg aria-hidden="true" focusable="false"><rect width="100%" height="100%"/>'
        f'<rect class="part" width="{width}%" height="100%"/></svg></p>'
    )


@register.simple_tag
def status_cells(tally: StatusTally, query: str) -> SafeString:
    """A cell of a table for each group of statuses, each number a link to these rows of the list."""
    rows = _rows_of(query)
    numbers = (
        f'<a href="{rows}{segment.group.value}">{segment.count:,}</a>' if segment.count else "0"
        for segment in tally.groups
    )
    return mark_safe("\n".join(f'<td class="number">{number}</td>' for number in numbers))


@register.simple_tag
def column_parts(column: Any) -> SafeString:
    """The parts of a column of the picture of meetings, each a link to the rows of the list that it stands for."""
    title, bar = escape(column.meeting.title), column.geometry
    rows = _rows_of(f"meeting={column.meeting.slug}")
    return mark_safe(
        "\n".join(
            f'<a href="{rows}{segment.group.value}" tabindex="-1">\n'
            f"<title>{title} – {_label(segment.group)}: {segment.count}</title>\n"
            f'<rect class="{segment.group.value}" x="{bar.x}" y="{part.y}"'
            f' width="{bar.width}" height="{part.height}"/>\n</a>'
            for part, segment in column.parts
        )
    )


def _rows_of(query: str) -> str:
    """The address of the list as a query string narrows it, but for the name of a group."""
    narrowed = f"{escape(query)}&amp;" if query else ""
    return f"{page_address('initiative_list')}?{narrowed}group="


@once_a_language
def _label(group: StatusGroup) -> str:
    return escape(str(group.label))
