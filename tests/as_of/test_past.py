"""What was known on an earlier day, rule by rule."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from initiatives.as_of.past import view_on
from initiatives.models import ENTRIES, Initiative, Meeting, Publication, Report
from initiatives.recording import actions
from initiatives.recording.publication import publish
from tests import make
from tests.clock import Clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The record begins on 1 March 2024."""
    return Clock(monkeypatch, "2024-03-01")


def then(initiative: Initiative, day: str) -> Initiative | None:
    """The initiative as it was known at the end of a day; None if it was not."""
    row = Initiative.objects.public().select_related("dialogue", "raised_at")
    known_rows = view_on(datetime.date.fromisoformat(day)).as_known(row.filter(pk=initiative.pk))
    return known_rows[0] if known_rows else None


def status(initiative: Initiative, day: str) -> str | None:
    known = then(initiative, day)
    return known.delivery_status if known else None


def statuses(initiative: Initiative, *days: str) -> list[str | None]:
    return [status(initiative, day) for day in days]


def entries(day: str) -> list[str]:
    view = view_on(datetime.date.fromisoformat(day))
    for model in ENTRIES if view.was_shown else ():
        standing, shown = view_on(None).entries(model), view.entries(model)
        later = set(standing) - set(shown)
        assert set(standing.filter(view.shown_later(model))) == later, model
    rows = [*view.mentions().order_by("pk"), *view.updates().order_by("pk")]
    return [entry.note for entry in rows]


# --- Once the record has begun --------------------------------------------------------------------


def test_an_entry_is_known_from_the_day_on_which_it_was_recorded(clock: Clock) -> None:
    initiative = make.initiative()
    clock.turn(2)
    make.update(initiative=initiative, status="delivered", on="2023", note="it")
    clock.turn(2)
    days = ("2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04")
    assert statuses(initiative, *days) == ["not_reviewed", "not_reviewed", "delivered", "delivered"]
    assert [entries(day) for day in days] == [[], [], ["it"], ["it"]]


def test_an_entry_is_known_until_it_is_withdrawn_or_corrected(clock: Clock) -> None:
    initiative = make.initiative()
    make.mention(initiative=initiative, note="once")
    wrong = make.update(initiative=initiative, status="stalled", note="wrong")
    mention = make.mention(initiative=initiative, note="said")
    clock.turn(2)
    make.update(initiative=initiative, status="delivered", corrects=wrong, note="right")
    actions.withdraw(by=None, entry=mention, reason="Misread.")
    clock.turn(2)
    assert statuses(initiative, "2024-03-02", "2024-03-03") == ["stalled", "delivered"]
    assert [entries("2024-03-02"), entries("2024-03-03")] == [
        ["once", "said", "wrong"],
        ["once", "right"],
    ]


def test_a_draft_is_known_once_it_is_published(clock: Clock) -> None:
    initiative = make.initiative()
    wrong = make.update(initiative=initiative, status="stalled", note="wrong")
    draft: dict[str, Any] = {"initiative": initiative, "publication": "draft"}
    right = make.update(status="delivered", corrects=wrong, note="right", **draft)
    mention = make.mention(note="said", **draft)
    clock.turn(2)
    for entry in (right, mention):
        publish(by=None, row=entry)
    clock.turn(2)
    assert statuses(initiative, "2024-03-02", "2024-03-03") == ["stalled", "delivered"]
    assert [entries("2024-03-02"), entries("2024-03-03")] == [["wrong"], ["said", "right"]]


def test_an_initiative_and_all_of_it_is_known_once_it_is_published(clock: Clock) -> None:
    initiative = make.initiative(publication="draft")
    make.update(initiative=initiative, note="it")
    make.mention(initiative=initiative, note="said")
    clock.turn(2)
    publish(by=None, row=initiative)
    clock.turn(2)
    assert statuses(initiative, "2024-03-02", "2024-03-03") == [None, "under_way"]
    assert [entries("2024-03-02"), entries("2024-03-03")] == [[], ["said", "it"]]


def test_what_was_taken_back_to_draft_decides_nothing_on_any_day(clock: Clock) -> None:
    initiative = make.initiative()
    make.update(initiative=initiative, status="preparing", on="2023")
    secret = make.update(initiative=initiative, status="delivered", on="2024-02", note="secret")
    clock.turn(2)
    make.hidden_again(secret)
    clock.turn(2)
    for day in ("2024-03-01", "2024-03-02", "2024-03-03"):
        assert status(initiative, day) == "preparing"
        assert "secret" not in entries(day)


def test_dates_and_limits_are_those_of_the_day(clock: Clock) -> None:
    dialogue = make.dialogue(stale_after_days=5)
    meeting = make.meeting(dialogue=dialogue, starts_on="2024-02-01")
    initiative = make.initiative(raised_at=meeting, due_on="2024-02-15")
    make.look(initiative=initiative, looked_on="2024-02-29")
    clock.turn(2)
    dialogue.stale_after_days = 500
    dialogue.save()
    meeting.starts_on = "2023-12-24"
    meeting.save()
    initiative.unsourced_due_on = None
    initiative.save()
    actions.refresh([initiative.pk])
    clock.turn(2)
    before, after = then(initiative, "2024-03-02"), then(initiative, "2024-03-03")
    assert before
    assert after
    assert before.flags() == ["overdue", "stale"]
    assert after.flags() == []
    assert (before.last_heard_on, after.last_heard_on) == ("2024-02-01", "2023-12-24")
    assert before.raised_at
    assert before.raised_at.starts_on == "2024-02-01"


