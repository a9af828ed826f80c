"""The stream of what was recorded."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from ..changes import ChangeFilter, entries, stream
from ..feeds import CONTENT_TYPE, ENTRIES, FeedEntry, of_mention, of_update, write_feed
from ..models import StatusUpdate
from ..paging import Page, leaf_of
from ..permanent import name_of
from ..twins import site_of
from .public_page import public_page


@public_page
def change_list(request: HttpRequest) -> HttpResponse:
    filters = _read(request)
    first = (filters.page - 1) * filters.per
    keys: Page[Any] = leaf_of(
        stream(filters, first, first + filters.per + 1),
        filters.page,
        per=filters.per,
        address=lambda number: "?" + filters.query(page=number),
    )
    page = replace(keys, rows=entries(keys.rows))
    by_day = groupby(page.rows, lambda entry: timezone.localtime(entry.recorded_at).date())
    ctx = {
        "filters": filters,
        "page": page,
        "days": [(day.isoformat(), [_told(entry) for entry in found]) for day, found in by_day],
    }
    return render(request, "initiatives/change_list.html", ctx)


@public_page
def change_list_atom(request: HttpRequest) -> HttpResponse:
    filters = _read(request)
    site = site_of(request)
    found = entries(stream(filters, 0, ENTRIES))
    feed = write_feed(
        _("What was recorded"),
        _("Mentions and status updates of initiatives, as they were recorded."),
        site + "/changes/" + (f"?{filters.whole}" if filters.whole else ""),
        site + request.get_full_path(),
        (_entry(entry, site) for entry in found),
    )
    return HttpResponse(feed, content_type=CONTENT_TYPE)


def _read(request: HttpRequest) -> ChangeFilter:
    return ChangeFilter.read(request.GET, StatusUpdate.objects.public())


def _told(entry: Any) -> dict[str, Any]:
    return {"update" if isinstance(entry, StatusUpdate) else "mention": entry}


def _entry(entry: Any, site: str) -> FeedEntry:
    title, words = of_update(entry) if isinstance(entry, StatusUpdate) else of_mention(entry)
    return FeedEntry(
        name=str(name_of(entry)),
        title=title,
        address=site + entry.initiative.get_absolute_url(),
        updated=entry.recorded_at,
        published=entry.recorded_at,
        words=words,
    )
