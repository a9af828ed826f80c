"""Criteria in the file of a document, in a review and in a sheet: loaded, corrected, merged and undone."""

from __future__ import annotations

from typing import Any

import pytest

from initiatives.loading.merge import ConflictSide
from initiatives.loading.problems import LoadError
from initiatives.loading.undo import undo
from initiatives.models import Correction, Criterion, Initiative, Load, StatusUpdate
from tests import make
from tests.report_files import FULL, VOCABULARY, actions_of, load_texts, report, row_counts
from tests.workbooks import add, cell, edited, faults, load_book, row_of

pytestmark = pytest.mark.django_db

CRITERIA = """\
criteria:
  - initiative: university
    what: Students from both countries are enrolled.
    verifiability: partly
    why: the document gives no number.
    locator: para 6
"""
REVIEW = """\
review: {id: review-2026-05, by: the editors, on: 2026-05-03}
criteria:
  - initiative: university
    what: A degree is awarded.
    verifiability: verifiable
    note: The founding act speaks of degrees.
"""
OF_FILE = "statement/university/partly"
OF_REVIEW = "review-2026-05/university/verifiable"


def load_first() -> Initiative:
    load_texts(VOCABULARY, report(body=FULL + CRITERIA), REVIEW)
    return Initiative.objects.get()


def test_a_document_and_a_review_say_what_would_count() -> None:
    initiative = load_first()
    of_file, of_review = (Criterion.objects.get(ref=ref) for ref in (OF_FILE, OF_REVIEW))
    assert (of_file.report.slug, of_file.locator) == ("statement", "para 6")  # type: ignore[union-attr]
    assert (of_file.read_by, of_file.read_on) == ("", None)
    assert (of_review.report, of_review.read_by) == (None, "the editors")
    assert (of_review.read_on, of_review.dated) == ("2026-05-03", "2026-05-03")
    assert initiative.verifiability == "verifiable"
    # What one load brings is of one day, and criteria come first.
    assert "status_before_criterion" not in initiative.flags()
    assert of_file.recorded_at <= StatusUpdate.objects.earliest("recorded_at").recorded_at
    before = row_counts()
    assert actions_of(load_texts(report(body=FULL + CRITERIA), REVIEW)) == {}
    assert row_counts() == before


def test_a_changed_file_corrects_and_a_person_is_not_overwritten() -> None:
    initiative = load_first()
    changed = REVIEW.replace("A degree is", "A bachelor’s degree is")
    assert actions_of(load_texts(changed)) == {f"criterion {OF_REVIEW}": "changed"}
    corrected = Criterion.objects.current().get(what__startswith="A bachelor")
    assert corrected.corrects == Criterion.objects.get(ref=OF_REVIEW)
    assert Correction.objects.get().subject == "criterion"
    make.criterion(initiative=initiative, corrects=corrected, what="Degrees are recognised.")
    assert actions_of(load_texts(changed)) == {f"criterion {OF_REVIEW}": "kept"}
    assert actions_of(load_texts(REVIEW)) == {f"criterion {OF_REVIEW}": "conflict"}
    taken = load_texts(REVIEW, take=ConflictSide.FILE)
    assert actions_of(taken) == {f"criterion {OF_REVIEW}": "changed"}
    assert Criterion.objects.newest_first().current().first().what == "A degree is awarded."  # type: ignore[union-attr]
    gone = REVIEW[: REVIEW.index("criteria:")]
    assert actions_of(load_texts(gone)) == {f"criterion {OF_REVIEW}": "gone"}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    why: the document gives no number.\n", "", "has no why"),
        ("verifiability: partly", "verifiability: perhaps", "verifiability"),
        ("    locator: para 6\n", "", "locator"),
        ("initiative: university", "initiative: unversity", "there is no initiative"),
        ("    what: Students from both countries are enrolled.\n", "", "what"),
        (CRITERIA, CRITERIA + CRITERIA.removeprefix("criteria:\n"), "the same in the same words"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(old: str, new: str, message: str) -> None:
    with pytest.raises(LoadError) as refusal:
        load_texts(VOCABULARY, report(body=FULL + CRITERIA.replace(old, new)))
    assert message in str(refusal.value)
    assert "file-2.yaml, line" in str(refusal.value)
    assert not Initiative.objects.exists()


def test_a_load_is_undone_with_its_criteria_and_loads_again() -> None:
    initiative = load_first()
    load_texts(REVIEW.replace("A degree is", "A bachelor’s degree is"))
    undo(Load.objects.latest("pk").pk, reason="A wrong file.")
    assert Criterion.objects.newest_first().current().first().what == "A degree is awarded."  # type: ignore[union-attr]
    undo(Load.objects.earliest("pk").pk, reason="A wrong document.")
    assert not Criterion.objects.current().exists()
    line = Correction.objects.filter(subject="load").latest("pk")
    assert ["Criteria", "2", ""] in line.differences
    load_first()
    initiative.refresh_from_db()
    assert (initiative.withdrawn_at, initiative.verifiability) == (None, "verifiable")


def test_a_sheet_edits_and_adds_them() -> None:
    load_first()

    def edit(book: Any) -> None:
        page = book["Criteria"]
        cell(page, row_of(page, OF_FILE, "ref"), "why").value = "no number is given."
        said = {"initiative": "university", "what": "A site opens.", "verifiability": "verifiable"}
        add(page, **said, read_by="the secretariat", read_on="2026-06-01")

    plan = load_book(edited(edit))
    assert sorted(actions_of(plan).values()) == ["changed", "new"]
    assert Criterion.objects.get(corrects__ref=OF_FILE).why == "no number is given."
    new = Criterion.objects.get(what="A site opens.")
    assert (new.ref, new.report) == ("none/university/verifiable", None)
    assert actions_of(load_book(edited(lambda book: None))) == {}

    def break_it(book: Any) -> None:
        said = {"initiative": "university", "what": "Unsaid."}
        add(book["Criteria"], **said, verifiability="verifiable")
        add(book["Criteria"], **said, verifiability="partly", read_by="us", read_on="2026-06-01")
        add(book["Criteria"], **said, verifiability="verifiable", read_by="us")

    told = "\n".join(sorted(faults(edited(break_it))))
    assert "Criteria" in told
    assert "“report” is empty" in told


def test_a_sheet_says_whose_reading_is_not_whole() -> None:
    load_first()

    def edit(book: Any) -> None:
        said = {"initiative": "university", "what": "Unsaid.", "verifiability": "verifiable"}
        add(book["Criteria"], **said, read_by="the editors")

    assert [fault.partition("“read_on”")[2] for fault in faults(edited(edit))] == [
        ": Say whose reading it is and of which full day."
    ]
