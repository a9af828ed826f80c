"""By when an initiative is promised, and under which condition: columns that follow from its mentions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..partial_dates import PartialDateField
from .dialogues import Meeting
from .reports import Report


class Due(models.Model):
    """What the last mention that stands says of the due date, and likewise of a condition; kept by ``actions.refresh``.

    ``due_on`` is the date, or the last day of the meeting ``due_at`` once that has one. A due date that no mention
    states, typed or loaded before mentions could state one, stands in ``unsourced_due_on`` and ``unsourced_due_note``
    and holds as long as no mention speaks of the due date.
    """

    due_on = PartialDateField(null=True, editable=False, db_index=True)
    due_at = models.ForeignKey(Meeting, models.PROTECT, null=True, editable=False, related_name="+")
    due_note = models.CharField(max_length=300, blank=True, editable=False)
    due_dropped = models.BooleanField(default=False, db_default=False, editable=False)
    due_moves = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    unsourced_due_on = PartialDateField(_("due date without a document"), null=True, editable=False)
    unsourced_due_note = models.CharField(
        _("due: words without a document"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    condition = models.CharField(
        max_length=300, blank=True, default="", db_default="", editable=False
    )
    condition_report = models.ForeignKey(
        Report, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True
