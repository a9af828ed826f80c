"""What was proposed or promised in a dialogue, and where it stands."""

from __future__ import annotations

import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..partial_dates import PartialDate, PartialDateField
from .addresses import page_address
from .dialogues import Dialogue, Meeting
from .due_dates import Due
from .history import HistoricalRecords
from .list_order import ListOrder
from .other_names import OtherNamesField
from .records import (
    Record,
    RecordQuerySet,
    choices_constraint,
    key_field,
    once_public_initiative,
    shown_initiative,
)
from .reports import Report
from .sort_keys import SortKeyField
from .themes import Theme
from .translations import Translated, translated_index
from .vocabulary import (
    OPEN_STATUSES,
    UNKNOWN_STATUSES,
    DeliveryStatus,
    EvidenceGrade,
    Publication,
    Standing,
    Verifiability,
)


class InitiativeQuerySet(RecordQuerySet["Initiative"]):
    """Flags are derived here in SQL and on the model in Python; a test holds the two together."""

    def public(self) -> InitiativeQuerySet:
        return self.filter(shown_initiative())

    def once_public(self) -> InitiativeQuerySet:
        return self.filter(once_public_initiative())

    def open(self) -> InitiativeQuerySet:
        return self.filter(delivery_status__in=OPEN_STATUSES)

    def ending(self) -> InitiativeQuerySet:
        """Open, and to be finished some day; “continuing” is not."""
        return self.open().exclude(delivery_status=DeliveryStatus.CONTINUING)

    def reviewed(self) -> InitiativeQuerySet:
        """Somebody has looked what became of it, whatever was found."""
        return self.exclude(delivery_status=DeliveryStatus.NOT_REVIEWED)

    def overdue(self, on: datetime.date | None = None) -> InitiativeQuerySet:
        """Reviewed, due has passed and nothing shows an end; “continuing” has no end and is never overdue."""
        return self.ending().reviewed().filter(due_on__ends_before=_day(on))

    def due_unreviewed(self, on: datetime.date | None = None) -> InitiativeQuerySet:
        """Due has passed, and nobody has looked what became of it; no flag."""
        not_reviewed = self.ending().filter(delivery_status=DeliveryStatus.NOT_REVIEWED)
        return not_reviewed.filter(due_on__ends_before=_day(on))

    def due_soon(self, on: datetime.date | None = None) -> InitiativeQuerySet:
        """Due within ``SOON`` days at the latest reading of the date, and nothing shows an end."""
        day, horizon = _day(on), _horizon(on)
        return self.ending().filter(due_on__reaches=day, due_on__ends_before=horizon)

    def due_ahead(self, on: datetime.date | None = None) -> InitiativeQuerySet:
        """Open, with a due date that has not passed; “continuing” has no end."""
        return self.ending().filter(due_on__reaches=_day(on))

    def stale(self, on: datetime.date | None = None) -> InitiativeQuerySet:
        """Open, reviewed, and not heard of for longer than the dialogue allows."""
        # Without a join, which would look at every initiative of a long list.
        dialogues = Dialogue.objects.using(self.db).order_by("stale_after_days", "pk")
        by_limit: dict[int, list[int]] = {}
        for days, key in dialogues.values_list("stale_after_days", "pk"):
            by_limit.setdefault(days, []).append(key)
        unheard = Q(pk__in=[])
        for days, keys in by_limit.items():
            unheard |= Q(dialogue__in=keys, last_heard_on__ends_before=_days_before(on, days))
        return self.open().reviewed().filter(unheard)

    def delivered_late(self) -> InitiativeQuerySet:
        """Delivered, and the first word of it is dated after due."""
        return self.filter(
            delivery_status=DeliveryStatus.DELIVERED, due_on__ends_before=F("delivered_on")
        )

    def one_sided(self) -> InitiativeQuerySet:
        """The status rests on one side's claim about itself alone."""
        known = self.exclude(delivery_status__in=UNKNOWN_STATUSES)
        return known.filter(status_grade=EvidenceGrade.STATEMENT)

    def contradictory(self, on: datetime.date | None = None) -> InitiativeQuerySet:
        """Status and dates do not fit together.

        The latest update lies before the initiative was raised, or in the future; or the status has
        no foreseen end although there is a due date.
        """
        return self.filter(
            Q(latest_update_on__ends_before=F("raised_at__starts_on"))
            | (Q(latest_update_on__isnull=False) & ~Q(latest_update_on__starts_by=_day(on)))
            | Q(delivery_status=DeliveryStatus.CONTINUING, due_on__isnull=False)
        )

    def status_before_criterion(self) -> InitiativeQuerySet:
        """The status was recorded on an earlier day than the first criterion that stands."""
        return self.filter(status_recorded_on__lt=F("criterion_recorded_on"))

    def conditional(self) -> InitiativeQuerySet:
        """Open, and promised under a condition that no later document lifts."""
        return self.open().exclude(condition="")

    def flagged(self, flag: str, on: datetime.date | None = None) -> InitiativeQuerySet:
        """The rows with one of the derived flags; ValueError for a word that is not a flag."""
        if flag not in FLAGS:
            raise ValueError(f"{flag} is not a flag")
        if flag in ("delivered_late", "one_sided", "status_before_criterion", "conditional"):
            return getattr(self, flag)()  # type: ignore[no-any-return]
        return getattr(self, flag)(on)  # type: ignore[no-any-return]


