"""What a reader knows of the record: today, or on an earlier day that the address asks for (``as_of/past.py``).

Pages that can be seen as of a day ask here for entries, rows and counts, and say nothing of days themselves.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from typing import TypeVar

from django.db.models import F, OrderBy
from django.utils import timezone
from pyroaring import BitMap

from ..facets.index import Index, index
from ..facets.status_counts import Tally, tally_within
from ..models import (
    Attendance,
    Citation,
    Dialogue,
    Discrepancy,
    Entry,
    Initiative,
    Lineage,
    Meeting,
    MeetingState,
    Mention,
    Participant,
    Report,
    StatusUpdate,
    Target,
)
from ..models.dialogues import MeetingQuerySet
from ..models.follow_up import CitationQuerySet, MentionQuerySet, StatusUpdateQuerySet
from ..models.initiatives import InitiativeQuerySet
from ..models.relations import RoleQuerySet
from ..models.reports import ReportQuerySet
from ..partial_dates import PartialDate

E = TypeVar("E", bound=Entry)
EntryRows = TypeVar("EntryRows", MentionQuerySet, StatusUpdateQuerySet)
Dress = Callable[[InitiativeQuerySet], InitiativeQuerySet]

LATEST_NEWS: tuple[str | OrderBy, ...] = (
    F("latest_update_on").desc(nulls_last=True),
    F("last_heard_on").desc(nulls_last=True),
    "title",
    "slug",
)


class CurrentView:
    """The record as it is today; ``asked`` is the day in the address, None without one."""

    is_past = False

    def __init__(self, asked: datetime.date | None = None, using: str = "default") -> None:
        self.asked, self.using = asked, using
        self.day = asked or timezone.localdate()

    @property
    def index(self) -> Index:
        """Which initiatives have which values."""
        return index(self.using)

    @property
    def iso(self) -> str:
        """The day in the address, empty without one."""
        return self.asked.isoformat() if self.asked else ""

    @property
    def query(self) -> str:
        """What the links of a page carry on: “as_of=2024-08-09”, empty without a day."""
        return f"as_of={self.iso}" if self.asked else ""

    @property
    def query_before(self) -> str:
        """The same, to be followed by other parameters."""
        return f"{self.query}&" if self.asked else ""

    @property
    def query_after(self) -> str:
        """The same, to follow other parameters."""
        return f"&{self.query}" if self.asked else ""

    @property
    def in_words(self) -> str:
        return PartialDate(self.day).in_words

    # --- Entries ----------------------------------------------------------------------------------

    def mentions(self, *, withdrawn: bool = False) -> MentionQuerySet:
        """Public mentions that stand; with ``withdrawn`` those too that were taken back."""
        rows = Mention.objects.public()
        return rows.uncorrected() if withdrawn else rows.current()

    def updates(self, *, withdrawn: bool = False) -> StatusUpdateQuerySet:
        """Public status updates that stand; with ``withdrawn`` those too that were taken back."""
        rows = StatusUpdate.objects.public()
        return rows.uncorrected() if withdrawn else rows.current()

    def withdrawn(self, rows: EntryRows) -> EntryRows:
        """Of entries those that had been withdrawn."""
        return rows.filter(withdrawn_at__isnull=False)

    def as_they_stood(self, entries: Iterable[E]) -> list[E]:
        """Entries as they were known: what was withdrawn later stood."""
        return list(entries)

    def citations(self) -> CitationQuerySet:
        return Citation.objects.public().current()

    def reports(self, rows: ReportQuerySet) -> ReportQuerySet:
        """Those of the documents that were known."""
        return rows

    # --- Rows -------------------------------------------------------------------------------------

    def put(self, initiatives: Iterable[Initiative]) -> list[Initiative]:
        """Set on initiatives what was known of them, and return those that were known."""
        rows = list(initiatives)
        for row in rows:
            row.as_of = self.asked
        return rows

    def attendances(self, rows: Iterable[Attendance], meeting: Meeting) -> list[Attendance]:
        """Who was known to have come to a meeting."""
        return list(rows)

    def meetings(self, rows: Iterable[Meeting]) -> list[Meeting]:
        """Those of the meetings that were known, as they were known; in no order."""
        found = list(rows)
        for meeting in found:
            meeting.as_of = self.asked
        return found

    def links(self, links: Iterable[Lineage]) -> list[Lineage]:
        """Those of the links between initiatives (selected) of which both were known."""
        found = list(links)
        ends = self.put([end for link in found for end in (link.earlier, link.later)])
        known = {end.pk for end in ends}
        return [link for link in found if {link.earlier_id, link.later_id} <= known]

    def targets(self, targets: Iterable[Target]) -> list[Target]:
        """Those of the targets that were known, as they were known."""
        return list(targets)

    def disagreements(self, discrepancies: Iterable[Discrepancy]) -> list[Discrepancy]:
        """Those of the disagreements, with their ``sources``, that were known."""
        return list(discrepancies)

    def mark(self, updates: Iterable[StatusUpdate]) -> list[StatusUpdate]:
        """Updates as they were known, their initiatives leading to the page of the day."""
        found = self.as_they_stood(updates)
        for update in found:
            update.initiative.as_of = self.asked
        return found

    # --- Lists and counts: ``rows`` are public initiatives, ``selection`` says the same to the filters ------

    def first(
        self, rows: InitiativeQuerySet, count: int, dress: Dress, **selection: Sequence[str]
    ) -> list[Initiative]:
        """The first of a list, those with the latest news first."""
        return self.put(dress(rows).order_by(*LATEST_NEWS)[:count])

    def by_role(self, roles: RoleQuerySet) -> dict[str, Tally]:
        """How the initiatives stand in which there are these roles, by kind of role; one query."""
        keys: dict[str, list[int]] = defaultdict(list)
        for role, initiative in roles.order_by().values_list("role", "initiative"):
            keys[role].append(initiative)
        return {
            role: tally_within(self.index, BitMap(of) & self.index.all) for role, of in keys.items()
        }

    def attended(self, rows: MeetingQuerySet, count: int) -> tuple[list[Meeting], int]:
        """The latest of meetings that somebody came to, and how many there are."""
        return self.meetings(rows.newest_first()[:count]), rows.count()

    def tally(self, **selection: Sequence[str]) -> Tally:
        """How the initiatives stand that a selection of the filters leaves."""
        return tally_within(self.index, self.index.matching(selection))

    # --- The home page ----------------------------------------------------------------------------

    def figures(self) -> dict[str, int]:
        """How much there is to read besides the initiatives."""
        return self.index.keep(
            "figures",
            lambda: {
                "dialogues": Dialogue.objects.public().count(),
                "meetings": Meeting.objects.public().count(),
                "participants": Participant.objects.public().count(),
                "reports": Report.objects.public().count(),
            },
        )

    def deadlines(self, rows: InitiativeQuerySet, count: int) -> list[Initiative]:
        """The initiatives whose due dates come next."""
        return self.put(rows.due_ahead(self.day).order_by("due_on", "title", "slug")[:count])

    def next_meetings(self, rows: MeetingQuerySet, count: int) -> list[Meeting]:
        """The meetings that come next, those without a date last."""
        ahead = rows.filter(state=MeetingState.PLANNED).exclude(
            starts_on__ends_before=self.day.isoformat()
        )
        return self.meetings(ahead.order_by(F("starts_on").asc(nulls_last=True), "slug")[:count])

    def latest_meetings(self, rows: MeetingQuerySet, count: int) -> list[Meeting]:
        """The meetings that were held last."""
        held = rows.filter(state=MeetingState.HELD, starts_on__lte=self.day.isoformat())
        return self.meetings(held.newest_first()[:count])

    def raising(self, rows: MeetingQuerySet, count: int) -> list[Meeting]:
        """The latest meetings that raised anything; of today, ``rows`` are all of them."""
        found = self.index.keep(f"raising {count}", lambda: list(rows.newest_first()[:count]))
        # Copies: what is kept is for other readers too.
        return self.meetings(copy(one) for one in found)
