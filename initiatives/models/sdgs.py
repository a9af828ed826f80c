"""The Sustainable Development Goals and their 169 targets.

Source: General Assembly resolution A/RES/70/1, “Transforming our world: the 2030 Agenda for Sustainable Development”,
with the numbers that it gives the targets; the same list is kept by the United Nations Statistics Division
(https://unstats.un.org/sdgs/indicators/indicators-list/).
"""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_lowercase

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Of each goal how many targets are numbered, and how many means of implementation are lettered from a on; those of the
# last goal are all numbered.
_TARGETS_OF_GOAL = {
    1: (5, 2),
    2: (5, 3),
    3: (9, 4),
    4: (7, 3),
    5: (6, 3),
    6: (6, 2),
    7: (3, 2),
    8: (10, 2),
    9: (5, 3),
    10: (7, 3),
    11: (7, 3),
    12: (8, 3),
    13: (3, 2),
    14: (7, 3),
    15: (9, 3),
    16: (10, 2),
    17: (19, 0),
}
SDG_GOALS = tuple(_TARGETS_OF_GOAL)
# “4.3”, “14.a” with the goal of each, in the order of the resolution.
SDG_TARGETS = {
    f"{goal}.{part}": goal
    for goal, (numbered, lettered) in _TARGETS_OF_GOAL.items()
    for part in (*range(1, numbered + 1), *ascii_lowercase[:lettered])
}
_ORDER = {target: place for place, target in enumerate(SDG_TARGETS)}


def targets_in_order(targets: Iterable[str]) -> list[str]:
    """Targets in the order of the resolution, each once: 8.2 before 8.10."""
    return sorted(set(targets), key=lambda target: (_ORDER.get(target, len(_ORDER)), target))


def targets_beside_goals(goals: Iterable[int], targets: Iterable[str]) -> list[str]:
    """The targets of goals that are not among these, in order."""
    goals = set(goals)
    return [target for target in targets_in_order(targets) if SDG_TARGETS.get(target) not in goals]


def validate_sdgs(value: object) -> None:
    """Raise ValidationError unless ``value`` is a list of SDG goal numbers, 1 to 17."""
    if not isinstance(value, list) or any(
        type(goal) is not int or goal not in SDG_GOALS for goal in value
    ):
        raise ValidationError(_("Give a list of SDG goal numbers from 1 to 17, such as [4, 9]."))


def validate_sdg_targets(value: object) -> None:
    """Raise ValidationError unless ``value`` is a list of targets of A/RES/70/1."""
    if not isinstance(value, list):
        raise ValidationError(_("Give a list of SDG targets, such as 4.3 and 14.a."))
    if wrong := [str(target)[:20] for target in value if target not in SDG_TARGETS]:
        message = _("The 2030 Agenda has no target %(target)s; targets are written 4.3 or 14.a.")
        raise ValidationError(message, params={"target": wrong[0]})
