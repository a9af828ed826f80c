"""One report file: read, checked key by key, and every fault named with its line and its cure."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from . import yaml_text
from .problems import LoadError, Problem
from .schema import ReportFile, VocabularyFile

MAX_BYTES = 2_000_000
VOCABULARY = "vocabulary"


@dataclass(frozen=True, slots=True)
class Document:
    """A checked file; ``source`` is the id of its report, or “vocabulary”."""

    name: str
    text: str
    sha256: str
    content: ReportFile | VocabularyFile

    @property
    def source(self) -> str:
        return self.content.report.id if isinstance(self.content, ReportFile) else VOCABULARY

    def line(self, path: yaml_text.Path) -> int:
        """The line of a path, such as ``("updates", 0, "on")``; reads the text again, so for messages only."""
        return yaml_text.line_of(self.text, path)


def find_files(paths: Iterable[str | Path]) -> list[Path]:
    """The files named, and all ``.yaml`` and ``.yml`` files under the folders named, each once.

    Raises LoadError for a path that does not exist or a folder without such files.
    """
    found: dict[Path, None] = {}
    problems = []
    for path in map(Path, paths):
        inside = (
            sorted(p for p in path.rglob("*") if p.suffix in (".yaml", ".yml") and p.is_file())
            if path.is_dir()
            else [path] * path.is_file()
        )
        if not inside:
            what = "no .yaml files in this folder" if path.is_dir() else "there is no such file"
            problems.append(Problem(str(path), 0, what))
        found.update(dict.fromkeys(inside))
    if problems:
        raise LoadError(problems)
    return list(found)


def read_file(path: Path) -> Document:
    """Read and check one file; raises LoadError with every fault in it."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise LoadError([_too_large(str(path))])
        data = path.read_bytes()
    except OSError as error:
        raise LoadError([Problem(str(path), 0, f"cannot be read: {error.strerror}")]) from None
    return read_bytes(str(path), data)


def read_bytes(name: str, data: bytes) -> Document:
    """Read and check the content of a file called ``name``; raises LoadError with every fault in it."""
    if len(data) > MAX_BYTES:
        raise LoadError([_too_large(name)])
    try:
        text = yaml_text.decode(data)
        tree = yaml_text.read(text)
    except yaml_text.TextError as error:
        problem = Problem(name, error.line, error.what, error.expected)
        raise LoadError([problem]) from None
    if not isinstance(tree, dict):
        raise LoadError([Problem(name, 1, "this is not a mapping", "start with report:")])
    is_vocabulary = "report" not in tree and set(tree) <= set(VocabularyFile.model_fields)
    schema = VocabularyFile if is_vocabulary else ReportFile
    try:
        content = schema.model_validate(tree)
    except ValidationError as error:
        raise LoadError(list(_explain(name, text, schema, error))) from None
    return Document(name, text, hashlib.sha256(data).hexdigest(), content)


def _too_large(name: str) -> Problem:
    limit = f"at most {MAX_BYTES // 1_000_000} MB; one file is one document"
    return Problem(name, 0, "the file is too large", limit)


def _explain(
    name: str, text: str, schema: type[BaseModel], error: ValidationError
) -> Iterator[Problem]:
    lines: yaml_text.Lines = {}
    yaml_text.read(text, lines)
    for fault in error.errors(include_url=False, include_context=True):
        path = tuple(step for step in fault["loc"] if step != "[key]")
        what, expected = _in_words(fault, schema)
        while path not in lines and path:
            path = path[:-1]
        yield Problem(name, lines.get(path, 1), what, expected)


def _in_words(fault: ErrorDetails, schema: type[BaseModel]) -> tuple[str, str]:
    """What is wrong and what was expected, from one of pydantic's errors."""
    kind, context = fault["type"], fault.get("ctx", {})
    path = [step for step in fault["loc"] if step != "[key]"]
    key = next((step for step in reversed(path) if isinstance(step, str)), "file")
    given = _short(fault["input"])
    if kind == "missing":
        return f"“{key}” is missing", f"{key}: …"
    if kind == "extra_forbidden":
        keys = _keys_beside(schema, path)
        close = difflib.get_close_matches(str(key), keys, 1)
        hint = f"did you mean “{close[0]}”?" if close else "known keys: " + ", ".join(keys)
        return f"unknown key {_short(key)}", hint
    if kind in ("enum", "literal_error"):
        return f"“{key}” cannot be {given}", f"expected {context['expected']}"
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"“{key}” is {given}", "expected a mapping of keys and values"
    if kind == "list_type":
        return f"“{key}” is {given}", "expected a list: [a, b]"
    if kind == "string_type":
        return f"“{key}” is {given}", "expected text"
    if kind == "string_pattern_mismatch":
        return f"“{key}” cannot be {given}", "expected lower-case a–z, digits and single hyphens"
    if kind == "string_too_long":
        length = len(fault["input"])
        return f"“{key}” has {length} characters", f"at most {context['max_length']}"
    if kind == "value_error":
        return f"“{key}”: {context['error']}", ""
    return f"“{key}” cannot be {given}", fault["msg"].replace("Input should be", "expected")


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
