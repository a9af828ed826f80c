"""Dialogues, their meetings and who came, in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from ..as_of.current import CurrentView
from ..models import Attendance, Dialogue, Initiative, Meeting, Membership
from ..recording.delegations import set_delegates
from ..recording.field_sources import cite_for_row
from ..views.meetings import meeting_page
from .base.addresses import AddressAdmin
from .base.filters import RelatedFilter, by_year
from .base.merging import MergeAdmin
from .base.published import PublishedAdmin
from .base.records import RecordAdmin, RecordInline, date_column, name_column, person
from .base.translating import TranslatedAdmin
from .citations import FieldSourceInline, SourceInline
from .delegations import AttendanceForm, AttendanceInline, read_lines
from .lines import DOCUMENT_FIELDS, DelegateInline, LineInline, StatedFieldsAdmin


class MembershipInline(RecordInline):
    model = Membership
    fields = ("participant", "capacity", "since", "until", "note")
    autocomplete_fields = ("participant",)
    extra_when_added = 5


@admin.register(Dialogue)
class DialogueAdmin(TranslatedAdmin[Dialogue], StatedFieldsAdmin[Dialogue], AddressAdmin[Dialogue]):
    beside_translations = (DOCUMENT_FIELDS,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name",
                    "slug",
                    "short_name",
                    "other_names",
                    "launched_on",
                    "purpose",
                    "website",
                    "stale_after_days",
                    "language",
                    "translations",
                )
            },
        ),
        DOCUMENT_FIELDS,
    )
    key_fields = ("slug",)
    key_from = "name"
    list_display = (
        name_column("name", _("name")),
        "short_name",
        date_column("launched_on", _("launched")),
        "stale_after_days",
    )
    search_fields = ("name", "short_name", "other_names", "slug")
    inlines = (MembershipInline, LineInline, FieldSourceInline)


@admin.register(Membership)
class MembershipAdmin(RecordAdmin[Membership]):
    fields = ("dialogue", "participant", "capacity", "since", "until", "note")
    list_display = (
        "participant",
        "dialogue",
        "capacity",
        date_column("since", _("since")),
        date_column("until", _("until")),
    )
    list_select_related = ("participant", "dialogue")
    list_filter = (("dialogue", RelatedFilter), ("participant", RelatedFilter), "capacity")
    search_fields = ("participant__name", "dialogue__name")
    autocomplete_fields = ("dialogue", "participant")
    inlines = (SourceInline,)


@admin.register(Meeting)
class MeetingAdmin(
    TranslatedAdmin[Meeting],
    StatedFieldsAdmin[Meeting],
    MergeAdmin[Meeting],
    PublishedAdmin[Meeting],
):
    beside_translations = (DOCUMENT_FIELDS,)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title",
                    "slug",
                    "other_names",
                    "dialogue",
                    ("kind", "number"),
                    "state",
                    "part_of",
                )
            },
        ),
        (
            _("When and where"),
            {
                "fields": (
                    ("starts_on", "start_time"),
                    ("ends_on", "end_time"),
                    "time_zone",
                    "format",
                    "city",
                    "venue",
                    "host",
                )
            },
        ),
        (_("What"), {"fields": ("note",)}),
        (_("Languages"), {"fields": ("language", "translations")}),
        DOCUMENT_FIELDS,
    )
    key_fields = ("slug",)
    key_from = "title"
    list_display = (
        "title",
        "dialogue",
        "kind",
        "number",
        date_column("starts_on", _("starts")),
        "state",
        "raised",
    )
    list_select_related = ("dialogue",)
    list_filter = (
        ("dialogue", RelatedFilter),
        "kind",
        "state",
        "format",
        by_year("starts_on", _("year")),
        ("host", RelatedFilter),
    )
    search_fields = ("title", "other_names", "slug", "city", "dialogue__name")
    autocomplete_fields = ("dialogue", "host", "part_of")
    inlines = (AttendanceInline, LineInline, FieldSourceInline)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        super().save_formset(request, form, formset, change)
        for row in formset.forms:
            # A participant that was taken out has no key any more.
            if (
                isinstance(row, AttendanceForm)
                and row.instance.pk
                and "delegates" in row.changed_data
            ):
                added = set_delegates(
                    by=person(request),
                    attendance=row.instance,
                    delegates=read_lines(row.cleaned_data["delegates"]),
                )
                if report := form.cleaned_data.get("document"):
                    place = form.cleaned_data["place"]
                    for delegate in added:
                        cite_for_row(by=person(request), row=delegate, report=report, locator=place)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Meeting]:
        raised = (
            Initiative.objects.filter(raised_at=OuterRef("pk"))
            .order_by()
            .values("raised_at")
            .values_list(Count("pk"))
        )
        rows: QuerySet[Meeting] = super().get_queryset(request)
        return rows.annotate(raised=Coalesce(Subquery(raised), 0))

    @admin.display(description=_("initiatives raised"), ordering="raised")
    def raised(self, meeting: Any) -> int:
        return int(meeting.raised)

    def public_page(self, request: HttpRequest, view: CurrentView, row: Meeting) -> HttpResponse:
        return meeting_page(request, view, row)


@admin.register(Attendance)
class AttendanceAdmin(RecordAdmin[Attendance]):
    fields = ("meeting", "participant", "capacity", "note")
    list_display = ("participant", "meeting", "capacity")
    list_select_related = ("participant", "meeting")
    list_filter = (("participant", RelatedFilter), ("meeting", RelatedFilter), "capacity")
    search_fields = ("participant__name", "meeting__title", "delegates__name")
    autocomplete_fields = ("meeting", "participant")
    inlines = (DelegateInline, SourceInline)
