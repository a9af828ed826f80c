"""Parts of files that speak of what is known by another id: read as if they had written that id."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from .document import Document
from .file_part import FilePart, IdentifiedPart
from .languages import without_original
from .schema import (
    RELATIONS,
    EvidencePart,
    InitiativePart,
    MeetingPart,
)

# What was answered about a row that is twice, by its name: the id that it is known by, or ANOTHER.
Answers = Mapping[str, str]
ANOTHER = ""

P = TypeVar("P", bound=FilePart)
# For each kind the ids of a file, and those by which the records are known.
KnownIds = Mapping[str, Mapping[str, str]]
# The keys of a file that name a record of each kind; “part_of” names one of the kind of its own part.
NAMING = {
    **dict.fromkeys(("initiative", *RELATIONS), "initiative"),
    **dict.fromkeys(("meeting", "raised_at", "due_at"), "meeting"),
    "translation_of": "report",
}


def with_known_ids(documents: Sequence[Document], answers: Answers) -> list[Document]:
    """The documents with known ids in the place of those that their ``same_as``, or an answer, calls the same."""
    return [_with_known_ids(document, answers) for document in documents]


def kind_of(part: IdentifiedPart) -> str:
    if isinstance(part, InitiativePart):
        return "initiative"
    return "meeting" if isinstance(part, MeetingPart) else "report"


def record_name(kind: str, key: str) -> str:
    """The name of a record among the answers."""
    return f"{kind} {key}"


def _with_known_ids(document: Document, answers: Answers) -> Document:
    known: dict[str, dict[str, str]] = {}
    for part in _identified_parts(document.content):
        kind, own = kind_of(part), part.id
        same = part.same_as or answers.get(record_name(kind, own)) or own
        if same != own:
            known.setdefault(kind, {})[own] = same
    if not known:
        return document
    own_id = document.source if "report" in known else document.own_id
    content = _renamed(document.content, known)
    return dataclasses.replace(document, content=content, own_id=own_id)


def _identified_parts(content: FilePart) -> Iterator[IdentifiedPart]:
    for _name, value in content:
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, IdentifiedPart):
                yield item


def _renamed(part: P, known: KnownIds) -> P:
    changes: dict[str, Any] = {}
    for name, value in part:
        if isinstance(value, list):
            changes[name] = [_renamed_value(part, name, item, known) for item in value]
        else:
            changes[name] = _renamed_value(part, name, value, known)
    if isinstance(part, IdentifiedPart) and (same := known.get(kind_of(part), {}).get(part.id)):
        # What it is called stands already; what it is called in other languages may be new.
        changes |= {"id": same, "title": without_original(changes["title"])}
        if kind_of(part) != "report" and not changes.get("summary"):
            # It is that of the title.
            changes["language"] = None
    if isinstance(part, EvidencePart):
        changes["update"] = _renamed_ref(part.update, known)
    return part.model_copy(update=changes)


def _renamed_value(part: FilePart, name: str, value: Any, known: KnownIds) -> Any:
    if isinstance(value, FilePart):
        return _renamed(value, known)
    if isinstance(value, str):
        return known.get(_kind_named(part, name), {}).get(value, value)
    return value


def _kind_named(part: FilePart, name: str) -> str:
    """The kind of record that a key of a part names; “” where it names none."""
    if name == "part_of":
        return kind_of(part) if isinstance(part, IdentifiedPart) else ""
    return NAMING.get(name, "")


def _renamed_ref(ref: str, known: KnownIds) -> str:
    report, initiative, *last = ref.split("/")
    report = known.get("report", {}).get(report, report)
    return "/".join([report, known.get("initiative", {}).get(initiative, initiative), *last])
