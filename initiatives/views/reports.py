from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ..filters import ReportFilter
from ..meanings import GRADE_MEANING
from ..models import Citation, Mention, Report, StatusUpdate
from ..paging import Page, page_of, paginate
from ..parameters import read_page_number
from ..sources import SUBJECTS_NAMED, cited_for
from .public_page import public_page

FACTS = 50


@public_page
def report_list(request: HttpRequest) -> HttpResponse:
    filters = ReportFilter.read(request.GET, Report.objects.public())
    rows = filters.qs.select_related("meeting").prefetch_related("issued_by")
    ctx = {"filters": filters, "page": page_of(rows, filters)}
    return render(request, "initiatives/report_list.html", ctx)


@public_page
def report_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The document, and every public fact that was drawn from it, in three lists with pages of their own."""
    report = get_object_or_404(
        Report.objects.public().select_related("meeting", "translation_of"), slug=slug
    )
    lists = _lists(report)
    # Each list has its own page parameter and keeps those of the others.
    numbers = {name: read_page_number(request.GET, name) for name in lists}
    pages: dict[str, Page[Any]] = {
        name: paginate(rows, numbers[name], per=FACTS, address=_address(numbers, name))
        for name, rows in lists.items()
    }
    original = report.translation_of or report
    versions = Report.objects.public().filter(Q(pk=original.pk) | Q(translation_of=original))
    ctx = {
        "report": report,
        "grade_meaning": GRADE_MEANING[report.kind],
        "issued_by": list(report.issued_by.public()),
        "translations": list(versions.exclude(pk=report.pk).order_by("language", "slug")),
        "mentions": pages["mentions"],
        "updates": pages["updates"],
        "citations": pages["citations"],
        "cited": [(citation, cited_for(citation)) for citation in pages["citations"].rows],
    }
    return render(request, "initiatives/report_detail.html", ctx)


def _lists(report: Report) -> dict[str, QuerySet[Any]]:
    return {
        "mentions": Mention.objects.public()
        .current()
        .filter(report=report)
        .select_related("initiative")
        .prefetch_related("by")
        .order_by("ref"),
        "updates": StatusUpdate.objects.public()
        .current()
        .filter(report=report)
        .select_related("initiative", "participant")
        .newest_first(),
        "citations": Citation.objects.public()
        .current()
        .filter(report=report)
        .select_related(*SUBJECTS_NAMED)
        .order_by("ref"),
    }


def _address(numbers: dict[str, int], name: str) -> Callable[[int], str]:
    def address(number: int) -> str:
        shown = {key: page for key, page in (numbers | {name: number}).items() if page > 1}
        return f"?{urlencode(shown)}#{name}"

    return address
