"""Links of a page of an earlier day: to the same day, wherever they lead to a page that can be seen as of one."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponseBase

from ..query.as_of import day_in
from ..query.understood import AS_OF

# Addresses of such pages. What leads to today says so (``data-today``).
OF_DAYS = (
    r"/|/initiatives/|/matrix/|/compare/|/briefs/|/dialogues/|/themes/|/about/method/"
    r"|/(?:initiatives|dialogues|meetings|participants|themes|reports)/[a-z0-9-]+/"
    r"|/(?:dialogues|meetings|participants)/[a-z0-9-]+/brief(?:/|\.docx)"
    r"|/initiatives\.(?:csv|json|xlsx)|/matrix\.csv|/initiatives/[a-z0-9-]+\.(?:json|bib|csl\.json)"
    r"|/(?:meetings|participants)/[a-z0-9-]+\.json"
)
LINK = re.compile(
    rf'(<a\b[^>]*?\bhref="(?:{OF_DAYS}))(\?[^"#]*)?(#[^"]*)?"(?![^>]*data-today)', re.ASCII
)


def carry_day(request: HttpRequest, response: HttpResponseBase) -> None:
    """Let the links of a page that was asked for as of a day keep that day.

    Here and not where each link is written: addresses of records come from many places that know of no day.
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
    response.content = LINK.sub(with_day, text).encode()  # type: ignore[attr-defined]


def _is_page(response: HttpResponseBase) -> bool:
    return response.headers.get("Content-Type", "").startswith("text/html")
