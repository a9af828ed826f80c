"""The goals and targets of the 2030 Agenda, and that themes name no others."""

from __future__ import annotations

from collections import Counter

import pytest
from django.core.exceptions import ValidationError

from initiatives.models import Theme
from initiatives.models.sdgs import SDG_TARGETS, targets_beside_goals, targets_in_order


def test_the_targets_are_those_of_the_resolution() -> None:
    # A/RES/70/1: 169 targets; of each goal as many as the list of the Statistics Division has.
    counts = [7, 8, 13, 10, 9, 8, 5, 12, 8, 10, 10, 11, 5, 10, 12, 12, 19]
    assert list(Counter(SDG_TARGETS.values()).values()) == counts
    assert sum(counts) == 169
    for known in ("1.b", "3.d", "4.3", "8.10", "14.a", "16.b", "17.19"):
        assert known in SDG_TARGETS
    for unknown in ("1.c", "1.6", "17.a", "17.20", "0.1", "4", "04.3", "4.3 "):
        assert unknown not in SDG_TARGETS


def test_targets_stand_in_the_order_of_the_resolution() -> None:
    assert targets_in_order(["14.a", "8.10", "8.2", "14.7", "8.2"]) == [
        "8.2",
        "8.10",
        "14.7",
        "14.a",
    ]
    assert targets_beside_goals([8], ["8.2", "14.a", "4.3"]) == ["4.3", "14.a"]


@pytest.mark.parametrize(
    ("sdgs", "targets", "message"),
    [
        ([4], ["4.30"], "The 2030 Agenda has no target 4.30; targets are written 4.3 or 14.a."),
        ([4], ["14.a"], "14.a is a target of a goal that is not chosen."),
        ([4], "4.3", "Give a list of SDG targets, such as 4.3 and 14.a."),
        ([4], [4.3], "The 2030 Agenda has no target 4.3; targets are written 4.3 or 14.a."),
        ([18], [], "Give a list of SDG goal numbers from 1 to 17, such as [4, 9]."),
    ],
)
@pytest.mark.django_db
def test_a_theme_serves_targets_that_there_are_of_its_goals(
    sdgs: object, targets: object, message: str
) -> None:
    theme = Theme(slug="theme", name="Theme", sdgs=sdgs, sdg_targets=targets)
    with pytest.raises(ValidationError) as refused:
        theme.full_clean(validate_unique=False, validate_constraints=False)
    assert message in refused.value.messages
    Theme(slug="theme", name="Theme", sdgs=[4, 14], sdg_targets=["4.3", "14.a"]).clean()
