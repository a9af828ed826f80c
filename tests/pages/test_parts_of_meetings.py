"""What is held with a meeting belongs to it: on pages, and where it is told what a later meeting took up again."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from initiatives.as_of.past import view_on
from initiatives.facets.index import index
from initiatives.models import Meeting, MeetingKind
from initiatives.pages.follow_through import first_unresumed, later_meetings, unresumed_keys
from initiatives.pages.meeting_sequence import dialogue_meetings
from tests import make
from tests.clock import Clock
from tests.report_files import DIALOGUE, VOCABULARY, actions_of, load_texts, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def summit() -> Meeting:
    return make.meeting(
        "summit", kind="summit", title="Summit", starts_on="2025-12-19", ends_on="2025-12-20"
    )


def held_with(summit: Meeting, slug: str = "forum", **kwargs: Any) -> Meeting:
    shape: dict[str, Any] = {
        "kind": "business",
        "starts_on": "2025-12-21",
        "title": slug.title(),
    } | kwargs
    return make.meeting(slug, dialogue=summit.dialogue, part_of=summit, **shape)


def later_of(meeting: Meeting) -> tuple[list[str], list[str]]:
    """The slugs of all later meetings, and of those of its level or above."""
    meetings = dialogue_meetings(index(), meeting.dialogue_id)
    later = later_meetings(view_on(None), meetings, meeting)
    return [row.slug for row in later.all], [row.slug for row in later.of_rank]


def missed(meeting: Meeting) -> list[str]:
    meetings = dialogue_meetings(index(), meeting.dialogue_id)
    later = later_meetings(view_on(None), meetings, meeting)
    view = view_on(None)
    return [row.slug for row in first_unresumed(view, unresumed_keys(view, meeting, later))]


# --- What counts as the later meeting -------------------------------------------------------------


def test_a_forum_of_the_same_summit_is_no_later_meeting(client: Client, summit: Meeting) -> None:
    make.mention(initiative=make.initiative("promise", raised_at=summit))
    forum = held_with(summit)
    assert later_of(summit) == ([], [])
    assert missed(summit) == []
    html = client.get("/meetings/summit/").content.decode()
    assert "No later meeting of this level or above is recorded as held" in html
    assert "Not mentioned" not in html
    assert "Not taken up" not in html
    # Nor is the summit after what was held with it, nor one part of it after another.
    expert = held_with(summit, "experts", kind="business", starts_on="2025-12-23")
    Meeting.objects.filter(pk=forum.pk).update(starts_on="2025-12-01")
    assert later_of(Meeting.objects.get(pk=forum.pk)) == ([], [])
    assert later_of(expert) == ([], [])


@pytest.mark.parametrize(
    ("raised_at", "later", "counts"),
    [
        ("summit", "summit", True),
        ("summit", "foreign_ministers", False),
        ("foreign_ministers", "summit", True),
        ("foreign_ministers", "foreign_ministers", True),
        ("foreign_ministers", "ministerial", False),
        ("ministerial", "foreign_ministers", True),
        ("senior_officials", "ministerial", True),
        ("ministerial", "senior_officials", False),
        ("business", "business", True),
        ("business", "summit", False),
        ("summit", "business", False),
        ("expert", "forum", False),
        ("special", "special", True),
    ],
)
def test_only_a_meeting_of_the_level_or_above_counts(
    raised_at: str, later: str, counts: bool
) -> None:
    assert MeetingKind(later).takes_up(MeetingKind(raised_at)) is counts
    first = make.meeting("first", kind=raised_at, starts_on="2022-04-15")
    make.meeting("second", dialogue=first.dialogue, kind=later, starts_on="2023-04-15")
    make.mention(initiative=make.initiative("promise", raised_at=first))
    assert missed(first) == (["promise"] if counts else [])


def test_a_lower_meeting_that_speaks_of_it_takes_it_up(summit: Meeting) -> None:
    spoken_of, silent = (make.initiative(slug, raised_at=summit) for slug in ("spoken", "silent"))
    officials = make.meeting(
        "officials", dialogue=summit.dialogue, kind="senior_officials", starts_on="2026-03"
    )
    for initiative in (spoken_of, silent):
        make.mention(initiative=initiative)
    make.mention(initiative=spoken_of, report=make.report(meeting=officials))
    assert missed(summit) == []
    make.meeting("summit-2", dialogue=summit.dialogue, kind="summit", starts_on="2026-05-01")
    assert later_of(summit) == (["officials", "summit-2"], ["summit-2"])
    assert missed(summit) == ["silent"]


def test_a_meeting_counts_once_it_is_over(monkeypatch: pytest.MonkeyPatch, summit: Meeting) -> None:
    make.meeting(
        "next",
        dialogue=summit.dialogue,
        kind="summit",
        starts_on="2026-05-01",
        ends_on="2026-05-03",
    )
    clock = Clock(monkeypatch, "2026-05-02")
    assert later_of(summit) == ([], [])
    clock.turn(1)
    assert later_of(summit) == (["next"], ["next"])


def test_the_brief_of_a_meeting_leaves_its_own_parts_aside(
    monkeypatch: pytest.MonkeyPatch, client: Client, summit: Meeting
) -> None:
    Clock(monkeypatch, "2026-01-10")
    make.meeting("before", dialogue=summit.dialogue, title="One before", starts_on="2022-12-24")
    held_with(summit, starts_on="2025-12-19")
    html = client.get("/meetings/summit/brief/").content.decode()
    assert "One before" in html
    assert "/meetings/forum/" not in html


# --- Where it is said -----------------------------------------------------------------------------


def test_the_page_says_it_both_ways_and_as_it_was(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    clock = Clock(monkeypatch, "2026-01-10")
    summit = make.meeting("summit", title="Summit", kind="summit", starts_on="2025-12-19")
    # With its first version the record begins.
    make.initiative(raised_at=summit)
    forum = held_with(summit)
    assert '<dt>Part of</dt><dd><a href="/meetings/summit/">Summit</a>' in page(client, "forum")
    assert '<li><a href="/meetings/forum/">Forum</a></li>' in page(client, "summit")
    clock.turn(3)
    forum.part_of = None
    forum.save()
    assert "Part of" not in page(client, "forum")
    assert "Held with it" not in page(client, "summit")
    assert 'href="/meetings/summit/?as_of=2026-01-11">Summit</a>' in page(
        client, "forum", "?as_of=2026-01-11"
    )
    assert "Held with it" in page(client, "summit", "?as_of=2026-01-11")


def page(client: Client, slug: str, query: str = "") -> str:
    return client.get(f"/meetings/{slug}/{query}").content.decode()


def test_programs_are_told(client: Client, summit: Meeting) -> None:
    held_with(summit)
    row = client.get("/meetings/forum.json").json()["meeting"]
    assert row["part_of"] == {"slug": "summit", "title": "Summit"}


# --- What is refused ------------------------------------------------------------------------------


def test_a_whole_is_of_the_same_dialogue_and_not_a_part_of_its_part(summit: Meeting) -> None:
    forum = held_with(summit)
    workshop = held_with(forum, "workshop")
    for meeting, whole, words in (
        (summit, forum, "itself part of this one"),
        (summit, workshop, "itself part of this one"),
        (summit, summit, "part of itself"),
        (forum, make.meeting("elsewhere"), "of another dialogue"),
    ):
        meeting.part_of = whole
        with pytest.raises(ValidationError, match=words):
            meeting.full_clean()
        meeting.refresh_from_db()
    summit.dialogue = make.dialogue()
    with pytest.raises(ValidationError, match="Parts of this meeting"):
        summit.full_clean()


def test_a_meeting_becomes_part_of_one_that_the_same_load_brings() -> None:
    forum = (
        "meeting: {id: forum, dialogue: dialogue, kind: business, title: Forum, locator: head}\n"
    )
    load_texts(VOCABULARY, report(body=DIALOGUE + forum))
    summit = "meeting: {id: a-summit, dialogue: dialogue, kind: summit, title: S, locator: head}\n"
    whole = "meetings:\n  - {id: forum, part_of: a-summit, locator: head}\n"
    texts = [VOCABULARY, report("later", summit + whole)]
    load_texts(*texts)
    assert Meeting.objects.get(slug="forum").part_of == Meeting.objects.get(slug="a-summit")
    assert actions_of(load_texts(*texts)) == {}
