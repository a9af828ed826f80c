"""Lists to take away: the same query string as the page, all rows."""

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
from ..exports.limits import TooManyAtWork, limited
from ..exports.lists import InitiativeExport, ListExport, parameters_of_list
from ..exports.tables import TABLES
from ..pages.alternate_formats import list_address, site_of
from .public_page import public_file

CSV = "text/csv; charset=utf-8; header=present"
JSON = "application/json"

Make = Callable[[], StreamingHttpResponse]


@public_file(parameters_of_list)
def list_csv(request: HttpRequest, table: str) -> HttpResponseBase:
    return _list_file(
        request, table, "csv", CSV, lambda export: StreamingHttpResponse(export.csv())
    )


@public_file(parameters_of_list)
def list_json(request: HttpRequest, table: str) -> HttpResponseBase:
    return _list_file(
        request, table, "json", JSON, lambda export: StreamingHttpResponse(export.json())
    )


@public_file(parameters_of_list)
def list_xlsx(request: HttpRequest, table: str) -> HttpResponseBase:
    def make(export: ListExport) -> FileResponse:
        with limited():
            return FileResponse(export.xlsx())

    return _list_file(request, table, "xlsx", workbook.CONTENT_TYPE, make)


def _list_file(
    request: HttpRequest,
    table: str,
    extension: str,
    content_type: str,
    make: Callable[[ListExport], StreamingHttpResponse],
) -> HttpResponseBase:
    export_class = InitiativeExport if table == "initiatives" else ListExport
    export = export_class(TABLES[table], site_of(request), list_address(table), request.GET)
    name = f"{table}.{extension}"
    return file_response(request, name, content_type, lambda: make(export), export.check())


def file_response(
    request: HttpRequest,
    name: str,
    content_type: str,
    make: Make,
    view: CurrentView | None = None,
) -> HttpResponseBase:
    """A file with the day in its name, today without a view; where only the headers are asked for, without any work.

    Status 503 with when to come again where this process makes as many large files as it may.
    """
    try:
        # Headers alone come without a length, which nobody knows yet.
        response = StreamingHttpResponse() if request.method == "HEAD" else make()
    except TooManyAtWork as error:
        busy = render(request, "initiatives/busy.html", status=503)
        busy.headers["Retry-After"] = str(error.retry_seconds)
        return busy
    response.headers["Content-Type"] = content_type
    view = view or CurrentView()
    stem, _dot, extension = name.rpartition(".")
    as_of = "as-of-" if view.as_of else ""
    dated = f"{stem}-{as_of}{view.day.isoformat()}.{extension}"
    response.headers["Content-Disposition"] = f'attachment; filename="{dated}"'
    return response
