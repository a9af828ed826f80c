"""A row that is copied in a spreadsheet is a new row, and the one that it was copied from stays what it is."""

from __future__ import annotations

from typing import Any

import pytest

from initiatives.models import Initiative, Line, Meeting, Mention, Role, StatusUpdate, Theme
from tests.report_files import FULL, VOCABULARY, actions_of, load_texts, report, row_counts
from tests.rewriting import rewritten
from tests.workbooks import add, cell, edited, faults, load_book, row_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
@rewritten
def loaded() -> None:
    lines = FULL.replace("  attendance:\n", "  agenda: [Water]\n  attendance:\n")
    load_texts(VOCABULARY, report(body=lines))


def copy(page: Any, row: int, **changes: Any) -> None:
    """Copy a row to the end of its sheet, with other cells."""
    values = {each.value: cell(page, row, each.value).value for each in page[1]}
    add(page, **values | changes)


def swap(page: Any, first: int, second: int) -> None:
    """Let two rows change places."""
    for column in range(1, page.max_column + 1):
        one, other = page.cell(first, column), page.cell(second, column)
        one.value, other.value = other.value, one.value


def test_copies_of_records_are_new_wherever_they_stand() -> None:
    def edit(book: Any) -> None:
        copy(book["Themes"], 2, id="schools", name="Schools")
        swap(book["Themes"], 2, 5)
        cell(book["Themes"], 5, "name").value = "Learning"
        copy(book["Initiatives"], 2, id="academy", title="Academy")
        copy(book["Mentions"], 2, initiative="academy", locator="para 60")
        copy(book["Meetings"], 2, id="fm-2", number=2, title="Second meeting")
        copy(book["Roles"], row_of(book["Roles"], "funder", "role"), participant="kz")
        copy(book["Lines"], 2, text="Energy")

    assert sorted(actions_of(load_book(edited(edit))).items()) == [
        ("citation statement/line/" + Line.objects.get(text="Energy").ref, "new"),
        ("citation statement/role/university/funder/kz", "new"),
        ("initiative academy", "new"),
        ("line " + Line.objects.get(text="Energy").ref, "new"),
        ("meeting fm-2", "new"),
        ("mention statement/academy/proposed", "new"),
        ("role university/funder/kz", "new"),
        ("theme education", "changed"),
        ("theme schools", "new"),
    ]
    assert Theme.objects.get(slug="education").name == "Learning"
    assert Theme.objects.get(slug="schools").name == "Schools"
    assert Initiative.objects.get(slug="academy").summary == "A university without walls."
    assert Meeting.objects.get(slug="fm-1").title == "First meeting"
    assert Role.objects.filter(role="funder").count() == 2
    assert Mention.objects.get(initiative__slug="academy").quote == "We propose a university."


def test_a_copied_initiative_without_a_mention_is_told_where_that_goes() -> None:
    def edit(book: Any) -> None:
        copy(book["Initiatives"], 2, id="academy", title="Academy")

    (fault,) = faults(edited(edit))
    assert fault.endswith("(add a row to Mentions, with its document)")


def test_a_row_that_was_renamed_is_told_and_so_are_two_that_change_names() -> None:
    def edit(book: Any) -> None:
        cell(book["Themes"], 2, "id").value = "schools"
        page = book["Themes"]
        cell(page, 3, "id").value, cell(page, 4, "id").value = "water", "transport"
        cell(book["Roles"], row_of(book["Roles"], "funder", "role"), "participant").value = "kz"
        cell(book["Lines"], 2, "text").value = "Energy"

    before = row_counts()
    told = faults(edited(edit))
    assert [fault.partition(" this row was ")[0] for fault in told] == [
        "book.xlsx, Lines, cell C2:",
        "book.xlsx, Roles, cell C2:",
        "book.xlsx, Themes, cell A2:",
        "book.xlsx, Themes, cell A3:",
        "book.xlsx, Themes, cell A4:",
    ]
    assert told[2].endswith(
        "this row was “education”, and is “schools” now (what names a row is never changed: write it as it was, and"
        " add a new row below)"
    )
    assert row_counts() == before


def test_a_copied_entry_is_a_new_one_and_the_other_stays() -> None:
    def edit(book: Any) -> None:
        page = book["Updates"]
        copy(page, 2, status="delivered", on="2024", what="It has opened.", locator="para 9")
        # The copy stands first.
        swap(page, 2, 4)

    assert load_book(edited(edit)).counts["statusupdate"] == {"same": 2, "new": 1}
    new = StatusUpdate.objects.get(status="delivered")
    assert (new.ref, new.corrects) == ("statement/university/2024", None)
    assert StatusUpdate.objects.current().count() == 3


def test_beside_a_copy_for_another_initiative_the_edited_entry_is_corrected() -> None:
    def edit(book: Any) -> None:
        copy(book["Initiatives"], 2, id="academy", title="Academy")
        copy(book["Mentions"], 2, initiative="academy")
        cell(book["Mentions"], 2, "locator").value = "para 61"

    assert actions_of(load_book(edited(edit))) == {
        "initiative academy": "new",
        "mention statement/university/proposed": "changed",
        "mention statement/academy/proposed": "new",
    }


def test_of_two_edited_rows_of_one_entry_and_of_two_alike_it_is_asked_which() -> None:
    def edit(book: Any) -> None:
        page = book["Updates"]
        copy(page, 2, status="delivered")
        cell(page, 2, "what").value = "They agreed."
        copy(page, 3)

    before = row_counts()
    assert faults(edited(edit)) == [
        (
            "book.xlsx, Updates, cell A4: row 2 was made from the same entry, and both are edited"
            " (empty “ref” in the one that is a new entry; the other one corrects the entry)"
        ),
        "book.xlsx, Updates, cell A5: row 3 speaks of this already (keep one of the two)",
    ]
    assert row_counts() == before
