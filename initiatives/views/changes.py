"""The stream of what was recorded and withdrawn."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from ..exports.atom import (
    CONTENT_TYPE,
    ENTRIES,
    FeedEntry,
    of_entry,
    of_withdrawal,
    write_feed,
)
from ..exports.changes import ChangeExport
from ..exports.stable_ids import name_of
from ..models import StatusUpdate
from ..models.addresses import page_address
from ..pages.alternate_formats import site_of
from ..pages.changes import ChangeEvent, ChangeFilter, event_keys, read_events
from ..query.pagination import Page, paginate_uncounted
from .downloads import CSV, JSON, file_response
from .public_page import public_file, public_page


@public_page(ChangeFilter.parameters())
def change_list(request: HttpRequest) -> HttpResponse:
    filters = _read_filter(request)
    first = (filters.page - 1) * filters.per
    keys: Page[Any] = paginate_uncounted(
        event_keys(filters, first, first + filters.per + 1),
        filters.page,
        per=filters.per,
        address=lambda number: "?" + filters.query(page=number),
    )
    page = replace(keys, rows=read_events(filters.view, keys.rows))
    by_day = groupby(page.rows, lambda event: timezone.localtime(event.at).date())
    ctx = {
        "view": filters.view,
        "filters": filters,
        "page": page,
        "days": [(day.isoformat(), list(events)) for day, events in by_day],
    }
    return render(request, "initiatives/change_list.html", ctx)


@public_file(ChangeFilter.parameters_of_today())
def change_list_atom(request: HttpRequest) -> HttpResponse:
    filters = _read_filter(request)
    site = site_of(request)
    events = read_events(filters.view, event_keys(filters, 0, ENTRIES))
    feed = write_feed(
        filters.title(_("What was recorded")),
        _("Mentions, status updates and criteria, as they were recorded or withdrawn."),
        site + page_address("change_list") + (f"?{filters.whole}" if filters.whole else ""),
        site + request.get_full_path(),
        (_feed_entry(event, site) for event in events),
    )
    return HttpResponse(feed, content_type=CONTENT_TYPE)


@public_file(ChangeFilter.parameters())
def change_list_csv(request: HttpRequest) -> HttpResponseBase:
    export = ChangeExport(request.GET, site_of(request))
    view = export.filters().view
    return file_response(
        request, "changes.csv", CSV, lambda: StreamingHttpResponse(export.csv()), view
    )


@public_file(ChangeFilter.parameters())
def change_list_json(request: HttpRequest) -> HttpResponseBase:
    export = ChangeExport(request.GET, site_of(request))
    view = export.filters().view
    return file_response(
        request, "changes.json", JSON, lambda: StreamingHttpResponse(export.json()), view
    )


def _read_filter(request: HttpRequest) -> ChangeFilter:
    return ChangeFilter.read(request.GET, StatusUpdate.objects.public())


def _feed_entry(event: ChangeEvent, site: str) -> FeedEntry:
    entry = event.entry
    title, words = of_entry(entry)
    if event.is_withdrawal:
        title, words = of_withdrawal(entry, title)
    return FeedEntry(
        name=str(name_of(entry, "withdrawn" if event.is_withdrawal else "")),
        title=title,
        address=site + entry.initiative.get_absolute_url(),
        updated=event.at,
        published=event.at,
        words=words,
    )
