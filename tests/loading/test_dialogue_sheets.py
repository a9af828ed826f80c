"""The sheets of dialogues, their members, who came to meetings and for whom, and what came of what."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from initiatives.loading.merge import ConflictChoices, ConflictSide
from initiatives.loading.sheets.write import write_csv
from initiatives.models import (
    Attendance,
    Citation,
    Delegate,
    Dialogue,
    Lineage,
    Membership,
    Report,
)
from tests import make
from tests.report_files import FULL, VOCABULARY, actions_of, load_texts, report, row_counts
from tests.workbooks import add, cell, edited, faults, load_book, row_of, workbook

pytestmark = pytest.mark.django_db

MORE = """\
  - id: school
    title: School
    dialogue: dialogue
    act: mentioned
    locator: para 9
    builds_on: [university]
"""
CITED = {"report": "statement", "locator": "p. 9"}


@pytest.fixture(autouse=True)
def loaded() -> None:
    load_texts(VOCABULARY, report(body=FULL.replace("updates:\n", f"{MORE}updates:\n")))


def test_facts_come_back_as_they_went_also_where_a_document_gives_no_place() -> None:
    jp = Attendance.objects.create(meeting_id=_meeting(), participant=make.participant("jp2"))
    make.citation(report=Report.objects.get(), locator="", attendance=jp)
    make.delegate(attendance=jp, name="", title="Vice-Minister")
    before = row_counts()
    for data in (workbook(), edited(lambda book: None), workbook(Dialogue.objects.get())):
        plan = load_book(data)
        assert actions_of(plan) == {}
        counts = {kind: plan.counts[kind]["same"] for kind in plan.counts}
        assert (counts["dialogue"], counts["membership"], counts["lineage"]) == (1, 2, 1)
        assert (counts["attendance"], counts["delegate"]) == (2, 2)
    assert row_counts() == before


def _meeting() -> int:
    return Attendance.objects.get().meeting_id


def change(row: Any, **values: Any) -> None:
    """Edit a row as a person does, with its version."""
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def test_an_edited_cell_changes_that_field_and_an_emptied_one_empties_it() -> None:
    change(Delegate.objects.get(), title="Minister")
    change(Membership.objects.get(participant__code="uz"), note="Since the start.")

    def edit(book: Any) -> None:
        cell(book["Dialogues"], 2, "short_name").value = "D"
        page = book["Memberships"]
        row = row_of(page, "uz", "participant")
        cell(page, row, "since").value = "2004-08"
        cell(page, row, "note").value = None
        cell(book["Attendance"], 2, "capacity").value = "observer"
        cell(book["Attendance"], 2, "locator").value = "para 11"
        cell(book["Delegates"], 2, "head").value = False
        cell(book["Delegates"], 2, "title").value = None

    plan = load_book(edited(edit))
    assert actions_of(plan) == {
        "dialogue dialogue": "changed",
        "membership dialogue/uz/member": "changed",
        "attendance fm-1/uz": "changed",
        f"delegate {Delegate.objects.get().ref}": "changed",
        "citation statement/attendance/fm-1/uz": "changed",
    }
    uz, delegate = Membership.objects.get(participant__code="uz"), Delegate.objects.get()
    assert (str(uz.since), uz.note, Dialogue.objects.get().short_name) == ("2004-08", "", "D")
    assert (delegate.title, delegate.is_head) == ("", False)
    assert Citation.objects.get(attendance__isnull=False).locator == "para 11"
    # The place of the delegation is not that of its head.
    assert Citation.objects.get(delegate=delegate).locator == "para 1"


def test_new_rows_are_added_with_their_citations() -> None:
    def edit(book: Any) -> None:
        guest = {"dialogue": "dialogue", "participant": "kz", "capacity": "guest"}
        add(book["Memberships"], **guest, since="2006", **CITED)
        add(book["Attendance"], meeting="fm-1", participant="kz", **CITED)
        for name, title in (("B. Sultanov", "Minister"), (None, "Vice-Minister")):
            who = {"meeting": "fm-1", "participant": "kz", "name": name, "title": title}
            add(book["Delegates"], **who, head="yes" if name else None, **CITED)
        link = {"later": "university", "relation": "merges", "earlier": "old"}
        add(book["Lineage"], **link, **CITED)
        add(book["Initiatives"], id="old", title="Old", dialogue="dialogue")
        add(book["Mentions"], initiative="old", act="mentioned", **CITED)
        add(book["Dialogues"], id="sister", name="Sister", launched="2007")

    assert load_book(edited(edit)).new == 13
    assert [d.is_head for d in Delegate.objects.filter(attendance__participant__code="kz")] == [
        True,
        False,
    ]
    merged = Lineage.objects.get(relation="merges")
    assert (merged.later.slug, merged.earlier.slug) == ("university", "old")
    locators = Citation.objects.filter(locator="p. 9")
    assert sorted(citation.subject_name for citation in locators) == [
        "attendance",
        "delegate",
        "delegate",
        "lineage",
        "membership",
    ]
    assert Citation.objects.filter(meeting__isnull=False).count() == 1
    assert actions_of(load_book(workbook())) == {}


def test_what_both_changed_is_a_conflict_that_can_be_decided() -> None:
    data = workbook()
    change(Membership.objects.get(participant__code="jp"), until="2019")

    def edit(book: Any) -> None:
        page = book["Memberships"]
        cell(page, row_of(page, "jp", "participant"), "until").value = "2020"

    assert actions_of(load_book(edited(edit, data))) == {
        "membership dialogue/jp/member": "conflict"
    }
    key = ("membership", "dialogue/jp/member", "until")
    load_book(edited(edit, data), take=ConflictChoices(chosen={key: ConflictSide.FILE}))
    assert str(Membership.objects.get(participant__code="jp").until) == "2020"


def test_what_cannot_be_is_told_by_its_cell() -> None:
    def edit(book: Any) -> None:
        who = {"meeting": "fm-1", "participant": "kz"}
        add(book["Delegates"], **who, name="B. Sultanov", **CITED)
        add(book["Delegates"], meeting="fm-1", participant="uz", head="yes", **CITED)
        add(book["Attendance"], meeting="fm-9", participant="kz", **CITED)
        add(book["Lineage"], later="school", relation="merged_into", earlier="university", **CITED)

    told = faults(edited(edit))
    assert [fault.partition(" (")[0] for fault in told] == [
        "book.xlsx, Delegates, cell C4: “name” is empty",
        "book.xlsx, Lineage, cell B3: “relation” cannot be “merged_into”",
    ]
    assert "(fill it in: meeting, participant and name or title tell which row it is)" in told[0]

    def correct(book: Any) -> None:
        edit(book)
        book["Delegates"].delete_rows(4)
        book["Lineage"].delete_rows(3)
        page = book["Memberships"]
        row = row_of(page, "uz", "participant")
        cell(page, row, "since").value, cell(page, row, "until").value = "2004", "2003"

    told = faults(edited(correct))
    assert [fault.partition(" (")[0] for fault in told] == [
        "book.xlsx, Memberships, cell B3: until",
    ]

    def again(book: Any) -> None:
        correct(book)
        cell(book["Memberships"], 3, "until").value = "2005"

    assert [fault.partition(" (")[0] for fault in faults(edited(again))] == [
        (
            "book.xlsx, Attendance, cell A3: the meeting “fm-9” is not known yet, and no file says"
            " its dialogue and kind and title"
        ),
        "book.xlsx, Delegates, cell B3: kz is not known to have come to fm-1",
    ]


def test_a_workbook_of_one_dialogue_has_the_facts_of_that_dialogue_and_their_documents() -> None:
    other = make.dialogue("other")
    meeting = make.meeting("other-1", dialogue=other)
    came = make.attendance(meeting=meeting)
    make.citation(report=make.report("source"), attendance=came)
    make.discrepancy("doubt", meeting=meeting)
    data = workbook(other)
    plan = load_book(data)
    counts = {kind: row["same"] for kind, row in plan.counts.items()}
    assert {kind: counts.get(kind) for kind in ("dialogue", "meeting", "attendance", "report")} == {
        "dialogue": 1,
        "meeting": 1,
        "attendance": 1,
        "report": 1,
    }
    assert (counts["discrepancy"], "membership" in counts, "lineage" in counts) == (1, False, False)


def test_a_csv_of_members_is_recognised_by_its_columns() -> None:
    text = "dialogue,participant,capacity,since,report,locator\ndialogue,kz,guest,2006,statement,p. 9\n"
    assert b"capacity" not in write_csv(None)
    assert load_book(text.encode(), "members.csv").new == 2
    assert Membership.objects.get(participant__code="kz").capacity == "guest"


def test_the_sheets_are_laid_out_for_typing() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook()))
    page = book["Delegates"]
    assert page.freeze_panes == "B2"
    assert cell(page, 1, "head").font.bold
    lists = {str(each.sqref): each.formula1 for each in page.data_validations.dataValidation}
    assert list(lists.values()) == ['"yes,no"']
    assert page.column_dimensions["C"].width == 40
    assert page.column_dimensions["C"].number_format == "@"
