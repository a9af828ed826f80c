"""Files that somebody gave to the desk to load: kept in the database until it is decided what becomes of them."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .loads import Load
from .records import choices_constraint

# A program that works on an upload says so every few seconds; after this much silence it is gone.
SILENCE = datetime.timedelta(seconds=30)


class UploadState(models.TextChoices):
    """What is being done with an upload, or what became of it."""

    COMPARING = "comparing", _("Being compared")
    READY = "ready", _("Waiting for a decision")
    REFUSED = "refused", _("Cannot be loaded")
    LOADING = "loading", _("Being loaded")
    LOADED = "loaded", _("Loaded")
    INTERRUPTED = "interrupted", _("Interrupted")


WORKING = (UploadState.COMPARING, UploadState.LOADING)


class UploadQuerySet(models.QuerySet["Upload"]):
    def get_by_natural_key(self, ref: str) -> Upload:
        return self.get(ref=ref)

    def with_names(self) -> UploadQuerySet:
        """Uploads that know the names of their files, but do not hold their contents."""
        files = UploadedFile.objects.defer("content")
        return self.prefetch_related(models.Prefetch("files", files))

    def working(self) -> UploadQuerySet:
        """The uploads that a program works on which was heard of lately."""
        return self.filter(state__in=WORKING, beat_at__gt=timezone.now() - SILENCE)

    def free(self) -> UploadQuerySet:
        """The uploads that nobody works on, those included whose program fell silent."""
        silent = timezone.now() - SILENCE
        return self.exclude(state__in=WORKING, beat_at__gt=silent)


class Upload(models.Model):
    """Files to load together, the plan that was shown of them, and how far the work on them is.

    ``attempt`` counts the times that a program has begun to work on it: only the last one may write what came of it.
    ``digest`` names the plan that was shown, and ``choices`` of ``plan`` are what can be decided. ``answers`` say of
    rows that look as if they were here already what they are (loading/same_as.py). ``beat_at`` is when the program at
    work was last heard of.
    """

    ref = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=20, choices=UploadState, default=UploadState.COMPARING)
    attempt = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    step = models.CharField(max_length=200, blank=True)
    step_rows = models.PositiveIntegerField(default=0)
    plan = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    has_moved = models.BooleanField(default=False)
    problems = models.JSONField(default=list)
    answers = models.JSONField(default=dict, db_default={})
    loaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    loaded_at = models.DateTimeField(null=True)
    # None where loading it changed nothing, or was done before loads were kept.
    load = models.OneToOneField(Load, models.PROTECT, null=True, related_name="upload")

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at", "-pk"]
        constraints = [choices_constraint("state", UploadState, "upload")]

    def __str__(self) -> str:
        is_prefetched = "files" in getattr(self, "_prefetched_objects_cache", ())
        files = self.files.all() if is_prefetched else self.files.defer("content")
        names = [file.name for file in files]
        more = f" + {len(names) - 1}" if len(names) > 1 else ""
        return f"{names[0]}{more}" if names else str(self.pk)

    def natural_key(self) -> tuple[str]:
        return (str(self.ref),)

    @property
    def is_working(self) -> bool:
        return self.state in WORKING

    @property
    def causes(self) -> int:
        """How many faults were found, those included that are not shown; equal ones in many places are one."""
        return sum(problem.get("causes", 1) for problem in self.problems)

    @property
    def asks_back(self) -> bool:
        """Whether nothing hinders it but rows that look as if they were here already."""
        is_refused = self.state == UploadState.REFUSED and bool(self.problems)
        return is_refused and all(problem.get("row") for problem in self.problems)

    @property
    def is_silent(self) -> bool:
        """Whether the program that works on it was not heard of for a while."""
        heard = self.beat_at and self.beat_at > timezone.now() - SILENCE
        return self.is_working and not heard


class UploadedFileQuerySet(models.QuerySet["UploadedFile"]):
    def get_by_natural_key(self, ref: str, number: int) -> UploadedFile:
        return self.get(upload__ref=ref, number=number)


class UploadedFile(models.Model):
    """One file of an upload; its content goes after a while, its name and hash stay."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="files")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(null=True)

    objects = UploadedFileQuerySet.as_manager()

    class Meta:
        ordering = ["upload", "number"]
        constraints = [
            models.UniqueConstraint(name="uploaded_file_unique", fields=["upload", "number"])
        ]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str, int]:
        return (str(self.upload.ref), self.number)
