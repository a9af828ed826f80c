"""Standing and delivery follow from the entries that stand: told case by case, and by a second telling of the rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from initiatives.models import (
    Act,
    DeliveryStatus,
    EvidenceGrade,
    Initiative,
    Mention,
    Participant,
    Report,
    Standing,
    StatusUpdate,
)
from initiatives.partial_dates import sort_key
from initiatives.recording import actions
from initiatives.recording.derivation import standing
from initiatives.recording.publication import publish, unpublish
from initiatives.recording.summaries import MentionSummary
from tests import make
from tests.extent import TIMES


@pytest.mark.parametrize(
    ("acts", "expected", "rests_on"),
    [
        ("", "mentioned", None),
        ("mentioned", "mentioned", 0),
        ("restated reworded", "mentioned", 0),
        ("proposed", "proposed", 0),
        ("mentioned proposed", "proposed", 1),
        ("proposed supported", "supported", 1),
        ("proposed supported adopted", "adopted", 2),
        # A weaker word later takes nothing back, and who comes second is not who took it so far.
        ("adopted proposed", "adopted", 0),
        ("supported mentioned restated reworded", "supported", 0),
        ("proposed proposed", "proposed", 0),
        # Not taken up undoes what came before, and only that.
        ("not_taken_up", "not_taken_up", 0),
        ("proposed not_taken_up", "not_taken_up", 1),
        ("adopted not_taken_up", "not_taken_up", 1),
        ("not_taken_up not_taken_up", "not_taken_up", 1),
        ("not_taken_up proposed", "proposed", 1),
        ("adopted not_taken_up supported", "supported", 2),
        ("proposed not_taken_up adopted", "adopted", 2),
        # To be mentioned again does not take it up.
        ("proposed not_taken_up mentioned restated", "not_taken_up", 1),
        ("supported not_taken_up proposed not_taken_up", "not_taken_up", 3),
    ],
)
def test_standing_is_the_strongest_act_since_it_was_last_not_taken_up(
    acts: str, expected: str, rests_on: int | None
) -> None:
    mentions = [MentionSummary(act, "", index) for index, act in enumerate(acts.split())]
    assert standing(mentions) == (expected, rests_on)


def second_telling(acts: list[str]) -> tuple[str, int | None]:
    """Standing by search from the strong end, instead of by a walk from the first mention."""
    end = len(acts)
    since = end - [*reversed(acts), "not_taken_up"].index("not_taken_up")
    for word in ("adopted", "undertaken", "supported", "proposed"):
        if word in acts[since:]:
            return word, acts.index(word, since)
    if since:
        return "not_taken_up", since - 1
    return "mentioned", 0 if acts else None


@given(st.lists(st.sampled_from([act.value for act in Act]), max_size=8))
def test_standing_agrees_with_a_second_telling_of_the_rule(acts: list[str]) -> None:
    mentions = [MentionSummary(act, "", index) for index, act in enumerate(acts)]
    assert standing(mentions) == second_telling(acts)


DATES = [None, "2020", "2021-05", "2021-05-10", "2022"]


@dataclass
class EntryState:
    """An entry as the second telling sees it."""

    word: str
    on: str
    report: Report
    of_a_part: bool
    public: bool
    row: Mention | StatusUpdate
    corrects: EntryState | None = None
    withdrawn: bool = False
    seen: bool = False

    def __post_init__(self) -> None:
        self.seen = self.public


class Telling:
    """What was done to one initiative, kept in plain lists, and what follows from it."""

    def __init__(self) -> None:
        self.reports = [
            make.report(published_on=on, kind=list(EvidenceGrade)[index % 4])
            for index, on in enumerate(DATES * 2)
        ]
        self.initiative = make.initiative(raised_at=make.meeting(starts_on="2020-06"))
        self.participant = make.participant()
        self.entries: list[EntryState] = []

    def record(
        self, update: bool, word: int, which: int, part: bool, public: bool, last: int
    ) -> None:
        """A new entry; ``last`` from the end of its kind, if there are as many, is corrected."""
        kind = [e for e in self.entries if isinstance(e.row, StatusUpdate) == update]
        corrected = kind[-last] if 0 < last <= len(kind) else None
        report = self.reports[which % len(self.reports)]
        common: dict[str, Any] = {
            "by": None,
            "initiative": Initiative.objects.get(pk=self.initiative.pk),
            "report": report,
            "locator": "p. 1",
            "publication": "public" if public else "draft",
            "corrects": corrected and type(corrected.row).objects.get(pk=corrected.row.pk),
        }
        refused = corrected is not None and (
            corrected.withdrawn or self.correction_of(corrected) is not None
        )
        row: Mention | StatusUpdate
        try:
            if update:
                status = list(DeliveryStatus)[word % len(DeliveryStatus)]
                on = DATES[(which + word) % len(DATES)]
                who = self.participant if part else None
                row = actions.record_status(
                    **common, status=status, on=on, what="Work.", participant=who
                )
                state = EntryState(status, on or "", report, part, public, row)
            else:
                act = list(Act)[word % len(Act)]
                row = actions.record_mention(**common, act=act)
                state = EntryState(act, report.published_on or "", report, False, public, row)
        except ValidationError:
            assert refused
            return
        assert not refused
        state.corrects = corrected
        if corrected and corrected.corrects and not corrected.public:
            state.corrects, corrected.corrects, corrected.withdrawn = corrected.corrects, None, True
        self.entries.append(state)

    def withdraw(self, which: int) -> None:
        entry = self.entries[which % len(self.entries)]
        refused = entry.withdrawn or self.correction_of(entry) is not None or self.is_last(entry)
        try:
            actions.withdraw(by=None, entry=entry.row, reason="Misread.")
        except ValidationError:
            assert refused
            return
        assert not refused
        entry.withdrawn = True
        entry.corrects = entry.corrects if entry.public else None
        # What the public has seen it goes on seeing.
        entry.public = entry.seen

    def publish(self, which: int, public: bool) -> None:
        entry = self.entries[which % len(self.entries)]
        superseded = self.correction_of(entry) is not None
        # What the public has seen is no draft again.
        refused = entry.public != public and (entry.withdrawn or (superseded if public else True))
        action = publish if public else unpublish
        try:
            action(by=None, row=entry.row)
        except ValidationError:
            assert refused
            return
        assert not refused
        entry.public = public
        entry.seen |= public

    def is_last(self, entry: EntryState) -> bool:
        """Whether it is the one mention that the public has."""
        return self.standing(update=False) == [entry]

    def correction_of(self, entry: EntryState) -> EntryState | None:
        return next((other for other in self.entries if other.corrects is entry), None)

    def replaced(self, entry: EntryState) -> bool:
        """Whether anything public stands further down the chain of its corrections."""
        later = self.correction_of(entry)
        return later is not None and (later.public or self.replaced(later))

    def standing(self, update: bool) -> list[EntryState]:
        entries = [
            entry
            for entry in self.entries
            if isinstance(entry.row, StatusUpdate) == update
            and entry.public
            and not entry.withdrawn
            and not self.replaced(entry)
        ]
        return sorted(entries, key=lambda entry: sort_key(entry.on))

    def expected(self) -> dict[str, Any]:
        mentions, updates = self.standing(update=False), self.standing(update=True)
        word, index = second_telling([entry.word for entry in mentions])
        whole = [entry for entry in updates if not entry.of_a_part]
        last = (whole or updates)[-1] if updates else None
        status = last.word if last else "not_reviewed"
        grades = {e.report.kind for e in whole or updates if e.word == status}
        finished = [e.on for e in whole if e.word == "delivered" and e.on]
        signs = [e.on for e in updates if e.word not in ("not_reviewed", "no_information")]
        return {
            "standing": word,
            "standing_report": None if index is None else mentions[index].report.pk,
            "delivery_status": status,
            "status_grade": next((grade for grade in EvidenceGrade if grade in grades), ""),
            "latest_update_on": (last and last.on) or None,
            "latest_update_report": last and last.report.pk,
            "delivered_on": min(finished, key=sort_key, default=None),
            "last_heard_on": max([*signs, *(e.on for e in mentions), "2020-06"], key=sort_key),
        }

    def stored(self) -> dict[str, Any]:
        row: dict[str, Any] = Initiative.objects.values(*self.expected()).get(pk=self.initiative.pk)
        return row


numbers = st.integers(0, 11)
steps = st.one_of(
    st.tuples(
        st.just("record"),
        st.booleans(),
        numbers,
        numbers,
        st.booleans(),
        st.sampled_from([True, True, False]),
        st.sampled_from([0, 0, 1, 1, 2]),
    ),
    st.tuples(st.just("withdraw"), numbers),
    st.tuples(st.just("publish"), numbers, st.booleans()),
)


@pytest.mark.django_db
@settings(max_examples=10 * TIMES)
@given(st.lists(steps, min_size=1, max_size=9))
# A draft correction of a public entry, corrected by a public one.
@example([("record", True, 4, 1, False, p, c) for p, c in ((True, 0), (False, 1), (True, 1))])
# A draft correction that is withdrawn, and one that takes its place.
@example(
    [
        ("record", True, 4, 1, False, True, 0),
        ("record", True, 7, 2, False, False, 1),
        ("withdraw", 1),
        ("record", True, 8, 3, False, True, 2),
    ]
)
# The middle of a chain does not become a draft.
@example(
    [
        *(("record", True, word, 1, False, True, word % 2) for word in (4, 7, 9)),
        ("publish", 1, False),
    ]
)
def test_whatever_is_done_the_derived_columns_follow_from_what_stands(
    done: list[tuple[Any, ...]],
) -> None:
    telling = Telling()
    for name, *values in done:
        if name == "record" or telling.entries:
            getattr(telling, name)(*values)
            assert telling.stored() == telling.expected()
    assert actions.refresh([telling.initiative.pk]) == 0


def status_of(initiative: Initiative) -> tuple[str, str | None, str]:
    initiative.refresh_from_db()
    return initiative.delivery_status, initiative.latest_update_on, initiative.status_grade


@pytest.fixture
def uz() -> Participant:
    return make.participant("uz")


@pytest.mark.django_db
def test_what_one_participant_delivered_does_not_decide_for_the_whole(uz: Participant) -> None:
    initiative = make.initiative()
    make.update(initiative=initiative, status="under_way", on="2021")
    make.update(initiative=initiative, status="delivered", on="2022", participant=uz)
    assert status_of(initiative) == ("under_way", "2021", "joint")
    assert initiative.delivered_on is None


@pytest.mark.django_db
def test_where_nothing_is_said_of_the_whole_a_part_stands_for_it(uz: Participant) -> None:
    initiative = make.initiative()
    make.update(initiative=initiative, status="delivered", on="2022", participant=uz)
    assert status_of(initiative) == ("delivered", "2022", "joint")
    assert initiative.delivered_on is None


@pytest.mark.django_db
def test_evidence_of_one_part_is_none_for_the_whole(uz: Participant) -> None:
    initiative = make.initiative()
    claim = make.report(kind="statement")
    make.update(initiative=initiative, status="delivered", participant=uz)
    make.update(initiative=initiative, status="delivered", report=claim)
    assert status_of(initiative)[2] == "statement"
    assert initiative.is_one_sided()


@pytest.mark.django_db
def test_a_report_that_bears_an_update_out_raises_its_grade() -> None:
    claim = make.report(kind="statement")
    update = make.update(report=claim)
    assert status_of(update.initiative)[2] == "statement"
    make.citation(status_update=update, report=make.report(kind="study"))
    assert status_of(update.initiative)[2] == "study"


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["not_reviewed", "no_information"])
def test_to_find_nothing_is_not_to_hear_of_it(status: str) -> None:
    initiative = make.initiative()
    make.mention(initiative=initiative, report=make.report(published_on="2020"))
    make.update(initiative=initiative, status=status, on="2023")
    initiative.refresh_from_db()
    assert initiative.last_heard_on == "2020"
    assert initiative.latest_update_on == "2023"


@pytest.mark.django_db
def test_an_initiative_that_nobody_mentions_stands_nowhere_yet() -> None:
    initiative = make.initiative()
    assert initiative.standing == Standing.MENTIONED
    assert initiative.standing_report is None
    assert initiative.delivery_status == DeliveryStatus.NOT_REVIEWED
    assert initiative.last_heard_on is None
