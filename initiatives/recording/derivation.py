"""Standing, delivery and verifiability of an initiative, from its public entries.

Standing is the strongest of proposed < supported < undertaken < adopted; a later “not taken up” undoes what came before
it. Delivery is the latest update of the whole initiative; updates of one participant's own part count only where there
is none of the whole. Of several criteria the latest holds. Nothing here writes.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from copy import copy
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.db.models import QuerySet
from django.utils import timezone
from pyroaring import BitMap

from ..models import (
    Act,
    Citation,
    DeliveryStatus,
    EvidenceGrade,
    Initiative,
    Standing,
    StatusUpdate,
)
from ..models.vocabulary import UNKNOWN_STATUSES
from ..partial_dates import sort_key
from .due_dates import DueStatement, count_moves
from .entry_rows import EntriesOf
from .initiative_columns import ByInitiative, InitiativeColumns, merged, union
from .summaries import (
    CriterionSummary,
    Entries,
    MentionSummary,
    UpdateSummary,
    read_entries,
)
from .summaries_of_many import read_entries_of_many

T = TypeVar("T")

DERIVED = [
    "standing",
    "standing_report",
    "delivery_status",
    "status_grade",
    "latest_update_on",
    "latest_update_report",
    "delivered_on",
    "last_heard_on",
    "verifiability",
    "criterion_recorded_on",
    "status_recorded_on",
    "due_on",
    "due_at",
    "due_note",
    "due_dropped",
    "due_moves",
    "condition",
    "condition_report",
]

# Those of them that decide in what lists and flags of initiatives one is, and no words or documents.
OF_MANY = [
    "standing",
    "delivery_status",
    "status_grade",
    "latest_update_on",
    "delivered_on",
    "last_heard_on",
    "verifiability",
    "criterion_recorded_on",
    "status_recorded_on",
    "due_on",
    "condition",
]

# Whoever is alone, whatever its key.
ONE = BitMap([0])
STRENGTH = [Act.PROPOSED, Act.SUPPORTED, Act.UNDERTAKEN, Act.ADOPTED]
# The best evidence first.
GRADES = EvidenceGrade.values


def _column(name: str) -> str:
    return Initiative._meta.get_field(name).attname  # type: ignore[union-attr]


def standing(mentions: Sequence[MentionSummary]) -> tuple[Standing, int | None]:
    """Standing and the report it rests on (the first that took it so far), from mentions in order of their dates."""
    reached, place = _standing_by_acts(tuple([mention.act for mention in mentions]))
    return reached, None if place is None else mentions[place].report


# Few orders of acts are met, most of them over and over.
@lru_cache(maxsize=1000)
def _standing_by_acts(acts: Sequence[str]) -> tuple[Standing, int | None]:
    """Standing, and which of the acts took it so far."""
    last_no = max((i for i, act in enumerate(acts) if act == Act.NOT_TAKEN_UP), default=-1)
    best, rests_on = -1, None
    for place, act in enumerate(acts[last_no + 1 :], last_no + 1):
        strength = STRENGTH.index(Act(act)) if act in STRENGTH else -1
        if strength > best:
            best, rests_on = strength, place
    if best >= 0:
        return Standing(STRENGTH[best].value), rests_on
    if last_no >= 0:
        return Standing.NOT_TAKEN_UP, last_no
    return Standing.MENTIONED, 0 if acts else None


class Told(NamedTuple):
    """What follows from the mentions of an initiative; ``due`` is None where none speaks of the due date."""

    standing: Standing
    standing_report: int | None
    due: DueStatement | None
    due_moves: int
    condition: str
    condition_report: int | None
    last_on: str


def told_by(mentions: Sequence[MentionSummary]) -> Told:
    """What follows from mentions in order of their dates."""
    reached, rests_on = standing(mentions)
    statements = [mention.due for mention in mentions if mention.due]
    stating = [mention for mention in mentions if mention.condition is not None]
    condition = (stating[-1].condition or "") if stating else ""
    return Told(
        reached,
        rests_on,
        statements[-1] if statements else None,
        count_moves(statements),
        condition,
        stating[-1].report if condition else None,
        mentions[-1].on if mentions else "",
    )


def judged_by(criteria: Sequence[CriterionSummary]) -> tuple[str, datetime.date | None]:
    """Whether it can be verified, and when that was first recorded."""
    if not criteria:
        return "", None
    return criteria[-1].verifiability, min(criterion.recorded_on for criterion in criteria)


class Delivery(NamedTuple):
    """What follows from updates: contents, each with the initiatives of which it is so; of one initiative one each."""

    decides: ByInitiative[UpdateSummary]
    grade: ByInitiative[str]
    delivered_on: ByInitiative[str]
    heard_on: ByInitiative[str]


def delivery(updates: ByInitiative[UpdateSummary]) -> Delivery:
    """What follows from updates in order of their dates, each with the initiatives that it is of.

    The best evidence is that for the status, from the updates that decide: what is said of one participant's part is no
    evidence for the whole.
    """
    candidates = _deciding(updates)
    decides = _first_of_each(reversed(candidates))
    with_status: dict[str, BitMap] = defaultdict(BitMap)
    for update, of in decides:
        with_status[update.status] |= of
    of_kind: dict[str, BitMap] = defaultdict(BitMap)
    for update, of in candidates:
        for kind in update.kinds:
            of_kind[kind] |= of & with_status[update.status]
    # In the order of their dates, the first is the earliest and the last the latest.
    delivered = [
        (update.on, of)
        for update, of in updates
        if update.status == DeliveryStatus.DELIVERED and update.on and update.whole
    ]
    # Neither a look that is still to come nor one that found nothing is hearing of it.
    heard = [(update.on, of) for update, of in updates if update.status not in UNKNOWN_STATUSES]
    return Delivery(
        decides,
        _first_of_each((grade, of_kind[grade]) for grade in GRADES),
        _first_of_each(delivered),
        _first_of_each(reversed(heard)),
    )


def _deciding(updates: ByInitiative[UpdateSummary]) -> ByInitiative[UpdateSummary]:
    """The updates that say how initiatives as such stand: of the whole, or all where there is none of the whole.

    What only reports a value of a target says nothing of that.
    """
    with_status = [(update, of) for update, of in updates if update.status]
    of_whole = union(of for update, of in with_status if update.whole)
    return [(update, of if update.whole else of - of_whole) for update, of in with_status]


def _first_of_each(contents: Iterable[tuple[T, BitMap]]) -> ByInitiative[T]:
    """Of each initiative the first."""
    first, seen = [], BitMap()
    for content, of in contents:
        if fresh := of - seen:
            seen |= fresh
            first.append((content, fresh))
    return first


def deciding(updates: Sequence[UpdateSummary]) -> Sequence[UpdateSummary]:
    """The updates of one initiative that say how it as such stands."""
    return [update for update, of in _deciding([(update, ONE) for update in updates]) if of]


def latest(updates: Sequence[UpdateSummary]) -> UpdateSummary | None:
    """The update that decides, from updates of one initiative in order of their dates (undated first)."""
    candidates = deciding(updates)
    return candidates[-1] if candidates else None


def last_signs(signs: Iterable[tuple[str, BitMap]]) -> ByInitiative[str]:
    """The last sign of life of each initiative, from dates in any order."""
    dated = merged((on, of) for on, of in signs if on)
    return _first_of_each(sorted(dated.items(), key=lambda sign: sort_key(sign[0]), reverse=True))


def derive(initiatives: Sequence[Initiative]) -> list[Initiative]:
    """Set the derived columns of initiatives (``raised_at`` selected) and return those that changed.

    Four queries, however many there are.
    """
    entries = read_entries([initiative.pk for initiative in initiatives])
    changed = []
    for initiative in initiatives:
        before = [getattr(initiative, _column(name)) for name in DERIVED]
        _apply(initiative, entries[initiative.pk])
        if [getattr(initiative, _column(name)) for name in DERIVED] != before:
            changed.append(initiative)
    return changed


def derive_from(
    initiatives: Sequence[Initiative],
    entries: EntriesOf,
    borne_out: QuerySet[Citation],
) -> list[Initiative]:
    """Set the derived columns as if these entries and citations were all; return the initiatives they speak of."""
    keys = [initiative.pk for initiative in initiatives]
    if not keys:
        return []
    known = read_entries(keys, (), entries, borne_out)
    spoken_of = []
    for initiative in initiatives:
        of_it = known[initiative.pk]
        _apply(initiative, of_it)
        if of_it.mentions or of_it.updates:
            spoken_of.append(initiative)
    return spoken_of


def derive_with(
    updates: Sequence[StatusUpdate], *, without: Collection[int] = ()
) -> Sequence[tuple[Initiative, Sequence[MentionSummary], Sequence[UpdateSummary], UpdateSummary]]:
    """What each initiative would be if its update (one each, not yet written) were public as well.

    ``without`` are primary keys of updates that it would take the place of. For each update: a copy of its initiative
    with the derived columns that it would have, the mentions and updates they come from, and the update among them.
    """
    keys = [update.initiative_id for update in updates]
    existing, today = read_entries(keys, without), timezone.localdate()
    results = []
    for update in updates:
        key, report = update.initiative_id, update.report
        new = UpdateSummary(
            update.status,
            update.on or "",
            report.pk if report else None,
            not update.participant_id,
            today,
            (report.grade,) if report else (),
        )
        entries = existing[key]
        combined = sorted([*entries.updates, new], key=lambda summary: sort_key(summary.on))
        initiative = copy(update.initiative)
        _apply(initiative, Entries(entries.mentions, combined, entries.criteria))
        results.append((initiative, entries.mentions, combined, new))
    return results


def _apply(initiative: Initiative, entries: Entries) -> None:
    mentions, updates, criteria = entries
    told = told_by(mentions)
    initiative.standing, initiative.standing_report_id = told.standing, told.standing_report
    due = told.due or DueStatement(initiative.unsourced_due_on, note=initiative.unsourced_due_note)
    initiative.due_on, initiative.due_at_id, initiative.due_note = due.on, due.meeting, due.note
    initiative.due_dropped, initiative.due_moves = due.is_dropped, told.due_moves
    initiative.condition, initiative.condition_report_id = told.condition, told.condition_report

    done = delivery([(update, ONE) for update in updates])
    decides = _only(done.decides)
    initiative.delivery_status = decides.status if decides else DeliveryStatus.NOT_REVIEWED
    initiative.status_grade = _only(done.grade) or ""
    initiative.latest_update_on = (decides.on or None) if decides else None
    initiative.latest_update_report_id = decides.report if decides else None
    initiative.delivered_on = _only(done.delivered_on)
    raised_on = initiative.raised_at.starts_on if initiative.raised_at else None
    signs = (*done.heard_on, (told.last_on, ONE), (raised_on or "", ONE))
    initiative.last_heard_on = _only(last_signs(signs))

    initiative.verifiability, initiative.criterion_recorded_on = judged_by(criteria)
    # A day is kept only where there is something to compare it with.
    is_rated = criteria and decides and decides.status != DeliveryStatus.NOT_REVIEWED
    initiative.status_recorded_on = decides.recorded_on if decides and is_rated else None


def _only(contents: ByInitiative[T]) -> T | None:
    return contents[0][0] if contents else None


def derive_columns(
    known: InitiativeColumns,
    raised_on: ByInitiative[str],
    entries: EntriesOf,
    borne_out: QuerySet[Citation],
    *,
    keys: Collection[int] | None = None,
) -> BitMap:
    """Set ``OF_MANY`` columns of many initiatives, as ``derive_from`` does of rows; return those that entries speak of.

    ``raised_on`` are the dates on which they were raised; ``keys`` name them where not nearly all rows are theirs.
    """
    mentions, last_on, updates, criteria = read_entries_of_many(keys, entries, borne_out)
    said: dict[str, ByInitiative[Any]] = defaultdict(list)
    for story, of in mentions.items():
        told = told_by(story)
        said["standing"].append((told.standing.value, of))
        said["condition"].append((told.condition, of))
        if told.due:
            said["due_on"].append((told.due.on, of))
    mentioned = union(mentions.values())
    with_due = union(of for _on, of in said["due_on"])
    said["standing"].append((told_by(()).standing.value, known.all - mentioned))
    said["due_on"] += [(on, of - with_due) for on, of in known["unsourced_due_on"].items()]

    done = delivery(updates)
    rated = BitMap(criteria)
    decided = union(of for _decides, of in done.decides)
    for decides, of in done.decides:
        said["delivery_status"].append((decides.status, of))
        said["latest_update_on"].append((decides.on, of))
        if decides.status != DeliveryStatus.NOT_REVIEWED and (of_rated := of & rated):
            said["status_recorded_on"].append((decides.recorded_on, of_rated))
    said["delivery_status"].append((DeliveryStatus.NOT_REVIEWED.value, known.all - decided))
    said["status_grade"], said["delivered_on"] = [*done.grade], [*done.delivered_on]
    said["last_heard_on"] = [*last_signs([*raised_on, *last_on.items(), *done.heard_on])]
    for initiative, stated in criteria.items():
        verifiability, recorded_on = judged_by(stated)
        said["verifiability"].append((verifiability, BitMap([initiative])))
        said["criterion_recorded_on"].append((recorded_on, BitMap([initiative])))
    for name in OF_MANY:
        known.set(name, said[name])
    return (mentioned | union(of for _update, of in updates)) & known.all
