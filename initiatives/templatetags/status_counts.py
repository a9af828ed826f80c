"""How many initiatives stand where, as bars and cells; here and not in a template: some pages have hundreds."""

from __future__ import annotations

from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from .. import languages
from ..facets.status_counts import StatusTally
from ..models import StatusGroup
from ..models.addresses import page_address
from ..pages.raised import RaisedPicture
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
            title = f"<title>{_label(row.group)}: {languages.count(row.count)}</title>"
            bar = f'<a href="{rows}{group}" tabindex="-1">\n{title}\n{bar}\n</a>'
        parts.append(f"{bar}\n")
    return mark_safe(
        f'<svg class="bar" aria-hidden="true" focusable="false">\n{"".join(parts)}</svg>'
    )


@register.simple_tag
def reviewed_meter(tally: StatusTally) -> SafeString:
    """“39 of 121 reviewed” with a thin line: never a part of a bar, since it says nothing of what became of them."""
    whole = tally.total
    words = ngettext(
        "%(part)s of %(whole)s initiative reviewed",
        "%(part)s of %(whole)s initiatives reviewed",
        whole,
    )
    words %= {"part": languages.count(tally.reviewed), "whole": languages.count(whole)}
    return mark_safe(f'<p class="meter"><span>{escape(words)}</span>\n{_meter(tally)}</p>')


@register.simple_tag
def reviewed(tally: StatusTally) -> SafeString:
    """The same where the number stands beside it already: “23 reviewed” with a line as wide as its place."""
    words = _("%(count)s reviewed") % {"count": languages.count(tally.reviewed)}
    return mark_safe(f'<span class="reviewed">{escape(words)} {_meter(tally)}</span>')


def _meter(tally: StatusTally) -> str:
    width = f"{100 * tally.reviewed / tally.total:.2f}" if tally.total else "0"
    return (
        '<svg class="line" aria-hidden="true" focusable="false"><rect width="100%" height="100%"/>'
        f'<rect class="part" width="{width}%" height="100%"/></svg>'
    )


@register.filter
@once_a_language
def initiatives(count: int) -> str:
    """“1,204 initiatives”; here and not in a template: it stands in every row of lists."""
    words = ngettext("%(number)s initiative", "%(number)s initiatives", count)
    return words % {"number": languages.count(count)}


@register.filter
@once_a_language
def raised(count: int) -> SafeString:
    """How many initiatives were raised somewhere, before how many of them are ``delivered``."""
    words = npgettext("initiatives", "<b>%(number)s</b> raised", "<b>%(number)s</b> raised", count)
    return mark_safe(words % {"number": languages.count(count)})


@register.filter
@once_a_language
def delivered(count: int) -> SafeString:
    words = npgettext(
        "initiatives", "<b>%(number)s</b> delivered", "<b>%(number)s</b> delivered", count
    )
    return mark_safe(words % {"number": languages.count(count)})


@register.filter
def of_which_parts(parts: int) -> str:
    """“, of which 3 are parts of others” after how many there are; empty for none."""
    if not parts:
        return ""
    words = ngettext(
        ", of which %(count)s is a part of others",
        ", of which %(count)s are parts of others",
        parts,
    )
    return words % {"count": languages.count(parts)}


@register.simple_tag
def status_cells(tally: StatusTally, query: str | None) -> SafeString:
    """A cell of a table for each group of statuses, each number a link to these rows of the list, if it has them."""
    rows = _rows_of(query or "")
    numbers = (
        f'<a href="{rows}{segment.group.value}">{languages.count(segment.count)}</a>'
        if segment.count and query is not None
        else languages.count(segment.count)
        for segment in tally.groups
    )
    return mark_safe("\n".join(f'<td class="number">{number}</td>' for number in numbers))


@register.simple_tag
def raised_svg(picture: RaisedPicture, name: str) -> SafeString:
    """The columns of what was raised when, each a link to these rows of the list that says its numbers."""
    geometry, listed = picture.geometry, page_address("initiative_list")
    label = _(
        "Initiatives by the year in which they were first raised: adopted above, others below"
    )
    svg = (
        f'<svg class="chart {name}" viewBox="0 0 {geometry.width} {geometry.height}" role="group"'
        f' aria-label="{escape(label)}">'
    )
    out = [svg]
    for tier, of in zip(geometry.tiers, picture.tiers, strict=True):
        for line in tier.grid:
            out.append(f'<path class="grid" d="M0 {line.y}H{geometry.width}"/>')
            out.append(f'<text class="scale" y="{line.y}" dy="-4">{line.number}</text>')
        reviewed = _("%(count)s reviewed") % {"count": languages.count(of.tally.reviewed)}
        out.append(
            f'<text y="{tier.head}"><tspan class="name">{escape(of.name)} {languages.count(of.tally.total)}</tspan>'
            f'<tspan class="scale" dx="8">{escape(reviewed)}</tspan></text>'
        )
        for drawn in of.columns:
            column, words = drawn.column, escape(drawn.words)
            rects = "".join(
                f'<rect class="{group}" x="{column.x}" y="{part.y}" width="{column.width}" height="{part.height}"/>'
                for part, group in drawn.parts
            )
            content = (
                f"<title>{words}</title>{rects}"
                f'<text class="number" x="{column.middle}" y="{column.top}">{column.number}</text>'
            )
            rows = f'<a href="{listed}?{escape(drawn.query)}">{content}</a>'
            out.append(rows if drawn.query else f"<g>{content}</g>")
        out.append(f'<path class="base" d="M0 {tier.base}H{geometry.width}"/>')
    for words, x, y in picture.labels:
        out.append(f'<text class="year" x="{x}" y="{y}">{escape(words)}</text>')
    return mark_safe("\n".join([*out, "</svg>"]))


def _rows_of(query: str) -> str:
    """The address of the list as a query string narrows it, but for the name of a group."""
    narrowed = f"{escape(query)}&amp;" if query else ""
    return f"{page_address('initiative_list')}?{narrowed}group="


@once_a_language
def _label(group: StatusGroup) -> str:
    return escape(str(group.label))
