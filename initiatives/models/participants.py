"""Countries, their ministries, and organisations that take part."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..languages import LANGUAGE_TAGS, country_name
from .addresses import page_address
from .history import HistoricalRecords
from .other_names import OtherNamesField
from .records import Published, PublishedQuerySet, choices_constraint, key_field
from .sort_keys import SortKeyField
from .translations import Translated, Translation
from .vocabulary import Publication

# How many stand above a body at the most: its department, ministry and country.
MOST_WHOLES = 3


class ParticipantKind(models.TextChoices):
    """In the order of lists; “organisation” is one of which no closer kind is said."""

    STATE = "state", _("State")
    GROUP = "group", _("Group of states")
    INTERNATIONAL_ORGANISATION = "international_organisation", _("International organisation")
    MINISTRY = "ministry", _("Ministry")
    AGENCY = "agency", _("Agency")
    FUND = "fund", _("Fund")
    UNIVERSITY = "university", _("University")
    COMPANY = "company", _("Company")
    ORGANISATION = "organisation", _("Organisation")


class ParticipantQuerySet(PublishedQuerySet["Participant"]):
    pass


class Participant(Translated, Published):
    """A country, one of its ministries or an organisation that meets, proposes, promises or delivers."""

    code = key_field(
        verbose_name=None,
        max_length=60,
        help_text=_("ISO 3166-1 alpha-2 in lower case for a state, a short name for others."),
    )
    name = models.CharField(max_length=200)
    official_name = models.CharField(max_length=300, blank=True)
    other_names = OtherNamesField()
    kind = models.CharField(max_length=30, choices=ParticipantKind, default=ParticipantKind.STATE)
    part_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        help_text=_("Of a ministry its country, of an agency whose it is."),
    )
    sort_key = SortKeyField(of="name")

    natural_key_fields = ("code",)
    TRANSLATED = ("name", "official_name")
    objects = ParticipantQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["sort_key"])

    class Meta:
        ordering = ["sort_key", "code"]
        constraints = [
            choices_constraint("kind", ParticipantKind, "participant"),
            choices_constraint("publication", Publication, "participant"),
            models.CheckConstraint(
                name="participant_not_part_of_itself",
                condition=Q(part_of__isnull=True) | ~Q(part_of=F("id")),
                violation_error_message=_("A participant is not part of itself."),
            ),
            models.CheckConstraint(
                name="participant_state_is_part_of_none",
                condition=Q(part_of__isnull=True) | ~Q(kind=ParticipantKind.STATE),
                violation_error_message=_("A state is part of no other participant."),
            ),
        ]

    def __str__(self) -> str:
        return self.said("name").text

    def translated(self, field: str, language: str) -> Translation:
        """As for other rows; a state is called what CLDR calls it where nobody says otherwise."""
        said = super().translated(field, language)
        if field != "name" or not said.is_original or language == said.language:
            return said
        known = country_name(self.code, language) if self.kind == ParticipantKind.STATE else ""
        return Translation(known, language, is_original=False) if known else said

    def get_absolute_url(self) -> str:
        return page_address("participant_detail", self.code)

    def clean(self) -> None:
        """Refuse a circle and too many levels; loads ask ``loading/vocabulary_checks.py``."""
        if self.pk and self.part_of_id == self.pk:
            return  # The constraint says so.
        wholes = self.wholes
        if self.pk and self.pk in [whole.pk for whole in wholes]:
            raise ValidationError({"part_of": _("That one is itself part of this one.")})
        if wholes and len(wholes) + self._levels_below() > MOST_WHOLES:
            message = _("At most %(most)d stand above one another, such as ministry and country.")
            raise ValidationError(
                {"part_of": ValidationError(message, params={"most": MOST_WHOLES})}
            )

    @property
    def wholes(self) -> list[Participant]:
        """What it is part of, what that is part of, and so on; a query each, and never more than there may be."""
        wholes: list[Participant] = []
        whole = self.part_of
        while whole is not None and len(wholes) <= MOST_WHOLES:
            wholes.append(whole)
            whole = whole.part_of
        return wholes

    def _levels_below(self) -> int:
        levels, keys = 0, [self.pk] if self.pk else []
        while keys and levels <= MOST_WHOLES:
            parts = Participant.objects.filter(part_of__in=keys).order_by()
            keys = list(parts.values_list("pk", flat=True))
            levels += bool(keys)
        return levels


def names_in_languages(
    *, code: str, kind: str, language: str, translations: Mapping[str, Mapping[str, str]]
) -> list[Translation]:
    """What pages call a participant in each language but its own."""
    names = translations.get("name", {})
    return _names_in_languages(code, kind, language, tuple(names.items()))


@lru_cache(maxsize=10_000)
def _names_in_languages(
    code: str, kind: str, language: str, names: tuple[tuple[str, str], ...]
) -> list[Translation]:
    row = Participant(code=code, kind=kind, language=language, translations={"name": dict(names)})
    said = [row.translated("name", tag) for tag in LANGUAGE_TAGS]
    return [name for name in said if not name.is_original]
