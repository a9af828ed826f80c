"""The closed word lists of the tracker and their mapping to IATI and OGP."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Publication(models.TextChoices):
    """Who may see a row."""

    DRAFT = "draft", _("Draft")
    PUBLIC = "public", _("Public")


class EvidenceGrade(models.TextChoices):
    """Kind of a report, best evidence first; the order of the values is the order of the grades."""

    JOINT = "joint", _("Joint document")
    STUDY = "study", _("Independent study")
    PRESS = "press", _("Press")
    STATEMENT = "statement", _("Statement of one side")


class Act(models.TextChoices):
    """What a document does with an initiative."""

    MENTIONED = "mentioned", _("Mentioned")
    READINESS = "readiness", _("Readiness expressed")
    PROPOSED = "proposed", _("Proposed")
    SUPPORTED = "supported", _("Supported")
    UNDERTAKEN = "undertaken", _("Undertaken")
    ADOPTED = "adopted", _("Adopted")
    RESTATED = "restated", _("Restated")
    REWORDED = "reworded", _("Reworded")
    NOT_TAKEN_UP = "not_taken_up", _("Not taken up")


class Standing(models.TextChoices):
    """How far the dialogue took an initiative; weakest first, then the negative end."""

    MENTIONED = "mentioned", _("Mentioned")
    PROPOSED = "proposed", _("Proposed")
    SUPPORTED = "supported", _("Supported")
    UNDERTAKEN = "undertaken", _("Undertaken")
    ADOPTED = "adopted", _("Adopted")
    NOT_TAKEN_UP = "not_taken_up", _("Not taken up")


class StatusGroup(models.TextChoices):
    """Delivery statuses in the six groups that charts and counts use."""

    UNKNOWN = "unknown", _("Unknown")
    PENDING = "pending", _("Pending")
    ACTIVE = "active", _("Active")
    DONE = "done", _("Done")
    OFF_TRACK = "off_track", _("Off track")
    CLOSED = "closed", _("Closed")

    @property
    def statuses(self) -> list[DeliveryStatus]:
        return [status for status in DeliveryStatus if status.group == self]


class DeliveryStatus(models.TextChoices):
    """What was done about an initiative.

    ``iati`` is the IATI activity status code (codelist ActivityStatus), ``ogp`` the Open Government Partnership's
    level of completion; both mappings lose information, this list is primary.
    """

    NOT_REVIEWED = "not_reviewed", _("Not yet reviewed")
    NO_INFORMATION = "no_information", _("No public information")
    NOT_STARTED = "not_started", _("Not started")
    PREPARING = "preparing", _("Preparing")
    UNDER_WAY = "under_way", _("Under way")
    PARTLY_DELIVERED = "partly_delivered", _("Partly delivered")
    CONTINUING = "continuing", _("Continuing")
    DELIVERED = "delivered", _("Delivered")
    STALLED = "stalled", _("Stalled")
    SUSPENDED = "suspended", _("Suspended")
    DROPPED = "dropped", _("Dropped")
    SUPERSEDED = "superseded", _("Superseded")

    @property
    def group(self) -> StatusGroup:
        return StatusGroup(_MAPPING[self][0])

    @property
    def iati(self) -> str | None:
        return _MAPPING[self][1]

    @property
    def ogp(self) -> str | None:
        return _MAPPING[self][2]

    @property
    def is_open(self) -> bool:
        """Whether something may still be expected; “unknown” is open, it counts neither as success nor as failure."""
        return self in OPEN_STATUSES


_MAPPING: dict[str, tuple[str, str | None, str | None]] = {
    "not_reviewed": ("unknown", None, None),
    "no_information": ("unknown", None, "unclear"),
    "not_started": ("pending", "1", "not started"),
    "preparing": ("pending", "1", "limited"),
    "under_way": ("active", "2", "limited or substantial"),
    "partly_delivered": ("active", "2", "substantial"),
    "continuing": ("active", "2", None),
    "delivered": ("done", "4", "completed"),
    "stalled": ("off_track", "2", "last level"),
    "suspended": ("off_track", "6", "last level"),
    "dropped": ("off_track", "5", "withdrawn"),
    "superseded": ("closed", None, None),
}

CLOSED_STATUSES = (DeliveryStatus.DELIVERED, DeliveryStatus.DROPPED, DeliveryStatus.SUPERSEDED)
OPEN_STATUSES = tuple(status for status in DeliveryStatus if status not in CLOSED_STATUSES)
