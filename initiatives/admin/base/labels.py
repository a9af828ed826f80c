"""How a row is named where one of many is picked: so that two of the same title can be told apart."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import QuerySet

from ...models import Initiative, Meeting, Report

# What the label of a row reads besides the row itself.
LABEL_RELATIONS: dict[type[Any], tuple[str, ...]] = {
    Initiative: ("dialogue", "raised_at"),
    Meeting: ("dialogue",),
}


# A longer number is no primary key.
MOST_DIGITS = 18


def label_of(row: Any) -> str:
    """Initiative: dialogue and year; report: publisher and date; meeting: dialogue and date; else just the name."""
    match row:
        case Initiative():
            raised_on = row.raised_at.starts_on if row.raised_at else None
            dialogue = row.dialogue.short_name or row.dialogue.name
            parts = [dialogue, raised_on and str(raised_on.last_day.year)]
        case Report():
            parts = [row.publisher, row.published_on and row.published_on.in_words]
        case Meeting():
            dialogue = row.dialogue.short_name or row.dialogue.name
            parts = [dialogue, row.starts_on and row.starts_on.in_words]
        case _:
            parts = []
    details = ", ".join(part for part in parts if part)
    return f"{row} – {details}" if details else str(row)


def with_labels(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with all that their labels read."""
    relations = LABEL_RELATIONS.get(rows.model)
    return rows.select_related(*relations) if relations else rows


class PickerView(AutocompleteJsonView):
    """What a picker finds while somebody types."""

    def get_queryset(self) -> QuerySet[Any]:
        """What matches; of meetings those of the dialogue that is chosen in the form."""
        rows = with_labels(super().get_queryset())
        dialogue = self.request.GET.get("dialogue", "")
        if rows.model is Meeting and dialogue.isdecimal() and len(dialogue) < MOST_DIGITS:
            rows = rows.filter(dialogue=dialogue)
        return rows

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return {**super().serialize_result(obj, to_field_name), "text": label_of(obj)}
