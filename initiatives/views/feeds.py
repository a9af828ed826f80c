"""Lists to follow: the rows of which something new was known last, as Atom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from pyroaring import BitMap

from ..exports.atom import CONTENT_TYPE, ENTRIES, FeedEntry, of_initiative, of_turn, write_feed
from ..exports.last_modified import Turn, newest, turns
from ..exports.lists import FILTERS, parameters_of_feed
from ..exports.stable_ids import name_of
from ..exports.tables import TABLES
from ..languages import sentence
from ..models import Initiative, Meeting, Participant, Report, Theme
from ..pages.alternate_formats import list_address, site_of
from ..partial_dates import PartialDate
from ..query.filters import InitiativeFilter
from .public_page import public_file


@public_file(InitiativeFilter.parameters_of_today())
def initiative_list_atom(request: HttpRequest) -> HttpResponse:
    filters = InitiativeFilter.read(request.GET, Initiative.objects.public())
    rows = filters.qs.select_related("dialogue")
    words = _(
        "Initiatives. One appears again when there is news of it, when it becomes overdue, and when there has"
        " been no news for too long."
    )
    title = filters.title(_("Initiatives"))
    flagged = {
        flag: filters.matching & filters.index.having("flag", flag) for flag in ("overdue", "stale")
    }
    turned = turns(Initiative.objects.public(), flagged, ENTRIES)
    by_key = rows.in_bulk([turn.initiative for turn in turned])
    of_turns = [
        _entry_of_turn(by_key[turn.initiative], turn, site_of(request))
        for turn in turned
        if turn.initiative in by_key
    ]
    return _feed(
        request, "initiatives", title, words, rows, filters.whole, filters.matching, of_turns
    )


def _entry_of_turn(initiative: Initiative, turn: Turn, site: str) -> FeedEntry:
    title, words = of_turn(initiative, turn.flag)
    return FeedEntry(
        name=str(name_of(initiative, f"{turn.flag} {turn.at.isoformat()}")),
        title=title,
        address=site + initiative.get_absolute_url(),
        updated=turn.at,
        published=turn.at,
        words=words,
    )


@public_file(parameters_of_feed)
def list_atom(request: HttpRequest, table: str) -> HttpResponse:
    rows, query, title = TABLES[table].public, "", str(TABLES[table].title)
    if table in FILTERS:
        manager: Any = TABLES[table].model._default_manager
        filters = FILTERS[table].read(request.GET, manager.public())
        rows, query, title = TABLES[table].dress(filters.qs), filters.whole, filters.title(title)
    words = _("%(title)s. One appears again when there is news of it.") % {
        "title": TABLES[table].title
    }
    return _feed(request, table, title, words, rows, query)


def _feed(
    request: HttpRequest,
    table: str,
    title: str,
    words: str,
    rows: Any,
    query: str,
    keys: BitMap | None = None,
    besides: Sequence[FeedEntry] = (),
) -> HttpResponse:
    site = site_of(request)
    page = site + list_address(table) + (f"?{query}" if query else "")
    moments = newest(rows, ENTRIES, keys)
    by_key = rows.order_by().in_bulk(list(moments))
    entries: Iterable[FeedEntry] = (
        FeedEntry(
            name=str(name_of(by_key[key])),
            title=str(by_key[key]),
            address=site + by_key[key].get_absolute_url(),
            updated=at,
            words=_words(by_key[key]),
        )
        for key, at in moments.items()
        if key in by_key
    )
    newest_first = sorted([*entries, *besides], key=lambda entry: entry.updated, reverse=True)
    address = site + request.get_full_path()
    feed = write_feed(title, words, page, address, newest_first[:ENTRIES])
    return HttpResponse(feed, content_type=CONTENT_TYPE)


def _words(row: Any) -> str:
    match row:
        case Initiative():
            return of_initiative(row)
        case Meeting():
            parts = [_date(row.starts_on), row.city, row.get_state_display(), str(row.dialogue)]
        case Report():
            parts = [_date(row.published_on), row.publisher, row.get_kind_display()]
        case Participant():
            parts = [row.said("official_name").text, row.get_kind_display()]
        case Theme():
            parts = []
        case _:
            parts = [row.said("purpose").text]
    known = [part for part in parts if part]
    return " ".join([*map(sentence, known[:-1]), *known[-1:]])


def _date(date: str | None) -> str:
    return PartialDate(date).in_words if date else ""
