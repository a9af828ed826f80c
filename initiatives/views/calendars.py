"""Meetings and due dates as calendars, with the filters of their lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from icalendar import Event

from ..exports.icalendar import CONTENT_TYPE, calendar, due_event, meeting_event, span
from ..exports.last_modified import Moments, moments
from ..exports.lists import IDLE_SECONDS
from ..exports.tables.base import CHUNK, in_chunks
from ..models import Initiative, Meeting
from ..pages.alternate_formats import list_address, site_of
from ..query.filters import InitiativeFilter, MeetingFilter
from ..query.list_filter import ListFilter
from ..serving.snapshot import snapshot
from .downloads import file_response
from .public_page import public_file

MakeEvent = Callable[[Any, Moments, str], Event | None]


@public_file(MeetingFilter.parameters_of_today())
def meeting_list_ics(request: HttpRequest) -> HttpResponseBase:
    filters = MeetingFilter.read(request.GET, Meeting.objects.public())
    words = _("Meetings on the days that documents name.")
    return _calendar_file(
        request,
        "meetings",
        _("Meetings"),
        words,
        filters,
        "starts_on",
        meeting_event,
        counts_undated=True,
    )


@public_file(InitiativeFilter.parameters_of_today())
def initiative_list_ics(request: HttpRequest) -> HttpResponseBase:
    """When the initiatives of the list are due, as it is known today."""
    filters = InitiativeFilter.read(request.GET, Initiative.objects.public())
    words = _("Days on which initiatives are due, as documents name them.")
    return _calendar_file(
        request, "initiatives", _("Due dates"), words, filters, "due_on", due_event
    )


@public_file()
def meeting_ics(request: HttpRequest, slug: str) -> HttpResponse:
    meeting = get_object_or_404(Meeting.objects.public().select_related("dialogue"), slug=slug)
    site = site_of(request)
    event = meeting_event(meeting, moments(Meeting, [meeting.pk]), site)
    if event is None:
        raise Http404(_("No recorded document says in which month this meeting takes place."))
    words = str(meeting.dialogue)
    body = b"".join(calendar(str(meeting), words, site + meeting.get_absolute_url(), [event]))
    response = HttpResponse(body, content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{meeting.slug}.ics"'
    return response


def _calendar_file(
    request: HttpRequest,
    table: str,
    title: str,
    words: str,
    filters: ListFilter,
    column: str,
    make_event: MakeEvent,
    *,
    counts_undated: bool = False,
) -> HttpResponseBase:
    site = site_of(request)
    address = site + list_address(table) + (f"?{filters.whole}" if filters.whole else "")
    rows = filters.qs.order_by(column, "slug").select_related("dialogue")

    def stream() -> Iterator[bytes]:
        with snapshot(rows.db, idle_seconds=IDLE_SECONDS):
            wide = _count_wide(rows, column)
            undated = wide.pop(None, 0)
            count = sum(wide.values()) + (undated if counts_undated else 0)
            about = f"{words} {_left_out(count)}".strip()
            dated = rows.filter(**{f"{column}__isnull": False})
            events = _events(dated.exclude(**{f"{column}__in": [*wide]}), make_event, site)
            yield from calendar(filters.title(title), about, address, events)

    response = file_response(
        request, f"{table}.ics", CONTENT_TYPE, lambda: StreamingHttpResponse(stream())
    )
    # A calendar that follows the site asks for the same name each time.
    response.headers["Content-Disposition"] = f'inline; filename="{table}.ics"'
    return response


def _events(rows: QuerySet[Any], make_event: MakeEvent, site: str) -> Iterator[Event]:
    for part in in_chunks(rows.iterator(chunk_size=CHUNK), CHUNK):
        modified = moments(rows.model, [row.pk for row in part])
        for row in part:
            event = make_event(row, modified, site)
            if event is not None:
                yield event


def _count_wide(rows: QuerySet[Any], column: str) -> dict[str | None, int]:
    """How many have each date that a calendar cannot show, or none."""
    counts = rows.order_by().values_list(column).annotate(Count("pk", distinct=True))
    return {date: count for date, count in counts if span(date) is None}


def _left_out(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)d without a known month is left out.",
        "%(count)d without a known month are left out.",
        count,
    ) % {"count": count}
