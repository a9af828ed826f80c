"""What meetings take up again, on the pages of meetings."""

from __future__ import annotations

import pytest
from django.test import Client

from initiatives.as_of.past import view_on
from initiatives.facets.index import index
from initiatives.models import Initiative, Meeting
from initiatives.pages import follow_through
from initiatives.pages.follow_through import (
    first_unresumed,
    later_meetings,
    resumed_initiatives,
    unresumed_keys,
)
from initiatives.pages.meeting_sequence import dialogue_meetings, neighbours
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def meetings() -> list[Meeting]:
    dialogue = make.dialogue("ca-japan")
    return [
        make.meeting(f"fm-{number}", dialogue=dialogue, title=f"Meeting {number}", starts_on=on)
        for number, on in enumerate(("2019-05", "2022-04-15", "2024"), 1)
    ]


def silent(meeting: Meeting) -> list[str]:
    view = view_on(None)
    later = later_meetings(view, dialogue_meetings(index(), meeting.dialogue_id), meeting)
    return [row.slug for row in first_unresumed(view, unresumed_keys(view, meeting, later))]


def test_what_no_later_meeting_speaks_of_is_named(meetings: list[Meeting]) -> None:
    first, second, third = meetings
    for slug in ("dropped", "resumed", "delivered", "hidden", "elsewhere"):
        make.initiative(slug, raised_at=first)
    by_slug = {row.slug: row for row in Initiative.objects.all()}
    Initiative.objects.filter(slug="hidden").update(publication="draft")
    own = make.report(meeting=first)
    make.mention(initiative=by_slug["dropped"], report=own)
    make.mention(initiative=by_slug["resumed"], report=make.report(meeting=second), act="restated")
    make.update(initiative=by_slug["delivered"], report=make.report(), status="delivered")
    # Another dialogue is not this one taking it up again.
    make.mention(initiative=by_slug["elsewhere"], report=make.report(meeting=make.meeting()))
    assert silent(first) == ["dropped", "elsewhere"]
    assert later_meetings(view_on(None), meetings, third).all == []


def test_a_meeting_that_is_only_planned_is_none_after_which_anything_is_missed(
    meetings: list[Meeting],
) -> None:
    planned = make.meeting(
        "fm-9", dialogue=meetings[0].dialogue, state="planned", starts_on="2024-12-01"
    )
    ahead = make.meeting("fm-10", dialogue=meetings[0].dialogue, starts_on="2999")
    later = later_meetings(view_on(None), [*meetings, planned, ahead], meetings[1])
    assert later.all == later.of_rank == [meetings[2]]
    undated = make.meeting("undated", starts_on=None)
    assert later_meetings(view_on(None), meetings, undated).all == []


def test_what_was_raised_before_is_named_with_what_was_done_with_it(
    client: Client, meetings: list[Meeting]
) -> None:
    first, second, _third = meetings
    plan = make.initiative("plan", title="Plan", raised_at=first)
    own = make.initiative("own", title="Own", raised_at=second)
    older = make.initiative("older", title="Older", dialogue=first.dialogue)
    report = make.report(meeting=second)
    for act in ("adopted", "restated"):
        make.mention(initiative=plan, report=report, act=act)
    for initiative in (own, older):
        make.mention(initiative=initiative, report=report)
    found, count = resumed_initiatives(view_on(None), second)
    assert count == 2
    assert [(row.initiative.slug, row.acts) for row in found] == [
        ("older", ("proposed",)),
        ("plan", ("adopted", "restated")),
    ]
    html = client.get("/meetings/fm-2/").content.decode()
    assert "Adopted, Restated here" in html
    assert "First raised at Meeting 1" in html
    assert "Not mentioned at a later meeting" in html


def test_meetings_lead_to_the_one_before_and_the_one_after(
    client: Client, meetings: list[Meeting]
) -> None:
    make.meeting("undated", dialogue=meetings[0].dialogue, starts_on=None)
    html = client.get("/meetings/fm-2/").content.decode()
    assert '<a href="/meetings/fm-1/" rel="prev">Meeting 1</a>' in html
    assert '<a href="/meetings/fm-3/" rel="next">Meeting 3</a>' in html
    assert 'rel="prev"' not in client.get("/meetings/fm-1/").content.decode()
    assert 'rel="next"' not in client.get("/meetings/fm-3/").content.decode()
    in_order = dialogue_meetings(index(), meetings[0].dialogue_id)
    assert [meeting.slug for meeting in in_order] == ["fm-1", "fm-2", "fm-3", "undated"]
    assert neighbours(in_order, in_order[-1]) == (None, None)


def test_of_many_the_first_are_read_and_all_counted(
    client: Client, monkeypatch: pytest.MonkeyPatch, meetings: list[Meeting]
) -> None:
    monkeypatch.setattr(follow_through, "MOST", 2)
    first, second, third = meetings
    report = make.report(meeting=third)
    for number in range(5):
        raised_first = make.initiative(f"early-{number}", title=f"E{number}", raised_at=first)
        make.mention(initiative=raised_first, report=report)
        make.mention(initiative=make.initiative(title=f"L{number}", raised_at=second))
    resumed, count = resumed_initiatives(view_on(None), third)
    assert ([row.initiative.title for row in resumed], count) == (["E0", "E1"], 5)
    later = later_meetings(view_on(None), meetings, second)
    missed = unresumed_keys(view_on(None), second, later)
    first_missed = first_unresumed(view_on(None), missed)
    assert ([row.title for row in first_missed], len(missed)) == (["L0", "L1"], 5)
    html = client.get("/meetings/fm-2/").content.decode()
    assert 'Not mentioned at a later meeting <span class="count">5</span>' in html


def test_nothing_stands_twice_on_the_page_and_what_came_of_it_stands_first(
    client: Client, meetings: list[Meeting]
) -> None:
    first, second, _third = meetings
    own = make.report("own", title="Own words", meeting=first)
    make.report("press", title="Press on it", meeting=first)
    for slug in ("kept", "lost"):
        make.mention(
            initiative=make.initiative(slug, title=slug.title(), raised_at=first), report=own
        )
    kept = Initiative.objects.get(slug="kept")
    make.mention(initiative=kept, report=make.report(meeting=second), act="restated")
    for kind, text in (("agenda", "Water."), ("outcome", "A plan was agreed.")):
        line = make.line(text, meeting=first, kind=kind)
        make.citation(line=line, report=own)
    html = client.get("/meetings/fm-1/").content.decode()
    for words in ("Kept</a>", "Lost</a>", "Press on it</a>", "Water.", "A plan was agreed."):
        assert html.count(words) == 1, words
    # Its marks lead to it, and it is listed once.
    assert html.count("Own words</a>") == 1
    places = [
        html.index(words) for words in ("A plan was agreed.", "Kept</a>", "Lost</a>", "Water.")
    ]
    assert places == sorted(places)
    assert "1 more is listed below" in " ".join(html.split())
