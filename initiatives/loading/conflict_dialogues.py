"""Which dialogues conflicts are about, so that a person sees those of their own; the rule for rows is `belongs_to`.

The record may be gone, so the key of the conflict says it, by the ids in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from ..models import (
    ENTRIES,
    ENTRY_OF,
    Citation,
    Dialogue,
    Discrepancy,
    Initiative,
    LoadConflict,
    Meeting,
    Report,
)
from ..recording.record_ids import AddressBook, in_key
from ..search.query import among
from .kinds import CHUNK

# The kind of a record and its id.
Named = tuple[str, str]

# Where the dialogues stand of what a key can name; of several paths one leads there, but of a report.
PATHS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "dialogue": (Dialogue, ("pk",)),
    "meeting": (Meeting, ("dialogue",)),
    "initiative": (Initiative, ("dialogue",)),
    "discrepancy": (Discrepancy, ("dialogue", "meeting__dialogue", "initiative__dialogue")),
    "report": (
        Report,
        ("meeting__dialogue", *(f"{model.plural}__initiative__dialogue" for model in ENTRIES)),
    ),
    **{kind: (model, ("initiative__dialogue",)) for kind, model in ENTRY_OF.items()},
}
# What belongs to a record of these belongs to its dialogue.
OWNERS = ("dialogue", "meeting", "initiative")


def conflicts_within(
    conflicts: QuerySet[LoadConflict], own: frozenset[int] | None
) -> QuerySet[LoadConflict]:
    """The conflicts about records of these dialogues (primary keys; None for all of them)."""
    if own is None:
        return conflicts
    rows = conflicts.order_by().values_list("pk", "kind", "key")
    found = dialogues_of((kind, key) for _pk, kind, key in rows)
    keys = [pk for pk, kind, key in rows if found.get((kind, key), set()) & own]
    return conflicts.filter(among(keys, conflicts.db))


def dialogues_of(records: Iterable[Named]) -> dict[Named, set[int]]:
    """The dialogues (primary keys) that records of these kinds and keys speak of, in a fixed number of queries."""
    book = AddressBook()
    named = {record: set(_named(*record, book)) for record in records}
    of_reports = defaultdict(list)
    for record, names in named.items():
        for kind, key in names:
            if kind == "report":
                of_reports[key].append(record)
    for report, ref in _citations(list(of_reports)):
        for record in of_reports[report]:
            named[record] |= set(_named("citation", ref, book))
    found = _look_up(set().union(*named.values()))
    return {
        record: set().union(*(found[name] for name in names)) for record, names in named.items()
    }


def _named(kind: str, key: str, book: AddressBook) -> list[Named]:
    """What decides of which dialogue a record is: itself, or what the first id in its key names."""
    if kind == "citation":
        _report, subject, *rest = key.split("/", 2)
        return _named(subject.replace("_", ""), rest[0], book) if rest else []
    if kind in PATHS and kind not in OWNERS:
        return [(kind, book.now(kind, key))]
    ids: list[Named] = []

    def note(of: str, part: str) -> str:
        ids.append((of, book.now(of, part)))
        return part

    in_key(kind, key, note)
    return [name for name in ids if name[0] in OWNERS][:1]


def _citations(reports: list[str]) -> Iterable[tuple[str, str]]:
    for start in range(0, len(reports), CHUNK):
        rows = Citation.objects.filter(report__slug__in=reports[start : start + CHUNK])
        yield from rows.order_by().values_list("report__slug", "ref")


def _look_up(names: set[Named]) -> dict[Named, set[int]]:
    found: dict[Named, set[int]] = defaultdict(set)
    for kind, (model, paths) in PATHS.items():
        keys = sorted(key for of, key in names if of == kind)
        (lookup,) = model.natural_key_lookups()
        for start in range(0, len(keys), CHUNK):
            rows = model._base_manager.filter(**{f"{lookup}__in": keys[start : start + CHUNK]})
            for path in paths:
                pairs = rows.order_by().values_list(lookup, path).distinct()
                for key, dialogue in pairs:
                    found[kind, key] |= {dialogue} if dialogue else set()
    return found
