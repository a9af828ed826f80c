"""Parts on pages: what an initiative is part of, what its parts are, and what stays when a whole goes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from initiatives.models import Initiative, Lineage
from initiatives.recording.publication import publish
from initiatives.recording.withdrawal import withdraw_initiative
from tests import make
from tests.rewriting import rewritten

pytestmark = pytest.mark.django_db


@pytest.fixture
@rewritten
def plan() -> Initiative:
    """A plan of three measures, of which one has two parts of its own."""
    plan = make.initiative("plan", title="The plan")
    for number in (2, 1, 3):
        measure = make.initiative(
            f"measure-{number}", title=f"Measure {number}", dialogue=plan.dialogue
        )
        link = make.lineage(earlier=plan, later=measure, relation="part_of")
        make.citation(report=make.report(f"r{number}"), lineage=link, locator=f"item {number}")
    for letter in "ab":
        step = make.initiative(f"step-{letter}", title=f"Step {letter}", dialogue=plan.dialogue)
        make.lineage(
            earlier=Initiative.objects.get(slug="measure-1"), later=step, relation="part_of"
        )
    make.update(initiative=Initiative.objects.get(slug="measure-3"), status="delivered")
    make.update(initiative=Initiative.objects.get(slug="step-a"), status="delivered")
    return plan


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def section(html: str) -> str:
    return html.split('<h2 id="parts">')[1].split("</section>")[0]


@pytest.mark.usefixtures("plan")
def test_a_whole_shows_its_parts_and_a_part_its_wholes(client: Client) -> None:
    parts = section(page(client, "/initiatives/plan/"))
    assert "3 direct parts: 1 delivered, 2 not yet reviewed." in parts
    order = [
        parts.index(f">{title}<")
        for title in ("Measure 2", "Measure 1", "Step a", "Step b", "Measure 3")
    ]
    assert order == sorted(order)
    assert parts.count("<ul") == 2
    assert "item 2" in parts
    inner = page(client, "/initiatives/step-a/")
    assert 'Part of <a href="/initiatives/measure-1/">Measure 1</a>' in inner
    assert 'itself part of <a href="/initiatives/plan/">The plan</a>' in inner
    assert 'id="parts"' not in inner
    # It is no descent, which has a picture of its own.
    assert 'id="lineage"' not in inner


def test_a_count_of_what_cannot_be_rated_says_which_parts_its_list_has_besides(
    client: Client, plan: Initiative
) -> None:
    for slug in ("plan", "measure-1", "step-a"):
        make.criterion(
            initiative=Initiative.objects.get(slug=slug),
            verifiability="not_verifiable",
            why="it names no measure",
        )
    home = page(client, "/")
    assert "1 cannot be rated</a>, because what would count as delivered" in home
    assert "The list has 2 more: parts of others that are not counted here again." in home
    assert "<b>3</b> initiatives" in page(client, "/initiatives/?verifiability=not_verifiable")
    parts = section(page(client, "/initiatives/plan/"))
    assert "2 not yet reviewed; 1 of these cannot be rated." in parts
    assert parts.count("Cannot be rated, because it names no measure<") == 2


def test_totals_of_pages_count_a_whole_once_and_lists_say_so(
    client: Client, plan: Initiative
) -> None:
    home = page(client, "/")
    assert "<b>1</b> initiative" in home
    assert "5 parts of these are in lists, and not counted here again." in home
    listed = page(client, "/initiatives/")
    assert "<b>6</b> initiatives, of which 5 are parts of others" in listed
    assert listed.count('Part of <a href="/initiatives/plan/">') == 3
    assert (
        page(client, "/initiatives/?view=table").count('Part of <a href="/initiatives/plan/">') == 3
    )
    assert page(client, "/matrix/").count("Part of The plan") == 3
    # Filtered, the whole is not among them.
    delivered = page(client, "/initiatives/?group=delivered")
    assert "<b>2</b> initiatives</p>" in delivered.replace("initiatives </p>", "initiatives</p>")
    dialogue = page(client, plan.dialogue.get_absolute_url())
    assert "All 6 initiatives of this dialogue</a>, of which 5 are parts of others" in dialogue
    brief = page(client, f"{plan.dialogue.get_absolute_url()}brief/")
    assert "5 parts of these are in the list, and not counted here again." in brief


@pytest.mark.usefixtures("plan")
def test_an_earlier_day_has_the_parts_of_today_as_far_as_they_were_known(client: Client) -> None:
    for number, initiative in enumerate(Initiative.objects.order_by("pk")):
        report = make.report(published_on=f"{2010 + number}-05-01")
        make.mention(initiative=initiative, report=report)
    # Known are the plan and two of its measures, one of which has parts that came later.
    listed = page(client, "/initiatives/?as_of=2012-06-01")
    assert "<b>3</b> initiatives, of which 2 are parts of others" in listed
    assert "<b>1</b> initiative" in page(client, "/?as_of=2012-06-01")
    parts = section(page(client, "/initiatives/plan/?as_of=2012-06-01"))
    assert "2 parts: 2 not yet reviewed." in parts
    assert "Measure 3" not in parts


def test_parts_stay_when_their_whole_goes(client: Client, plan: Initiative) -> None:
    withdraw_initiative(by=None, initiative=plan, reason="It was another plan.")
    assert 'Part of <a href="/initiatives/plan/">The plan</a> (withdrawn)' in page(
        client, "/initiatives/measure-2/"
    )
    assert "3 direct parts" in page(client, "/initiatives/plan/")
    assert "<b>3</b> initiatives" in page(client, "/")
    listed = page(client, "/initiatives/")
    assert "<b>5</b> initiatives, of which 2 are parts of others" in listed
    assert "The plan" not in listed
    plan.delete()
    assert "Part of" not in page(client, "/initiatives/measure-2/")
    assert Lineage.objects.count() == 2
    assert "<b>3</b> initiatives" in page(client, "/")


def test_a_draft_is_named_neither_as_a_whole_nor_as_a_part(client: Client) -> None:
    draft = make.initiative("draft", title="Secret whole", publication="draft")
    make.mention(initiative=draft, report=make.report(), publication="draft")
    part, inner = (
        make.initiative("part"),
        make.initiative("inner", title="Secret part", publication="draft"),
    )
    make.lineage(earlier=draft, later=part, relation="part_of")
    make.lineage(earlier=part, later=inner, relation="part_of")
    for address in ("/initiatives/part/", "/initiatives/", "/initiatives/part.json", "/matrix/"):
        assert "ecret" not in page(client, address)
        assert "Part of" not in page(client, address)
    assert "<b>1</b> initiative" in page(client, "/")
    publish(by=None, row=draft)
    assert "<b>1</b> initiative" in page(client, "/")
    assert "Secret whole" in page(client, "/initiatives/part/")
    assert Initiative.objects.get(slug="inner").publication == "draft"


@pytest.mark.usefixtures("plan")
def test_parts_take_one_query_more_and_none_where_there_are_none(client: Client) -> None:
    alone = make.initiative("alone", dialogue=make.dialogue("quiet"))
    make.mention(initiative=alone)
    make.citation(report=make.report("r4"), role=make.role(initiative=alone))

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            page(client, address)
        return len(asked)

    for address in ("/initiatives/", "/matrix/", "/initiatives/alone/"):
        page(client, address)
    of_parts = {address: queries(f"{address}?x") for address in ("/initiatives/", "/matrix/")}
    without: dict[str, Any] = {a: queries(f"{a}?dialogue=quiet") for a in of_parts}
    assert {address: count - without[address] for address, count in of_parts.items()} == {
        "/initiatives/": 1,
        "/matrix/": 1,
    }
    Lineage.objects.all().delete()
    page(client, "/initiatives/")
    assert queries("/initiatives/?y") == of_parts["/initiatives/"] - 1
