"""What would count as delivered: the third kind of entry, said before a status where it can be."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ..partial_dates import PartialDate, PartialDateField
from .entries import Entry, EntryQuerySet, entry_constraints, entry_indexes
from .history import HistoricalRecords
from .initiatives import Initiative
from .records import choices_constraint
from .reports import Report
from .translations import Translated
from .vocabulary import Verifiability

# Whose reading it is where no document says it, and of which full day.
READING = ("read_by", "read_on")


class CriterionQuerySet(EntryQuerySet["Criterion"]):
    pass


class Criterion(Translated, Entry):
    """What would count as delivered, whether anybody could verify that, and if not, why.

    It rests on a document that says so, or on our reading: who read (a role, never a person) on which full day; or on
    both. Of several that stand the latest holds, and the earlier ones are its history.
    """

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="criteria")
    report = models.ForeignKey(
        Report, models.PROTECT, null=True, blank=True, related_name="criteria"
    )
    what = models.TextField(
        _("what would count as delivered"),
        help_text=_("What would have to be seen for it to count as delivered."),
    )
    verifiability = models.CharField(max_length=20, choices=Verifiability)
    why = models.TextField(
        blank=True,
        help_text=_("Of what is not verifiable, it goes on from “Cannot be rated, because …”."),
    )
    read_by = models.CharField(
        _("read by"),
        max_length=200,
        blank=True,
        help_text=_("A role, such as the editors; never a person."),
    )
    read_on = PartialDateField(
        _("read on"), null=True, blank=True, help_text=_("The full day: 2026-05-03.")
    )

    word, plural, subject = "criterion", "criteria", "criterion"
    ref_field = word_field = "verifiability"
    dated_by = Coalesce("report__published_on", "read_on")
    TRANSLATED = ("what", "why")
    objects = CriterionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = "criteria"
        ordering = ["initiative", "recorded_at"]
        indexes = entry_indexes("criterion")
        constraints = [
            choices_constraint("verifiability", Verifiability, "criterion"),
            models.CheckConstraint(
                name="criterion_says_what",
                condition=~Q(what=""),
                violation_error_message=_("Say what would count as delivered."),
            ),
            models.CheckConstraint(
                name="criterion_says_why",
                condition=Q(verifiability=Verifiability.VERIFIABLE) | ~Q(why=""),
                violation_error_message=_("Say why it cannot be verified, or only in part."),
            ),
            models.CheckConstraint(
                name="criterion_has_source",
                condition=(Q(report__isnull=False) & ~Q(locator=""))
                | (Q(report__isnull=True) & ~Q(read_by="")),
                violation_error_message=_(
                    "Give the report and the place in it, or whose reading it is and of which full day."
                ),
            ),
            models.CheckConstraint(
                name="criterion_reading_is_whole",
                condition=Q(read_by="", read_on__isnull=True)
                | (Q(read_on__is_day=True, read_on__isnull=False) & ~Q(read_by="")),
                violation_error_message=_(
                    "Say whose reading it is and of which full day, or neither."
                ),
            ),
            *entry_constraints("criterion"),
        ]

    @property
    def dated(self) -> PartialDate | None:
        published: PartialDate | None = self.report.published_on if self.report else None
        return published or self.read_on

    @property
    def text(self) -> str:
        return self.what

    @property
    def title(self) -> str:
        return self.what

    def lacks(self) -> dict[str, Any]:
        """The rules of source, reading and reason; a report that is yet to be written counts."""
        missing: dict[str, Any] = {}
        if self.verifiability != Verifiability.VERIFIABLE and not self.why:
            missing["why"] = _("Say why it cannot be verified, or only in part.")
        reading = {name: getattr(self, name) for name in READING}
        for name, value in reading.items():
            if any(reading.values()) and not value:
                missing[name] = _("Say whose reading it is and of which full day.")
        if self.read_on and PartialDate(self.read_on).precision != "day":
            missing["read_on"] = _("Give the full day, such as 2026-05-03.")
        if self.report is None and not any(reading.values()):
            missing["report"] = _("Give the report, or say whose reading it is and of which day.")
        if self.report is not None and not self.locator:
            missing["locator"] = _("Give the place in the report.")
        return missing
