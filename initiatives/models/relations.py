"""Who does what in an initiative, where it comes from, and what it promised in numbers."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from ..partial_dates import PartialDateField
from .initiatives import Initiative
from .participants import Participant
from .records import (
    Record,
    RecordQuerySet,
    choices_constraint,
    once_public_initiative,
    shown_initiative,
)


class RoleKind(models.TextChoices):
    """Who proposes or supports follows from mentions: as roles these two are left where no document is known."""

    PROPOSER = "proposer", _("Proposer")
    SUPPORTER = "supporter", _("Supporter")
    LEAD = "lead", _("Lead")
    IMPLEMENTER = "implementer", _("Implementer")
    FUNDER = "funder", _("Funder")
    BENEFICIARY = "beneficiary", _("Beneficiary")


class RoleQuerySet(RecordQuerySet["Role"]):
    def public(self) -> RoleQuerySet:
        return self.filter(shown_initiative("initiative__"))

    def once_public(self) -> RoleQuerySet:
        return self.filter(once_public_initiative("initiative__"))


class Role(Record):
    """What a participant does in an initiative."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20, choices=RoleKind)
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="roles")

    natural_key_fields = ("initiative", "role", "participant")
    objects = RoleQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["initiative", "role", "participant__sort_key"]
        constraints = [
            models.UniqueConstraint(
                name="role_unique",
                fields=["initiative", "role", "participant"],
                violation_error_message=_("The participant has this role already."),
            ),
            choices_constraint("role", RoleKind, "role"),
        ]

    def __str__(self) -> str:
        return f"{self.participant} – {self.get_role_display()}"

    def clean(self) -> None:
        stored = Role.objects.filter(pk=self.pk).values_list("role", flat=True).first()
        if self.role in (RoleKind.PROPOSER, RoleKind.SUPPORTER) and self.role != stored:
            message = _(
                "A document says who proposes or supports an initiative: record a mention by them."
            )
            raise ValidationError({"role": message})


class LineageKind(models.TextChoices):
    """How the later initiative relates to the earlier one; a part stands as the later one, its whole as the earlier."""

    BUILDS_ON = "builds_on", _("Builds on")
    CONTINUES = "continues", _("Continues")
    MERGES = "merges", _("Merges")
    SUPERSEDES = "supersedes", _("Supersedes")
    SPLITS_FROM = "splits_from", _("Splits from")
    PART_OF = "part_of", _("Part of")


class LineageQuerySet(RecordQuerySet["Lineage"]):
    def public(self) -> LineageQuerySet:
        """Neither end is a draft or withdrawn."""
        return self.filter(shown_initiative("earlier__"), shown_initiative("later__"))

    def once_public(self) -> LineageQuerySet:
        return self.filter(once_public_initiative("earlier__"), once_public_initiative("later__"))

    def of_parts(self) -> LineageQuerySet:
        """Those between a part and its whole."""
        return self.filter(relation=LineageKind.PART_OF)

    def creates_cycle(self, earlier: int, later: int) -> bool:
        """Whether an edge between two initiatives (primary keys) would close a circle."""
        frontier = {later}
        seen: set[int] = set()
        while frontier:
            if earlier in frontier:
                return True
            seen |= frontier
            frontier = set(self.filter(earlier__in=frontier).values_list("later", flat=True)) - seen
        return False


class Lineage(Record):
    """A later initiative comes from an earlier one, or is part of it; the graph has no circles (held by a trigger)."""

    later = models.ForeignKey(Initiative, models.CASCADE, related_name="earlier_links")
    relation = models.CharField(max_length=20, choices=LineageKind)
    earlier = models.ForeignKey(Initiative, models.CASCADE, related_name="later_links")

    natural_key_fields = ("later", "relation", "earlier")
    objects = LineageQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = _("lineage")
        ordering = ["later", "relation", "earlier"]
        constraints = [
            models.UniqueConstraint(
                name="lineage_unique",
                fields=["later", "relation", "earlier"],
                violation_error_message=_("This relation is recorded already."),
            ),
            models.CheckConstraint(
                name="lineage_not_to_itself",
                condition=~Q(later=F("earlier")),
                violation_error_message=_("An initiative does not come from itself."),
            ),
            models.UniqueConstraint(
                name="lineage_one_whole",
                fields=["later"],
                condition=Q(relation="part_of"),
                violation_error_message=_(
                    "The initiative is part of another one already; change that relation instead."
                ),
            ),
            choices_constraint("relation", LineageKind, "lineage"),
        ]

    def __str__(self) -> str:
        return f"{self.later} – {self.get_relation_display()} – {self.earlier}"

    def clean(self) -> None:
        if (
            self.later_id
            and self.earlier_id
            and self.later_id != self.earlier_id
            and Lineage.objects.exclude(pk=self.pk).creates_cycle(self.earlier_id, self.later_id)
        ):
            raise ValidationError(
                _(
                    "This would close a circle: the earlier initiative comes from the later one, or is part of it."
                )
            )


class TargetQuerySet(RecordQuerySet["Target"]):
    def public(self) -> TargetQuerySet:
        return self.filter(shown_initiative("initiative__"))

    def once_public(self) -> TargetQuerySet:
        return self.filter(once_public_initiative("initiative__"))


class Target(Record):
    """What an initiative promised in numbers, and the value reached with its report."""

    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="targets")
    metric = models.CharField(max_length=200)
    value = models.DecimalField(
        max_digits=24,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(10**19)],
    )
    unit = models.CharField(max_length=60, blank=True, help_text=_("ISO 4217 code for money."))
    due_on = PartialDateField(null=True, blank=True)
    reached = models.DecimalField(
        max_digits=24,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(10**19)],
    )
    reached_on = PartialDateField(null=True, blank=True)
    note = models.TextField(blank=True)

    natural_key_fields = ("initiative", "metric")
    objects = TargetQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["initiative", "metric"]
        constraints = [
            models.UniqueConstraint(
                name="target_metric_unique",
                fields=["initiative", "metric"],
                violation_error_message=_("The initiative has a target of this name already."),
            ),
            models.CheckConstraint(
                name="target_says_a_number",
                condition=Q(value__isnull=False) | Q(reached__isnull=False),
                violation_error_message=_("Give the promised value, the reached value or both."),
            ),
            models.CheckConstraint(
                name="target_not_negative",
                condition=(Q(value__isnull=True) | Q(value__gte=0))
                & (Q(reached__isnull=True) | Q(reached__gte=0)),
                violation_error_message=_("Targets are zero or more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric}: {self.value} {self.unit}".strip()
