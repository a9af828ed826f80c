"""Each named constraint of each model refuses what it is there to refuse, in the database and in forms."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from initiatives.models import DeliveryStatus, Entry, Involvement, Meeting, Record, StatusUpdate
from tests import make
from tests.every_model import (
    MAKERS,
    every_record,
    make_correction,
    make_loaded_fact,
    make_membership,
)

pytestmark = pytest.mark.django_db


def changed(row: Record, **values: object) -> Record:
    """A saved row with other values, not saved."""
    for name, value in values.items():
        setattr(row, name, value)
    return row


def twin(row: Record, **values: object) -> Record:
    """A second row like one that is saved, not saved."""
    row.pk, row._state.adding = None, True
    if isinstance(row, Entry):
        row.ref += "/twin"
    return changed(row, **values)


def itself(row: Record, name: str) -> Record:
    return changed(row, **{name: row})


def numbered_meeting() -> Record:
    return twin(make.meeting(number=8), slug="twin")


BREAKERS: dict[str, Callable[[], Record]] = {
    "attendance_capacity_known": lambda: changed(make.attendance(), capacity="x"),
    "attendance_unique": lambda: twin(make.attendance()),
    "citation_has_one_subject": lambda: changed(
        make.citation(meeting=make.meeting()), dialogue=make.dialogue()
    ),
    "criterion_does_not_correct_itself": lambda: itself(make.criterion(), "corrects"),
    "criterion_has_source": lambda: changed(make.criterion(report=make.report()), locator=""),
    "criterion_publication_known": lambda: changed(make.criterion(), publication="x"),
    "criterion_reading_is_whole": lambda: changed(make.criterion(), read_on="2026-05"),
    "criterion_says_what": lambda: changed(make.criterion(), what=""),
    "criterion_says_why": lambda: changed(make.criterion(), verifiability="partly"),
    "criterion_verifiability_known": lambda: changed(
        make.criterion(why="So it is."), verifiability="x"
    ),
    "criterion_withdrawn_with_reason": lambda: changed(make.criterion(), withdrawal_reason="Wrong"),
    "delegate_has_name_or_title": lambda: changed(make.delegate(name="A. Name"), name=""),
    "correction_kind_known": lambda: changed(make_correction(), kind="x"),
    "correction_removed_says_why_and_no_more": lambda: changed(make_correction(), kind="removed"),
    "correction_role_known": lambda: changed(make_correction(), role="x"),
    "correction_subject_known": lambda: changed(make_correction(), subject="x"),
    "dialogue_stale_after_a_day": lambda: changed(make.dialogue(), stale_after_days=0),
    "initiative_delivery_status_known": lambda: changed(make.initiative(), delivery_status="x"),
    "initiative_kind_known": lambda: changed(make.initiative(), kind="x"),
    "initiative_publication_known": lambda: changed(make.initiative(), publication="x"),
    "initiative_standing_known": lambda: changed(make.initiative(), standing="x"),
    "initiative_verifiability_known": lambda: changed(make.initiative(), verifiability="x"),
    "initiative_status_grade_known": lambda: changed(make.initiative(), status_grade="x"),
    "line_kind_known": lambda: changed(make.line(), kind="x"),
    "line_of_what_has_its_kind": lambda: changed(make.line(), kind="goal"),
    "line_says_something": lambda: changed(make.line(), text=""),
    "initiative_withdrawn_with_reason": lambda: changed(
        make.initiative(), withdrawn_at=timezone.now()
    ),
    "lineage_not_to_itself": lambda: changed(row := make.lineage(), later=row.earlier),
    "lineage_one_whole": lambda: changed(
        make.lineage(later=make.lineage(relation="part_of").later), relation="part_of"
    ),
    "lineage_relation_known": lambda: changed(make.lineage(), relation="x"),
    "lineage_unique": lambda: twin(make.lineage()),
    "loaded_fact_unique": lambda: twin(make_loaded_fact()),
    "meeting_ends_after_its_hour": lambda: changed(
        make.meeting(starts_on="2026-12-10", start_time="14:00", time_zone="+05:00"),
        end_time="13:00",
    ),
    "meeting_hours_are_whole": lambda: changed(
        make.meeting(starts_on="2026-12-10"), start_time="14:00"
    ),
    "meeting_ends_after_start": lambda: changed(
        make.meeting(), starts_on="2022-04-15", ends_on="2022-03"
    ),
    "meeting_format_known": lambda: changed(make.meeting(), format="x"),
    "meeting_kind_known": lambda: changed(make.meeting(), kind="x"),
    "meeting_not_part_of_itself": lambda: itself(make.meeting(), "part_of"),
    "meeting_number_positive": lambda: changed(make.meeting(), number=0),
    "meeting_number_unique": numbered_meeting,
    "meeting_publication_known": lambda: changed(make.meeting(), publication="x"),
    "meeting_state_known": lambda: changed(make.meeting(), state="x"),
    "membership_capacity_known": lambda: changed(make_membership(), capacity="x"),
    "membership_ends_after_start": lambda: changed(make_membership(), since="2022", until="2021"),
    "membership_unique": lambda: twin(make_membership()),
    "mention_act_known": lambda: changed(make.mention(), act="x"),
    "mention_does_not_correct_itself": lambda: itself(make.mention(), "corrects"),
    "mention_has_one_deadline": lambda: changed(make.mention(due_on="2024"), due_at=make.meeting()),
    "mention_publication_known": lambda: changed(make.mention(), publication="x"),
    "mention_quote_has_language": lambda: changed(make.mention(), quote="A university"),
    "mention_states_condition_or_lifts_it": lambda: changed(
        make.mention(condition="if funds allow"), condition_lifted=True
    ),
    "mention_withdrawn_with_reason": lambda: changed(make.mention(), withdrawn_at=timezone.now()),
    "participant_kind_known": lambda: changed(make.participant(), kind="x"),
    "participant_not_part_of_itself": lambda: itself(make.participant(kind="agency"), "part_of"),
    "participant_state_is_part_of_none": lambda: changed(
        make.participant(), part_of=make.participant()
    ),
    "participant_publication_known": lambda: changed(make.participant(), publication="x"),
    "report_coverage_known": lambda: changed(make.report(), coverage="x"),
    "report_kind_known": lambda: changed(make.report(), kind="x"),
    "report_not_its_own_translation": lambda: itself(make.report(), "translation_of"),
    "involvement_capacity_known": lambda: changed(MAKERS[Involvement](), capacity="x"),
    "involvement_unique": lambda: twin(MAKERS[Involvement]()),
    "report_publication_known": lambda: changed(make.report(), publication="x"),
    "role_role_known": lambda: changed(make.role(), role="x"),
    "role_unique": lambda: twin(make.role(role="lead")),
    "target_bound_known": lambda: changed(make.target(), bound="x"),
    "target_in_one_measure": lambda: changed(make.target(unit="people"), currency="EUR"),
    "target_not_negative": lambda: changed(make.target(), value=Decimal("-0.0001")),
    "target_unique": lambda: twin(make.target(), ref="named/otherwise"),
    "theme_publication_known": lambda: changed(make.theme(), publication="x"),
    "update_does_not_correct_itself": lambda: itself(make.update(), "corrects"),
    "update_has_evidence": lambda: changed(make.update(), report=None),
    "update_look_is_whole": lambda: changed(make.look(), looked_on="2026-05"),
    "update_publication_known": lambda: changed(make.update(), publication="x"),
    "update_says_what_happened": lambda: changed(make.update(), what=""),
    "update_reading_is_known": lambda: changed(
        make.reading(make.target(), 5, what="Five."), status="no_information"
    ),
    "update_reading_is_whole": lambda: changed(make.reading(make.target(), 5), value=None),
    "update_status_known": lambda: changed(make.update(), status="x"),
    "update_withdrawn_with_reason": lambda: changed(make.update(), withdrawal_reason="Wrong"),
    "update_without_status_is_a_reading": lambda: changed(make.update(), status=""),
}


UNLOOKED: dict[str, Any] = {"looked_by": "", "looked_on": None, "looked_in": ""}


@pytest.mark.parametrize(
    "values",
    [
        *({name: value} for name, value in UNLOOKED.items()),
        {"looked_on": "2026"},
        {"looked_on": "2026-05"},
        UNLOOKED,
        {"status": "under_way"},
        {"status": "not_reviewed"},
        {"report": True},
        {"report": True, "locator": "para 6", "looked_in": ""},
    ],
)
def test_a_look_is_whole_or_there_is_a_document(values: dict[str, object]) -> None:
    row = make.look()
    values = dict(values)
    if values.get("report"):
        values["report"] = make.report()
    broken = changed(row, **values)
    assert isinstance(broken, StatusUpdate)
    assert broken.lacks()
    with pytest.raises(IntegrityError):
        write(broken)


def test_no_public_information_may_rest_on_a_document_a_look_or_both() -> None:
    of_document = {"report": make.report(), "locator": "para 6"}
    choices: list[dict[str, Any]] = [{}, of_document, of_document | UNLOOKED]
    for values in choices:
        right = changed(make.look(), **values)
        assert isinstance(right, StatusUpdate)
        assert right.lacks() == {}
        right.validate_constraints()
        write(right)


def constraints() -> dict[str, models.BaseConstraint]:
    return {c.name: c for model in every_record() for c in model._meta.constraints}


def write(row: Record) -> None:
    """Save past the model's own methods, as SQL would."""
    with transaction.atomic():
        models.Model.save_base(row)


