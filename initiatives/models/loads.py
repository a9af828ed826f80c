"""What each load wrote and what was the base before it, so that it can be undone; no texts but those of bases."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _


class LoadQuerySet(models.QuerySet["Load"]):
    def get_by_natural_key(self, ref: str) -> Load:
        return self.get(ref=ref)


class Load(models.Model):
    """One load that changed something, by the desk or the command line; ``pk`` is the number that people see.

    ``files`` lists name, SHA-256 and source (report id or “vocabulary”) of each document. ``is_edit`` says that it was
    a workbook or sheet, which is the base of no later load. Loads of before migration 0027 have no row.
    """

    ref = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    loaded_at = models.DateTimeField(default=timezone.now)
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    files = models.JSONField(default=list)
    is_edit = models.BooleanField(default=False)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    # Written in the step that undoes it, with the rows that are withdrawn by that: they bear the same moment.
    undone_at = models.DateTimeField(null=True, db_index=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undo_reason = models.TextField(blank=True)

    objects = LoadQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        names = list(dict.fromkeys(file["name"] for file in self.files))
        more = f" + {len(names) - 1:,}" if len(names) > 1 else ""
        return _("Load %(number)s: %(files)s") % {
            "number": self.pk,
            "files": f"{names[0] if names else '–'}{more}",
        }

    def natural_key(self) -> tuple[str]:
        return (str(self.ref),)

    @property
    def sources(self) -> list[str]:
        """The ids of its reports and reviews, and “vocabulary”, each once."""
        return list(dict.fromkeys(file["source"] for file in self.files))

    @property
    def is_undone(self) -> bool:
        return self.undone_at is not None


class LoadedVersionQuerySet(models.QuerySet["LoadedVersion"]):
    def get_by_natural_key(self, ref: str, kind: str, version: int) -> LoadedVersion:
        return self.get(load__ref=ref, kind=kind, version=version)


class LoadedVersion(models.Model):
    """A version in the change history that a load wrote: ``row`` and ``version`` are primary keys, ``kind`` a model."""

    load = models.ForeignKey(Load, models.CASCADE, related_name="versions")
    kind = models.CharField(max_length=40)
    row = models.BigIntegerField()
    version = models.BigIntegerField()

    objects = LoadedVersionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.row}: {self.version}"

    def natural_key(self) -> tuple[str, str, int]:
        return (str(self.load.ref), self.kind, self.version)


class ReplacedFactQuerySet(models.QuerySet["ReplacedFact"]):
    def get_by_natural_key(self, ref: str, source: str, kind: str, key: str) -> ReplacedFact:
        return self.get(load__ref=ref, source=source, kind=kind, key=key)


class ReplacedFact(models.Model):
    """What ``LoadedFact`` held of a source, kind and key before a load changed that; None where there was none."""

    load = models.ForeignKey(Load, models.CASCADE, related_name="replaced_facts")
    source = models.CharField(max_length=120, db_index=True)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=500)
    values = models.JSONField(null=True)

    objects = ReplacedFactQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.source}: {self.kind} {self.key}"

    def natural_key(self) -> tuple[str, str, str, str]:
        return (str(self.load.ref), self.source, self.kind, self.key)
