"""When something new was known of the rows of a list: the moment that feeds, calendars and sitemaps give."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Max, QuerySet
from django.db.models.functions import Coalesce

from ..models import Initiative, Mention, StatusUpdate

# For rows that came without their history; never the moment of asking, which would be new each time.
UNKNOWN = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)

Moments = dict[int, datetime.datetime]


def newest(rows: QuerySet[Any], count: int) -> Moments:
    """The keys of those rows of which something new was known last, latest first, each with the moment.

    New is a version of the row itself and, of an initiative, a public entry, recorded or withdrawn. A query for each
    kind and one for rows without either, however many rows there are.
    """
    keys = rows.order_by().values("pk")
    latest_by_key: Moments = {}
    for source in _sources(rows, keys):
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
    """When something new was last known of each row; those without history are left out."""
    latest_by_key: Moments = {}
    wanted_keys = list(keys)
    for source in _sources(model._default_manager.all(), wanted_keys):
        for key, at in source:
            latest_by_key[key] = max(at, latest_by_key.get(key, at))
    return latest_by_key


def last(model: Any) -> datetime.datetime | None:
    """When something new was last known of any row."""
    moments = [
        source.aggregate(last=Max("at"))["last"]
        for source in _sources(model._default_manager.public(), None)
    ]
    return max((at for at in moments if at), default=None)


def _sources(rows: QuerySet[Any], keys: Any) -> list[Any]:
    """Pairs of key and latest moment, by source; ``keys`` None means all that are public."""
    wanted_keys = rows.order_by().values("pk") if keys is None else keys
    versions = rows.model.history.using(rows.db).filter(id__in=wanted_keys).order_by()
    sources = [versions.values("id").annotate(at=Max("history_date")).values_list("id", "at")]
    if rows.model is Initiative:
        for model in (Mention, StatusUpdate):
            entries: Any = model._default_manager
            by_initiative = (
                entries.using(rows.db).public().uncorrected().filter(initiative__in=wanted_keys)
            )
            moment = Coalesce("withdrawn_at", "recorded_at")
            latest = by_initiative.order_by().values("initiative").annotate(at=Max(moment))
            sources.append(latest.values_list("initiative", "at"))
    return sources
