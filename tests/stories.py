"""Records to which things happen on one day after another, and all that lists and entries say of them."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from initiatives.as_of import days
from initiatives.as_of.past import view_on
from initiatives.facets import index as facet_index
from initiatives.models import (
    ENTRIES,
    Act,
    AnyEntry,
    Criterion,
    DeliveryStatus,
    Entry,
    EvidenceGrade,
    Initiative,
    Mention,
    StatusUpdate,
    Verifiability,
)
from initiatives.query.filters import InitiativeFilter
from initiatives.recording import actions
from initiatives.recording.derivation import DERIVED
from initiatives.recording.publication import publish
from initiatives.recording.publication_rules import refuse_without_another
from initiatives.recording.withdrawal import reinstate, withdraw_initiative
from tests import make
from tests.clock import Clock
from tests.extent import STORIES

START = "2024-03-01"
SORTS = ("changed", "due", "title", "meeting")

# A story of many days takes long to tell, and minutes to make shorter.
FEW = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    max_examples=STORIES,
)


@contextlib.contextmanager
def rolled_back() -> Iterator[None]:
    """A record for one example; the versions of its data come again with the next one."""
    facet_index.forget()
    days.forget()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    facet_index.forget()
    days.forget()


# --- What happens to a record ---------------------------------------------------------------------


class Story:
    """A record to which things happen, each of them chosen by numbers."""

    def __init__(self) -> None:
        self.japan = make.participant("jp", name="Japan")
        self.theme = make.theme("water")
        self.dialogues = [make.dialogue(f"d{n}", stale_after_days=200 * n + 5) for n in range(2)]
        self.meetings = [
            make.meeting(
                f"m{n}", dialogue=self.dialogues[n % 2], starts_on=on, attended_by=[self.japan]
            )
            for n, on in enumerate(("2022-04-15", "2023", "2024-03-05"))
        ]
        self.reports = [
            make.report(
                f"r{n}", kind=kind, published_on=on, issued_by=[self.japan], meeting=meeting
            )
            for n, (kind, on, meeting) in enumerate(
                [
                    ("joint", "2022-04-16", self.meetings[0]),
                    ("statement", "2023", None),
                    ("press", None, self.meetings[1]),
                    ("statement", "2024-03-04", None),
                    ("study", "2024-02", None),
                    ("statement", None, None),
                ]
            )
        ]
        self.initiatives: list[Initiative] = []
        self.add(0, 0)

    def add(self, a: int, b: int) -> None:
        number = len(self.initiatives)
        meetings = [None, *self.meetings]
        initiative = make.initiative(
            f"i{number}",
            title=f"Title {(number * 7) % 10}",
            dialogue=self.dialogues[a % 2],
            raised_at=meetings[b % 4],
            due_on=(None, "2023", "2024-03", "2024-03-04", "2030")[a % 5],
            publication="draft" if b % 5 == 4 else "public",
            themes=[self.theme] if a % 2 else [],
        )
        make.role(initiative=initiative, participant=self.japan)
        actions.refresh([initiative.pk])
        self.initiatives.append(initiative)

    def _initiative(self, a: int) -> Initiative:
        """One that is not withdrawn."""
        standing = [row for row in self.initiatives if not _fresh(row).is_withdrawn]
        if not standing:
            self.add(a, 0)
            standing = self.initiatives[-1:]
        return standing[a % len(standing)]

    def mention(self, a: int, b: int) -> None:
        make.mention(
            initiative=self._initiative(a),
            act=list(Act)[b % len(Act)],
            report=self.reports[(a + b) % 6],
            publication="draft" if (a + b) % 7 == 6 else "public",
        )

    def update(self, a: int, b: int) -> None:
        make.update(
            initiative=self._initiative(a),
            status=list(DeliveryStatus)[b % len(DeliveryStatus)],
            report=self.reports[(a + b) % 6],
            on=(None, "2022", "2023-06", "2024-03-01", "2024-03-20", "2025")[(a + b) % 6],
            participant=self.japan if b % 3 == 2 else None,
            publication="draft" if b % 7 == 6 else "public",
        )

    def criterion(self, a: int, b: int) -> None:
        make.criterion(
            initiative=self._initiative(a),
            verifiability=list(Verifiability)[b % 3],
            why="So it is.",
            report=self.reports[(a + b) % 6] if b % 2 else None,
            publication="draft" if b % 7 == 6 else "public",
        )

    def _entry(self, a: int, **of: Any) -> AnyEntry | None:
        of["initiative__withdrawn_at"] = None
        entries: list[Any] = []
        for model in ENTRIES:
            entries += model.objects.filter(**of).order_by("pk")
        return entries[a % len(entries)] if entries else None

    def correct(self, a: int, b: int) -> None:
        entry = self._entry(a, withdrawn_at=None, correction=None)
        publication = "draft" if b % 4 == 3 else "public"
        common: dict[str, Any] = {
            "initiative": entry and entry.initiative,
            "corrects": entry,
            "publication": publication,
        }
        if isinstance(entry, Mention):
            make.mention(act=list(Act)[b % len(Act)], report=self.reports[b % 6], **common)
        elif isinstance(entry, Criterion):
            words = list(Verifiability)[b % 3]
            make.criterion(verifiability=words, why="Read again.", **common)
        elif entry:
            status = list(DeliveryStatus)[b % len(DeliveryStatus)]
            make.update(status=status, report=self.reports[b % 6], **common)

    def withdraw(self, a: int, b: int) -> None:
        if entry := self._entry(a, withdrawn_at=None, correction=None):
            # The last public mention stays.
            with contextlib.suppress(ValidationError):
                actions.withdraw(by=None, entry=entry, reason="Misread.")

    def publish(self, a: int, b: int) -> None:
        drafts: list[Any] = [row for row in self.initiatives if not _fresh(row).is_public]
        if entry := self._entry(a, withdrawn_at=None, publication="draft"):
            drafts.append(entry)
        if drafts:
            # Without a mention an initiative stays a draft.
            with contextlib.suppress(ValidationError):
                publish(by=None, row=drafts[b % len(drafts)])

    def postpone(self, a: int, b: int) -> None:
        initiative = _fresh(self._initiative(a))
        initiative.unsourced_due_on = initiative.due_on = (None, "2024-02", "2024-03-03", "2031")[
            b % 4
        ]
        initiative.save()

    def wait_longer(self, a: int, b: int) -> None:
        dialogue = self.dialogues[a % 2]
        dialogue.stale_after_days = (3, 100, 700, 5000)[b % 4]
        dialogue.save()

    def hold(self, a: int, b: int) -> None:
        meeting = self.meetings[a % 3]
        meeting.state = ("planned", "held", "postponed")[b % 3]
        meeting.starts_on = ("2022-04-15", "2024-03-05", "2024-03-30", None)[b % 4]
        meeting.ends_on = None
        meeting.save()
        actions.refresh(Initiative.objects.filter(raised_at=meeting).values_list("pk", flat=True))

    def cite(self, a: int, b: int) -> None:
        if updates := list(StatusUpdate.objects.order_by("pk")):
            update = updates[a % len(updates)]
            make.citation(status_update=update, report=self.reports[b % 6])

    def regrade(self, a: int, b: int) -> None:
        report = self.reports[a % 6]
        report.kind = list(EvidenceGrade)[b % len(EvidenceGrade)]
        report.save()
        actions.refresh(initiative.pk for initiative in self.initiatives)

    def take_back(self, a: int, b: int) -> None:
        """Make something public a draft again, as was possible before the register."""
        if b % 3 == 0:
            make.hidden_again(self._initiative(a))
        elif entry := self._entry(a, withdrawn_at=None, publication="public", correction=None):
            with contextlib.suppress(ValidationError):
                if isinstance(entry, Mention):
                    refuse_without_another(entry)
                make.hidden_again(entry)

    def take_away(self, a: int, b: int) -> None:
        """Withdraw an initiative, or record anew what is withdrawn."""
        initiative = _fresh(self.initiatives[a % len(self.initiatives)])
        with contextlib.suppress(ValidationError):
            if initiative.is_withdrawn:
                reinstate(by=None, row=initiative, reason="It holds.")
            elif b % 3 == 0:
                withdraw_initiative(by=None, initiative=initiative, reason="Misread.")
            elif entry := self._entry(a, withdrawn_at__isnull=False):
                reinstate(by=None, row=entry, reason="It holds.")


def _fresh(initiative: Initiative) -> Initiative:
    return Initiative.objects.get(pk=initiative.pk)


# What changes nothing of what pages take from today: no document's kind, nothing taken back.
PLAIN = [
    "add",
    "mention",
    "criterion",
    "update",
    "correct",
    "withdraw",
    "publish",
    "postpone",
    "wait_longer",
]
NUMBERS = st.integers(0, 30)


def stories(*happenings: str) -> st.SearchStrategy[list[list[tuple[str, int, int]]]]:
    """Days, each with what happens on it."""
    step = st.tuples(st.sampled_from(happenings), NUMBERS, NUMBERS)
    return st.lists(st.lists(step, max_size=5), min_size=2, max_size=4)


# --- What is seen of it ---------------------------------------------------------------------------


def columns(initiatives: list[Initiative]) -> dict[str, Any]:
    """What is derived of initiatives, what it rests on and the flags."""
    return {
        initiative.slug: [
            *(str(getattr(initiative, name) or "") for name in DERIVED),
            initiative.due_on,
            initiative.raised_at and (initiative.raised_at.slug, initiative.raised_at.starts_on),
            initiative.flags(),
        ]
        for initiative in initiatives
    }


def seen(day: datetime.date | None) -> dict[str, Any]:
    """All that the list, its counts and the entries say; of today without a day."""
    public = Initiative.objects.public()
    query = f"as_of={day}" if day else ""
    shown: dict[str, Any] = {}
    for sort in SORTS:
        filters = InitiativeFilter.read(QueryDict(f"{query}&sort={sort}"), public)
        rows = filters.rows(0, 100)
        shown[sort] = [row.slug for row in rows]
        shown["columns"] = columns(rows)
    shown["counts"] = {
        facet.name: {value: count for value, count in facet.worth_showing.items() if count}
        for facet in filters.facets
    }
    view = view_on(day)
    entries: list[Entry] = []
    for model in ENTRIES:
        standing = view.entries(model).values_list("ref", flat=True)
        shown[model.plural] = sorted(standing)
        entries += view.as_known(view.entries(model, withdrawn=True))
    shown["struck through"] = sorted((entry.ref, entry.is_withdrawn) for entry in entries)
    shown["meetings"] = [
        [(meeting.slug, meeting.starts_on, meeting.state) for meeting in meetings]
        for meetings in (view.next_meetings(9), view.latest_meetings(9))
    ]
    shown["figures"] = view.figures()
    shown["deadlines"] = [initiative.slug for initiative in view.next_deadlines(9)]
    return shown


def play(
    clock: Clock, story: list[list[tuple[str, int, int]]], see: Callable[[], Any]
) -> dict[datetime.date, Any]:
    """Let a story happen, a few days between; what was seen at the end of each day."""
    clock.turn_to(datetime.date.fromisoformat(START))
    record = Story()
    shown = {clock.day: see()}
    for number, day in enumerate(story):
        clock.turn(1 + number % 3)
        for name, a, b in day:
            getattr(record, name)(a, b)
        shown[clock.day] = see()
        # Nothing happens on the next day: flags turn all the same.
        clock.turn(1)
        shown[clock.day] = see()
    clock.turn(40)
    return shown