class InitiativeKind(models.TextChoices):
    PROPOSAL = "proposal", _("Proposal")
    COMMITMENT = "commitment", _("Commitment")
    PLEDGE = "pledge", _("Pledge")
    PROGRAMME = "programme", _("Programme")
    AGREEMENT = "agreement", _("Agreement")
    EVENT = "event", _("Event")
    PRIORITY_AREA = "priority_area", _("Priority area")


FLAGS = {
    "overdue": _("Overdue"),
    "stale": _("No recent news"),
    "delivered_late": _("Delivered late"),
    "one_sided": _("One side’s claim"),
    "contradictory": _("Inconsistent dates"),
    "status_before_criterion": _("Status older than its criterion"),
    "conditional": _("Conditional"),
}


# Those that may come and go as days pass; and the columns that decide each, of several groups any.
TURNING = ("overdue", "stale", "contradictory")
FLAG_COLUMNS: dict[str, list[tuple[str, ...]]] = {
    "overdue": [("delivery_status", "due_on")],
    "stale": [("delivery_status", "last_heard_on", "dialogue__stale_after_days")],
    "delivered_late": [("delivery_status", "due_on", "delivered_on")],
    "one_sided": [("delivery_status", "status_grade")],
    "contradictory": [("latest_update_on", "raised_at__starts_on"), ("delivery_status", "due_on")],
    "status_before_criterion": [("status_recorded_on", "criterion_recorded_on")],
    "conditional": [("delivery_status", "condition")],
}


