"""Published documents and where they disagree, in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from ..as_of.current import CurrentView
from ..languages import language_name
from ..models import Citation, Discrepancy, Report, StatusUpdate
from ..models.reports import suggest_slug
from ..recording import actions
from ..views.reports import report_page
from .base.filters import RelatedFilter, by_year
from .base.merging import MergeAdmin
from .base.published import PublishedAdmin
from .base.records import EMPTY_VALUE, RecordAdmin, date_column, link_to, name_column, person
from .citations import CitedFactInline, SourceInline
from .follow_up.entry_lists import entry_lists_context

# More citations than this are edited in their own list: one page would be a thousand boxes.
CITATIONS_ON_PAGE = 100


@admin.register(Report)
class ReportAdmin(MergeAdmin[Report], PublishedAdmin[Report]):
    fieldsets = (
        (None, {"fields": ("title", "slug", "publisher", "kind", "issued_by")}),
        (_("Document"), {"fields": ("published_on", "language", "url", "archived_url", "sha256")}),
        (
            _("Language versions"),
            {"fields": ("authentic", "translation_of", "language_versions")},
        ),
        (_("Context"), {"fields": ("meeting", "coverage", "note")}),
    )
    key_fields = ("slug",)
    readonly_fields = ("sha256", "language_versions")
    key_from = "title"
    list_display = (
        name_column("title", _("title")),
        "publisher",
        "kind",
        date_column("published_on", _("published")),
        "language",
        "coverage",
        "meeting",
    )
    list_select_related = ("meeting",)
    list_filter = (
        "kind",
        by_year("published_on", _("year")),
        "coverage",
        ("issued_by", RelatedFilter),
        ("meeting", RelatedFilter),
    )
    search_fields = ("title", "slug", "publisher", "url")
    autocomplete_fields = ("issued_by", "meeting", "translation_of")
    inlines = (CitedFactInline,)

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=["initiatives/report_form.js"])

    @admin.display(description=_("recorded in other languages"))
    def language_versions(self, report: Report) -> str:
        if not report.pk:
            return EMPTY_VALUE
        of_one = Q(pk=report.head_id) | Q(translation_of=report.head_id)
        versions = Report.objects.filter(of_one).exclude(pk=report.pk).order_by("language", "slug")
        rows = ((language_name(version.language), link_to(version)) for version in versions)
        return format_html_join(mark_safe("<br>"), "{}: {}", rows) or EMPTY_VALUE

    def make_key(self, data: dict[str, Any]) -> str:
        named = {name: data.get(name) or "" for name in ("title", "url")}
        return suggest_slug(Report(**named, published_on=data.get("published_on")))

    def get_inlines(self, request: HttpRequest, obj: Report | None) -> Any:
        many = obj is None or obj.citations.count() > CITATIONS_ON_PAGE
        return () if many else self.inlines

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        extra = {**(extra_context or {}), **entry_lists_context(request, "report", object_id)}
        response: HttpResponse = super().change_view(request, object_id, form_url, extra)
        return response

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        gone = [
            row.status_update_id for row in formset.deleted_objects if isinstance(row, Citation)
        ]
        updates = StatusUpdate.objects.filter(pk__in=[key for key in gone if key])
        actions.refresh(updates.values_list("initiative", flat=True), by=person(request))

    def public_page(self, request: HttpRequest, view: CurrentView, row: Report) -> HttpResponse:
        return report_page(request, view, row)


@admin.register(Discrepancy)
class DiscrepancyAdmin(RecordAdmin[Discrepancy]):
    fields = ("topic", "slug", "resolution", "dialogue", "meeting", "initiative")
    key_fields = ("slug",)
    key_from = "topic"
    list_display = ("topic", "is_resolved", "dialogue", "meeting", "initiative")
    list_select_related = ("dialogue", "meeting", "initiative")
    list_filter = (
        ("resolution", admin.EmptyFieldListFilter),
        ("dialogue", RelatedFilter),
        ("meeting", RelatedFilter),
    )
    search_fields = ("topic", "slug", "resolution")
    autocomplete_fields = ("dialogue", "meeting", "initiative")
    inlines = (SourceInline,)

    @admin.display(description=_("resolved"), boolean=True)
    def is_resolved(self, discrepancy: Discrepancy) -> bool:
        return bool(discrepancy.resolution)
