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
from ..exports.lists import (
    MOST_ROWS_AT_ONCE,
    ListExport,
    TooManyRows,
    export_of,
    parameters_of_list,
)
from ..exports.made_files import making, open_made
from ..pages.alternate_formats import site_of
from ..serving.routing import version_of
from ..serving.shares import STREAMS
from .public_page import public_file

CSV = "text/csv; charset=utf-8; header=present"
JSON = "application/json"

# After so long one who finds a file not made yet may ask again, at the soonest.
RETRY_SECONDS = 60

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
    export = export_of(table, site_of(request), request.GET)
    try:
        is_short = export.check_workbook()
    except TooManyRows:
        ctx = {"most": MOST_ROWS_AT_ONCE, "path": request.path.removesuffix(".xlsx")}
        return render(request, "initiatives/too_many_rows.html", ctx, status=400)
    if not is_short:
        return made_file(request, f"{table}.xlsx", workbook.CONTENT_TYPE)

    def make(export: ListExport) -> FileResponse:
        with limited():
            return FileResponse(export.xlsx())

    return _list_file(request, table, "xlsx", workbook.CONTENT_TYPE, make)


def made_file(request: HttpRequest, name: str, content_type: str) -> HttpResponseBase:
    """A file that is made beside requests; status 503 with what is known of it where there is none of now."""

    def make() -> HttpResponseBase:
        return _made_file(request, name, content_type)

    return make() if request.method == "HEAD" else STREAMS.hold_until_closed(make)


def _made_file(request: HttpRequest, name: str, content_type: str) -> HttpResponseBase:
    file = open_made(name, version_of())
    if file is None:
        progress = making()
        path = request.path.removesuffix(".xlsx") if name.endswith(".xlsx") else ""
        ctx = {"making": progress, "path": path}
        response = render(request, "initiatives/not_made.html", ctx, status=503)
        response.headers["Retry-After"] = str(
            round(max(progress.took if progress else 0, RETRY_SECONDS))
        )
        return response
    return _named(FileResponse(file), name, content_type, CurrentView())


def _list_file(
    request: HttpRequest,
    table: str,
    extension: str,
    content_type: str,
    make: Callable[[ListExport], StreamingHttpResponse],
) -> HttpResponseBase:
    export = export_of(table, site_of(request), request.GET)
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

    Status 503 with when to come again where this process makes or sends as many large files as it may.
    """
    try:
        # Headers alone come without a length, which nobody knows yet.
        response = (
            StreamingHttpResponse() if request.method == "HEAD" else STREAMS.hold_until_closed(make)
        )
    except TooManyAtWork as error:
        busy = render(request, "initiatives/busy.html", status=503)
        busy.headers["Retry-After"] = str(error.retry_seconds)
        return busy
    return _named(response, name, content_type, view or CurrentView())


def _named(
    response: StreamingHttpResponse, name: str, content_type: str, view: CurrentView
) -> StreamingHttpResponse:
    response.headers["Content-Type"] = content_type
    stem, _dot, extension = name.rpartition(".")
    as_of = "as-of-" if view.as_of else ""
    dated = f"{stem}-{as_of}{view.day.isoformat()}.{extension}"
    response.headers["Content-Disposition"] = f'attachment; filename="{dated}"'
    return response
