"""A day with its hour and zone in one value, as calendars and OParl write it, taken apart into the three."""

from __future__ import annotations

import re
from typing import Any

from ..models.meeting_hours import HOUR, OFFSET
from .said import Faulty, phrased

# ISO 8601; seconds that are none may be there.
MOMENT = re.compile(
    rf"(?P<day>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})[T ](?P<hour>{HOUR})(?::00(?:\.0+)?)?(?P<zone>Z|{OFFSET})?",
    re.ASCII,
)
HOUR_OF = {"starts": "start_time", "ends": "end_time"}


def take_apart(values: dict[str, Any]) -> dict[str, Any]:
    """What a meeting states, ``starts: 2026-12-10T14:00+05:00`` as day, hour and zone.

    Raises ValueError for an hour without a zone, or where another key says otherwise.
    """
    apart = dict(values)
    for key, hour in HOUR_OF.items():
        match = MOMENT.fullmatch(text) if isinstance(text := values.get(key), str) else None
        if not match:
            continue
        zone = "+00:00" if match["zone"] == "Z" else match["zone"] or apart.get("time_zone")
        if not zone:
            raise Faulty(
                phrased("“%(text)s” has an hour and no zone", text=text),
                phrased("write the zone too, as in +05:00"),
            )
        for name, value in ((hour, match["hour"]), ("time_zone", zone)):
            if apart.get(name) not in (None, "", value):
                raise Faulty(
                    phrased(
                        "“%(key)s” says %(value)s, and “%(other)s” %(other_value)s",
                        key=key,
                        value=value,
                        other=name,
                        other_value=apart[name],
                    ),
                    phrased("correct one of them"),
                )
            apart[name] = value
        apart[key] = match["day"]
    return apart
