"""One report file: read, checked key by key, and every fault named with its line and its cure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from . import defaults, yaml_text
from .encodings import TextError
from .file_kinds import ZIP, refuse_other_kinds
from .kinds import Values
from .mending import mend
from .nesting import Place
from .problems import LoadError, Problem
from .review_schema import ReviewFile
from .said import phrased
from .scalars import VOCABULARY
from .schema import ReportFile
from .schema_faults import explain
from .sheet_schema import SheetFile
from .vocabulary_schema import VocabularyFile

MAX_BYTES = 2_000_000


@dataclass(frozen=True)
class Document:
    """A checked file; ``source`` is the id of its report or review, or “vocabulary”."""

    name: str
    text: str
    sha256: str
    content: ReportFile | ReviewFile | VocabularyFile | SheetFile
    # The id of its report in the file, where that is known by another one: what it states is kept under its own.
    own_id: str = ""
    # Where each of its initiatives stands, if some stand within others.
    places: Sequence[Place] = ()

    @property
    def source(self) -> str:
        if self.own_id:
            return self.own_id
        if isinstance(self.content, ReviewFile):
            return self.content.review.id
        return self.report or VOCABULARY

    @property
    def report(self) -> str:
        """The id of the report that its facts cite; empty where they cite none."""
        part = getattr(self.content, "report", None)
        return part.id if part else ""

    @property
    def origin(self) -> str:
        """What the change history says that its facts were loaded from."""
        return self.report or self.source

    @property
    def note(self) -> str:
        """What a plan says of a record that it states first."""
        return ""

    def cleared(self, kind: str, path: yaml_text.Path) -> Values:
        """What the statement at a path says by leaving a field empty; in a file that is nothing."""
        return {}

    def ref(self, path: yaml_text.Path) -> str:
        """The entry that the one at a path is; a file does not say."""
        return ""

    def line(self, path: yaml_text.Path, item: str = "") -> int:
        """The line of a path such as ``("updates", 0, "on")``, or of its nearest parent where it is missing.

        With ``item``, the line where that item of the list at the path stands.
        """
        tree, lines = self._lines
        path = defaults.stated_at(path, lines, self.places)
        while path and path not in lines:
            path = path[:-1]
        node = tree
        for step in path:
            node = node[step]
        if isinstance(node, list) and item in node:
            path = (*path, node.index(item))
        return lines.get(path, 1)

    @cached_property
    def _lines(self) -> tuple[Any, yaml_text.Lines]:
        """Read once more and kept when there is something to say; a file without faults never pays for it."""
        lines: yaml_text.Lines = {}
        return yaml_text.read(self.text, lines), lines


@dataclass(frozen=True)
class SheetDocument(Document):
    """The rows of a workbook that cite one report: what a person edits, as in the admin, only many at a time.

    It states what was edited and nothing else. ``bases`` are the values that the sheet was made with, by kind and key:
    what differs from them in the database was changed since. ``cells`` are the places of values, ``empty`` the fields
    whose cells were emptied with what they hold then, and ``refs`` the entries that rows correct, all by path.
    ``untouched`` are rows, by kind and name, that are as they were.
    """

    cells: Mapping[yaml_text.Path, int] = field(default_factory=dict)
    bases: Mapping[tuple[str, str], Values] = field(default_factory=dict)
    empty: Mapping[tuple[str, yaml_text.Path], Values] = field(default_factory=dict)
    refs: Mapping[yaml_text.Path, str] = field(default_factory=dict)
    untouched: Iterable[tuple[str, str]] = ()

    @property
    def origin(self) -> str:
        return self.name

    def cleared(self, kind: str, path: yaml_text.Path) -> Values:
        return self.empty.get((kind, path), {})

    def ref(self, path: yaml_text.Path) -> str:
        return self.refs.get(path, "")

    def line(self, path: yaml_text.Path, item: str = "") -> int:
        return place_of(self.cells, path)


def id_line(document: Document) -> int:
    """The line of the id of its report or review."""
    section = "review" if isinstance(document.content, ReviewFile) else "report"
    return document.line((section, "id"))


def place_of(places: Mapping[yaml_text.Path, int], path: yaml_text.Path) -> int:
    """Where the value at a path stands, or its nearest parent; 0 where none of them stands anywhere."""
    while path not in places and path:
        path = path[:-1]
    return places.get(path, 0)


def find_files(paths: Iterable[str | Path]) -> list[Path]:
    """The files named, and all ``.yaml`` and ``.yml`` files under the folders named, each once.

    Raises LoadError for a path that cannot be read or does not exist, or a folder without such files.
    """
    paths_found: dict[Path, None] = {}
    problems = []
    for path in map(Path, paths):
        try:
            inside = _files_in(path) if path.is_dir() else [path] * path.is_file()
        except OSError as error:
            problems.append(_unreadable(path, error))
            continue
        if not inside:
            folder = path.is_dir()
            what = (
                phrased("no .yaml files in this folder")
                if folder
                else phrased("there is no such file")
            )
            hint = (
                phrased("name a folder with report files")
                if folder
                else phrased("correct the path")
            )
            problems.append(Problem(_name(path), 0, what, hint))
        paths_found.update(dict.fromkeys(inside))
    if problems:
        raise LoadError(problems)
    return list(paths_found)


def _files_in(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix in (".yaml", ".yml") and p.is_file())


def _name(path: Path) -> str:
    """The path as text that can be printed, whatever bytes it is made of."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def _unreadable(path: Path, error: OSError) -> Problem:
    what = phrased("cannot be read: %(why)s", why=error.strerror or error)
    return Problem(_name(path), 0, what, phrased("check the path and its permissions"))


