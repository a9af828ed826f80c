"""One report file: read, checked key by key, and every fault named with its line and its cure."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from . import defaults, yaml_text
from .kinds import Values
from .problems import LoadError, Problem
from .scalars import VOCABULARY
from .schema import ReportFile, ReviewFile, SheetFile, VocabularyFile

MAX_BYTES = 2_000_000
# Faults of one file that are put into words; nobody reads more at a time.
MAX_FAULTS = 1000


@dataclass(frozen=True)
class Document:
    """A checked file; ``source`` is the id of its report or review, or “vocabulary”."""

    name: str
    text: str
    sha256: str
    content: ReportFile | ReviewFile | VocabularyFile | SheetFile

    @property
    def source(self) -> str:
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
        return self.source

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
        path = defaults.stated_at(path, lines)
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
            what = "no .yaml files in this folder" if folder else "there is no such file"
            hint = "name a folder with report files" if folder else "correct the path"
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
    what = f"cannot be read: {error.strerror or error}"
    return Problem(_name(path), 0, what, "check the path and its permissions")


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
    if len(data) > MAX_BYTES:
        raise LoadError([_too_large(name)])
    try:
        text = yaml_text.decode(data)
        tree = yaml_text.read(text)
    except yaml_text.YamlTextError as error:
        problem = Problem(name, error.line, error.what, error.expected)
        raise LoadError([problem]) from None
    if not isinstance(tree, dict) or not tree:
        what = "this is not a mapping of keys and values"
        raise LoadError([Problem(name, 1, what, "start with report:")])
    schema = _schema_of(tree.keys())
    try:
        content = schema.model_validate(defaults.expand(tree))
    except ValidationError as error:
        raise LoadError(list(_explain_text(name, text, schema, error))) from None
    return Document(name, text, hashlib.sha256(data).hexdigest(), content)


def _schema_of(keys: Set[str]) -> type[ReportFile | ReviewFile | VocabularyFile]:
    """What kind of file it is, by its sections; one with a report is a report file, whatever else is in it."""
    others = (ReviewFile, VocabularyFile) if "report" not in keys else ()
    return next((s for s in others if not keys.isdisjoint(s.model_fields)), ReportFile)


def _too_large(name: str) -> Problem:
    limit = f"at most {MAX_BYTES // 1_000_000} MB; one file is one document"
    return Problem(name, 0, "the file is too large", limit)


def _explain_text(
    name: str, text: str, schema: type[BaseModel], error: ValidationError
) -> Iterator[Problem]:
    lines: yaml_text.Lines = {}
    tree = yaml_text.read(text, lines)

    def place(path: yaml_text.Path) -> int:
        return place_of(lines, path) or 1

    def is_named(path: yaml_text.Path) -> bool:
        return not defaults.is_default(tree, path)

    yield from explain(name, place, schema, error, is_named)


def explain(
    name: str,
    place: Callable[[yaml_text.Path], int],
    schema: type[BaseModel],
    error: ValidationError,
    is_named: Callable[[yaml_text.Path], bool] = lambda path: True,
) -> Iterator[Problem]:
    """What is wrong in a file, in words; ``place`` finds where a path stands in it.

    Faults at paths that are not ``is_named`` are those of others: what is wrong with a default is named once.
    """
    faults = [
        fault
        for fault in error.errors(include_url=False, include_context=True)
        if is_named(fault["loc"])
    ]
    for fault in faults[:MAX_FAULTS]:
        path = tuple(step for step in fault["loc"] if step != "[key]")
        what, expected = _in_words(fault, schema)
        yield Problem(name, place(path), what, expected)
    if more := len(faults[MAX_FAULTS:]):
        yield Problem(name, 0, f"{more:,} more faults in this file", "correct the others first")


def _in_words(fault: ErrorDetails, schema: type[BaseModel]) -> tuple[str, str]:
    """What is wrong and what was expected, from one of pydantic's errors."""
    kind, context = fault["type"], fault.get("ctx", {})
    path = list(fault["loc"])
    key = next((step for step in reversed(path) if isinstance(step, str)), "file")
    value = _short(fault["input"])
    if kind == "missing":
        return f"“{key}” is missing", f"{key}: …"
    if kind == "extra_forbidden":
        return f"unknown key {_short(key)}", _did_you_mean(key, _keys_beside(schema, path))
    if key == "[key]":
        words = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        return f"unknown key {value}", _did_you_mean(str(fault["input"]), words)
    if kind in ("enum", "literal_error"):
        return f"“{key}” cannot be {value}", f"expected {context['expected']}"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"“{key}” is {value}", "expected a mapping of keys and values"
    if kind == "list_type":
        return f"“{key}” is {value}", "expected a list: [a, b]"
    if kind == "string_type":
        return f"“{key}” is {value}", "expected text"
    if kind == "string_pattern_mismatch":
        expected = "lower-case a–z, digits and single hyphens"
        if key == "update":
            expected = "report id/initiative id/date"
        return f"“{key}” cannot be {value}", f"expected {expected}"
    if kind in ("string_too_short", "too_short"):
        return f"“{key}” is empty", "leave the key out, or say something"
    if kind in ("string_too_long", "too_long"):
        length = len(fault["input"])
        return f"“{key}” has {length:,} characters", f"at most {context['max_length']:,}"
    if kind == "value_error":
        what, _, cure = str(context["error"]).partition("; ")
        return (what if isinstance(fault["input"], dict) else f"“{key}”: {what}"), cure
    expected = re.sub(r"^(Decimal i|I)nput should (be|have)", "expected", fault["msg"])
    return f"“{key}” cannot be {value}", expected


def _did_you_mean(word: str, words: list[str]) -> str:
    close = difflib.get_close_matches(word, words, 1)
    return f"did you mean “{close[0]}”?" if close else "known keys: " + ", ".join(words)


def _keys_beside(schema: Any, path: list[Any]) -> list[str]:
    """The keys known where ``path`` leads: the names of fields of the model around its last step."""
    for step in path[:-1]:
        if isinstance(step, str) and step in schema.model_fields:
            schema = _model_in(schema.model_fields[step].annotation) or schema
    return list(schema.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a type such as ``list[Annotated[Model, …]] | None`` is made of."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        if model := _model_in(inner):
            return model
    return None


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "empty"
    text = str(value)
    return f"“{text[:57]}…”" if len(text) > 60 else f"“{text}”"
