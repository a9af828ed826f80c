"""The story of an initiative tells a proposal before its restatement, in whatever order documents appeared."""

from __future__ import annotations

import pytest

from initiatives.as_of.current import CurrentView
from initiatives.models import Act, Initiative, Meeting
from initiatives.pages.timeline import timeline
from tests import make

pytestmark = pytest.mark.django_db


def story(initiative: Initiative) -> list[str]:
    """The acts and statuses of its steps, in order."""
    steps = timeline(CurrentView(), initiative, 1, per=50, address=str)
    return [
        str(step.mention.act if step.mention else step.update and step.update.status)
        for step in steps.rows
    ]


@pytest.fixture
def meeting() -> Meeting:
    return make.meeting("fm-8", starts_on="2022-04-15")


def say(initiative: Initiative, act: str, meeting: Meeting | None, published: str | None) -> None:
    make.mention(
        initiative=initiative,
        act=act,
        report=make.report(meeting=meeting, published_on=published),
    )


def test_documents_of_one_meeting_are_of_its_day(meeting: Meeting) -> None:
    initiative = make.initiative(raised_at=meeting)
    # The press restates it on the day itself, the statement that proposes it appears two days later.
    say(initiative, "restated", meeting, "2022-04-15")
    say(initiative, "mentioned", meeting, "2022-04-16")
    say(initiative, "adopted", meeting, "2022-04-18")
    say(initiative, "proposed", meeting, "2022-04-17")
    # Of a document of some day of the month, or year, nobody can tell that it came before.
    say(initiative, "supported", meeting, "2022-04")
    say(initiative, "not_taken_up", None, "2022")
    assert story(initiative) == [
        "proposed",
        "supported",
        "adopted",
        "mentioned",
        "restated",
        "not_taken_up",
    ]


def test_of_different_days_the_earlier_goes_first_whatever_the_act(meeting: Meeting) -> None:
    initiative = make.initiative(raised_at=meeting)
    say(initiative, "proposed", meeting, "2022-04-17")
    # Announced before the meeting; and spoken of later, of no meeting.
    say(initiative, "mentioned", meeting, "2022-03")
    say(initiative, "restated", None, "2022-04-16")
    say(initiative, "supported", None, None)
    later = make.meeting(dialogue=meeting.dialogue, starts_on="2024")
    say(initiative, "adopted", later, None)
    make.update(initiative=initiative, status="preparing", on="2023")
    assert story(initiative) == [
        "supported",
        "mentioned",
        "proposed",
        "restated",
        "preparing",
        "adopted",
    ]


def test_every_act_has_its_place() -> None:
    in_order = Act.in_story_order()
    assert sorted(in_order) == sorted(Act)
    assert in_order.index(Act.PROPOSED) < in_order.index(Act.RESTATED)
