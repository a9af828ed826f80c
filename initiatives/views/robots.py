"""What programs that look for pages are told: which there are, and which files to leave alone."""

from __future__ import annotations

from django.contrib.sitemaps import views
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix

from ..exports.sitemaps import sections
from ..languages import PREFIXES
from ..models.addresses import page_address
from ..pages.alternate_formats import site_of
from ..query.parameters import read_page_number
from .public_page import public_file


@public_file()
def sitemap_index(request: HttpRequest) -> HttpResponse:
    return _without_headers(
        views.index(request, sections(), sitemap_url_name="initiatives:sitemap")
    )


@public_file(["p"])
def sitemap(request: HttpRequest, section: str) -> HttpResponse:
    read_page_number(request.GET, "p")
    return _without_headers(views.sitemap(request, sections(), section))


@public_file()
def robots(request: HttpRequest) -> HttpResponse:
    root, index = get_script_prefix(), page_address("sitemap_index")
    sitemaps = [index, *(f"{root}{code}/{index.removeprefix(root)}" for code in PREFIXES)]
    ctx = {"site": site_of(request), "sitemaps": sitemaps}
    return render(request, "initiatives/robots.txt", ctx, content_type="text/plain; charset=utf-8")


@public_file()
def llms(request: HttpRequest) -> HttpResponse:
    """What programs that read for people are told first (llmstxt.org)."""
    ctx = {"site": site_of(request)}
    return render(request, "initiatives/llms.txt", ctx, content_type="text/plain; charset=utf-8")


def _without_headers(response: HttpResponse) -> HttpResponse:
    """Without the headers that a page would lose when it is kept; its ETag says more than a date."""
    for name in ("Last-Modified", "X-Robots-Tag"):
        response.headers.pop(name, None)
    return response
