"""Django's own changelist with the facets that the public list has: a peer to measure against.

Everything is stock but the filters' choices where Django has no filter of that kind; those follow its documentation.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from initiatives.facets.registry import MOST_MEETINGS
from initiatives.models import FLAGS, Initiative, Meeting, StatusGroup
from initiatives.partial_dates import PartialDate


class GroupFilter(admin.SimpleListFilter):
    title = "delivery"
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(StatusGroup.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        group = self.value()
        return queryset.filter(delivery_status__in=StatusGroup(group).statuses) if group else None


class FlagFilter(admin.SimpleListFilter):
    title = "flag"
    parameter_name = "flag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(FLAGS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        flag = self.value()
        return queryset.flagged(flag) if flag else None  # type: ignore[attr-defined]


class YearFilter(admin.SimpleListFilter):
    title = "first raised in"
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        dates = Meeting.objects.order_by().values_list("starts_on", flat=True)
        years = sorted(
            {year for date in dates if date for year in PartialDate(date).years}, reverse=True
        )
        return [(str(year), str(year)) for year in years]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        year = self.value()
        return queryset.filter(raised_at__starts_on__in_year=year) if year else None


class NewestMeetings(admin.RelatedFieldListFilter):
    """As many meetings as the public list offers, not all of them."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        rows = Meeting.objects.order_by("-starts_on", "slug")[:MOST_MEETINGS]
        return [(row.pk, str(row)) for row in rows]


class StockInitiativeAdmin(admin.ModelAdmin[Initiative]):
    list_display = (
        "title",
        "delivery_status",
        "standing",
        "latest_update_on",
        "due_on",
        "dialogue",
        "raised_at",
    )
    list_select_related = ("dialogue", "raised_at")
    list_filter = (
        GroupFilter,
        "delivery_status",
        "standing",
        FlagFilter,
        "dialogue",
        "involvements__participant",
        "themes",
        YearFilter,
        ("raised_at", NewestMeetings),
    )
    list_per_page = 25
    show_facets = admin.ShowFacets.ALWAYS
    search_fields = ("title", "slug", "summary")


site = admin.AdminSite(name="bench_admin")
site.register(Initiative, StockInitiativeAdmin)
