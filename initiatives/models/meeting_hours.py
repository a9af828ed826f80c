"""The hours at which a meeting begins and ends, with the zone that they are told in."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

HOUR = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
OFFSET = r"[+-](?:0[0-9]|1[0-4]):(?:00|15|30|45)"
DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
# Of a machine, or of none: names of the IANA database that say no place.
NO_PLACE = {"Factory", "localtime"}
HOURS = ("start_time", "end_time", "time_zone")


def validate_hour(text: str) -> None:
    """Raise ValidationError for what is not an hour and minute of a day (ISO 8601)."""
    if not re.fullmatch(HOUR, text, re.ASCII):
        raise ValidationError(
            _("“%(text)s” is not an hour; write 09:00 or 14:30."), params={"text": text[:40]}
        )


def validate_time_zone(text: str) -> None:
    """Raise ValidationError for what is neither an offset from UTC nor a zone of the IANA database."""
    if not re.fullmatch(OFFSET, text, re.ASCII) and text not in available_timezones() - NO_PLACE:
        message = _("“%(text)s” is not a time zone; write +05:00, or a name such as Asia/Tashkent.")
        raise ValidationError(message, params={"text": text[:40]})


def faults_of_hours(values: Mapping[str, Any]) -> dict[str, Any]:
    """The rules of ``hours_constraints``, at the field where a person would mend it."""
    start, end, zone = (values.get(name) or "" for name in HOURS)
    faults: dict[str, Any] = {}
    if not start and not end and not zone:
        return faults
    first, last = values.get("starts_on"), values.get("ends_on")
    if not start:
        faults["start_time"] = _("Give the hour at which it begins, or no hour and no zone.")
    if not zone:
        faults["time_zone"] = _("Give the zone of the hours: +05:00, or Asia/Tashkent.")
    if not re.fullmatch(DAY, str(first or ""), re.ASCII):
        faults["starts_on"] = _("Hours are those of a full day, such as 2026-12-10.")
    if start and end and end <= start and (not last or last == first):
        faults["end_time"] = _("It ends before it begins.")
    if faults:
        return faults
    days = {"start_time": first, "end_time": last or first}
    return {
        name: _("There is no such hour: the clocks are put forward in it.")
        for name, day in days.items()
        if _is_skipped(str(day), values.get(name) or "", zone)
    }


def _is_skipped(day: str, hour: str, zone: str) -> bool:
    """Whether clocks pass over an hour: 02:30 (Europe/Berlin) on the last Sunday of March."""
    if not re.fullmatch(DAY, day, re.ASCII) or not re.fullmatch(HOUR, hour, re.ASCII):
        return False
    if zone not in available_timezones():
        return False
    local = datetime.datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=ZoneInfo(zone))
    # In a gap the later offset is the greater one, in an hour that comes twice the smaller one (PEP 495).
    earlier, later = local.utcoffset(), local.replace(fold=1).utcoffset()
    return earlier is not None and later is not None and earlier < later


def hours_constraints() -> list[models.CheckConstraint]:
    return [
        models.CheckConstraint(
            name="meeting_hours_are_whole",
            condition=Q(start_time="", end_time="", time_zone="")
            | (
                Q(starts_on__isnull=False, starts_on__is_day=True)
                & ~Q(start_time="")
                & ~Q(time_zone="")
            ),
            violation_error_message=_(
                "Hours need a full day, the hour of the beginning and a zone."
            ),
        ),
        models.CheckConstraint(
            name="meeting_ends_after_its_hour",
            condition=Q(end_time="")
            | Q(end_time__gt=F("start_time"))
            | (Q(ends_on__isnull=False) & ~Q(ends_on=F("starts_on"))),
            violation_error_message=_("It ends before it begins."),
        ),
    ]


def hours_in_words(start: str, end: str, zone: str) -> str:
    """“14:00 (UTC+5)”, “14:00–16:30 (Asia/Tashkent)”; empty for none."""
    if not start:
        return ""
    return f"{start}–{end} ({_zone_in_words(zone)})" if end else f"{start} ({_zone_in_words(zone)})"


def _zone_in_words(zone: str) -> str:
    if zone[0] not in "+-":
        return zone
    hours, minutes = zone[1:].split(":")
    offset = f"{zone[0]}{int(hours)}" + ("" if minutes == "00" else f":{minutes}")
    return "UTC" if offset in ("+0", "-0") else f"UTC{offset}"


def moment_of(day: datetime.date, hour: str, zone: str) -> datetime.datetime:
    """That hour of a day in its zone, as a time that knows its offset from UTC."""
    offset = zone if zone[0] in "+-" else ""
    local = datetime.datetime.fromisoformat(f"{day.isoformat()}T{hour}{offset}")
    return local if offset else local.replace(tzinfo=ZoneInfo(zone))
