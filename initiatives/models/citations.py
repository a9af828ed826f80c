"""That a report bears out a fact which is not an entry."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .dialogues import Attendance, Dialogue, Meeting, Membership
from .follow_up import StatusUpdate
from .history import HistoricalRecords
from .lines import Delegate, Line
from .records import Record, RecordQuerySet
from .relations import Lineage, Role, Target
from .reports import Discrepancy, Report
from .vocabulary import Publication

SUBJECTS = (
    "dialogue",
    "membership",
    "meeting",
    "line",
    "attendance",
    "delegate",
    "role",
    "lineage",
    "target",
    "status_update",
    "discrepancy",
)


def _exactly_one_subject() -> Q:
    return reduce(
        or_,
        (Q(**{f"{other}__isnull": other != subject for other in SUBJECTS}) for subject in SUBJECTS),
    )


class CitationQuerySet(RecordQuerySet["Citation"]):
    def public(self, subjects: Collection[str] = SUBJECTS) -> CitationQuerySet:
        """Citations whose subject does not hang on a draft, nor on what is withdrawn; seen to of these ``subjects``."""
        return self.once_public(subjects)._without(
            self._TO_INITIATIVES, subjects, withdrawn_at__isnull=False
        )

    def once_public(self, subjects: Collection[str] = SUBJECTS) -> CitationQuerySet:
        paths = (*self._TO_INITIATIVES, *self._TO_MEETINGS, "status_update")
        return self._without(paths, subjects, publication=Publication.DRAFT)

    def _without(
        self, paths: Iterable[str], subjects: Collection[str], **condition: Any
    ) -> CitationQuerySet:
        """Without those of which a row at the end of a path is so; no path of other subjects is joined."""
        [(name, value)] = condition.items()
        of_subjects = [path for path in paths if path.partition("__")[0] in subjects]
        hidden = reduce(or_, (Q(**{f"{path}__{name}": value}) for path in of_subjects), Q())
        return self.exclude(hidden) if of_subjects else self

    _TO_INITIATIVES = (
        "role__initiative",
        "target__initiative",
        "status_update__initiative",
        "discrepancy__initiative",
        "lineage__later",
        "lineage__earlier",
    )
    _TO_MEETINGS = (
        "meeting",
        "attendance__meeting",
        "line__meeting",
        "delegate__attendance__meeting",
        "discrepancy__meeting",
    )

    def current(self, subjects: Collection[str] = SUBJECTS) -> CitationQuerySet:
        """Citations whose subject is not an update that was withdrawn or corrected."""
        if "status_update" not in subjects:
            return self
        return self.exclude(
            Q(status_update__withdrawn_at__isnull=False)
            | Q(status_update__correction__publication=Publication.PUBLIC)
        )


class Citation(Record):
    """A report bears out a fact that is not an entry: a meeting, who came, a role, a target …"""

    ref = models.CharField(max_length=500, unique=True, editable=False)
    report = models.ForeignKey(Report, models.PROTECT, related_name="citations")
    locator = models.CharField(max_length=200, blank=True)
    says = models.TextField(blank=True, help_text=_("What it says of it, in our own words."))
    field = models.CharField(
        max_length=60,
        blank=True,
        editable=False,
        help_text=_("The one field that it bears out; what it says is the value then."),
    )
    position = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text=_("Of a line or delegate: its place among those that the document names."),
    )
    dialogue = models.ForeignKey(Dialogue, models.CASCADE, null=True, blank=True)
    membership = models.ForeignKey(Membership, models.CASCADE, null=True, blank=True)
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, blank=True)
    line = models.ForeignKey(Line, models.CASCADE, null=True, blank=True)
    attendance = models.ForeignKey(Attendance, models.CASCADE, null=True, blank=True)
    delegate = models.ForeignKey(Delegate, models.CASCADE, null=True, blank=True)
    role = models.ForeignKey(Role, models.CASCADE, null=True, blank=True)
    lineage = models.ForeignKey(Lineage, models.CASCADE, null=True, blank=True)
    target = models.ForeignKey(Target, models.CASCADE, null=True, blank=True)
    status_update = models.ForeignKey(StatusUpdate, models.PROTECT, null=True, blank=True)
    discrepancy = models.ForeignKey(Discrepancy, models.CASCADE, null=True, blank=True)

    natural_key_fields = ("ref",)
    objects = CitationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        default_related_name = "citations"
        ordering = ["report", "ref"]
        constraints = [
            models.CheckConstraint(
                name="citation_has_one_subject",
                condition=_exactly_one_subject(),
                violation_error_message=_("Cite the report for exactly one thing."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.report} – {self.locator}".rstrip(" –")

    @property
    def subject_name(self) -> str:
        return next(name for name in SUBJECTS if getattr(self, f"{name}_id") is not None)

    @property
    def subject(self) -> Record:
        """The record that the report is cited for."""
        record: Record = getattr(self, self.subject_name)
        return record

    def make_ref(self) -> str:
        """Report id, kind of subject, the subject's natural key and the field, joined by slashes."""
        key = [str(part) for part in self.subject.natural_key()]
        field = [self.field] if self.field else []
        return "/".join([self.report.slug, self.subject_name, *key, *field])
