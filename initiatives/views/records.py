"""The pages of single records as JSON."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from ..exports.single_records import PAGES, page
from ..exports.tables import TABLES
from ..models import Initiative, Meeting, Participant, Report
from ..pages.alternate_formats import site_of
from ..query.as_of import read_view
from ..query.understood import AS_OF
from .not_known import initiative_or_gone, was_out
from .public_page import public_file


@public_file([AS_OF])
def record_json(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    shape = PAGES[kind]
    table = TABLES[shape.table]
    rows = Initiative.objects.once_public().select_related(
        "dialogue",
        "raised_at",
        "due_at",
        "standing_report",
        "latest_update_report",
        "condition_report",
    )
    public: Any = rows if table.model is Initiative else table.public
    record: Any = (
        initiative_or_gone(rows, key)
        if table.model is Initiative
        else get_object_or_404(public, **{table.key[0]: key})
    )
    view = read_view(request.GET, public.db)
    if isinstance(record, Initiative) and not view.as_known([record]):
        raise Http404(_("No document mentioned this initiative by then."))
    if isinstance(record, Participant) and not view.as_known([record]):
        raise Http404(_("This participant was not on record by then."))
    if isinstance(record, Meeting) and not view.as_known([record]):
        raise Http404(_("No document mentioned this meeting by then."))
    if isinstance(record, Report) and not was_out(view, record):
        raise Http404(_("This document had not been published by then."))
    return JsonResponse(
        page(shape, record, site_of(request), view), json_dumps_params={"ensure_ascii": False}
    )
