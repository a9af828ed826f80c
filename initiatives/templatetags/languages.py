"""The language of a page, and the same page in the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template import Context
from django.utils import translation
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .. import languages
from ..pages.alternate_formats import paths_by_language

register = template.Library()
register.simple_tag(languages.language_tag)


@register.simple_tag
def is_checked() -> bool:
    """Whether a native speaker has read through what the page is written in."""
    return (translation.get_language() or languages.ENGLISH) in languages.CHECKED


@dataclass(frozen=True)
class OtherLanguage:
    """The same page in one of the languages; ``offer`` is what a reader of that language is told of it.

    ``close`` are the words on the button that puts the offer away.
    """

    tag: str
    name: str
    offer: str
    close: str
    path: str
    query: str
    is_read: bool

    @property
    def address(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


@register.simple_tag(takes_context=True)
def page_languages(context: Context) -> list[OtherLanguage]:
    """This page in each language, with its filters and its day; none on error pages without a request."""
    request = context.get("request")
    return list(_languages(request)) if request else []


def _languages(request: HttpRequest) -> Iterator[OtherLanguage]:
    query, read = iri_to_uri(request.META.get("QUERY_STRING", "")), languages.language_tag()
    paths = paths_by_language(request)
    for code, name in settings.LANGUAGES:
        tag = languages.language_tag(code)
        yield OtherLanguage(tag, name, *_offer(code), paths[code], query, tag == read)


@cache
def _offer(code: str) -> tuple[str, str]:
    with translation.override(code):
        # Translators: “in English” becomes the name of your own language.
        return _("Read this page in English"), pgettext("an offer", "Close")
