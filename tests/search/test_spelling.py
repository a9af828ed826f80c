"""“Did you mean …”: the nearest word that something public has, as the record writes it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from initiatives.as_of.current import CurrentView
from initiatives.models import Initiative
from initiatives.pages.search_results import did_you_mean, found_by_kind
from initiatives.recording import actions
from initiatives.recording.withdrawal import withdraw_initiative
from initiatives.search.normalization import parse_terms
from initiatives.search.spelling import typed_words
from tests import make
from tests.extent import TIMES
from tests.rewriting import rewritten
from tests.world import hang_drafts_on, hang_past_on, hang_shown_later_on, make_world

pytestmark = pytest.mark.django_db


def meant(text: str) -> str:
    return did_you_mean(CurrentView(), text, finds)


def finds(text: str) -> bool:
    view = CurrentView()
    return bool(view.index.find(text).all & view.index.all) or any(
        found_by_kind(view, parse_terms(text)).values()
    )


@pytest.fixture
@rewritten
def university() -> Initiative:
    return make.initiative(
        title="Central Asian Digital University",
        summary="A university for Oʻzbekiston that trains digital skills with Škoda; ministries.",
    )


@pytest.mark.usefixtures("university")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Left out, added, another one, swapped; in longer words two of them.
        ("digitl", "digital"),
        ("digittal", "digital"),
        ("digitel", "digital"),
        ("digtial", "digital"),
        ("dgital", "digital"),
        ("universti", "university"),
        ("unievrstiy", "university"),
        ("digt", ""),
        ("dgitl", ""),
        ("unvrst", ""),
        # At the beginning: another letter before it, or the two first ones swapped.
        ("xdigital", "digital"),
        ("idgital", "digital"),
        # As it is written, and in the form that was typed.
        ("ozbekistn", "Oʻzbekiston"),
        ("o‘zbekistn", "Oʻzbekiston"),
        ("skodda", "Škoda"),
        ("ministres", "ministries"),
        ("Digitl", "Digital"),
        ("digitl universty", "digital university"),
        # All else stays.
        ('"digitl university" -gallium', '"digital university" -gallium'),
        ("universty, -digitl", "university, -digitl"),
        ("  trains   digitl ", "  trains   digital "),
        # Nothing is wrong, nothing is near, or it would not be found.
        ("digital", ""),
        ("zebra", ""),
        ("digitl zebra", ""),
        ("digitl -university", ""),
        ("digitl " + "university " * 12, ""),
        ("", ""),
        ("!!!", ""),
    ],
)
def test_the_nearest_word_is_meant(text: str, expected: str) -> None:
    assert meant(text) == expected


def test_of_equally_near_words_the_one_in_more_records_is_meant() -> None:
    make.initiative(title="Border crossing")
    assert meant("bordar") == "Border"
    for number in range(3):
        make.initiative(title=f"Bordur {number}")
    assert meant("bordar") == "Bordur"
    for number in range(4):
        make.report(title=f"Border {number}")
    assert meant("bordar") == "Border"


def test_any_script() -> None:
    make.participant(name="Uzbekistan", translations={"name": {"ru": "Узбекистан"}})
    make.meeting(title="中央アジア対話")
    make.dialogue(name="Հայաստան")
    for text, expected in (
        ("Узбикистан", "Узбекистан"),
        ("中央アシア対話", "中央アジア対話"),
        ("Հայաստն", "Հայաստան"),
    ):
        assert meant(text) == expected


def test_numbers_are_not_words() -> None:
    make.initiative(title="Plan 2025 and 4AB5")
    assert meant("2026") == meant("4ab6") == ""


def test_no_word_of_what_is_hidden_is_meant() -> None:
    world = make_world()
    hang_drafts_on(world, "zzsecret")
    hang_shown_later_on(world, "zzsecret")
    hang_past_on(world, "zzsecret")
    actions.refresh(Initiative.objects.values_list("pk", flat=True))
    assert meant("zzsecrt") == ""
    shown = make.initiative(title="Zzsecrets", dialogue=world.dialogue)
    assert meant("zzsecrt") == "Zzsecrets"
    withdraw_initiative(by=None, initiative=shown, reason="Misread.")
    assert meant("zzsecrt") == ""


def test_a_word_is_meant_until_it_is_gone(university: Initiative) -> None:
    university.summary = "Nothing of it."
    university.save()
    actions.refresh([university.pk])
    assert meant("ozbekistn") == ""
    university.delete()
    assert meant("digitl") == ""


@pytest.mark.usefixtures("university")
def test_what_stands_in_nothing_public_hides_no_word_that_does() -> None:
    mended = make.initiative(title="Digitl plan")
    assert meant("digtl") == "Digitl"
    mended.title = "Digital plan"
    mended.save()
    hang_drafts_on(make_world(), "digitil")
    actions.refresh(Initiative.objects.values_list("pk", flat=True))
    for slip in ("digitl", "digitel", "digitil"):
        assert meant(slip) == "digital", slip


def test_words_are_told_from_what_is_between_them() -> None:
    text = "“O‘zbekiston va” -Yaponiya, long-term d’état 2025"
    assert [(text[word.start : word.end], word.term) for word in typed_words(text)] == [
        ("O‘zbekiston", "ozbekiston"),
        ("va", "va"),
        ("long", "long"),
        ("term", "term"),
        ("d’état", "detat"),
        ("2025", "2025"),
    ]


letters = st.sampled_from('digtaluniversy -"oʻ„中ア‐')


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25 * TIMES)
@given(text=st.one_of(st.text(letters, max_size=30), st.text(max_size=30)))
def test_whatever_is_typed_what_is_offered_finds_something(
    university: Initiative, text: str
) -> None:
    offered = meant(text)
    assert not offered or (offered != text and finds(offered))
