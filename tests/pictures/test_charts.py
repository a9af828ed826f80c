"""Where the parts of pictures lie."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from initiatives.pictures.charts import (
    LEAST,
    lineage,
    stacked,
    wrapped,
)


def test_the_parts_of_a_bar_are_as_long_as_their_shares() -> None:
    assert [(one.start, one.width) for one in stacked([1, 0, 3])] == [
        ("0.00", "25.00"),
        ("25.00", "0.00"),
        ("25.00", "75.00"),
    ]
    assert [one.width for one in stacked([1, 1], length=40)] == ["20.00", "20.00"]


def test_what_is_rare_is_still_seen() -> None:
    rare, rest = stacked([1, 99_999])
    assert (rare.width, rest.width) == ("0.60", "99.40")


def test_a_bar_of_nothing_has_no_parts() -> None:
    assert [one.width for one in stacked([0, 0])] == ["0.00", "0.00"]
    assert stacked([]) == []


@example([1] * 11 + [6_050, 993_950])
@given(st.lists(st.integers(0, 10**6), max_size=12))
def test_parts_follow_one_another_and_fill_the_bar(counts: list[int]) -> None:
    parts = stacked(counts)
    assert [float(one.width) > 0 for one in parts] == [count > 0 for count in counts]
    at = 0.0
    for part in parts:
        assert abs(float(part.start) - at) < 0.1
        at += float(part.width)
    assert not any(counts) or abs(at - 100) < 0.1
    assert all(float(one.width) >= LEAST - 0.01 for one in parts if float(one.width))


# --- Lineage --------------------------------------------------------------------------------------


def test_a_tree_has_a_line_from_each_initiative_to_the_one_in_the_middle() -> None:
    tree = lineage("Middle", [("Builds on", "First", "/first/")], [("Continued by", "Last", "/l/")])
    first, middle, last = tree.nodes
    assert first.y < middle.y < last.y < tree.height
    assert first.line.endswith(f"V{middle.y}")
    assert last.line.endswith(f"V{middle.y}")
    assert (middle.line, middle.address) == ("", "")
    assert [words for _y, words in first.words] == ["First"]


@given(st.text(max_size=300))
def test_words_fit_into_two_lines(text: str) -> None:
    lines = wrapped(text, 30)
    assert 1 <= len(lines) <= 2
    assert all(len(line) <= 30 for line in lines)


def test_words_are_cut_between_words_and_wide_letters_count_twice() -> None:
    assert wrapped("one two three four", 9) == ["one two", "three…"]
    assert wrapped("中央アジア大学", 8) == ["中央アジ", "ア大学"]


def test_bars_of_one_scale_are_as_long_as_what_they_stand_for() -> None:
    half = stacked([1, 3], longest=8)
    assert [(one.start, one.width) for one in half] == [("0.00", "12.50"), ("12.50", "37.50")]
    assert [one.width for one in stacked([1, 1], longest=100_000)] == ["0.60", "0.60"]
    assert stacked([2, 6], longest=8) == stacked([2, 6])
