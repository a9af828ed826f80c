"""What changed from one version of a row to the next, in the words that people see elsewhere."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from simple_history.models import ModelChange
from simple_history.template_utils import HistoricalRecordContextHelper

from ..partial_dates import PartialDate


class VersionInWords(HistoricalRecordContextHelper):  # type: ignore[misc]
    """Names choices by their labels, and tells of the columns that only the actions write as well."""

    def context_for_delta_changes(self, delta: Any) -> list[dict[str, Any]]:
        kept = [field for field in delta.old_record.tracked_fields if not field.editable]
        for field in kept:
            old, new = (getattr(v, field.attname) for v in (delta.old_record, delta.new_record))
            if old != new:
                change = ModelChange(
                    field.name, _value(delta.old_record, field), _value(delta.new_record, field)
                )
                delta.changes.append(change)
        shown: list[dict[str, Any]] = super().context_for_delta_changes(delta)
        return shown

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        field: Any = self.model._meta.get_field(change.field)
        if getattr(field, "choices", None):
            return dict(field.flatchoices).get(value, value)
        if isinstance(value, PartialDate):
            return value.in_words
        return "" if value is None else super().prepare_delta_change_value(change, value)


def _value(version: Any, field: Any) -> Any:
    """The value in that version; for a reference whose row is gone, its key."""
    try:
        return getattr(version, field.name)
    except ObjectDoesNotExist:
        return getattr(version, field.attname)
