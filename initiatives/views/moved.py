"""Where an address of before leads: to that of today, with its query string; and old ids in a query string likewise.

Asked only when an address is not found or a value not understood, so that no other page pays for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.urls import reverse

from ..models import FormerAddress
from ..query.former_ids import led_on
from ..query.parameters import BadParameters, MovedParameters

# What a view is of, where its name does not begin with it.
OF_INITIATIVES = ("embed",)
# The names of an id in paths.
KEYS = ("slug", "code", "key")


def moved_page(request: HttpRequest, of: Mapping[str, Any]) -> HttpResponsePermanentRedirect | None:
    """The answer for an address with a former id, ``of`` being what its path names; None for any other.

    Nothing tells of a record that the public does not see.
    """
    match = request.resolver_match
    name = next((name for name in KEYS if name in of), "")
    if not match or not name:
        return None
    kind = "initiative" if match.url_name in OF_INITIATIVES else str(match.url_name).split("_")[0]
    now = FormerAddress.objects.led_on_in_public(kind, [of[name]]).get(of[name])
    if now is None:
        return None
    named = {**match.captured_kwargs, name: now}  # type: ignore[attr-defined]
    path = reverse(match.view_name, kwargs=named)
    query = request.META.get("QUERY_STRING", "")
    return _redirect(f"{path}?{query}" if query else path)


def moved_query(request: HttpRequest, error: BadParameters) -> HttpResponsePermanentRedirect | None:
    """The same address with the ids of today in the place of former ones; None where a value is simply wrong."""
    names = [problem.parameter for problem in error.problems]
    try:
        led_on(request.GET, names)
    except MovedParameters as moved:
        return to_query(request, moved)
    return None


def to_query(request: HttpRequest, moved: MovedParameters) -> HttpResponsePermanentRedirect:
    return _redirect(f"{request.path}?{moved.query}")


def _redirect(address: str) -> HttpResponsePermanentRedirect:
    """For good, but asked again each time: a record may have its id back, and a merge may be undone."""
    response = HttpResponsePermanentRedirect(address)
    response.headers["Cache-Control"] = "no-cache"
    return response
