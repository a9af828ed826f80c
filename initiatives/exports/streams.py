"""Rows as CSV and as JSON, in parts that are sent as soon as they are read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from .cells import cell
from .export_column import ExportColumn, in_sheets

# Excel takes a file without it for the code page of the machine, and shows neither Japanese nor Cyrillic.
BOM = "\ufeff"

# What a column of such a type holds needs no look: words of ours and dates, which are digits and signs between them.
SAFE = ("word", "date")

Chunks = Iterable[Sequence[Any]]


def csv_stream(columns: Sequence[ExportColumn], chunks: Chunks) -> Iterator[bytes]:
    """RFC 4180 in UTF-8 with a byte order mark; the first line holds the names of the columns."""
    columns = in_sheets(columns)
    reads = [(column.read, column.type in SAFE and not column.many) for column in columns]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow(column.name for column in columns)
    yield _drain(buffer)
    for rows in chunks:
        writer.writerows(
            [
                (value if is_safe else cell(value)) if (value := read(row)) or value == 0 else ""
                for read, is_safe in reads
            ]
            for row in rows
        )
        yield _drain(buffer)


def _drain(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def json_stream(
    about: Mapping[str, object], name: str, columns: Sequence[ExportColumn], chunks: Chunks
) -> Iterator[bytes]:
    """One object: what the export says about itself, then its rows, one a line, under their name."""
    yield f"{_json(about)[:-1]},{_json(name)}:[".encode()
    between, members = "\n", by_key(columns)
    for rows in chunks:
        lines = ",\n".join(_json(_record(members, row)) for row in rows)
        yield f"{between}{lines}".encode()
        between = ",\n"
    yield b"\n]}\n"


class Member(NamedTuple):
    """A key of a row in JSON: a value with how it is read, or an object, or ``many``, with how each of theirs is."""

    key: str
    read: Callable[[Any], Any] | None
    reads: dict[str, Callable[[Any], Any]]
    many: bool


def record(columns: Sequence[ExportColumn], row: Any) -> dict[str, Any]:
    """A row as JSON has it: the parts of “dialogue.slug” nested, null for what is not there."""
    return _record(by_key(columns), row)


def by_key(columns: Sequence[ExportColumn]) -> list[Member]:
    """The columns as members of the object that a row is."""
    members: dict[str, Member] = {}
    for column in columns:
        head, key = column.path
        if key:
            member = members.setdefault(head, Member(head, None, {}, column.many))
            member.reads[key] = column.read
        else:
            members[head] = Member(head, column.read, {}, column.many)
    return list(members.values())


def _record(members: list[Member], row: Any) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for head, read_value, reads, many in members:
        if read_value:
            nested[head] = _exact(read_value(row))
            continue
        values = [read(row) for read in reads.values()]
        if many:
            nested[head] = [
                dict(zip(reads, items, strict=True)) for items in zip(*values, strict=True)
            ]
        elif all(value in (None, "") for value in values):
            nested[head] = None
        else:
            nested[head] = dict(zip(reads, map(_exact, values), strict=True))
    return nested


def _exact(value: Any) -> Any:
    """A number as JSON has it; whole ones stay exact whatever their size."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


# One for all rows: they are many.
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
