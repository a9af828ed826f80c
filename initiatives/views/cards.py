"""An initiative on the pages of others: a card in a frame, a badge, and how to cite it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from ..as_of.current import CurrentView
from ..exports.citation import PageReference, cite
from ..models import DeliveryStatus, Initiative
from ..pages.alternate_formats import site_of
from ..pages.due_story import attach_due_meetings
from ..pictures.badge import STYLE, badge
from ..query.as_of import read_view
from ..query.understood import AS_OF
from .not_known import initiative_or_gone
from .public_page import public_file

NOT_KNOWN = _("This initiative was not known on that day.")


@public_file([AS_OF])
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    view, initiative = _listed(request, slug)
    attach_due_meetings(view, [initiative])
    ctx = {"initiative": initiative, "view": view, "site": site_of(request)}
    return render(request, "initiatives/embed.html", ctx)


@public_file([AS_OF])
def initiative_badge(request: HttpRequest, slug: str) -> HttpResponse:
    _view, initiative = _listed(request, slug)
    ctx = {
        "title": str(initiative),
        "badge": badge(DeliveryStatus(initiative.delivery_status)),
        "style": STYLE,
    }
    return render(
        request, "initiatives/badge.svg", ctx, content_type="image/svg+xml; charset=utf-8"
    )


@public_file([AS_OF])
def initiative_bib(request: HttpRequest, slug: str) -> HttpResponse:
    citation = _citation(request, slug)
    response = HttpResponse(citation.bibtex, content_type="application/x-bibtex; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{citation.key}.bib"'
    return response


@public_file([AS_OF])
def initiative_csl(request: HttpRequest, slug: str) -> HttpResponse:
    citation = _citation(request, slug)
    response = JsonResponse(
        citation.csl,
        safe=False,
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        content_type="application/vnd.citationstyles.csl+json",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{citation.key}.csl.json"'
    return response


def _listed(request: HttpRequest, slug: str) -> tuple[CurrentView, Initiative]:
    """As of the day that the address asks for; what is or was withdrawn then is on no page of others."""
    view = read_view(request.GET, Initiative.objects.db)
    rows = view.public(Initiative).select_related("dialogue", "raised_at", "latest_update_report")
    known = view.as_known([initiative_or_gone(rows, slug)])
    if not known or known[0].is_withdrawn:
        raise Http404(NOT_KNOWN)
    return view, known[0]


def _citation(request: HttpRequest, slug: str) -> PageReference:
    """As of the day that the address asks for, if the initiative was known then; be it withdrawn since."""
    public = Initiative.objects.once_public()
    view = read_view(request.GET, public.db)
    initiative = initiative_or_gone(public.select_related("dialogue", "raised_at"), slug)
    if not view.as_known([initiative]):
        raise Http404(NOT_KNOWN)
    return cite(initiative, site_of(request), view.day)
