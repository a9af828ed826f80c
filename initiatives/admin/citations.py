"""Which report bears out which fact, in the admin."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import Citation, Report
from ..models.citations import SUBJECTS
from ..models.translations import flat
from ..recording.refs import name_citation
from .base.filters import RelatedFilter
from .base.records import EMPTY_VALUE, RecordAdmin, RecordInline, link_to
from .base.widgets import NO_LONGER_HERE, Picker, labelled

# What the name of a subject reads, so that a list of citations needs no query a row.
SUBJECT_RELATIONS = (
    "report",
    "dialogue",
    "membership__participant",
    "membership__dialogue",
    "meeting",
    "line__meeting",
    "line__dialogue",
    "attendance__participant",
    "attendance__meeting",
    "delegate__attendance__meeting",
    "delegate__attendance__participant",
    "role__participant",
    "role__initiative",
    "lineage__later",
    "lineage__earlier",
    "target__initiative",
    "status_update",
    "discrepancy",
)


# Where a subject belongs that says little alone: “Japan – Proposer” of what?
OWNERS = {
    "membership": "dialogue",
    "line": "subject",
    "attendance": "meeting",
    "delegate": "attendance",
    "role": "initiative",
    "target": "initiative",
}


def subject_link(citation: Citation) -> str:
    """What the report is cited for, and where that belongs, as a link; of a row that nobody has, nothing."""
    if citation._state.adding:
        return EMPTY_VALUE
    subject = citation.subject
    owner = OWNERS.get(citation.subject_name)
    return link_to(subject, f"{getattr(subject, owner)}: {subject}" if owner else "")


class SubjectFilter(admin.SimpleListFilter):
    """By the kind of thing that the report is cited for."""

    title = _("cited for")
    parameter_name = "subject"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, Citation._meta.get_field(name).verbose_name) for name in SUBJECTS]  # type: ignore[union-attr]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        name = self.value()
        return queryset.filter(**{f"{name}__isnull": False}) if name in SUBJECTS else None


class CitationForm(forms.ModelForm[Citation]):
    """Names the citation when it is saved, by its report and its subject as they are then."""

    def save(self, commit: bool = True) -> Citation:
        name_citation(self.instance)
        return super().save(commit)


class DocumentForm(forms.ModelForm[Any]):
    """A form beside whose fields a document can be named, and the place in it, that states what is typed."""

    document = labelled(
        forms.ModelChoiceField(
            Report.objects.all(),
            required=False,
            label=_("Document"),
            error_messages=NO_LONGER_HERE,
            widget=Picker(Citation._meta.get_field("report"), admin.site),
        )
    )
    place = forms.CharField(required=False, max_length=200, label=_("Place in the document"))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("place") and not self.cleaned_data.get("document"):
            self.add_error("document", _("Name the document that the place is in."))
        return cleaned


class StatedFieldsForm(DocumentForm):
    """The document states the fields that this save changes."""

    @property
    def stated_fields(self) -> list[str]:
        """The fields of the row that were changed."""
        own = {field.name for field in self._meta.model._meta.concrete_fields}
        changed = [name for name in self.changed_data if name in own]
        if "translations" not in changed:
            return changed
        was, now = (flat(of["translations"] or {}) for of in (self.initial, self.cleaned_data))
        translated = [name for name, text in now.items() if was.get(name) != text]
        return [*(name for name in changed if name != "translations"), *translated]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.cleaned_data.get("document") and not self.stated_fields:
            self.add_error("document", _("No field was changed that this document could state."))
        return cleaned


class SourceInline(RecordInline):
    """The reports that bear out the row of the page."""

    model = Citation
    form = CitationForm
    fields: ClassVar[tuple[str, ...]] = ("report", "locator", "says")
    autocomplete_fields = ("report",)
    verbose_name = _("source")
    verbose_name_plural = _("sources")


class FieldSourceInline(SourceInline):
    """As well the documents that somebody named for a single field."""

    fields = ("report", "locator", "says", "field")
    readonly_fields = ("field",)


class CitedFactInline(RecordInline):
    """What the report of the page is cited for; new ones are added on a page of their own."""

    model = Citation
    form = CitationForm
    fields = ("cited_for", "locator", "says")
    readonly_fields = ("cited_for",)
    verbose_name_plural = _("cited for")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Citation]:
        rows: QuerySet[Citation] = super().get_queryset(request)
        return rows.select_related(*SUBJECT_RELATIONS)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("cited for"))
    def cited_for(self, citation: Citation) -> str:
        return subject_link(citation)


@admin.register(Citation)
class CitationAdmin(RecordAdmin[Citation]):
    form = CitationForm
    fieldsets = (
        (None, {"fields": ("report", "locator", "says", "position")}),
        (_("Cited for exactly one of"), {"fields": SUBJECTS}),
    )
    list_display = ("report", "locator", "kind", "cited_for", "says")
    list_display_links = ("report", "locator")
    list_select_related = SUBJECT_RELATIONS
    list_filter = (SubjectFilter, ("report", RelatedFilter))
    search_fields = ("ref", "report__title", "says")
    autocomplete_fields = ("report", *SUBJECTS)

    @admin.display(description=_("kind"))
    def kind(self, citation: Citation) -> str:
        field: Any = Citation._meta.get_field(citation.subject_name)
        return str(field.verbose_name).capitalize()

    @admin.display(description=_("cited for"))
    def cited_for(self, citation: Citation) -> str:
        return subject_link(citation)
