"""The sentence above a picture, true whatever the numbers are."""

from __future__ import annotations

import pytest

from initiatives.facets.status_counts import StatusTally
from initiatives.pages.findings import finding, share, shares


def tally(delivered: int = 0, unseen: int = 0, other: int = 0) -> StatusTally:
    return StatusTally({"delivered": delivered, "not_reviewed": unseen, "under_way": other})


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (tally(), "No initiative is published"),
        (tally(unseen=1), "The one initiative is not yet reviewed"),
        (tally(unseen=12), "None of the 12 initiatives is reviewed yet"),
        (tally(delivered=1), "The one initiative is known to be delivered"),
        (tally(other=1), "The one initiative is not known to be delivered"),
        (tally(delivered=3), "All 3 initiatives are known to be delivered"),
        (
            tally(9, 82, 30),
            "9 of 121 initiatives are known to be delivered; 82 are not yet reviewed",
        ),
        (tally(1, 1), "1 of 2 initiatives is known to be delivered; 1 is not yet reviewed"),
        (tally(0, 2, 1), "None of 3 initiatives is known to be delivered; 2 are not yet reviewed"),
        (tally(2, 0, 1), "2 of 3 initiatives are known to be delivered; all are reviewed"),
        (
            tally(900, 1_100, 8_000),
            "900 of 10,000 initiatives are known to be delivered; 1,100 are not yet reviewed",
        ),
    ],
)
def test_a_finding_never_tells_what_is_delivered_without_what_nobody_looked_at(
    of: StatusTally, words: str
) -> None:
    assert finding(of) == words


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (0, 0, ""),
        (0, 5, "none"),
        (5, 5, "all"),
        (9, 121, "about one in 13"),
        (1, 101, "fewer than one in a hundred"),
        (33, 100, "about a third"),
        (51, 100, "about half"),
        (90, 100, "about nine in ten"),
        (999, 1000, "nearly all"),
    ],
)
def test_a_share_in_words(part: int, whole: int, words: str) -> None:
    assert share(part, whole) == words


def test_shares_leave_out_what_is_hardly_any_and_say_nothing_of_a_few() -> None:
    assert (
        shares(tally(10, 88, 2))
        == "Delivered: about one in 10; not yet reviewed: about nine in ten."
    )
    assert shares(tally(1, 1)) == ""
