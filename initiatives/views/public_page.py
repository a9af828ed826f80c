"""What all public pages share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..as_of.past_index import PastIndexBusy
from ..query.parameters import BadParameters
from ..serving.middleware import unavailable
from ..serving.routing import Unreachable, current_reading
from .not_known import Gone, render_gone

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def public_page(view: View[P]) -> View[P]:
    """A page that is only read; parameters that it does not understand are answered by name, status 400.

    Caught here and not by Django, which would log each of them with a traceback. All of the page shows one version of
    the data: where somebody wrote while it was made, it is made again. It is the same for everybody, since it is kept
    for everybody (`serving/page_cache.py`): it never looks at who asks.
    """

    @require_safe
    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        reading = current_reading()
        try:
            if reading is None:
                return view(request, *args, **kwargs)
            return reading.render_one_version(lambda: view(request, *args, **kwargs))
        except BadParameters as error:
            ctx = {"problems": error.problems, "rest": error.rest}
            return render(request, "400.html", ctx, status=400)
        except Gone as gone:
            return render_gone(request, gone.tombstone)
        except PastIndexBusy:
            return unavailable(request, why="days")
        except Unreachable:
            return unavailable(request)

    return wrapper
