"""Published documents that facts come from, and what each of them is cited for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..partial_dates import PartialDate, PartialDateField, sort_key
from .addresses import page_address
from .dialogues import Meeting
from .former_addresses import FormerAddress
from .history import HistoricalRecords
from .participants import Participant
from .records import (
    Published,
    PublishedQuerySet,
    Record,
    RecordQuerySet,
    choices_constraint,
    key_field,
    once_public_initiative,
    shown_initiative,
)
from .slugs import as_key, slug_from
from .sort_keys import SortKeyField
from .translations import (
    ALREADY_TRANSLATED,
    canonical,
    of_the_original,
    validate_language,
)
from .vocabulary import EvidenceGrade, Publication

http_address = URLValidator(schemes=["http", "https"])


def spellings(url: str) -> list[str]:
    """The ways to write one web address: http or https, with or without “www.” and the last slash; no fragment."""
    parts = urlsplit(url.strip())
    host = parts.netloc.lower().removeprefix("www.")
    path = parts.path.rstrip("/")
    return [
        urlunsplit((scheme, f"{www}{host}", f"{path}{slash}", parts.query, ""))
        for scheme in ("https", "http")
        for www in ("", "www.")
        for slash in ("", "/")
    ]


def earlier_day(own: PartialDate | None, of_head: PartialDate | None) -> PartialDate | None:
    """When a document was out: a language version that came out later says nothing that is new."""
    if own is None or of_head is None:
        return own or of_head
    return min(own, of_head, key=sort_key)


def weaker_grade(own: str, of_head: str | None) -> str:
    """The evidence that a language version is: no better than the document that it is a version of."""
    if not of_head:
        return own
    grades: list[str] = EvidenceGrade.values
    return max(own, of_head, key=grades.index)


class Coverage(models.TextChoices):
    WHOLE = "whole", _("Read as a whole")
    PART = "part", _("Read in part")


class ReportQuerySet(PublishedQuerySet["Report"]):
    def newest_first(self) -> ReportQuerySet:
        return self.order_by(F("published_on").desc(nulls_last=True), "slug")

    def at_address(self, url: str) -> ReportQuerySet:
        """Reports at that address or archived there, however it is written (see ``spellings``)."""
        same = spellings(url)
        return self.filter(Q(url__in=same) | Q(archived_url__in=same)).order_by("pk")


class Report(Published):
    """A published document: a press release, a joint statement, an action plan, an article.

    Its kind is its evidence grade: joint > independent > press > one side's own claim about itself.
    """

    slug = key_field()
    title = models.CharField(max_length=500)
    publisher = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=EvidenceGrade)
    issued_by = models.ManyToManyField(Participant, blank=True, related_name="reports")
    published_on = PartialDateField(null=True, blank=True, db_index=True)
    language = models.CharField(
        max_length=35, validators=[validate_language], help_text=_("BCP 47 tag: en, ja, uz-Latn.")
    )
    url = models.URLField(_("address"), max_length=1000, blank=True, validators=[http_address])
    archived_url = models.URLField(
        _("archived address"), max_length=1000, blank=True, validators=[http_address]
    )
    meeting = models.ForeignKey(
        Meeting,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
        help_text=_("The meeting that the document belongs to."),
    )
    translation_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="translations",
        verbose_name=_("language version of"),
        help_text=_(
            "The same document in another language, to which all its versions point. That says nothing of which text is"
            " authentic."
        ),
    )
    authentic = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_(
            "The document or its publisher says that the text in this language is authentic. Several may be."
        ),
    )
    coverage = models.CharField(max_length=10, choices=Coverage, default=Coverage.WHOLE)
    note = models.TextField(blank=True)
    sha256 = models.CharField(
        "SHA-256", max_length=64, blank=True, editable=False, help_text=_("Of the loaded file.")
    )
    sort_key = SortKeyField(of="title")

    natural_key_fields = ("slug",)
    objects = ReportQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[issued_by], excluded_fields=["sort_key"])

    class Meta:
        ordering = ["-published_on", "slug"]
        constraints = [
            models.CheckConstraint(
                name="report_not_its_own_translation",
                condition=Q(translation_of__isnull=True) | ~Q(translation_of=F("id")),
                violation_error_message=_("A report is not a translation of itself."),
            ),
            choices_constraint("kind", EvidenceGrade, "report"),
            choices_constraint("publication", Publication, "report"),
            choices_constraint("coverage", Coverage, "report"),
        ]

    def __str__(self) -> str:
        return self.title

    def clean_fields(self, exclude: Any = None) -> None:
        """What fields hold; and no language version is in the language of its original."""
        super().clean_fields(exclude)
        if {"language", "translation_of"} & {*(exclude or ())}:
            return
        language, head = canonical(self.language), self.translation_of
        if head and head.pk != self.pk and canonical(head.language) == language:
            raise ValidationError({"language": of_the_original(type(self), "language")})
        versions = self.translations.values_list("language", flat=True) if self.pk else ()
        if language in map(canonical, versions):
            raise ValidationError({"language": ALREADY_TRANSLATED})

    def clean(self) -> None:
        super().clean()
        head = self.translation_of
        if head is None or head.pk == self.pk:
            return
        if head.translation_of_id:
            words = _("“%(version)s” is a language version itself: choose “%(head)s”.")
            named = {"version": head, "head": head.translation_of}
            raise ValidationError({"translation_of": words % named})
        if self.pk and self.translations.exists():
            words = _(
                "Other language versions point to this document. Let them point to “%(head)s” first."
            )
            raise ValidationError({"translation_of": words % {"head": head}})

    def get_absolute_url(self) -> str:
        return page_address("report_detail", self.slug)

    @property
    def head_id(self) -> int:
        """The key that all language versions of one document have in common."""
        return self.translation_of_id or self.pk

    @property
    def first_published_on(self) -> PartialDate | None:
        """When the document was out, in whichever of the two versions first; reads ``translation_of``."""
        head = self.translation_of
        return earlier_day(self.published_on, head.published_on if head else None)

    @property
    def grade(self) -> str:
        """The evidence that it is; reads ``translation_of``."""
        return weaker_grade(self.kind, self.translation_of.kind if self.translation_of else None)


def suggest_slug(report: Report) -> str:
    """A key for a new report, from its title (or the host of its address) and its date, with room for a number."""
    host = urlsplit(report.url).netloc.removeprefix("www.")
    words = slug_from(report.title, 70) or slug_from(host, 70)
    day = as_key(str(report.published_on or ""))
    return "-".join(part for part in (words, day) if part) or "report"


class DiscrepancyQuerySet(RecordQuerySet["Discrepancy"]):
    def public(self) -> DiscrepancyQuerySet:
        """Discrepancies that are not about a draft, nor about what is withdrawn."""
        return self._about(shown_initiative("initiative__"))

    def once_public(self) -> DiscrepancyQuerySet:
        return self._about(once_public_initiative("initiative__"))

    def _about(self, initiatives: Q) -> DiscrepancyQuerySet:
        of_no_draft = self.exclude(meeting__publication=Publication.DRAFT)
        return of_no_draft.filter(Q(initiative__isnull=True) | initiatives)


class Discrepancy(Record):
    """Documents disagree about a fact; each of them is cited with its own reading."""

    slug = key_field()
    topic = models.CharField(max_length=300)
    resolution = models.TextField(blank=True, help_text=_("How we read it; empty while open."))
    dialogue = models.ForeignKey(
        "initiatives.Dialogue",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="discrepancies",
    )
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, blank=True, related_name="discrepancies"
    )
    initiative = models.ForeignKey(
        "initiatives.Initiative",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="discrepancies",
    )

    natural_key_fields = ("slug",)
    objects = DiscrepancyQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = _("discrepancies")
        ordering = ["topic", "slug"]

    def __str__(self) -> str:
        return self.topic


class LoadedFactQuerySet(RecordQuerySet["LoadedFact"]):
    def about(self, kind: str, keys: Iterable[str]) -> Any:
        """What was loaded of records by their ids of today, of what was merged into them too; ``now`` is that id."""
        former = FormerAddress.objects.filter(kind=kind)
        merged = former.filter(leads_to__in=keys).exclude(merged_as="")
        named = Q(key__in=keys) | Q(key__in=merged.values("merged_as"))
        now = former.filter(key=OuterRef("key")).values("leads_to")[:1]
        return self.filter(named, kind=kind).annotate(now=Coalesce(Subquery(now), F("key")))


class LoadedFact(Record):
    """What the last load of a file wrote of one record: the base of the three-way merge."""

    source = models.CharField(max_length=120, help_text=_("Report id, or “vocabulary”."))
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=500)
    values = models.JSONField(default=dict)

    natural_key_fields = ("source", "kind", "key")
    objects = LoadedFactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="loaded_fact_unique", fields=["source", "kind", "key"])
        ]
        # All files that speak of one record.
        indexes = [models.Index(fields=["kind", "key"], name="loaded_fact_record")]

    def __str__(self) -> str:
        return f"{self.source}: {self.kind} {self.key}"


class LoadConflictQuerySet(models.QuerySet["LoadConflict"]):
    def get_by_natural_key(self, source: str, kind: str, key: str) -> LoadConflict:
        return self.get(source=source, kind=kind, key=key)


class LoadConflict(models.Model):
    """What the last load of a file left open: a record that the file and somebody else had changed.

    ``fields`` lists the field, what the load before wrote (base), what stood (ours), what the file said (theirs) and
    who had written what stood (origin). The next load of the same file replaces it.
    """

    source = models.CharField(max_length=120, help_text=_("Report id, or “vocabulary”."))
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=500)
    file = models.CharField(max_length=500, blank=True)
    title = models.CharField(max_length=500, blank=True)
    note = models.CharField(max_length=200, blank=True)
    fields = models.JSONField(default=list)
    found_at = models.DateTimeField(default=timezone.now)

    objects = LoadConflictQuerySet.as_manager()

    class Meta:
        ordering = ["-found_at", "source", "kind", "key"]
        constraints = [
            models.UniqueConstraint(name="load_conflict_unique", fields=["source", "kind", "key"])
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    def natural_key(self) -> tuple[str, str, str]:
        return (self.source, self.kind, self.key)
