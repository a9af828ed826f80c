"""Standing, delivery and verifiability of an initiative, from its public entries.

Standing is the strongest of proposed < supported < undertaken < adopted; a later “not taken up” undoes what came before
it. Delivery is the latest update of the whole initiative; updates of one participant's own part count only where there
is none of the whole. Of several criteria the latest holds. Nothing here writes.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from ..models import (
    Act,
    AnyEntry,
    Citation,
    Criterion,
    DeliveryStatus,
    EvidenceGrade,
    Initiative,
    Mention,
    Publication,
    Standing,
    StatusUpdate,
)
from ..models.vocabulary import UNKNOWN_STATUSES
from ..partial_dates import sort_key
from .due_dates import DUE_COLUMNS, DueStatement, count_moves, statement_of_columns

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

# What a mention may say beside its act.
SAID_BESIDES = ("condition", "condition_lifted", *DUE_COLUMNS)
# The entries of a kind that count, as a queryset.
EntriesOf = Callable[[type[AnyEntry]], QuerySet[Any]]

STRENGTH = [Act.PROPOSED, Act.SUPPORTED, Act.UNDERTAKEN, Act.ADOPTED]


@dataclass(slots=True)
class MentionSummary:
    """A public, current mention: its act, the date (its text, may be empty) and the key of its report.

    ``due`` is what it says of the due date, ``condition`` what it says of a condition: empty where it lifts one, None
    where it says nothing of it.
    """

    act: str
    on: str
    report: int
    due: DueStatement | None = None
    condition: str | None = None


@dataclass(slots=True)
class UpdateSummary:
    """A public, current status update with the kinds of all reports that bear it out; a reading may have no status."""

    status: str
    on: str
    report: int | None
    whole: bool
    recorded_on: datetime.date
    kinds: list[str] = field(default_factory=list)


@dataclass(slots=True)
class CriterionSummary:
    """A public, current criterion: whether it can be verified, its date (may be empty), when it was recorded."""

    verifiability: str
    on: str
    recorded_on: datetime.date


@dataclass(slots=True)
class Entries:
    """What stands of one initiative, each kind in the order of its dates."""

    mentions: list[MentionSummary]
    updates: list[UpdateSummary]
    criteria: list[CriterionSummary]


def standing(mentions: Sequence[MentionSummary]) -> tuple[Standing, int | None]:
    """Standing and the report it rests on (the first that took it so far), from mentions in order of their dates."""
    last_no = max((i for i, m in enumerate(mentions) if m.act == Act.NOT_TAKEN_UP), default=-1)
    best, rests_on = -1, None
    for mention in mentions[last_no + 1 :]:
        strength = STRENGTH.index(Act(mention.act)) if mention.act in STRENGTH else -1
        if strength > best:
            best, rests_on = strength, mention.report
    if best >= 0:
        return Standing(STRENGTH[best].value), rests_on
    if last_no >= 0:
        return Standing.NOT_TAKEN_UP, mentions[last_no].report
    return Standing.MENTIONED, mentions[0].report if mentions else None


def set_due(initiative: Initiative, mentions: Sequence[MentionSummary]) -> None:
    """Set by when it is due and under which condition, from mentions in order of their dates."""
    statements = [mention.due for mention in mentions if mention.due]
    unsourced = DueStatement(initiative.unsourced_due_on, note=initiative.unsourced_due_note)
    due = statements[-1] if statements else unsourced
    initiative.due_on, initiative.due_at_id, initiative.due_note = due.on, due.meeting, due.note
    initiative.due_dropped, initiative.due_moves = due.is_dropped, count_moves(statements)
    stating = [mention for mention in mentions if mention.condition is not None]
    initiative.condition = (stating[-1].condition or "") if stating else ""
    initiative.condition_report_id = stating[-1].report if initiative.condition else None


def deciding(updates: Sequence[UpdateSummary]) -> Sequence[UpdateSummary]:
    """The updates that say how the initiative as such stands: of the whole, or all where there is none of the whole.

    What only reports a value of a target says nothing of that.
    """
    with_status = [update for update in updates if update.status]
    return [update for update in with_status if update.whole] or with_status


def latest(updates: Sequence[UpdateSummary]) -> UpdateSummary | None:
    """The update that decides, from updates in order of their dates (undated first)."""
    candidates = deciding(updates)
    return candidates[-1] if candidates else None


def best_grade(updates: Sequence[UpdateSummary], status: str) -> str:
    """The best evidence for a status; empty where no report bears it out.

    What is said of one participant's part is no evidence for the whole.
    """
    kinds = {
        kind for update in deciding(updates) if update.status == status for kind in update.kinds
    }
    return next((grade.value for grade in EvidenceGrade if grade.value in kinds), "")


def derive(initiatives: Sequence[Initiative]) -> list[Initiative]:
    """Set the derived columns of initiatives (``raised_at`` selected) and return those that changed.

    Four queries, however many there are.
    """
    entries = _read([initiative.pk for initiative in initiatives])
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
    known = _read(keys, (), entries, borne_out)
    for initiative in initiatives:
        _apply(initiative, known[initiative.pk])
    return [row for row in initiatives if known[row.pk].mentions or known[row.pk].updates]


def derive_with(
    updates: Sequence[StatusUpdate], *, without: Collection[int] = ()
) -> Sequence[tuple[Initiative, Sequence[MentionSummary], Sequence[UpdateSummary], UpdateSummary]]:
    """What each initiative would be if its update (one each, not yet written) were public as well.

    ``without`` are primary keys of updates that it would take the place of. For each update: a copy of its initiative
    with the derived columns that it would have, the mentions and updates they come from, and the update among them.
    """
    keys = [update.initiative_id for update in updates]
    existing, today = _read(keys, without), timezone.localdate()
    results = []
    for update in updates:
        key, report = update.initiative_id, update.report
        new = UpdateSummary(
            update.status,
            update.on or "",
            report.pk if report else None,
            not update.participant_id,
            today,
        )
        new.kinds = [report.kind] if report else []
        entries = existing[key]
        combined = sorted([*entries.updates, new], key=lambda summary: sort_key(summary.on))
        initiative = copy(update.initiative)
        _apply(initiative, Entries(entries.mentions, combined, entries.criteria))
        results.append((initiative, entries.mentions, combined, new))
    return results


def _column(name: str) -> str:
    return Initiative._meta.get_field(name).attname  # type: ignore[union-attr]


def _apply(initiative: Initiative, entries: Entries) -> None:
    mentions, updates, criteria = entries.mentions, entries.updates, entries.criteria
    initiative.standing, initiative.standing_report_id = standing(mentions)
    set_due(initiative, mentions)
    decides = latest(updates)
    initiative.delivery_status = decides.status if decides else DeliveryStatus.NOT_REVIEWED
    initiative.status_grade = best_grade(updates, initiative.delivery_status)
    initiative.latest_update_on = (decides.on or None) if decides else None
    initiative.latest_update_report_id = decides.report if decides else None
    delivered = [u.on for u in updates if u.status == DeliveryStatus.DELIVERED and u.on and u.whole]
    initiative.delivered_on = min(delivered, key=sort_key, default=None)
    raised_on = initiative.raised_at.starts_on if initiative.raised_at else None
    # Neither a look that is still to come nor one that found nothing is hearing of it.
    heard = [u.on for u in updates if u.status not in UNKNOWN_STATUSES]
    signs = [*heard, *(mention.on for mention in mentions), raised_on or ""]
    initiative.last_heard_on = max(signs, key=sort_key) or None

    initiative.verifiability = criteria[-1].verifiability if criteria else ""
    initiative.criterion_recorded_on = min((c.recorded_on for c in criteria), default=None)
    # A day is kept only where there is something to compare it with.
    is_rated = criteria and decides and decides.status != DeliveryStatus.NOT_REVIEWED
    initiative.status_recorded_on = decides.recorded_on if decides and is_rated else None


def standing_entries(model: type[AnyEntry]) -> QuerySet[Any]:
    """What is public and stands today, of drafts of initiatives too."""
    return model.objects.current().filter(publication=Publication.PUBLIC)


def _read(
    keys: list[int],
    without: Collection[int] = (),
    entries: EntriesOf = standing_entries,
    borne_out: QuerySet[Citation] | None = None,
) -> dict[int, Entries]:
    """What stands of each initiative, but for the updates ``without``."""
    mentions, criteria = _mentions(keys, entries), _criteria(keys, entries)
    updates = _updates(keys, without, entries, borne_out)
    return {key: Entries(mentions[key], updates[key], criteria[key]) for key in keys}


def _mentions(keys: list[int], entries: EntriesOf) -> dict[int, list[MentionSummary]]:
    rows = (
        entries(Mention)
        .filter(initiative__in=keys)
        .order_by("recorded_at", "pk")
        .values_list("initiative", "act", "report__published_on", "report", *SAID_BESIDES)
    )
    grouped: dict[int, list[MentionSummary]] = defaultdict(list)
    for initiative, act, on, report, condition, is_lifted, *of_due in rows:
        due = statement_of_columns(*of_due)
        stated = "" if is_lifted else condition or None
        grouped[initiative].append(MentionSummary(act, on or "", report, due, stated))
    for mentions in grouped.values():
        mentions.sort(key=lambda mention: sort_key(mention.on))
    return grouped


def _criteria(keys: list[int], entries: EntriesOf) -> dict[int, list[CriterionSummary]]:
    rows = (
        entries(Criterion)
        .filter(initiative__in=keys)
        .order_by("recorded_at", "pk")
        .values_list("initiative", "verifiability", Criterion.dated_by, "recorded_at")
    )
    grouped: dict[int, list[CriterionSummary]] = defaultdict(list)
    for initiative, verifiability, on, recorded_at in rows:
        recorded_on = timezone.localdate(recorded_at)
        grouped[initiative].append(CriterionSummary(verifiability, on or "", recorded_on))
    for criteria in grouped.values():
        criteria.sort(key=lambda criterion: sort_key(criterion.on))
    return grouped


def _updates(
    keys: list[int],
    without: Collection[int],
    entries: EntriesOf,
    borne_out: QuerySet[Citation] | None,
) -> dict[int, list[UpdateSummary]]:
    if borne_out is None:
        borne_out = Citation.objects.all()
    rows = (
        entries(StatusUpdate)
        .filter(initiative__in=keys)
        .exclude(pk__in=without)
        .order_by("recorded_at", "pk")
        .values_list(
            "pk",
            "initiative",
            "status",
            "on",
            "report",
            "report__kind",
            "participant",
            "recorded_at",
        )
    )
    grouped: dict[int, list[UpdateSummary]] = defaultdict(list)
    by_key: dict[int, UpdateSummary] = {}
    for pk, initiative, status, on, report, kind, participant, recorded_at in rows:
        recorded_on = timezone.localdate(recorded_at)
        update = by_key[pk] = UpdateSummary(
            status, on or "", report, participant is None, recorded_on
        )
        update.kinds += [kind] if kind else []
        grouped[initiative].append(update)
    borne_out = borne_out.filter(status_update__initiative__in=keys).order_by()
    for pk, kind in borne_out.values_list("status_update", "report__kind"):
        if pk in by_key:
            by_key[pk].kinds.append(kind)
    for updates in grouped.values():
        updates.sort(key=lambda update: sort_key(update.on))
    return grouped
