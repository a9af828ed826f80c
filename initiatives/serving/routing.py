"""From which database a public page is read: all of it from one, whose data version its ETag carries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature
from django.db import DatabaseError, InterfaceError
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase

from .availability import PRIMARY, REPLICA, has_replica, servers, was_cancelled, was_lost
from .data_version import Version, data_version
from .dependencies import Dependencies, everything, rest_on_everything, traced
from .statement_limit import unlimited

# Says which version a member of staff has written, for as long as a replica may take to get there.
COOKIE = "seen"
COOKIE_SECONDS = 24 * 3600
# How often a page is made anew because somebody wrote meanwhile.
TRIES = 3
# A proxy or a browser may keep a page, but asks each time whether it is still true: what is corrected is gone at once.
SHARED = "public, max-age=0, must-revalidate"
# What a member of staff sees before the public does.
OWN = "private, max-age=0, must-revalidate"


class Unreachable(Exception):
    """No database answers."""


@dataclass
class Reading:
    """One request's reading: the database, and the version of its data that the page shows; only its methods change it.

    ``ahead`` where it is the primary because the replica does not have the reader's own writes yet; ``read_only`` where
    the primary does not answer; ``settled`` when the page is public and nothing was written while it was made;
    ``rests_on`` is what the page was made from, everything unless that was found out.
    """

    alias: str
    version: Version
    ahead: bool = False
    read_only: bool = False
    settled: bool = False
    rests_on: Dependencies = field(default_factory=everything)

    @property
    def cache_control(self) -> str:
        return OWN if self.ahead else SHARED

    @contextmanager
    def active(self) -> Iterator[None]:
        """Queries go where this reading says."""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)

    def stream(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        """The parts of an answer, made within this reading although the request has passed by then."""
        iterator = iter(parts)
        with unlimited():
            while True:
                with self.active():
                    try:
                        part = next(iterator)
                    except StopIteration:
                        return
                yield part

    def show_snapshot(self) -> None:
        """Show what a snapshot that has begun sees: somebody may have written since the request came."""
        self.version = data_version(self.alias)

    def render_one_version(
        self, make: Callable[[], HttpResponseBase], *, find_dependencies: bool = False
    ) -> HttpResponseBase:
        """The page as of one version of the data, if it can be had, from whichever database answers."""
        tries = TRIES
        while True:
            tries -= 1
            try:
                with traced() if find_dependencies else nullcontext(everything()) as rests_on:
                    response = make()
                # What is streamed is read later, in one query where it matters.
                version = self.version if response.streaming else data_version(self.alias)
            except (DatabaseError, InterfaceError) as error:
                if not tries or not was_lost(error, self.alias):
                    raise
                self._switch_database(error)
                continue
            self.settled, self.version = version == self.version, version
            self.rests_on = rests_on
            if self.settled or not tries:
                return response

    def _switch_database(self, error: Exception) -> None:
        """Continue from another database than the one that was lost; raises Unreachable."""
        if not was_cancelled(error):
            servers[self.alias].failed(error)
        other = choose_reading(without=[self.alias])
        self.alias, self.version, self.read_only = other.alias, other.version, other.read_only


_current: ContextVar[Reading | None] = ContextVar("reading", default=None)


def current_reading() -> Reading | None:
    """The reading of the public page that is being made; None everywhere else."""
    return _current.get()


def version_of(using: str | None = None) -> Version:
    """The version that the public page being made shows; of another database, and everywhere else, what it has now."""
    rest_on_everything()
    reading = current_reading()
    if reading and using in (None, reading.alias):
        return reading.version
    return data_version(using or PRIMARY)


def choose_reading(*, seen: int = 0, without: Collection[str] = ()) -> Reading:
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
        reading = current_reading()
        return reading.alias if reading and model._meta.app_label == "initiatives" else PRIMARY

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, obj1: Model, obj2: Model, **hints: Any) -> bool:
        """Both databases hold the same rows."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db != REPLICA
