"""The filters of a list with what can be chosen of each: there are hundreds of boxes on a page."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from django import template
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from .. import languages
from ..languages import language_tag
from ..models.translations import TextIn
from ..query.components import OfferedChoices, OfferedFacet
from ..query.list_filter import ListFilter

register = template.Library()


def _language_mark(label: str, of_page: str) -> str:
    """The attribute that names the language of a label, where it is a text of the record in another than the page."""
    foreign = isinstance(label, TextIn) and label.language not in ("", of_page)
    return f' lang="{label.language}"' if foreign else ""  # type: ignore[attr-defined]


@lru_cache(maxsize=500)
def _boxes(choices: OfferedChoices, name: str) -> list[tuple[str, str, str]]:
    """The options of a filter: the value of each, and what is written before and behind whether it is checked."""
    of_page = language_tag()
    return [
        (
            value,
            f'<label><input type="checkbox" name="{escape(name)}" value="{escape(value)}"',
            f"> <span{_language_mark(label, of_page)}>{escape(label)}</span>",
        )
        for value, label in choices
    ]


# What can be chosen beside the filters, each before the one of that name.
SPANS = {"entry": "initiatives/_filter_days.html", "party": "initiatives/_filter_years.html"}


@register.simple_tag(takes_context=True)
def facets(context: Context, filters: ListFilter) -> SafeString:
    """The filters of a list with their options that lead somewhere, each with its count.

    Here and not in a template: there are hundreds, and they cost more than the rest of the page there.
    """
    assert context.template
    engine, parts = context.template.engine, list[str]()
    for facet in filters.facets:
        if facet.name in SPANS:
            parts.append(engine.get_template(SPANS[facet.name]).render(context))
        if facet.worth_showing:
            parts.append(_facet(facet))
    return SafeString("".join(parts))


def _facet(facet: OfferedFacet) -> str:
    label, is_open = escape(facet.label), " open" if facet.is_open else ""
    summary = label
    if number := len(facet.chosen):
        words = ngettext("%(n)s chosen", "%(n)s chosen", number) % {"n": number}
        summary += f'\n<span class="count">{escape(words)}</span>'
    return (
        f'<details class="facet" data-facet="{facet.name}"{is_open}>\n<summary>{summary}</summary>\n'
        f'<fieldset>\n<legend class="visually-hidden">{label}</legend>\n'
        f"{_checkboxes(facet)}</fieldset>\n</details>\n"
    )


def _checkboxes(facet: OfferedFacet) -> str:
    shown, chosen = facet.worth_showing, facet.chosen
    counts = {
        number: "" if number is None else f' <span class="count">{languages.count(number)}</span>'
        for number in {*shown.values()}
    }
    return "".join(
        [
            f"{before}{' checked' if value in chosen else ''}{behind}{counts[shown[value]]}</label>\n"
            for value, before, behind in _boxes(facet.choices, facet.name)
            if value in shown
        ]
    )
