"""A reading: the value of a target that a status update reports from its document."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .amounts import grouped
from .vocabulary import UNKNOWN_STATUSES

# The columns of a reading.
READING = ("target", "value")
# What a reading without a status is called in the place of one.
VALUE_REPORTED = gettext_lazy("Value reported")
TARGET_AND_VALUE = gettext_lazy("Give the target and the value that is reported of it, or neither.")
NOT_OF_UNKNOWN = gettext_lazy(
    "Whoever reports a value knows something: choose another status, or none."
)
NO_STATUS = gettext_lazy("Choose a status; only a value of a target is reported without one.")
NOTHING_SAID = gettext_lazy("Say what happened.")


def reading_constraints() -> list[models.BaseConstraint]:
    """The rules of readings, in SQL; ``reading_lacks`` has the same for people."""
    return [
        models.CheckConstraint(
            name="update_reading_is_whole",
            condition=Q(target__isnull=True, value__isnull=True)
            | Q(target__isnull=False, value__isnull=False, value__gte=0),
            violation_error_message=TARGET_AND_VALUE,
        ),
        # So that a reading has its document: no other status does without one.
        models.CheckConstraint(
            name="update_reading_is_known",
            condition=Q(target__isnull=True) | ~Q(status__in=UNKNOWN_STATUSES),
            violation_error_message=NOT_OF_UNKNOWN,
        ),
        models.CheckConstraint(
            name="update_without_status_is_a_reading",
            condition=~Q(status="") | Q(target__isnull=False),
            violation_error_message=NO_STATUS,
        ),
        models.CheckConstraint(
            name="update_says_what_happened",
            condition=~Q(what="") | Q(status=""),
            violation_error_message=NOTHING_SAID,
        ),
    ]


def reading_lacks(update: Any) -> dict[str, Any]:
    """What the rules of readings miss, at the field where a person would give it."""
    missing: dict[str, Any] = {}
    target = update.target
    if (target is None) != (update.value is None):
        missing["target" if target is None else "value"] = TARGET_AND_VALUE
    if target is not None and target.initiative_id not in (None, update.initiative_id):
        missing["target"] = _("This is a target of another initiative.")
    if target is None and not update.status:
        missing["status"] = NO_STATUS
    if target is not None and update.status in UNKNOWN_STATUSES:
        missing["status"] = NOT_OF_UNKNOWN
    if update.status and not update.what:
        missing["what"] = NOTHING_SAID
    return missing


def reading_in_words(update: Any) -> str:
    """What is reported beside what was promised: “320 of at least 500 people”; empty where nothing is reported."""
    target = update.target
    if target is None or update.value is None:
        return ""
    if not target.in_words:
        return str(target.quantity(update.value))
    # The unit is told once.
    value = target.quantity(update.value) if target.currency else grouped(update.value)
    return _("%(value)s of %(promised)s") % {"value": value, "promised": target.in_words}


def value_reported(update: Any) -> str:
    """The same with what is counted: “students (2024): 320 of at least 500 people”."""
    target = update.target
    if target is None:
        return ""
    period = f" ({target.period.in_words})" if target.period else ""
    return f"{target.metric}{period}: {reading_in_words(update)}"
