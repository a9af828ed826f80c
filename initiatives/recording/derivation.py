"""Standing, delivery and verifiability of an initiative, from its public entries.

Standing is the strongest of proposed < supported < undertaken < adopted; a later “not taken up” undoes what came before
it. Delivery is the latest update of the whole initiative; updates of one participant's own part count only where there
is none of the whole. Of several criteria the latest holds. Nothing here writes.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple, TypeVar

from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast
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
from ..models.compiled import read_compiled
from ..models.initiatives import InitiativeFacts, InitiativeQuerySet
from ..models.reports import earlier_day, weaker_grade
from ..models.vocabulary import UNKNOWN_STATUSES
from ..partial_dates import of_column, sort_key
from .due_dates import DUE_COLUMNS, DueStatement, count_moves, statement_of_columns

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

# Keys by which a query asks for rows; to name more costs more than to read them all.
MOST_NAMED = 5000
# Rows that are fetched at once.
CHUNK = 2000
# What a mention may say beside its act.
SAID_BESIDES = ("condition", "condition_lifted", *DUE_COLUMNS)
# The entries of a kind that count, as a queryset.
EntriesOf = Callable[[type[AnyEntry]], QuerySet[Any]]

STRENGTH = [Act.PROPOSED, Act.SUPPORTED, Act.UNDERTAKEN, Act.ADOPTED]
# The best evidence first.
GRADES = EvidenceGrade.values
# The kind of a document, and that of the document of which it is a language version.
GRADE_COLUMNS = ("report__kind", "report__translation_of__kind")


def _column(name: str) -> str:
    return Initiative._meta.get_field(name).attname  # type: ignore[union-attr]


class MentionSummary(NamedTuple):
    """A public, current mention: its act, the date (its text, may be empty) and the key of its report.

    ``due`` is what it says of the due date, ``condition`` what it says of a condition: empty where it lifts one, None
    where it says nothing of it.
    """

    act: str
    on: str
    report: int
    due: DueStatement | None = None
    condition: str | None = None


class UpdateSummary(NamedTuple):
    """A public, current status update with the kinds of all reports that bear it out; a reading may have no status.

    Where the entries of all initiatives are read at once, equal ones are one and have no ``report``, and the day of
    recording only where it decides something.
    """

    status: str
    on: str
    report: int | None
    whole: bool
    recorded_on: datetime.date | None
    kinds: Sequence[str] = ()


class CriterionSummary(NamedTuple):
    """A public, current criterion: whether it can be verified, its date (may be empty), when it was recorded."""

    verifiability: str
    on: str
    recorded_on: datetime.date


class Entries(NamedTuple):
    """What stands of one initiative, each kind in the order of its dates."""

    mentions: Sequence[MentionSummary]
    updates: Sequence[UpdateSummary]
    criteria: Sequence[CriterionSummary]


class InitiativeState(InitiativeFacts):
    """What is derived of an initiative and what that rests on, without the rest of its row: for all of them at once."""

    # What entries do not tell.
    READ = (
        *("pk", "publication", "kind", "dialogue_id", "raised_at_id"),
        *("withdrawn_at", "unsourced_due_on", "unsourced_due_note"),
    )
    standing: str
    standing_report_id: int | None
    latest_update_report_id: int | None
    due_at_id: int | None = None
    due_note: str
    due_dropped: bool
    due_moves: int
    condition_report_id: int | None

    def __init__(
        self,
        pk: int,
        publication: str,
        kind: str,
        dialogue_id: int,
        raised_at_id: int | None,
        withdrawn_at: Any,
        unsourced_due_on: str | None,
        unsourced_due_note: str,
    ) -> None:
        self.pk, self.publication, self.kind = pk, publication, kind
        self.dialogue_id, self.raised_at_id = dialogue_id, raised_at_id
        self.withdrawn_at = withdrawn_at
        self.unsourced_due_on: Any = of_column(unsourced_due_on) if unsourced_due_on else None
        self.unsourced_due_note = unsourced_due_note

    @classmethod
    def read(cls, rows: InitiativeQuerySet, *, at_once: bool) -> list[InitiativeState]:
        """The states of rows, in their order, without what is derived."""
        stored = (as_stored("withdrawn_at"), as_stored("unsourced_due_on"))
        columns = (*cls.READ[:5], *stored, "unsourced_due_note")
        return [cls(*values) for values in read_columns(rows, *columns, at_once=at_once)]


R = TypeVar("R", Initiative, InitiativeState)


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


def set_due(initiative: Initiative | InitiativeState, mentions: Sequence[MentionSummary]) -> None:
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
    """The best evidence for a status, from the updates that decide; empty where no report bears it out.

    What is said of one participant's part is no evidence for the whole.
    """
    kinds = {kind for update in updates if update.status == status for kind in update.kinds}
    for grade in GRADES:
        if grade in kinds:
            return grade
    return ""


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
    initiatives: Sequence[R],
    entries: EntriesOf,
    borne_out: QuerySet[Citation],
) -> list[R]:
    """Set the derived columns as if these entries and citations were all; return the initiatives they speak of.

    Of many states at once not the reports that they rest on.
    """
    keys = [initiative.pk for initiative in initiatives]
    if not keys:
        return []
    at_once = len(keys) > MOST_NAMED and isinstance(initiatives[0], InitiativeState)
    known = _read(keys, (), entries, borne_out, at_once=at_once)
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
            [report.grade] if report else [],
        )
        entries = existing[key]
        combined = sorted([*entries.updates, new], key=lambda summary: sort_key(summary.on))
        initiative = copy(update.initiative)
        _apply(initiative, Entries(entries.mentions, combined, entries.criteria))
        results.append((initiative, entries.mentions, combined, new))
    return results


def _apply(initiative: Initiative | InitiativeState, entries: Entries) -> None:
    mentions, updates, criteria = entries
    initiative.standing, initiative.standing_report_id = standing(mentions)
    set_due(initiative, mentions)
    candidates = deciding(updates)
    decides = candidates[-1] if candidates else None
    initiative.delivery_status = decides.status if decides else DeliveryStatus.NOT_REVIEWED
    initiative.status_grade = best_grade(candidates, initiative.delivery_status)
    initiative.latest_update_on = (decides.on or None) if decides else None
    initiative.latest_update_report_id = decides.report if decides else None
    # In the order of their dates, the first is the earliest and the last the latest.
    delivered = (u.on for u in updates if u.status == DeliveryStatus.DELIVERED and u.on and u.whole)
    initiative.delivered_on = next(delivered, None)
    raised_on = initiative.raised_at.starts_on if initiative.raised_at else None
    # Neither a look that is still to come nor one that found nothing is hearing of it.
    heard = (u.on for u in reversed(updates) if u.status not in UNKNOWN_STATUSES)
    signs = (next(heard, ""), mentions[-1].on if mentions else "", raised_on or "")
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
    entries: EntriesOf | None = None,
    borne_out: QuerySet[Citation] | None = None,
    *,
    at_once: bool = False,
) -> dict[int, Entries]:
    """What stands of each initiative, in the order of the keys, but for the updates ``without``.

    ``at_once`` in one pass over each table, where there are hardly any other initiatives.
    """
    named = None if at_once else keys
    mentions = _mentions(read_of(named, _mention_rows, entries))
    criteria = _criteria(read_of(named, _criterion_rows, entries))
    kinds = _kinds(read_of(named, _kind_rows, borne_out, of="status_update__initiative"))
    if at_once and entries:
        updates, told_apart = _equal_updates(entries(StatusUpdate).order_by(), kinds)
        named = [*criteria, *(told_apart - criteria.keys())]
        for start in range(0, len(named), CHUNK):
            of_these = read_of(named[start : start + CHUNK], _update_rows, entries)
            updates |= _updates(of_these, kinds)
    else:
        updates = _updates(read_of(keys, _update_rows, entries), kinds, without)
    return {
        key: Entries(mentions.get(key, ()), updates.get(key, ()), criteria.get(key, ()))
        for key in keys
    }


def _in_order(grouped: dict[int, list[T]]) -> dict[int, list[T]]:
    """Entries, in the order of recording, in the order of their dates."""
    for entries in grouped.values():
        if len(entries) > 1:
            entries.sort(key=lambda entry: sort_key(entry.on))  # type: ignore[attr-defined]
    return grouped


def _mention_rows(entries: EntriesOf = standing_entries) -> QuerySet[Any]:
    dates = {"due_on", "due_at__ends_on", "due_at__starts_on"}
    besides = (as_stored(name) if name in dates else name for name in SAID_BESIDES)
    return _recorded(entries, Mention).values_list(
        "initiative",
        "act",
        as_stored("report__published_on"),
        as_stored("report__translation_of__published_on"),
        "report",
        *besides,
    )


def _recorded(entries: EntriesOf, model: type[AnyEntry]) -> QuerySet[Any]:
    return entries(model).order_by("recorded_at", "pk")


def _mentions(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[MentionSummary]]:
    grouped: dict[int, list[MentionSummary]] = defaultdict(list)
    for initiative, act, on, of_head, report, condition, is_lifted, *of_due in rows:
        due = _due_statement(*of_due) if any(of_due) else None
        stated = "" if is_lifted else condition or None
        own, first = (day and of_column(day) for day in (on, of_head))
        date = earlier_day(own, first) if of_head else own
        grouped[initiative].append(MentionSummary(act, date or "", report, due, stated))
    return _in_order(grouped)


def _due_statement(
    due_on: str | None,
    due_at: int | None,
    dropped: bool,
    note: str,
    ends_on: str | None,
    starts_on: str | None,
    state: str | None,
) -> DueStatement | None:
    on, ends, starts = (date and of_column(date) for date in (due_on, ends_on, starts_on))
    return statement_of_columns(on, due_at, dropped, note, ends, starts, state)


def _criterion_rows(entries: EntriesOf = standing_entries) -> QuerySet[Any]:
    columns = ("initiative", "verifiability", Criterion.dated_by, "recorded_at")
    return _recorded(entries, Criterion).values_list(*columns)


def _criteria(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[CriterionSummary]]:
    grouped: dict[int, list[CriterionSummary]] = defaultdict(list)
    for initiative, verifiability, on, recorded_at in rows:
        recorded_on = timezone.localdate(recorded_at)
        grouped[initiative].append(CriterionSummary(verifiability, on or "", recorded_on))
    return _in_order(grouped)


def _kind_rows(borne_out: QuerySet[Citation] | None = None) -> QuerySet[Any]:
    cited = Citation.objects.all() if borne_out is None else borne_out
    rows = cited.filter(status_update__isnull=False).order_by()
    return rows.values_list("status_update", *GRADE_COLUMNS)


def _kinds(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[str]]:
    """The kinds of the reports that are cited for updates."""
    kinds: dict[int, list[str]] = defaultdict(list)
    for pk, kind, of_head in rows:
        kinds[pk].append(weaker_grade(kind, of_head))
    return kinds


def _update_rows(entries: EntriesOf = standing_entries) -> QuerySet[Any]:
    columns = ("pk", "initiative", "status", "on", "report", *GRADE_COLUMNS, "participant")
    return _recorded(entries, StatusUpdate).values_list(*columns, "recorded_at")


def _updates(
    rows: Iterable[tuple[Any, ...]],
    kinds: Mapping[int, Sequence[str]],
    without: Collection[int] = (),
) -> dict[int, list[UpdateSummary]]:
    grouped: dict[int, list[UpdateSummary]] = defaultdict(list)
    for pk, initiative, status, on, report, kind, of_head, participant, recorded_at in rows:
        if pk in without:
            continue
        grouped[initiative].append(
            UpdateSummary(
                status,
                on or "",
                report,
                participant is None,
                timezone.localdate(recorded_at),
                [*([weaker_grade(kind, of_head)] if kind else []), *kinds.get(pk, ())],
            )
        )
    return _in_order(grouped)


def _equal_updates(
    rows: QuerySet[Any], kinds: Mapping[int, Sequence[str]]
) -> tuple[dict[int, list[UpdateSummary]], set[int]]:
    """The updates of all initiatives, in any order, with what tells equal ones apart left out.

    Beside them the initiatives of which two are of one date, so that the order of recording matters: to have the
    database put all in that order costs as much as to read them.
    """
    grouped: dict[int, list[UpdateSummary]] = defaultdict(list)
    made: dict[tuple[Any, ...], UpdateSummary] = {}
    columns = ("pk", "initiative", "status", as_stored("on"), *GRADE_COLUMNS, "participant")
    for pk, initiative, status, on, own, of_head, participant in read_columns(
        rows, *columns, at_once=True
    ):
        kind = weaker_grade(own, of_head) if of_head else own
        said = (status, on, kind, participant is None, *kinds.get(pk, ()))
        update = made.get(said)
        if update is None:
            of_reports = [*([kind] if kind else []), *said[4:]]
            date = of_column(on) if on else ""
            made[said] = update = UpdateSummary(status, date, None, said[3], None, of_reports)
        grouped[initiative].append(update)
    told_apart = {
        initiative
        for initiative, updates in _in_order(grouped).items()
        if any(one.on == next_one.on and one is not next_one for one, next_one in pairwise(updates))
    }
    return grouped, told_apart


def as_stored(path: str) -> Cast:
    """What a column holds: to make a date of each costs more than to read them, and most are alike."""
    return Cast(path, CharField())


def read_of(
    keys: Collection[int] | None,
    build: Callable[..., QuerySet[Any]],
    given: object = None,
    *,
    of: str = "initiative",
) -> Iterable[tuple[Any, ...]]:
    """The rows of ``build(given)`` that belong to initiatives (primary keys, found at ``of``; None: all of them).

    Without ``given`` they are those of today, asked with SQL that is made once.
    """
    if keys is not None and given is None:
        return read_compiled(_of_initiatives, [*keys], rows=build, of=of)
    rows = build() if given is None else build(given)
    if keys is None:
        return rows.iterator(chunk_size=CHUNK)
    return rows.filter(**{f"{of}__in": keys})


def _of_initiatives(
    keys: Sequence[int], *, rows: Callable[..., QuerySet[Any]], of: str
) -> QuerySet[Any]:
    return rows().filter(**{f"{of}__in": keys})


def read_columns(rows: QuerySet[Any], *columns: Any, at_once: bool) -> Iterable[tuple[Any, ...]]:
    """Columns of rows; ``at_once`` where these are as many as the table has, a few in memory at a time."""
    values = rows.values_list(*columns)
    return values.iterator(chunk_size=CHUNK) if at_once else values
