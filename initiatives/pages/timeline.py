"""What documents said of an initiative and what was done about it, as one story from the first day on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import merge
from itertools import islice

from django.db.models import F, QuerySet

from ..models import Mention, StatusUpdate
from ..query.pagination import Page, paginate_uncounted


@dataclass(frozen=True)
class TimelineStep:
    """A mention or an update, by the date of its document or that as of which it holds."""

    on: str | None
    mention: Mention | None = None
    update: StatusUpdate | None = None


def timeline(
    mentions: QuerySet[Mention],
    updates: QuerySet[StatusUpdate],
    number: int,
    *,
    per: int,
    address: Callable[[int], str],
) -> Page[TimelineStep]:
    """A page (from 1) of the story, undated steps first; two queries. Raises Http404 for an empty one but the first.

    Of both kinds as many are read as the pages so far can hold, whichever of them come first.
    """
    last = number * per + 1
    mentions = mentions.select_related("report").order_by(
        F("report__published_on").asc(nulls_first=True), "recorded_at", "pk"
    )
    updates = updates.select_related("report", "participant").order_by(
        F("on").asc(nulls_first=True), "recorded_at", "pk"
    )
    steps = merge(
        [TimelineStep(row.report.published_on, mention=row) for row in mentions[:last]],
        [TimelineStep(row.on, update=row) for row in updates[:last]],
        key=lambda step: step.on or "",
    )
    return paginate_uncounted(islice(steps, last - per - 1, last), number, per=per, address=address)
