"""As of a day the record is what it was on it: held against a replay of what happened to it."""

from __future__ import annotations

import datetime
import re

import pytest
from django.test import Client
from hypothesis import example, given, settings

from initiatives.models import ENTRIES, Initiative, Mention, StatusUpdate
from tests.clock import Clock
from tests.extent import STORIES
from tests.stories import FEW, PLAIN, START, play, rolled_back, seen, stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch, START)


def page(client: Client, address: str, day: datetime.date | None = None) -> str:
    """The page, without what marks it as of a day."""
    response = client.get(address, {"as_of": day.isoformat()} if day else {})
    if response.status_code == 404:
        return "404"
    assert response.status_code == 200
    html = b"".join(response).decode() if response.streaming else response.content.decode()
    # What is no part of an earlier day: the log of the record itself, and what is like it today.
    html = re.sub(r'(?s)<section aria-labelledby="(record|related|cite)">.*?</section>', "", html)
    # And what tells programs where else the page is; feeds are of today only.
    html = re.sub(
        r'<link rel="(?:canonical|alternate)"[^>]*>|<meta property="og:url"[^>]*>', "", html
    )
    html = re.sub(r'(?s)<script type="application/ld\+json">.*?</script>', "", html)
    # Of a day only initiatives are searched, and the day stands in the form that asks for one.
    html = re.sub(r'(?s)<form [^>]*class="(?:(?:site-)?search|day)".*?</form>', "", html)
    # Asked for where a day is, and of what is withdrawn.
    html = re.sub(r'<meta name="robots"[^>]*>', "", html)
    if day:
        assert (f"As of {day:%-d %B %Y}" in html) == ("<html" in html)
        html = re.sub(r'(?s)<aside class="as-of".*?</aside>', "", html)
        html = re.sub(r'<input type="hidden" name="as_of"[^>]*>', "", html)
        html = re.sub(rf"\?as_of={day}(?:&amp;|&)", "?", html)
        html = re.sub(rf"(\?|&amp;|&)as_of={day}", "", html)
        html = re.sub(
            r"No initiative was known on [^.]*\.", "No initiative has been published yet.", html
        )
    return re.sub(r"\s+", " ", html).replace("> <", "><").replace('"?"', '""')


PAGES = ["/", "/initiatives/", "/participants/jp/", "/meetings/m0/", "/meetings/m2/"]


@FEW
@given(story=stories(*PLAIN, "hold", "cite", "regrade", "take_away"))
def test_a_day_is_what_was_shown_on_it(
    clock: Clock, story: list[list[tuple[str, int, int]]]
) -> None:
    with rolled_back():
        shown = play(clock, story, lambda: seen(None))
        for day, before in shown.items():
            assert seen(day) == before, day


@settings(FEW, max_examples=STORIES // 2)
@given(story=stories(*PLAIN, "hold", "take_away"))
@example(story=[[("correct", 24, 26)], [], [], [("take_away", 23, 15)]])
def test_pages_of_a_day_are_those_of_that_day(
    client: Client, clock: Clock, story: list[list[tuple[str, int, int]]]
) -> None:
    def see() -> dict[str, str]:
        addresses = [*PAGES, "/initiatives.csv"]
        addresses += [f"/initiatives/{slug}/" for slug in ("i0", "i1", "i2")]
        return {address: page(client, address) for address in addresses}

    with rolled_back():
        shown = play(clock, story, see)
        for day, before in list(shown.items())[::2]:
            for address, html in before.items():
                assert page(client, address, day) == html, (day, address)


@settings(FEW, max_examples=STORIES)
@given(story=stories(*PLAIN, "take_back"))
def test_what_is_a_draft_today_is_shown_on_no_day(
    clock: Clock, story: list[list[tuple[str, int, int]]]
) -> None:
    with rolled_back():
        shown = play(clock, story, lambda: seen(None))
        public = set(Initiative.objects.public().values_list("slug", flat=True))
        entries = {*Mention.objects.public().values_list("ref", flat=True)}
        entries |= set(StatusUpdate.objects.public().values_list("ref", flat=True))
        taken_back = {
            version.initiative.slug
            for model in ENTRIES
            for version in model.history.filter(publication="public")
            if model.objects.get(pk=version.id).publication == "draft"
        }
        for day, before in shown.items():
            now = seen(day)
            assert set(now["title"]) == set(before["title"]) & public
            assert {*now["mentions"], *now["updates"]} <= entries
            for slug in set(now["columns"]) - taken_back:
                assert now["columns"][slug] == before["columns"][slug], (day, slug)
