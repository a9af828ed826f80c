"""A list of the desk as one person narrowed and ordered it, under a name of their own."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def get_by_natural_key(self, username: str, of_list: str, name: str) -> SavedFilter:
        return self.get(user__username=username, of_list=of_list, name=name)


class SavedFilter(models.Model):
    """``of_list`` is the model whose list it is of (“initiatives.initiative”), ``query`` its query string."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    of_list = models.CharField(max_length=100)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=2000)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        ordering = ["of_list", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="saved_filter_unique",
                fields=["user", "of_list", "name"],
                violation_error_message=_("You have a filter of this name for this list."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str, str, str]:
        return (self.user.get_username(), self.of_list, self.name)
