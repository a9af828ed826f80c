"""“by: all” in a report file: who is meant, once, when the mention is new."""

from __future__ import annotations

import pytest

from initiatives.loading.merge import ConflictSide
from initiatives.loading.problems import LoadError
from initiatives.models import Attendance, Membership, Mention, Participant
from initiatives.recording import actions
from tests.report_files import VOCABULARY, actions_of, load_texts, report

pytestmark = pytest.mark.django_db

DIALOGUE = """\
dialogues:
  - {id: dialogue, name: The Dialogue, members: [jp, uz], locator: head}
"""
MEETING = """\
meeting:
  id: summit
  dialogue: dialogue
  kind: summit
  title: First summit
  starts: 2024-12-20
  attendance:
    - {participant: kz}
    - {participant: uz}
    - {participant: jp, capacity: guest}
  locator: head
"""
ADOPTED = """\
initiatives:
  - id: corridor
    title: A corridor
    dialogue: dialogue
    act: adopted
    by: all
    locator: para 3
"""
AT_MEETING = report(body=DIALOGUE + MEETING + ADOPTED)


def by() -> list[str]:
    mention = Mention.objects.current().get()
    return sorted(mention.by.values_list("code", flat=True))


def test_all_are_the_members_who_came_to_the_meeting() -> None:
    load_texts(VOCABULARY, AT_MEETING)
    assert by() == ["kz", "uz"]


def test_without_a_meeting_of_the_file_all_came_to_the_one_where_it_was_raised() -> None:
    raised = ADOPTED.replace("    act:", "    raised_at: summit\n    act:")
    meetings = MEETING.replace("meeting:\n  id", "meetings:\n  - id").replace("\n  ", "\n    ")
    load_texts(VOCABULARY, report(body=DIALOGUE + meetings.replace("    - id", "  - id") + raised))
    assert by() == ["kz", "uz"]


def test_without_any_meeting_all_are_the_members_of_the_dialogue_then() -> None:
    members = DIALOGUE.replace(
        "[jp, uz]",
        "[jp, uz, {participant: kz, until: 2010}, {participant: kz, capacity: observer}]",
    )
    load_texts(VOCABULARY, report(body=members + ADOPTED))
    assert by() == ["jp", "uz"]
    load_texts(report("earlier", ADOPTED.replace("corridor", "dam"), published="2009"))
    dam = Mention.objects.get(initiative__slug="dam")
    assert sorted(dam.by.values_list("code", flat=True)) == ["jp", "kz", "uz"]


def test_who_comes_later_is_none_of_them_and_the_same_file_changes_nothing() -> None:
    load_texts(VOCABULARY, AT_MEETING)
    japan = Participant.objects.get(code="jp")
    Attendance.objects.filter(participant=japan).update(capacity="member")
    Membership.objects.all().delete()
    plan = load_texts(AT_MEETING)
    assert not [name for name in actions_of(plan) if name.startswith("mention")]
    assert by() == ["kz", "uz"]


def test_a_person_who_corrects_it_wins_over_the_same_file() -> None:
    load_texts(VOCABULARY, AT_MEETING)
    mention = Mention.objects.get()
    actions.record_mention(
        by=None,
        initiative=mention.initiative,
        report=mention.report,
        act="adopted",
        participants=[Participant.objects.get(code="uz")],
        locator="para 3",
        corrects=mention,
    )
    plan = load_texts(AT_MEETING)
    assert actions_of(plan)["mention statement/corridor/adopted"] == "kept"
    moved = AT_MEETING.replace("para 3", "para 4")
    assert actions_of(load_texts(moved))["mention statement/corridor/adopted"] == "conflict"
    load_texts(moved, take=ConflictSide.FILE)
    assert by() == ["kz", "uz"]


def test_codes_in_the_place_of_all_are_a_change_of_the_file() -> None:
    load_texts(VOCABULARY, AT_MEETING)
    load_texts(AT_MEETING.replace("by: all", "by: [jp]"))
    assert by() == ["jp"]
    load_texts(AT_MEETING)
    assert by() == ["kz", "uz"]


def test_all_of_whom_nobody_is_known_is_a_problem_with_its_line() -> None:
    nobody = DIALOGUE.replace("members: [jp, uz], ", "")
    with pytest.raises(LoadError) as caught:
        load_texts(VOCABULARY, report(body=nobody + ADOPTED))
    [problem] = caught.value.problems
    assert "“all” names nobody" in problem.what
    assert problem.line == 15
