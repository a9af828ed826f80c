"""Standing formats, their participants, their meetings and who came."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..partial_dates import PartialDate, PartialDateField, newest
from .addresses import page_address
from .history import HistoricalRecords
from .meeting_hours import (
    faults_of_hours,
    hours_constraints,
    hours_in_words,
    validate_hour,
    validate_time_zone,
)
from .other_names import OtherNamesField
from .participants import Participant
from .records import (
    Published,
    PublishedQuerySet,
    Record,
    RecordQuerySet,
    choices_constraint,
    key_field,
)
from .sort_keys import SortKeyField
from .translations import Translated
from .vocabulary import Publication


class Capacity(models.TextChoices):
    MEMBER = "member", _("Member")
    OBSERVER = "observer", _("Observer")
    GUEST = "guest", _("Guest")


class MeetingKind(models.TextChoices):
    SUMMIT = "summit", _("Summit")
    FOREIGN_MINISTERS = "foreign_ministers", _("Foreign ministers")
    MINISTERIAL = "ministerial", _("Ministerial")
    SENIOR_OFFICIALS = "senior_officials", _("Senior officials")
    INTELLECTUAL = "intellectual", _("Intellectual dialogue")
    BUSINESS = "business", _("Business")
    EXPERT = "expert", _("Experts")
    FORUM = "forum", _("Forum")
    SPECIAL = "special", _("Special")

    def takes_up(self, raised_at: MeetingKind) -> bool:
        """Whether a meeting of this kind may take up again what one of another kind raised.

        One of the same level or above; kinds without a level follow only their own.
        """
        if self in LEVELS and raised_at in LEVELS:
            return LEVELS.index(self) <= LEVELS.index(raised_at)
        return self == raised_at


# The highest first.
LEVELS = (
    MeetingKind.SUMMIT,
    MeetingKind.FOREIGN_MINISTERS,
    MeetingKind.MINISTERIAL,
    MeetingKind.SENIOR_OFFICIALS,
)


class MeetingFormat(models.TextChoices):
    IN_PERSON = "in_person", _("In person")
    VIDEOCONFERENCE = "videoconference", _("Videoconference")
    HYBRID = "hybrid", _("Hybrid")


class MeetingState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held")
    POSTPONED = "postponed", _("Postponed")
    CANCELLED = "cancelled", _("Cancelled")


def ends_after_it_starts(model: str, start: str, end: str) -> models.CheckConstraint:
    """A constraint on two partial dates: no day of the end may lie wholly before the start."""
    return models.CheckConstraint(
        name=f"{model}_ends_after_start",
        condition=Q(**{f"{start}__isnull": True})
        | Q(**{f"{end}__isnull": True})
        | ~Q(**{f"{end}__ends_before": F(start)}),
        violation_error_message=_("The end lies before the start."),
    )


class DialogueQuerySet(RecordQuerySet["Dialogue"]):
    pass


class Dialogue(Translated, Record):
    """A standing format in which governments meet, such as “Central Asia + Japan”."""

    slug = key_field()
    name = models.CharField(max_length=300)
    short_name = models.CharField(max_length=60, blank=True)
    other_names = OtherNamesField()
    launched_on = PartialDateField(null=True, blank=True)
    purpose = models.TextField(blank=True)
    website = models.URLField(max_length=500, blank=True)
    stale_after_days = models.PositiveIntegerField(
        default=365,
        validators=[MinValueValidator(1)],
        help_text=_("A reviewed, open initiative without news for longer than this is stale."),
    )
    sort_key = SortKeyField(of="name")
    participants = models.ManyToManyField(
        Participant, through="Membership", related_name="dialogues"
    )

    natural_key_fields = ("slug",)
    TRANSLATED = ("name", "short_name", "purpose")
    objects = DialogueQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["sort_key"])

    class Meta:
        ordering = ["sort_key", "slug"]
        constraints = [
            models.CheckConstraint(
                name="dialogue_stale_after_a_day",
                condition=Q(stale_after_days__gte=1),
                violation_error_message=_("Silence is stale after one day at the earliest."),
            )
        ]

    def __str__(self) -> str:
        return self.said("name").text

    def get_absolute_url(self) -> str:
        return page_address("dialogue_detail", self.slug)


class MembershipQuerySet(RecordQuerySet["Membership"]):
    pass


class Membership(Record):
    """A participant belongs to a dialogue, in a capacity, for a time."""

    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="memberships")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="memberships")
    capacity = models.CharField(max_length=20, choices=Capacity, default=Capacity.MEMBER)
    since = PartialDateField(null=True, blank=True)
    until = PartialDateField(null=True, blank=True)
    note = models.TextField(blank=True)

    natural_key_fields = ("dialogue", "participant", "capacity")
    objects = MembershipQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["dialogue", "participant__sort_key", "capacity"]
        constraints = [
            models.UniqueConstraint(
                name="membership_unique",
                fields=["dialogue", "participant", "capacity"],
                violation_error_message=_("The participant has this capacity already."),
            ),
            ends_after_it_starts("membership", "since", "until"),
            choices_constraint("capacity", Capacity, "membership"),
        ]

    def __str__(self) -> str:
        return f"{self.participant} – {self.get_capacity_display()}"


class MeetingQuerySet(PublishedQuerySet["Meeting"]):
    def over(self, day: datetime.date) -> MeetingQuerySet:
        """Those that ended before a day; the same rule as ``Meeting.is_over``."""
        day_text = day.isoformat()
        return self.filter(
            Q(ends_on__ends_before=day_text)
            | Q(ends_on__isnull=True, starts_on__ends_before=day_text)
        )

    def newest_first(self) -> MeetingQuerySet:
        return self.order_by(*newest("starts_on"), "slug")


class Meeting(Translated, Published):
    """One session of a dialogue."""

    slug = key_field()
    dialogue = models.ForeignKey(Dialogue, models.PROTECT, related_name="meetings")
    kind = models.CharField(max_length=20, choices=MeetingKind)
    number = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Number in its kind, where the series is numbered.")
    )
    title = models.CharField(max_length=300)
    other_names = OtherNamesField()
    starts_on = PartialDateField(null=True, blank=True, db_index=True)
    ends_on = PartialDateField(null=True, blank=True)
    start_time = models.CharField(
        max_length=5,
        blank=True,
        default="",
        db_default="",
        validators=[validate_hour],
        help_text=_("The hour of its first day at which it begins: 14:00."),
    )
    end_time = models.CharField(
        max_length=5,
        blank=True,
        default="",
        db_default="",
        validators=[validate_hour],
        help_text=_("The hour of its last day at which it ends."),
    )
    time_zone = models.CharField(
        max_length=40,
        blank=True,
        default="",
        db_default="",
        validators=[validate_time_zone],
        help_text=_("In which the hours are told: +05:00, or Asia/Tashkent."),
    )
    format = models.CharField(max_length=20, choices=MeetingFormat, blank=True)
    state = models.CharField(max_length=20, choices=MeetingState, default=MeetingState.HELD)
    city = models.CharField(max_length=200, blank=True)
    venue = models.CharField(max_length=200, blank=True)
    host = models.ForeignKey(
        Participant, models.PROTECT, null=True, blank=True, related_name="hosted_meetings"
    )
    part_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        help_text=_("The meeting with which it was held, such as the summit of a business forum."),
    )
    note = models.TextField(blank=True)
    participants = models.ManyToManyField(
        Participant, through="Attendance", related_name="meetings"
    )

    natural_key_fields = ("slug",)
    TRANSLATED = ("title",)
    # The day as of which a page asked for it (as_of/current.py); None for today.
    as_of: datetime.date | None = None
    objects = MeetingQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-starts_on", "slug"]
        constraints = [
            models.UniqueConstraint(
                name="meeting_number_unique",
                fields=["dialogue", "kind", "number"],
                condition=Q(number__isnull=False),
                violation_error_message=_(
                    "The dialogue has a meeting of this kind and number already."
                ),
            ),
            models.CheckConstraint(
                name="meeting_number_positive",
                condition=Q(number__isnull=True) | Q(number__gte=1),
                violation_error_message=_("Meetings are numbered from 1."),
            ),
            ends_after_it_starts("meeting", "starts_on", "ends_on"),
            *hours_constraints(),
            models.CheckConstraint(
                name="meeting_not_part_of_itself",
                condition=Q(part_of__isnull=True) | ~Q(part_of=F("id")),
                violation_error_message=_("A meeting is not part of itself."),
            ),
            choices_constraint("kind", MeetingKind, "meeting"),
            choices_constraint("publication", Publication, "meeting"),
            choices_constraint("state", MeetingState, "meeting"),
            choices_constraint("format", MeetingFormat, "meeting", or_empty=True),
        ]

    def __str__(self) -> str:
        return self.said("title").text

    def get_absolute_url(self) -> str:
        address = page_address("meeting_detail", self.slug)
        return f"{address}?as_of={self.as_of.isoformat()}" if self.as_of else address

    def clean(self) -> None:
        """Refuse hours and wholes that do not fit; loads ask ``loading/checks.py``."""
        if faults := faults_of_hours(vars(self)):
            raise ValidationError(faults)
        whole, dialogue = self.part_of, self.dialogue_id
        if self.pk and self.parts.exclude(dialogue=dialogue).exists():
            raise ValidationError({"dialogue": _("Parts of this meeting are of its dialogue.")})
        if whole and dialogue and whole.dialogue_id != dialogue:
            raise ValidationError({"part_of": _("That meeting is of another dialogue.")})
        while whole is not None and self.pk and whole.pk != self.pk:
            whole = whole.part_of
        if whole is not None and self.pk and self.part_of_id != self.pk:
            raise ValidationError({"part_of": _("That meeting is itself part of this one.")})

    @property
    def hours(self) -> str:
        """“14:00–16:30 (UTC+5)”; empty where no document tells."""
        return hours_in_words(self.start_time, self.end_time, self.time_zone)

    @property
    def last_date(self) -> PartialDate | None:
        """When it ends, as precisely as documents say."""
        last = self.ends_on or self.starts_on
        return PartialDate(last) if last else None

    def is_over(self, day: datetime.date) -> bool:
        """Whether it ended before a day; never without a date."""
        return bool(self.last_date and self.last_date.ends_before(day.isoformat()))

    def is_running(self, day: datetime.date) -> bool:
        """Whether a day is surely one of its days; none of a meeting that was called off.

        On its last day it no longer runs once documents say that it was held.
        """
        if self.state in (MeetingState.POSTPONED, MeetingState.CANCELLED):
            return False
        if not self.starts_on or not self.last_date:
            return False
        ends = self.last_date.first_day
        is_held = self.state == MeetingState.HELD and day == ends
        return bool(self.starts_on.last_day <= day <= ends) and not is_held

    @property
    def has_level(self) -> bool:
        """Whether meetings of other kinds stand above or below it (``MeetingKind.takes_up``)."""
        return self.kind in LEVELS

    @property
    def runs(self) -> bool:
        """Whether it runs on the day as of which it is."""
        return self.is_running(self.as_of or timezone.localdate())

    @property
    def state_in_words(self) -> str:
        return str(_("Running")) if self.runs else self.get_state_display()


class AttendanceQuerySet(RecordQuerySet["Attendance"]):
    def public(self) -> AttendanceQuerySet:
        """Who came to a meeting that is no draft."""
        return self.filter(meeting__publication=Publication.PUBLIC)


class Attendance(Record):
    """A participant came to a meeting; its delegates are rows of their own (``lines.py``)."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances")
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="attendances")
    capacity = models.CharField(max_length=20, choices=Capacity, default=Capacity.MEMBER)
    note = models.TextField(blank=True)

    natural_key_fields = ("meeting", "participant")
    objects = AttendanceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = _("attendance")
        ordering = ["meeting", "participant__sort_key"]
        constraints = [
            models.UniqueConstraint(
                name="attendance_unique",
                fields=["meeting", "participant"],
                violation_error_message=_("The participant is listed for this meeting already."),
            ),
            choices_constraint("capacity", Capacity, "attendance"),
        ]

    def __str__(self) -> str:
        return f"{self.participant} – {self.get_capacity_display()}"
