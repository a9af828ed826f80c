"""What a reader knows of the record: today, or on an earlier day that the address asks for (``as_of/past.py``).

Pages that can be seen as of a day ask here for entries, rows and counts, and say nothing of days themselves.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from copy import copy
from functools import lru_cache, partial
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.db.models import Count, F, Model, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from pyroaring import BitMap

from ..facets.answers import Chosen, first_of, keys_of, public_among, tally_of, values_of
from ..facets.index import Columns, Index, index
from ..facets.part_tree import PartTree
from ..facets.status_counts import StatusTally, tally_within
from ..models import (
    AnyEntry,
    Citation,
    Criterion,
    Delegate,
    Dialogue,
    Initiative,
    Involvement,
    Line,
    Lineage,
    Meeting,
    MeetingState,
    Mention,
    Participant,
    Report,
    Role,
    StatusUpdate,
    Theme,
)
from ..models.citations import SUBJECTS, CitationQuerySet
from ..models.compiled import Value, read_compiled
from ..models.criteria import CriterionQuerySet
from ..models.dialogues import MeetingQuerySet
from ..models.entries import EntryQuerySet
from ..models.follow_up import StatusUpdateQuerySet
from ..models.initiatives import InitiativeQuerySet
from ..models.mentions import MentionQuerySet
from ..models.relations import RoleQuerySet
from ..models.reports import ReportQuerySet
from ..models.sort_keys import said_key
from ..partial_dates import PartialDate
from ..recording.involvement import Involved

M = TypeVar("M", bound=Model)
StatedRow = TypeVar("StatedRow", Line, Delegate)
EntryRows = TypeVar("EntryRows", bound=EntryQuerySet[Any])

LATEST_NEWS: Columns = (
    F("latest_update_on").desc(nulls_last=True),
    F("last_heard_on").desc(nulls_last=True),
    "sort_key",
    "slug",
)
DUE_FIRST: Columns = (F("due_on").asc(nulls_last=True), "sort_key", "slug")
# The initiatives to whose pages rows of other models lead, where they were read with them.
LINKED: Mapping[type[Model], Sequence[str]] = {
    StatusUpdate: ["initiative"],
    Lineage: ["earlier", "later"],
}


@lru_cache
def _of_today(build: Callable[..., QuerySet[Any]], using: str) -> Callable[..., QuerySet[Any]]:
    return partial(build, CurrentView(using=using))


def initiatives_of(
    view: CurrentView, keys: Sequence[int], columns: Sequence[str] = ()
) -> InitiativeQuerySet:
    rows: InitiativeQuerySet = view.public(Initiative).order_by().filter(pk__in=keys)
    return rows.only(*columns) if columns else rows


def _involvements(view: CurrentView, keys: Sequence[int]) -> Any:
    rows = view.once_public(Involvement).filter(initiative__in=keys).order_by()
    return rows.values_list("initiative", "participant", "capacity")


def _next_meetings(_view: CurrentView, count: int, day: datetime.date) -> MeetingQuerySet:
    planned = Meeting.objects.public().filter(state=MeetingState.PLANNED)
    ahead = planned.exclude(pk__in=planned.over(day).order_by().values("pk"))
    in_order = ahead.order_by(F("starts_on").asc(nulls_last=True), "slug")
    return in_order.select_related("dialogue")[:count]


def _latest_meetings(_view: CurrentView, count: int, day: datetime.date) -> MeetingQuerySet:
    held = Meeting.objects.public().filter(state=MeetingState.HELD, starts_on__starts_by=day)
    return held.select_related("dialogue").newest_first()[:count]


def _stated(view: CurrentView, keys: Sequence[int], model: type[Model], column: str) -> Any:
    return view.public(model).filter(**{f"{column}__in": keys}).order_by()


def _chosen(selection: Mapping[str, Sequence[str]]) -> Chosen:
    return tuple((name, tuple(values)) for name, values in selection.items())


def count_documents(reports: ReportQuerySet) -> dict[str, int]:
    """How many reports there are, and how many documents these are: one in several languages is one."""
    documents = Count(Coalesce("translation_of", "pk"), distinct=True)
    return reports.order_by().aggregate(reports=Count("pk"), documents=documents)


class CurrentView:
    """The record as it is today; ``as_of`` is the day in the address, None without one.

    ``using`` is the database that is read: unless given, the one of the page that is made.
    """

    is_past = False
    # Whether drafts are counted (as_of/preview.py).
    is_preview = False

    def __init__(self, as_of: datetime.date | None = None, using: str = "") -> None:
        self.as_of, self.using = as_of, using or Initiative.objects.db
        self.day = as_of or timezone.localdate()

    @property
    def was_shown(self) -> bool:
        """Whether the record had begun, so that somebody may have read and cited it."""
        return True

    @property
    def index(self) -> Index:
        """Which initiatives have which values."""
        return index(self.using)

    @property
    def part_tree(self) -> PartTree:
        """Which initiatives are parts of which: as of today, as all lineage."""
        return index(self.using).parts

    @property
    def parameters(self) -> dict[str, str]:
        """What the links of a page carry on: the day in the address."""
        return {"as_of": self.as_of.isoformat()} if self.as_of else {}

    def query(self, **filters: str | Sequence[str]) -> str:
        """The same after filters as a query string: “theme=water&as_of=2024-08-09”; may be empty."""
        return urlencode(filters | self.parameters, doseq=True)

    @property
    def in_words(self) -> str:
        return PartialDate(self.day).in_words

    # --- Rows of today ----------------------------------------------------------------------------

    def public(self, model: Any) -> Any:
        """The rows of a model that may be in its lists; which initiatives were there, the index says."""
        return model._default_manager.using(self.using).public()

    def once_public(self, model: Any) -> Any:
        """The rows that may be on the page of one initiative, which shows what was withdrawn as well."""
        return model._default_manager.using(self.using).once_public()

    def read(
        self, build: Callable[..., QuerySet[Any]], *values: Value, **constants: Hashable
    ) -> list[Any]:
        """The rows of ``build(view, *values, **constants)``; of today with SQL that is made once."""
        if self.is_past or self.is_preview:
            return list(build(self, *values, **constants))
        return read_compiled(_of_today(build, self.using), *values, using=self.using, **constants)

    # --- Entries and documents --------------------------------------------------------------------

    def entries(self, model: type[AnyEntry], *, withdrawn: bool = False) -> Any:
        """Public entries of a kind that stand; with ``withdrawn`` those too that were taken back."""
        if withdrawn:
            return model.objects.once_public().uncorrected()
        return model.objects.public().current()

    def mentions(self, *, withdrawn: bool = False) -> MentionQuerySet:
        mentions: MentionQuerySet = self.entries(Mention, withdrawn=withdrawn)
        return mentions

    def mentions_of_any(self) -> MentionQuerySet:
        """Those that stand, of hidden initiatives too: a lighter question, for whoever keeps to what the index has."""
        if self.is_past or self.is_preview:
            return self.mentions()
        return Mention.objects.published().current()

    def updates(self, *, withdrawn: bool = False) -> StatusUpdateQuerySet:
        updates: StatusUpdateQuerySet = self.entries(StatusUpdate, withdrawn=withdrawn)
        return updates

    def criteria(self, *, withdrawn: bool = False) -> CriterionQuerySet:
        criteria: CriterionQuerySet = self.entries(Criterion, withdrawn=withdrawn)
        return criteria

    def stream(self, model: type[AnyEntry]) -> Any:
        """Public entries of a kind that were recorded and not corrected, those included that were withdrawn."""
        return model.objects.public().uncorrected()

    def withdrawn(self, rows: EntryRows) -> EntryRows:
        """Of entries those that had been withdrawn."""
        return rows.filter(withdrawn_at__isnull=False)

    def shown_later(self, model: type[AnyEntry]) -> Q:
        """The condition for those entries, of all that stand, that were not shown yet; none of today."""
        return Q(pk__in=())

    def citations(
        self, subjects: Collection[str] = SUBJECTS, *, withdrawn: bool = False
    ) -> CitationQuerySet:
        """What is cited for public facts; with ``withdrawn`` for those of initiatives too that were taken back.

        Whoever asks for some ``subjects`` only gets a lighter question.
        """
        rows = Citation.objects
        shown = rows.once_public(subjects) if withdrawn else rows.public(subjects)
        return shown.current(subjects)

    def reports(self) -> ReportQuerySet:
        return Report.objects.public()

    def stated(self, model: type[StatedRow], column: str, keys: Sequence[int]) -> list[StatedRow]:
        """The lines or delegates with one of these keys in a column: “meeting”, “attendance”, “id”."""
        return self.read(_stated, keys, model=model, column=column)

    def roles(self) -> RoleQuerySet:
        rows: RoleQuerySet = self.once_public(Role)
        return rows

    # --- Rows -------------------------------------------------------------------------------------

    def as_known(self, rows: Iterable[M]) -> list[M]:
        """Those of the rows (of one model) that were known, as they were known, in their order.

        Rows are initiatives, meetings or what belongs to them; discrepancies come with their ``sources``. What they
        link to is seen as of the same day.
        """
        known_rows = list(rows)
        for row in known_rows:
            linked: list[Any] = [row._state.fields_cache.get(n) for n in LINKED.get(type(row), ())]
            for target in (row, *linked):
                if isinstance(target, Initiative | Meeting):
                    target.as_of = self.as_of
                if isinstance(target, Initiative):
                    target.shown_on = self.day
        return known_rows

    def read_initiatives(
        self, keys: Sequence[int], columns: tuple[str, ...] = ()
    ) -> list[Initiative]:
        """The initiatives of these keys in their order, as they were known; one query for those of today.

        Dialogue and meeting, which the flags of each rest on, they get from memory. Whoever shows but some ``columns``
        of many reads these alone, of today.
        """
        if not keys:
            return []
        if self.is_past or self.is_preview:
            columns = ()
        rows = {row.pk: row for row in self.read(initiatives_of, keys, columns=columns)}
        for name, places in (("dialogue", self.dialogues()), ("raised_at", self.meetings())):
            for row in rows.values():
                if place := places.get(getattr(row, f"{name}_id")):
                    row._state.fields_cache.setdefault(name, place)
        return self.as_known(rows[key] for key in keys if key in rows)

    def first_initiatives(
        self, keys: BitMap, order: Columns, count: int, columns: tuple[str, ...] = ()
    ) -> list[Initiative]:
        """The first of the initiatives of these keys in an order, as ``read_initiatives`` has them."""
        if self.is_past or self.is_preview:
            first = self.index.page(keys, order, 0, count, using=self.using)
        else:
            first = first_of(self.using, keys.serialize(), order, count)
        return self.read_initiatives(first, columns)

    def participants(self) -> Mapping[int, Participant]:
        """All of them by their keys, as they are today, from memory."""
        return index(self.using).remember(
            "participants",
            Participant.objects.using(self.using).public().in_bulk,
            any_day=True,
        )

    def dialogues(self) -> Mapping[int, Dialogue]:
        return index(self.using).remember(
            "dialogues by key", Dialogue.objects.using(self.using).in_bulk, any_day=True
        )

    def meetings(self) -> Mapping[int, Meeting]:
        """All of them as participants are, drafts too; for other readers as well, so not to be changed."""
        return index(self.using).remember(
            "meetings by key", Meeting.objects.using(self.using).in_bulk, any_day=True
        )

    def themes_of(self, initiative: Initiative) -> list[Theme]:
        """Its themes of today, from memory; those of what is withdrawn, which is not there, from the database."""
        if initiative.is_withdrawn:
            return list(initiative.themes.public())
        themes = index(self.using).remember(
            "themes", lambda: list(Theme.objects.public()), any_day=True
        )
        slugs = values_of(self.using, "theme", initiative.pk)
        return sorted((theme for theme in themes if theme.slug in slugs), key=said_key)

    # --- Lists and counts: ``selection`` says to the filters what ``rows`` are --------------------

    def tally(self, **selection: Sequence[str]) -> StatusTally:
        """How the initiatives stand that a selection of the filters leaves."""
        if self.is_past or self.is_preview:
            return tally_within(self.index, self.keys(**selection))
        return tally_of(self.using, _chosen(selection))

    def keys(self, **selection: Sequence[str]) -> BitMap:
        """The initiatives that a selection of the filters leaves."""
        if self.is_past or self.is_preview:
            return self.index.matching(selection)
        return keys_of(self.using, _chosen(selection))

    def shown_among(self, keys: Iterable[int]) -> BitMap:
        """Those of some initiatives that may be in lists."""
        if self.is_past or self.is_preview:
            return self.index.all & BitMap(keys)
        return public_among(self.using, tuple(sorted(keys)))

    # --- Who is in them ---------------------------------------------------------------------------

    def involved(self, keys: Collection[int]) -> Involved:
        """Who is in these initiatives, in which capacities; one query."""
        involved: Involved = defaultdict(set)
        for initiative, participant, capacity in self.read(_involvements, [*keys]):
            involved[initiative].add((participant, capacity))
        return involved

    def initiatives_with(self, participant: Participant) -> Any:
        """The keys of the initiatives that a participant is in, for a filter ``__in``."""
        rows = Involvement.objects.public().filter(participant=participant)
        return rows.order_by().values("initiative")

    def attended_meetings(self, meetings: Iterable[Meeting]) -> list[Meeting]:
        """Meetings that somebody came to, newest first."""
        return newest_first(self.as_known(meetings))

    # --- The home page ----------------------------------------------------------------------------

    def figures(self) -> dict[str, int]:
        """How much there is to read besides the initiatives."""
        return self.index.remember(
            "figures",
            lambda: {
                "dialogues": Dialogue.objects.public().count(),
                "meetings": Meeting.objects.public().count(),
                "participants": Participant.objects.public().count(),
                **count_documents(Report.objects.public()),
            },
            any_day=True,
        )

    def next_deadlines(self, count: int) -> list[Initiative]:
        """The initiatives whose due dates come next."""
        return self.first_initiatives(self.index.ahead, DUE_FIRST, count)

    def next_meetings(self, count: int) -> list[Meeting]:
        """The meetings that run or come next, those without a date last."""
        return self.as_known(self.read(_next_meetings, count=count, day=self.day))

    def latest_meetings(self, count: int) -> list[Meeting]:
        """The meetings that were held last."""
        return self.as_known(self.read(_latest_meetings, count=count, day=self.day))

    def raising_meetings(self, count: int, besides: Sequence[str] = ()) -> list[Meeting]:
        """The latest meetings that raised anything, and those of these slugs."""
        in_order = self.index.remember(
            "meetings newest first",
            lambda: list(Meeting.objects.using(self.using).public().newest_first()),
            any_day=True,
        )
        raised = self.index.bitmaps["meeting"]
        meetings = islice((meeting for meeting in in_order if raised.get(meeting.slug)), count)
        # Copies: what is kept is for other readers too.
        return with_meetings(self.as_known(copy(meeting) for meeting in meetings), besides)


def with_meetings(meetings: list[Meeting], slugs: Sequence[str]) -> list[Meeting]:
    """Meetings and those of these slugs, newest first."""
    missing = {*slugs} - {meeting.slug for meeting in meetings}
    if not missing:
        return meetings
    return newest_first([*meetings, *Meeting.objects.public().filter(slug__in=missing)])


def newest_first(meetings: Iterable[Meeting]) -> list[Meeting]:
    """Meetings in the order that their list has by itself, those without a date last."""
    by_slug = sorted(meetings, key=lambda meeting: meeting.slug)
    dated = [meeting for meeting in by_slug if meeting.starts_on]
    newest = sorted(dated, key=lambda row: PartialDate(row.starts_on).newest_key, reverse=True)
    return newest + [meeting for meeting in by_slug if not meeting.starts_on]
