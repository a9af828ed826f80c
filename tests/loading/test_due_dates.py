"""Due dates, conditions and welcomed pledges in files and workbooks: said once, loaded, edited and read back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from initiatives.loading.problems import LoadError
from initiatives.loading.undo import undo
from initiatives.models import Initiative, Meeting, Mention
from tests import make
from tests.loading.test_undo import loader
from tests.report_files import DIALOGUE, VOCABULARY, actions_of, load_texts, report
from tests.workbooks import cell, edited, faults, load_book, row_of, workbook

pytestmark = pytest.mark.django_db

# “Members will, subject to parliamentary approval, provide up to EUR 300 million … by fiscal year 2027”
PLEDGE = """\
initiatives:
  - id: fund
    title: Water fund
    dialogue: dialogue
    act: adopted
    by: all
    due: 2024
    due_note: by the end of 2024
    condition: subject to parliamentary approval
    locator: para 2
"""
# “The deadline of 2024 is extended to the next summit”
EXTENDED = """\
meetings:
  - {id: summit-2, dialogue: dialogue, kind: summit, title: Second Summit, state: planned, locator: para 9}
initiatives:
  - {id: fund, act: reworded, due_at: summit-2, condition_lifted: true, locator: para 3}
"""
FIRST, SECOND = report("first", DIALOGUE + PLEDGE), report("second", EXTENDED, published="2023")


def fund() -> Initiative:
    return Initiative.objects.get(slug="fund")


def test_a_deadline_is_set_extended_to_a_meeting_and_dropped(client: Client) -> None:
    load_texts(VOCABULARY, FIRST)
    assert (fund().due_on, fund().due_note, fund().flags()) == (
        "2024",
        "by the end of 2024",
        ["conditional"],
    )
    load_texts(SECOND)
    summit = Meeting.objects.get(slug="summit-2")
    assert (fund().due_on, fund().due_at, fund().due_moves) == (None, summit, 1)
    assert fund().condition == ""
    dated = SECOND.replace("state: planned", "state: planned, starts: 2026-02, ends: 2026-02-28")
    load_texts(dated)
    assert fund().due_on == "2026-02-28"
    row = client.get("/initiatives/fund.json").json()["initiative"]
    assert (row["due_on"], row["due_at"]["slug"], row["due_moves"]) == ("2026-02-28", "summit-2", 1)
    assert actions_of(load_texts(VOCABULARY, FIRST, dated)) == {}
    dropped = "initiatives:\n  - {id: fund, act: restated, due_dropped: true, locator: para 1}\n"
    load_texts(report("third", dropped, published="2024"))
    assert (fund().due_on, fund().due_at, fund().due_dropped) == (None, None, True)
    page = client.get("/initiatives/fund/").content.decode()
    assert "Due date dropped" in page
    assert "Moved once, by 14 months." in page


def test_an_edited_file_corrects_the_mention_and_a_persons_word_stays() -> None:
    load_texts(VOCABULARY, FIRST)
    load_texts(FIRST.replace("due: 2024", "due: 2025"))
    first, second = Mention.objects.order_by("pk")
    assert (first.due_on, second.due_on, second.corrects) == ("2024", "2025", first)
    assert fund().due_on == "2025"
    make.mention(
        initiative=fund(), report=second.report, act="adopted", due_on="2026", corrects=second
    )
    plan = load_texts(FIRST.replace("due: 2024", "due: 2025"))
    assert {change.field for item in plan.items for change in item.kept} >= {"due_on"}
    assert fund().due_on == "2026"


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("due: 2024\n    due_dropped: true", "“due” and “due_dropped” exclude one another"),
        ("due_at: nowhere", "there is no meeting “nowhere”"),
        ("due: 2024\n    due_at: fm-1", "“due” and “due_at” exclude one another"),
        ("condition_lifted: true", "“condition” and “condition_lifted” exclude one another"),
        ("due_dropped: [1]", "due_dropped"),
        ("due_dropped: 99999999999999999999", "due_dropped"),
        ('due_note: "\\0"', "control character"),
        ("welcomed_by: [jp]", "“welcomed_by” says who welcomes what others undertake"),
    ],
)
def test_what_makes_no_sense_is_told_with_its_place(line: str, told: str) -> None:
    text = FIRST.replace("due: 2024", line, 1)
    with pytest.raises(LoadError) as refused:
        load_texts(VOCABULARY, text)
    (problem, *_rest) = refused.value.problems
    assert "file-2.yaml" in str(problem)
    assert told in str(problem)


@pytest.mark.parametrize("key", ["due_at: fm-1", "due_dropped: true", "condition: if funds allow"])
def test_without_an_act_no_document_says_so(key: str) -> None:
    with pytest.raises(LoadError, match="belongs to a mention"):
        load_texts(VOCABULARY, report("first", f"initiatives:\n  - {{id: fund, {key}}}\n"))


def test_a_due_date_without_an_act_is_kept_without_a_document(client: Client) -> None:
    load_texts(VOCABULARY, FIRST.replace("    due: 2024\n    due_note: by the end of 2024\n", ""))
    other = report("second", "initiatives:\n  - {id: fund, due: 2030, due_note: in 2030}\n")
    load_texts(other)
    assert (fund().due_on, fund().due_note, Mention.objects.count()) == ("2030", "in 2030", 1)
    assert "no document recorded" in client.get("/initiatives/fund/").content.decode()
    assert actions_of(load_texts(other)) == {}
    changed = actions_of(load_texts(other.replace("2030,", "2031,")))
    assert changed == {"report second": "changed", "initiative fund": "changed"}
    assert fund().due_on == "2031"


def test_a_pledge_of_others_is_welcomed_and_not_adopted(client: Client) -> None:
    pledge = """\
