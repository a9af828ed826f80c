"""What all public pages share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..as_of.past_index import PastIndexBusy
from ..query.parameters import BadParameters
from ..serving.availability import servers, was_cancelled, was_lost
from ..serving.data_version import data_version
from ..serving.middleware import unavailable
from ..serving.routing import Reading, Unreachable, choose, current

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

# How often a page is made anew because somebody wrote meanwhile.
TRIES = 3


def public_page(view: View[P]) -> View[P]:
    """A page that is only read; parameters that it does not understand are answered by name, status 400.

    Caught here and not by Django, which would log each of them with a traceback. All of the page shows one version of
    the data: where somebody wrote while it was made, it is made again. It is the same for everybody, since it is kept
    for everybody (`serving/page_cache.py`): it never looks at who asks.
    """

    @require_safe
    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        reading = current()
        try:
            if reading is None:
                return view(request, *args, **kwargs)
            return _render_one_version(reading, lambda: view(request, *args, **kwargs))
        except BadParameters as error:
            ctx = {"problems": error.problems, "rest": error.rest}
            return render(request, "400.html", ctx, status=400)
        except PastIndexBusy:
            return unavailable(request, why="days")
        except Unreachable:
            return unavailable(request)

    return wrapper


def _render_one_version(reading: Reading, make: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The page as of one version of the data, if it can be had, from whichever database answers."""
    tries = TRIES
    while True:
        tries -= 1
        try:
            response = make()
            # What is streamed is read later, in one query where it matters.
            version = reading.version if response.streaming else data_version(reading.alias)
        except (DatabaseError, InterfaceError) as error:
            if not tries or not was_lost(error, reading.alias):
                raise
            _switch_database(reading, error)
            continue
        reading.settled = version == reading.version
        reading.version = version
        if reading.settled or not tries:
            return response


def _switch_database(reading: Reading, error: Exception) -> None:
    """Continue from another database than the one that was lost; raises Unreachable."""
    if not was_cancelled(error):
        servers[reading.alias].failed(error)
    other = choose(without=[reading.alias])
    reading.alias, reading.version = other.alias, other.version
    reading.read_only = other.read_only
