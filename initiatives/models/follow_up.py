"""What documents say of initiatives and of their delivery: append-only entries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn, Self, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.db.models.signals import m2m_changed
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from ..partial_dates import PartialDate, PartialDateField
from .initiatives import Initiative
from .list_order import ListOrder
from .participants import Participant
from .records import (
    Record,
    RecordQuerySet,
    choices_constraint,
    once_public_initiative,
    shown_initiative,
)
from .reports import Report, validate_language
from .vocabulary import Act, DeliveryStatus, Publication

E_co = TypeVar("E_co", bound="Entry", covariant=True)

# What may still change on an entry once it stands; its content never does.
MUTABLE = frozenset(
    {"publication", "withdrawn_at", "withdrawn_by", "withdrawn_by_id", "withdrawal_reason"}
)


class AppendOnly(ValidationError):
    """Someone tried to edit or delete an entry that is to be corrected or withdrawn instead."""

    def __init__(self) -> None:
        super().__init__(
            _("Entries are append-only: record a correction, or withdraw the entry with a reason."),
            code="append_only",
        )


class EntryQuerySet(RecordQuerySet[E_co]):
    def public(self) -> Self:
        return self.filter(shown_initiative("initiative__"), publication=Publication.PUBLIC)

    def once_public(self) -> Self:
        return self.filter(once_public_initiative("initiative__"), publication=Publication.PUBLIC)

    def current(self) -> Self:
        """Neither withdrawn nor corrected; a correction counts once it is public, that of a draft at once."""
        return self.uncorrected().filter(withdrawn_at__isnull=True)

    def withdrawn(self) -> Self:
        """What was withdrawn; what of it was public stays in sight, struck through."""
        return self.uncorrected().filter(withdrawn_at__isnull=False)

    def uncorrected(self) -> Self:
        """What no later entry has taken the place of: it stands, or was withdrawn."""
        corrected = self.model._default_manager.using(self.db).filter(
            Q(publication=Publication.PUBLIC) | Exact(OuterRef("publication"), Publication.DRAFT),
            corrects=OuterRef("pk"),
        )
        # As a subquery: joined, the database takes nearly every row for corrected and plans for none.
        return self.filter(~Exists(corrected))

    def update(self, **values: Any) -> int:
        if not MUTABLE.issuperset(values):
            raise AppendOnly
        return super().update(**values)

    def bulk_create(self, objs: Iterable[E_co], *args: Any, **kwargs: Any) -> list[E_co]:
        if kwargs.get("update_conflicts"):
            raise AppendOnly
        return super().bulk_create(objs, *args, **kwargs)

    def delete(self) -> NoReturn:
        raise AppendOnly


class Entry(Record):
    """One thing that one document says of one initiative; append-only.

    ``ref`` names it for good: report id / initiative id / what / number. An entry is corrected by a later one
    (``corrects``) or withdrawn with a reason.
    """

    ref = models.CharField(max_length=300, unique=True, editable=False)
    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="%(class)ss")
    locator = models.CharField(
        max_length=200, blank=True, help_text=_("Where in the document: para 6.")
    )
    note = models.TextField(blank=True, help_text=_("How we read it, where it is not plain."))
    publication = models.CharField(max_length=10, choices=Publication, default=Publication.PUBLIC)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="correction"
    )
    corrects_id: int | None
    # Whoever undoes a withdrawal records the entry anew: the past stays as it was.
    reinstates = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="reinstatement",
    )
    reinstates_id: int | None
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawal_reason = models.TextField(blank=True, editable=False)

    natural_key_fields = ("ref",)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.ref

    def lacks(self) -> dict[str, Any]:
        """What constraints over several columns miss, at the field where a person would give it."""
        return {}

    def clean(self) -> None:
        if missing := self.lacks():
            raise ValidationError(missing)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert, or save ``update_fields`` out of ``MUTABLE``; raises AppendOnly for the rest."""
        fields = kwargs.get("update_fields")
        if not self._state.adding and (fields is None or not MUTABLE.issuperset(fields)):
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def is_superseded(self) -> bool:
        """Whether it is a draft that another entry has taken the place of, be that public or a draft as well."""
        return self.publication == Publication.DRAFT and hasattr(self, "correction")

    @property
    def newest(self) -> Self:
        """The last of its corrections, drafts included; itself where nothing corrects it."""
        entry = self
        while hasattr(entry, "correction"):
            entry = entry.correction
        return entry


def entry_constraints(model: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(
            name=f"{model}_withdrawn_with_reason",
            condition=Q(withdrawn_at__isnull=True, withdrawal_reason="")
            | (Q(withdrawn_at__isnull=False) & ~Q(withdrawal_reason="")),
            violation_error_message=_("A withdrawn entry has a reason, and no other does."),
        ),
        models.CheckConstraint(
            name=f"{model}_does_not_correct_itself",
            condition=Q(corrects__isnull=True) | ~Q(corrects=F("id")),
            violation_error_message=_("An entry does not correct itself."),
        ),
        choices_constraint("publication", Publication, model),
    ]


def entry_indexes(model: str) -> list[models.Index]:
    """The stream of changes is read along these, whatever its length; few entries are ever withdrawn."""
    return [
        models.Index(fields=["-recorded_at", "-id"], name=f"{model}_recorded"),
        models.Index(
            fields=["-withdrawn_at", "-id"],
            name=f"{model}_withdrawn",
            condition=Q(withdrawn_at__isnull=False),
        ),
    ]


