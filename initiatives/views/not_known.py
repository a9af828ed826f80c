from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..as_of.current import CurrentView
from ..models import Initiative, Meeting, Participant


def render_not_known(
    request: HttpRequest, view: CurrentView, record: Initiative | Meeting | Participant
) -> HttpResponse:
    """The page, status 404, that says that nothing was known of a record on that day; leads to today's."""
    ctx = {"view": view, "record": record}
    return render(request, "initiatives/not_known.html", ctx, status=404)
