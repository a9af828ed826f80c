"""What stands of initiatives, as derivation goes by it: summaries of their public entries, and how they are read."""

from __future__ import annotations

import datetime
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

from django.db.models import Case, CharField, DateTimeField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Length, NullIf
from django.utils import timezone
from pyroaring import BitMap

from ..models import AnyEntry, Citation, Criterion, Mention, Publication, Report, StatusUpdate
from ..models.aggregates import InOne, read_columns
from ..models.compiled import read_compiled
from ..models.reports import earlier_day, weaker_grade
from ..partial_dates import of_column, sort_key
from .due_dates import DUE_COLUMNS, DueStatement, statement_of_columns
from .initiative_columns import ByInitiative, by_content, merged, to_bitmaps

T = TypeVar("T")

# Rows that are fetched at once.
CHUNK = 10_000
# Keys by which a query asks for rows; to name more costs more than to read them all.
MOST_NAMED = 5000
# What a mention may say beside its act.
SAID_BESIDES = ("condition", "condition_lifted", *DUE_COLUMNS)
# The entries of a kind that count, as a queryset.
EntriesOf = Callable[[type[AnyEntry]], QuerySet[Any]]

# The kind of a document, and that of the document of which it is a language version.
GRADE_COLUMNS = ("report__kind", "report__translation_of__kind")
MENTION_DATES = ("report__published_on", "report__translation_of__published_on")
# Of what is true or false, and of words, only whether there is something.
WHETHER: dict[str, NullIf] = {
    **{name: NullIf(name, Value(False)) for name in ("condition_lifted", "due_dropped")},
    **{name: NullIf(Length(name), Value(0)) for name in ("condition", "due_note")},
}
# Most mentions say no more than their act, and to look whether one does is sooner done than to write down that not.
SAYS_MORE = (
    Q(due_on__isnull=False)
    | Q(due_at__isnull=False)
    | Q(due_dropped=True)
    | Q(due_note__gt="")
    | Q(condition__gt="")
    | Q(condition_lifted=True)
)
SAYS_NO_MORE = " " * (len(SAID_BESIDES) - 1)
NOTHING = Value(None, IntegerField())
NO_MOMENT = Value(None, DateTimeField())


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


class EntriesOfMany(NamedTuple):
    """What stands of many initiatives, in the order of its dates: what equal ones have is there once.

    ``last_on`` are the dates of the last mention of each.
    """

    mentions: Mapping[Sequence[MentionSummary], BitMap]
    last_on: Mapping[str, BitMap]
    updates: ByInitiative[UpdateSummary]
    criteria: Mapping[int, Sequence[CriterionSummary]]


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
    criteria = _criteria(read_of(keys, _criterion_rows, entries))
    kinds = _kinds(read_of(keys, _kind_rows, borne_out, of="status_update__initiative"))
    updates = _updates(read_of(keys, _update_rows, entries), kinds, without)
    return {
        key: Entries(mentions.get(key, ()), updates.get(key, ()), criteria.get(key, ()))
        for key in keys
    }


def read_entries_of_many(
    keys: Collection[int] | None, entries: EntriesOf, borne_out: QuerySet[Citation]
) -> EntriesOfMany:
    """What stands of these initiatives, or of all; each table is read in one pass.

    Of updates what tells equal ones apart is left out, and of one date they are in no order: to have the database put
    all in that of recording costs as much as to read them. Where it matters, they are read one by one.
    """
    mentions, last_on = _equal_mentions(keys, entries)
    criteria = _criteria(read_of(keys, _criterion_rows, entries))
    cited = [*read_of(keys, _kind_rows, borne_out, of="status_update__initiative")]
    updates = _equal_updates(entries) if keys is None else []
    rated, in_order = BitMap(criteria), BitMap(keys or ())
    in_order.update(initiative for _pk, initiative, *_kinds in cited)
    for _on, of_date in groupby(updates, key=lambda said: said[0].on):
        seen = BitMap()
        for _update, of in of_date:
            in_order |= seen & of
            seen |= of
    # By which of its date it is, since what is first of one initiative is second of another one.
    apart, kinds = in_order | rated, _kinds(cited)
    places = {(update, 0): of - apart for update, of in updates}
    for named, recorded_at in ((rated, "recorded_at"), (in_order - rated, NO_MOMENT)):
        build = partial(_update_rows, report=NOTHING, recorded_at=recorded_at)
        for rows in _read_named(named, build, entries):
            for initiative, of_it in _updates(rows, kinds).items():
                for _on, on_one_date in groupby(of_it, key=attrgetter("on")):
                    for place, update in enumerate(on_one_date):
                        places.setdefault((update, place), BitMap()).add(initiative)
    in_places = sorted(places.items(), key=lambda said: (sort_key(said[0][0].on), said[0][1]))
    return EntriesOfMany(
        mentions,
        last_on,
        [(update, of) for (update, _place), of in in_places],
        criteria,
    )


