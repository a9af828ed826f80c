"""Rows as CSV and as JSON, in parts that are sent as soon as they are read."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from .cells import cell
from .export_column import ExportColumn, in_sheets

# Excel takes a file without it for the code page of the machine, and shows neither Japanese nor Cyrillic.
BOM = "\ufeff"

Chunks = Iterable[Sequence[Any]]


def csv_stream(columns: Sequence[ExportColumn], chunks: Chunks) -> Iterator[bytes]:
    """RFC 4180 in UTF-8 with a byte order mark; the first line holds the names of the columns."""
    columns = in_sheets(columns)
    reads = [column.read for column in columns]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BOM)
    writer.writerow(column.name for column in columns)
    yield _drain(buffer)
    for rows in chunks:
        writer.writerows(
            ["" if (value := read(row)) is None else cell(value) for read in reads] for row in rows
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
    between = "\n"
    for rows in chunks:
        lines = ",\n".join(_json(record(columns, row)) for row in rows)
        yield f"{between}{lines}".encode()
        between = ",\n"
    yield b"\n]}\n"


def record(columns: Sequence[ExportColumn], row: Any) -> dict[str, Any]:
    """A row as JSON has it: the parts of “dialogue.slug” nested, null for what is not there."""
    nested: dict[str, Any] = {}
    objects: dict[str, dict[str, Any]] = {}
    for column in columns:
        value, (head, key) = _exact(column.read(row)), column.path
        if not key:
            nested[head] = value
        elif isinstance(value, list):
            items = nested.setdefault(head, [{} for _part in value])
            for item, element in zip(items, value, strict=True):
                item[key] = element
        else:
            objects.setdefault(head, nested.setdefault(head, {}))[key] = value
    for head, members in objects.items():
        if all(value in (None, "") for value in members.values()):
            nested[head] = None
    return nested


def _exact(value: Any) -> Any:
    """A number as JSON has it; whole ones stay exact whatever their size."""
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
