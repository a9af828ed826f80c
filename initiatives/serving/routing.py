"""From which database a public page is read: all of it from one, whose data version its ETag carries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase

from .availability import PRIMARY, REPLICA, has_replica, servers
from .data_version import Version

# Says which version a member of staff has written, for as long as a replica may take to get there.
COOKIE = "seen"
COOKIE_SECONDS = 24 * 3600


class Unreachable(Exception):
    """No database answers."""


@dataclass
class Reading:
    """One request's reading: the database, and the version of its data that the page shows.

    ``ahead`` where it is the primary because the replica does not have the reader's own writes yet; ``read_only`` where
    the primary does not answer. ``settled`` is set when the page is public and nothing was written while it was made.
    """

    alias: str
    version: Version
    ahead: bool = False
    read_only: bool = False
    settled: bool = False


_current: ContextVar[Reading | None] = ContextVar("reading", default=None)


def current() -> Reading | None:
    """The reading of the public page that is being made; None everywhere else."""
    return _current.get()


@contextmanager
def within(reading: Reading) -> Iterator[None]:
    """Queries go where this reading says."""
    token = _current.set(reading)
    try:
        yield
    finally:
        _current.reset(token)


def while_streaming(reading: Reading, parts: Iterable[bytes]) -> Iterator[bytes]:
    """The parts of an answer, made within a reading although the request has passed by then."""
    iterator = iter(parts)
    while True:
        with within(reading):
            try:
                part = next(iterator)
            except StopIteration:
                return
        yield part


def choose(*, seen: int = 0, without: Collection[str] = ()) -> Reading:
    """The replica where there is one that has got as far as the reader has seen, else the primary.

    Raises Unreachable. A replica that lags behind is better than nothing.
    """
    replica = primary = None
    if has_replica() and REPLICA not in without:
        replica = servers[REPLICA].version()
        if replica and replica.number >= seen:
            return Reading(REPLICA, replica, read_only=servers[PRIMARY].watch())
    if PRIMARY not in without:
        primary = servers[PRIMARY].version()
    if primary:
        return Reading(PRIMARY, primary, ahead=replica is not None)
    if replica:
        return Reading(REPLICA, replica, read_only=True)
    raise Unreachable


def seen_by(request: HttpRequest) -> int:
    """The number of the version that the reader wrote last; 0 for the public."""
    if COOKIE not in request.COOKIES:
        return 0
    try:
        return int(request.get_signed_cookie(COOKIE, max_age=COOKIE_SECONDS) or 0)
    except (BadSignature, ValueError):
        return 0


def remember_seen(response: HttpResponseBase) -> None:
    """Tell the browser of who has just written which version that made; where there is no replica, it is no use."""
    version = servers[PRIMARY].version() if has_replica() else None
    if version:
        response.set_signed_cookie(
            COOKIE,
            str(version.number),
            max_age=COOKIE_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


class PublicReads:
    """Django's router: what a public page reads comes from its reading's database, all else from the primary."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        reading = current()
        return reading.alias if reading and model._meta.app_label == "initiatives" else PRIMARY

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        """Both databases hold the same rows."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db != REPLICA
