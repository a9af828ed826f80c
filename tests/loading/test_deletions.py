"""What people deleted after a load stays deleted, with all that belongs to it, and nothing trips over it."""

from __future__ import annotations

import pytest

from initiatives.loading.merge import ConflictSide
from initiatives.loading.problems import LoadError
from initiatives.models import (
    Attendance,
    Citation,
    Meeting,
    Membership,
    Participant,
    Report,
    Target,
    Theme,
)
from tests.report_files import FULL, VOCABULARY, actions_of, load_texts, report

pytestmark = pytest.mark.django_db

FILE = report(body=FULL)
TARGET = "target university/students"
MEETING_ONLY = FULL[: FULL.index("initiatives:")]


def test_what_was_deleted_stays_deleted() -> None:
    load_texts(VOCABULARY, FILE)
    Target.objects.all().delete()
    for _ in range(2):
        plan = load_texts(FILE)
        assert actions_of(plan) == {
            TARGET: "kept",
            "citation statement/target/university/students": "kept",
        }
        assert (plan.new, plan.changed) == (0, 0)
    assert not Target.objects.exists()


def test_what_was_deleted_and_changed_in_the_file_is_a_conflict_that_either_side_may_win() -> None:
    load_texts(VOCABULARY, FILE)
    Target.objects.all().delete()
    changed = FILE.replace("600", "700")
    for _ in range(2):
        assert actions_of(load_texts(changed))[TARGET] == "conflict"
        assert not Target.objects.exists()
    load_texts(changed, take=ConflictSide.DATABASE)
    assert actions_of(load_texts(changed))[TARGET] == "kept"
    again = FILE.replace("600", "800")
    load_texts(again, take=ConflictSide.FILE)
    assert Target.objects.get().value == 800
    # What it belongs to comes back, so its citation does.
    assert Citation.objects.filter(target=Target.objects.get()).exists()
    assert actions_of(load_texts(again)) == {}


def test_take_file_does_not_bring_back_what_only_people_changed() -> None:
    load_texts(VOCABULARY, FILE)
    Target.objects.all().delete()
    load_texts(FILE, take=ConflictSide.FILE)
    assert not Target.objects.exists()


def test_a_deleted_meeting_takes_its_attendance_along() -> None:
    file = report(body=MEETING_ONLY)
    load_texts(VOCABULARY, file)
    file_without = file.replace("kind: joint", "kind: joint\n  note: on its own")
    Report.objects.update(meeting=None)
    Meeting.objects.all().delete()
    more = file_without.replace(
        "    - {participant: uz", "    - {participant: jp, locator: para 2}\n    - {participant: uz"
    )
    plan = load_texts(VOCABULARY, more)
    actions = actions_of(plan)
    assert actions["meeting fm-1"] == "kept"
    assert actions["attendance fm-1/uz"] == "kept"
    # The file says something new of what is gone: that is shown.
    assert actions["attendance fm-1/jp"] == "conflict"
    assert not Attendance.objects.exists()
    assert not Citation.objects.exclude(dialogue=None, membership=None).filter(
        meeting__isnull=False
    )
    changed = more.replace("First meeting", "The first meeting")
    assert actions_of(load_texts(VOCABULARY, changed))["meeting fm-1"] == "conflict"
    load_texts(VOCABULARY, changed, take=ConflictSide.FILE)
    assert Meeting.objects.get().title == "The first meeting"
    assert sorted(Attendance.objects.values_list("participant__code", flat=True)) == ["jp", "uz"]
    assert Citation.objects.filter(attendance__isnull=False).count() == 2


def test_what_is_new_and_refers_to_what_was_deleted_is_named() -> None:
    load_texts(VOCABULARY)
    Theme.objects.get(slug="education").delete()
    Participant.objects.get(code="uz").delete()
    with pytest.raises(LoadError) as caught:
        load_texts(VOCABULARY, FILE)
    faults = [str(problem) for problem in caught.value.problems]
    cure = "was deleted after it had been loaded (add it again in the admin, or take it out of the file)"
    assert faults == [
        f"file-2.yaml, line 26: the theme “education” {cure}",
        f"file-2.yaml, line 28: the participant “uz” {cure}",
    ]


def test_what_stays_as_it_is_may_refer_to_what_was_deleted() -> None:
    load_texts(VOCABULARY, FILE)
    theme = Theme.objects.get(slug="education")
    theme.initiatives.clear()
    theme.delete()
    plan = load_texts(VOCABULARY, FILE.replace("Digital university", "Digital academy"))
    assert actions_of(plan)["initiative university"] == "changed"
    assert actions_of(plan)["theme education"] == "kept"


def test_another_document_may_state_anew_what_people_deleted() -> None:
    load_texts(VOCABULARY, FILE)
    Membership.objects.filter(participant__code="uz").delete()
    other = report("other", "dialogues:\n  - {id: dialogue, members: [uz], locator: head}\n")
    assert actions_of(load_texts(other))["membership dialogue/uz/member"] == "new"
    Membership.objects.filter(participant__code="uz").delete()
    plan = load_texts(
        FILE, other.replace("members: [uz]", "members: [{participant: uz, since: 2004}]")
    )
    assert actions_of(plan)["membership dialogue/uz/member"] == "conflict"
    assert actions_of(plan)["citation other/membership/dialogue/uz/member"] == "kept"
