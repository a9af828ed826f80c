"""Which servers answer. One that does not is left alone for a few seconds: it costs its timeout once, not each time."""

from __future__ import annotations

import errno
import logging
import sqlite3
import threading
import time

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections
from lxml.etree import LxmlError

from .data_version import Version, data_version

PRIMARY, REPLICA = "default", "replica"
LOST = (OperationalError, InterfaceError)
# What PostgreSQL says of a query on a standby that the primary's changes cancelled, and of a write where none is taken.
CANCELLED, READ_ONLY = "40001", "25006"
# Why something cannot be read or written although the server answers; the page 503 knows these words.
LOCKED, FULL, SLOW = "locked", "full", "slow"
# As SQLite says it (result codes), PostgreSQL (SQLSTATE: lock not available, query cancelled for its time, too many
# connections, disk full) and the system.
HINDRANCES: dict[str | int, str] = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_INTERRUPT: SLOW,
    "55P03": LOCKED,
    "57014": SLOW,
    "53300": LOCKED,
    "53100": FULL,
}
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
# In words, where there is no number: of lxml, which writes the sheets of workbooks, and of Python, which tries each
# folder for temporary files before the first one.
NO_SPACE_SAID = ("IO_ENOSPC", "No usable temporary directory")

log = logging.getLogger(__name__)


class Breaker:
    """Whether to ask a server at all."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_down = False
        self._next_try = 0.0
        self._lock = threading.Lock()

    def may_try(self) -> bool:
        """False for a while after a failure; then one caller tries, while the others go on without."""
        if not self.is_down:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._next_try:
                return False
            self._next_try = now + settings.RETRY_SECONDS
            return True

    def failed(self, error: Exception) -> None:
        if not self.is_down:
            log.warning("%s does not answer: %s", self.name, str(error).strip())
        self._next_try = time.monotonic() + settings.RETRY_SECONDS
        self.is_down = True

    def worked(self) -> None:
        if self.is_down:
            log.warning("%s answers again", self.name)
        self.is_down = False


class Server(Breaker):
    """A database as this process sees it."""

    def __init__(self, alias: str) -> None:
        super().__init__(f"The database “{alias}”")
        self.alias = alias
        self._looked_at = float("-inf")

    def version(self) -> Version | None:
        """The version of its data; None where it does not answer, or did not a moment ago."""
        if not self.may_try():
            return None
        self._looked_at = time.monotonic()
        try:
            version = _ask(self.alias)
        except LOST as error:
            # One that is locked answers others, and this one in a moment.
            if not hindrance_of(error):
                self.failed(error)
            return None
        self.worked()
        return version

    def watch(self) -> bool:
        """Whether it is down, as last seen; where that is a while ago it is looked at again, beside the request."""
        with self._lock:
            due = time.monotonic() - self._looked_at >= settings.RETRY_SECONDS
            if due:
                self._looked_at = time.monotonic()
        if due:
            threading.Thread(target=self._look, daemon=True).start()
        return self.is_down

    def _look(self) -> None:
        try:
            self.version()
        finally:
            connections[self.alias].close()


class _Servers(dict[str, Server]):
    def __missing__(self, alias: str) -> Server:
        return self.setdefault(alias, Server(alias))


servers = _Servers()


def has_replica() -> bool:
    return REPLICA in settings.DATABASES


def was_lost(error: Exception, alias: str) -> bool:
    """Whether a query failed for want of a server that answers it, and not for a fault of ours."""
    if was_cancelled(error):
        return alias == REPLICA
    if getattr(error.__cause__, "sqlstate", None) == READ_ONLY:
        return True
    return isinstance(error, LOST) and not connections[alias].is_usable()


def was_cancelled(error: Exception) -> bool:
    return getattr(error.__cause__, "sqlstate", None) == CANCELLED


def hindrance_of(error: BaseException | None) -> str | None:
    """LOCKED, FULL or SLOW where that is what an error comes from, directly or behind others; else None."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in NO_SPACE:
            return FULL
        if isinstance(error, (OSError, LxmlError)) and any(w in str(error) for w in NO_SPACE_SAID):
            return FULL
        # The low byte; the rest of SQLite's code says how it came to that.
        code = getattr(error, "sqlite_errorcode", -1) & 0xFF
        if hindrance := HINDRANCES.get(getattr(error, "sqlstate", None) or code):
            return hindrance
        error = error.__cause__ or error.__context__
    return None


def _ask(alias: str) -> Version:
    connection = connections[alias]
    if connection.connection is None or connection.in_atomic_block:
        return data_version(alias)
    # This query is as good a check of an old connection as the one that Django would send before it.
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return data_version(alias)
    except LOST as error:
        if hindrance_of(error):
            raise
        # The server was started anew since the last request.
        connection.close()
        return data_version(alias)
