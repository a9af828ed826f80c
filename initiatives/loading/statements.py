"""What documents say, as flat statements about records and about entries."""

from __future__ import annotations

from dataclasses import dataclass, field

from .document import Document
from .kinds import IN_FILE, Key, Values
from .yaml_text import Path


@dataclass(frozen=True, slots=True)
class Statement:
    """One document's word on one record: only the fields that it states.

    ``places`` has the paths of the fields that it states elsewhere than at ``path``.
    """

    kind: str
    key: Key
    values: Values
    document: Document
    path: Path
    subject: tuple[str, Key] | None = None
    places: dict[str, Path] = field(default_factory=dict)

    @property
    def source(self) -> str:
        return self.document.source

    def add(self, other: Statement) -> None:
        """Take in what the same document says of the same record in another place."""
        self.places.update(dict.fromkeys(other.values.keys() - self.values.keys(), other.path))
        self.values.update(other.values)

    def line(self, field_name: str = "", item: str = "") -> int:
        """Where the document states a field, or an item of it."""
        path = self.places.get(field_name, self.path)
        if self.kind == "report" and field_name == "meeting":
            # The document's meeting stands beside the report.
            return self.document.line(("meeting", "id"))
        name = IN_FILE.get(field_name, field_name)
        return self.document.line((*path, *name.split(".")) if name else path, item)


@dataclass(frozen=True, slots=True)
class EntryStatement:
    """One mention or update as a document states it; ``values`` are its plain values.

    ``ref`` names the entry that it is, where the document says so; ``translations`` are what it is in other languages.
    """

    kind: str
    initiative: str
    values: Values
    document: Document
    path: Path
    ref: str = ""
    translations: Values = field(default_factory=dict)

    @property
    def source(self) -> str:
        return self.document.source

    def line(self, name: str = "", item: str = "") -> int:
        """Where the document states it, or one of its keys, or an item of that."""
        return self.document.line((*self.path, name) if name else self.path, item)


@dataclass(slots=True)
class Statements:
    """All that the documents of one call say."""

    records: list[Statement] = field(default_factory=list)
    entries: list[EntryStatement] = field(default_factory=list)
    # Citations of updates by ref, which only the plan can tell apart from a ref that does not exist.
    evidence: list[Statement] = field(default_factory=list)
    # What rows of a sheet say of updates, by ref, in other languages.
    entry_texts: list[Statement] = field(default_factory=list)
