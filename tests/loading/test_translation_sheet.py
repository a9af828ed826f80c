"""The sheet of translations: made, edited, loaded back, and of no harm when it comes from anywhere."""

from __future__ import annotations

from typing import Any

import pytest

from initiatives.models import Initiative, Participant, StatusUpdate
from tests import make
from tests.report_files import actions_of
from tests.workbooks import add, cell, edited, faults, load_book, row_of, workbook

pytestmark = pytest.mark.django_db

TITLES = {"ja": "大学", "uz-Latn": "Universitet"}


@pytest.fixture(autouse=True)
def world() -> None:
    make.participant("jp", name="Japan", translations={"name": {"ja": "日本"}})
    initiative = make.initiative("university", translations={"title": dict(TITLES)})
    make.update(initiative=initiative, translations={"what": {"ja": "始まった。"}})
    other = make.initiative("other", dialogue=make.dialogue("other-dialogue"))
    make.mention(initiative=other)


def test_a_workbook_as_it_went_changes_nothing_and_neither_does_a_deleted_row() -> None:
    assert actions_of(load_book(workbook())) == {}

    def delete(book: Any) -> None:
        book["Translations"].delete_rows(2, 10)

    assert actions_of(load_book(edited(delete))) == {}
    assert Initiative.objects.get(slug="university").translations == {"title": TITLES}


def test_rows_are_edited_emptied_and_added() -> None:
    update = StatusUpdate.objects.get()

    def edit(book: Any) -> None:
        page = book["Translations"]
        cell(page, row_of(page, "大学", "text"), "text").value = "中央大学"
        cell(page, row_of(page, "Universitet", "text"), "text").value = None
        cell(page, row_of(page, "始まった。", "text"), "text").value = "開校した。"
        add(page, kind="update", id=update.ref, field="what", language="ru", text="Открыт.")
        add(page, kind="initiative", id="other", field="summary", language="JA", text="要旨")
        # The row of the initiative itself is edited as well.
        of_initiative = book["Initiatives"]
        cell(of_initiative, row_of(of_initiative, "university"), "summary").value = "soon"

    plan = load_book(edited(edit))
    assert actions_of(plan) == {
        "initiative university": "changed",
        "initiative other": "changed",
        f"statusupdate {update.ref}": "changed",
    }
    university = Initiative.objects.get(slug="university")
    assert (university.translations, university.summary) == ({"title": {"ja": "中央大学"}}, "soon")
    other = Initiative.objects.get(slug="other")
    assert other.translations == {"summary": {"ja": "要旨"}}
    update.refresh_from_db()
    assert update.translations == {"what": {"ja": "開校した。", "ru": "Открыт."}}
    assert StatusUpdate.objects.count() == 1


def test_what_somebody_changed_meanwhile_is_a_conflict_of_that_language() -> None:
    def edit(book: Any) -> None:
        page = book["Translations"]
        cell(page, row_of(page, "日本", "text"), "text").value = "日本国"

    data = edited(edit)
    japan = Participant.objects.get()
    japan.say_in("name.ja", "にほん")
    japan.save()
    plan = load_book(data)
    assert actions_of(plan) == {"participant jp": "conflict"}
    assert [c.field for item in plan.items for c in item.conflicts] == ["name.ja"]
    japan.refresh_from_db()
    assert japan.translations == {"name": {"ja": "にほん"}}


def test_an_update_that_is_corrected_takes_its_translations_along() -> None:
    def edit(book: Any) -> None:
        page = book["Updates"]
        cell(page, 2, "locator").value = "para 77"
        page = book["Translations"]
        cell(page, row_of(page, "始まった。", "text"), "text").value = "開校した。"

    update = StatusUpdate.objects.get()
    load_book(edited(edit))
    correction = StatusUpdate.objects.get(corrects=update)
    assert correction.translations == {"what": {"ja": "開校した。"}}


def test_a_workbook_of_one_dialogue_has_its_translations() -> None:
    dialogue = Initiative.objects.get(slug="other").dialogue

    def texts(book: Any) -> None:
        rows = [[c.value for c in row] for row in book["Translations"].iter_rows(min_row=2)]
        assert [row[4] for row in rows] == ["日本"]

    edited(texts, workbook(dialogue))


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"kind": "initiativ"}, "“kind” cannot be “initiativ” (did you mean “initiative”?)"),
        ({"field": "titel"}, "“field” cannot be “titel” (did you mean “title”?)"),
        ({"field": "name"}, "“field” cannot be “name”"),
        ({"language": "jp"}, "“jp” is not a language tag"),
        ({"language": "en"}, "university is written in en itself"),
        ({"language": ""}, "“language” is empty"),
        ({"text": ""}, "“text” is empty"),
        ({"text": "大" * 301}, "more than 300 characters"),
        ({"text": "=1+1"}, "this is a formula"),
        ({"id": "nowhere"}, "the initiative “nowhere” is not known yet"),
        ({"kind": "update", "field": "what"}, "there is no update “university”"),
        ({"version": "99999"}, "this is no version of initiative “university”"),
        ({"version": "x"}, "this is no version of initiative “university”"),
        ({"language": "ja", "version": None}, "speaks of this already"),
    ],
)
def test_what_is_wrong_with_a_row_is_told_with_its_cell(row: dict[str, Any], told: str) -> None:
    values = {
        "kind": "initiative",
        "id": "university",
        "field": "title",
        "language": "ru",
        "text": "Университет",
    }

    def edit(book: Any) -> None:
        add(book["Translations"], **values | row)

    problems = faults(edited(edit))
    assert any(told in problem for problem in problems), problems
