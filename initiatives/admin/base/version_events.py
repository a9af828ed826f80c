"""Versions of a row and of what belongs to it, in one order: when, who, which way, and what each changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.utils import quote
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from ...recording.diff import Change, Names, VersionValues, changes, version_name
from ...recording.reversion import BROUGHT_BACK
from .reasons import reasons_in_words

HISTORY_TYPES = {"+": _lazy("Added"), "~": _lazy("Changed"), "-": _lazy("Deleted")}
# How the reasons begin that a load gives.
LOAD_REASONS = ("Loaded", "Reports loaded", "The update was corrected")


@dataclass(frozen=True)
class VersionEvent:
    """One version of the row, or of a row that belongs to it (``about`` says which; empty for the row itself)."""

    version: Any
    about: str
    url: str
    changes: list[Change] = field(default_factory=list)
    # Whether it is the first version, which says all instead of what differs.
    is_first: bool = False
    # Why it was written, entries by their names.
    reason: str = ""

    @property
    def action(self) -> str:
        return str(HISTORY_TYPES[self.version.history_type])

    @property
    def source(self) -> str:
        return source_of(self.version)


def source_of(version: Any) -> str:
    """Which way a version came in: a form, a load, the way back to an old version, or the program itself."""
    reason = version.history_change_reason or ""
    if reason.startswith(BROUGHT_BACK):
        return _("Brought back")
    if reason.startswith(LOAD_REASONS):
        return _("Load")
    return _("Form") if version.history_user_id else _("Program")


def version_url(version: Any) -> str:
    opts = version.instance_type._meta
    return reverse(
        f"admin:{opts.app_label}_{opts.model_name}_simple_history",
        args=[quote(version.id), version.history_id],
    )


# --- Versions of several models in one order ------------------------------------------------------


def version_order(parts: list[tuple[Any, dict[str, Any]]]) -> Any:
    """Date, number and part of all versions, newest first; one query, whichever page of it is read."""
    versions = [
        model.history.filter(**lookups)
        .order_by()
        .annotate(part=Value(number, output_field=models.IntegerField()))
        .values_list("history_date", "history_id", "part")
        for number, (model, lookups) in enumerate(parts)
    ]
    # The row itself comes above what was saved together with it.
    order = ("-history_date", "part", "-history_id")
    rows = versions[0].union(*versions[1:], all=True) if versions[1:] else versions[0]
    return rows.order_by(*order)


def events_of(
    parts: list[tuple[Any, dict[str, Any]]], order: list[tuple[Any, int, int]]
) -> list[VersionEvent]:
    """The versions of a page with what each changed; a fixed number of queries for each model on it."""
    names = Names()
    events: dict[tuple[int, int], VersionEvent] = {}
    for number, (model, _lookups) in enumerate(parts):
        keys = [key for _date, key, part in order if part == number]
        if keys:
            events |= {
                (number, event.version.history_id): event
                for event in _events_of_model(model, keys, names, bool(number))
            }
    return [events[part, key] for _date, key, part in order if (part, key) in events]


def _events_of_model(
    model: Any, keys: list[int], names: Names, is_part: bool
) -> list[VersionEvent]:
    earlier = (
        model.history.filter(id=OuterRef("id"))
        .filter(
            Q(history_date__lt=OuterRef("history_date"))
            | Q(history_date=OuterRef("history_date"), history_id__lt=OuterRef("history_id"))
        )
        .order_by("-history_date", "-history_id")
        .values("history_id")[:1]
    )
    rows = model.history.filter(history_id__in=keys).select_related("history_user")
    versions = list(rows.annotate(version_before=Subquery(earlier)).order_by(F("history_id")))
    before = model.history.in_bulk([row.version_before for row in versions if row.version_before])
    values = VersionValues(model, [*versions, *before.values()], names)
    existing = model._default_manager.in_bulk([row.id for row in versions]) if is_part else {}
    kind = capfirst(str(model._meta.verbose_name))
    events, reasons = [], reasons_in_words(versions)
    for version in versions:
        old = before.get(version.version_before)
        changed = []
        if version.history_type != "-":
            changed = changes(
                model, values.values(old) if old else None, values.values(version), names
            )
        about = f"{kind}: {existing.get(version.id) or version_name(version)}" if is_part else ""
        events.append(
            VersionEvent(
                version,
                about,
                version_url(version),
                changed,
                is_first=old is None,
                reason=reasons[version.pk],
            )
        )
    return events
