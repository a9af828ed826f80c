"""Conflicts decided one by one, and plans that are written only as they were shown."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from initiatives.loading.apply import PlanMoved
from initiatives.loading.merge import ConflictChoices, ConflictSide
from initiatives.loading.show import digest_of
from initiatives.models import Dialogue, Initiative, LoadConflict, Meeting, Membership, StatusUpdate
from initiatives.recording import actions
from tests.report_files import (
    DIALOGUE,
    FULL,
    VOCABULARY,
    actions_of,
    load_texts,
    report,
    row_counts,
)

pytestmark = pytest.mark.django_db

FILE = report(body=FULL)
CHANGED = FILE.replace("title: First meeting", "title: The first\n  city: Tashkent")


@pytest.fixture(autouse=True)
def loaded() -> None:
    load_texts(VOCABULARY, FILE)


def test_each_field_in_conflict_is_decided_by_itself() -> None:
    Meeting.objects.update(city="Almaty", title="A title of a person")
    shown = load_texts(CHANGED, dry_run=True)
    (item,) = [item for item in shown.items if item.conflicts]
    assert {change.field for change in item.conflicts} == {"title", "city"}
    load_texts(
        CHANGED, take=ConflictChoices(chosen={("meeting", "fm-1", "city"): ConflictSide.FILE})
    )
    meeting = Meeting.objects.get()
    assert (meeting.city, meeting.title) == ("Tashkent", "A title of a person")
    assert [each["field"] for each in LoadConflict.objects.get().fields] == ["title"]


def test_one_deletion_is_taken_back_with_all_that_belongs_to_it() -> None:
    lone = report("lone", DIALOGUE.replace("id: dialogue", "id: other"))
    load_texts(lone)
    Membership.objects.filter(dialogue__slug="other").delete()
    Dialogue.objects.get(slug="other").delete()
    Meeting.objects.filter(slug="fm-1").update(city="Almaty")
    changed = lone.replace("The Dialogue", "The Other Dialogue")
    shown = actions_of(load_texts(changed, dry_run=True))
    assert shown["dialogue other"] == "conflict"
    assert shown["membership other/jp/member"] == "kept"
    load_texts(changed, take=ConflictChoices(chosen={("dialogue", "other", ""): ConflictSide.FILE}))
    members = Membership.objects.filter(dialogue__slug="other")
    assert {one.participant.code for one in members} == {"jp", "uz"}


def test_one_entry_in_conflict_is_decided_by_itself() -> None:
    first, second = StatusUpdate.objects.order_by("pk")
    for update in (first, second):
        correct_as_a_person(update)
    changed = FILE.replace("agreed on a plan", "agreed on two plans")
    changed = changed.replace("begun in Tashkent", "begun in Samarkand")
    load_texts(
        changed, take=ConflictChoices(chosen={("statusupdate", second.ref, ""): ConflictSide.FILE})
    )
    standing = StatusUpdate.objects.current().values_list("what", flat=True)
    assert set(standing) == {"As a person reads it.", "Building has begun in Samarkand."}


def correct_as_a_person(update: StatusUpdate) -> None:
    person, _made = User.objects.get_or_create(username="person", is_superuser=True)
    actions.record_status(
        by=person,
        initiative=update.initiative,
        status=update.status,
        on=update.on,
        report=update.report,
        locator=update.locator,
        what="As a person reads it.",
        corrects=update,
    )


def test_a_plan_is_written_only_as_it_was_shown() -> None:
    expected = digest_of(load_texts(CHANGED, dry_run=True))
    Meeting.objects.update(title="A title of a person")
    before = row_counts()
    with pytest.raises(PlanMoved) as caught:
        load_texts(CHANGED, expected=expected)
    assert row_counts() == before
    assert Meeting.objects.get().title == "A title of a person"
    load_texts(CHANGED, expected=digest_of(caught.value.plan), take=ConflictSide.FILE)
    assert Meeting.objects.get().title == "The first"


def test_what_does_not_touch_a_plan_does_not_move_it() -> None:
    expected = digest_of(load_texts(CHANGED, dry_run=True))
    Initiative.objects.update(due_note="by the end of the year")
    load_texts(CHANGED, expected=expected)
    assert Meeting.objects.get().title == "The first"
