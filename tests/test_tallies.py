import pytest

from initiatives.facets import index
from initiatives.models import Initiative, StatusGroup
from initiatives.tallies import Tally, tallies_within, tally, tally_by, tally_within
from tests.makers import make_initiative, make_participant, make_role, make_theme, make_update

pytestmark = pytest.mark.django_db


def test_a_tally_counts_public_initiatives_by_group() -> None:
    make_initiative()
    make_update(initiative=make_initiative(), status="delivered")
    counted = tally(Initiative.objects.public())
    assert counted.total == 2
    assert counted.in_words == "1 unknown, 1 done"
    assert [one.group for one in counted.groups] == list(StatusGroup)
    assert [(one.start, one.width) for one in counted.filled] == [
        ("0.00", "50.00"),
        ("50.00", "50.00"),
    ]


def test_an_empty_tally_has_no_bar() -> None:
    assert tally(Initiative.objects.public()).filled == []
    assert Tally().total == 0


def test_an_initiative_counts_once_for_a_participant_with_two_roles() -> None:
    japan, theme = make_participant("jp"), make_theme()
    initiative = make_initiative(proposers=[japan], themes=[theme])
    make_role(initiative=initiative, participant=japan, role="lead")
    make_initiative(proposers=[japan], publication="draft")
    public = Initiative.objects.public()
    assert tally_by(public, "roles__participant")[japan.pk].total == 1
    assert tally_by(public, "themes")[theme.pk].total == 1
    assert tally_by(public, "raised_at")[None].total == 0


def test_counts_from_memory_are_those_of_the_database() -> None:
    japan, theme = make_participant("jp"), make_theme("water")
    make_update(initiative=make_initiative(proposers=[japan], themes=[theme]), status="delivered")
    make_initiative(proposers=[japan], publication="draft")
    make_initiative()
    public, held = Initiative.objects.public(), index()
    assert tally_within(held, held.all) == tally(public)
    assert tallies_within(held, "participant", ["jp", "uz"]) == {
        "jp": tally_by(public, "roles__participant")[japan.pk],
        "uz": Tally(),
    }
    assert tallies_within(held, "theme", ["water"])["water"] == tally_by(public, "themes")[theme.pk]
