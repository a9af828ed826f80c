"""Before the record begins a day is what a record would show that held only what was published by then."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.as_of.past import view_on
from initiatives.models import (
    Criterion,
    Dialogue,
    Initiative,
    Meeting,
    Mention,
    Report,
    StatusUpdate,
)
from initiatives.partial_dates import PartialDate
from tests import make
from tests.clock import Clock
from tests.stories import FEW, PLAIN, START, Story, play, rolled_back, seen, stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, START)


def out_by(report: Report, day: datetime.date) -> bool:
    """Whether a document was published by a day, told in plain Python."""
    meeting = report.meeting
    date: str | None = report.published_on
    if not date and meeting:
        date = meeting.ends_on or meeting.starts_on
    return date is not None and PartialDate(date).last_day <= day


def entries_by(day: datetime.date) -> list[tuple[str, str, dict[str, Any], list[str]]]:
    """What stands today and had been published by a day: maker, initiative, values and the reports cited."""
    entries: list[tuple[str, str, dict[str, Any], list[str]]] = []
    mentions = Mention.objects.public().current().select_related("initiative", "report__meeting")
    for mention in mentions.order_by("pk"):
        if out_by(mention.report, day):
            of_mention = {"act": mention.act, "report": mention.report.slug}
            entries.append(("mention", mention.initiative.slug, of_mention, []))
    updates = StatusUpdate.objects.public().current()
    for update in updates.select_related("initiative", "report__meeting").order_by("pk"):
        begun = update.on is None or PartialDate(update.on).first_day <= day
        if update.report and out_by(update.report, day) and begun:
            values: dict[str, Any] = {
                "status": update.status,
                "on": update.on,
                "report": update.report.slug,
            }
            values["part"] = update.participant_id is not None
            cited = update.citations.select_related("report__meeting")
            reports = [citation.report.slug for citation in cited if out_by(citation.report, day)]
            entries.append(("update", update.initiative.slug, values, reports))
    known = {slug for _kind, slug, _values, _cited in entries}
    criteria = Criterion.objects.public().current().filter(initiative__slug__in=known)
    for criterion in criteria.select_related("initiative", "report__meeting").order_by("pk"):
        report, read_on = criterion.report, criterion.read_on
        if out_by(report, day) if report else read_on and read_on.last_day <= day:
            names = ("what", "verifiability", "why", "read_by", "read_on")
            values = {name: getattr(criterion, name) for name in names}
            values |= {"report": report.slug} if report else {}
            entries.append(("criterion", criterion.initiative.slug, values, []))
    return entries


def record_of(day: datetime.date) -> Callable[[], dict[str, Any]]:
    """How to make a record that holds nothing but what had been published by a day."""
    entries = entries_by(day)
    slugs = {slug for _kind, slug, _values, _cited in entries}
    dialogues = dict(Dialogue.objects.values_list("slug", "stale_after_days"))
    meetings = {row.slug: (row.starts_on, row.state) for row in Meeting.objects.all()}
    columns = ("slug", "title", "dialogue__slug", "raised_at__slug", "due_on")
    rows = Initiative.objects.filter(slug__in=slugs).order_by("pk")
    initiatives = list(rows.values_list(*columns))
    kinds = dict(Report.objects.values_list("slug", "kind"))

    def maker() -> dict[str, Any]:
        story = Story()
        Initiative.objects.all().delete()
        for slug, days in dialogues.items():
            Dialogue.objects.filter(slug=slug).update(stale_after_days=days)
        for slug, (starts_on, state) in meetings.items():
            Meeting.objects.filter(slug=slug).update(starts_on=starts_on, state=state)
        for slug, kind in kinds.items():
            Report.objects.filter(slug=slug).update(kind=kind)
        for slug, title, dialogue, meeting, due_on in initiatives:
            raised_at = Meeting.objects.filter(slug=meeting or "").first()
            if raised_at and raised_at.starts_on and raised_at.starts_on.first_day > day:
                raised_at = None
            if raised_at and not raised_at.starts_on and not announced(raised_at, day):
                raised_at = None
            initiative = make.initiative(
                slug,
                title=title,
                dialogue=Dialogue.objects.get(slug=dialogue),
                raised_at=raised_at,
                due_on=due_on,
                themes=[story.theme] if dialogue == "d1" else [],
            )
            make.role(initiative=initiative, participant=story.japan)
        for kind, slug, values, cited in entries:
            values["initiative"] = Initiative.objects.get(slug=slug)
            if "report" in values:
                values["report"] = Report.objects.get(slug=values["report"])
            if kind != "update":
                getattr(make, kind)(**values)
                continue
            values["participant"] = story.japan if values.pop("part") else None
            update = make.update(**values)
            for report in cited:
                make.citation(status_update=update, report=Report.objects.get(slug=report))
        # When something was recorded is of days that were still to come.
        Initiative.objects.update(status_recorded_on=None, criterion_recorded_on=None)
        return seen(None)

    return maker


def announced(meeting: Meeting, day: datetime.date) -> bool:
    return any(out_by(report, day) for report in Report.objects.filter(meeting=meeting))


DAYS = ["2022-04-16", "2022-12-31", "2023-05-31", "2023-12-31", "2024-02-29"]
NOT_IN_ENTRIES = ("mentions", "updates", "criteria", "struck through", "meetings", "figures")


@FEW
@given(
    story=stories(*PLAIN, "hold", "cite", "regrade", "update", "mention"),
    day=st.sampled_from(DAYS).map(datetime.date.fromisoformat),
)
def test_before_the_record_a_day_is_what_a_record_of_what_was_published_would_show(
    clock: Clock, story: list[list[tuple[str, int, int]]], day: datetime.date
) -> None:
    with rolled_back():
        play(clock, story, lambda: None)
        shown, maker = seen(day), record_of(day)
        assert not view_on(day).was_shown
    with rolled_back():
        clock.turn_to(day)
        expected = maker()
    for name in expected.keys() - set(NOT_IN_ENTRIES):
        assert shown.get(name) == expected[name], name
