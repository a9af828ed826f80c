"""Files of everything, which take minutes: made beside requests, and served while nothing has been written since.

A file is known by all that it depends on: the version of the data, the day (flags turn with it), the site's address
and the program. Any write gives it another name, so that nobody is served an earlier one, with what was withdrawn, made
a draft again or removed since, whichever process answers and whatever is still on its disk.
"""

from __future__ import annotations

import datetime
import fcntl
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from ..pages.alternate_formats import LIST_FORMATS
from ..serving.data_version import Version, data_version
from ..serving.page_cache import build
from ..serving.snapshot import snapshot
from .archive import write_archive
from .lists import MOST_ROWS_AT_ONCE, export_of
from .tables import TABLES

ARCHIVE = "initiative-tracker.zip"
# How long nobody must have written at least, before files are made; else as long as it took the last time.
REST_SECONDS = 30.0
# How often that is looked at while it is waited for.
LOOK_SECONDS = 2.0

Write = Callable[[IO[bytes]], None]


class AtWork(Exception):
    """Files are being made already."""


class StillWritten(Exception):
    """The data has changed since; to be tried again later."""


# --- What is there --------------------------------------------------------------------------------


def open_made(name: str, version: Version) -> IO[bytes] | None:
    """The file of this version of the data and of today, at its beginning; None where there is none."""
    try:
        return _path(name, version).open("rb")
    except OSError:
        return None


def _path(name: str, version: Version) -> Path:
    known_by = "\n".join((str(version), timezone.localdate().isoformat(), settings.SITE_ADDRESS))
    digest = hashlib.blake2b(known_by.encode(), digest_size=16, key=build()).hexdigest()
    return settings.ARCHIVE_DIR / f"{digest}.{name}"


class Making(NamedTuple):
    """What the program that makes files has told: when it looked last, and how many seconds it took the last time.

    ``since`` is when it began, where it is at work now.
    """

    looked_at: datetime.datetime
    took: float
    since: datetime.datetime | None

    @property
    def minutes(self) -> int:
        """How long it takes, in minutes begun."""
        return int(self.took // 60) + 1


def making() -> Making | None:
    """None where nothing has ever looked."""
    try:
        told = json.loads((settings.ARCHIVE_DIR / "making.json").read_text())
        looked_at = datetime.datetime.fromisoformat(told["looked_at"])
        return Making(looked_at, told["took"], looked_at if _is_locked() else None)
    except (OSError, ValueError, KeyError):
        return None


def _tell(took: float) -> None:
    told = {"looked_at": timezone.now().isoformat(timespec="seconds"), "took": took}
    new = settings.ARCHIVE_DIR / "making.new"
    new.write_text(json.dumps(told))
    os.replace(new, settings.ARCHIVE_DIR / "making.json")


def _is_locked() -> bool:
    with (settings.ARCHIVE_DIR / "lock").open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def forget_removed(**_signal: Any) -> None:
    """Delete every file once something was removed for good, one that is being made included."""
    transaction.on_commit(partial(_delete_but, ()))


def _delete_but(names: tuple[str, ...]) -> None:
    for pattern in ("*.zip", "*.xlsx", "*.part"):
        for path in settings.ARCHIVE_DIR.glob(pattern):
            if path.name not in names:
                path.unlink(missing_ok=True)


# --- Making ---------------------------------------------------------------------------------------


def wanted() -> Mapping[str, Write]:
    """The files by their names, with what writes each: the archive, and the workbooks of all lists that are long."""
    site = settings.SITE_ADDRESS
    files: dict[str, Write] = {ARCHIVE: partial(write_archive, site=site)}
    for name, formats in LIST_FORMATS.items():
        if "xlsx" in formats and TABLES[name].public.order_by().count() > MOST_ROWS_AT_ONCE:
            files[f"{name}.xlsx"] = export_of(name, site, QueryDict()).write_xlsx
    return files


def make_files(*, at_once: bool = False) -> list[str]:
    """Make what is missing once nobody has written for a while, delete what is of before; returns what was made.

    Raises AtWork, StillWritten, and OSError where the folder cannot be written.
    """
    settings.ARCHIVE_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone():
        before = making()
        took = before.took if before else 0.0
        version, files = data_version(), wanted()
        _delete_but(tuple(_path(name, version).name for name in files))
        _tell(took)
        missing = {n: write for n, write in files.items() if not _path(n, version).exists()}
        if not missing:
            return []
        if not at_once:
            _wait_for_rest(version, max(took, REST_SECONDS))
        _tell(took)
        begun = time.monotonic()
        try:
            for name, write in missing.items():
                _make(write, version, _path(name, version))
        finally:
            _tell(max(took, time.monotonic() - begun))
        return list(missing)


@contextmanager
def _alone() -> Iterator[None]:
    with (settings.ARCHIVE_DIR / "lock").open("a") as lock:
        # Whoever asks whether somebody is at work holds it for a moment, too.
        for tries_left in reversed(range(5)):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not tries_left:
                    raise AtWork from None
                time.sleep(0.1)
        yield


def _wait_for_rest(version: Version, seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, LOOK_SECONDS))
        if data_version() != version:
            raise StillWritten


def _make(write: Write, version: Version, path: Path) -> None:
    """Write a file of this version, all or nothing."""
    name = path.name.partition(".")[2]
    # There before the snapshot: whoever removes something from now on deletes it.
    handle, part = tempfile.mkstemp(suffix=".part", dir=settings.ARCHIVE_DIR)
    try:
        with os.fdopen(handle, "w+b") as file:
            with snapshot("default"):
                write(file)
            file.flush()
            os.fsync(handle)
        # Another version, or the next day: nobody would be served it.
        if _path(name, data_version()) != path:
            raise StillWritten
        os.replace(part, path)
    except FileNotFoundError:
        raise StillWritten from None
    finally:
        Path(part).unlink(missing_ok=True)
