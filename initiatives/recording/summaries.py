"""What stands of initiatives, as derivation goes by it: summaries of their public entries, and how they are read."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from django.db.models import QuerySet, Value
from django.utils import timezone

from ..models import AnyEntry, Citation, Criterion, Mention, Publication, StatusUpdate
from ..models.reports import earlier_day, weaker_grade
from ..partial_dates import of_column, sort_key
from .due_dates import DUE_COLUMNS, DueStatement, statement_of_columns
from .entry_rows import EntriesOf, as_stored, read_of

T = TypeVar("T")

# What a mention may say beside its act.
SAID_BESIDES = ("condition", "condition_lifted", *DUE_COLUMNS)
# The kind of a document, and that of the document of which it is a language version.
GRADE_COLUMNS = ("report__kind", "report__translation_of__kind")
MENTION_DATES = ("report__published_on", "report__translation_of__published_on")


class MentionSummary(NamedTuple):
    """A public, current mention: its act, the date (its text, may be empty) and the key of its report.

    Where the entries of all initiatives are read at once, equal ones are one and have neither date nor ``report``.
    ``due`` is what it says of the due date, ``condition`` what it says of a condition: empty where it lifts one, None
    where it says nothing of it.
    """

    act: str
    on: str
    report: int | None
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
    kinds: tuple[str, ...] = ()


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


def standing_entries(model: type[AnyEntry]) -> QuerySet[Any]:
    """What is public and stands today, of drafts of initiatives too."""
    return model.objects.current().filter(publication=Publication.PUBLIC)


def read_entries(
    keys: list[int],
    without: Collection[int] = (),
    entries: EntriesOf | None = None,
    borne_out: QuerySet[Citation] | None = None,
) -> dict[int, Entries]:
    """What stands of each initiative, in the order of the keys, but for the updates ``without``; four queries."""
    mentions = _mentions(read_of(keys, _mention_rows, entries))
    criteria = criteria_of(read_of(keys, criterion_rows, entries))
    kinds = kinds_of(read_of(keys, kind_rows, borne_out, of="status_update__initiative"))
    updates = updates_of(read_of(keys, update_rows, entries), kinds, without)
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
    return in_order_of_recording(entries, Mention).values_list(
        "initiative",
        "act",
        *map(as_stored, MENTION_DATES),
        "report",
        *besides,
    )


def in_order_of_recording(entries: EntriesOf, model: type[AnyEntry]) -> QuerySet[Any]:
    return entries(model).order_by("recorded_at", "pk")


def _mentions(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[MentionSummary]]:
    grouped: dict[int, list[MentionSummary]] = defaultdict(list)
    made: dict[tuple[Any, ...], MentionSummary] = {}
    for row in rows:
        said = row[1:]
        mention = made.get(said)
        if mention is None:
            made[said] = mention = mention_of(*said)
        grouped[row[0]].append(mention)
    return _in_order(grouped)


# Few are met, most of them over and over.
@lru_cache(maxsize=10_000)
def date_of(own: str | None, of_head: str | None) -> str:
    own_date, first = (of_column(day) if day else None for day in (own, of_head))
    return earlier_day(own_date, first) or ""


def mention_of(
    act: str,
    own: str | None,
    of_head: str | None,
    report: int | None,
    condition: str,
    is_lifted: object,
    *of_due: Any,
) -> MentionSummary:
    due = _due_statement(*of_due) if any(of_due) else None
    stated = "" if is_lifted else condition or None
    return MentionSummary(act, date_of(own, of_head), report, due, stated)


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


def criterion_rows(entries: EntriesOf = standing_entries) -> QuerySet[Any]:
    columns = ("initiative", "verifiability", Criterion.dated_by, "recorded_at")
    return in_order_of_recording(entries, Criterion).values_list(*columns)


def criteria_of(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[CriterionSummary]]:
    grouped: dict[int, list[CriterionSummary]] = defaultdict(list)
    for initiative, verifiability, on, recorded_at in rows:
        recorded_on = timezone.localdate(recorded_at)
        grouped[initiative].append(CriterionSummary(verifiability, on or "", recorded_on))
    return _in_order(grouped)


def kind_rows(borne_out: QuerySet[Citation] | None = None) -> QuerySet[Any]:
    cited = Citation.objects.all() if borne_out is None else borne_out
    rows = cited.filter(status_update__isnull=False).order_by()
    return rows.values_list("status_update", "status_update__initiative", *GRADE_COLUMNS)


def kinds_of(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[str]]:
    """The kinds of the reports that are cited for updates."""
    kinds: dict[int, list[str]] = defaultdict(list)
    for pk, _initiative, kind, of_head in rows:
        kinds[pk].append(weaker_grade(kind, of_head))
    return kinds


def update_rows(
    entries: EntriesOf = standing_entries,
    *,
    report: str | Value = "report",
    recorded_at: str | Value = "recorded_at",
) -> QuerySet[Any]:
    columns = ("pk", "initiative", "status", "on", report, *GRADE_COLUMNS, "participant")
    return in_order_of_recording(entries, StatusUpdate).values_list(*columns, recorded_at)


def updates_of(
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
                timezone.localdate(recorded_at) if recorded_at else None,
                (*((weaker_grade(kind, of_head),) if kind else ()), *kinds.get(pk, ())),
            )
        )
    return _in_order(grouped)
