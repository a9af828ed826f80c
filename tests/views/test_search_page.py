"""The search of the whole site: what it shows of what it finds."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from tests import make
from tests.world import hang_past_on, make_world

pytestmark = pytest.mark.django_db

SECTION = re.compile(r'<section aria-labelledby="(\w+)">(.*?)</section>', re.DOTALL)


def ask(client: Client, status: int = 200, **query: str) -> str:
    response = client.get("/search/", query)
    assert response.status_code == status
    return unescape(response.content.decode())


def sections(html: str) -> dict[str, str]:
    return dict(SECTION.findall(html))


def words(html: str) -> str:
    marked = re.sub("</?mark>", "*", html)
    return " ".join(re.sub(r"<[^>]+>", " ", marked).split())


def test_everything_is_found_by_kind_with_its_count(client: Client) -> None:
    gallium = make.participant(name="Gallium Agency", kind="agency")
    dialogue = make.dialogue(name="Gallium Dialogue")
    meeting = make.meeting(
        title="Gallium meeting", dialogue=dialogue, starts_on="2025-12-19", kind="summit"
    )
    make.report(title="Gallium report", publisher="Qazinform", published_on="2026-01-26")
    make.theme(name="Gallium")
    make.initiative(title="Gallium from Kazakhstan", dialogue=make.dialogue())
    attendance = make.attendance(meeting=meeting, participant=gallium)
    make.delegate(attendance=attendance, name="A. Gallium", title="Minister")
    html = ask(client, q="gallium")
    found = sections(html)
    kinds = ["initiative", "participant", "dialogue", "meeting", "report", "person", "theme"]
    assert list(found) == kinds
    assert [kind for kind in kinds if f'<a href="#{kind}">' in html] == kinds
    assert "Meetings 1" in words(html)
    assert "Summit 19 December 2025 Gallium Dialogue" in words(found["meeting"])
    assert "26 January 2026 Qazinform English" in words(found["report"])
    person = words(found["person"])
    assert "A. *Gallium* Came for Gallium Agency Gallium meeting , 19 December 2025" in person
    assert f'href="{meeting.get_absolute_url()}"' in found["person"]
    assert f'href="{gallium.get_absolute_url()}"' in found["person"]
    assert '<a href="/initiatives/?q=gallium">' in found["initiative"]
    assert '<meta name="robots" content="noindex">' in html
    # The box is not printed.
    assert '<p class="print-only">Searched for “gallium”.</p>' in html


def test_the_passage_is_shown_with_what_it_is_and_its_language(client: Client) -> None:
    initiative = make.initiative(title="Digital University")
    make.mention(initiative=initiative, quote="中央アジアの大学", quote_language="ja")
    make.update(initiative=initiative, what="A unit of Mitsubishi buys gallium.")
    html = sections(ask(client, q="gallium university"))["initiative"]
    assert "Update A unit of Mitsubishi buys *gallium*." in words(html)
    html = sections(ask(client, q="大学"))["initiative"]
    assert "Quote 中央アジアの*大学*" in words(html)
    assert re.search(r'<span lang="ja"\s+dir="auto">中央アジアの<mark>大学</mark>', html)


def test_the_list_of_initiatives_shows_the_passage_too_but_of_no_past_day(client: Client) -> None:
    initiative = make.initiative(title="Digital University", summary="Trains people.")
    make.update(initiative=initiative, what="Mitsubishi buys it.")

    def listed(query: str) -> str:
        return words(client.get(f"/initiatives/?{query}").content.decode())

    assert "Update *Mitsubishi* buys it." in listed("q=mitsubishi")
    # Title and summary hold all that is sought.
    assert "Update" not in listed("q=university+trains")
    past = listed("q=mitsubishi&as_of=2024-01-01")
    assert "Digital University" in past
    assert "*Mitsubishi*" not in past


def test_so_few_passages_as_hold_what_is_sought(client: Client) -> None:
    initiative = make.initiative(title="University")
    for what in ("Gallium alone.", "Gallium and germanium.", "Germanium alone."):
        make.update(initiative=initiative, what=what)
    html = words(sections(ask(client, q="gallium germanium"))["initiative"])
    assert html.count("Update") == 1
    assert "*Gallium* and *germanium*." in html


def test_of_many_the_first_are_shown_and_all_on_pages_of_their_own(client: Client) -> None:
    for number in range(30):
        make.report(f"report-{number}", title=f"Gallium {number}", published_on="2020")
    html = ask(client, q="gallium")
    assert html.count('<li class="row">') == 5
    assert '<a href="?q=gallium&kind=report">Reports: all 30</a>' in html
    first, second = (ask(client, q="gallium", kind="report", page=page) for page in ("1", "2"))
    assert (first.count('<li class="row">'), second.count('<li class="row">')) == (25, 5)
    assert 'href="?q=gallium&kind=report&page=2" rel="next"' in first
    ask(client, 404, q="gallium", kind="report", page="3")


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "x"},
        {"kind": "initiative"},
        {"page": "0"},
        {"q": "x" * 501},
        {"q": "\0"},
        {"q": " ".join(f"w{n}" for n in range(51))},
    ],
)
def test_what_is_not_understood_is_refused(client: Client, query: dict[str, str]) -> None:
    assert next(iter(query)) in ask(client, 400, **query)


def test_two_kinds_are_refused(client: Client) -> None:
    assert client.get("/search/?kind=report&kind=theme").status_code == 400
    assert client.get("/search/?kind=report&kind=report").status_code == 200


def test_without_words_the_page_says_what_can_be_searched(client: Client) -> None:
    make.initiative()
    for query in ({}, {"q": " "}, {"kind": "report"}):
        assert 'role="search"' in ask(client, 200, **query)
    assert "The search covers initiatives" in words(ask(client))
    html = words(ask(client, q="!!! –"))
    assert "There is no word in “!!! –” to search for." in html
    assert "Initiatives" not in sections(html)


def test_nothing_found_says_what_to_try(client: Client) -> None:
    make.initiative()
    assert "Nothing found for “zebra”." in words(ask(client, q="zebra"))
    assert "Nothing found for “zebra”." in words(ask(client, q="zebra", kind="report"))


def test_the_nearest_word_is_offered_where_nothing_is_found(client: Client) -> None:
    make.initiative(title="University", summary="A digital one.")
    make.report(title="Gallium report")
    for html in (ask(client, q="digitl university"), ask(client, q="digitl", kind="report")):
        assert "Did you mean" in words(html)
    assert 'Did you mean <a href="?q=digital+university">digital university</a>?' in ask(
        client, q="digitl university"
    )
    assert 'Did you mean <a href="?q=Gallium">Gallium</a>?' in ask(client, q="galium", kind="theme")
    assert "Did you mean" not in ask(client, q="digital")
    assert "Did you mean" not in ask(client, q="zebra")


def test_the_list_offers_what_it_would_find_with_its_filters(client: Client) -> None:
    make.initiative(title="Digital", dialogue=make.dialogue("one"))
    make.report(title="Gallium report")

    def listed(query: str) -> str:
        return unescape(client.get(f"/initiatives/?{query}").content.decode())

    link = '<a href="?q=Digital&dialogue=one">Digital</a>'
    assert f"Did you mean {link}?" in listed("q=Digitl&dialogue=one")
    make.dialogue("two")
    for query in ("q=Digitl&dialogue=two", "q=Galium", "q=Digital", "q=Digitl&as_of=2024-01-01"):
        assert "Did you mean" not in listed(query), query
    assert '<a href="/search/?q=Galium">Search the whole site' in listed("q=Galium")


def test_phrases_exclusions_and_garbage(client: Client) -> None:
    make.report(title="Critical minerals of Asia")
    make.report(title="Minerals, not critical")
    assert "Reports 2" in words(ask(client, q="critical minerals"))
    assert "Reports 1" in words(ask(client, q='"critical minerals"'))
    assert "Reports 1" in words(ask(client, q="critical -asia"))
    for text in ("word " * 99, '"' * 400, "🎉" * 100, "%_\\", '-"', "<script>alert(1)</script>"):
        html = client.get("/search/", {"q": text}).content.decode()
        assert "<script>alert" not in html


def test_nothing_that_is_hidden_is_found(client: Client) -> None:
    world = make_world()
    hang_past_on(world, "secret")
    assert "Nothing found" in ask(client, q="secret")


def test_what_is_written_is_found_at_once(client: Client) -> None:
    theme = make.theme(name="Before")
    assert "Themes 1" in words(ask(client, q="before"))
    theme.name = "Afterwards"
    theme.save()
    assert "Themes 1" in words(ask(client, q="afterwards"))
    assert "Nothing found" in ask(client, q="before")
    theme.delete()
    assert "Nothing found" in ask(client, q="afterwards")
