"""What stands of many initiatives at once: entries that say the same are one, with all that have it."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache, partial, reduce
from itertools import groupby
from operator import attrgetter, or_
from typing import Any, NamedTuple

from django.db.models import Case, DateTimeField, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length, NullIf
from pyroaring import BitMap

from ..models import Citation, Mention, Report, StatusUpdate
from ..models.aggregates import InOne
from ..models.reports import weaker_grade
from ..partial_dates import of_column, sort_key
from .entry_rows import EntriesOf, read_named, read_of, read_texts
from .initiative_columns import ByInitiative, by_content, merged, to_bitmaps
from .summaries import (
    MENTION_DATES,
    SAID_BESIDES,
    CriterionSummary,
    MentionSummary,
    UpdateSummary,
    criteria_of,
    criterion_rows,
    date_of,
    in_order_of_recording,
    kind_rows,
    kinds_of,
    mention_of,
    update_rows,
    updates_of,
)

# Of these, which are true or false, or words, only whether there is something.
SWITCHES, WORDS = ("condition_lifted", "due_dropped"), ("condition", "due_note")
WHETHER: dict[str, NullIf] = {
    **{name: NullIf(name, Value(False)) for name in SWITCHES},
    **{name: NullIf(Length(name), Value(0)) for name in WORDS},
}


def _says(name: str) -> Q:
    """That there is something in a column; what is read of another row is there where that is."""
    if name in SWITCHES:
        return Q(**{name: True})
    if name in WORDS:
        return Q(**{f"{name}__gt": ""})
    return Q(**{f"{name.partition('__')[0]}__isnull": False})


# Most mentions say no more than their act, and to look whether one does is sooner done than to write down that not.
SAYS_MORE = reduce(or_, dict.fromkeys(map(_says, SAID_BESIDES)))
SAYS_NO_MORE = " " * (len(SAID_BESIDES) - 1)
NOTHING = Value(None, IntegerField())
NO_MOMENT = Value(None, DateTimeField())


class EntriesOfMany(NamedTuple):
    """What stands of many initiatives, in the order of its dates: what equal ones have is there once.

    ``last_on`` are the dates of the last mention of each.
    """

    mentions: Mapping[Sequence[MentionSummary], BitMap]
    last_on: Mapping[str, BitMap]
    updates: ByInitiative[UpdateSummary]
    criteria: Mapping[int, Sequence[CriterionSummary]]


def read_entries_of_many(
    keys: Collection[int] | None, entries: EntriesOf, borne_out: QuerySet[Citation]
) -> EntriesOfMany:
    """What stands of these initiatives, or of all; each table is read in one pass.

    Of updates what tells equal ones apart is left out, and of one date they are in no order: to have the database put
    all in that of recording costs as much as to read them. Where it matters, they are read one by one.
    """
    mentions, last_on = _equal_mentions(keys, entries)
    criteria = criteria_of(read_of(keys, criterion_rows, entries))
    cited = [*read_of(keys, kind_rows, borne_out, of="status_update__initiative")]
    updates = _equal_updates(entries) if keys is None else []
    rated, in_order = BitMap(criteria), BitMap(keys or ())
    in_order.update(initiative for _pk, initiative, *_kinds in cited)
    for _on, of_date in groupby(updates, key=lambda said: said[0].on):
        seen = BitMap()
        for _update, of in of_date:
            in_order |= seen & of
            seen |= of
    # By which of its date it is, since what is first of one initiative is second of another one.
    apart, kinds = in_order | rated, kinds_of(cited)
    places = {(update, 0): of - apart for update, of in updates}
    for named, recorded_at in ((rated, "recorded_at"), (in_order - rated, NO_MOMENT)):
        build = partial(update_rows, report=NOTHING, recorded_at=recorded_at)
        for rows in read_named(named, build, entries):
            for initiative, of_it in updates_of(rows, kinds).items():
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


def _equal_mention_rows(entries: EntriesOf, *, dated: InOne | str) -> QuerySet[Any]:
    besides = InOne(*(WHETHER.get(name, name) for name in SAID_BESIDES))
    said = InOne("act", Case(When(SAYS_MORE, then=besides), default=Value(SAYS_NO_MORE)))
    return in_order_of_recording(entries, Mention).values_list("initiative", dated, said)


def _by_report(entries: EntriesOf, *columns: str) -> Iterable[tuple[str, ...]]:
    """What is of reports, once for each: to join it to each entry takes longer."""
    reports = Report.objects.using(entries(Mention).db).order_by()
    rows = read_texts(None, lambda names: reports.values_list("pk", *names), columns)
    return ((str(report), *texts) for report, *texts in rows)


def _equal_mentions(
    keys: Collection[int] | None, entries: EntriesOf
) -> tuple[dict[Sequence[MentionSummary], BitMap], dict[str, BitMap]]:
    """The initiatives by their mentions in the order of dates, and by the date of the last one."""
    by_dates = partial(_equal_mention_rows, dated=InOne(*MENTION_DATES))
    if keys is not None:
        of_each = _dated(read_of(keys, by_dates, entries), _earlier)
    else:
        by_report = partial(_equal_mention_rows, dated="report")
        dates = _by_report(entries, "published_on", "translation_of__published_on")
        dated = {report: date_of(*of_it) for report, *of_it in dates}
        of_each = _dated(read_texts(None, by_report, entries), dated.__getitem__)
        # All at once they are in no order.
        several = ((key, told) for key, told in of_each.items() if len(told) > 1)
        of_one_date = BitMap(key for key, told in several if len(dict(told)) < len(told))
        for rows in read_named(of_one_date, by_dates, entries):
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
def _earlier(dates: str) -> str:
    return date_of(*dates.split(" "))


@lru_cache(maxsize=10_000)
def _said(text: str) -> MentionSummary:
    act, *besides = text.split(" ")
    return mention_of(act, None, None, None, *besides)


def _equal_rows(entries: EntriesOf) -> QuerySet[Any]:
    said = InOne("on", "status", "participant")
    return entries(StatusUpdate).order_by().values_list("initiative", "report", said)


def _equal_updates(entries: EntriesOf) -> ByInitiative[UpdateSummary]:
    """Updates in the order of their dates, those that are equal once, with the initiatives that have one."""
    said_by: dict[tuple[str, ...], dict[str, array[int]]] = defaultdict(by_content)
    of_report = {"": said_by[()]}
    for report, kind, of_head in _by_report(entries, "kind", "translation_of__kind"):
        of_report[report] = said_by[(weaker_grade(kind, of_head),)]
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
