"""Whether an entry still counts, and what it says: the state of one, and the filter of lists by it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Manager, QuerySet, TextChoices
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class EntryState(TextChoices):
    CURRENT = "current", _("Current")
    CORRECTED = "corrected", _("Corrected")
    SUPERSEDED = "superseded", _("Superseded")
    WITHDRAWN = "withdrawn", _("Withdrawn")


def state_of(entry: Any) -> EntryState:
    if entry.is_withdrawn:
        return EntryState.WITHDRAWN
    if entry.is_superseded:
        return EntryState.SUPERSEDED
    return EntryState.CORRECTED if hasattr(entry, "correction") else EntryState.CURRENT


class EntryStateFilter(admin.SimpleListFilter):
    """By whether an entry still counts."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            (EntryState.CURRENT.value, EntryState.CURRENT.label),
            (EntryState.CORRECTED.value, _("Corrected or superseded")),
            (EntryState.WITHDRAWN.value, EntryState.WITHDRAWN.label),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        match self.value():
            case EntryState.CURRENT:
                return queryset.current()  # type: ignore[attr-defined, no-any-return]
            case EntryState.CORRECTED:
                return queryset.filter(correction__isnull=False)
            case EntryState.WITHDRAWN:
                return queryset.filter(withdrawn_at__isnull=False)
        return None


def says(entry: Any, name: str) -> bool:
    """Whether an entry says anything in a field; that it speaks of no delivery is said too."""
    value: Any = getattr(entry, name)
    if isinstance(value, Manager):
        return bool(value.exists())
    return name == "status" or not (value is None or value is False or value in ("", {}))
