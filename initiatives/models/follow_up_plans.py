"""How the desk follows an initiative up: who is responsible, when it is looked at next, and notes; never public.

In a table of its own, which no trigger notes and no load, export or page reads: saving it changes nothing that the
public sees, no version of the data and no date of the initiative.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .history import HistoricalRecords
from .initiatives import FIRST_DAY, Initiative
from .records import MOST_CHARACTERS

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class FollowUpPlanQuerySet(models.QuerySet["FollowUpPlan"]):
    def get_by_natural_key(self, slug: str) -> FollowUpPlan:
        return self.get(initiative__slug=slug)

    def assigned(self) -> FollowUpPlanQuerySet:
        """Those with a responsible person who still works here."""
        return self.filter(responsible__is_active=True)

    def review_due(self, day: datetime.date) -> FollowUpPlanQuerySet:
        """Those whose initiative is to be looked at on that day or was to be before; what is withdrawn is not."""
        return self.filter(next_review_on__lte=day, initiative__withdrawn_at__isnull=True)


def followed_by(person: User, dialogues: frozenset[int] | None, path: str = "") -> Q:
    """The initiatives at the end of a path (“initiative__”) that a person follows up.

    Those they are responsible for, and those of their dialogues (primary keys; None for all) that nobody is responsible
    for, or somebody who has left.
    """
    plan = f"{path}follow_up_plan__responsible"
    free = ~Q(**{f"{plan}__is_active": True})
    if dialogues is not None:
        free &= Q(**{f"{path}dialogue__in": dialogues})
    return Q(**{plan: person.pk}) | free


class FollowUpPlan(models.Model):
    """Who is responsible for an initiative, when it is looked at next, and what the desk notes about it."""

    initiative = models.OneToOneField(Initiative, models.CASCADE, related_name="follow_up_plan")
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="follow_up_plans",
        verbose_name=_("responsible"),
        help_text=_("In whose inbox it is. Nobody: it is in that of all who work on its dialogue."),
    )
    next_review_on = models.DateField(
        _("next review"),
        null=True,
        blank=True,
        db_index=True,
        validators=[MinValueValidator(FIRST_DAY)],
        help_text=_("From this day on it is in the inbox, until another day is set."),
    )
    notes = models.TextField(
        _("desk notes"),
        blank=True,
        max_length=MOST_CHARACTERS,
        help_text=_("For the desk alone; on no public page and in no file."),
    )

    objects = FollowUpPlanQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("follow-up plan")
        ordering = ["next_review_on", "pk"]

    def __str__(self) -> str:
        return str(self.initiative)

    def natural_key(self) -> tuple[str]:
        return (self.initiative.slug,)

    natural_key.dependencies = ["initiatives.initiative"]  # type: ignore[attr-defined]
