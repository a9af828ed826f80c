"""What documents say of initiatives: who does what with them, in which words, by when and under which condition."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.signals import m2m_changed
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from ..partial_dates import PartialDate, PartialDateField
from .dialogues import Meeting
from .entries import AppendOnly, Entry, EntryQuerySet, entry_constraints, entry_indexes
from .history import HistoricalRecords
from .participants import Participant
from .records import choices_constraint
from .reports import Report
from .translations import validate_language
from .vocabulary import Act

ONE_DEADLINE = _("Give a date, or a meeting, or say that the due date is dropped: one of them.")
CONDITION_OR_LIFTED = _("Give a condition, or say that it is lifted: one of them.")


SPEAKS_OF_DUE_DATE = (
    Q(due_on__isnull=False) | Q(due_at__isnull=False) | Q(due_dropped=True) | ~Q(due_note="")
)
SPEAKS_OF_CONDITION = ~Q(condition="") | Q(condition_lifted=True)


class MentionQuerySet(EntryQuerySet["Mention"]):
    def with_related(self) -> Self:
        return super().with_related().select_related("due_at").prefetch_related("by")

    def speaking_of_due_date(self) -> MentionQuerySet:
        return self.filter(SPEAKS_OF_DUE_DATE)

    def speaking_of_terms(self) -> MentionQuerySet:
        """Those that say something of the due date or of a condition."""
        return self.filter(SPEAKS_OF_DUE_DATE | SPEAKS_OF_CONDITION)


class Mention(Entry):
    """A report treats an initiative: it proposes, supports, undertakes, adopts, restates, rewords or drops it.

    It may set, move or drop the due date, and state a condition or lift it: of the mentions that stand, the last that
    says so counts (``recording/due_dates.py``).
    """

    report = models.ForeignKey(Report, models.PROTECT, related_name="mentions")
    act = models.CharField(max_length=20, choices=Act, default=Act.MENTIONED)
    by = models.ManyToManyField(Participant, blank=True, related_name="mentions")
    quote = models.TextField(blank=True)
    quote_language = models.CharField(max_length=35, blank=True, validators=[validate_language])
    due_on = PartialDateField(
        _("due"), null=True, blank=True, help_text=_("By when, where the document gives a date.")
    )
    due_at = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deadlines",
        verbose_name=_("due at"),
        help_text=_("A meeting in the place of a date: its last day counts once it has one."),
    )
    due_dropped = models.BooleanField(
        _("due date dropped"),
        default=False,
        db_default=False,
        help_text=_("The document says that an earlier due date holds no more."),
    )
    due_note = models.CharField(
        _("due: words"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("As the document says it: within three years, every two years."),
    )
    condition = models.CharField(
        max_length=300,
        blank=True,
        default="",
        db_default="",
        help_text=_("As the document says it: subject to parliamentary approval."),
    )
    condition_lifted = models.BooleanField(
        _("condition lifted"),
        default=False,
        db_default=False,
        help_text=_("The document says that an earlier condition is met, or holds no more."),
    )

    word, plural, subject = "mention", "mentions", "mention"
    ref_field = word_field = "act"
    dated_by = F("report__published_on")
    # What pages set: what it does with the due date, in words (pages/due_story.py); its words beside those that it
    # rewords (pages/wording.py); who, in the same document, welcomes what others undertake (pages/welcomes.py).
    due_words: str = ""
    wordings: Any = None
    welcome: Any = None
    objects = MentionQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[by])

    class Meta:
        ordering = ["initiative", "report__published_on", "ref"]
        indexes = entry_indexes("mention")
        constraints = [
            choices_constraint("act", Act, "mention"),
            models.CheckConstraint(
                name="mention_quote_has_language",
                condition=Q(quote="") | ~Q(quote_language=""),
                violation_error_message=_("Give the language of the quote."),
            ),
            models.CheckConstraint(
                name="mention_has_one_deadline",
                condition=Q(due_on__isnull=True, due_at__isnull=True)
                | Q(due_on__isnull=True, due_dropped=False)
                | Q(due_at__isnull=True, due_dropped=False),
                violation_error_message=ONE_DEADLINE,
            ),
            models.CheckConstraint(
                name="mention_states_condition_or_lifts_it",
                condition=Q(condition="") | Q(condition_lifted=False),
                violation_error_message=CONDITION_OR_LIFTED,
            ),
            *entry_constraints("mention"),
        ]

    def lacks(self) -> dict[str, Any]:
        """The rules of quote, due date and condition, at the field where a person would mend it."""
        faults: dict[str, Any] = {}
        if self.quote and not self.quote_language:
            faults["quote_language"] = _("Give the language of the quote.")
        deadlines = [name for name in ("due_on", "due_at_id", "due_dropped") if getattr(self, name)]
        if len(deadlines) > 1:
            faults[deadlines[-1].removesuffix("_id")] = ONE_DEADLINE
        if self.condition and self.condition_lifted:
            faults["condition_lifted"] = CONDITION_OR_LIFTED
        return faults

    @property
    def dated(self) -> PartialDate | None:
        day: PartialDate | None = self.report.published_on
        return day

    @property
    def text(self) -> str:
        return self.quote or self.note

    @property
    def speaks_of_due_date(self) -> bool:
        """Whether it sets, moves or drops the due date; the same in SQL is ``speaking_of_due_date``."""
        return bool(self.due_on or self.due_at_id or self.due_dropped or self.due_note)

    @property
    def speaks_of_condition(self) -> bool:
        return bool(self.condition or self.condition_lifted)

    @property
    def speaks_of_terms(self) -> bool:
        return self.speaks_of_due_date or self.speaks_of_condition


@receiver(m2m_changed, sender=Mention.by.through)
def who_said_it_stays(
    instance: models.Model, action: str, pk_set: set[int] | None, **kwargs: Any
) -> None:
    """Raise AppendOnly when somebody edits the participants of a mention; the actions write them in bulk.

    `loaddata` sets them too, on rows that it marks as bringing their own history.
    """
    loaded = hasattr(instance, "skip_history_when_saving")
    if action.startswith("pre_") and pk_set != set() and not loaded:
        raise AppendOnly
