"""What documents say of a meeting or a dialogue line by line, and who was in a delegation."""

from __future__ import annotations

from hashlib import sha256

from django.db import models
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from .dialogues import Attendance, Dialogue, Meeting
from .history import HistoricalRecords
from .participants import Participant
from .records import Record, RecordQuerySet, choices_constraint
from .vocabulary import Publication


class LineKind(models.TextChoices):
    """The first four are of a meeting, the others of a dialogue."""

    CHAIR = "chair", _("Chair")
    AGENDA = "agenda", _("Agenda")
    OUTCOME = "outcome", _("Outcome")
    STATEMENT = "statement", _("Statement")
    GOAL = "goal", _("Goal")
    AREA = "area", _("Area of cooperation")


OF_DIALOGUE = (LineKind.GOAL, LineKind.AREA)


def digest(text: str) -> str:
    """A short name for a text, by which nothing else is called: “border-control-1a2b3c4d5e6f”."""
    words = slugify(text).replace("_", "-")[:40].strip("-")
    name = sha256(text.encode()).hexdigest()[:12]
    return f"{words}-{name}" if words else name


def line_ref(subject: str, kind: str, text: str) -> str:
    """What names a line: the id of its meeting or dialogue, its kind and its text."""
    return f"{subject}/{kind}/{digest(text)}"


def delegate_ref(meeting: str, participant: str, name: str, title: str) -> str:
    """What names a delegate: the meeting, whom they came for, and their name; their title where no name is given."""
    return f"{meeting}/{participant}/{digest(name or title)}"


class LineQuerySet(RecordQuerySet["Line"]):
    def public(self) -> LineQuerySet:
        """Of dialogues, and of meetings that are no drafts."""
        return self.exclude(meeting__publication=Publication.DRAFT)


class Line(Record):
    """One line that documents state of a meeting (its chair, agenda, outcomes, statements) or a dialogue (aims, areas).

    What several documents state is their union; each is cited for the lines that it states.
    """

    ref = models.CharField(max_length=200, unique=True, editable=False)
    dialogue = models.ForeignKey(Dialogue, models.CASCADE, null=True, blank=True)
    meeting = models.ForeignKey(Meeting, models.CASCADE, null=True, blank=True)
    kind = models.CharField(max_length=20, choices=LineKind)
    text = models.TextField()
    session = models.CharField(
        max_length=200, blank=True, help_text=_("Of the meeting, where the document names it.")
    )
    by = models.ManyToManyField(
        Participant,
        blank=True,
        related_name="lines",
        help_text=_("Who made the statement; of a chair for whom they chair."),
    )

    natural_key_fields = ("ref",)
    objects = LineQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[by])

    class Meta:
        default_related_name = "lines"
        ordering = ["ref"]
        constraints = [
            models.CheckConstraint(
                name="line_of_what_has_its_kind",
                condition=Q(kind__in=OF_DIALOGUE, dialogue__isnull=False, meeting__isnull=True)
                | (~Q(kind__in=OF_DIALOGUE) & Q(dialogue__isnull=True, meeting__isnull=False)),
                violation_error_message=_(
                    "Goals and areas are of a dialogue, all other lines of a meeting."
                ),
            ),
            models.CheckConstraint(
                name="line_says_something",
                condition=~Q(text=""),
                violation_error_message=_("Say what the line says."),
            ),
            choices_constraint("kind", LineKind, "line"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def subject(self) -> Dialogue | Meeting:
        """What the line is about."""
        subject = self.dialogue or self.meeting
        assert subject
        return subject

    @property
    def identity(self) -> tuple[str, ...]:
        """What names it within its subject."""
        return (self.kind, self.text)

    def make_ref(self) -> str:
        return line_ref(self.subject.slug, self.kind, self.text)


class DelegateQuerySet(RecordQuerySet["Delegate"]):
    def public(self) -> DelegateQuerySet:
        """Who came to a meeting that is no draft."""
        return self.filter(attendance__meeting__publication=Publication.PUBLIC)


class Delegate(Record):
    """Somebody who came to a meeting for a participant; name and title as the document writes them."""

    ref = models.CharField(max_length=250, unique=True, editable=False)
    attendance = models.ForeignKey(Attendance, models.CASCADE)
    name = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=300, blank=True, help_text=_("Office held."))
    is_head = models.BooleanField(
        _("head of delegation"), default=False, help_text=_("There may be several.")
    )

    natural_key_fields = ("ref",)
    objects = DelegateQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        default_related_name = "delegates"
        ordering = ["ref"]
        constraints = [
            models.CheckConstraint(
                name="delegate_has_name_or_title",
                condition=~Q(name="") | ~Q(title=""),
                violation_error_message=_("Give a name or a title."),
            )
        ]

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.name, self.title)))

    @property
    def identity(self) -> tuple[str, ...]:
        """What names them within their delegation."""
        return (self.name or self.title,)

    def make_ref(self) -> str:
        meeting, participant = self.attendance.natural_key()
        return delegate_ref(meeting, participant, self.name, self.title)
