"""The search of the whole site."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render

from ..as_of.current import CurrentView
from ..models import Initiative
from ..pages.alternate_formats import site_of
from ..pages.search_results import HEADINGS, Group, did_you_mean, found_by_kind, results
from ..pages.suggestions import suggestions
from ..query.filters import InitiativeFilter
from ..query.pagination import paginate_counted
from ..query.search_query import SearchQuery
from ..search.normalization import parse_terms
from .public_page import public_file, public_page
from .rows import attach_involved, mark_matches

INITIATIVES = 10
# Of every other kind.
ROWS = 5
PER_PAGE = 25


@public_page(SearchQuery.parameters())
def search(request: HttpRequest) -> HttpResponse:
    query = SearchQuery.read(request.GET)
    view = CurrentView()
    ctx = {"view": view, "filters": query}
    if query.kind:
        ctx |= _of_one_kind(view, query)
    elif query.terms:
        ctx["groups"] = [group for group in _groups(view, query) if group.total]
        if not ctx["groups"]:
            ctx |= _meant(view, query)
    return render(request, "initiatives/search.html", ctx)


@public_file(["q"])
def suggestions_json(request: HttpRequest) -> HttpResponse:
    """What is called as somebody has typed so far, for the list below the search box."""
    query, site = SearchQuery.read(request.GET), site_of(request)
    view = CurrentView()
    rows = [
        {
            "kind": row.kind,
            "kind_label": str(row.kind_label),
            "name": row.name,
            "also_called": row.also_called,
            "address": site + row.address,
        }
        for row in suggestions(view, query.text, query.terms)
    ]
    return JsonResponse(
        {"q": query.text, "suggestions": rows}, json_dumps_params={"ensure_ascii": False}
    )


def _meant(view: CurrentView, query: SearchQuery) -> dict[str, str]:
    """What may have been meant, where nothing is found, and the query string that finds it."""

    def leads_somewhere(text: str) -> bool:
        public = view.index.matching({}, view.index.find(text, using=view.using).all)
        return bool(public) or any(found_by_kind(view, parse_terms(text)).values())

    meant = did_you_mean(view, query.text, leads_somewhere)
    return {"meant": meant, "meant_query": query.query(text=meant, kind="")} if meant else {}


def _groups(view: CurrentView, query: SearchQuery) -> list[Group]:
    """The first rows of each kind."""
    terms = query.terms
    groups = [_initiatives(view, query)]
    for kind, found in found_by_kind(view, terms).items():
        rows = results(view, kind, found[:ROWS], terms) if found else []
        groups.append(Group(kind, len(found), rows, query.query(kind=kind)))
    return groups


def _initiatives(view: CurrentView, query: SearchQuery) -> Group:
    """As in their list, where the words lead on to its filters."""
    asked = urlencode({"q": query.text})
    filters = InitiativeFilter.read(QueryDict(asked), Initiative.objects.public())
    rows = filters.rows(0, INITIATIVES)
    attach_involved(view, rows)
    mark_matches(view, rows, query.text)
    return Group("initiative", filters.total, rows, asked)


def _of_one_kind(view: CurrentView, query: SearchQuery) -> dict[str, object]:
    terms = query.terms
    found = found_by_kind(view, terms)[query.kind] if terms else []
    page = paginate_counted(
        len(found),
        lambda first, last: results(view, query.kind, found[first:last], terms),
        query.page,
        per=PER_PAGE,
        address=lambda number: "?" + query.query(page=number),
    )
    meant = _meant(view, query) if terms and not found else {}
    return {"page": page, "heading": HEADINGS[query.kind][0], **meant}
