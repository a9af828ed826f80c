"""Which document last told of an initiative, beside the date of that in lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import F, Q

from ..as_of.current import CurrentView
from ..models import Initiative
from ..models.vocabulary import UNKNOWN_STATUSES


class Source(NamedTuple):
    """A document by its id, publisher and title, and the address of its original, which may be empty."""

    slug: str
    publisher: str
    title: str
    url: str


# The columns of a document along the way to it.
OF_REPORT = tuple(f"report__{name}" for name in Source._fields)


def attach_last_heard(view: CurrentView, initiatives: Iterable[Initiative]) -> None:
    """Set ``heard_in`` of rows of a list: the document of the date on which it was last heard of; two queries.

    None where that is the day of the meeting that raised it, of which no document gives a later date. A status goes
    before a mention of the same date, as it says more; of several the last that was recorded.
    """
    dates = {row.pk: row.last_heard_on for row in initiatives if row.last_heard_on}
    found: dict[int, Source] = {}
    for build in (_mentions, _updates):
        for key, on, of_head, *of_report in view.read(build, [*dates]) if dates else ():
            if dates.get(key) in (on, of_head):
                found[key] = Source(*of_report)
    for row in initiatives:
        row.heard_in = found.get(row.pk)


def _mentions(view: CurrentView, keys: Sequence[int]) -> Any:
    rows = view.mentions().filter(initiative__in=keys, report__isnull=False)
    if not view.is_past:
        heard = F("initiative__last_heard_on")
        of_head = Q(report__translation_of__published_on=heard)
        rows = rows.filter(Q(report__published_on=heard) | of_head)
    dates = ("report__published_on", "report__translation_of__published_on")
    return rows.order_by("recorded_at", "pk").values_list("initiative", *dates, *OF_REPORT)


def _updates(view: CurrentView, keys: Sequence[int]) -> Any:
    rows = view.updates().filter(initiative__in=keys, report__isnull=False)
    rows = rows.exclude(status__in=UNKNOWN_STATUSES)
    if not view.is_past:
        rows = rows.filter(on=F("initiative__last_heard_on"))
    return rows.order_by("recorded_at", "pk").values_list("initiative", "on", "on", *OF_REPORT)
