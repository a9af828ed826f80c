"""Ids that were given once and are nobody's again: those of before a new address, and of what was merged into another.

This is the one place that knows old ids; pages, filters, loads, workbooks and forms ask it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# What filters ask for in the place of an id, and what stands in names for a document that there is none of.
NOBODY = "none"
# By kind what files write in the place of an id.
RESERVED = {"participant": {"all"}, "report": {"vocabulary"}}
IS_RESERVED = _(
    "“%(key)s” means something else in filters or report files; choose another id, such as %(key)s-1."
)


def is_reserved(kind: str, key: str) -> bool:
    """Whether the word is no id of that kind, since filters, files or names of entries use it for something else."""
    return key == NOBODY or key in RESERVED.get(kind, ())


class FormerAddressQuerySet(models.QuerySet["FormerAddress"]):
    def get_by_natural_key(self, kind: str, key: str) -> FormerAddress:
        return self.get(kind=kind, key=key)

    def led_on(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """The ids of today in the place of those of ``keys`` that are former ones; one query."""
        rows = self.filter(kind=kind, key__in=list(keys))
        return dict(rows.values_list("key", "leads_to"))

    def led_on_in_public(self, kind: str, keys: Iterable[str]) -> dict[str, str]:
        """The same of records that the public may see; two queries at most."""
        now = self.led_on(kind, keys)
        if not now:
            return {}
        model: Any = apps.get_model("initiatives", kind)
        rows, field = (
            model._default_manager.using(self.db).once_public(),
            model.natural_key_fields[0],
        )
        shown = set(rows.filter(**{f"{field}__in": now.values()}).values_list(field, flat=True))
        return {old: new for old, new in now.items() if new in shown}


class FormerAddress(models.Model):
    """An id that led to a record once and leads on now: to ``leads_to``, the id that the record has today.

    ``kind`` is the name of a model. Where the record was merged into another one, ``merged_as`` is the id that it had
    then: what files say of it is kept under that.
    """

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    leads_to = models.CharField(max_length=100)
    merged_as = models.CharField(max_length=100, blank=True, default="")
    since = models.DateTimeField(default=timezone.now)

    objects = FormerAddressQuerySet.as_manager()

    class Meta:
        verbose_name_plural = _("former addresses")
        constraints = [
            models.UniqueConstraint(name="former_address_unique", fields=["kind", "key"]),
            models.CheckConstraint(
                name="former_address_leads_elsewhere",
                condition=~models.Q(key=models.F("leads_to")),
                violation_error_message=_("An id does not lead to itself."),
            ),
        ]
        indexes = [models.Index(fields=["kind", "leads_to"], name="former_address_leads_to")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} → {self.leads_to}"

    def natural_key(self) -> tuple[str, str]:
        return (self.kind, self.key)


class MergeQuerySet(models.QuerySet["Merge"]):
    def get_by_natural_key(self, ref: str) -> Merge:
        return self.get(ref=ref)

    def standing(self) -> MergeQuerySet:
        """Those that nobody has undone."""
        return self.filter(undone_at__isnull=True)


class Merge(models.Model):
    """Two records of one thing were made one: the record ``gone``, of the id ``key``, went into ``kept``.

    Both are primary keys of rows of ``kind``, a model. ``steps`` list, by model, what was written: the key of the row,
    the version in the change history before it, the version that it wrote, and the fields, None where the row was
    deleted. No texts: those stand in the history.
    """

    ref = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    kept = models.BigIntegerField()
    gone = models.BigIntegerField()
    key = models.CharField(max_length=100)
    # The former ids that led to the record that is gone.
    former_keys = models.JSONField(default=list)
    steps = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                name="merge_once",
                fields=["kind", "gone"],
                condition=models.Q(undone_at__isnull=True),
                violation_error_message=_("It is merged into another one already."),
            ),
            models.CheckConstraint(
                name="merge_of_two",
                condition=~models.Q(kept=models.F("gone")),
                violation_error_message=_("A record is not merged into itself."),
            ),
        ]
        indexes = [models.Index(fields=["kind", "kept"], name="merge_kept")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    def natural_key(self) -> tuple[str]:
        return (str(self.ref),)


def check_new_id(model: Any, key: str, *, own: str = "") -> None:
    """Raise ValidationError for an id that is reserved or was given once, but to the record whose id is ``own``."""
    kind = model._meta.model_name
    if is_reserved(kind, key):
        raise ValidationError(IS_RESERVED, code="reserved", params={"key": key})
    former = FormerAddress.objects.filter(kind=kind, key=key).first()
    # What was merged into it keeps its id: the merge may be undone.
    if former and (former.leads_to != own or former.merged_as):
        message = _("“%(key)s” was the id of “%(leads_to)s”, and leads there for good.")
        params = {"key": key, "leads_to": former.leads_to}
        raise ValidationError(message, code="former", params=params)