def _read_named(
    keys: BitMap, build: Callable[..., QuerySet[Any]], given: object
) -> Iterator[Iterable[tuple[Any, ...]]]:
    """The rows of initiatives, of so many at once as can be named."""
    for start in range(0, len(keys), MOST_NAMED):
        yield read_of([*keys[start : start + MOST_NAMED]], build, given)


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
        *map(as_stored, MENTION_DATES),
        "report",
        *besides,
    )


def _recorded(entries: EntriesOf, model: type[AnyEntry]) -> QuerySet[Any]:
    return entries(model).order_by("recorded_at", "pk")


def _mentions(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[MentionSummary]]:
    grouped: dict[int, list[MentionSummary]] = defaultdict(list)
    made: dict[tuple[Any, ...], MentionSummary] = {}
    for row in rows:
        said = row[1:]
        mention = made.get(said)
        if mention is None:
            made[said] = mention = _mention(*said)
        grouped[row[0]].append(mention)
    return _in_order(grouped)


def _equal_mention_rows(entries: EntriesOf, *, dated: InOne | str) -> QuerySet[Any]:
    besides = InOne(*(WHETHER.get(name, name) for name in SAID_BESIDES))
    said = InOne("act", Case(When(SAYS_MORE, then=besides), default=Value(SAYS_NO_MORE)))
    return _recorded(entries, Mention).values_list("initiative", dated, said)


def _dates_of_reports(entries: EntriesOf) -> QuerySet[Any]:
    reports = Report.objects.using(entries(Mention).db).order_by()
    return reports.values_list("pk", "published_on", "translation_of__published_on")


def _equal_mentions(
    keys: Collection[int] | None, entries: EntriesOf
) -> tuple[dict[Sequence[MentionSummary], BitMap], dict[str, BitMap]]:
    """The initiatives by their mentions in the order of dates, and by the date of the last one."""
    by_dates = partial(_equal_mention_rows, dated=InOne(*MENTION_DATES))
    if keys is not None:
        of_each = _dated(read_of(keys, by_dates, entries), _earlier)
    else:
        by_report = partial(_equal_mention_rows, dated="report")
        dates = read_texts(None, _dates_of_reports, entries)
        dated = {str(report): _date(*of_it) for report, *of_it in dates}
        of_each = _dated(read_texts(None, by_report, entries), dated.__getitem__)
        # All at once they are in no order.
        several = ((key, told) for key, told in of_each.items() if len(told) > 1)
        of_one_date = BitMap(key for key, told in several if len(dict(told)) < len(told))
        for rows in _read_named(of_one_date, by_dates, entries):
            of_each |= _dated(rows, _earlier)
    stories: dict[Any, array[int]] = by_content()
    last_on: dict[Any, array[int]] = by_content()
    for initiative, told in of_each.items():
        if len(told) > 1:
            told.sort(key=lambda mention: sort_key(mention[0]))
        stories[tuple([said for _on, said in told])].append(initiative)
        last_on[told[-1][0]].append(initiative)
    told_by = ((tuple(map(_said, story)), of) for story, of in to_bitmaps(stories).items())
    return merged(told_by), to_bitmaps(last_on)


def _dated(
    rows: Iterable[tuple[Any, ...]], date: Callable[[str], str]
) -> dict[int, list[tuple[str, str]]]:
    """The mentions of each initiative: the date, and what else it says as text."""
    of_each: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for initiative, dated, said in rows:
        of_each[initiative].append((date(dated), said))
    return of_each


