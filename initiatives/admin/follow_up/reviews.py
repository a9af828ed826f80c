"""Drafts that wait for somebody to look at them, and what became of the others, to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ...models import ENTRIES, Entry, Review
from ..base.filters import MyDialoguesFilter
from ..base.lists import ListAdmin
from ..base.records import link_to


@admin.register(Review)
class ReviewAdmin(ListAdmin[Review]):
    """Written by the steps on the page of a draft."""

    list_display = (
        "asked_at",
        "draft",
        "asked_by",
        "decision",
        "decided_by",
        "decided_at",
        "reason",
    )
    list_filter = (MyDialoguesFilter, "decision")
    list_select_related = (
        "initiative",
        *(f"{model.subject}__initiative" for model in ENTRIES),
        "asked_by",
        "decided_by",
    )
    search_fields = ("ref", "note", "reason")
    fields = (
        "draft",
        "note",
        "asked_by",
        "asked_at",
        "decision",
        "reason",
        "decided_by",
        "decided_at",
    )
    readonly_fields = ("draft",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("draft"))
    def draft(self, review: Review) -> str:
        row: Any = review.row
        # “Under way, 2025” of what?
        return link_to(row, f"{row.initiative}: {row}" if isinstance(row, Entry) else "")
