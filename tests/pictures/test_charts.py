"""Where the parts of pictures lie."""

from __future__ import annotations

import datetime
import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from initiatives.partial_dates import PartialDate
from initiatives.pictures.charts import (
    AXIS_WIDTH,
    LEAST,
    MOST_TICKS,
    TimeAxis,
    lineage,
    stacked,
    time_axis,
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


# --- Meetings on an axis --------------------------------------------------------------------------


def test_columns_stand_where_their_dates_are_and_are_as_tall_as_their_counts() -> None:
    picture = time_axis(
        [PartialDate("2020"), PartialDate("2021-01-01"), PartialDate("2023-12-31")],
        [[2, 0], [1, 3], []],
    )
    first, second, last = picture.columns
    # The middle of a year, of the first of four.
    assert float(first.middle) == pytest.approx(AXIS_WIDTH / 8, abs=1)
    assert float(second.middle) == pytest.approx(AXIS_WIDTH / 4, abs=1)
    assert float(last.x) + float(last.width) <= AXIS_WIDTH + 0.01
    assert [part.of for part in second.parts] == [0, 1]
    assert float(second.parts[1].height) == pytest.approx(
        3 * float(second.parts[0].height), abs=0.1
    )
    assert last.parts == []
    assert [tick.year for tick in picture.ticks] == [2020, 2021, 2022, 2023]


def test_an_axis_without_meetings_is_empty() -> None:
    assert time_axis([], []) == TimeAxis([], [])


days = st.dates(datetime.date(1000, 1, 1)).map(PartialDate)


@given(st.lists(days, min_size=1, max_size=120).map(sorted))
def test_no_two_columns_lie_on_one_another(dates: list[PartialDate]) -> None:
    picture = time_axis(dates, [[1]] * len(dates))
    wide = float(picture.columns[0].width)
    middles = [float(one.middle) for one in picture.columns]
    assert all(later - earlier >= wide - 0.05 for earlier, later in itertools.pairwise(middles))
    assert min(middles) >= wide / 2 - 0.05
    assert max(middles) <= AXIS_WIDTH - wide / 2 + 0.05
    assert len(picture.ticks) <= MOST_TICKS


def test_bars_of_one_scale_are_as_long_as_what_they_stand_for() -> None:
    half = stacked([1, 3], longest=8)
    assert [(one.start, one.width) for one in half] == [("0.00", "12.50"), ("12.50", "37.50")]
    assert [one.width for one in stacked([1, 1], longest=100_000)] == ["0.60", "0.60"]
    assert stacked([2, 6], longest=8) == stacked([2, 6])
