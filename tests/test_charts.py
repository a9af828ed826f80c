"""Where the parts of pictures lie."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from initiatives.charts import LEAST, stacked


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
