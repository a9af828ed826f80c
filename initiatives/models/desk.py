"""Who works on which dialogue, and what became of drafts that were shown for review."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .criteria import Criterion
from .dialogues import Dialogue
from .entries import Entry
from .entry_kinds import ENTRIES, AnyEntry
from .follow_up import StatusUpdate
from .initiatives import Initiative
from .mentions import Mention
from .records import choices_constraint
from .vocabulary import Publication

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def get_by_natural_key(self, username: str, slug: str) -> Assignment:
        return self.get(user__username=username, dialogue__slug=slug)


class Assignment(models.Model):
    """A person works on a dialogue; whoever has none of these works on all dialogues."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="assignments")
    # Were it to go with its dialogue, the last one to go would open all the others to the person.
    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="assignments")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["user", "dialogue"]
        constraints = [
            models.UniqueConstraint(
                name="assignment_unique",
                fields=["user", "dialogue"],
                violation_error_message=_("The person works on this dialogue already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.dialogue}"

    def natural_key(self) -> tuple[str, str]:
        return (self.user.get_username(), self.dialogue.slug)


class Decision(models.TextChoices):
    """What became of a draft that was submitted for review."""

    WAITING = "waiting", _("Waiting for review")
    PUBLISHED = "published", _("Published")
    RETURNED = "returned", _("Sent back")
    DROPPED = "dropped", _("Withdrawn before it was decided")


REVIEWED = ("initiative", *(model.subject for model in ENTRIES))


class ReviewQuerySet(models.QuerySet["Review"]):
    def get_by_natural_key(self, ref: str) -> Review:
        return self.get(ref=ref)

    def waiting(self) -> ReviewQuerySet:
        return self.filter(decision=Decision.WAITING)

    def returned(self) -> ReviewQuerySet:
        """Those whose draft was returned and has neither been submitted again nor settled since."""
        is_draft = Q(initiative__publication=Publication.DRAFT)
        for model in ENTRIES:
            drafts = model._default_manager.filter(publication=Publication.DRAFT).current()
            is_draft |= Q(**{f"{model.subject}__in": drafts.order_by().values("pk")})
        same_row = reduce(or_, (Q(**{name: OuterRef(name)}) for name in REVIEWED))
        later = Review.objects.using(self.db).filter(same_row, pk__gt=OuterRef("pk"))
        return self.filter(is_draft, ~Exists(later), decision=Decision.RETURNED)

    def of(self, row: Initiative | Entry) -> ReviewQuerySet:
        """The reviews of one row, newest first."""
        return self.filter(**{Review.name_of(row): row.pk}).order_by("-asked_at", "-pk")

    def decide(
        self,
        row: Initiative | Entry,
        decision: Decision,
        *,
        by: User | None,
        reason: str = "",
    ) -> int:
        """Close the review that a row waits for, and return how many that were: 0 or 1."""
        return (
            self.waiting()
            .filter(**{Review.name_of(row): row.pk})
            .update(decision=decision, reason=reason, decided_by=by, decided_at=timezone.now())
        )


class Review(models.Model):
    """A draft is ready, somebody looks at it, and it is published or returned with a reason.

    ``ref`` names it for good: kind / name of the row / number.
    """

    ref = models.CharField(max_length=400, unique=True, editable=False)
    initiative = models.ForeignKey(
        Initiative, models.CASCADE, null=True, blank=True, related_name="reviews"
    )
    mention = models.ForeignKey(
        Mention, models.CASCADE, null=True, blank=True, related_name="reviews"
    )
    criterion = models.ForeignKey(
        Criterion, models.CASCADE, null=True, blank=True, related_name="reviews"
    )
    status_update = models.ForeignKey(
        StatusUpdate, models.CASCADE, null=True, blank=True, related_name="reviews"
    )
    note = models.TextField(blank=True, help_text=_("What whoever looks at it should know."))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(
        max_length=10, choices=Decision, default=Decision.WAITING, db_index=True
    )
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        # Rights that are not about one model; recording/permissions.py says who has them.
        permissions = [
            ("publish", "Can publish, return and withdraw"),
            ("load", "Can load report files"),
            ("remove", "Can remove what was public, for good"),
        ]
        constraints = [
            choices_constraint("decision", Decision, "review"),
            models.CheckConstraint(
                name="review_of_one_row",
                condition=reduce(
                    or_,
                    (
                        Q(**{f"{other}__isnull": other != subject for other in REVIEWED})
                        for subject in REVIEWED
                    ),
                ),
                violation_error_message=_("A review is of exactly one row."),
            ),
            models.CheckConstraint(
                name="review_decided_when_it_says_so",
                condition=Q(decision=Decision.WAITING, decided_at__isnull=True)
                | (~Q(decision=Decision.WAITING) & Q(decided_at__isnull=False)),
                violation_error_message=_("A review is decided at a time, or waits."),
            ),
            models.CheckConstraint(
                name="review_returned_with_reason",
                condition=~Q(decision=Decision.RETURNED) | ~Q(reason=""),
                violation_error_message=_("Say why the draft is returned."),
            ),
            *(
                models.UniqueConstraint(
                    name=f"review_one_waiting_{name}",
                    fields=[name],
                    condition=Q(decision=Decision.WAITING),
                    violation_error_message=_("The draft waits for review already."),
                )
                for name in REVIEWED
            ),
        ]

    def __str__(self) -> str:
        return str(self.row)

    def natural_key(self) -> tuple[str]:
        return (self.ref,)

    @staticmethod
    def name_of(row: Initiative | Entry) -> str:
        """The column for a row of that kind."""
        return row.subject if isinstance(row, Entry) else "initiative"

    @property
    def row(self) -> Initiative | AnyEntry:
        row: Initiative | AnyEntry = next(
            getattr(self, name) for name in REVIEWED if getattr(self, f"{name}_id") is not None
        )
        return row