class InitiativeFacts:
    """What follows from the columns of an initiative: of its row, or of a record that has these columns alone."""

    publication: Any
    withdrawn_at: Any
    delivery_status: Any
    status_grade: Any
    verifiability: Any
    condition: Any
    due_on: Any
    latest_update_on: Any
    delivered_on: Any
    last_heard_on: Any
    criterion_recorded_on: Any
    status_recorded_on: Any
    dialogue: Any
    raised_at: Any
    # The day as of which a page asked for it, and what is derived was set (as_of/current.py); None for today.
    as_of: datetime.date | None = None
    # The day of the page that shows it, where that is known.
    shown_on: datetime.date | None = None

    @property
    def status(self) -> DeliveryStatus:
        return DeliveryStatus(self.delivery_status)

    @property
    def is_public(self) -> bool:
        """Whether it has been published; withdrawn, it is still read at its own address."""
        return bool(self.publication == Publication.PUBLIC)

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def _open_due_date(self) -> PartialDate | None:
        """When it is to be finished; None for what has ended, “continuing” or has no date."""
        is_ending = self.status.is_open and self.status != DeliveryStatus.CONTINUING
        return PartialDate(self.due_on) if is_ending and self.due_on is not None else None

    @property
    def is_reviewed(self) -> bool:
        """Whether somebody has looked what became of it."""
        return self.status != DeliveryStatus.NOT_REVIEWED

    def _has_passed_due(self, on: datetime.date | None) -> bool:
        due = self._open_due_date
        return due is not None and due.ends_before(_day(on or self.as_of))

    def is_overdue(self, on: datetime.date | None = None) -> bool:
        return self.is_reviewed and self._has_passed_due(on)

    def is_due_unreviewed(self, on: datetime.date | None = None) -> bool:
        """Whether its due date has passed and nobody has looked what became of it: no flag, but to be said."""
        return not self.is_reviewed and self._has_passed_due(on)

    def is_due_ahead(self, on: datetime.date | None = None) -> bool:
        return self._open_due_date is not None and not self._has_passed_due(on)

    def is_due_soon(self, on: datetime.date | None = None) -> bool:
        due = self._open_due_date
        near = due is not None and due.ends_before(_horizon(on or self.as_of))
        return near and not self._has_passed_due(on)

    def is_stale(self, on: datetime.date | None = None) -> bool:
        return (
            self.status.is_open
            and self.is_reviewed
            and self.last_heard_on is not None
            and PartialDate(self.last_heard_on).ends_before(
                _days_before(on or self.as_of, self.dialogue.stale_after_days)
            )
        )

    def is_delivered_late(self) -> bool:
        return (
            self.status == DeliveryStatus.DELIVERED
            and self.due_on is not None
            and self.delivered_on is not None
            and PartialDate(self.due_on).ends_before(self.delivered_on)
        )

    def is_one_sided(self) -> bool:
        return self.status not in UNKNOWN_STATUSES and self.status_grade == EvidenceGrade.STATEMENT

    def is_status_before_criterion(self) -> bool:
        status, criterion = self.status_recorded_on, self.criterion_recorded_on
        return bool(status and criterion and status < criterion)

    @property
    def can_be_rated(self) -> bool:
        """Whether anybody could tell, at least in part, that it was delivered; so while nobody says otherwise."""
        return bool(self.verifiability != Verifiability.NOT_VERIFIABLE)

    def is_contradictory(self, on: datetime.date | None = None) -> bool:
        latest, raised = self.latest_update_on, self.raised_at and self.raised_at.starts_on
        return (
            bool(latest and raised and PartialDate(latest).ends_before(raised))
            or bool(latest and not PartialDate(latest).starts_by(_day(on or self.as_of)))
            or (self.status == DeliveryStatus.CONTINUING and self.due_on is not None)
        )

    def is_conditional(self) -> bool:
        return self.status.is_open and bool(self.condition)

    def is_flagged(self, flag: str, on: datetime.date | None = None) -> bool:
        """Whether one of the words of ``FLAGS`` holds on a day, unless given the one as of which it is shown."""
        holds = getattr(self, f"is_{flag}")
        return bool(holds(on) if flag in TURNING else holds())

    def flags(self, on: datetime.date | None = None) -> list[str]:
        """The words of ``FLAGS`` that hold on a day (unless given, the one as of which it is shown), in that order.

        Reads ``dialogue`` and ``raised_at``: select them on lists.
        """
        on = on or self.as_of or self.shown_on or timezone.localdate()
        return [flag for flag in FLAGS if self.is_flagged(flag, on)]