# Few of either are met, most of them over and over.
@lru_cache(maxsize=10_000)
def _date(own: str | None, of_head: str | None) -> str:
    own_date, first = (of_column(day) if day else None for day in (own, of_head))
    return earlier_day(own_date, first) or ""


@lru_cache(maxsize=10_000)
def _earlier(dates: str) -> str:
    return _date(*dates.split(" "))


@lru_cache(maxsize=10_000)
def _said(text: str) -> MentionSummary:
    act, *besides = text.split(" ")
    return _mention(act, None, None, None, *besides)


def _mention(
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
    return MentionSummary(act, _date(own, of_head), report, due, stated)


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
    return rows.values_list("status_update", "status_update__initiative", *GRADE_COLUMNS)


def _kinds(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[str]]:
    """The kinds of the reports that are cited for updates."""
    kinds: dict[int, list[str]] = defaultdict(list)
    for pk, _initiative, kind, of_head in rows:
        kinds[pk].append(weaker_grade(kind, of_head))
    return kinds


def _update_rows(
    entries: EntriesOf = standing_entries,
    *,
    report: str | Value = "report",
    recorded_at: str | Value = "recorded_at",
) -> QuerySet[Any]:
    columns = ("pk", "initiative", "status", "on", report, *GRADE_COLUMNS, "participant")
    return _recorded(entries, StatusUpdate).values_list(*columns, recorded_at)


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
                timezone.localdate(recorded_at) if recorded_at else None,
                (*((weaker_grade(kind, of_head),) if kind else ()), *kinds.get(pk, ())),
            )
        )
    return _in_order(grouped)


def _equal_rows(entries: EntriesOf) -> QuerySet[Any]:
    said = InOne("on", "status", "participant")
    return entries(StatusUpdate).order_by().values_list("initiative", "report", said)


def _kind_of_reports(entries: EntriesOf) -> QuerySet[Any]:
    """Once for each report: to join it to each update takes longer."""
    reports = Report.objects.using(entries(StatusUpdate).db).order_by()
    return reports.values_list("pk", "kind", "translation_of__kind")


def _equal_updates(entries: EntriesOf) -> ByInitiative[UpdateSummary]:
    """Updates in the order of their dates, those that are equal once, with the initiatives that have one."""
    said_by: dict[tuple[str, ...], dict[str, array[int]]] = defaultdict(by_content)
    of_report = {"": said_by[()]}
    for report, kind, of_head in read_texts(None, _kind_of_reports, entries):
        of_report[str(report)] = said_by[(weaker_grade(kind, of_head),)]
    for initiative, report, said in read_texts(None, _equal_rows, entries):
        of_report[report][said].append(initiative)
    equal = merged(
        (_update(said, kinds), BitMap(of))
        for kinds, by_said in said_by.items()
        for said, of in by_said.items()
    )
    return sorted(equal.items(), key=lambda said: sort_key(said[0].on))


def _update(said: str, kinds: tuple[str, ...]) -> UpdateSummary:
    on, status, participant = said.split(" ")
    return UpdateSummary(status, of_column(on) if on else "", None, not participant, None, kinds)


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


def read_texts(
    keys: Collection[int] | None, build: Callable[..., QuerySet[Any]], given: object = None
) -> Iterable[tuple[Any, ...]]:
    """The same of texts that come after the initiative; those of all of them in no order."""
    if keys is not None:
        return read_of(keys, build, given)
    return chain.from_iterable(
        zip(of, *(column.split(",") for column in texts), strict=True)
        for of, texts in read_columns(build(given))
    )


def read_by(
    keys: Collection[int] | None, build: Callable[..., QuerySet[Any]], given: object = None
) -> dict[str, BitMap]:
    """The initiatives of the same rows, which come first in them, by the text of what comes second."""
    grouped = by_content()
    for initiative, said in read_texts(keys, build, given):
        grouped[said].append(initiative)
    return to_bitmaps(grouped)


def _of_initiatives(
    keys: Sequence[int], *, rows: Callable[..., QuerySet[Any]], of: str
) -> QuerySet[Any]:
    return rows().filter(**{f"{of}__in": keys})
