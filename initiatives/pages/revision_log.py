"""What changed in the record of an initiative, as the public could see it: fields and days, no names of staff."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import Max, Min, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from ..as_of.current import CurrentView
from ..models import DeliveryStatus, Initiative, Publication, Standing, Verifiability
from ..models.initiatives import InitiativeKind, InitiativeQuerySet
from ..partial_dates import PartialDate

# Versions that are read, latest first; more is for the archive.
MOST_VERSIONS = 200
LONGEST = 80

FIELDS: dict[str, StrOrPromise] = {
    "delivery_status": _("Delivery"),
    "standing": _("Standing"),
    "verifiability": _("Verifiability"),
    "title": _("Title"),
    "summary": _("Summary"),
    "kind": _("Kind"),
    "dialogue": _("Dialogue"),
    "raised_at": _("First raised at"),
    "due_on": _("Due"),
    "due_note": _("Due note"),
    "condition": _("Condition"),
}
WORDS = {
    "delivery_status": dict(DeliveryStatus.choices),
    "standing": dict(Standing.choices),
    "verifiability": dict(Verifiability.choices),
    "kind": dict(InitiativeKind.choices),
}
# Their values are keys of other records: that they changed is said, not from what to what.
KEYS = ("dialogue", "raised_at")


@dataclass(frozen=True)
class FieldRevision:
    """A field that changed; ``old`` and ``new`` are empty where only the fact is told."""

    label: StrOrPromise
    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class RevisionDay:
    """What changed on a day in the site's time zone; ``is_first`` is when it was published."""

    day: datetime.date
    changes: list[FieldRevision] = field(default_factory=list)
    is_first: bool = False


def with_revision_days(rows: InitiativeQuerySet) -> InitiativeQuerySet:
    """Rows with the moments of their first and their last version, which ``revision_days`` asks for."""
    versions = Initiative.history.model._default_manager.using(rows.db)
    row_versions = versions.filter(id=OuterRef("pk")).order_by().values("id")
    return rows.annotate(
        first_version=Subquery(row_versions.annotate(at=Min("history_date")).values("at")),
        last_version=Subquery(row_versions.annotate(at=Max("history_date")).values("at")),
    )


def revision_days(view: CurrentView, initiative: Initiative) -> list[RevisionDay]:
    """The days on which the public record of a public initiative changed, latest first.

    Days are compared by what stood at their end. What was a draft is passed over. One query; none for a row of
    ``with_revision_days`` that never changed after its first day, as most do not.
    """
    if (first := getattr(initiative, "first_version", None)) is not None:
        first, last = timezone.localdate(first), timezone.localdate(initiative.last_version)  # type: ignore[attr-defined]
        if first == last:
            return [RevisionDay(first, is_first=True)]
    rows = view.read(_versions, initiative.pk)
    is_complete = len(rows) <= MOST_VERSIONS
    rows.reverse()
    days: list[RevisionDay] = []
    before: dict[str, object] | None = None
    for day, day_rows in groupby(rows, lambda row: timezone.localdate(row["history_date"])):
        now = list(day_rows)[-1]
        if now["publication"] != Publication.PUBLIC:
            continue
        if before is None:
            if is_complete:
                days.append(RevisionDay(day, is_first=True))
        elif changes := [
            _field_revision(n, before[n], now[n]) for n in FIELDS if before[n] != now[n]
        ]:
            days.append(RevisionDay(day, changes))
        before = now
    return days[::-1]


def _versions(view: CurrentView, key: int) -> Any:
    versions = Initiative.history.model._default_manager.using(view.using).filter(id=key)
    rows = versions.order_by("-history_date", "-history_id")
    return rows.values("history_date", "publication", *FIELDS)[: MOST_VERSIONS + 1]


def _field_revision(name: str, old: object, new: object) -> FieldRevision:
    label = FIELDS[name]
    if name in KEYS or max(len(str(old)), len(str(new))) > LONGEST:
        return FieldRevision(label)
    return FieldRevision(label, _in_words(name, old), _in_words(name, new))


def _in_words(name: str, value: object) -> str:
    if not value:
        return "–"
    if name == "due_on":
        return PartialDate(str(value)).in_words
    return str(WORDS.get(name, {}).get(str(value), value))
