"""Workbooks go out, are edited and come back: what was edited is taken over, and nothing else."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from initiatives.loading.merge import ConflictChoices, ConflictSide
from initiatives.loading.problems import LoadError
from initiatives.loading.sheets.write import TooManyRows, write_csv, write_workbook
from initiatives.models import (
    Citation,
    Initiative,
    Involvement,
    LoadConflict,
    LoadedFact,
    Meeting,
    Membership,
    Mention,
    Participant,
    Report,
    Role,
    StatusUpdate,
    Target,
    Theme,
)
from initiatives.recording import actions
from tests import make
from tests.report_files import FULL, VOCABULARY, actions_of, load_texts, report, row_counts
from tests.rewriting import rewritten
from tests.workbooks import add, cell, edited, faults, load_book, row_of, workbook

pytestmark = pytest.mark.django_db

FILE = report(body=FULL)


@pytest.fixture(autouse=True)
@rewritten
def loaded() -> None:
    load_texts(VOCABULARY, FILE)


def university() -> Initiative:
    return Initiative.objects.get(slug="university")


# --- There and back -------------------------------------------------------------------------------


def test_a_workbook_that_comes_back_as_it_went_changes_nothing() -> None:
    before = row_counts()
    for data in (workbook(), edited(lambda book: None)):
        plan = load_book(data)
        assert (plan.new, plan.changed, actions_of(plan)) == (0, 0, {})
        assert plan.counts["initiative"] == {"same": 1}
        assert plan.counts["statusupdate"] == {"same": 2}
    assert row_counts() == before


def test_texts_that_spreadsheets_take_for_something_else_come_back() -> None:
    texts = [
        "=1+1",
        "'=1+1",
        "''@x",
        "- a\r\n- b\rc",
        "  two  spaces ",
        "_x0041_",
        "＝1",
        "+49",
        "1.0",
    ]
    for number, text in enumerate(texts):
        make.initiative(f"text-{number}", title=text, summary=f"{text}\n{text}", due_note=text)
    make.initiative("date", due_on="2022-04", title="2022-04")
    for data in (workbook(), edited(lambda book: None)):
        plan = load_book(data, dry_run=True)
        assert actions_of(plan) == {}
    updates = write_csv(None)
    assert actions_of(load_book(updates, "updates.csv", dry_run=True)) == {}


def test_what_was_changed_meanwhile_stays_if_the_row_was_not_edited() -> None:
    data = workbook()
    meeting = Meeting.objects.get()
    meeting.city = "Almaty"
    meeting.save()
    plan = load_book(data)
    assert actions_of(plan) == {}
    assert Meeting.objects.get().city == "Almaty"


# --- Edited rows ----------------------------------------------------------------------------------


def test_an_edited_cell_is_a_change_of_that_field_with_its_history() -> None:
    def edit(book: Any) -> None:
        page = book["Initiatives"]
        cell(page, 2, "title").value = "Digital academy"
        cell(page, 2, "themes").value = "education; water"
        cell(page, 2, "kind").value = "pledge"

    person = User.objects.create_superuser("person")
    plan = load_book(edited(edit), by=person)
    (item,) = [item for item in plan.items if item.action != "same"]
    assert {change.field for change in item.changes} == {"title", "themes", "kind"}
    initiative = university()
    assert (initiative.title, initiative.kind) == ("Digital academy", "pledge")
    assert {theme.slug for theme in initiative.themes.all()} == {"education", "water"}
    version = initiative.history.latest()
    assert version.history_user == person
    assert version.history_change_reason == "Loaded from book.xlsx"
    assert load_book(workbook()).changed == 0


def test_an_emptied_cell_empties_the_field() -> None:
    def edit(book: Any) -> None:
        page = book["Meetings"]
        for name in ("number", "starts"):
            cell(page, 2, name).value = None
        page = book["Initiatives"]
        for name in ("summary", "raised_at", "themes", "kind"):
            cell(page, 2, name).value = None
        cell(book["Reports"], 2, "meeting").value = ""

    initiative = university()
    initiative.kind = "programme"
    initiative.save()
    load_book(edited(edit))
    meeting, initiative = Meeting.objects.get(), university()
    assert (meeting.number, meeting.starts_on) == (None, None)
    assert (initiative.summary, initiative.raised_at, initiative.kind) == ("", None, "proposal")
    assert not initiative.themes.exists()
    assert Report.objects.get().meeting is None


def test_dates_of_cells_are_understood_as_people_type_them() -> None:
    def edit(book: Any) -> None:
        cell(book["Meetings"], 2, "starts").value = "2026-12-10T14:00:00+05:00"
        cell(book["Meetings"], 2, "ends").value = "2026-12-10T16:30:00+05:00"
        cell(book["Reports"], 2, "published").value = "27.05.2026"
        cell(book["Mentions"], 2, "due").value = "third quarter of 2026"

    load_book(edited(edit))
    meeting, initiative = Meeting.objects.get(), university()
    assert (meeting.starts_on, meeting.ends_on) == ("2026-12-10", "2026-12-10")
    assert meeting.hours == "14:00–16:30 (UTC+5)"
    assert Report.objects.get().published_on == "2026-05-27"
    assert initiative.due_on == "2026-35"
    assert load_book(workbook()).changed == 0


def test_a_cell_that_may_mean_several_dates_is_refused_with_each() -> None:
    def edit(book: Any) -> None:
        cell(book["Mentions"], 2, "due").value = "FY2024"
        cell(book["Meetings"], 2, "starts").value = "2026-12-10T14:00"

    told = "\n".join(faults(edited(edit)))
    assert "2024-04/2025-03 (April 2024 to March 2025, as in Japan and India)" in told
    assert "has an hour and no zone" in told or "“2026-12-10T14:00” is not a date" in told


def test_edits_through_a_workbook_are_those_of_a_person_to_report_files() -> None:
    facts = list(LoadedFact.objects.order_by("pk").values())

    def edit(book: Any) -> None:
        cell(book["Initiatives"], 2, "title").value = "Digital academy"

    load_book(edited(edit))
    assert list(LoadedFact.objects.order_by("pk").values()) == facts
    plan = load_texts(FILE)
    assert actions_of(plan) == {"initiative university": "kept"}
    assert university().title == "Digital academy"


def test_a_field_that_both_changed_is_a_conflict_and_can_be_decided() -> None:
    data = workbook()

    def edit(book: Any) -> None:
        cell(book["Initiatives"], 2, "title").value = "Digital academy"
        cell(book["Initiatives"], 2, "summary").value = "Soon."

    initiative = university()
    initiative.title = "A title of a person"
    initiative.save()
    changed = edited(edit, data)
    plan = load_book(changed)
    assert actions_of(plan) == {"initiative university": "conflict"}
    assert (university().title, university().summary) == ("A title of a person", "Soon.")
    # Nothing of a sheet waits for the next load of a file.
    assert not LoadConflict.objects.exists()
    load_book(
        changed,
        take=ConflictChoices(chosen={("initiative", "university", "title"): ConflictSide.FILE}),
    )
    assert university().title == "Digital academy"


def test_loading_the_same_edits_twice_changes_nothing_more() -> None:
    def edit(book: Any) -> None:
        cell(book["Initiatives"], 2, "title").value = "Digital academy"
        cell(book["Updates"], 2, "what").value = "The parties agreed on two plans."
        add(book["Updates"], **NEW_UPDATE)
        add(book["Roles"], **NEW_ROLE)

    data = edited(edit)
    load_book(data)
    before = row_counts()
    again = load_book(data)
    assert (again.new, again.changed) == (0, 0)
    assert row_counts() == before


def test_a_row_deleted_meanwhile_is_a_conflict_if_it_was_edited() -> None:
    theme = Theme.objects.get(slug="water")

    def edit(book: Any) -> None:
        page = book["Themes"]
        cell(page, row_of(page, "water"), "name").value = "Waters"
        page = book["Themes"]

    data = edited(edit)
    theme.delete()
    assert actions_of(load_book(data)) == {"theme water": "conflict"}
    assert not Theme.objects.filter(slug="water").exists()
    load_book(data, take=ConflictSide.FILE)
    assert Theme.objects.get(slug="water").name == "Waters"


def test_deleted_rows_sheets_and_columns_delete_nothing() -> None:
    def edit(book: Any) -> None:
        book["Updates"].delete_rows(2, 5)
        book["Initiatives"].delete_cols(3)
        del book["Meetings"]

    before = row_counts()
    assert actions_of(load_book(edited(edit))) == {}
    assert row_counts() == before


# --- Entries --------------------------------------------------------------------------------------

NEW_UPDATE = {
    "initiative": "university",
    "status": "delivered",
    "on": "2024",
    "what": "It has opened.",
    "report": "statement",
    "locator": "para 9",
}
NEW_ROLE = {
    "initiative": "university",
    "role": "lead",
    "participant": "kz",
    "report": "statement",
    "locator": "para 3",
}


def test_a_new_row_of_updates_is_recorded_and_derived() -> None:
    person = User.objects.create_superuser("person")
    load_book(edited(lambda book: add(book["Updates"], **NEW_UPDATE)), by=person)
    update = StatusUpdate.objects.get(status="delivered")
    assert (update.ref, update.recorded_by) == ("statement/university/2024", person)
    assert university().delivery_status == "delivered"


def test_an_edited_update_is_corrected_and_stays_in_the_record() -> None:
    def edit(book: Any) -> None:
        cell(book["Updates"], 3, "status").value = "stalled"
        cell(book["Updates"], 3, "note").value = "As we read it."

    load_book(edited(edit))
    correction = StatusUpdate.objects.get(status="stalled")
    corrected = StatusUpdate.objects.get(correction=correction)
    assert (corrected.status, corrected.what) == ("under_way", correction.what)
    assert university().delivery_status == "stalled"
    assert actions_of(load_book(workbook())) == {}


def test_an_update_that_somebody_corrected_meanwhile_is_a_conflict() -> None:
    data = workbook()
    first = StatusUpdate.objects.get(status="under_way")
    of_later = {"status": "suspended", "on": "2023"}
    make.update(initiative=university(), corrects=first, report=first.report, **of_later)

    def edit(book: Any) -> None:
        cell(book["Updates"], 3, "status").value = "stalled"

    plan = load_book(edited(edit, data))
    assert actions_of(plan) == {f"statusupdate {first.ref}": "conflict"}
    assert university().delivery_status == "suspended"
    key = ("statusupdate", first.ref, "")
    load_book(edited(edit, data), take=ConflictChoices(chosen={key: ConflictSide.FILE}))
    assert university().delivery_status == "stalled"


def test_a_mention_is_corrected() -> None:
    def edit(book: Any) -> None:
        cell(book["Mentions"], 2, "locator").value = "para 16"

    load_book(edited(edit))
    assert Mention.objects.current().get().locator == "para 16"
    assert [p.code for p in Mention.objects.current().get().by.all()] == ["uz"]


def test_a_new_mention_makes_those_by_whom_it_is_what_a_file_would() -> None:
    values = {"initiative": "university", "act": "supported", "by": "kz; jp"}
    new = values | {"report": "statement", "locator": "para 8"}
    load_book(edited(lambda book: add(book["Mentions"], **new)))
    supporters = Involvement.objects.filter(initiative=university(), capacity="supporter")
    assert sorted(supporters.values_list("participant__code", flat=True)) == ["jp", "kz"]


def test_countries_are_understood_by_their_names_and_made_as_by_a_file() -> None:
    def edit(book: Any) -> None:
        by = "Japan; Republic of Korea"
        where = {"report": "statement", "locator": "para 9"}
        add(book["Mentions"], initiative="university", act="supported", by=by, **where)

    data = edited(edit)
    plan = load_book(data)
    assert actions_of(plan)["participant kr"] == "new"
    mention = Mention.objects.get(act="supported")
    assert sorted(mention.by.values_list("code", flat=True)) == ["jp", "kr"]
    # A vocabulary takes over, as from a file.
    named = "participants:\n  - {code: kr, name: Korea, kind: state}\n"
    assert actions_of(load_texts(named))["participant kr"] == "changed"
    # Made once, deleted by a person, and named again.
    again = "Japan; Türkiye"
    load_texts(report("other", "dialogues:\n  - {id: d, name: D, members: [tr], locator: a}\n"))
    Membership.objects.get(participant__code="tr").delete()
    Participant.objects.get(code="tr").delete()
    added = {"initiative": "university", "act": "proposed", "report": "statement", "locator": "a"}
    (fault,) = faults(edited(lambda book: add(book["Mentions"], by=again, **added)))
    assert "the participant “tr” was deleted after it had been loaded" in fault


def test_drafts_and_what_is_withdrawn_stay_in_the_admin() -> None:
    make.update(initiative=university(), publication="draft", what="A draft.")
    gone = make.update(initiative=university(), what="A mistake.")
    actions.withdraw(by=None, entry=gone, reason="It was one.")
    assert b"A draft." not in write_csv(None)
    assert b"A mistake." not in write_csv(None)


# --- Cited facts ----------------------------------------------------------------------------------


def test_a_new_role_is_there_with_its_citation() -> None:
    load_book(edited(lambda book: add(book["Roles"], **NEW_ROLE)))
    role = Role.objects.get(role="lead")
    assert role.participant.code == "kz"
    assert Citation.objects.get(role=role).locator == "para 3"


def test_an_edited_locator_changes_the_citation_alone() -> None:
    def edit(book: Any) -> None:
        page = book["Roles"]
        row = row_of(page, "funder", "role")
        assert cell(page, row, "report").value == "statement"
        cell(page, row, "locator").value = "para 66"
        page = book["Targets"]
        cell(page, 2, "value").value = 700
        cell(page, 2, "due").value = 2027

    plan = load_book(edited(edit))
    assert actions_of(plan) == {
        "citation statement/role/university/funder/jp": "changed",
        "target university/students": "changed",
    }
    assert Citation.objects.get(role__role="funder").locator == "para 66"
    target = Target.objects.get()
    assert (target.value, target.due_on) == (Decimal(700), "2027")
    assert Citation.objects.get(target=target).locator == "para 6"


def test_a_role_without_a_document_of_its_own_comes_back_unchanged() -> None:
    make.role(initiative=university(), participant=Participant.objects.get(code="uz"))
    assert Role.objects.get(role="proposer").citations.count() == 0
    assert actions_of(load_book(edited(lambda book: None))) == {}


def test_a_proposer_is_no_role_of_a_sheet() -> None:
    proposer = NEW_ROLE | {"role": "proposer"}
    with pytest.raises(LoadError) as caught:
        load_book(edited(lambda book: add(book["Roles"], **proposer)))
    assert "add a row to Mentions: act proposed" in str(caught.value)


# --- New records ----------------------------------------------------------------------------------


def test_a_new_report_and_what_rests_on_it_come_in_one_workbook() -> None:
    def edit(book: Any) -> None:
        add(
            book["Reports"],
            id="news",
            title="News",
            publisher="A paper",
            kind="press",
            language="en",
            published="2024-05",
            issued_by="jp;uz",
        )
        add(book["Initiatives"], id="school", title="School", dialogue="dialogue", themes="water")
        add(book["Mentions"], initiative="school", act="mentioned", report="news", locator="head")
        add(book["Updates"], **NEW_UPDATE | {"initiative": "school", "report": "news"})

    plan = load_book(edited(edit))
    assert plan.new == 4
    school = Initiative.objects.get(slug="school")
    assert (school.delivery_status, school.is_public) == ("delivered", True)
    assert sorted(p.code for p in Report.objects.get(slug="news").issued_by.all()) == ["jp", "uz"]


def test_a_workbook_of_one_dialogue_has_its_rows_only() -> None:
    other = make.dialogue("other")
    make.update(initiative=make.initiative("elsewhere", dialogue=other))
    data = workbook(other)
    plan = load_book(data)
    assert actions_of(plan) == {}
    assert (plan.counts["initiative"], plan.counts["statusupdate"]) == ({"same": 1}, {"same": 1})
    assert plan.counts["report"] == {"same": 1}
    assert "meeting" not in plan.counts


def test_a_workbook_that_could_not_come_back_is_not_made(settings: Any) -> None:
    settings.UPLOAD_MAX_ROWS = 1
    with pytest.raises(TooManyRows):
        write_workbook(None)


def test_a_workbook_costs_as_many_queries_for_many_rows_as_for_few() -> None:
    with CaptureQueriesContext(connection) as few:
        workbook()
    for number in range(20):
        make.update(initiative=make.initiative(f"more-{number}"), report=Report.objects.first())
    with CaptureQueriesContext(connection) as many:
        data = workbook()
    # A dozen of them for the sheet of translations, which reads seven tables.
    assert len(many) == len(few) < 77
    with CaptureQueriesContext(connection) as reading:
        assert actions_of(load_book(data)) == {}
    assert len(reading) < 60
