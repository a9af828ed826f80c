"""What newsletters, social networks and advertisers add to the links that they pass on; it says nothing of the page."""

from __future__ import annotations

from urllib.parse import unquote_plus

PREFIXES = ("utm_", "mc_")
NAMES = ("fbclid", "gclid")


def without_link_marks(query: str) -> str:
    """A query string without such parameters, all others as they were written."""
    if not query:
        return query
    return "&".join(part for part in query.split("&") if not _is_mark(part))


def _is_mark(part: str) -> bool:
    name = unquote_plus(part.partition("=")[0])
    return name.startswith(PREFIXES) or name in NAMES
