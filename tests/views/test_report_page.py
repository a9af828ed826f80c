"""The page of a report: every fact drawn from it, in the order of the document."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from initiatives.pages.report_facts import locator_order
from tests import make


def test_places_are_in_the_order_of_a_reader() -> None:
    order = [
        "title",
        "head and items 1-2",
        "item 1(1)",
        "item 1(2)-(3)",
        "item 2",
        "items 2-4",
        "item 10",
        "para 2",
        "paras 2-4",
        "para 10",
        "para 10, note",
        "last para",
        "reference 1 (2)",
        "reference 2",
        "",
    ]
    shuffled = [*order[1::2], *order[::2]]
    assert sorted(shuffled, key=locator_order) == order


@given(st.lists(st.text(max_size=40), max_size=20))
def test_any_words_can_be_put_in_order(locators: list[str]) -> None:
    assert len(sorted(locators, key=locator_order)) == len(locators)


@pytest.mark.django_db
def test_facts_of_all_kinds_are_one_list_in_the_order_of_the_document(client: Client) -> None:
    report, initiative = make.report("paper"), make.initiative("plan", title="The plan")
    make.mention(initiative=initiative, report=report, locator="para 10", note="Said late.")
    make.mention(initiative=initiative, report=report, locator="para 2", note="Said early.")
    make.update(initiative=initiative, report=report, locator="para 3", what="Then done.")
    make.citation(report=report, meeting=make.meeting(), locator="head", says="They met.")
    make.mention(initiative=initiative, report=report, note="Hidden.", publication="draft")
    html = client.get("/reports/paper/").content.decode()
    pieces = ["They met.", "Said early.", "Then done.", "Said late."]
    assert [html.index(piece) for piece in pieces] == sorted(html.index(piece) for piece in pieces)
    assert "4 facts" in html
    assert "Hidden." not in html


@pytest.mark.django_db
def test_many_facts_have_pages(client: Client) -> None:
    report = make.report("paper")
    for number in range(60):
        make.mention(initiative=make.initiative(), report=report, locator=f"para {number + 1}")
    first = client.get("/reports/paper/").content.decode()
    assert ">para 50<" in first
    assert ">para 51<" not in first
    assert ">para 60<" in client.get("/reports/paper/?page=2").content.decode()
    assert client.get("/reports/paper/?page=3").status_code == 404
    assert client.get("/reports/paper/?page=0").status_code == 400
