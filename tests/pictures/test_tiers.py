"""Where columns in two tiers lie."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initiatives.pictures.charts import LEAST
from initiatives.pictures.tiers import NARROW, WIDE, Size, Tiers, short, two_tiers

SIZES = pytest.mark.parametrize("size", [WIDE, NARROW])
counts = st.lists(st.integers(0, 200_000), min_size=3, max_size=3)
tiers = st.integers(1, 23).flatmap(
    lambda n: st.tuples(*(st.lists(counts, min_size=n, max_size=n) for _ in range(2)))
)


def heights(picture: Tiers, tier: int) -> list[float]:
    columns = picture.tiers[tier].columns
    return [sum(float(part.height) for part in column.parts) for column in columns]


def test_both_tiers_are_on_one_scale() -> None:
    picture = two_tiers([[1, 0], [0, 0]], [[1, 2], [2, 4]], WIDE)
    (upper, nothing), (lower, tallest) = heights(picture, 0), heights(picture, 1)
    assert (nothing, lower, tallest) == pytest.approx((0, 3 * upper, 6 * upper), abs=0.5)
    assert upper + tallest == pytest.approx(WIDE.plot, abs=0.5)
    assert [line.number for line in picture.tiers[1].grid] == ["1", "2", "3", "4", "5", "6"]


@SIZES
@given(counted=tiers)
def test_parts_stand_on_one_another_within_the_picture(
    size: Size, counted: tuple[list[list[int]], list[list[int]]]
) -> None:
    upper, lower = counted
    picture = two_tiers(upper, lower, size, apart=len(upper) > 1)
    above = 0.0
    for tier in picture.tiers:
        base = float(tier.base)
        for column in tier.columns:
            foot = base
            for part in column.parts:
                assert float(part.y) + float(part.height) == pytest.approx(foot, abs=0.15)
                assert float(part.height) >= LEAST * size.plot / 100 - 0.05
                foot = float(part.y)
            assert foot >= above
            assert float(column.x) + float(column.width) <= size.width
        above = base
    assert above < float(picture.height)


@SIZES
def test_years_that_would_run_into_one_another_are_not_all_named(size: Size) -> None:
    most = 22 if size is WIDE else 10
    picture = two_tiers([[1]] * most, [[1]] * most, size)
    middles = [float(picture.tiers[0].columns[at].middle) for at in sorted(picture.named)]
    assert all(later - before >= 34 for before, later in itertools.pairwise(middles))
    assert most - 1 in picture.named


def test_nothing_at_all_has_a_picture_too() -> None:
    picture = two_tiers([], [], WIDE)
    assert [tier.columns for tier in picture.tiers] == [[], []]


@pytest.mark.parametrize(
    ("number", "words"),
    [(7, "7"), (999, "999"), (1200, "1.2k"), (45_678, "45k"), (1_100_000, "1.1M")],
)
def test_a_number_over_a_column_is_short(number: int, words: str) -> None:
    assert short(number) == words
