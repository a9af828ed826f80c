"""When there was news of the rows of a list, for feeds, and when they changed at all, for calendars and sitemaps."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, Exists, F, Max, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from ..models import ENTRIES, Initiative, Meeting, Report

# For rows that came without their history; never the moment of asking, which would be new each time.
UNKNOWN = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)

Moments = dict[int, datetime.datetime]

# What is news of a row besides its being there: a version in which one of these is another. All else that it holds
# describes it, and to mend its wording is none (RFC 4287, 4.2.15). Of an initiative its public entries are news too.
NEWS: dict[type[Model], tuple[str, ...]] = {
    Initiative: ("standing", "delivery_status", "publication"),
    Meeting: ("state", "starts_on", "ends_on"),
    Report: ("published_on",),
}


def newest(rows: QuerySet[Any], count: int) -> Moments:
    """The keys of those rows of which there was news last (``NEWS``), latest first, each with the moment.

    A query for each kind of news and one for rows without any, however many rows there are.
    """
    keys = rows.order_by().values("pk")
    latest_by_key: Moments = {}
    for source in (_news(rows, keys), *_entries(rows, keys)):
        for key, at in source.order_by("-at")[:count]:
            latest_by_key[key] = max(at, latest_by_key.get(key, at))
    latest = sorted(latest_by_key.items(), key=lambda item: (item[1], item[0]), reverse=True)[
        :count
    ]
    if len(latest) < count:
        rest = rows.order_by("pk").exclude(pk__in=list(latest_by_key)).values_list("pk", flat=True)
        latest += [(key, UNKNOWN) for key in rest[: count - len(latest)]]
    return dict(latest)


def moments(model: Any, keys: Iterable[int]) -> Moments:
    """When each row, or an entry of it, last changed; those without history are left out."""
    latest_by_key: Moments = {}
    wanted_keys = list(keys)
    for source in _sources(model._default_manager.all(), wanted_keys):
        for key, at in source:
            latest_by_key[key] = max(at, latest_by_key.get(key, at))
    return latest_by_key


def last(model: Any) -> datetime.datetime | None:
    """When any row, or an entry of one, last changed."""
    moments = [
        source.aggregate(last=Max("at"))["last"]
        for source in _sources(model._default_manager.public(), None)
    ]
    return max((at for at in moments if at), default=None)


def _sources(rows: QuerySet[Any], keys: Any) -> list[Any]:
    """Pairs of key and latest moment, by source: all that changed. ``keys`` None means all that are public."""
    wanted_keys = rows.order_by().values("pk") if keys is None else keys
    versions = rows.model.history.using(rows.db).filter(id__in=wanted_keys)
    return [_latest(versions), *_entries(rows, wanted_keys)]


def _news(rows: QuerySet[Any], keys: Any) -> Any:
    """The same of the versions with news: all but those that hold what the version before them held."""
    versions = rows.model.history.using(rows.db).order_by()
    before = versions.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    last_before = before.values("id").annotate(last=Max("history_id")).values("last")
    same = [_is_equal(name) for name in NEWS.get(rows.model, ())]
    unchanged = versions.filter(*same, history_id=OuterRef("previous"))
    of_rows = versions.filter(id__in=keys).annotate(previous=Subquery(last_before))
    return _latest(of_rows.filter(~Exists(unchanged)))


def _is_equal(column: str) -> Exact:
    """Whether a version holds what another one does that is asked about; empty is a value as well."""
    own, other = (
        Coalesce(value, Value(""), output_field=CharField())
        for value in (F(column), OuterRef(column))
    )
    return Exact(own, other)


def _latest(versions: QuerySet[Any]) -> Any:
    latest = versions.order_by().values("id").annotate(at=Max("history_date"))
    return latest.values_list("id", "at")


def _entries(rows: QuerySet[Any], keys: Any) -> list[Any]:
    if rows.model is not Initiative:
        return []
    sources: list[Any] = []
    for model in ENTRIES:
        entries: Any = model._default_manager
        by_initiative = entries.using(rows.db).public().uncorrected().filter(initiative__in=keys)
        moment = Coalesce("withdrawn_at", "recorded_at")
        latest = by_initiative.order_by().values("initiative").annotate(at=Max(moment))
        sources.append(latest.values_list("initiative", "at"))
    return sources
