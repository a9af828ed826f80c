"""What all public pages share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..parameters import BadParameters

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def public_page(view: View[P]) -> View[P]:
    """A page that is only read; parameters that it does not understand are answered by name, status 400.

    Caught here and not by Django, which would log each of them with a traceback.
    """

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except BadParameters as error:
            ctx = {"problems": error.problems, "rest": error.rest}
            return render(request, "400.html", ctx, status=400)

    return answer
