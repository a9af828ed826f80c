"""How initiatives stand, counted in memory."""

from __future__ import annotations

import pytest

from initiatives.facets.index import index
from initiatives.facets.status_counts import StatusTally, tallies_within, tally_within
from initiatives.models import StatusGroup
from tests import make

pytestmark = pytest.mark.django_db


def everything() -> StatusTally:
    facets = index()
    return tally_within(facets, facets.all)


def test_a_tally_counts_public_initiatives_by_group() -> None:
    make.initiative()
    make.initiative(publication="draft")
    make.update(initiative=make.initiative(), status="delivered")
    counted = everything()
    assert counted.by_status == {"not_reviewed": 1, "delivered": 1}
    assert counted.total == 2
    assert counted.in_words == "1 delivered, 1 not yet reviewed"
    assert [group.group for group in counted.groups] == list(StatusGroup)
    assert (counted.delivered, counted.reviewed) == (1, 1)


def test_an_empty_tally_has_no_bar() -> None:
    assert everything().filled == []
    assert StatusTally().total == 0


def test_an_initiative_counts_once_for_a_participant_with_two_roles() -> None:
    japan, theme = make.participant("jp"), make.theme("water")
    initiative = make.initiative(proposers=[japan], themes=[theme])
    make.role(initiative=initiative, participant=japan, role="lead")
    make.initiative(proposers=[japan], publication="draft")
    by_code = tallies_within(index(), "participant", ["jp", "uz"])
    assert (by_code["jp"].total, by_code["uz"].total) == (1, 0)
    assert tallies_within(index(), "theme", ["water"])["water"].total == 1
