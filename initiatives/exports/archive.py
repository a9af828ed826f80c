"""All tables in one ZIP, of one state of the data: made once for each version, a few rows in memory at a time."""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from ..models import Initiative
from ..serving.data_version import data_version
from ..serving.page_cache import build
from ..serving.snapshot import snapshot
from .limits import TooManyAtWork, limited
from .package import csv_path, describe, json_path
from .streams import csv_stream, json_stream
from .tables import TABLES, Table

# Older versions are still being sent to somebody.
KEPT = 3

log = logging.getLogger(__name__)


def archive(site: str) -> IO[bytes]:
    """The archive of the data as it is now, open for reading; raises TooManyAtWork while somebody else makes it."""
    using = Initiative.objects.public().db
    folder = settings.ARCHIVE_DIR
    if not _is_writable(folder):
        with limited():
            return _for_once(site, using)
    path = folder / _name(site, str(data_version(using)))
    try:
        if path.exists():
            return path.open("rb")
        with _alone(folder):
            # Somebody may have made it since.
            return path.open("rb") if path.exists() else _make(folder, site, using)
    except FileNotFoundError:
        # Cleared away between the look and the opening: it is to be made anew.
        raise TooManyAtWork from None


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "lock").open("a").close()
    except OSError as error:
        log.warning("Archives are made anew each time: %s cannot be written (%s).", folder, error)
        return False
    return True


def _for_once(site: str, using: str) -> IO[bytes]:
    with ExitStack() as unless_done:
        file = unless_done.enter_context(tempfile.TemporaryFile())
        write_archive(file, site, using)
        unless_done.pop_all()
    file.seek(0)
    return file


def _name(site: str, version: str) -> str:
    """All that an archive depends on: the data, the day (flags turn with it), the site’s address and the program."""
    known_by = "\n".join((version, timezone.localdate().isoformat(), site)).encode()
    return f"{hashlib.blake2b(known_by, digest_size=16, key=build()).hexdigest()}.zip"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process and thread at a time; raises TooManyAtWork for all others."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TooManyAtWork from None
        with limited():
            yield


def forget_removed(**_signal: Any) -> None:
    """Delete every archive once something was removed for good; waits for one that is being made."""

    def delete() -> None:
        folder = settings.ARCHIVE_DIR
        if not _is_writable(folder):
            return
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for path in [*folder.glob("*.zip"), *folder.glob("*.part")]:
                path.unlink(missing_ok=True)

    transaction.on_commit(delete)


def _make(folder: Path, site: str, using: str) -> IO[bytes]:
    # Begun by a process that was killed.
    for left in folder.glob("*.part"):
        left.unlink(missing_ok=True)
    handle, name = tempfile.mkstemp(suffix=".part", dir=folder)
    try:
        with os.fdopen(handle, "w+b") as file:
            version = write_archive(file, site, using)
        path = folder / _name(site, version)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    opened = path.open("rb")
    archives = sorted(folder.glob("*.zip"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for old in archives[KEPT:]:
        old.unlink(missing_ok=True)
    return opened


def write_archive(file: IO[bytes], site: str, using: str) -> str:
    """Write the archive; return the version of the data that is in it."""
    files: dict[str, dict[str, Any]] = {}
    with snapshot(using), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        version = str(data_version(using))
        for table in TABLES.values():
            _write_table(bundle, table, site, version, files)
        described = json.dumps(describe(site, version, files), ensure_ascii=False, indent=1)
        bundle.writestr("datapackage.json", described)
        ctx = {
            "site": site,
            "version": version,
            "day": timezone.localdate().isoformat(),
            "licence": settings.DATA_LICENCE,
            "tables": TABLES.values(),
        }
        bundle.writestr("README.txt", render_to_string("initiatives/archive_readme.txt", ctx))
    return version


def _write_table(
    bundle: zipfile.ZipFile,
    table: Table,
    site: str,
    version: str,
    files: dict[str, dict[str, Any]],
) -> None:
    """Both files of a table from one reading: CSV into the archive, JSON beside it until CSV is done."""
    about = {
        "title": str(table.title),
        "data_version": version,
        "as_of": timezone.localdate().isoformat(),
    }
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryFile() as beside:
        with bundle.open(csv_path(table), "w", force_zip64=True) as csv_file:
            for csv_part, json_part in _both(table, about, site):
                csv_file.write(csv_part)
                beside.write(json_part)
                digest.update(csv_part)
                size += len(csv_part)
        beside.seek(0)
        with bundle.open(json_path(table), "w", force_zip64=True) as json_file:
            shutil.copyfileobj(beside, json_file)
    files[csv_path(table)] = {"bytes": size, "hash": f"sha256:{digest.hexdigest()}"}


def _both(table: Table, about: dict[str, str], site: str) -> Iterator[tuple[bytes, bytes]]:
    """The parts of both files, a chunk of rows at a time; `itertools.tee` would hold on to dozens of them."""
    now: list[Any] = []

    def fed() -> Iterator[Any]:
        while now:
            yield now[0]

    csv_parts = csv_stream(table.columns, fed())
    json_parts = json_stream(about, table.name, table.columns, fed())
    # What stands before the rows.
    yield next(csv_parts), next(json_parts)
    for chunk in table.chunks(site):
        now[:] = [chunk]
        yield next(csv_parts), next(json_parts)
    now.clear()
    yield b"".join(csv_parts), b"".join(json_parts)
