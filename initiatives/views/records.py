"""The pages of single things as JSON."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404

from ..exports.pages import PAGES, page
from ..exports.tables import TABLES
from ..models import Initiative
from .lists import site_of
from .public_page import public_page


@public_page
def record_json(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    shape = PAGES[kind]
    table = TABLES[shape.table]
    rows = Initiative.objects.public().select_related(
        "dialogue", "raised_at", "standing_report", "latest_update_report"
    )
    found: Any = rows if table.model is Initiative else table.public
    thing = get_object_or_404(found, **{table.key[0]: key})
    return JsonResponse(
        page(shape, thing, site_of(request)), json_dumps_params={"ensure_ascii": False}
    )
