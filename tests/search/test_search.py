"""Search finds the same on every database, and what its rule in plain Python says."""

from __future__ import annotations

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from initiatives.models import Initiative, SearchText
from initiatives.search import postings
from initiatives.search.normalization import fold, parse_terms
from initiatives.search.query import find, search
from initiatives.search.terms import Texts
from tests import make
from tests.extent import TIMES
from tests.rewriting import rewritten

pytestmark = pytest.mark.django_db

TITLES = [
    "Central Asian Digital University",
    "One Village – One Product",
    "Digital economy and e-commerce",
    "Villages, products and universities",
    "水資源の協力",
    "日本と中央アジアの協力関係",
    "Центральная Азия и Япония: сотрудничество",
    "Oʻzbekiston va Yaponiya hamkorligi",
    "Ўзбекистон ва Япония ҳамкорлиги",
    "C5+1 critical minerals",
    "a",
    "",
]
WORDS = [
    *("digital", "university", "universities", "univ", "one", "village", "product", "e", "a", "as"),
    *("協力", "中央", "水", "日本", "アジア", "central", "азия", "сотруд", "ozbekiston", "o'zbek"),
    *("ўзбек", "c5", "c5+1", "1", "minerals", "zzz", "%", "_", "\\", "'", "&", "|", "🎉", "\x00"),
]
typed = st.lists(
    st.one_of(
        st.sampled_from(WORDS),
        st.sampled_from(WORDS).map("-{}".format),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(
            lambda words: '"' + " ".join(words) + '"'
        ),
        st.text(max_size=8),
    ),
    max_size=5,
).map(" ".join)


@pytest.fixture
@rewritten
def corpus() -> dict[str, str]:
    """Initiatives by title, each with only its title to find it by."""
    titles = {}
    for title in TITLES:
        initiative = make.initiative(title=title)
        say(initiative, Texts(fold(title), fold(title)))
        titles[initiative.slug] = fold(title)
    return titles


def say(initiative: Initiative, texts: Texts) -> None:
    """Let an initiative be found by these texts alone."""
    text = initiative.search_text
    postings.write({initiative.pk: (Texts(text.title, text.body), texts)})
    text.title, text.body = texts
    text.save()


def slugs(text: str) -> set[str]:
    return set(search(Initiative.objects.public(), text).values_list("slug", flat=True))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=75 * TIMES)
@given(text=typed)
def test_the_database_finds_what_the_rule_says(corpus: dict[str, str], text: str) -> None:
    sought = parse_terms(text)
    expected = {slug for slug, folded in corpus.items() if sought and sought.matches(folded)}
    assert slugs(text) == expected
    keys = set(find(text).all)
    assert keys == set(Initiative.objects.filter(slug__in=expected).values_list("pk", flat=True))


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "word " * 3000,
        '"' * 500,
        "🎉" * 100,
        "' OR 1=1 --",
        "a" * 5000,
        "%_\\",
        "-",
        '-"',
        "協",
    ],
)
def test_garbage_never_fails(corpus: dict[str, str], text: str) -> None:
    assert slugs(text) <= set(corpus)


def test_text_without_words_finds_nothing(corpus: dict[str, str]) -> None:
    assert slugs("🎉 !!!") == set()


def test_everything_that_belongs_to_an_initiative_is_searched() -> None:
    japan = make.participant(
        "jp", name="Japan", official_name="Nippon-koku", other_names="Nihon\nJPN"
    )
    initiative = make.initiative(
        summary="Trains people",
        themes=[make.theme(name="Human resources")],
        title="University",
        other_names="CADU\nЦАЦУ",
        dialogue=make.dialogue(short_name="CA+JP", other_names="C5+Japan\n日本対話"),
    )
    make.role(initiative=initiative, participant=japan)
    make.mention(initiative=initiative, quote="中央アジア", quote_language="ja")
    for text in (
        "trains",
        "human",
        "japan",
        "nippon",
        "jpn",
        "cadu",
        "цацу",
        "中央",
        "universities",
        initiative.dialogue.name,
        "ca jp",
        "c5",
        "対話",
    ):
        assert slugs(text) == {initiative.slug}, text


def test_a_quote_of_a_draft_is_not_searched() -> None:
    initiative = make.initiative()
    make.mention(
        initiative=initiative, quote="secret words", quote_language="en", publication="draft"
    )
    assert slugs("secret") == set()


def test_title_hits_are_told_apart() -> None:
    in_title, in_summary = make.initiative(title="Water"), make.initiative(summary="Water")
    matches = find("water")
    assert set(matches.all) == {in_title.pk, in_summary.pk}
    assert set(matches.in_title) == {in_title.pk}
    rows = search(Initiative.objects.all(), "water").order_by(F("in_title").desc())
    assert [row.pk for row in rows] == [in_title.pk, in_summary.pk]


def test_search_follows_a_deleted_initiative() -> None:
    initiative = make.initiative(title="Water")
    Initiative.objects.filter(pk=initiative.pk).delete()
    assert set(find("water").all) == set()


def test_the_words_of_a_draft_are_not_public() -> None:
    make.initiative(title="Secret", publication="draft")
    assert not SearchText.objects.public().exists()
