"""Of which initiatives what was known on a day may be another since a version of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model
from pyroaring import BitMap

from ..models import Citation, Dialogue, Initiative, Meeting, Mention, Report
from ..serving.changes import MOST_CHANGES
from ..serving.data_version import noted_since
from ..serving.statements import INITIATIVES
from .past_index import PastIndex

SPEAKERS = Mention.by.through
CITED = ("updates__citations", "roles__citations")
REPORTS = (
    *("mentions__report", "updates__report", "criteria__report"),
    *(f"{path}__report" for path in CITED),
)
# The rows on which it rests beside those that are noted as changes of their initiatives, and how these lead to them.
LEADS: Mapping[type[Model], Sequence[str]] = {
    Report: REPORTS,
    Meeting: ("raised_at", "mentions__due_at", *(f"{path}__meeting" for path in REPORTS)),
    Dialogue: ("dialogue",),
    Citation: CITED,
}
# Where on the day an initiative led elsewhere than it does today.
ON_THE_DAY = {Meeting: "raised_at__slug", Dialogue: "dialogue__slug"}


def touched_since(index: PastIndex, using: str) -> BitMap | None:
    """The initiatives that something was written about since a day was read; None where it is to be read anew."""
    tables = {model._meta.db_table: model for model in (*LEADS, SPEAKERS)}
    changed = noted_since(index.version, [INITIATIVES, *tables], using=using, most=MOST_CHANGES)
    if changed is None or any(None in rows for rows in changed.values()):
        return None
    touched = BitMap(row for row in changed.get(INITIATIVES, ()) if row)
    for table, model in tables.items():
        rows: Any = changed.get(table)
        if not rows:
            continue
        # What is gone leads nowhere any more.
        existing = model._default_manager.using(using).filter(pk__in=rows).order_by()
        if existing.count() < len(rows):
            return None
        if model is SPEAKERS:
            touched |= BitMap(existing.values_list("mention__initiative", flat=True))
        for path in LEADS.get(model, ()):
            reached = Initiative.objects.using(using).filter(**{f"{path}__in": rows}).order_by()
            touched |= BitMap(reached.values_list("pk", flat=True)[: MOST_CHANGES + 1])
        if model in ON_THE_DAY:
            by_key = index.columns[ON_THE_DAY[model]]
            touched |= BitMap.union(BitMap(), *(by_key.get(row, BitMap()) for row in rows))
    return touched if len(touched) <= MOST_CHANGES else None
