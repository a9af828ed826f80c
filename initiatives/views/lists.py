"""Lists to take away, those of initiatives aside: the same query string as the page, all rows."""

from __future__ import annotations

from collections.abc import Callable

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render

from ..as_of.current import CurrentView
from ..exports import workbook
from ..exports.limits import TooMany, one_of_few
from ..exports.lists import ListExport
from ..exports.tables import TABLES
from ..pages.alternate_formats import list_address, site_of
from .public_page import public_page

CSV = "text/csv; charset=utf-8; header=present"
JSON = "application/json"

Make = Callable[[], StreamingHttpResponse]


@public_page
def list_csv(request: HttpRequest, table: str) -> HttpResponseBase:
    export = _list_export(request, table)
    return file_response(request, f"{table}.csv", CSV, lambda: StreamingHttpResponse(export.csv()))


@public_page
def list_json(request: HttpRequest, table: str) -> HttpResponseBase:
    export = _list_export(request, table)
    return file_response(
        request, f"{table}.json", JSON, lambda: StreamingHttpResponse(export.json())
    )


@public_page
def list_xlsx(request: HttpRequest, table: str) -> HttpResponseBase:
    export = _list_export(request, table)

    def make() -> StreamingHttpResponse:
        with one_of_few():
            return FileResponse(export.xlsx())

    name = f"{table}.xlsx"
    return with_limit(request, lambda: file_response(request, name, workbook.CONTENT_TYPE, make))


def file_response(
    request: HttpRequest,
    name: str,
    content_type: str,
    make: Make,
    view: CurrentView | None = None,
) -> HttpResponseBase:
    """A file with the day in its name, today without a view; where only the headers are asked for, without any work."""
    # And without a length, which nobody knows yet.
    response = StreamingHttpResponse() if request.method == "HEAD" else make()
    response.headers["Content-Type"] = content_type
    view = view or CurrentView()
    stem, _dot, extension = name.rpartition(".")
    as_of = "as-of-" if view.asked else ""
    dated = f"{stem}-{as_of}{view.day.isoformat()}.{extension}"
    response.headers["Content-Disposition"] = f'attachment; filename="{dated}"'
    return response


def with_limit(request: HttpRequest, make: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The file, or status 503 with when to come again where this process makes as many large files as it may."""
    try:
        return make()
    except TooMany as error:
        response = render(request, "initiatives/busy.html", status=503)
        response.headers["Retry-After"] = str(error.retry_seconds)
        return response


def _list_export(request: HttpRequest, table: str) -> ListExport:
    export = ListExport(TABLES[table], site_of(request), list_address(table), request.GET)
    export.check()
    return export
