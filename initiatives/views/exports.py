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
from .lists import CSV, JSON, file_response, with_limit
from .public_page import public_page


@public_page
def initiative_list_csv(request: HttpRequest) -> HttpResponseBase:
    return _initiative_file(request, "csv", CSV, lambda export: StreamingHttpResponse(export.csv()))


@public_page
def initiative_list_json(request: HttpRequest) -> HttpResponseBase:
    return _initiative_file(
        request, "json", JSON, lambda export: StreamingHttpResponse(export.json())
    )


@public_page
def initiative_list_xlsx(request: HttpRequest) -> HttpResponseBase:
    def make(export: InitiativeExport) -> StreamingHttpResponse:
        with one_of_few():
            return FileResponse(export.xlsx())

    return with_limit(
        request, lambda: _initiative_file(request, "xlsx", workbook.CONTENT_TYPE, make)
    )


def _initiative_file(
    request: HttpRequest,
    extension: str,
    content_type: str,
    make: Callable[[InitiativeExport], StreamingHttpResponse],
) -> HttpResponseBase:
    view = InitiativeFilter.read(request.GET, Initiative.objects.public()).view
    return file_response(
        request,
        f"initiatives.{extension}",
        content_type,
        lambda: make(InitiativeExport(request.GET, site_of(request))),
        view,
    )
