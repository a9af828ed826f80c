"""Who does what in an initiative, where it comes from, and what it promised in numbers."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ..partial_dates import PartialDateField
from .amounts import AmountField, quantity, validate_currency
from .history import HistoricalRecords
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


class Bound(models.TextChoices):
    """How the number of a target is meant."""

    EXACTLY = "exactly", _("Exactly")
    AT_LEAST = "at_least", _("At least")
    UP_TO = "up_to", _("Up to")
    ABOUT = "about", _("About")


# A number with its bound, in words; what is meant exactly is the number alone.
IN_WORDS = {
    Bound.AT_LEAST: _("at least %(number)s"),
    Bound.UP_TO: _("up to %(number)s"),
    Bound.ABOUT: _("about %(number)s"),
}


# Longer ones would not fit into what is named after a target: a citation, the base of a load.
LONGEST_NAME = 280


def target_ref(initiative: str, metric: str, period: str | None = "", measure: str = "") -> str:
    """What a target is named after: the initiative, its metric, and its period and unit or currency where it has them.

    “canal/loans [2027] (EUR)”; a unit that is the code of a currency names the same as that currency.
    """
    parts = [metric]
    parts += [f"[{period}]"] if period else []
    parts += [f"({measure})"] if measure else []
    name = " ".join(parts)
    if len(name) > LONGEST_NAME:
        name = f"{name[: LONGEST_NAME - 14]}… {sha256(name.encode()).hexdigest()[:12]}"
    return f"{initiative}/{name}"


class Target(Record):
    """What an initiative promised in numbers; what was reached of it is told by readings (``StatusUpdate.target``).

    One without a value was not promised: documents tell how much there is of it.
    """

    ref = models.CharField(max_length=400, unique=True, editable=False)
    initiative = models.ForeignKey(Initiative, models.CASCADE, related_name="targets")
    metric = models.CharField(max_length=200, help_text=_("What is counted: experts trained."))
    bound = models.CharField(
        max_length=10, choices=Bound, default=Bound.EXACTLY, db_default=Bound.EXACTLY
    )
    value = AmountField(null=True, blank=True)
    unit = models.CharField(
        max_length=60, blank=True, help_text=_("Of what is no money: people, km.")
    )
    currency = models.CharField(
        max_length=3,
        blank=True,
        default="",
        db_default="",
        validators=[validate_currency],
        help_text=_("ISO 4217 code: EUR, USD, JPY."),
    )
    period = PartialDateField(
        null=True, blank=True, help_text=_("The year or span that the number is for.")
    )
    due_on = PartialDateField(null=True, blank=True)
    note = models.TextField(blank=True)

    natural_key_fields = ("ref",)
    objects = TargetQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["initiative", "metric", "period", "unit", "currency"]
        constraints = [
            models.UniqueConstraint(
                # Empty is a value too: a period that is null would be another one each time.
                F("initiative"),
                F("metric"),
                Coalesce(F("period"), Value(""), output_field=models.CharField()),
                F("unit"),
                F("currency"),
                name="target_unique",
                violation_error_message=_(
                    "The initiative has this target already, for the same period and in the same unit or currency."
                ),
            ),
            models.CheckConstraint(
                name="target_not_negative",
                condition=Q(value__isnull=True) | Q(value__gte=0),
                violation_error_message=_("Targets are zero or more."),
            ),
            models.CheckConstraint(
                name="target_in_one_measure",
                condition=Q(unit="") | Q(currency=""),
                violation_error_message=_("Give a unit or a currency, not both."),
            ),
            choices_constraint("bound", Bound, "target"),
        ]

    def __str__(self) -> str:
        period = f" ({self.period.in_words})" if self.period else ""
        return (
            f"{self.metric}{period}: {self.in_words}" if self.in_words else f"{self.metric}{period}"
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django has it; a new row is named after what it says, and keeps that name."""
        if not self.ref:
            self.ref = self.make_ref()
        super().save(*args, **kwargs)

    @property
    def identity(self) -> tuple[str, ...]:
        """What names it within its initiative."""
        return (self.metric, self.period or "", self.unit, self.currency)

    def make_ref(self) -> str:
        """The name that follows from what the row says, numbered where a row that was edited since has it."""
        measure = self.currency or self.unit
        base = ref = target_ref(self.initiative.slug, self.metric, self.period, measure)
        number = 1
        while Target.objects.filter(ref=ref).exists():
            number += 1
            ref = f"{base}/{number}"
        return ref

    @property
    def in_words(self) -> str:
        """What was promised: “at least 500 experts”, “up to EUR 300 million”; empty where no number was."""
        if self.value is None:
            return ""
        number = self.quantity(self.value)
        words = IN_WORDS.get(Bound(self.bound))
        return str(words % {"number": number}) if words else number

    def quantity(self, number: Decimal) -> str:
        """A number of what the target counts."""
        return quantity(number, self.unit, self.currency)
