"""Lines and delegates that no file states any more: what a load made, it takes out again."""

from __future__ import annotations

from collections.abc import Mapping

from ..models import Citation, Delegate, Line, Record
from .kinds import Key, Kind, Values

REMOVABLE = tuple(str(model._meta.model_name) for model in (Line, Delegate))
# What each file said of the rows that it states no more: by key, then by source.
Gone = Mapping[Key, Mapping[str, Values]]


def is_removable(kind: str, key: str) -> bool:
    """Whether such a record leaves with the last file that states it: a line, a delegate, a citation for one."""
    return kind in REMOVABLE or (kind == "citation" and key.split("/")[1] in REMOVABLE)


def leaving(kind: Kind, gone: Gone, rows: Mapping[Key, Record]) -> dict[Key, int]:
    """The rows to delete of those gone from files: as a load left them, and cited by no other document."""
    unchanged = {
        key: rows[key].pk
        for key, bases in gone.items()
        if key in rows
        and is_removable(kind.name, "/".join(key))
        and _is_as_loaded(kind, rows[key], bases)
    }
    if kind.name not in REMOVABLE or not unchanged:
        return unchanged
    refs = [f"{source}/{kind.name}/{key[0]}" for key in unchanged for source in gone[key]]
    others = Citation.objects.filter(**{f"{kind.name}__in": list(unchanged.values())})
    cited = set(others.exclude(ref__in=refs).values_list(kind.name, flat=True))
    return {key: pk for key, pk in unchanged.items() if pk not in cited}


def _is_as_loaded(kind: Kind, row: Record, bases: Mapping[str, Values]) -> bool:
    ours = kind.read(row)
    stated: Values = {}
    for base in bases.values():
        stated |= base
    return ours == {name: stated.get(name, kind.defaults.get(name)) for name in ours}
