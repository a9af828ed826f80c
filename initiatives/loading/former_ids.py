"""Files that say ids of before: read as if they had said those of today (``models/former_addresses.py``).

What loads keep of a record that was merged into another stays under its own id; it is folded over when it is read, so
that undoing the merge leaves nothing to be put back.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from ..models import ENTRY_OF
from ..models.former_addresses import IS_RESERVED, is_reserved
from ..recording.record_ids import ADDRESSED, AddressBook, in_key, in_values
from .document import Document, SheetDocument
from .file_part import FilePart
from .kinds import Values
from .plan_types import FactKey, Plan
from .problems import Problem
from .review_schema import ReviewFile
from .schema import RELATIONS, DialoguePart, InitiativePart, MeetingPart, ReportPart
from .sheet_schema import SheetTranslationPart
from .vocabulary_schema import ParticipantPart, ThemePart

P = TypeVar("P", bound=FilePart)

# The keys of a file that name a record, whatever part they stand in; participants are named by ``participants.py``.
NAMING = {
    **dict.fromkeys(("initiative", "earlier", *RELATIONS), "initiative"),
    **dict.fromkeys(("meeting", "raised_at", "due_at"), "meeting"),
    "dialogue": "dialogue",
    "themes": "theme",
    "translation_of": "report",
}
# The parts that are records themselves, with the key that is their id.
IDENTIFIED: dict[type[FilePart], tuple[str, str]] = {
    InitiativePart: ("initiative", "id"),
    MeetingPart: ("meeting", "id"),
    ReportPart: ("report", "id"),
    DialoguePart: ("dialogue", "id"),
    ThemePart: ("theme", "id"),
    ParticipantPart: ("participant", "code"),
}


def with_ids_of_today(documents: Sequence[Document], book: AddressBook) -> list[Document]:
    """The documents with the ids that records have today; what a file states is kept under its own source."""
    return [_with_ids_of_today(document, book) for document in documents] if book else [*documents]


def _with_ids_of_today(document: Document, book: AddressBook) -> Document:
    changes: dict[str, Any] = {"content": _led_on(document.content, book)}
    if not isinstance(document.content, ReviewFile) and not document.own_id:
        own, now = (read("report", document.source) for read in (book.own, book.now))
        changes["own_id"] = own if own != now else ""
    if isinstance(document, SheetDocument):
        changes["bases"] = {
            (kind, in_key(kind, key, book.now)): in_values(kind, values, book.now)
            for (kind, key), values in document.bases.items()
        }
    return dataclasses.replace(document, **changes)


def _led_on(part: P, book: AddressBook) -> P:
    changes: dict[str, Any] = {}
    own = next((of for kind, of in IDENTIFIED.items() if isinstance(part, kind)), ("", ""))
    for name, value in part:
        kind = own[0] if name in (own[1], "same_as") else NAMING.get(name, "")
        if name == "part_of" and own[0]:
            kind = own[0]
        if isinstance(part, SheetTranslationPart) and name == "id" and part.kind not in ENTRY_OF:
            kind = part.kind
        led_on = _value_led_on(value, kind, book)
        if led_on is not value:
            changes[name] = led_on
    return part.model_copy(update=changes) if changes else part


def _value_led_on(value: Any, kind: str, book: AddressBook) -> Any:
    if isinstance(value, list):
        items = [_value_led_on(item, kind, book) for item in value]
        is_same = all(item is old for item, old in zip(items, value, strict=True))
        return value if is_same else items
    if isinstance(value, FilePart):
        return _led_on(value, book)
    if isinstance(value, str) and kind:
        now = book.now(kind, value)
        return value if now == value else now
    return value


# --- What loads keep ------------------------------------------------------------------------------


def folded(
    facts: Mapping[FactKey, Values], book: AddressBook
) -> tuple[dict[FactKey, Values], dict[FactKey, list[Values]], set[tuple[str, str]]]:
    """Bases by the keys of today, those of which several became one, and the kind and key of each record merged into.

    Several are of one file that spoke of both records: the one that was kept comes first, and the others say what it
    does not.
    """
    if not book:
        return dict(facts), {}, set()
    merged_into: set[tuple[str, str]] = set()
    of_key: dict[FactKey, list[tuple[bool, Values]]] = {}
    for (source, kind, key), values in facts.items():
        now = in_key(kind, key, book.now)
        if now != key:
            merged_into.add((kind, now))
        of_key.setdefault((source, kind, now), []).append(
            (now != key, in_values(kind, values, book.now))
        )
    merged: dict[FactKey, Values] = {}
    several: dict[FactKey, list[Values]] = {}
    for fact, bases in of_key.items():
        ordered = [values for _is_former, values in sorted(bases, key=lambda base: base[0])]
        merged[fact] = {}
        for values in reversed(ordered):
            merged[fact] |= values
        if len(ordered) > 1:
            several[fact] = ordered
    return merged, several, merged_into


# --- New ids --------------------------------------------------------------------------------------


def check_new_ids(plan: Plan) -> Iterator[Problem]:
    """Words that filters or files use for something else are no ids; those given once mean the record they led to."""
    for kind in ADDRESSED:
        for item in plan.records[kind]:
            key = item.item.key[0]
            if item.pk is None and is_reserved(kind, key):
                statement = item.statements[0]
                name = "code" if kind == "participant" else "id"
                what, _semicolon, cure = (str(IS_RESERVED) % {"key": key}).partition("; ")
                yield Problem(statement.document.name, statement.line(name), what, cure.rstrip("."))