initiatives:
  - id: academy
    title: Water academy
    dialogue: dialogue
    act: undertaken
    by: [kz]
    welcomed_by: all
    locator: para 4
    quote: The Members welcome the pledge of Kazakhstan to build an academy.
    quote_language: en
"""
    text = report("first", DIALOGUE + pledge, issued_by="[jp, uz]")
    load_texts(VOCABULARY, text)
    assert actions_of(load_texts(VOCABULARY, text)) == {}
    academy = Initiative.objects.get(slug="academy")
    involved = set(academy.involvements.values_list("participant__code", "capacity"))
    assert involved == {("kz", "party"), ("jp", "supporter"), ("uz", "supporter")}
    assert academy.standing == "undertaken"
    words = " ".join(client.get("/initiatives/academy/").content.decode().split())
    assert 'Undertaken by <a href="/participants/kz/">Kazakhstan</a>, welcomed by the members' in (
        words.replace("</a>\n", "</a>").replace(" ,", ",")
    )
    # Who issues the document speaks for itself.
    load_texts(VOCABULARY, text.replace("issued_by: [jp, uz]", "issued_by: [jp, kz, uz]"))
    assert "welcomed by" not in client.get("/initiatives/academy/").content.decode()


def test_a_workbook_says_it_in_the_row_of_the_document() -> None:
    load_texts(VOCABULARY, FIRST, SECOND)
    assert actions_of(load_book(workbook())) == {}

    def move(book: Any) -> None:
        page = book["Mentions"]
        row = row_of(page, "second", "report")
        assert cell(page, row, "due_at").value == "summit-2"
        assert cell(page, row, "condition_lifted").value == "yes"
        cell(page, row, "due_at").value = None
        cell(page, row, "due").value = "2027"
        cell(page, row, "condition_lifted").value = None

    load_book(edited(move))
    assert (fund().due_on, fund().due_at, fund().due_moves) == ("2027", None, 1)
    assert fund().condition == "subject to parliamentary approval"

    def edit(book: Any) -> None:
        cell(book["Initiatives"], 2, "due").value = "2028"

    (fault,) = faults(edited(edit))
    assert "“due” is only shown here" in fault
    assert "sheet Mentions" in fault


@pytest.mark.parametrize("is_seen", [True, False])
def test_undoing_the_load_that_moved_a_deadline_moves_it_back(is_seen: bool) -> None:
    load_texts(VOCABULARY, FIRST)
    by = None if is_seen else loader()
    plan = load_texts(SECOND, by=by)
    assert fund().due_moves == (1 if is_seen else 0)
    assert plan.load
    undo(plan.load.pk, by=None, reason="Wrong file")
    assert (fund().due_on, fund().due_at, fund().due_moves) == ("2024", None, 0)
    assert fund().condition == "subject to parliamentary approval"
    assert Meeting.objects.filter(slug="summit-2").exists() == is_seen
    load_texts(SECOND)
    assert fund().due_moves == 1
