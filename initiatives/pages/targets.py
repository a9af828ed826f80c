"""What was promised in numbers, and what documents report of it: all readings, the last one against the promise."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from ..as_of.current import CurrentView
from ..models import Bound, Citation, StatusUpdate, Target
from ..models.readings import reading_in_words
from ..models.relations import IN_WORDS
from ..partial_dates import PartialDate
from ..pictures import charts


@dataclass(frozen=True)
class TargetBar:
    """The last reading of a target against its value, ``length`` of 100; below a ceiling nothing is lacking."""

    target: Target
    update: StatusUpdate
    length: str

    @property
    def in_words(self) -> str:
        """“320 of at least 500 people”."""
        return reading_in_words(self.update)

    @property
    def is_ceiling(self) -> bool:
        return self.target.bound == Bound.UP_TO


@dataclass(frozen=True)
class ShownTarget:
    """One promise in numbers: a target, or several of one metric and period in different currencies."""

    targets: Sequence[Target]
    readings: Sequence[StatusUpdate]
    bars: Sequence[TargetBar] = field(default_factory=list)

    @property
    def metric(self) -> str:
        return self.targets[0].metric

    @property
    def units(self) -> list[str]:
        """What is counted, within its words."""
        return [target.unit for target in self.targets if target.unit]

    @property
    def period(self) -> PartialDate | None:
        period: PartialDate | None = self.targets[0].period
        return period

    @property
    def in_words(self) -> str:
        """“up to EUR 300 million or USD 320 million”; empty where no value was promised."""
        promised = [target for target in self.targets if target.value is not None]
        bounds = {target.bound for target in promised}
        if len(promised) < 2 or len(bounds) > 1:
            return _either([target.in_words for target in promised])
        numbers = [target.quantity(target.value) for target in promised if target.value is not None]
        words = IN_WORDS.get(Bound(bounds.pop()))
        joined = _either(numbers)
        return str(words % {"number": joined}) if words else joined

    @property
    def due_dates(self) -> list[PartialDate]:
        return list(dict.fromkeys(target.due_on for target in self.targets if target.due_on))

    @property
    def notes(self) -> list[str]:
        return list(dict.fromkeys(target.note for target in self.targets if target.note))

    @property
    def sources(self) -> list[Citation]:
        """One citation for each place of a document; ``attach_sources`` has read them."""
        rows: list[Any] = [row for target in self.targets for row in target.sources]  # type: ignore[attr-defined]
        return list({(row.report_id, row.locator): row for row in rows}.values())


def _either(values: Sequence[str]) -> str:
    first, *others = values or [""]
    for other in others:
        first = _("%(one)s or %(other)s") % {"one": first, "other": other}
    return first


def attach_readings(targets: Iterable[Target], view: CurrentView) -> None:
    """Set ``reported``, the readings of each target that stand, the last one at the end; one query."""
    by_key = {target.pk: target for target in targets}
    of_target: dict[int, list[StatusUpdate]] = defaultdict(list)
    if by_key:
        updates = view.updates().filter(target__in=by_key).select_related("report")
        for update in updates.order_by(F("on").asc(nulls_first=True), "recorded_at", "pk"):
            update.target = by_key[update.target_id or 0]
            of_target[update.target_id or 0].append(update)
    for key, target in by_key.items():
        target.reported = of_target[key]  # type: ignore[attr-defined]


def shown_targets(targets: Iterable[Target], view: CurrentView) -> list[ShownTarget]:
    """The promises of an initiative as its page shows them, in the order of metrics and periods."""
    rows = sorted(targets, key=lambda t: (t.metric, _last_day(t.period), t.unit, t.currency))
    attach_readings(rows, view)
    # What was promised in no number is there while a document reports one, or a note tells of it.
    rows = [row for row in rows if row.value is not None or row.reported or row.note]  # type: ignore[attr-defined]
    return [_shown(list(group)) for _key, group in groupby(rows, key=_alternatives)]


def _last_day(date: PartialDate | None) -> datetime.date:
    """Where a date stands among others; nowhere given before all."""
    return date.last_day if date else datetime.date.min


def _alternatives(target: Target) -> tuple[object, ...]:
    """What targets have in common of which one was promised: the same in another currency."""
    is_money = target.currency and target.value is not None
    return (target.metric, target.period, True if is_money else target.pk)


def _shown(targets: list[Target]) -> ShownTarget:
    readings: list[StatusUpdate] = [row for target in targets for row in target.reported]  # type: ignore[attr-defined]
    readings.sort(key=lambda update: _last_day(update.on))
    bars = []
    for target in targets:
        last = target.reported[-1:]  # type: ignore[attr-defined]
        length = charts.reached(target.value, last[0].value) if last else ""
        bars += [TargetBar(target, last[0], length)] if length else []
    return ShownTarget(targets, readings, bars)
