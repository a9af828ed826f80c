"""Who is in an initiative, and as what: derived from what documents say, and from roles."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .initiatives import Initiative
from .participants import Participant
from .records import (
    Record,
    RecordQuerySet,
    choices_constraint,
    once_public_initiative,
    shown_initiative,
)
from .relations import RoleKind
from .vocabulary import Act


class InvolvementCapacity(models.TextChoices):
    """As what a participant is in an initiative, in the order in which pages name them."""

    PROPOSER = "proposer", _("Proposer")
    SUPPORTER = "supporter", _("Supporter")
    PARTY = "party", _("Party")
    LEAD = "lead", _("Lead")
    IMPLEMENTER = "implementer", _("Implementer")
    FUNDER = "funder", _("Funder")
    BENEFICIARY = "beneficiary", _("Beneficiary")
    MENTIONED = "mentioned", pgettext_lazy("participants", "Mentioned")


# What those by whom a mention is are; by any other act they are mentioned.
OF_ACT = {
    Act.PROPOSED: InvolvementCapacity.PROPOSER,
    Act.SUPPORTED: InvolvementCapacity.SUPPORTER,
    Act.UNDERTAKEN: InvolvementCapacity.PARTY,
    Act.ADOPTED: InvolvementCapacity.PARTY,
}
# The roles that a mention gives, and its act.
ACT_OF_ROLE = {RoleKind.PROPOSER: Act.PROPOSED, RoleKind.SUPPORTER: Act.SUPPORTED}


class InvolvementQuerySet(RecordQuerySet["Involvement"]):
    def public(self) -> InvolvementQuerySet:
        return self.filter(shown_initiative("initiative__"))

    def once_public(self) -> InvolvementQuerySet:
        return self.filter(once_public_initiative("initiative__"))


class Involvement(Record):
    """A participant is in an initiative in a capacity; written by actions.refresh (recording/involvement.py)."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="involvements")
    participant = models.ForeignKey(Participant, models.CASCADE, related_name="involvements")
    capacity = models.CharField(max_length=20, choices=InvolvementCapacity)

    natural_key_fields = ("initiative", "participant", "capacity")
    objects = InvolvementQuerySet.as_manager()

    class Meta:
        ordering = ["initiative", "participant", "capacity"]
        constraints = [
            models.UniqueConstraint(
                name="involvement_unique",
                fields=["initiative", "participant", "capacity"],
                violation_error_message=_("The participant has this capacity already."),
            ),
            choices_constraint("capacity", InvolvementCapacity, "involvement"),
        ]

    def __str__(self) -> str:
        return f"{self.participant} – {self.get_capacity_display()}"
