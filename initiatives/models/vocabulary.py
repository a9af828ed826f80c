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

    @classmethod
    def in_story_order(cls) -> list[Act]:
        """As a story tells them: what is said of the same day after what it speaks of."""
        after = (cls.MENTIONED, cls.RESTATED, cls.REWORDED, cls.NOT_TAKEN_UP)
        return [*(act for act in cls if act not in after), *after]


class Verifiability(models.TextChoices):
    """Whether anybody could tell that something was delivered."""

    VERIFIABLE = "verifiable", _("Verifiable")
    PARTLY = "partly", _("Partly verifiable")
    NOT_VERIFIABLE = "not_verifiable", _("Not verifiable")


class Standing(models.TextChoices):
    """How far the dialogue took an initiative; weakest first, then the negative end."""

    MENTIONED = "mentioned", _("Mentioned")
    PROPOSED = "proposed", _("Proposed")
    SUPPORTED = "supported", _("Supported")
    UNDERTAKEN = "undertaken", _("Undertaken")
    ADOPTED = "adopted", _("Adopted")
    NOT_TAKEN_UP = "not_taken_up", _("Not taken up")


class StatusGroup(models.TextChoices):
    """Delivery statuses in the groups that charts and counts use; what nobody reviewed is a group of its own.

    The order is that of keys and bars: what is known first, what nobody knows last.
    """

    DELIVERED = "delivered", _("Delivered")
    IN_PROGRESS = "in_progress", _("In progress")
    PENDING = "pending", _("Pending")
    OFF_TRACK = "off_track", _("Off track")
    SUPERSEDED = "superseded", _("Superseded")
    NO_INFORMATION = "no_information", _("No public information")
    NOT_REVIEWED = "not_reviewed", _("Not yet reviewed")

    @property
    def statuses(self) -> list[DeliveryStatus]:
        return _STATUSES[self]


class DeliveryStatus(models.TextChoices):
    """What was done about an initiative.

    ``iati`` is the IATI activity status code (codelist ActivityStatus), ``ogp`` the level of completion in the words of
    the Open Government Partnership's Independent Reporting Mechanism; None where those have no one word. Both mappings
    lose information, this list is primary.
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
        """Whether something may still be expected; so it may where nothing is known."""
        return self in OPEN_STATUSES


_MAPPING: dict[str, tuple[str, str | None, str | None]] = {
    "not_reviewed": ("not_reviewed", None, None),
    "no_information": ("no_information", None, "No Evidence Available"),
    "not_started": ("pending", "1", "Not Started"),
    "preparing": ("pending", "1", "Limited"),
    "under_way": ("in_progress", "2", "Limited"),
    "partly_delivered": ("in_progress", "2", "Substantial"),
    "continuing": ("in_progress", "2", None),
    "delivered": ("delivered", "4", "Complete"),
    "stalled": ("off_track", "2", None),
    "suspended": ("off_track", "6", None),
    "dropped": ("off_track", "5", None),
    "superseded": ("superseded", None, None),
}

_STATUSES = {
    group: [status for status in DeliveryStatus if status.group == group] for group in StatusGroup
}

CLOSED_STATUSES = (DeliveryStatus.DELIVERED, DeliveryStatus.DROPPED, DeliveryStatus.SUPERSEDED)
OPEN_STATUSES = tuple(status for status in DeliveryStatus if status not in CLOSED_STATUSES)
# Where nothing is known of delivery: nobody looked, or somebody looked and found nothing.
UNKNOWN_STATUSES = (DeliveryStatus.NOT_REVIEWED, DeliveryStatus.NO_INFORMATION)
