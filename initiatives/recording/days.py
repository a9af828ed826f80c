"""Which days a status may be of: one rule for people who type and for files."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.utils import timezone

from ..partial_dates import PartialDate


def is_to_come(on: str, today: datetime.date | None = None) -> bool:
    """Whether all of a day, month or year is still to come."""
    return PartialDate(on).first_day > (today or timezone.localdate())


def proposal_day(
    raised_on: str | None, published_on: Mapping[str, str | None], cited: str
) -> PartialDate | None:
    """When an initiative was proposed: at the meeting that raised it, else by the first document that mentions it.

    ``published_on`` are the days of those documents by their ids, ``cited`` is the one that reports a status: where it
    mentions the initiative too, it tells of a proposal that may be older. None where nobody knows, as where one of the
    documents has no date. A status that ends before that day needs a note; a value of a target alone does not, since
    it may be the one that the promise begins with.
    """
    if raised_on:
        return PartialDate(raised_on)
    days = published_on.values()
    is_known = all(days) and cited not in published_on
    return min(map(PartialDate, filter(None, days))) if days and is_known else None


def is_before(on: str, proposed_on: PartialDate | None) -> bool:
    """Whether a status is certainly older than the proposal."""
    return proposed_on is not None and PartialDate(on).ends_before(proposed_on)