class MentionQuerySet(EntryQuerySet["Mention"]):
    pass


class Mention(Entry):
    """A report treats an initiative: it proposes, supports, undertakes, adopts, restates, rewords or drops it."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="mentions")
    act = models.CharField(max_length=20, choices=Act, default=Act.MENTIONED)
    by = models.ManyToManyField(Participant, blank=True, related_name="mentions")
    quote = models.TextField(blank=True)
    quote_language = models.CharField(max_length=35, blank=True, validators=[validate_language])

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
            *entry_constraints("mention"),
        ]

    def lacks(self) -> dict[str, Any]:
        """The rule of ``mention_quote_has_language``."""
        untold = self.quote and not self.quote_language
        return {"quote_language": _("Give the language of the quote.")} if untold else {}


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


class StatusUpdateQuerySet(EntryQuerySet["StatusUpdate"]):
    def newest_first(self) -> StatusUpdateQuerySet:
        """Latest first; undated entries after dated ones."""
        return self.order_by(F("on").desc(nulls_last=True), "-recorded_at", "-pk")


class StatusUpdate(Entry):
    """What was done about an initiative, as of a date, and the evidence for it.

    That there is no public information rests on a document that says so, or on a look: who looked (a role, never a
    person), on which full day and where; or on both.
    """

    initiative = models.ForeignKey(Initiative, models.PROTECT, related_name="updates")
    report = models.ForeignKey(
        Report, models.PROTECT, null=True, blank=True, related_name="updates"
    )
    status = models.CharField(max_length=20, choices=DeliveryStatus)
    on = PartialDateField(
        _("as of"), null=True, blank=True, db_index=True, help_text=_("As the document gives it.")
    )
    what = models.TextField(_("what happened"))
    participant = models.ForeignKey(
        Participant,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="updates",
        help_text=_("Whose own delivery it speaks of, if not the whole initiative’s."),
    )
    looked_by = models.CharField(
        _("looked for by"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_("A role, such as the editors; never a person."),
    )
    looked_on = PartialDateField(
        _("looked for on"), null=True, blank=True, help_text=_("The full day: 2026-05-03.")
    )
    looked_in = models.CharField(
        _("looked for in"),
        max_length=500,
        blank=True,
        default="",
        db_default="",
        help_text=_("Where: websites, registers, archives, and in which languages."),
    )

    objects = StatusUpdateQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["initiative", "on", "recorded_at"]
        indexes = [
            *entry_indexes("update"),
            ListOrder(fields=["-on", "-recorded_at", "-id"], name="update_by_news"),
        ]
        constraints = [
            choices_constraint("status", DeliveryStatus, "update"),
            models.CheckConstraint(
                name="update_has_evidence",
                condition=Q(status=DeliveryStatus.NOT_REVIEWED)
                | (Q(report__isnull=False) & ~Q(locator=""))
                | (Q(report__isnull=True, status=DeliveryStatus.NO_INFORMATION) & ~Q(looked_by="")),
                violation_error_message=_(
                    "Give the report and the place in it; “not yet reviewed” needs none, and “no public information”"
                    " may say instead who looked, on which full day and where."
                ),
            ),
            models.CheckConstraint(
                name="update_look_is_whole",
                condition=Q(looked_by="", looked_on__isnull=True, looked_in="")
                | (
                    Q(Exact(Length("looked_on"), 10), status=DeliveryStatus.NO_INFORMATION)
                    & Q(looked_on__isnull=False)
                    & ~Q(looked_by="")
                    & ~Q(looked_in="")
                ),
                violation_error_message=_(
                    "Of “no public information”, say who looked, on which full day and where, or none of these."
                ),
            ),
            models.CheckConstraint(
                name="update_says_what_happened",
                condition=~Q(what=""),
                violation_error_message=_("Say what happened."),
            ),
            *entry_constraints("update"),
        ]

    def lacks(self) -> dict[str, Any]:
        """The rules of evidence and look; a report that is yet to be written counts."""
        missing = self._look_lacks()
        if self.status == DeliveryStatus.NOT_REVIEWED:
            return missing
        if self.status == DeliveryStatus.NO_INFORMATION and self.looked_by and not self.report:
            return missing
        needs = _("only “not yet reviewed” needs none")
        if self.status == DeliveryStatus.NO_INFORMATION:
            needs = _("or say who looked, on which day and where")
        if self.report is None:
            missing["report"] = _("Give the report; %(needs)s.") % {"needs": needs}
        if not self.locator:
            missing["locator"] = _("Give the place in the report; %(needs)s.") % {"needs": needs}
        return missing

    def _look_lacks(self) -> dict[str, Any]:
        look = {name: getattr(self, name) for name in LOOK}
        given = [name for name, value in look.items() if value]
        if not given:
            return {}
        if self.status != DeliveryStatus.NO_INFORMATION:
            words = _("That somebody looked is said of “no public information” only.")
            return {given[0]: words}
        missing: dict[str, Any] = {
            name: _("Say who looked, on which full day and where.")
            for name, value in look.items()
            if not value
        }
        if self.looked_on and PartialDate(self.looked_on).precision != "day":
            missing["looked_on"] = _("Give the full day, such as 2026-05-03.")
        return missing


# Who looked for information and found none, on which full day, and where.
LOOK = ("looked_by", "looked_on", "looked_in")


def dated_by_look(on: str | None, looked_on: str | None, report: object) -> str | None:
    """As of when an update is: what rests on a look alone is of the day of the look, unless told."""
    return on or (None if report else looked_on) or None
