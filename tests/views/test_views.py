"""The public pages: what they show, to whom, at what cost, and what they answer to nonsense."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.template.backends.django import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from initiatives.models import Initiative, Line
from tests import make
from tests.world import LISTS, World, hang_drafts_on, hang_past_on, make_world

pytestmark = pytest.mark.django_db

FILTERED = (
    "/initiatives/?participant=jp&theme=education&dialogue=ca-japan&meeting=fm-8&year=2022"
    "&q=initiative&group=in_progress&flag=stale&flag=one_sided&sort=due"
)
# The version of the data, asked for before and after each page.
VERSIONS = 2
# Other queries of each page, with ten initiatives as with a thousand.
QUERIES = {
    "/": 5,
    "/initiatives/": 4,
    FILTERED: 4,
    # Where nothing is found, the words of the index that are near, and how the nearest is written.
    "/search/?q=zebra": 1,
    "/search/?q=statemnt": 12,
    "/search/?q=statement": 11,
    "/dialogues/": 1,
    "/compare/": 0,
    "/compare/?participant=jp&participant=uz": 0,
    "/meetings/": 5,
    "/participants/": 1,
    "/themes/": 1,
    # One for those of which some are language versions.
    "/reports/": 6,
    "/about/method/": 0,
    # Criteria, targets, what is reported of them, lineage and disagreements, which few have, are a query each.
    "/initiatives/university/": 14,
    "/initiatives/plain/": 8,
    "/dialogues/ca-japan/": 9,
    "/meetings/fm-8/": 13,
    "/participants/jp/": 9,
    "/themes/education/": 3,
    "/reports/statement/": 9,
}


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def words(html: str) -> str:
    """What a reader reads: no tags, single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# --- Cost -----------------------------------------------------------------------------------------


