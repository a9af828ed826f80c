"""Days that were read, in a folder for all processes of a machine; only a few are in memory.

A file has the version of the data of which it is, and bitmaps of keys by keys, words of lists and dates: no text.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import logging
import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from pyroaring import BitMap

from ..serving.data_version import Version
from ..serving.page_cache import build
from .past_index import PastIndex

# A few megabytes each where the record is large.
MOST_KEPT = 60
DIGEST = hashlib.sha256().digest_size
ALL, COLUMN, CAPACITY = "all", "column", "capacity"

log = logging.getLogger(__name__)


def find(day: datetime.date) -> PastIndex | None:
    """The index of a day as it was read last, of an earlier version perhaps; without what is of today."""
    path = _path(day)
    if path is None:
        return None
    try:
        content = path.read_bytes()
        # Those that nobody asks for go first.
        os.utime(path)
    except OSError:
        return None
    digest, packed = content[:DIGEST], content[DIGEST:]
    # A machine that lost its power leaves files that are not whole.
    return _unpack(day, packed) if hashlib.sha256(packed).digest() == digest else None


def keep(index: PastIndex) -> None:
    """Keep a day; where nothing can be written, each process reads it anew."""
    path = _path(index.day)
    if path is None:
        return
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_pack(index))
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _clear_away(path.parent)
    except OSError as error:
        log.warning("The day %s is not kept: %s", index.day, error)


def _clear_away(folder: Path) -> None:
    by_age = sorted((entry.stat().st_mtime_ns, entry.path) for entry in os.scandir(folder))
    for _moment, old in by_age[:-MOST_KEPT]:
        Path(old).unlink(missing_ok=True)


def drop(day: datetime.date) -> None:
    if path := _path(day):
        path.unlink(missing_ok=True)


def forget_removed(**_signal: Any) -> None:
    """Delete every day once something was removed for good: not even its key is to be kept."""

    def delete() -> None:
        for path in settings.DAYS_DIR.glob("*") if settings.DAYS_DIR else ():
            path.unlink(missing_ok=True)

    transaction.on_commit(delete)


def _path(day: datetime.date) -> Path | None:
    folder: Path | None = settings.DAYS_DIR
    program = hashlib.blake2b(build(), digest_size=8).hexdigest()
    return folder and folder / f"{day.isoformat()}-{program}"


def _pack(index: PastIndex) -> bytes:
    parts: list[tuple[tuple[Any, ...], BitMap]] = [((ALL,), index.all)]
    for name, by_content in index.columns.items():
        parts += [((COLUMN, name, content), keys) for content, keys in by_content.items()]
    parts += [((CAPACITY, *pair), keys) for pair, keys in index.capacities.items()]
    contents = [keys.serialize() for _name, keys in parts]
    header = {
        "version": index.version,
        "was_shown": index.was_shown,
        "parts": [(name, len(c)) for (name, _keys), c in zip(parts, contents, strict=True)],
    }
    packed = json.dumps(header).encode() + b"\n" + b"".join(contents)
    return hashlib.sha256(packed).digest() + packed


def _unpack(day: datetime.date, packed: bytes) -> PastIndex:
    first_line, _newline, content = packed.partition(b"\n")
    header = json.loads(first_line)
    index = PastIndex(Version(*header["version"]), day, was_shown=header["was_shown"])
    start = 0
    for (kind, *name), length in header["parts"]:
        keys = BitMap.deserialize(content[start : start + length])
        start += length
        if kind == ALL:
            index.all = keys
        elif kind == COLUMN:
            index.columns[name[0]][name[1]] = keys
        else:
            index.capacities[name[0], name[1]] = keys
    return index
