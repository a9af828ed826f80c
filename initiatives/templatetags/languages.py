"""The language of a page, and the same page in the others."""

from __future__ import annotations

from functools import cache, lru_cache
from html import escape
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context, Node, NodeList
from django.template.base import Parser, Template, Token, TokenType
from django.urls import get_script_prefix
from django.utils import translation
from django.utils.encoding import iri_to_uri
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .. import languages
from ..pages.alternate_formats import in_each_language, paths_by_language, site_of

register = template.Library()
register.simple_tag(languages.language_tag)
register.filter(languages.sentence)
register.filter(languages.series)
register.filter("day", languages.day_in_words)
register.filter("moment", languages.moment_in_words)


@register.filter
def count(number: Any) -> str:
    """A number as the language of the page writes it; empty where a page has none."""
    return "" if number in (None, "") else languages.count(number)


class _Comma(Node):
    def render(self, _context: Context) -> str:
        return languages.comma()


@register.tag
def comma(parser: Parser, _token: Token) -> Node:
    """What stands between two facts in a line, “, ” or “、”; the space behind it, or none, is its own.

    So the space or the new line that the template has there goes, also behind the end of a condition.
    """
    token: Any
    # The next one is the last.
    for token in reversed(parser.tokens):
        if token.token_type == TokenType.TEXT:
            token.contents = token.contents.lstrip()
            break
        if token.contents != "endif":
            break
    return _Comma()


class _OnceALanguage(Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        assert context.template
        return _written(self, context.template, translation.get_language(), get_script_prefix())


@lru_cache(maxsize=5_000)
def _written(node: _OnceALanguage, template: Template, _language: str | None, _prefix: str) -> str:
    # In a context of its own, so that nothing of one page gets into others.
    context = Context()
    with context.bind_template(template):
        return node.nodelist.render(context)


@register.tag
def once_a_language(parser: Parser, _token: Token) -> Node:
    """What is the same on all pages of a language, written once for each kind: nothing of a page can stand there."""
    nodelist = parser.parse(["end_once_a_language"])
    parser.delete_first_token()
    return _OnceALanguage(nodelist)


@register.simple_tag
def is_checked() -> bool:
    """Whether a native speaker has read through what the page is written in."""
    return (translation.get_language() or languages.ENGLISH) in languages.CHECKED


@register.inclusion_tag("initiatives/_languages.html", takes_context=True)
def language_switch(context: Context) -> dict[str, Any]:
    """Links to this page in each language, with its filters and its day; none on error pages without a request.

    The links are written here and not in the template: eight of them stand on every page.
    """
    request = context.get("request")
    if request is None:
        return {}
    query, read = iri_to_uri(request.META.get("QUERY_STRING", "")), languages.language_tag()
    end = f"?{escape(query)}" if query else ""
    paths, links, name_read = paths_by_language(request), [], ""
    for code, name in settings.LANGUAGES:
        tag, marks = _marks(code)
        name_read = name if tag == read else name_read
        current = ' aria-current="true"' if tag == read else ""
        links.append(f'<li><a href="{escape(paths[code])}{end}" {marks}{current}>{name}</a></li>\n')
    return {"name": name_read, "links": mark_safe("".join(links))}


@register.inclusion_tag("admin/_languages.html", takes_context=True)
def desk_languages(context: Context) -> dict[str, Any]:
    """Links to this page of the desk in each language that the desk is in; none on error pages without a request."""
    request = context.get("request")
    if request is None:
        return {}
    paths, queries = paths_by_language(request), _desk_queries(request)
    read = translation.get_language()
    return {
        "languages": [
            {
                "name": name,
                "tag": languages.language_tag(code),
                "address": iri_to_uri(paths[code] + queries[code]),
                "is_read": code == read,
            }
            for code, name in settings.LANGUAGES
            if code == languages.ENGLISH or code in languages.OF_THE_DESK
        ]
    }


def _desk_queries(request: HttpRequest) -> dict[str, str]:
    """The query of the page for each language; a page of the desk to go on to is in the same language."""
    query, root = request.META.get("QUERY_STRING", ""), get_script_prefix()
    queries = dict.fromkeys(dict(settings.LANGUAGES), f"?{query}" if query else "")
    onward = request.GET.get("next", "")
    if onward.startswith(root + settings.ADMIN_PATH):
        parameters = request.GET.copy()
        for code, path in in_each_language(onward.removeprefix(root)).items():
            parameters["next"] = path
            queries[code] = f"?{parameters.urlencode(safe='/')}"
    return queries


@register.simple_tag(takes_context=True)
def other_languages(context: Context, address: str) -> SafeString:
    """Where a page that is to be found under ``address`` is in each language (hreflang), for its head."""
    site, (_path, question, query) = site_of(context["request"]), address.partition("?")
    paths = paths_by_language(context["request"])
    tags = {languages.language_tag(code): path for code, path in paths.items()}
    links = (
        f'<link rel="alternate" hreflang="{tag}" href="{escape(site + path + question + query)}">\n  '
        for tag, path in {**tags, "x-default": paths[languages.ENGLISH]}.items()
    )
    return mark_safe("".join(links))


@cache
def _marks(code: str) -> tuple[str, SafeString]:
    """The tag of a language, and the attributes of its link: what its readers are told is among them."""
    tag = languages.language_tag(code)
    with translation.override(code):
        # Translators: “in English” becomes the name of your own language.
        offer, close = _("Read this page in English"), pgettext("an offer", "Close")
    template = 'lang="{0}" hreflang="{0}" data-offer="{1}" data-close="{2}"'
    return tag, format_html(template, tag, offer, close)
