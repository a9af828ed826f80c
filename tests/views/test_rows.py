from typing import Any

from django.utils.translation import override

from initiatives.models import Act, DeliveryStatus, Initiative, Meeting
from initiatives.templatetags import rows, tracker

APRIL = '<time datetime="2022-04">April 2022</time>'


def meeting(**fields: Any) -> Meeting:
    return Meeting(**{"slug": "second", "title": "Summit <2>", "starts_on": "2022-04"} | fields)


def test_a_link_escapes_what_it_says_and_marks_its_language() -> None:
    assert tracker.link(meeting()) == '<a href="/meetings/second/">Summit &lt;2&gt;</a>'
    russian = meeting(title="Саммит", language="ru")
    assert tracker.link(russian) == '<a href="/meetings/second/"><span lang="ru">Саммит</span></a>'


def test_a_due_date_is_said_with_what_it_passed_without() -> None:
    status = DeliveryStatus.NOT_REVIEWED
    passed = Initiative(due_on="2022-04", delivery_status=status)
    assert rows.due(passed) == f"Due {APRIL}, passed and not yet reviewed"
    ahead = Initiative(due_on="2922", delivery_status=status)
    assert rows.due(ahead) == 'Due <time datetime="2922">2922</time>'


def test_what_is_due_at_a_meeting_names_it() -> None:
    row = Initiative(due_at=meeting(), due_on="2922-04", delivery_status=DeliveryStatus.PREPARING)
    row.due_date = "no date & <so>"
    link = '<a href="/meetings/second/">Summit &lt;2&gt;</a>'
    assert rows.due(row) == f"Due at {link}, no date &amp; &lt;so&gt;"


def test_where_it_was_raised_has_a_date_if_the_meeting_has_one() -> None:
    assert rows.first_raised(meeting()) == f"First raised at Summit &lt;2&gt;, {APRIL}"
    assert rows.first_raised(meeting(starts_on=None)) == "First raised at Summit &lt;2&gt;"


def test_each_language_has_its_own_words() -> None:
    acts = (Act.PROPOSED, Act.SUPPORTED)
    assert rows.acts_here(acts) == "Proposed, Supported here"
    assert rows.last_heard("2022-04") == f"Last heard of {APRIL}"
    with override("ja"):
        assert rows.acts_here(acts) == "この会合で提案、支持"
        assert rows.last_heard("2022-04").startswith("直近の情報：")
