"""What documents say of initiatives: append-only entries; here what was done, mentions in `mentions.py`."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..partial_dates import PartialDate, PartialDateField, newest
from .amounts import AmountField
from .entries import Entry, EntryQuerySet, entry_constraints, entry_indexes
from .history import HistoricalRecords
from .initiatives import Initiative
from .list_order import ListOrder
from .participants import Participant
from .readings import VALUE_REPORTED, reading_constraints, reading_lacks, value_reported
from .records import choices_constraint
from .relations import Target
from .reports import Report
from .translations import Translated, translated_index
from .vocabulary import DeliveryStatus


class StatusUpdateQuerySet(EntryQuerySet["StatusUpdate"]):
    def with_related(self) -> Self:
        return super().with_related().select_related("participant", "target")


class StatusUpdate(Translated, Entry):
    """What was done about an initiative, as of a date, and the evidence for it.

    It may report a value of a target (a reading), and has no status where its document says nothing else of delivery.
    That there is no public information rests on a document that says so, or on a look: who looked (a role, never a
    person), on which full day and where; or on both.
    """

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="updates")
    report = models.ForeignKey(
        Report, models.PROTECT, null=True, blank=True, related_name="updates"
    )
    status = models.CharField(
        max_length=20,
        choices=DeliveryStatus,
        blank=True,
        help_text=_("Empty only where the document gives a value and says nothing of delivery."),
    )
    on = PartialDateField(
        _("as of"), null=True, blank=True, db_index=True, help_text=_("As the document gives it.")
    )
    what = models.TextField(_("what happened"), blank=True)
    target = models.ForeignKey(
        Target,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="readings",
        help_text=_("The target of which the document reports a value."),
    )
    value = AmountField(
        _("value reported"), null=True, blank=True, help_text=_("In the unit of the target.")
    )
    participant = models.ForeignKey(
        Participant,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="updates",
        help_text=_("Whose own delivery it speaks of, if not the whole initiative’s."),
    )
    looked_by = models.CharField(
        _("looked for by"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("A role, such as the editors; never a person."),
    )
    looked_on = PartialDateField(
        _("looked for on"), null=True, blank=True, help_text=_("The full day: 2026-05-03.")
    )
    looked_in = models.CharField(
        _("looked for in"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_("Where: websites, registers, archives, and in which languages."),
    )

    word, plural, subject = "update", "updates", "status_update"
    ref_field, word_field = "on", "status"
    dated_by = F("on")
    TRANSLATED = ("what",)
    objects = StatusUpdateQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["initiative", "on", "recorded_at"]
        indexes = [
            *entry_indexes("update"),
            translated_index("update"),
            models.Index(
                *newest("on"),
                F("recorded_at").desc(),
                F("id").desc(),
                name="update_by_newest",
            ),
            ListOrder(
                fields=["participant", "-on", "-recorded_at", "-id"],
                name="update_of_participant",
                condition=Q(participant__isnull=False),
            ),
        ]
        constraints = [
            choices_constraint("status", DeliveryStatus, "update", or_empty=True),
            *reading_constraints(),
            models.CheckConstraint(
                name="update_has_evidence",
                condition=Q(status=DeliveryStatus.NOT_REVIEWED)
                | (Q(report__isnull=False) & ~Q(locator=""))
                | (Q(report__isnull=True, status=DeliveryStatus.NO_INFORMATION) & ~Q(looked_by="")),
                violation_error_message=_(
                    "Give the report and the place in it; “not yet reviewed” needs none, and “no public information”"
                    " may say instead who looked, on which full day and where."
                ),
            ),
            models.CheckConstraint(
                name="update_look_is_whole",
                condition=Q(looked_by="", looked_on__isnull=True, looked_in="")
                | (
                    Q(looked_on__is_day=True, status=DeliveryStatus.NO_INFORMATION)
                    & Q(looked_on__isnull=False)
                    & ~Q(looked_by="")
                    & ~Q(looked_in="")
                ),
                violation_error_message=_(
                    "Of “no public information”, say who looked, on which full day and where, or none of these."
                ),
            ),
            *entry_constraints("update"),
        ]

    def get_status_display(self) -> str:  # type: ignore[no-redef]
        """The word of its status; of a reading without one, what it is instead."""
        return str(DeliveryStatus(self.status).label if self.status else VALUE_REPORTED)

    @property
    def reading(self) -> str:
        """The value that it reports, in words: “students: 320 of at least 500 people”; empty for none."""
        return value_reported(self)

    @property
    def value_in_words(self) -> str:
        """The number alone, with its unit."""
        return self.target.quantity(self.value) if self.target and self.value is not None else ""

    def lacks(self) -> dict[str, Any]:
        """The rules of evidence, look and reading; a report that is yet to be written counts."""
        missing = self._look_lacks() | reading_lacks(self)
        if self.status == DeliveryStatus.NOT_REVIEWED:
            return missing
        if self.status == DeliveryStatus.NO_INFORMATION and self.looked_by and not self.report:
            return missing
        needs = _("only “not yet reviewed” needs none")
        if self.status == DeliveryStatus.NO_INFORMATION:
            needs = _("or say who looked, on which day and where")
        if self.report is None:
            missing["report"] = _("Give the report; %(needs)s.") % {"needs": needs}
        if not self.locator:
            missing["locator"] = _("Give the place in the report; %(needs)s.") % {"needs": needs}
        return missing

    @property
    def dated(self) -> PartialDate | None:
        day: PartialDate | None = self.on
        return day

    @property
    def text(self) -> str:
        return self.what or self.reading

    @property
    def title(self) -> str:
        return self.text

    def _look_lacks(self) -> dict[str, Any]:
        look = {name: getattr(self, name) for name in LOOK}
        given = [name for name, value in look.items() if value]
        if not given:
            return {}
        if self.status != DeliveryStatus.NO_INFORMATION:
            words = _("That somebody looked is said of “no public information” only.")
            return {given[0]: words}
        missing: dict[str, Any] = {
            name: _("Say who looked, on which full day and where.")
            for name, value in look.items()
            if not value
        }
        if self.looked_on and PartialDate(self.looked_on).precision != "day":
            missing["looked_on"] = _("Give the full day, such as 2026-05-03.")
        return missing


# Who looked for information and found none, on which full day, and where.
LOOK = ("looked_by", "looked_on", "looked_in")


def dated_by_look(on: str | None, looked_on: str | None, report: object) -> str | None:
    """As of when an update is: what rests on a look alone is of the day of the look, unless told."""
    return on or (None if report else looked_on) or None
