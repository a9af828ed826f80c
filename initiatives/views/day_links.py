"""Links of a page of an earlier day: to the same day, wherever they lead to a page that can be seen as of one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver, get_script_prefix

from ..query.as_of import day_in
from ..query.understood import AS_OF

# Groups of a route are named after what the view is given; the names of many routes in one expression would clash.
NAMED_GROUP = re.compile(r"\(\?P<\w+>")


def carry_day(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let the links of a page that was asked for as of a day keep that day.

    Here and not where each link is written: addresses of records come from many places that know of no day. What leads
    to today says so (``data-today``).
    """
    day = day_in(request.GET)
    if day is None or response.streaming or not _is_page(response):
        return
    given = f"{AS_OF}={day.isoformat()}"

    def with_day(link: re.Match[str]) -> str:
        start, query, anchor = (link[1], link[2] or "", link[3] or "")
        if f"{AS_OF}=" not in query:
            query = f"{query}&amp;{given}" if query else f"?{given}"
        return f'{start}{query}{anchor}"'

    text = response.content.decode()  # type: ignore[attr-defined]
    response.content = _links(get_script_prefix()).sub(with_day, text).encode()  # type: ignore[attr-defined]


@cache
def of_days() -> re.Pattern[str]:
    """Paths that honour a day: those of the views that say so where they are declared public pages."""
    return re.compile("|".join(f"/{route}" for route in _routes(get_resolver().url_patterns)))


@cache
def _links(prefix: str) -> re.Pattern[str]:
    """Links within the language of the page; those into others have its day from its address."""
    path = f"{re.escape(prefix.rstrip('/'))}(?:{of_days().pattern})"
    return re.compile(
        rf'(<a\b[^>]*?\bhref="{path})(\?[^"#]*)?(#[^"]*)?"(?![^>]*data-today)', re.ASCII
    )


def _routes(patterns: Collection[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + _expression(pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif AS_OF in _understood(pattern):
            yield route


def _expression(pattern: URLPattern | URLResolver) -> str:
    """What matches its part of a path."""
    expression = pattern.pattern.regex.pattern.removeprefix("^").removesuffix(r"\Z")
    return NAMED_GROUP.sub("(?:", expression)


def _understood(pattern: URLPattern) -> Collection[str]:
    """The parameters that a public page understands at an address; none of what is no public page."""
    parameters = getattr(pattern.callback, "parameters", ())
    return parameters(**pattern.default_args) if callable(parameters) else parameters


def _is_page(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")