def read_file(path: Path) -> Document:
    """Read and check one file; raises LoadError with every fault in it."""
    name = _name(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise LoadError([_too_large(name)])
        data = path.read_bytes()
    except OSError as error:
        raise LoadError([_unreadable(path, error)]) from None
    return read_bytes(name, data)


def read_bytes(name: str, data: bytes) -> Document:
    """Read and check the content of a file called ``name``; raises LoadError with every fault in it."""
    refuse_other_kinds(name, data)
    if data.startswith(ZIP):
        what = phrased("this is a workbook (XLSX)")
        raise LoadError([Problem(name, 0, what, phrased("upload it on the desk, under Uploads"))])
    if len(data) > MAX_BYTES:
        raise LoadError([_too_large(name)], unread=data)
    try:
        text = yaml_text.decode(data)
        tree = yaml_text.read(text)
    except TextError as error:
        problem = Problem(name, error.line, error.what, error.expected)
        raise LoadError([problem], unread=data) from None
    if not isinstance(tree, dict) or not tree:
        what = phrased("this is not a mapping of keys and values")
        raise LoadError([Problem(name, 1, what, phrased("start with report:"))], unread=data)
    schema, sha256 = _schema_of(tree.keys()), hashlib.sha256(data).hexdigest()
    expanded, places = defaults.expand(tree)
    try:
        content = schema.model_validate(expanded)
    except ValidationError as error:
        lines: yaml_text.Lines = {}
        yaml_text.read(text, lines)
        faults = explain(
            name,
            lambda path: place_of(lines, defaults.stated_at(path, lines, places)) or 1,
            schema,
            error,
            # What is wrong with a default, or around a part, is told once, where it stands.
            is_told=lambda path: not defaults.is_default(tree, path, places),
        )
        mended = mend(schema, expanded, error)
        readable = [Document(name, text, sha256, mended, places=places)] if mended else []
        raise faults.error(readable, b"" if mended else data) from None
    return Document(name, text, sha256, content, places=places)


def _schema_of(keys: Set[str]) -> type[ReportFile | ReviewFile | VocabularyFile]:
    """What kind of file it is, by its sections; one with a report is a report file, whatever else is in it."""
    others = (ReviewFile, VocabularyFile) if "report" not in keys else ()
    return next((s for s in others if not keys.isdisjoint(s.model_fields)), ReportFile)


def _too_large(name: str) -> Problem:
    limit = phrased("at most %(most)s MB; one file is one document", most=MAX_BYTES // 1_000_000)
    return Problem(name, 0, phrased("the file is too large"), limit)
