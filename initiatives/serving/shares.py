"""How many threads of a process expensive answers may hold at once: one is always left for everybody else.

Each kind of them has a share, and all kinds together have all threads but one. Who finds no place gets the busy page.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.conf import settings
from django.http import HttpResponseBase

R = TypeVar("R", bound=HttpResponseBase)


class Busy(Exception):
    """No place is free; to be answered with ``unavailable(why=BUSY)``."""


# Why, in the words that the page 503 knows.
BUSY = "busy"

_changed = threading.Condition()
_places: set[_Place] = set()


class _Place:
    """What a thread holds: a part of a share, or of none while it waits for one."""

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.share: Share | None = None

    def give_back(self) -> None:
        """Do so; once or more often is the same."""
        with _changed:
            _places.discard(self)
            _changed.notify_all()


class Share:
    """The threads of this process that one kind of answer may hold at once: ``most()`` of them, but always one.

    Whoever waits for a place holds a thread as well, and counts among those of all kinds together.
    """

    def __init__(self, most: Callable[[], int], *, patience: float = 0) -> None:
        self.most = most
        self.patience = patience

    def _is_free(self) -> bool:
        return sum(place.share is self for place in _places) < max(1, self.most())

    def _take(self) -> _Place:
        with _changed:
            place = _Place()
            threads = {other.thread for other in _places} | {place.thread}
            if len(threads) > max(1, settings.THREADS - 1):
                raise Busy
            _places.add(place)
            if not _changed.wait_for(self._is_free, self.patience):
                _places.remove(place)
                raise Busy
            place.share = self
            return place

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place; raises Busy where none becomes free within ``patience`` seconds."""
        place = self._take()
        try:
            yield
        finally:
            place.give_back()

    def hold_until_closed(self, make: Callable[[], R]) -> R:
        """The answer that is made, with a place from before it is made until the server has closed it; raises Busy.

        It is closed when it is sent or when who asked has gone away; one that is never sent gives its place back when
        it is thrown away.
        """
        place = self._take()
        try:
            response = make()
        except BaseException:
            place.give_back()
            raise
        close = weakref.finalize(response, place.give_back)
        close.atexit = False
        response._resource_closers.append(close)  # type: ignore[attr-defined]
        return response


# Answers that are sent while they are made, or from a file: as long as the slowest client takes to read them.
STREAMS = Share(lambda: settings.THREADS // 2)
