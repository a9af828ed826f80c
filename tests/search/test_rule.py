"""Search finds what its rule in plain Python says, of any texts in any script, whatever was written before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from initiatives.models import Initiative, SearchText
from initiatives.search import postings, terms
from initiatives.search.normalization import parse_terms
from initiatives.search.query import find, search
from initiatives.search.terms import Texts
from tests import make
from tests.extent import TIMES
from tests.search.index import assert_postings_are_right, stored_index
from tests.search.test_search import say
from tests.stories import rolled_back

pytestmark = pytest.mark.django_db

# Few letters of each, so that the same words, pairs and phrases come again.
SCRIPTS = (
    "abis",
    "eéẽşsﬁœß",
    "oʻgʻ'’z",
    "уўкқ",
    "協力水々",
    "かがカガｶﾞー",
    "한국하나ᄒ",
    "กาิ่ำน",
    "ابىآ٣",
    "012１Ⅳ",
    "A水c5",
    "𠮷𠮷🎉👍🏽",
)
MARKS = (" ", " ", " ", "-", "–", "|", ".", "_", "/", "\u00a0", "\u3000", "、", "🎉")
COUNT = 4

word = st.one_of(
    *(st.text(alphabet=letters, min_size=1, max_size=6) for letters in SCRIPTS),
    st.text(alphabet="".join(SCRIPTS), min_size=1, max_size=9),
)
text = st.lists(st.tuples(word, st.sampled_from(MARKS)), max_size=10).map(
    lambda parts: "".join(f"{said}{mark}" for said, mark in parts)
)
# Which initiative, its title, what else is said of it, and whether rows of the index are made one then.
edit = st.tuples(st.integers(0, COUNT - 1), text, st.lists(text, max_size=3), st.booleans())
Edit = tuple[int, str, list[str], bool]


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[Edit], list[str]]:
    """Edits, one after the other, and what somebody types then: pieces of the texts, and noise."""
    edits = draw(st.lists(edit, min_size=1, max_size=8))
    said = [part for _number, title, texts, _ in edits for part in (title, *texts) if part] or ["a"]
    parts = []
    for _ in range(draw(st.integers(1, 4))):
        of = draw(st.sampled_from(said))
        start = draw(st.integers(0, len(of)))
        parts.append(of[start : draw(st.integers(start, len(of)))])
        parts += draw(st.lists(word, max_size=1))
    forms = st.sampled_from(["{}", "{}", '"{}"', "-{}", '-"{}"'])
    typed = [draw(forms).format(part) for part in parts]
    return edits, [" ".join(typed), *typed]


@pytest.fixture(params=["as it is", "small"])
def limits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The limits of the index, and such that short texts pass them."""
    if request.param == "small":
        for name, value in {"PLACES": 64, "TITLE_PLACES": 16, "LONGEST": 5}.items():
            for module in (terms, postings):
                monkeypatch.setattr(module, name, value, raising=False)
    terms._terms_of_word.cache_clear()
    yield
    terms._terms_of_word.cache_clear()


@pytest.mark.usefixtures("limits")
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    max_examples=15 * TIMES,
)
@given(story=stories())
def test_search_finds_what_the_rule_says(
    client: Client, story: tuple[list[Edit], list[str]]
) -> None:
    edits, typed = story
    with rolled_back():
        initiatives = [make.initiative() for _ in range(COUNT)]
        for number, title, texts, compacts in edits:
            say(initiatives[number], Texts.of(title, texts))
            if compacts:
                postings.compact([*stored_index(), terms.EVERY])
        assert_postings_are_right()
        for sought in typed:
            assert_found(client, sought)


def assert_found(client: Client, typed: str) -> None:
    """Hold what is found in the index, by the query of rows and on the page against the rule."""
    sought = parse_terms(typed)
    texts = SearchText.objects.select_related("initiative") if sought else ()
    expected = [row for row in texts if sought.matches(row.body)]
    keys = {row.initiative_id for row in expected}
    in_title = {
        row.initiative_id
        for row in expected
        if sought.pieces and all(piece in row.title for piece in sought.pieces)
    }
    matches = find(typed)
    assert (set(matches.all), set(matches.in_title)) == (keys, in_title), typed
    rows: Any = search(Initiative.objects.all(), typed)
    assert {row.pk: row.in_title for row in rows} == {key: key in in_title for key in keys}
    if sought.pieces:
        answer: Any = client.get("/initiatives.json", {"q": typed})
        shown = json.loads(b"".join(answer))["initiatives"]
        assert {row["slug"] for row in shown} == {row.initiative.slug for row in expected}
