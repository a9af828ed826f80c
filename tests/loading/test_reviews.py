"""A review says who looked for information on an initiative and found none, on which day and where."""

from __future__ import annotations

from typing import Any

import pytest

from initiatives.loading.data_checks import derived_columns
from initiatives.loading.merge import ConflictSide
from initiatives.loading.problems import LoadError
from initiatives.models import Initiative, LoadedFact, StatusUpdate
from initiatives.recording import actions
from tests import make
from tests.report_files import FULL, VOCABULARY, actions_of, load_texts, report, row_counts
from tests.workbooks import add, cell, edited, faults, load_book, row_of

pytestmark = pytest.mark.django_db

REVIEW = """\
review:
  id: review-2026-05
  by: the editors
  on: 2026-05-03
looked:
  - initiative: university
    where: the sites of both ministries, in Uzbek and English
    what: A site for students of 2021 that names no university.
"""
UPDATES = FULL.index("updates:")
REF = "review-2026-05/university/2026-05-03"


def load_first() -> Initiative:
    load_texts(VOCABULARY, report(body=FULL[:UPDATES]), REVIEW)
    return Initiative.objects.get()


def entry_actions(*texts: str, take: ConflictSide | None = None) -> dict[str, str]:
    plan = load_texts(*texts, take=take)
    assert list(derived_columns()) == []
    return actions_of(plan)


def test_a_review_is_a_status_without_a_document() -> None:
    initiative = load_first()
    update = StatusUpdate.objects.get(ref=REF)
    assert (update.status, update.report, update.locator) == ("no_information", None, "")
    assert (update.looked_by, update.looked_on) == ("the editors", "2026-05-03")
    assert update.looked_in == "the sites of both ministries, in Uzbek and English"
    assert (update.on, update.what) == (
        "2026-05-03",
        "A site for students of 2021 that names no university.",
    )
    assert update.history.get().history_change_reason == "Loaded from review-2026-05"
    assert (initiative.delivery_status, initiative.latest_update_report) == ("no_information", None)
    # Finding nothing is not hearing of it.
    assert initiative.last_heard_on == "2022-04-17"


def test_loading_a_review_twice_changes_nothing() -> None:
    load_first()
    before = row_counts()
    assert entry_actions(REVIEW) == {}
    assert row_counts() == before
    assert LoadedFact.objects.filter(source="review-2026-05", kind="statusupdate").count() == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("the editors", "the secretariat"),
        ("2026-05-03", "2026-05-04"),
        ("the sites of both ministries", "the site of the university"),
        ("A site for students", "A portal for students"),
    ],
)
def test_what_changes_in_a_review_becomes_a_correction(old: str, new: str) -> None:
    load_first()
    assert entry_actions(REVIEW.replace(old, new)) == {f"statusupdate {REF}": "changed"}
    assert StatusUpdate.objects.current().get().corrects == StatusUpdate.objects.get(ref=REF)


def test_what_a_person_corrected_stays_and_is_a_conflict_with_a_changed_file() -> None:
    initiative = load_first()
    first = StatusUpdate.objects.get()
    make.look(initiative=initiative, corrects=first)
    assert entry_actions(REVIEW) == {f"statusupdate {REF}": "kept"}
    changed = REVIEW.replace("the editors", "the secretariat")
    assert entry_actions(changed) == {f"statusupdate {REF}": "conflict"}
    assert entry_actions(changed, take=ConflictSide.FILE) == {f"statusupdate {REF}": "changed"}
    assert StatusUpdate.objects.current().get().looked_by == "the secretariat"


def test_what_has_gone_from_a_review_is_named_and_stays() -> None:
    load_first()
    without = REVIEW[: REVIEW.index("looked:")]
    assert entry_actions(without) == {f"statusupdate {REF}": "gone"}
    assert StatusUpdate.objects.current().count() == 1


def test_what_a_person_recorded_in_the_same_words_is_the_entry_of_the_file() -> None:
    load_texts(VOCABULARY, report(body=FULL[:UPDATES]))
    actions.record_status(
        by=None,
        initiative=Initiative.objects.get(),
        status="no_information",
        what="A site for students of 2021 that names no university.",
        looked_by="the editors",
        looked_on="2026-05-03",
        looked_in="the sites of both ministries, in Uzbek and English",
    )
    assert entry_actions(REVIEW) == {}
    assert StatusUpdate.objects.get().ref == "none/university/2026-05-03"


def test_a_report_does_not_take_the_id_of_a_review() -> None:
    load_first()
    before = row_counts()
    with pytest.raises(LoadError, match="“review-2026-05” is the id of a review already"):
        load_texts(report("review-2026-05"))
    with pytest.raises(LoadError, match=r"“review-2026-05” is in .* already"):
        load_texts(report("review-2026-05"), REVIEW)
    assert row_counts() == before


def test_a_look_is_edited_and_added_in_a_workbook_without_a_document() -> None:
    load_first()

    def edit(book: Any) -> None:
        page = book["Updates"]
        cell(page, row_of(page, REF, "ref"), "looked_in").value = "the national archive"
        look = {"looked_by": "the secretariat", "looked_on": "2026-05-09", "looked_in": "the web"}
        add(page, initiative="university", status="no_information", what="Nothing.", **look)

    load_book(edited(edit))
    looks = StatusUpdate.objects.current().order_by("pk")
    assert [(row.looked_by, row.looked_in, row.report) for row in looks] == [
        ("the editors", "the national archive", None),
        ("the secretariat", "the web", None),
    ]
    assert (looks[1].ref, looks[1].on) == ("none/university/2026-05-09", "2026-05-09")
    # To the file this is a person's edit.
    assert entry_actions(REVIEW) == {f"statusupdate {REF}": "kept"}


def test_a_sheet_names_what_a_look_lacks_by_its_cell() -> None:
    load_first()
    look = {"looked_by": "the editors", "looked_on": "2026-05-09"}

    def edit(book: Any) -> None:
        said = {"initiative": "university", "what": "Nothing.", **look}
        add(book["Updates"], status="no_information", **said)
        add(book["Updates"], status="under_way", **said | {"looked_in": "the web"})

    assert sorted(faults(edited(edit))) == [
        "book.xlsx, Updates, cell F4: “report”: Give the report; only “not yet reviewed” needs none.",
        "book.xlsx, Updates, cell G4: “locator”: Give the place in the report; only “not yet reviewed” needs none.",
        "book.xlsx, Updates, cell M4: “looked_by”: That somebody looked is said of “no public information” only.",
        "book.xlsx, Updates, cell O3: “looked_in”: Say who looked, on which full day and where.",
    ]