@contextmanager
def no_query_in_templates() -> Iterator[None]:
    asked: list[str] = []
    render = Template.render

    # Noted and not raised: the tag `if` would swallow the exception.
    def note(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        asked.append(sql)
        return execute(sql, *args)

    def watched(self: Template, *args: Any, **kwargs: Any) -> Any:
        with connection.execute_wrapper(note):
            return render(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "render", watched)
        yield
    assert not asked


def test_queries_are_constant_and_none_is_in_a_template(client: Client) -> None:
    world = make_world()
    make.participant("uz")
    make.initiative("plain", dialogue=world.dialogue, themes=[world.theme])

    def queries() -> dict[str, int]:
        counts = {}
        for address in QUERIES:
            # What a process reads once for each version of the data is not a cost of the page.
            text(client, address)
            with no_query_in_templates(), CaptureQueriesContext(connection) as asked:
                text(client, address)
            counts[address] = len(asked) - VERSIONS
        return counts

    make.initiatives(10, **world.shared)
    assert queries() == QUERIES
    make.initiatives(190, **world.shared)
    # The first page of a report has fewer kinds of facts then.
    assert queries() == QUERIES | {"/reports/statement/": 7}


def test_no_page_grows_with_the_record(client: Client) -> None:
    world = make_world()
    make.participant("uz")
    make.initiative("plain", dialogue=world.dialogue, themes=[world.theme])
    make.initiatives(300, **world.shared)
    for address in QUERIES:
        assert len(client.get(address).content) < 60_000, address


# --- Who sees what --------------------------------------------------------------------------------


def test_every_list_works_on_an_empty_database(client: Client) -> None:
    for address in LISTS:
        assert "<h1" in text(client, address)


@pytest.mark.parametrize("kind", ["initiatives", "dialogues", "meetings", "themes", "reports"])
def test_the_page_of_what_does_not_exist_is_404(client: Client, kind: str) -> None:
    assert "Page not found" in text(client, f"/{kind}/nothing/", status=404)
    text(client, f"/{kind}/{'x' * 3000}/", status=404)


def test_drafts_and_what_hangs_on_them_are_nowhere(client: Client) -> None:
    world = make_world()
    pages = [*LISTS, *world.details, FILTERED]
    hang_past_on(world, "secret")
    before = {page: words(text(client, page)) for page in pages}
    assert "Put right." in before["/"]
    hang_drafts_on(world, "secret")
    text(client, "/initiatives/secret-initiative/", status=404)
    for page in pages:
        html = text(client, page)
        # The register says of what was public what it was; words of drafts it had none before, and has none now.
        assert page == "/corrections/" or "secret" not in html, page
        assert words(html) == before[page], page
    assert "<b>0</b> initiatives" in text(client, "/initiatives/?q=secret")


def test_a_draft_that_becomes_public_is_there(client: Client) -> None:
    draft = make.initiative("plan", title="A plan", publication="draft")
    assert "A plan" not in text(client, "/initiatives/")
    Initiative.objects.filter(pk=draft.pk).update(publication="public")
    assert "A plan" in text(client, "/initiatives/")


def test_markup_in_the_data_is_shown_as_it_was_written(client: Client) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
    world = make_world(title=evil, summary=evil)
    for row in (world.participant, world.theme, world.dialogue):
        type(row).objects.filter(pk=row.pk).update(name=evil)
    type(world.meeting).objects.update(title=evil, city=evil)
    Line.objects.update(text=evil)
    type(world.report).objects.update(title=evil, publisher=evil, note=evil)
    for page in [*LISTS, *world.details, f"/initiatives/?q={evil}", f"/initiatives/?theme={evil}"]:
        html = client.get(page).content.decode()
        assert "<script>" not in html, page
        # The one picture is the badge.
        assert "<img src=x" not in html, page
    assert "&lt;script&gt;" in text(client, world.initiative.get_absolute_url())


def test_only_addresses_of_the_web_become_links(client: Client) -> None:
    report = make.report("odd", url="javascript:alert(1)", archived_url="data:text/html,x")
    make.dialogue("odd", website="javascript:alert(1)")
    initiative = make.initiative("odd")
    make.mention(initiative=initiative, report=report)
    for page in ("/reports/odd/", "/dialogues/odd/", "/initiatives/odd/"):
        html = text(client, page)
        assert "javascript:" not in html
        assert "data:text" not in html


# --- What the pages say ---------------------------------------------------------------------------


def test_the_page_of_an_initiative_rests_each_fact_on_its_document(client: Client) -> None:
    world = make_world()
    make.reading(world.initiative.targets.get(), 300, on="2023")
    html = text(client, world.initiative.get_absolute_url())
    page = words(html)
    assert "Standing in the dialogue Proposed" in page
    assert "Delivery Under way as of 17 April 2022" in page
    assert page.count("Joint Statement , para 6") + page.count("Joint Statement, para 6") >= 2
    assert "Joint document, 17 April 2022" in page
    assert "Original at example.org" in page
    assert "Proposer Japan" in page
    assert "Due 2026" in page
    assert "300 of 600 as of 2023" in page
    assert "Builds on Earlier plan" in page
    assert "How many" in page
    assert '<blockquote lang="ja" dir="auto"><p>大学' in html
    assert "Built on by Digital University" in words(text(client, "/initiatives/earlier/"))


def test_flags_are_given_with_their_reason(client: Client) -> None:
    late = make.initiative("late", due_on="2021-12-31")
    make.update(
        initiative=late, status="delivered", on="2022-05", report=make.report(kind="statement")
    )
    page = words(text(client, "/initiatives/late/"))
    assert "Due 31 December 2021 Delivered late" in page
    assert "Evidence Statement of one side One side’s claim" in page
    assert "Delivered as of May 2022; it was due 31 December 2021." in page


def test_an_initiative_that_nobody_looked_at_says_so(client: Client) -> None:
    make.initiative("new")
    page = words(text(client, "/initiatives/new/"))
    assert "Not yet reviewed Nobody has looked for evidence of delivery yet." in page
    assert "That says nothing about whether it was delivered" in page


def test_the_page_of_a_meeting_says_who_came_and_what_became_of_it(client: Client) -> None:
    page = words(text(client, make_world().meeting.get_absolute_url()))
    assert "15 April 2022 · Held" in page or "15 April 2022 Held" in page
    assert re.search(r"Agenda Water Source \d+ Borders Source \d+ ", page)
    assert "Y. Hayashi" in page
    assert "Digital University Under way Proposed" in page
    assert "Documents The small numbers above refer to these documents." in page


def test_the_page_of_a_report_lists_every_fact_drawn_from_it(client: Client) -> None:
    html = text(client, make_world().report.get_absolute_url())
    page = words(html)
    assert "Facts taken from it 19 facts" in page
    assert "Digital University Proposed by Japan 大学" in page
    assert "Disagreement: How many It says so." in page
    assert "Japanese: 共同声明" in page
    assert 'lang="ja"' in html
    assert "English: Joint Statement" in words(text(client, "/reports/statement-ja/"))


def test_an_initiative_of_many_updates_has_pages(client: Client) -> None:
    initiative, report = make.initiative("long"), make.report()
    for day in range(51):
        make.update(initiative=initiative, report=report, on="2022", what=f"Step {day}.")
    assert "Step 50." not in text(client, "/initiatives/long/")
    assert "Step 50." in text(client, "/initiatives/long/?page=2")
    text(client, "/initiatives/long/?page=3", status=404)


def test_dates_are_as_precise_as_their_source(client: Client) -> None:
    make.meeting("vague", starts_on="2022", title="Vague meeting")
    make.meeting("long", starts_on="2022-04", ends_on="2022-05-02", title="Long meeting")
    html = text(client, "/meetings/")
    assert '<time datetime="2022">2022</time>' in html
    assert (
        '<time datetime="2022-04">April 2022</time> – <time datetime="2022-05-02">2 May 2022'
        in html
    )


def test_home_shows_counts_updates_deadlines_and_meetings(client: Client) -> None:
    make_world(due_on="2999")
    make.meeting("next", state="planned", starts_on="2999-01", title="Next meeting")
    make.meeting("undated", state="planned", starts_on=None, title="Undated meeting")
    html = text(client, "/")
    page = words(html)
    assert "2 initiatives 3 dialogues 3 meetings 1 participant 2 reports" in page
    assert 'href="/initiatives/?group=in_progress"' in html
    assert "Work has begun." in page
    assert "Due 2999" in page
    assert page.index("Next meeting") < page.index("Undated meeting") < page.rindex("8th Meeting")


# --- Lists ----------------------------------------------------------------------------------------


def test_a_list_has_pages_that_keep_its_filters(client: Client) -> None:
    world = make_world()
    make.initiatives(60, **world.shared)
    html = text(client, "/initiatives/?meeting=fm-8&sort=title&page=2")
    assert "26–50 shown" in html
    assert 'href="?meeting=fm-8&amp;sort=title&amp;page=3"' in html
    assert 'href="?meeting=fm-8&amp;sort=title" rel="prev"' in html
    assert "There" not in text(client, "/initiatives/?per=100")
    text(client, "/initiatives/?page=4", status=404)


def test_the_empty_state_names_the_way_out(client: Client) -> None:
    make.initiative()
    assert "Show all" in text(client, "/initiatives/?q=nothing+like+it")
    assert "No initiative has been published" not in text(client, "/initiatives/?q=nothing")


def test_what_is_not_understood_is_named_on_a_page(client: Client) -> None:
    html = text(client, "/initiatives/?status=<b>&q=water&utm=1", status=400)
    assert "<code>status</code> is “&lt;b&gt;”. Expected: one of not_reviewed" in html
    assert 'href="/initiatives/?q=water&amp;utm=1"' in html


def test_a_participant_with_many_initiatives_links_to_all_of_them(client: Client) -> None:
    world: World = make_world()
    make.initiatives(30, **world.shared)
    html = text(client, "/participants/jp/")
    assert html.count('class="row"') < 40
    assert '<a href="/initiatives/?participant=jp">All 31 initiatives</a>' in html
    assert "31 Proposed by Japan" in words(html)


def test_participants_are_listed_by_kind(client: Client) -> None:
    make.participant("jp", name="Japan")
    make.participant("adb", name="Bank", kind="organisation")
    page = words(text(client, "/participants/"))
    assert page.index("States Japan") < page.index("Organisations Bank")
    assert "Groups of states" not in page
