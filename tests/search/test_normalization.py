"""Folding, what a text asks for, and highlighting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.search.normalization import (
    SearchTerms,
    excerpt,
    fold,
    highlight,
    parse_terms,
    singular,
)

# Letters of the scripts that the tracker holds, with what tends to go wrong around them.
ALPHABET = "aAéİßsw яЙё щ ўқҳ oʻo‘o'gʻ 協力中央かがガｶﾞ日本 ＣAＤ+-–\"“”«»'’ 0５9 \x00\n\t🎉｟😀 ิ ก"
texts = st.text(alphabet=ALPHABET, max_size=40) | st.text(max_size=40)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Central Asian Digital Universities", " central asian digital university "),
        ("Oʻzbekiston O‘zbekiston O'zbekiston", " ozbekiston ozbekiston ozbekiston "),
        ("Ўзбекистон Йил", " узбекистон иил "),
        ("ＣＡ＋ＪＡＤ C5+1", " ca jad c5 1 "),
        ("協力　と「対話」", " 協力 と 対話 "),
        ("かが ガ ｶﾞ", " かが ガ ガ "),
        ("Straße ÉCOLE", " strasse ecole "),
        ("ministers' minister’s", " minister minister "),
        ("", "  "),
        ("🎉 — !!!", "  "),
    ],
)
def test_text_is_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("initiatives", "initiative"),
        ("cities", "city"),
        ("classes", "class"),
        ("boxes", "box"),
        ("status", "status"),
        ("crisis", "crisis"),
        ("business", "business"),
        ("gas", "gas"),
        ("ties", "tie"),
        ("водыs", "водыs"),
    ],
)
def test_english_plurals_lose_their_ending(word: str, expected: str) -> None:
    assert singular(word) == expected


def test_texts_are_parted_so_that_no_phrase_runs_from_one_into_the_next() -> None:
    folded = fold("Digital University", "Tashkent")
    assert parse_terms('"digital university"').matches(folded)
    assert not parse_terms('"university tashkent"').matches(folded)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("initiatives  digital", SearchTerms([" initiative", " digital"])),
        ('"one village" product', SearchTerms([" one village", " product"])),
        ("“one village”", SearchTerms([" one village"])),
        ("water -river −lake", SearchTerms([" water"], [" river", " lake"])),
        ('-"one village"', SearchTerms([], [" one village"])),
        ("c5+1", SearchTerms([" c5 1"])),
        ("long-term", SearchTerms([" long term"])),
        ("協力", SearchTerms(["協力"])),
        ("water water WATER", SearchTerms([" water"])),
        ('"unclosed phrase', SearchTerms([" unclosed", " phrase"])),
        ("", SearchTerms()),
        ("🎉 !!! - \x00", SearchTerms()),
    ],
)
def test_what_a_text_asks_for(text: str, expected: SearchTerms) -> None:
    assert parse_terms(text) == expected


def test_a_piece_begins_where_a_word_begins_and_may_end_within_one() -> None:
    assert parse_terms("transp").matches(fold("Transport"))
    assert not parse_terms("port").matches(fold("Transport"))


def test_a_piece_stands_anywhere_in_scripts_without_spaces() -> None:
    assert parse_terms("協力").matches(fold("日本と中央アジアの協力関係"))


def test_three_thousand_words_ask_for_the_first_fifty() -> None:
    assert len(parse_terms(" ".join(f"w{n}" for n in range(3000))).pieces) == 50


@given(texts)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(texts)
def test_folded_text_is_letters_and_digits_between_single_spaces(text: str) -> None:
    folded = fold(text)
    assert folded == f" {' '.join(folded.split())} "
    assert all(word.isalnum() for word in folded.split())


@given(texts)
def test_a_text_without_exclusions_finds_itself(text: str) -> None:
    sought = parse_terms(text)
    assert SearchTerms(sought.pieces).matches(fold(text)) or sought.excluded


@given(texts, texts)
def test_highlighting_keeps_every_character(text: str, query: str) -> None:
    assert "".join(segment for segment, _marked in highlight(text, parse_terms(query))) == text


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("Central Asian Digital Universities", "university", ["Universities"]),
        ("A digital university in Tashkent", '"digital univ"', ["digital university"]),
        ("中央アジアの協力、対話", "協力", ["協力"]),
        ("Oʻzbekiston", "o'zbek", ["Oʻzbekiston"]),
        ("Nothing here", "water", []),
        ("water Water -water", "water", ["water", "Water", "water"]),
        ("<b>water</b>", "water", ["water"]),
    ],
)
def test_what_is_highlighted(text: str, query: str, marked: list[str]) -> None:
    assert [segment for segment, hit in highlight(text, parse_terms(query)) if hit] == marked


def test_an_excerpt_surrounds_the_first_match() -> None:
    text = "Before " * 100 + "the water rises " + "after " * 100
    parts = excerpt(text, parse_terms("water"))
    together = "".join(part for part, _hit in parts)
    assert ("water", True) in parts
    assert together.startswith("… Before")
    assert together.endswith("after …")
    assert len(together) < 260


def test_there_is_no_excerpt_without_a_match() -> None:
    assert excerpt("Nothing here", parse_terms("water")) == []


@given(texts, texts)
def test_an_excerpt_is_part_of_its_text(text: str, query: str) -> None:
    parts = [part for part, _hit in excerpt(text, parse_terms(query)) if part not in ("… ", " …")]
    assert "".join(parts) in text
