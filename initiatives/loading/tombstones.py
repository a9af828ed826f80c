"""What was removed for good is not loaded again, and of what is withdrawn nothing new is."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from ..models import ENTRY_OF, Correction, CorrectionSubject, Initiative
from ..partial_dates import PartialDate
from ..recording.record_ids import AddressBook
from .kinds import CHUNK
from .problems import Problem
from .said import phrased

if TYPE_CHECKING:
    from .plan_types import Plan

HINT = phrased("take it out of the file: what was removed is not loaded again")


def removed_initiatives() -> dict[str, Correction]:
    """The tombstones of initiatives, by id."""
    lines = Correction.objects.tombstones().filter(subject=CorrectionSubject.INITIATIVE)
    return {line.key: line for line in lines}


def _day_and_reason(tombstone: Correction) -> dict[str, Any]:
    return {"day": PartialDate(timezone.localdate(tombstone.at)), "reason": tombstone.reason}


def explain(tombstone: Correction) -> tuple[str, str]:
    """What is wrong with a reference to an initiative that was removed, and what is to be done."""
    about = {"key": tombstone.key, **_day_and_reason(tombstone)}
    return phrased("the initiative “%(key)s” was removed on %(day)s: %(reason)s", **about), HINT


def check_removed_entries(plan: Plan, book: AddressBook) -> Iterator[Problem]:
    """New entries in the place of one that was removed: of the same report and initiative, by act or date.

    Nothing is kept of the text, so that it is known by its place; and a person may record it at the desk.
    """
    lines = Correction.objects.tombstones().exclude(subject=CorrectionSubject.INITIATIVE)
    places = {(line.subject, place_of(line.key, book)): line for line in lines}
    for to_write in plan.entries.to_write if places else ():
        entry = to_write.statement
        line = places.get((ENTRY_OF[entry.kind].subject, place_of(to_write.ref, book)))
        if line and to_write.corrects is None:
            about = {"name": to_write.item.name, **_day_and_reason(line)}
            what = phrased("%(name)s was removed on %(day)s: %(reason)s", **about)
            yield Problem(entry.document.name, entry.line(), what, HINT)


def place_of(ref: str, book: AddressBook) -> str:
    """Report and initiative, by their ids of today, and act or date of a ref, without its number."""
    report, initiative, *what = ref.split("/")
    return "/".join([book.now("report", report), book.now("initiative", initiative), *what[:1]])


def check_withdrawn_initiatives(plan: Plan) -> Iterator[Problem]:
    """New entries and corrections of what is withdrawn: nobody would see them."""
    entries = [to_write.statement for to_write in plan.entries.to_write]
    slugs = sorted({entry.initiative for entry in entries} - plan.reinstated.keys())
    withdrawn: dict[str, datetime.datetime | None] = {}
    for start in range(0, len(slugs), CHUNK):
        rows = Initiative.objects.filter(
            slug__in=slugs[start : start + CHUNK], withdrawn_at__isnull=False
        )
        withdrawn |= dict(rows.values_list("slug", "withdrawn_at"))
    for entry in entries:
        if at := withdrawn.get(entry.initiative):
            day = PartialDate(timezone.localdate(at))
            what = phrased(
                "the initiative “%(key)s” was withdrawn on %(day)s", key=entry.initiative, day=day
            )
            hint = phrased(
                "take this out of the file, or record the initiative anew at the desk first"
            )
            yield Problem(entry.document.name, entry.line(), what, hint)
