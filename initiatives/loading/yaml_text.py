"""The small part of YAML that report files use, read into text, lists and mappings with line numbers.

Every scalar is text, so that ``on`` is a key, ``no`` a word and ``2022`` a year. Anchors, aliases and tags are refused:
a few bytes of them can stand for gigabytes. Works on parser events, so memory follows the size of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from ..languages.invisible import code_point
from .encodings import TextError, count_lines
from .encodings import decode as decode_bytes
from .said import phrased

MAX_DEPTH = 20
EMPTY = {"", "~", "null", "Null", "NULL"}
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]"
)

Path = tuple[str | int, ...]
Lines = dict[Path, int]
# Of mappings: line and column of the first key, from 0, and whether it stands in braces.
Starts = dict[Path, tuple[int, int, bool]]


def decode(data: bytes) -> str:
    """The text of a file, without control characters; raises TextError."""
    text = decode_bytes(data)
    if bad := FORBIDDEN.search(text):
        raise _forbidden(bad[0], count_lines(text[: bad.start()]))
    return text


def read(text: str, lines: Lines | None = None, starts: Starts | None = None) -> Any:
    """The one document in ``text`` as dict, list, str or None; raises TextError.

    With ``lines``, the line of every value is put there under its path, and of its key where it has one; with
    ``starts``, where each mapping begins.
    """
    return _YamlReader(text, lines, starts).document()


def _forbidden(character: str, line: int) -> TextError:
    what = phrased("control character %(character)s", character=code_point(character))
    return TextError(line, what, phrased("remove it; only text, line ends and spaces are allowed"))


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _YamlReader:
    def __init__(self, text: str, lines: Lines | None, starts: Starts | None) -> None:
        self.events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self.lines, self.starts = lines, starts

    def next(self) -> yaml.Event:
        try:
            return next(self.events)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            what = " ".join(part for part in (error.context, error.problem) if part)
            hint = phrased(
                "indent with spaces, never with tabs; put text with “: ” or “#” in quotes"
            )
            raise TextError(
                mark.line + 1 if mark else 1, phrased("not YAML: %(what)s", what=what), hint
            ) from None
        except yaml.YAMLError as error:
            raise TextError(1, phrased("not YAML: %(what)s", what=error)) from None

    def document(self) -> Any:
        self.next()
        if isinstance(self.next(), yaml.StreamEndEvent):
            raise TextError(1, phrased("the file is empty"), phrased("start with report:"))
        value = self.value(self.next(), ())
        self.next()
        if not isinstance(after := self.next(), yaml.StreamEndEvent):
            raise TextError(
                _line(after),
                phrased("a second document begins here"),
                phrased("one file, one document"),
            )
        return value

    def value(self, event: yaml.Event, path: Path) -> Any:
        line = self.check(event)
        if len(path) > MAX_DEPTH:
            raise TextError(
                line,
                phrased("nested too deeply"),
                phrased("at most %(most)s levels", most=MAX_DEPTH),
            )
        if self.lines is not None:
            self.lines.setdefault(path, line)
        if isinstance(event, yaml.ScalarEvent):
            return None if not event.style and event.value in EMPTY else event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(path)
        return self.mapping(path, in_braces=bool(getattr(event, "flow_style", False)))

    def check(self, event: yaml.Event) -> int:
        """The line of what begins here; raises TextError for what report files have no use for."""
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            what = phrased("anchors (&) and aliases (*) are not part of the format")
            raise TextError(line, what, phrased("write it out, or put the text in quotes"))
        if tag := getattr(event, "tag", None):
            what = phrased("tags such as %(tag)s are not part of the format", tag=tag[:40])
            raise TextError(line, what, phrased("leave it out: every value is text"))
        # An escape such as "\\0" brings in what the text itself may not have.
        if isinstance(event, yaml.ScalarEvent) and (bad := FORBIDDEN.search(event.value)):
            raise _forbidden(bad[0], line)
        return line

    def sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := self.next(), yaml.SequenceEndEvent):
            items.append(self.value(event, (*path, len(items))))
        return items

    def mapping(self, path: Path, *, in_braces: bool) -> dict[str, Any]:
        items: dict[str, Any] = {}
        while not isinstance(event := self.next(), yaml.MappingEndEvent):
            line = self.check(event)
            if not isinstance(event, yaml.ScalarEvent):
                raise TextError(
                    line, phrased("a key is a single word"), phrased("write key: value")
                )
            key = str(event.value)
            if self.starts is not None and event.start_mark:
                start = (event.start_mark.line, event.start_mark.column, in_braces)
                self.starts.setdefault(path, start)
            if key in items:
                raise TextError(
                    line,
                    phrased("the key “%(key)s” stands here twice", key=key[:60]),
                    phrased("keep one of them"),
                )
            if self.lines is not None:
                self.lines[(*path, key)] = line
            items[key] = self.value(self.next(), (*path, key))
        return items
