"""The list of initiatives to take away: the same query string as the page, all rows."""

from __future__ import annotations

from collections.abc import Callable

from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse

from ..exports import workbook
from ..exports.initiatives import InitiativeExport
from ..exports.limits import one_of_few
from ..models import Initiative
from ..pages.alternate_formats import site_of
from ..query.filters import InitiativeFilter
from .lists import limited
from .public_page import public_page


@public_page
def initiative_list_csv(request: HttpRequest) -> HttpResponseBase:
    return _answer(
        request,
        "csv",
        "text/csv; charset=utf-8; header=present",
        lambda export: StreamingHttpResponse(export.csv()),
    )


@public_page
def initiative_list_json(request: HttpRequest) -> HttpResponseBase:
    return _answer(
        request, "json", "application/json", lambda export: StreamingHttpResponse(export.json())
    )


@public_page
def initiative_list_xlsx(request: HttpRequest) -> HttpResponseBase:
    def make(export: InitiativeExport) -> StreamingHttpResponse:
        with one_of_few():
            return FileResponse(export.xlsx())

    return limited(request, lambda: _answer(request, "xlsx", workbook.CONTENT_TYPE, make))


def _answer(
    request: HttpRequest,
    extension: str,
    content_type: str,
    make: Callable[[InitiativeExport], StreamingHttpResponse],
) -> StreamingHttpResponse:
    view = InitiativeFilter.read(request.GET, Initiative.objects.public()).view
    # Only the headers were asked for: no work, and no length, which nobody knows yet.
    head = request.method == "HEAD"
    site = site_of(request)
    response = StreamingHttpResponse() if head else make(InitiativeExport(request.GET, site))
    response.headers["Content-Type"] = content_type
    as_of = "as-of-" if view.asked else ""
    name = f"initiatives-{as_of}{view.day.isoformat()}.{extension}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
