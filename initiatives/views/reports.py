from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..as_of.current import CurrentView
from ..models import Participant, Report
from ..pages.glossary import GRADE_MEANING
from ..pages.report_facts import fact_keys, read_facts
from ..query.as_of import read_view
from ..query.filters import ReportFilter
from ..query.pagination import get_page, paginate_counted
from ..query.parameters import read_page_number
from ..query.understood import AS_OF
from .not_known import render_not_known, was_out
from .public_page import public_page

FACTS = 50


@public_page(ReportFilter.parameters())
def report_list(request: HttpRequest) -> HttpResponse:
    filters = ReportFilter.read(request.GET, Report.objects.public())
    rows = filters.qs.select_related("meeting").prefetch_related("issued_by", "translation_of")
    ctx = {"view": filters.view, "filters": filters, "page": get_page(rows, filters)}
    return render(request, "initiatives/report_list.html", ctx)


@public_page([AS_OF, "page"])
def report_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The document, and every public fact that was drawn from it in the order of its places."""
    report = get_object_or_404(
        Report.objects.public().select_related("meeting", "translation_of"), slug=slug
    )
    view = read_view(request.GET, Report.objects.db)
    if not was_out(view, report):
        return render_not_known(request, view, report)
    return report_page(request, view, report)


def report_page(request: HttpRequest, view: CurrentView, report: Report) -> HttpResponse:
    """The page of a report as a view of the record shows it."""
    keys = fact_keys(report, view)
    facts = paginate_counted(
        len(keys),
        lambda first, last: read_facts(keys[first:last], view),
        read_page_number(request.GET),
        per=FACTS,
        address=lambda number: f"?{urlencode({**view.parameters, 'page': number})}#facts",
    )
    versions = view.reports().filter(Q(pk=report.head_id) | Q(translation_of=report.head_id))
    ctx = {
        "view": view,
        "report": report,
        "grade_meaning": GRADE_MEANING[report.kind],
        "issued_by": list(view.public(Participant).filter(reports=report)),
        "translations": list(
            versions.exclude(pk=report.pk).order_by("-authentic", "language", "slug")
        ),
        "facts": facts,
    }
    return render(request, "initiatives/report_detail.html", ctx)