def test_what_is_put_right_in_documents_later_changes_no_day(clock: Clock) -> None:
    report = make.report(kind="joint", published_on="2024-02-01")
    initiative = make.initiative()
    make.mention(initiative=initiative, report=report)
    update = make.update(initiative=initiative, report=report)
    clock.turn(2)
    Report.objects.filter(pk=report.pk).update(kind="statement", published_on="2020")
    actions.refresh([initiative.pk])
    clock.turn(2)
    make.citation(status_update=update, report=make.report(kind="study"))
    clock.turn(2)
    days = ("2024-03-02", "2024-03-04", "2024-03-06")
    initiatives = [then(initiative, day) for day in days]
    assert [row and row.status_grade for row in initiatives] == ["joint", "statement", "study"]
    heard = [row and row.last_heard_on for row in initiatives]
    assert heard == ["2024-02-01", "2022-04-17", "2022-04-17"]


def test_without_versions_entries_decide(clock: Clock) -> None:
    initiative, silent = make.initiative(), make.initiative()
    make.mention()
    clock.turn(2)
    make.update(initiative=initiative, status="delivered")
    Initiative.history.all().delete()
    clock.turn(2)
    assert statuses(initiative, "2024-03-02", "2024-03-03") == [None, "delivered"]
    assert then(silent, "2024-03-03") is None


def test_a_meeting_is_known_as_it_was_announced(clock: Clock) -> None:
    make.mention()
    clock.turn(2)
    meeting = make.meeting("coming", state="planned", starts_on="2024-03-08", city="Tokyo")
    clock.turn(2)
    meeting.starts_on, meeting.city = "2024-03-10", "Astana"
    meeting.save()
    clock.turn(10)
    meeting.state = "held"
    meeting.save()
    clock.turn(2)
    meetings = [
        [
            (meeting.starts_on, meeting.state, meeting.city)
            for meeting in view_on(datetime.date.fromisoformat(day)).as_known(
                Meeting.objects.filter(slug="coming")
            )
        ]
        for day in ("2024-03-02", "2024-03-03", "2024-03-06", "2024-03-15")
    ]
    assert meetings == [
        [],
        [("2024-03-08", "planned", "Tokyo")],
        [("2024-03-10", "planned", "Astana")],
        [("2024-03-10", "held", "Astana")],
    ]


# --- Before it began ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("published_on", "last_unknown", "first_known"),
    [
        ("2022-04-17", "2022-04-16", "2022-04-17"),
        ("2022-04", "2022-04-29", "2022-04-30"),
        ("2022", "2022-12-30", "2022-12-31"),
        # By the end of its meeting, 3 to 5 May 2021.
        (None, "2021-05-04", "2021-05-05"),
    ],
)
def test_a_document_tells_from_the_last_day_it_may_be_of(
    clock: Clock, published_on: str | None, last_unknown: str, first_known: str
) -> None:
    meeting = make.meeting(starts_on="2021-05-03", ends_on="2021-05-05")
    report = make.report(published_on=published_on, meeting=meeting)
    initiative = make.initiative()
    make.mention(initiative=initiative, report=report)
    make.update(initiative=initiative, report=report, on="2020", status="delivered")
    assert statuses(initiative, last_unknown, first_known) == [None, "delivered"]


def test_a_document_without_any_date_is_known_from_the_record(clock: Clock) -> None:
    initiative = make.initiative()
    make.mention(initiative=initiative, report=make.report(published_on=None))
    make.mention(initiative=make.initiative(), report=make.report(published_on="2020"))
    clock.turn(2)
    assert then(initiative, "2024-02-29") is None
    assert then(initiative, "2024-03-01") is not None


@pytest.mark.parametrize(
    ("on", "last_unknown", "first_known"),
    [
        ("2023-06-15", "2023-06-14", "2023-06-15"),
        ("2023-06", "2023-05-31", "2023-06-01"),
        ("2023", "2022-12-31", "2023-01-01"),
    ],
)
def test_what_is_told_of_days_to_come_is_not_known_yet(
    clock: Clock, on: str, last_unknown: str, first_known: str
) -> None:
    initiative, report = make.initiative(), make.report(published_on="2022-04-17")
    make.mention(initiative=initiative, report=report)
    make.update(initiative=initiative, report=report, on=on, status="delivered")
    assert statuses(initiative, last_unknown, first_known) == ["not_reviewed", "delivered"]


def test_only_what_stands_today_is_told_of_days_before(clock: Clock) -> None:
    initiative, report = make.initiative(), make.report(published_on="2020")
    wrong = make.update(initiative=initiative, report=report, on="2020", status="stalled")
    clock.turn(2)
    make.update(initiative=initiative, report=report, on="2020", status="delivered", corrects=wrong)
    make.update(initiative=initiative, report=report, on="2021", publication=Publication.DRAFT)
    assert status(initiative, "2021-06-30") == "delivered"


def test_evidence_counts_once_it_is_out(clock: Clock) -> None:
    claim = make.report(kind="statement", published_on="2020-01-01")
    update = make.update(report=claim, on="2020")
    make.citation(status_update=update, report=make.report(kind="study", published_on="2021-01-01"))
    initiatives = [then(update.initiative, day) for day in ("2020-12-31", "2021-01-01")]
    assert [row and row.status_grade for row in initiatives] == ["statement", "study"]
    assert [row and row.is_one_sided() for row in initiatives] == [True, False]


def test_a_meeting_to_come_has_raised_nothing_yet(clock: Clock) -> None:
    meeting = make.meeting(starts_on="2022-04-15")
    initiative = make.initiative(raised_at=meeting)
    make.mention(initiative=initiative, report=make.report(published_on="2022-03-01"))
    before, after = then(initiative, "2022-04-14"), then(initiative, "2022-04-15")
    assert before
    assert after
    assert (before.raised_at, before.last_heard_on) == (None, "2022-03-01")
    assert (after.raised_at, after.last_heard_on) == (meeting, "2022-04-15")
