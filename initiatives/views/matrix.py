from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from .. import languages
from ..exports.matrix import MatrixExport
from ..models import Initiative
from ..pages.alternate_formats import site_of
from ..pages.matrix import LETTERS, MatrixFilter, participant_columns, read_cells
from ..pages.parts import attach_wholes
from .downloads import CSV, file_response
from .public_page import public_file, public_page
from .rows import initiative_page

# Names of participants without a column that are spelt out.
NAMES = 12


@public_page(MatrixFilter.parameters())
def matrix(request: HttpRequest) -> HttpResponse:
    filters = MatrixFilter.read(request.GET, Initiative.objects.public())
    page = initiative_page(filters)
    attach_wholes(filters.view, page.rows)
    columns = participant_columns(filters)
    cells = read_cells(filters.view, [row.pk for row in page.rows])
    participants = (*columns.shown, *columns.beyond)
    rows = []
    for row in page.rows:
        row_cells = cells.get(row.pk, {})
        parts = [(other, row_cells[other.pk]) for other in participants if other.pk in row_cells]
        rows.append((row, [row_cells.get(column.pk) for column in columns.shown], parts))
    ctx = {
        "filters": filters,
        "page": page,
        "view": filters.view,
        "columns": columns,
        "rows": rows,
        "letters": [(letter, capacity.label) for capacity, letter in LETTERS.items()],
        "beyond": _in_words(columns.beyond),
        "members": _in_words(columns.members),
    }
    return render(request, "initiatives/matrix.html", ctx)


def _in_words(participants: Sequence[object]) -> str:
    words = languages.series(participants[:NAMES])
    more = len(participants) - NAMES
    if more <= 0:
        return words
    return _("%(names)s and %(count)s more") % {"names": words, "count": languages.count(more)}


@public_file(MatrixFilter.parameters())
def matrix_csv(request: HttpRequest) -> HttpResponseBase:
    view = MatrixFilter.read(request.GET, Initiative.objects.public()).view

    def make() -> StreamingHttpResponse:
        if view.is_past:
            # While it can still be answered that others have their days read.
            view.index.matching({})
        return StreamingHttpResponse(MatrixExport(request.GET, site_of(request)).csv())

    return file_response(request, "matrix.csv", CSV, make, view)
