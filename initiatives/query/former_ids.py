"""Former ids in a query string: they mean the record that they led to once (``models/former_addresses.py``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.http import QueryDict

from ..models import FormerAddress, InvolvementCapacity
from .parameters import MOST_VALUES, MovedParameters

# The parameters whose values are ids, with the kind of record that each names.
KINDS = {
    "dialogue": "dialogue",
    "meeting": "meeting",
    "theme": "theme",
    **dict.fromkeys(("participant", *InvolvementCapacity.values), "participant"),
}


def led_on(data: QueryDict, names: Iterable[str]) -> None:
    """Raise MovedParameters where one of these parameters has a former id; one query for each kind of record."""
    values: dict[str, list[str]] = defaultdict(list)
    named = {name: data.getlist(name)[:MOST_VALUES] for name in names if name in KINDS}
    for name, given in named.items():
        values[KINDS[name]] += [value for value in given if value and "\0" not in value]
    now = {
        (kind, old): new
        for kind, keys in values.items()
        for old, new in (FormerAddress.objects.led_on_in_public(kind, keys) if keys else {}).items()
    }
    moved = {
        name: list(dict.fromkeys(now.get((KINDS[name], value), value) for value in given))
        for name, given in named.items()
    }
    if now:
        current = data.copy()
        for name, keys in moved.items():
            current.setlist(name, keys)
        raise MovedParameters(current)
