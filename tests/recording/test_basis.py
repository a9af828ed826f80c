"""What is public rests on nothing that is a draft: whatever becomes public shows what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from pytest_django import DjangoAssertNumQueries

from initiatives.models import Membership, Publication, Published
from initiatives.recording import actions
from initiatives.recording.added_reports import add_report
from initiatives.recording.basis import MODELS, show, show_basis, what_rests_on
from initiatives.recording.publication import publish
from tests import make

pytestmark = pytest.mark.django_db

DRAFT: dict[str, Any] = {"publication": "draft"}


def is_shown(row: Published) -> bool:
    row.refresh_from_db()
    return row.is_public


def rests_on_report(column: str) -> tuple[Published, Callable[[], object]]:
    report = make.report(**DRAFT)
    initiative = make.initiative()
    return report, {
        "mention": lambda: make.mention(initiative=initiative, report=report),
        "update": lambda: make.update(initiative=initiative, report=report),
        "criterion": lambda: make.criterion(initiative=initiative, report=report),
        "citation": lambda: make.citation(report=report, meeting=make.meeting()),
        "translation": lambda: make.report(translation_of=report),
    }[column]


def rests_on_meeting(column: str) -> tuple[Published, Callable[[], object]]:
    meeting = make.meeting(**DRAFT)
    return meeting, {
        "raised": lambda: make.initiative(raised_at=meeting),
        "report": lambda: make.report(meeting=meeting),
        "part": lambda: make.meeting(part_of=meeting),
        "due": lambda: make.mention(due_at=meeting),
    }[column]


def rests_on_participant(column: str) -> tuple[Published, Callable[[], object]]:
    country = make.participant(**DRAFT)
    return country, {
        "by": lambda: make.mention(participants=[country]),
        "line": lambda: make.line(kind="statement", by=[country]),
        "update": lambda: make.update(participant=country),
        "role": lambda: make.role(participant=country),
        "membership": lambda: Membership.objects.create(
            dialogue=make.dialogue(), participant=country
        ),
        "attendance": lambda: make.attendance(participant=country),
        "host": lambda: make.meeting(host=country),
        "issued": lambda: make.report(issued_by=[country]),
        "part": lambda: make.participant(kind="ministry", part_of=country),
    }[column]


def rests_on_theme(column: str) -> tuple[Published, Callable[[], object]]:
    theme = make.theme(**DRAFT)
    return theme, {"served": lambda: make.initiative(themes=[theme])}[column]


CASES = [
    *(
        (rests_on_report, name)
        for name in ("mention", "update", "criterion", "citation", "translation")
    ),
    *((rests_on_meeting, name) for name in ("raised", "report", "part", "due")),
    *(
        (rests_on_participant, name)
        for name in (
            "by",
            "line",
            "update",
            "role",
            "membership",
            "attendance",
            "host",
            "issued",
            "part",
        )
    ),
    (rests_on_theme, "served"),
]


def test_every_way_to_rest_on_something_is_tried() -> None:
    assert len(CASES) == sum(len(what_rests_on(model)) for model in MODELS)


@pytest.mark.parametrize(("prepare", "way"), CASES)
def test_what_something_public_rests_on_is_public(prepare: Any, way: str) -> None:
    row, rest = prepare(way)
    show_basis(by=None)
    assert not is_shown(row)
    rest()
    actions.refresh([])
    assert is_shown(row)
    last = row.history.first()
    assert (last.publication, last.history_change_reason) == (
        "public",
        "Something public rests on it",
    )


def test_what_only_drafts_rest_on_stays_unseen() -> None:
    theme, country = make.theme(**DRAFT), make.participant(**DRAFT)
    meeting = make.meeting(host=country, **DRAFT)
    report = make.report(meeting=meeting, issued_by=[country], **DRAFT)
    draft = make.initiative(raised_at=meeting, themes=[theme], proposers=[country], **DRAFT)
    make.attendance(meeting=meeting, participant=country)
    make.citation(report=report, meeting=meeting)
    make.citation(report=report, role=draft.roles.get())
    mention = make.mention(initiative=draft, report=report, participants=[country])
    make.update(initiative=draft, report=report, participant=country)
    hidden = make.update(report=report, participant=country, **DRAFT)
    rows: list[Published] = [theme, country, meeting, report]
    assert not any(map(is_shown, rows))
    publish(by=None, row=draft)
    assert all(map(is_shown, rows))
    assert mention.publication == Publication.PUBLIC
    assert hidden.publication == Publication.DRAFT


def test_a_draft_entry_that_is_published_shows_its_report_and_the_meeting_of_that() -> None:
    country = make.participant(**DRAFT)
    meeting = make.meeting(host=country, **DRAFT)
    report = make.report(meeting=meeting, **DRAFT)
    update = make.update(report=report, **DRAFT)
    assert not is_shown(report)
    publish(by=None, row=update)
    assert all(map(is_shown, (report, meeting, country)))


def test_nothing_to_show_takes_a_query_and_with_drafts_two(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        assert show_basis(by=None) == 0
    make.report(**DRAFT)
    make.meeting(**DRAFT)
    with django_assert_num_queries(2):
        assert show_basis(by=None) == 0


def test_a_publisher_shows_a_draft_with_what_it_rests_on() -> None:
    country = make.participant(**DRAFT)
    meeting = make.meeting(host=country, **DRAFT)
    nobody = User.objects.create_user("somebody", is_staff=True)
    with pytest.raises(PermissionDenied):
        show(by=nobody, row=meeting)
    assert not is_shown(meeting)
    show(by=User.objects.create_superuser("publisher"), row=meeting)
    assert is_shown(meeting)
    assert is_shown(country)
    versions = meeting.history.count()
    show(by=None, row=meeting)
    assert meeting.history.count() == versions


def test_a_report_that_is_added_with_a_status_is_unseen_until_the_status_is_public() -> None:
    about: dict[str, Any] = {"title": "T", "publisher": "P", "kind": "press", "language": "en"}
    report, is_new = add_report(by=None, url="https://example.org/new", **about)
    assert is_new
    update = make.update(report=report, **DRAFT)
    assert not is_shown(report)
    publish(by=None, row=update)
    assert is_shown(report)
