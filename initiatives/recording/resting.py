"""What the derived columns and the search texts of initiatives rest on: one table for the desk, loads and undoing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Model

from ..models import (
    ENTRIES,
    Citation,
    Dialogue,
    Discrepancy,
    Initiative,
    Meeting,
    Participant,
    Report,
    Role,
    Target,
    Theme,
)
from .bulk_history import BATCH


class Resting(NamedTuple):
    """Paths from initiatives to the rows of a model, and the columns of these that they rest on."""

    paths: tuple[str, ...]
    columns: tuple[str, ...] = ()


RESTING: dict[type[Model], Resting] = {
    Participant: Resting(
        ("involvements__participant",),
        # Kind and code decide what CLDR calls it.
        ("name", "official_name", "other_names", "kind", "code", "language", "translations"),
    ),
    Theme: Resting(("themes",), ("name", "translations")),
    Dialogue: Resting(("dialogue",), ("name", "short_name", "other_names", "translations")),
    # News of what was raised there, and the due date of what is due there.
    Meeting: Resting(
        ("raised_at", "mentions__due_at"),
        ("starts_on", "ends_on", "state", "title", "other_names", "translations"),
    ),
    Report: Resting(
        tuple(
            f"{path}{version}"
            for path in (
                *(f"{model.plural}__report" for model in ENTRIES),
                "updates__citations__report",
            )
            for version in ("", "__translation_of")
        ),
        ("kind", "published_on", "title", "translation_of_id"),
    ),
    Initiative: Resting(("pk",)),
    # Who is in an initiative follows from its roles too.
    Role: Resting(("roles",), ("initiative_id", "role", "participant_id")),
    Target: Resting(("targets",), ("initiative_id", "metric", "note")),
    Discrepancy: Resting(("discrepancies",), ("initiative_id", "topic", "resolution")),
    Citation: Resting(("updates__citations",), ("report_id", "status_update_id")),
    **{model: Resting((model.plural,)) for model in ENTRIES},
}
NOTHING = Resting(())


def resting_columns(model: type[Model]) -> tuple[str, ...]:
    """The columns of a model that initiatives rest on."""
    return RESTING.get(model, NOTHING).columns


def initiatives_resting_on(model: type[Model], keys: Iterable[int]) -> set[int]:
    """Primary keys of the initiatives that rest on the rows of a model, given by primary key, as they are stored."""
    ordered = sorted(keys)
    return {
        initiative
        for path in RESTING.get(model, NOTHING).paths
        for start in range(0, len(ordered), BATCH)
        for initiative in Initiative.objects.filter(
            **{f"{path}__in": ordered[start : start + BATCH]}
        )
        .order_by()
        .values_list("pk", flat=True)
    }