def test_every_constraint_is_tried_here() -> None:
    assert set(BREAKERS) == set(constraints())


def test_every_column_with_a_word_list_is_held_to_it_by_the_database() -> None:
    names = set(constraints())
    for model in every_record():
        for field in model._meta.concrete_fields:
            if field.choices:
                word = "update" if model is StatusUpdate else model._meta.model_name
                assert f"{word}_{field.name}_known" in names


@pytest.mark.parametrize("name", BREAKERS)
def test_the_database_refuses_what_a_constraint_forbids(name: str) -> None:
    row = BREAKERS[name]()
    with pytest.raises(IntegrityError) as refusal:
        write(row)
    constraint = constraints()[name]
    if (
        isinstance(constraint, models.UniqueConstraint)
        and constraint.fields
        and connection.vendor == "sqlite"
    ):
        # SQLite says the columns of a unique index instead of its name.
        columns = [type(row)._meta.get_field(n).column for n in constraint.fields]  # type: ignore[union-attr]
        table = type(row)._meta.db_table
        assert f"failed: {', '.join(f'{table}.{c}' for c in columns)}" in str(refusal.value)
    else:
        assert name in str(refusal.value)


# Their own field says it before the constraint is asked.
SAID_BY_THE_FIELD = [
    "criterion_has_source",
    "criterion_reading_is_whole",
    "criterion_says_what",
    "update_has_evidence",
    "update_look_is_whole",
    "dialogue_stale_after_a_day",
    "line_says_something",
    "meeting_hours_are_whole",
    "target_not_negative",
]


