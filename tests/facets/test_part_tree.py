"""Totals count a whole and not its parts again: bitmaps against a count in plain Python."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from initiatives.facets.index import forget, index
from initiatives.facets.part_tree import PartTree
from initiatives.facets.status_counts import tallies_within, tally_within
from initiatives.models import Initiative, Lineage
from initiatives.recording.withdrawal import withdraw_initiative
from tests import make
from tests.extent import TIMES

MOST = 40


@st.composite
def trees(draw: st.DrawFn) -> dict[int, int]:
    """Random forests: each initiative but the first is a part of an earlier one, or of none."""
    wholes = {}
    for key in range(1, draw(st.integers(1, MOST))):
        if whole := draw(st.integers(0, key)):
            wholes[key] = whole - 1
    return wholes


def counted(whole_of: dict[int, int], keys: set[int]) -> set[int]:
    """The rule in plain Python: neither its whole nor any above it is among them."""

    def is_covered(key: int) -> bool:
        if key not in whole_of:
            return False
        return whole_of[key] in keys or is_covered(whole_of[key])

    return {key for key in keys if not is_covered(key)}


@settings(max_examples=50 * TIMES, deadline=None)
@given(trees(), st.sets(st.integers(0, MOST)), st.sets(st.integers(0, MOST)), trees())
def test_a_part_counts_where_no_whole_above_it_does(
    whole_of: dict[int, int], keys: set[int], changed: set[int], later: dict[int, int]
) -> None:
    tree = PartTree(whole_of)
    assert set(tree.counted(BitMap(keys))) == counted(whole_of, keys)
    for key in keys:
        assert set(tree.below(key)) == {part for part in whole_of if key in tree.above(part)}
    # Some of them get other wholes, or none; parts of earlier ones only, so that no circle comes of it.
    now = {part: whole for part, whole in later.items() if part in changed}
    expected = {part: whole for part, whole in whole_of.items() if part not in changed} | now
    assert tree.with_changes(BitMap(changed), now).whole_of == expected
    assert tree.whole_of == whole_of


def test_a_circle_that_was_never_of_one_moment_ends() -> None:
    assert PartTree({1: 2, 2: 1}).above(1) == [2, 1]


@pytest.mark.django_db
def test_the_tree_in_memory_follows_what_is_recorded() -> None:
    japan, uzbekistan = make.participant("jp"), make.participant("uz")
    whole, middle, last = (make.initiative(proposers=[japan]) for _ in range(3))
    other = make.initiative(proposers=[uzbekistan])
    make.lineage(earlier=whole, later=middle, relation="part_of")
    link = make.lineage(earlier=middle, later=last, relation="part_of")
    make.lineage(earlier=whole, later=other, relation="builds_on")

    def totals() -> tuple[int, int, int]:
        """Of all initiatives, and of those of each country; the same however the index came to be."""
        found = []
        for _way in ("brought up to date", "read anew"):
            facets = index()
            by_code = tallies_within(facets, "participant", ["jp", "uz"])
            every = tally_within(facets, facets.all)
            assert every.listed == len(facets.all)
            found.append((every.total, by_code["jp"].total, by_code["uz"].total))
            forget()
        assert found[0] == found[1]
        index()
        return found[0]

    assert totals() == (2, 1, 1)
    # What is between is a draft: the part of the part still has a whole above it that counts.
    Initiative.objects.filter(pk=middle.pk).update(publication="draft")
    assert totals() == (2, 1, 1)
    Initiative.objects.filter(pk=middle.pk).update(publication="public")
    link.earlier = other
    link.save()
    assert totals() == (2, 2, 1)
    withdraw_initiative(by=None, initiative=whole, reason="Never promised.")
    assert totals() == (2, 2, 1)
    Lineage.objects.filter(relation="part_of").delete()
    assert totals() == (3, 2, 1)
