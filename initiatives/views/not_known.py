from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..as_of.current import CurrentView
from ..models import Initiative, Meeting


def not_known(request: HttpRequest, view: CurrentView, thing: Initiative | Meeting) -> HttpResponse:
    """The page, status 404, that says that nothing was known of something on that day; leads to today's."""
    ctx = {"view": view, "thing": thing}
    return render(request, "initiatives/not_known.html", ctx, status=404)
