"""When there was news of the rows of a list, for feeds, and when they changed at all, for calendars and sitemaps."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import CharField, Exists, F, Max, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact
from django.utils import timezone
from pyroaring import BitMap

from ..as_of.current import CurrentView
from ..models import ENTRIES, Dialogue, Initiative, Meeting, Publication, Report
from ..models.initiatives import InitiativeQuerySet
from ..pages.language_versions import said_again
from ..partial_dates import PartialDate

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


# So many rows are asked for by their keys; those of more are met soon enough among all that is new.
FEW = 2000


@dataclass(frozen=True)
class _Source:
    """What tells when rows changed: versions or entries, and the column that says of which row.

    Of ``moments`` the first that is not null tells; there is an index of each.
    """

    rows: QuerySet[Any]
    key: str
    moments: tuple[str, ...]

    def of(self, keys: Iterable[int]) -> Moments:
        """The latest moment of each of these rows that it tells of; one query."""
        of_keys = self.rows.order_by().filter(**{f"{self.key}__in": list(keys)})
        # Of the last one twice, since COALESCE takes two.
        latest = Max(Coalesce(*self.moments, self.moments[-1]))
        return dict(of_keys.values(self.key).annotate(at=latest).values_list(self.key, "at"))

    def newest(self, keys: BitMap, count: int) -> Moments:
        """The same of those rows that changed last, ``count`` of them or some more."""
        if len(keys) <= FEW:
            return self.of(keys)
        return _latest(self._walk(moment, keys, count) for moment in self.moments)

    def _walk(self, moment: str, keys: BitMap, count: int) -> Moments:
        newest_first = self.rows.filter(**{f"{moment}__isnull": False}).order_by(
            f"-{moment}", "-pk"
        )
        pairs, latest, size = newest_first.values_list(self.key, moment), Moments(), count
        while True:
            size *= 4
            read = list(pairs[:size])
            for key, at in read:
                if key in keys:
                    latest.setdefault(key, at)
            if len(latest) >= count or len(read) < size:
                return latest


def newest(rows: QuerySet[Any], count: int, keys: BitMap | None = None) -> Moments:
    """The keys of those rows of which there was news last (``NEWS``), latest first, each with the moment.

    ``keys`` are those of the rows, where they are known. A query or some for each kind of news, however many rows.
    """
    keys = BitMap(rows.order_by().values_list("pk", flat=True)) if keys is None else keys
    entries = _entries(rows, without_repeated=True)
    latest = _latest(source.newest(keys, count) for source in (_news(rows), *entries))
    first = sorted(latest.items(), key=lambda item: (item[1], item[0]), reverse=True)[:count]
    without = (keys - BitMap(latest))[: count - len(first)]
    return dict(first) | dict.fromkeys(without, UNKNOWN)


class Turn(NamedTuple):
    """An initiative became overdue, or has had no news for too long, with the beginning of a day."""

    at: datetime.datetime
    flag: str
    initiative: int


def turns(rows: InitiativeQuerySet, keys_of: Mapping[str, BitMap], count: int) -> list[Turn]:
    """What turned overdue or stale last, latest first, of rows with these keys for each of the two flags.

    A day decides it and nobody writes anything, so that dates tell when it was. A query or some for each limit of
    silence that dialogues have, however many rows.
    """
    overdue = _latest_dates(rows, "due_on", keys_of["overdue"], 0, count)
    found = [Turn(_day_after(on, 0), "overdue", key) for key, on in overdue]
    limits = Dialogue.objects.using(rows.db).order_by().values_list("stale_after_days", flat=True)
    for days in limits.distinct() if keys_of["stale"] else ():
        of_limit = rows.filter(dialogue__stale_after_days=days)
        silent = _latest_dates(of_limit, "last_heard_on", keys_of["stale"], days, count)
        found += [Turn(_day_after(on, days), "stale", key) for key, on in silent]
    return sorted(found, reverse=True)[:count]


def _day_after(on: PartialDate, days: int) -> datetime.datetime:
    """The beginning of the day after so many days from the last one that a date may mean."""
    left = (datetime.date.max - on.last_day).days
    day = on.last_day + datetime.timedelta(days=min(days + 1, left))
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def _latest_dates(
    rows: InitiativeQuerySet, column: str, keys: BitMap, days: int, count: int
) -> list[tuple[int, PartialDate]]:
    """Those of the rows with these keys whose date in a column, more than so many days ago, is the latest."""
    if not keys:
        return []
    of_few = len(keys) <= FEW
    some = rows.filter(pk__in=list(keys)) if of_few else rows
    today = timezone.localdate()
    limit = today - datetime.timedelta(days=min(days, (today - datetime.date.min).days))
    dated = some.filter(**{f"{column}__ends_before": limit}).order_by(f"-{column}", "-pk")
    pairs, size = dated.values_list("pk", column), count
    while True:
        size *= 1 if of_few else 8
        read = list(pairs[:size])
        found = [(key, on) for key, on in read if key in keys]
        if of_few or len(found) >= count or len(read) < size:
            return found[:count]


def moments(model: Any, keys: Iterable[int]) -> Moments:
    """When each row, or an entry of it, last changed; those without history are left out."""
    rows, wanted = model._default_manager.all(), list(keys)
    return _latest(source.of(wanted) for source in (_versions(rows), *_entries(rows)))


def last(rows: QuerySet[Any], keys: BitMap) -> datetime.datetime | None:
    """When any of these rows, or an entry of one, last changed."""
    sources = (_versions(rows), *_entries(rows))
    return max(_latest(source.newest(keys, 1) for source in sources).values(), default=None)


def _latest(sources: Iterable[Moments]) -> Moments:
    latest: Moments = {}
    for moments in sources:
        for key, at in moments.items():
            latest[key] = max(at, latest.get(key, at))
    return latest


def _versions(rows: QuerySet[Any]) -> _Source:
    return _Source(rows.model.history.using(rows.db), "id", ("history_date",))


def _news(rows: QuerySet[Any]) -> _Source:
    """The versions with news: all but those that hold what the version before them held."""
    versions = rows.model.history.using(rows.db).order_by()
    before = versions.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    last_before = before.values("id").annotate(last=Max("history_id")).values("last")
    same = [_is_equal(name) for name in NEWS.get(rows.model, ())]
    unchanged = versions.filter(*same, history_id=OuterRef("previous"))
    of_rows = versions.annotate(previous=Subquery(last_before))
    return _Source(of_rows.filter(~Exists(unchanged)), "id", ("history_date",))


def _is_equal(column: str) -> Exact:
    """Whether a version holds what another one does that is asked about; empty is a value as well."""
    own, other = (
        Coalesce(value, Value(""), output_field=CharField())
        for value in (F(column), OuterRef(column))
    )
    return Exact(own, other)


def _entries(rows: QuerySet[Any], *, without_repeated: bool = False) -> list[_Source]:
    """Public entries of initiatives: when they were recorded, and when withdrawn.

    ``without_repeated``, those aside that say again what another language version of their document says.
    """
    if rows.model is not Initiative:
        return []
    entries: list[Any] = [model._default_manager.using(rows.db) for model in ENTRIES]
    if without_repeated:
        view = CurrentView(using=rows.db)
        entries = [each.exclude(pk__in=said_again(view, each.model)) for each in entries]
    public = (each.filter(publication=Publication.PUBLIC).uncorrected() for each in entries)
    return [_Source(each, "initiative", ("withdrawn_at", "recorded_at")) for each in public]
