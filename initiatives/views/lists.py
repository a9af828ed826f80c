"""Lists to take away, those of initiatives aside: the same query string as the page, all rows."""

from __future__ import annotations

from collections.abc import Callable

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from ..exports import workbook
from ..exports.limits import TooMany, one_of_few
from ..exports.lists import ListExport
from ..exports.tables import TABLES
from ..pages.alternate_formats import site_of
from .public_page import public_page

CSV = "text/csv; charset=utf-8; header=present"
JSON = "application/json"

Make = Callable[[], StreamingHttpResponse]


@public_page
def list_csv(request: HttpRequest, table: str) -> HttpResponseBase:
    export = _of_list(request, table)
    return answer(request, f"{table}.csv", CSV, lambda: StreamingHttpResponse(export.csv()))


@public_page
def list_json(request: HttpRequest, table: str) -> HttpResponseBase:
    export = _of_list(request, table)
    return answer(request, f"{table}.json", JSON, lambda: StreamingHttpResponse(export.json()))


@public_page
def list_xlsx(request: HttpRequest, table: str) -> HttpResponseBase:
    export = _of_list(request, table)

    def make() -> StreamingHttpResponse:
        with one_of_few():
            return FileResponse(export.xlsx())

    name = f"{table}.xlsx"
    return limited(request, lambda: answer(request, name, workbook.CONTENT_TYPE, make))


def answer(request: HttpRequest, name: str, content_type: str, make: Make) -> HttpResponseBase:
    """A file with the day in its name; where only the headers are asked for, without any work."""
    # And without a length, which nobody knows yet.
    response = StreamingHttpResponse() if request.method == "HEAD" else make()
    response.headers["Content-Type"] = content_type
    stem, _dot, extension = name.rpartition(".")
    dated = f"{stem}-{timezone.localdate().isoformat()}.{extension}"
    response.headers["Content-Disposition"] = f'attachment; filename="{dated}"'
    return response


def busy(request: HttpRequest, error: TooMany) -> HttpResponse:
    """The page that says that too many ask for too much at once, and when to come again."""
    response = render(request, "initiatives/busy.html", status=503)
    response.headers["Retry-After"] = str(error.retry_seconds)
    return response


def limited(request: HttpRequest, make: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer, or 503 where this process makes as many workbooks as it may."""
    try:
        return make()
    except TooMany as error:
        return busy(request, error)


def _of_list(request: HttpRequest, table: str) -> ListExport:
    page = reverse(f"initiatives:{table.removesuffix('s')}_list")
    export = ListExport(TABLES[table], site_of(request), page, request.GET)
    export.check()
    return export
