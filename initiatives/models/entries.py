"""Entries: what was said of an initiative on one day, append-only, corrected by a later one or withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, NoReturn, Self, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..partial_dates import PartialDate
from .initiatives import Initiative
from .records import (
    Record,
    RecordQuerySet,
    choices_constraint,
    of_hidden_initiatives,
    once_public_initiative,
    shown_initiative,
)
from .vocabulary import Publication

E_co = TypeVar("E_co", bound="Entry", covariant=True)

# What may still change on an entry once it stands; its content never does, only what that is in other languages.
MUTABLE = frozenset(
    {
        "publication",
        "translations",
        "withdrawn_at",
        "withdrawn_by",
        "withdrawn_by_id",
        "withdrawal_reason",
    }
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
        return self.published().filter(shown_initiative("initiative__"))

    def published(self) -> Self:
        """Public themselves, whatever their initiatives are: for whoever keeps to those that the index has."""
        return self.filter(publication=Publication.PUBLIC)

    def once_public(self) -> Self:
        return self.filter(once_public_initiative("initiative__"), publication=Publication.PUBLIC)

    def with_related(self) -> Self:
        """With initiative and document, and with whom it names."""
        return self.select_related("initiative", "report")

    def newest_first(self) -> Self:
        """Latest first; undated entries after dated ones."""
        dated: Any = self.model.dated_by
        return self.order_by(dated.desc(nulls_last=True), "-recorded_at", "-pk")

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

    def not_standing(self) -> Any:
        """The keys of those that ``public().current()`` leaves out: few, each kind of them with an index."""
        # Above nothing and not “not null”: for that SQLite would look at every row.
        corrections = self.filter(corrects__gt=0, publication=Publication.PUBLIC)
        return of_hidden_initiatives(self).union(
            self.filter(publication=Publication.DRAFT).values("pk"),
            self.filter(withdrawn_at__isnull=False).values("pk"),
            corrections.values("corrects"),
        )

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
    # What one is called in the stream of changes, several in exports and relations, and one in reviews and the
    # register; the fields that its ref ends with, and that says it in a word.
    word: ClassVar[str]
    plural: ClassVar[str]
    subject: ClassVar[str]
    ref_field: ClassVar[str]
    word_field: ClassVar[str]
    # As of when it holds, for the database; ``dated`` says the same of one row.
    dated_by: ClassVar[Any]
    # What pages set: it and what says the same in other language versions, for readers (pages/language_versions.py).
    versions: Sequence[Self] = ()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """What it says in a word, and as of when; its ref is for files and addresses."""
        dated = self.dated
        return f"{self.in_a_word}, {PartialDate(dated).in_words}" if dated else self.in_a_word

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
    def kind_name(self) -> str:
        """“mention”, “status update” in words."""
        return str(self._meta.verbose_name)

    @property
    def in_a_word(self) -> str:
        """The act, the status: the word of its list, as people read it."""
        return str(getattr(self, f"get_{self.word_field}_display")())

    @property
    def title(self) -> str:
        """What a list of rows calls it."""
        return self.in_a_word

    @property
    def dated(self) -> PartialDate | None:
        """As of when it holds; None where nobody says."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """What it says at length; may be empty."""
        raise NotImplementedError

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
    """The stream of changes is read along these, whatever its length; few entries are drafts or ever withdrawn."""
    return [
        models.Index(fields=["-recorded_at", "-id"], name=f"{model}_recorded"),
        models.Index(
            fields=["-withdrawn_at", "-id"],
            name=f"{model}_withdrawn",
            condition=Q(withdrawn_at__isnull=False),
        ),
        models.Index(
            fields=["publication"],
            name=f"{model}_draft",
            condition=Q(publication=Publication.DRAFT),
        ),
    ]
