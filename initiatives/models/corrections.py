"""The public register of corrections: what was withdrawn, corrected, removed or recorded anew, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as N_  # noqa: N812  Babel looks for that name

from .dialogues import Dialogue
from .former_addresses import FormerAddress
from .initiatives import Initiative
from .records import Record, RecordQuerySet, choices_constraint
from .reports import LoadedFact, Report

# Sent in the transaction of a removal, to whatever keeps copies of what was public.
removed = Signal()


class CorrectionKind(models.TextChoices):
    CORRECTED = "corrected", _("Corrected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REMOVED = "removed", _("Removed")
    REINSTATED = "reinstated", _("Recorded anew")
    MERGED = "merged", _("Merged")
    SEPARATED = "separated", _("Merge undone")
    RENAMED = "renamed", _("New address")


class CorrectionSubject(models.TextChoices):
    """What a line of the register is about."""

    INITIATIVE = "initiative", _("Initiative")
    MENTION = "mention", _("Mention")
    CRITERION = "criterion", _("Criterion")
    STATUS_UPDATE = "status_update", _("Status update")
    LOAD = "load", _("Load of documents")
    REPORT = "report", _("Document")
    MEETING = "meeting", _("Meeting")
    PARTICIPANT = "participant", _("Participant")
    DIALOGUE = "dialogue", _("Dialogue")
    THEME = "theme", _("Theme")


# Written instead of a reason that somebody gave.
REASON_OF_LOAD = N_("The file of the document says so now.")
# Known by their id; an initiative is known by the row.
KNOWN_BY_ID = (
    CorrectionSubject.REPORT,
    CorrectionSubject.MEETING,
    CorrectionSubject.PARTICIPANT,
    CorrectionSubject.DIALOGUE,
    CorrectionSubject.THEME,
)


class AccountRole(models.TextChoices):
    """In whose name something was done: the role of the account, never a person."""

    EDITOR = "editor", _("Editor")
    PUBLISHER = "publisher", pgettext_lazy("role of an account", "Publisher")
    ADMINISTRATOR = "administrator", _("Administrator")


class CorrectionQuerySet(RecordQuerySet["Correction"]):
    def tombstones(self) -> CorrectionQuerySet:
        """What was removed: of that nothing but the line is left, and no load may bring it back."""
        return self.filter(kind=CorrectionKind.REMOVED)


class Correction(Record):
    """A line of the register: something that the public had seen was corrected, withdrawn, removed or recorded anew.

    Written once, in English and with what it tells of, and never edited; a removal empties the earlier lines of
    what it removes. Where the kind is “removed” the line is the tombstone. ``key`` is the id of the record or the
    ref of the entry, ``key_before`` the ref of the entry that a correction or a new record took the place of, or
    the id that a record had before, or that of the one that was merged into it. ``differences`` are lists of label,
    was and is. ``role`` is that of the account, ``report`` the document in whose name a load did it.

    What was withdrawn by undoing a load, or is public again by a later one, has one line, with its documents and
    counts for differences.
    """

    ref = models.CharField(max_length=500, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=CorrectionKind)
    subject = models.CharField(max_length=20, choices=CorrectionSubject)
    key = models.CharField(max_length=300, db_index=True)
    key_before = models.CharField(max_length=300, blank=True, db_index=True)
    # Empty of a load that speaks of several.
    dialogue = models.ForeignKey(
        Dialogue, models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    # Empty once it is removed, and of a load.
    initiative = models.ForeignKey(
        Initiative, models.SET_NULL, null=True, blank=True, related_name="corrections"
    )
    at = models.DateTimeField(default=timezone.now)
    reason = models.TextField(blank=True)
    role = models.CharField(max_length=20, choices=AccountRole, blank=True)
    report = models.ForeignKey(
        Report, models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    differences = models.JSONField(default=list, blank=True)

    # Filled in by ``with_records``, and for pages by ``pages/corrections.py``.
    record: Any = None
    words: Any = ()
    why = ""

    natural_key_fields = ("ref",)
    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["-at", "-id"], name="correction_at")]
        constraints = [
            choices_constraint("kind", CorrectionKind, "correction"),
            choices_constraint("subject", CorrectionSubject, "correction"),
            choices_constraint("role", AccountRole, "correction", or_empty=True),
            models.CheckConstraint(
                name="correction_removed_says_why_and_no_more",
                condition=~Q(kind=CorrectionKind.REMOVED) | (~Q(reason="") & Q(differences=[])),
                violation_error_message=_("What was removed has a reason, and its text is gone."),
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def title(self) -> str:
        """What it is about, in words."""
        if self.subject == CorrectionSubject.LOAD:
            return gettext("Load %(number)s") % {"number": self.key.removeprefix("load-")}
        return str(self.about or self.key)

    @property
    def about(self) -> Any:
        """The record that has an address, as it is today; None where there is none to be seen."""
        return self.initiative or self.record

    @property
    def in_whose_name(self) -> str:
        """A document, or the role of an account; empty where neither is known."""
        return str(self.report) if self.report else str(self.get_role_display())


def with_records(lines: Iterable[Correction]) -> list[Correction]:
    """The same lines with the public records that their ids lead to today; two queries a kind."""
    lines, by_kind = list(lines), defaultdict[str, list[Correction]](list)
    for line in lines:
        if line.subject in KNOWN_BY_ID and line.kind != CorrectionKind.REMOVED:
            by_kind[line.subject].append(line)
    for kind, of_kind in by_kind.items():
        model: Any = apps.get_model("initiatives", kind)
        field = model.natural_key_fields[0]
        now = FormerAddress.objects.led_on(kind, {line.key for line in of_kind})
        keys = {now.get(line.key, line.key) for line in of_kind}
        rows = model.objects.public().filter(**{f"{field}__in": keys})
        there = {getattr(row, field): row for row in rows}
        for line in of_kind:
            line.record = there.get(now.get(line.key, line.key))
    return lines


def wait_for_loads() -> None:
    """One load or removal at a time, until the transaction ends.

    Two loads that plan at once would each write what the other one does not see yet, and one that began before a
    removal would bring back what that takes away. The row stands for the table of loaded facts and is there from the
    first migration on. Staff who work in the admin are not held up.
    """
    model = LoadedFact._meta.model_name
    lock = ContentType.objects.select_for_update(no_key=True)
    lock.filter(app_label=LoadedFact._meta.app_label, model=model).first()
