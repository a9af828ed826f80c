from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from ..exports.matrix import MatrixExport
from ..models import Initiative
from ..pages.alternate_formats import site_of
from ..pages.matrix import LETTERS, MatrixFilter, columns_of, read_cells
from ..query.pagination import paginate_counted
from .lists import CSV
from .public_page import public_page

# Names of participants without a column that are spelt out.
NAMES = 12


@public_page
def matrix(request: HttpRequest) -> HttpResponse:
    filters = MatrixFilter.read(request.GET, Initiative.objects.public())
    page = paginate_counted(
        filters.total,
        lambda first, last: filters.rows(first, last, lambda rows: rows.select_related("dialogue")),
        filters.page,
        per=filters.per,
        address=lambda number: "?" + filters.query(page=number),
    )
    columns = columns_of(filters)
    cells = read_cells(filters.view, [row.pk for row in page.rows])
    by_key = {one.pk: one for one in (*columns.shown, *columns.beyond)}
    rows = []
    for row in page.rows:
        of_row = cells.get(row.pk, {})
        parts = [(one, of_row[key]) for key, one in by_key.items() if key in of_row]
        rows.append((row, [of_row.get(one.pk) for one in columns.shown], parts))
    ctx = {
        "filters": filters,
        "page": page,
        "view": filters.view,
        "columns": columns,
        "rows": rows,
        "letters": [(letter, role.label) for role, letter in LETTERS.items()],
        "beyond": _in_words(columns.beyond),
        "members": _in_words(columns.members),
    }
    return render(request, "initiatives/matrix.html", ctx)


def _in_words(participants: Sequence[object]) -> str:
    words = ", ".join(map(str, participants[:NAMES]))
    more = len(participants) - NAMES
    return f"{words} and {more:,} more" if more > 0 else words


@public_page
def matrix_csv(request: HttpRequest) -> HttpResponseBase:
    view = MatrixFilter.read(request.GET, Initiative.objects.public()).view
    # Only the headers were asked for: no work, and no length, which nobody knows yet.
    head = request.method == "HEAD"
    if view.is_past and not head:
        # While it can still be answered that others have their days read.
        view.index.matching({})
    export = MatrixExport(request.GET, site_of(request))
    response = StreamingHttpResponse() if head else StreamingHttpResponse(export.csv())
    response.headers["Content-Type"] = CSV
    as_of = "as-of-" if view.asked else ""
    name = f"matrix-{as_of}{view.day.isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
