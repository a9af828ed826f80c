"""Whose work the inbox shows: what a person follows up, or all there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyroaring import BitMap

from ...facets.index import Index
from ...models import Dialogue, FollowUpPlan
from ...recording import permissions

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@dataclass(frozen=True)
class Scope:
    """``dialogues`` are those of the person (primary keys), None where it is all of them."""

    person: User
    is_all: bool

    @property
    def dialogues(self) -> frozenset[int] | None:
        return None if self.is_all else permissions.dialogues_of(self.person)

    def public(self, facets: Index) -> BitMap:
        """The public initiatives in it; the same rule as ``models/follow_up_plans.py::followed_by``."""
        if self.is_all:
            return facets.all
        free = facets.all
        if self.dialogues is not None:
            slugs = Dialogue.objects.filter(pk__in=self.dialogues).values_list("slug", flat=True)
            free = BitMap.union(BitMap(), *(facets.having("dialogue", slug) for slug in slugs))
        plans = FollowUpPlan.objects.assigned().order_by().values_list("initiative", flat=True)
        own = BitMap(plans.filter(responsible=self.person.pk))
        others = BitMap(plans.exclude(responsible=self.person.pk))
        return (free - others | own) & facets.all
