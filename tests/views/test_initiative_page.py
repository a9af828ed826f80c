"""The page of an initiative: its story in order, what is near it, and what changed in its record."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from initiatives.as_of.current import CurrentView
from initiatives.models import Initiative
from initiatives.pages.related import related_initiatives
from initiatives.pages.revision_log import revision_days, with_revision_days
from initiatives.pictures import charts
from tests import make

pytestmark = pytest.mark.django_db


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def in_order(html: str, *pieces: str) -> bool:
    places = [html.index(piece) for piece in pieces]
    return places == sorted(places)


# --- The story ------------------------------------------------------------------------------------


def test_mentions_and_updates_are_one_story_in_the_order_of_their_dates(client: Client) -> None:
    initiative = make.initiative("plan")
    for published, act, note in [
        (None, "mentioned", "Undated."),
        ("2022-04-15", "proposed", "First words."),
        ("2024", "adopted", "Taken up."),
    ]:
        report = make.report(published_on=published)
        make.mention(initiative=initiative, report=report, act=act, note=note)
    for on, what in [("2023-05", "Begun."), ("2025-01-02", "Opened.")]:
        make.update(initiative=initiative, report=make.report(), on=on, what=what)
    html = page(client, "/initiatives/plan/").partition('id="story"')[2]
    assert in_order(html, "Undated.", "First words.", "Begun.", "Taken up.", "Opened.")


def test_pages_of_a_long_story_hold_each_step_once(client: Client) -> None:
    initiative, report = make.initiative("long"), make.report(published_on="2022-06")
    for number in range(40):
        make.mention(initiative=initiative, report=report, note=f"Said {number}.")
        make.update(initiative=initiative, report=report, on="2022", what=f"Done {number}.")
    pages = [page(client, f"/initiatives/long/?page={number}") for number in (1, 2)]
    for number in range(40):
        assert sum(html.count(f"Said {number}.") for html in pages) == 1
        assert sum(html.count(f"<p>Done {number}.") for html in pages) == 1
    assert client.get("/initiatives/long/?page=3").status_code == 404
    assert client.get("/initiatives/long/?page=x").status_code == 400


def test_a_quote_and_a_foreign_title_say_their_language(client: Client) -> None:
    initiative = make.initiative("plan")
    report = make.report("uz", title="Raqamli universitet ochildi", language="uz-Latn")
    make.mention(initiative=initiative, report=report, quote="大学", quote_language="ja")
    html = page(client, "/initiatives/plan/")
    assert '<blockquote lang="ja" dir="auto"><p>大学</p></blockquote>' in html
    assert 'lang="uz-Latn">Raqamli universitet ochildi' in html


# --- Pictures -------------------------------------------------------------------------------------


def test_a_target_has_a_bar_where_both_ends_are_known(client: Client) -> None:
    initiative = make.initiative("plan")
    make.reading(make.target(initiative=initiative, metric="students", value=1000), 300)
    make.reading(make.target(initiative=initiative, metric="schools", value=None), 2)
    html = page(client, "/initiatives/plan/")
    assert html.count('class="bar target"') == 1
    assert '<rect width="30.00" height="4"/>' in html


def test_a_bar_ends_where_all_is_reached() -> None:
    assert charts.reached(Decimal(10), Decimal(25)) == "100.00"
    assert charts.reached(Decimal(0), Decimal(5)) == ""
    assert charts.reached(None, Decimal(5)) == ""
    assert charts.reached(Decimal(10), None) == ""


def test_lineage_is_drawn_and_listed_with_links(client: Client) -> None:
    earlier, later = make.initiative("before", title="Earlier plan"), make.initiative("plan")
    make.lineage(earlier=earlier, later=later, relation="continues")
    html = page(client, "/initiatives/plan/")
    assert html.count('href="/initiatives/before/"') == 2
    assert '<text class="relation"' in html
    assert 'class="lineage"' not in page(client, make.initiative().get_absolute_url())


# --- Related --------------------------------------------------------------------------------------


def test_what_is_near_comes_first_and_drafts_never() -> None:
    water, trade = make.theme("water"), make.theme("trade")
    dialogue = make.dialogue("ca-japan")
    meeting = make.meeting("fm-8", dialogue=dialogue)
    this = make.initiative("this", raised_at=meeting, themes=[water])
    make.initiative("elsewhere", themes=[water])
    make.initiative("same-meeting", raised_at=meeting, themes=[trade])
    make.initiative("same-dialogue", dialogue=dialogue, themes=[water])
    make.initiative("nearest", raised_at=meeting, themes=[water, trade])
    make.initiative("hidden", raised_at=meeting, themes=[water], publication="draft")
    make.initiative("far", themes=[trade])
    found = related_initiatives(CurrentView(), this, [water])
    assert [row.slug for row in found] == ["nearest", "same-dialogue", "elsewhere", "same-meeting"]


# --- What changed in the record -------------------------------------------------------------------


def change(initiative: Initiative, day: int, **fields: Any) -> None:
    """Save fields, as on a day of March 2024."""
    for name, value in fields.items():
        setattr(initiative, name, value)
    noon = datetime.datetime(2024, 3, day, 12, tzinfo=timezone.get_current_timezone())
    initiative._history_date = noon  # type: ignore[attr-defined]
    initiative.save()


def test_changes_are_told_by_day_and_drafts_are_not() -> None:
    initiative = make.initiative("plan", title="Secret title", publication="draft")
    initiative.history.all().delete()
    change(initiative, 1, title="Secret title")
    change(initiative, 2, title="Plan", publication="public")
    change(initiative, 3, title="Plan A", due_on="2026-05")
    change(initiative, 3, title="Plan B")
    change(initiative, 4, summary="secret " * 50, publication="draft")
    change(initiative, 5, summary="In short.", publication="public")
    days = revision_days(CurrentView(), initiative)
    assert [(day.day.day, day.is_first) for day in days] == [(5, False), (3, False), (2, True)]
    assert [(c.label, c.old, c.new) for c in days[1].changes] == [
        ("Title", "Plan", "Plan B"),
        ("Due", "–", "May 2026"),
    ]
    assert "secret" not in repr(days).lower()


def test_the_page_tells_what_changed_without_names(client: Client) -> None:
    initiative = make.initiative("plan", title="Plan")
    initiative.history.all().delete()
    change(initiative, 1)
    change(initiative, 2, title="Better plan", dialogue=make.dialogue())
    html = page(client, "/initiatives/plan/")
    assert 'Last changed on <time datetime="2024-03-02">2 March 2024</time>' in html
    assert "Title: Plan → Better plan" in html
    assert "Dialogue: changed" in html


def test_a_record_that_never_changed_is_not_read_for_it(
    django_assert_num_queries: Any,
) -> None:
    initiative = make.initiative("plan", title="Plan")
    initiative.history.all().delete()
    change(initiative, 1)
    change(initiative, 1, title="The plan")

    def days() -> list[tuple[int, bool]]:
        row = with_revision_days(Initiative.objects.public()).get()
        with django_assert_num_queries(count):
            return [(day.day.day, day.is_first) for day in revision_days(CurrentView(), row)]

    count = 0
    assert days() == [(1, True)]
    change(initiative, 2, title="Another plan")
    count = 1
    assert days() == [(2, False), (1, True)]
    initiative.history.all().delete()
    assert days() == []


def test_who_said_it_stands_in_the_story(client: Client) -> None:
    japan = make.participant("jp", name="Japan")
    make.mention(initiative=make.initiative("plan"), report=make.report(), participants=[japan])
    assert 'by <a href="/participants/jp/">Japan</a>' in page(client, "/initiatives/plan/")
