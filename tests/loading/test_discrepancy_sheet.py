"""The sheet of discrepancies: a row for each document, with what it says."""

from __future__ import annotations

from typing import Any

import pytest

from initiatives.models import Citation, Discrepancy
from tests import make
from tests.report_files import FULL, VOCABULARY, actions_of, load_texts, report
from tests.workbooks import add, cell, edited, faults, load_book, row_of, workbook

pytestmark = pytest.mark.django_db

SIZE = """\
discrepancies:
  - id: size
    topic: How large it is
    resolution: open
    initiative: university
    says: {says}
    locator: para 3
"""


@pytest.fixture(autouse=True)
def loaded() -> None:
    other = report("article", SIZE.format(says="600 students"))
    load_texts(VOCABULARY, report(body=FULL + SIZE.format(says="500 students")), other)
    make.report("third")


def said() -> dict[str, str]:
    """What each document says, by its id."""
    rows = Citation.objects.filter(discrepancy__slug="size").values_list("report__slug", "says")
    return dict(rows)


def test_each_document_has_its_row_and_nothing_changes_by_itself() -> None:
    make.discrepancy("undocumented", topic="Nobody says")
    # Not even where columns were deleted.
    for delete in (lambda book: None, lambda book: book["Discrepancies"].delete_cols(7, 3)):
        plan = load_book(edited(delete))
        assert actions_of(plan) == {}
        assert plan.counts["discrepancy"] == {"same": 3}


def test_what_one_document_says_is_edited_beside_what_it_is_about() -> None:
    def edit(book: Any) -> None:
        page = book["Discrepancies"]
        row = row_of(page, "article", "report")
        cell(page, row, "says").value = "650 students"
        row = row_of(page, "statement", "report")
        cell(page, row, "resolution").value = "About 600."
        cell(page, row, "initiative").value = None
        cell(page, row, "meeting").value = "fm-1"
        new = {"id": "size", "report": "third", "locator": "p. 1", "says": "Many students"}
        add(page, **new)

    assert actions_of(load_book(edited(edit))) == {
        "discrepancy size": "changed",
        "citation article/discrepancy/size": "changed",
        "citation third/discrepancy/size": "new",
    }
    assert said() == {
        "article": "650 students",
        "statement": "500 students",
        "third": "Many students",
    }
    row = Discrepancy.objects.get()
    assert (row.resolution, row.initiative, row.meeting and row.meeting.slug) == (
        "About 600.",
        None,
        "fm-1",
    )
    assert actions_of(load_book(workbook())) == {}


def test_a_row_copied_for_another_document_adds_that_document() -> None:
    def edit(book: Any) -> None:
        page = book["Discrepancies"]
        values = {each.value: cell(page, 2, each.value).value for each in page[1]}
        add(page, **values | {"report": "third", "says": "Many students"})
        add(page, **values | {"id": "date", "topic": "When it opens", "says": "In spring"})

    plan = load_book(edited(edit))
    assert actions_of(plan) == {
        "discrepancy date": "new",
        "citation statement/discrepancy/date": "new",
        "citation third/discrepancy/size": "new",
    }
    assert said()["third"] == "Many students"


def test_what_says_nothing_or_two_things_is_told() -> None:
    def edit(book: Any) -> None:
        page = book["Discrepancies"]
        cell(page, 2, "says").value = None
        cell(page, 3, "resolution").value = "open"
        cell(page, 2, "topic").value = "How large"

    told = [fault.partition(" (")[0] for fault in faults(edited(edit))]
    assert told == [
        "book.xlsx, Discrepancies, cell I2: “says” is empty",
        "book.xlsx, Discrepancies, cell C3: “resolution”: “open” is an empty cell in a sheet",
    ]

    def disagree(book: Any) -> None:
        page = book["Discrepancies"]
        cell(page, 2, "topic").value, cell(page, 3, "topic").value = "How large", "How small"

    (told_once,) = faults(edited(disagree))
    assert "Discrepancies, cell B3: size: topic is “How small”, but “How large” in" in told_once
