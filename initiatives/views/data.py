"""The data as a whole: what there is, what each column means, and everything at once."""

from __future__ import annotations

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from ..exports.export_column import entry
from ..exports.lists import TableExport
from ..exports.made_files import ARCHIVE
from ..exports.openapi import describe_site
from ..exports.package import describe
from ..exports.tables import TABLES
from ..facets.index import index
from ..models import Initiative
from ..pages.alternate_formats import site_of
from ..serving.routing import version_of
from ..serving.statement_limit import unlimited
from .downloads import CSV, JSON, file_response, made_file
from .public_page import public_file, public_page

DOWNLOAD = {"ensure_ascii": False, "indent": 1}


@public_page()
def data(request: HttpRequest) -> HttpResponse:
    facets = index(Initiative.objects.db)
    # Kept for all who come after; said once for all of them.
    with unlimited():
        tables = [(table, table.count(facets)) for table in TABLES.values()]
    ctx = {
        "tables": tables,
        "licence": settings.DATA_LICENCE,
        "day": timezone.localdate().isoformat(),
        "site": site_of(request),
    }
    return render(request, "initiatives/data.html", ctx)


@public_page()
def data_dictionary(request: HttpRequest) -> HttpResponse:
    ctx = {
        "tables": [
            (table, [entry(column) for column in table.columns]) for table in TABLES.values()
        ]
    }
    return render(request, "initiatives/data_dictionary.html", ctx)


@public_file()
def data_archive(request: HttpRequest) -> HttpResponseBase:
    return made_file(request, ARCHIVE, "application/zip")


@public_file()
def data_package(request: HttpRequest) -> HttpResponse:
    package = describe(site_of(request), str(version_of()))
    return JsonResponse(package, json_dumps_params=DOWNLOAD)


@public_file()
def data_csv(request: HttpRequest, table: str) -> HttpResponseBase:
    export = _export(request, table)
    return file_response(request, f"{table}.csv", CSV, lambda: StreamingHttpResponse(export.csv()))


@public_file()
def data_json(request: HttpRequest, table: str) -> HttpResponseBase:
    export = _export(request, table)
    return file_response(
        request, f"{table}.json", JSON, lambda: StreamingHttpResponse(export.json())
    )


@public_file()
def openapi(request: HttpRequest) -> HttpResponse:
    """What a program may ask of this site, and what it is answered (OpenAPI 3.1)."""
    description = describe_site(site_of(request), str(version_of()))
    return JsonResponse(description, json_dumps_params=DOWNLOAD)


def _export(request: HttpRequest, table: str) -> TableExport:
    return TableExport(TABLES[table], site_of(request), reverse("initiatives:data"))
