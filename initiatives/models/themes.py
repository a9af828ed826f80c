"""Areas of cooperation, and the Sustainable Development Goals that they serve."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from .addresses import page_address
from .history import HistoricalRecords
from .records import Published, PublishedQuerySet, choices_constraint, key_field
from .sdgs import targets_beside_goals, validate_sdg_targets, validate_sdgs
from .sort_keys import SortKeyField
from .translations import Translated
from .vocabulary import Publication


class ThemeQuerySet(PublishedQuerySet["Theme"]):
    pass


class Theme(Translated, Published):
    """An area of cooperation, the Sustainable Development Goals and the targets of these that it serves."""

    slug = key_field()
    name = models.CharField(max_length=200)
    sdgs = models.JSONField(
        _("SDGs"), default=list, blank=True, validators=[validate_sdgs], help_text="[4, 9]"
    )
    sdg_targets = models.JSONField(
        _("SDG targets"),
        default=list,
        db_default=[],
        blank=True,
        validators=[validate_sdg_targets],
        help_text=_("Of these goals, as the 2030 Agenda numbers them: 4.3, 14.a."),
    )
    sort_key = SortKeyField(of="name")

    natural_key_fields = ("slug",)
    TRANSLATED = ("name",)
    objects = ThemeQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["sort_key"])

    class Meta:
        ordering = ["sort_key", "slug"]
        constraints = [choices_constraint("publication", Publication, "theme")]

    def __str__(self) -> str:
        return self.said("name").text

    def get_absolute_url(self) -> str:
        return page_address("theme_detail", self.slug)

    def clean(self) -> None:
        """Refuse a target of a goal that the theme is not said to serve; loads ask ``loading/vocabulary_checks.py``."""
        if beside := targets_beside_goals(self.sdgs or [], self.sdg_targets or []):
            message = _("%(target)s is a target of a goal that is not chosen.")
            raise ValidationError(
                {"sdg_targets": ValidationError(message, params={"target": beside[0]})}
            )