@pytest.mark.parametrize("name", BREAKERS)
def test_a_form_says_in_words_what_a_constraint_forbids(name: str) -> None:
    row = BREAKERS[name]()
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    for message in refusal.value.messages:
        assert message.endswith(".")
        assert name not in message
    message = str(constraints()[name].violation_error_message)
    if not name.endswith("_known") and "is violated" not in message:
        assert (message in refusal.value.messages) != (name in SAID_BY_THE_FIELD)


@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
def test_a_sound_row_passes(model: type[Record]) -> None:
    row = MAKERS[model]()
    row.full_clean()
    write(row)


@pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)
def test_no_two_rows_have_the_same_natural_key(model: type[Record]) -> None:
    row = MAKERS[model]()
    key = row.natural_key()
    row.pk, row._state.adding = None, True
    assert row.natural_key() == key
    with pytest.raises(IntegrityError):
        write(row)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [("2022", "2022-01"), ("2022-04-15", "2022"), ("2022-04", "2022-04-01"), (None, "2020")],
)
def test_an_end_that_may_lie_after_the_start_is_taken(starts: str | None, ends: str) -> None:
    meeting = make.meeting(starts_on=starts, ends_on=ends)
    meeting.full_clean()


@pytest.mark.parametrize(
    ("starts", "ends"), [("2022-04-15", "2022-04-14"), ("2022-04", "2022-03-31"), ("2022", "2021")]
)
def test_an_end_that_lies_wholly_before_the_start_is_refused(starts: str, ends: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.meeting(starts_on=starts, ends_on=ends)
    meeting = changed(make.meeting(), starts_on=starts, ends_on=ends)
    with pytest.raises(ValidationError, match="The end lies before the start"):
        meeting.full_clean()


def test_meetings_without_a_number_do_not_collide() -> None:
    meeting = make.meeting(number=None)
    write(twin(meeting, slug="twin"))
    assert Meeting.objects.filter(dialogue=meeting.dialogue, number=None).count() == 2


def test_the_same_number_may_return_in_another_kind_or_dialogue() -> None:
    meeting = make.meeting(number=8, kind="summit")
    make.meeting(number=8, kind="forum", dialogue=meeting.dialogue)
    make.meeting(number=8, kind="summit")


def test_only_not_reviewed_needs_no_evidence() -> None:
    bare = make.update(status=DeliveryStatus.NOT_REVIEWED)
    bare.full_clean()
    for status in set(DeliveryStatus) - {DeliveryStatus.NOT_REVIEWED}:
        for missing in ({"report": None}, {"locator": ""}):
            update = changed(make.update(), status=status, **missing)
            with pytest.raises(ValidationError, match=r"Give the (report|place in the report)"):
                update.full_clean()
            with pytest.raises(IntegrityError, match="update_has_evidence"):
                write(update)


def test_a_citation_without_a_subject_is_refused() -> None:
    citation = changed(make.citation(meeting=make.meeting()), meeting=None)
    with pytest.raises(ValidationError, match="exactly one thing"):
        citation.full_clean()
    with pytest.raises(IntegrityError, match="citation_has_one_subject"):
        write(citation)


def test_one_entry_is_corrected_once() -> None:
    first, second, third = make.update(), make.update(), make.update()
    write(changed(second, corrects=first))
    changed(third, corrects=first)
    with pytest.raises(ValidationError, match="already exists"):
        third.full_clean()
    with pytest.raises(IntegrityError):
        write(third)
