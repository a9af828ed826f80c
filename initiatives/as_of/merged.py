"""On a day before they were merged, meetings are one already: with what was known of each of them by then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..models import Attendance, Meeting, Participant
from .versions import Versions


def apply_merged(versions: Versions, rows: Sequence[Meeting], columns: Sequence[str]) -> set[int]:
    """Let meetings that were not there be as what was merged into them since; return the keys of those."""
    by_key = {row.pk: row for row in rows}
    earlier = {
        gone: Meeting(pk=gone)
        for gone, kept in versions.merged_since(Meeting).items()
        if kept in by_key
    }
    there = versions.apply(Meeting, earlier.values(), columns)
    shown = set()
    for gone in sorted(there):
        kept = versions.merged_since(Meeting)[gone]
        if earlier[gone].is_public and kept not in shown:
            shown.add(kept)
            for name in columns:
                setattr(by_key[kept], name, getattr(earlier[gone], name))
    return shown


def stated_of_merged(versions: Versions, model: Any, column: str, keys: Sequence[int]) -> list[Any]:
    """What belonged to these rows, and to what was merged into them since: once where both had it."""
    merged = _owners_merged(versions, column, keys)
    rows = versions.rows(model, **{f"{column}__in": [*keys, *merged]})
    of_row = model._meta.get_field(column).attname
    rows.sort(key=lambda row: getattr(row, of_row) in merged)
    found: dict[Any, Any] = {}
    for stated in rows:
        key = getattr(stated, of_row)
        setattr(stated, of_row, merged.get(key, key))
        found.setdefault((merged.get(key, key), *stated.identity), stated)
    return list(found.values())


def _owners_merged(versions: Versions, column: str, keys: Sequence[int]) -> dict[int, int]:
    """Meetings or attendances that are one with one of these today, each with that one; no dialogue is merged."""
    meetings = versions.merged_since(Meeting)
    if column == "meeting":
        return {gone: kept for gone, kept in meetings.items() if kept in keys}
    participants = versions.merged_since(Participant)
    if column != "attendance" or not (meetings or participants):
        return {}
    own = Attendance.objects.using(versions.using).filter(pk__in=keys).order_by()
    today = {(row.meeting_id, row.participant_id): row.pk for row in own}
    owners = {}
    for column_merged, gone in (("meeting", meetings), ("participant", participants)):
        for row in versions.rows(Attendance, **{f"{column_merged}__in": [*gone]}) if gone else ():
            meeting = meetings.get(row.meeting_id, row.meeting_id)
            participant = participants.get(row.participant_id, row.participant_id)
            if (kept := today.get((meeting, participant), row.pk)) != row.pk:
                owners[row.pk] = kept
    return owners
