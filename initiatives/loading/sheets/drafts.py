"""A document put together from rows of sheets, with the place of every value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from ..document import SheetDocument, place_of
from ..kinds import Values
from ..mending import mend
from ..problems import SheetCell
from ..scalars import VOCABULARY
from ..schema import LINES_OF_DIALOGUE, LINES_OF_MEETING
from ..schema_faults import explain
from ..sheet_schema import SheetFile
from ..yaml_text import Path

# The keys under which report files have lines, by the kind of these.
KEYS_OF_LINES = {str(kind): name for name, kind in (LINES_OF_MEETING | LINES_OF_DIALOGUE).items()}
# Those under which other rows stand in what they belong to.
NESTED = {
    "target": "targets",
    "membership": "members",
    "attendance": "attendance",
    "delegate": "attendance",
    "lineage": "lineage",
}


def section_of_line(kind: str) -> str:
    """Where lines of that kind stand in a document; a kind that is none is refused with meetings."""
    return "dialogues" if kind in LINES_OF_DIALOGUE.values() else "meetings"


@dataclass(slots=True)
class ReportDraft:
    """A document being put together."""

    content: dict[str, Any] = field(default_factory=lambda: defaultdict(list))
    cells: dict[Path, int] = field(default_factory=dict)
    bases: dict[tuple[str, str], Values] = field(default_factory=dict)
    empty: dict[tuple[str, Path], Values] = field(default_factory=dict)
    refs: dict[Path, str] = field(default_factory=dict)

    def add(
        self, section: str, part: dict[str, Any], cells: dict[str, SheetCell], row: SheetCell
    ) -> Path:
        """Add a part to a section, with the places of its keys, and return its path."""
        path: Path = (section, len(self.content[section]))
        self.content[section].append(part)
        self.cells[path] = row
        self.cells |= {(*path, name): cell for name, cell in cells.items()}
        return path

    def nest(
        self,
        path: Path,
        kind: str,
        named: Mapping[str, str],
        values: dict[str, Any],
        cells: dict[str, SheetCell],
    ) -> Path:
        """Put a row into the part of what it belongs to, and return its path.

        ``named`` has what names it there, ``values`` what else it says.
        """
        section, index = path
        part = self.content[str(section)][index]
        if kind == "role":
            role = named["role"]
            part["roles"] = {role: [named["participant"]]}
            inner: Path = (*path, "roles", role)
            self.cells[inner] = cells["role"]
            self.cells[*inner, 0] = self.cells[*inner, "participant"] = cells["participant"]
            return inner
        item = {**named, **values}
        if "locator" in part and section != "initiatives":
            # It is the place of what the row says, not of the meeting or dialogue.
            item["locator"] = part.pop("locator")
        name = NESTED.get(kind, kind)
        if kind == "line":
            line_kind = item.pop("kind")
            name = KEYS_OF_LINES.get(line_kind, line_kind)
            self.cells[*path, name] = cells["kind"]
        if kind == "delegate":
            item = {"participant": item.pop("participant"), "delegates": [item]}
        part[name] = [item]
        inner = (*path, name, 0)
        for place in (inner, (*inner, "delegates", 0)) if kind == "delegate" else (inner,):
            self.cells[place] = cells[next(iter(named))]
            self.cells |= {(*place, key): cell for key, cell in cells.items()}
        return inner

    def document(self, name: str, source: str) -> SheetDocument:
        """The document, checked by the rules of report files; raises LoadError with every fault in it."""
        if source != VOCABULARY:
            self.content.setdefault("report", {"id": source})
            first = next(iter(self.cells.values()), 0)
            citing = next(
                (at for path, at in self.cells.items() if path[-1:] == ("report",)), first
            )
            self.cells.setdefault(("report",), citing)
            self.cells.setdefault(("report", "id"), self.cells["report",])
        try:
            content = SheetFile.model_validate(dict(self.content))
        except ValidationError as error:
            faults = explain(name, lambda path: place_of(self.cells, path), SheetFile, error)
            mended = mend(SheetFile, dict(self.content), error)
            raise faults.error([self._with(name, mended)] if mended else []) from None
        return self._with(name, content)

    def _with(self, name: str, content: SheetFile) -> SheetDocument:
        return SheetDocument(
            name,
            "",
            "",
            content,
            cells=self.cells,
            bases=self.bases,
            empty=self.empty,
            refs=self.refs,
        )
