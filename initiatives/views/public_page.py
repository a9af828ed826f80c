"""What all public pages share."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..as_of.days import DaysBusy
from ..query.pagination import PastTheLast
from ..query.parameters import BadParameters, MovedParameters
from ..query.understood import AS_OF, unused_parameters
from ..serving.middleware import unavailable
from ..serving.routing import Unreachable, current_reading
from .day_links import carry_day
from .moved import moved_page, moved_query, to_query
from .not_known import Gone, render_gone

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
# The names of what an address understands, or what gives them for the names in its path.
Parameters = Collection[str] | Callable[..., Collection[str]]


def public_page(
    parameters: Parameters = (), *, for_programs: bool = False, kept_by_parts: bool = False
) -> Callable[[View[P]], View[P]]:
    """A page that is only read, with the ``parameters`` that it understands.

    What it does not understand is answered by name: a wrong value with status 400, an unknown parameter in one line
    of the page, or, from an address for programs, with status 400 as well (``query/understood.py``).

    It is kept until anything is written; with ``kept_by_parts`` until that is written from which it was made, which is
    found out while it is made (`serving/dependencies.py`). For that all has to come from the database and the index.

    Words and ids of before lead to the same address in those of today, on pages and in what programs read, status 301
    (``moved.py``).

    Caught here and not by Django, which would log each of them with a traceback. All of the page shows one version of
    the data: where somebody wrote while it was made, it is made again. It is the same for everybody, since it is kept
    for everybody (`serving/page_cache.py`): it never looks at who asks.
    """

    def decorate(view: View[P]) -> View[P]:
        @require_safe
        @wraps(view)
        def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            understood = parameters(**kwargs) if callable(parameters) else parameters
            reading = current_reading()
            try:
                request.unused_parameters = unused_parameters(  # type: ignore[attr-defined]
                    request.GET, understood, for_programs=for_programs
                )
                request.honours_day = AS_OF in understood and not for_programs  # type: ignore[attr-defined]
                if reading is None:
                    response = view(request, *args, **kwargs)
                else:
                    response = reading.render_one_version(
                        lambda: view(request, *args, **kwargs), find_dependencies=kept_by_parts
                    )
                if request.honours_day:  # type: ignore[attr-defined]
                    carry_day(request, response)
                return response
            except BadParameters as error:
                if moved_to := moved_query(request, error):
                    return moved_to
                ctx = {"problems": error.problems, "rest": error.rest}
                return render(request, "400.html", ctx, status=400)
            except MovedParameters as moved:
                return to_query(request, moved)
            except PastTheLast as error:
                return render(request, "404.html", {"past_the_last": error}, status=404)
            except Http404:
                if moved_to := moved_page(request, kwargs):
                    return moved_to
                raise
            except Gone as gone:
                return render_gone(request, gone.tombstone)
            except DaysBusy:
                return unavailable(request, why="days")
            except Unreachable:
                return unavailable(request)

        wrapper.parameters = parameters  # type: ignore[attr-defined]
        return wrapper

    return decorate


def public_file(parameters: Parameters = ()) -> Callable[[View[P]], View[P]]:
    """An address for programs: data, a feed, a calendar, what stands in the pages of others."""
    return public_page(parameters, for_programs=True)
