"""Countries and organisations that take part."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from .records import Published, PublishedQuerySet, choices_constraint, key_field
from .sort_keys import SortKeyField
from .vocabulary import Publication


class ParticipantKind(models.TextChoices):
    STATE = "state", _("State")
    ORGANISATION = "organisation", _("Organisation")
    GROUP = "group", _("Group of states")


class ParticipantQuerySet(PublishedQuerySet["Participant"]):
    pass


class Participant(Published):
    """A country or organisation that meets, proposes, promises or delivers."""

    code = key_field(
        max_length=60,
        help_text=_("ISO 3166-1 alpha-2 in lower case for a state, a short name for others."),
    )
    name = models.CharField(max_length=200)
    official_name = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=20, choices=ParticipantKind, default=ParticipantKind.STATE)
    sort_key = SortKeyField(of="name")

    natural_key_fields = ("code",)
    objects = ParticipantQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["sort_key"])

    class Meta:
        ordering = ["sort_key", "code"]
        constraints = [
            choices_constraint("kind", ParticipantKind, "participant"),
            choices_constraint("publication", Publication, "participant"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("initiatives:participant_detail", args=[self.code])
