"""Loading again: what the file changed is applied, what people changed stays, what both changed is shown."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from initiatives.loading.merge import Action, ConflictSide
from initiatives.models import (
    Discrepancy,
    Initiative,
    Meeting,
    Participant,
    Publication,
    Role,
    Theme,
)
from tests import make
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


def load_first() -> Initiative:
    load_texts(VOCABULARY, FILE)
    return Initiative.objects.get(slug="university")


def edit(initiative: Initiative, **values: object) -> None:
    """What the admin does when staff save a row."""
    for name, value in values.items():
        setattr(initiative, name, value)
    initiative.save()


def test_a_second_load_writes_nothing_at_all() -> None:
    load_first()
    before = row_counts()
    with CaptureQueriesContext(connection) as queries:
        plan = load_texts(VOCABULARY, FILE)
    assert (plan.new, plan.changed, actions_of(plan)) == (0, 0, {})
    # PostgreSQL has its unions in brackets, and declares a cursor for what is read bit by bit.
    verbs = {query["sql"].lstrip("(").split()[0] for query in queries}
    assert verbs <= {"SELECT", "DECLARE", "SAVEPOINT", "RELEASE"}
    assert row_counts() == before


def test_a_dry_run_shows_the_plan_and_writes_nothing() -> None:
    before = row_counts()
    dry = load_texts(VOCABULARY, FILE, dry_run=True)
    assert row_counts() == before
    assert actions_of(dry) == actions_of(load_texts(VOCABULARY, FILE))


def test_what_only_staff_changed_stays() -> None:
    edit(load_first(), title="Staff’s title")
    plan = load_texts(FILE)
    assert actions_of(plan) == {"initiative university": "kept"}
    assert Initiative.objects.get().title == "Staff’s title"


def test_what_only_the_file_changed_is_applied_with_its_source_as_the_reason() -> None:
    initiative = load_first()
    load_texts(FILE.replace("Digital university", "Digital academy"))
    initiative.refresh_from_db()
    assert initiative.title == "Digital academy"
    newest = initiative.history.first()
    assert (newest.title, newest.history_type) == ("Digital academy", "~")
    assert newest.history_change_reason == "Loaded from statement"
    assert initiative.history.last().history_change_reason == "Loaded from statement"


def test_what_both_changed_is_shown_and_left_as_it_stands() -> None:
    edit(load_first(), title="Staff’s title")
    changed = FILE.replace("Digital university", "Digital academy").replace("walls", "doors")
    for _ in range(2):
        plan = load_texts(changed)
        (item,) = (item for item in plan.items if item.action == Action.CONFLICT)
        (title,) = item.conflicts
        assert (title.field, title.base) == ("title", "Digital university")
        assert (title.ours, title.theirs) == ("Staff’s title", "Digital academy")
        assert Initiative.objects.get().title == "Staff’s title"
    assert Initiative.objects.get().summary == "A university without doors."


def test_a_field_that_is_applied_beside_a_conflict_counts_as_changed() -> None:
    edit(load_first(), title="Staff’s title")
    changed = FILE.replace("Digital university", "Digital academy").replace("walls", "doors")
    # The report's checksum is the other change.
    assert load_texts(changed).changed == 2
    assert load_texts(changed).changed == 0


def test_take_file_lets_the_file_win_the_conflict_and_nothing_else() -> None:
    initiative = load_first()
    edit(initiative, title="Staff’s title", summary="Staff’s summary")
    changed = FILE.replace("Digital university", "Digital academy")
    load_texts(changed, take=ConflictSide.FILE)
    initiative.refresh_from_db()
    assert (initiative.title, initiative.summary) == ("Digital academy", "Staff’s summary")
    assert initiative.history.filter(title="Staff’s title").exists()
    assert not load_texts(changed).count(Action.CONFLICT)


def test_take_database_settles_the_conflict_for_good() -> None:
    edit(load_first(), title="Staff’s title")
    changed = FILE.replace("Digital university", "Digital academy")
    load_texts(changed, take=ConflictSide.DATABASE)
    assert actions_of(load_texts(changed)) == {"initiative university": "kept"}
    assert Initiative.objects.get().title == "Staff’s title"
    again = load_texts(FILE.replace("Digital university", "Digital school"))
    assert actions_of(again)["initiative university"] == "conflict"


def test_what_staff_emptied_stays_empty() -> None:
    edit(load_first(), summary="")
    load_texts(FILE)
    assert Initiative.objects.get().summary == ""


def test_a_key_that_leaves_the_file_says_nothing() -> None:
    load_first()
    load_texts(FILE.replace("    summary: A university without walls.\n", ""))
    assert Initiative.objects.get().summary == "A university without walls."


def themes() -> list[str]:
    return sorted(Initiative.objects.get().themes.values_list("slug", flat=True))


def test_lists_of_themes_merge_like_any_field() -> None:
    initiative = load_first()
    load_texts(FILE.replace("[education]", "[transport, education]"))
    assert themes() == ["education", "transport"]
    versions = initiative.history.first().themes.values_list("theme__slug", flat=True)
    assert sorted(versions) == ["education", "transport"]
    initiative.themes.set([Theme.objects.get(slug="water")])
    assert load_texts(FILE.replace("[education]", "[transport, education]")).count(Action.KEPT) == 1
    assert load_texts(FILE).count(Action.CONFLICT) == 1
    assert themes() == ["water"]
    load_texts(FILE, take=ConflictSide.FILE)
    assert themes() == ["education"]


def test_a_field_stated_for_the_first_time_fills_what_is_empty_or_default() -> None:
    bare = FILE.replace("    themes: [education]\n", "").replace(
        "    summary: A university without walls.\n", ""
    )
    load_texts(VOCABULARY, bare)
    plan = load_texts(
        FILE.replace(
            "    dialogue: dialogue\n    raised",
            "    kind: pledge\n    dialogue: dialogue\n    raised",
        )
    )
    assert not plan.count(Action.CONFLICT)
    initiative = Initiative.objects.get()
    assert (initiative.summary, initiative.kind) == ("A university without walls.", "pledge")
    assert themes() == ["education"]


def test_what_another_document_states_is_no_default_to_be_filled() -> None:
    one = FILE.replace(
        "    dialogue: dialogue\n    raised",
        "    kind: proposal\n    dialogue: dialogue\n    raised",
    )
    load_texts(VOCABULARY, one)
    other = report("other", "initiatives:\n  - {id: university, kind: pledge}\n")
    assert actions_of(load_texts(other))["initiative university"] == "conflict"
    assert Initiative.objects.get().kind == "proposal"


def test_a_field_stated_for_the_first_time_does_not_replace_what_staff_wrote() -> None:
    load_texts(VOCABULARY, FILE.replace("    summary: A university without walls.\n", ""))
    edit(Initiative.objects.get(), summary="Staff’s summary")
    assert actions_of(load_texts(FILE))["initiative university"] == "conflict"
    assert Initiative.objects.get().summary == "Staff’s summary"


def test_a_field_that_another_file_stated_first_moves_with_its_new_words() -> None:
    summary = "    summary: A university without walls.\n"
    moved = report(
        "other", "initiatives:\n  - id: university\n    summary: A university for all.\n"
    )
    load_texts(VOCABULARY, FILE)
    assert not load_texts(FILE.replace(summary, ""), moved).count(Action.CONFLICT)
    assert Initiative.objects.get().summary == "A university for all."


def test_what_staff_wrote_does_not_move_with_a_field() -> None:
    summary = "    summary: A university without walls.\n"
    moved = report(
        "other", "initiatives:\n  - id: university\n    summary: A university for all.\n"
    )
    load_texts(VOCABULARY, FILE)
    edit(Initiative.objects.get(), summary="Staff’s summary")
    assert load_texts(FILE.replace(summary, ""), moved).count(Action.CONFLICT) == 1
    assert Initiative.objects.get().summary == "Staff’s summary"


def test_rows_made_by_hand_are_met_and_not_doubled() -> None:
    uzbekistan = make.participant("uz", name="Uzbekistan")
    make.participant("jp", name="Nippon")
    dialogue = make.dialogue("dialogue", name="The Dialogue", members=[uzbekistan])
    make.initiative(
        "university", title="Digital university", dialogue=dialogue, publication=Publication.DRAFT
    )
    plan = load_texts(VOCABULARY, FILE)
    actions = actions_of(plan)
    assert actions["participant jp"] == "conflict"
    assert actions["initiative university"] == "changed"
    assert not {"dialogue dialogue", "participant uz", "membership dialogue/uz/member"} & set(
        actions
    )
    assert Participant.objects.get(code="jp").name == "Nippon"
    # Whether a row is public is for people to say.
    assert Initiative.objects.get().publication == Publication.DRAFT
    assert actions_of(load_texts(VOCABULARY, FILE)) == {"participant jp": "conflict"}


def test_what_a_file_adds_is_public() -> None:
    assert load_first().publication == Publication.PUBLIC


def test_a_record_that_leaves_the_file_is_named_and_stays() -> None:
    load_first()
    plan = load_texts(FILE.replace("    roles: {funder: [jp]}\n", ""))
    gone = {name for name, action in actions_of(plan).items() if action == "gone"}
    assert gone == {"role university/funder/jp", "citation statement/role/university/funder/jp"}
    assert Role.objects.filter(role="funder").exists()
    Role.objects.filter(role="funder").delete()
    plan = load_texts(FILE.replace("    roles: {funder: [jp]}\n", ""))
    assert actions_of(plan) == {}


def test_a_vocabulary_may_be_loaded_in_parts() -> None:
    load_texts(VOCABULARY)
    participants = VOCABULARY[: VOCABULARY.index("themes:")]
    assert actions_of(load_texts(participants)) == {}
    others = participants.replace("  - {code: kz, name: Kazakhstan}\n", "")
    assert actions_of(load_texts(others)) == {}


def test_meetings_swap_and_pass_on_their_numbers() -> None:
    lines = (
        DIALOGUE
        + "meetings:\n"
        + "".join(
            f"  - {{id: {name}, dialogue: dialogue, kind: summit, number: {number}, title: {name}}}\n"
            for name, number in (("a", 1), ("b", 2), ("c", 3))
        )
    )
    load_texts(VOCABULARY, report(body=lines))
    swapped = lines.replace("number: 1", "number: 9").replace("number: 2", "number: 1")
    swapped = swapped.replace("number: 9", "number: 2").replace("number: 3", "number: 4")
    swapped += "  - {id: d, dialogue: dialogue, kind: summit, number: 3, title: d}\n"
    load_texts(report(body=swapped))
    numbers = dict(Meeting.objects.values_list("slug", "number"))
    assert numbers == {"a": 2, "b": 1, "c": 4, "d": 3}


def test_discrepancies_are_told_by_each_document_and_settled_in_one() -> None:
    part = "discrepancies:\n  - id: size\n    says: {}\n    locator: para 3\n    {}\n"
    one = report("one", part.format("3 trillion", "topic: Size of the target"))
    two = report("two", part.format("30 trillion", "resolution: open"))
    load_texts(one, two)
    discrepancy = Discrepancy.objects.get()
    assert (discrepancy.topic, discrepancy.resolution) == ("Size of the target", "")
    assert sorted(discrepancy.citations.values_list("says", flat=True)) == [
        "3 trillion",
        "30 trillion",
    ]
    load_texts(report("two", part.format("30 trillion", "resolution: A misprint")))
    assert Discrepancy.objects.get().resolution == "A misprint"