class Initiative(InitiativeFacts, Translated, Due, Record):
    """Something proposed or promised in a dialogue."""

    slug = key_field()
    title = models.CharField(max_length=300)
    other_names = OtherNamesField()
    summary = models.TextField(blank=True)
    kind = models.CharField(max_length=20, choices=InitiativeKind, default=InitiativeKind.PROPOSAL)
    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="initiatives")
    raised_at = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="initiatives",
        help_text=_("The meeting where it was first raised."),
    )
    themes = models.ManyToManyField(Theme, blank=True, related_name="initiatives")
    publication = models.CharField(
        max_length=10, choices=Publication, default=Publication.DRAFT, db_index=True
    )

    # By a step of its own, with its entries. It stays public: its page says that it is withdrawn.
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    withdrawal_reason = models.TextField(blank=True, editable=False)

    # Kept by actions.refresh, never typed. status_grade is the best evidence for delivery_status, delivered_on the
    # first date as of which it was delivered, last_heard_on the last sign of life in any document. Where criteria
    # stand, verifiability is that of the one that holds, and the days are those on which the first of them and the
    # status that counts were recorded.
    standing = models.CharField(
        max_length=20, choices=Standing, default=Standing.MENTIONED, editable=False, db_index=True
    )
    standing_report = models.ForeignKey(
        Report, models.PROTECT, null=True, editable=False, related_name="+"
    )
    delivery_status = models.CharField(
        max_length=20,
        choices=DeliveryStatus,
        default=DeliveryStatus.NOT_REVIEWED,
        editable=False,
        db_index=True,
    )
    status_grade = models.CharField(
        max_length=20, choices=EvidenceGrade, blank=True, editable=False
    )
    latest_update_on = PartialDateField(null=True, editable=False, db_index=True)
    latest_update_report = models.ForeignKey(
        Report, models.PROTECT, null=True, editable=False, related_name="+"
    )
    delivered_on = PartialDateField(null=True, editable=False)
    last_heard_on = PartialDateField(null=True, editable=False, db_index=True)
    verifiability = models.CharField(
        max_length=20,
        choices=Verifiability,
        blank=True,
        default="",
        db_default="",
        editable=False,
        db_index=True,
    )
    criterion_recorded_on = models.DateField(null=True, editable=False)
    status_recorded_on = models.DateField(null=True, editable=False)
    sort_key = SortKeyField(of="title")

    natural_key_fields = ("slug",)
    TRANSLATED = ("title", "summary")
    # What a list says beside a row (pages/, views/rows.py): here, since a template takes long to find nothing.
    due_date: str = ""
    unrated_by: Any = None
    heard_in: Any = None
    marked_title: Any = None
    marked_excerpt: Any = None
    marked_passages: Any = None
    objects = InitiativeQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[themes], excluded_fields=["sort_key"])

    class Meta:
        ordering = ["sort_key", "slug"]
        indexes = [
            ListOrder(
                fields=["-latest_update_on", "-last_heard_on", "sort_key", "slug"],
                name="initiative_by_news",
            ),
            ListOrder(fields=["due_on", "sort_key", "slug"], name="initiative_by_due"),
            ListOrder(fields=["sort_key", "slug"], name="initiative_by_title"),
            models.Index(
                fields=["withdrawn_at"],
                name="initiative_withdrawn",
                condition=Q(withdrawn_at__isnull=False),
            ),
            translated_index("initiative"),
        ]
        constraints = [
            choices_constraint("kind", InitiativeKind, "initiative"),
            choices_constraint("publication", Publication, "initiative"),
            choices_constraint("standing", Standing, "initiative"),
            choices_constraint("delivery_status", DeliveryStatus, "initiative"),
            choices_constraint("status_grade", EvidenceGrade, "initiative", or_empty=True),
            choices_constraint("verifiability", Verifiability, "initiative", or_empty=True),
            models.CheckConstraint(
                name="initiative_withdrawn_with_reason",
                condition=Q(withdrawn_at__isnull=True, withdrawal_reason="")
                | (
                    Q(withdrawn_at__isnull=False, publication=Publication.PUBLIC)
                    & ~Q(withdrawal_reason="")
                ),
                violation_error_message=_(
                    "A withdrawn initiative was public and has a reason, and no other does."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.said("title").text

    def get_absolute_url(self) -> str:
        address = page_address("initiative_detail", self.slug)
        return f"{address}?as_of={self.as_of.isoformat()}" if self.as_of else address


# Days before a due date on which it counts as near.
SOON = 90
# The first day that a partial date can say: what is compared with one cannot lie before it.
FIRST_DAY = datetime.date(1000, 1, 1)


def _date(on: datetime.date | None) -> datetime.date:
    return max(on or timezone.localdate(), FIRST_DAY)


def _day(on: datetime.date | None) -> PartialDate:
    return _moved(_date(on), 0)


def _horizon(on: datetime.date | None) -> PartialDate:
    return _moved(_date(on), SOON + 1)


def _days_before(on: datetime.date | None, days: int) -> PartialDate:
    return _moved(_date(on), -days)


# Of every initiative that is looked at the same.
@lru_cache(maxsize=100)
def _moved(day: datetime.date, days: int) -> PartialDate:
    """Some days later or earlier, as far as days go."""
    left = (datetime.date.max - day).days
    return PartialDate(day + datetime.timedelta(days=max(min(days, left), (FIRST_DAY - day).days)))
