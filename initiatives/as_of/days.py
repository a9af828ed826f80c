"""Indexes of earlier days: read once for all processes of a machine, and brought up to date after each write."""

from __future__ import annotations

import datetime
import gc
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import connections

from ..facets.index import index
from ..serving.availability import PRIMARY, servers
from ..serving.data_version import data_version
from ..serving.memory import give_back
from ..serving.routing import version_of
from ..serving.shares import Busy, Share
from ..serving.snapshot import snapshot
from ..serving.statement_limit import unlimited
from . import kept_days
from .past_index import Known, PastIndex
from .touched import touched_since

# Days that a process keeps in memory: whoever asks for every day makes it slow for others who do, and no more.
MOST_DAYS = 4
# One at a time: it is work where the record is large. Who waits longer for others is asked to come again.
DAYS = Share(lambda: 1, patience=1)


class DaysBusy(Exception):
    """Other days are being read, and each takes its time; to be asked again later."""


_indexes: OrderedDict[tuple[str, datetime.date], PastIndex] = OrderedDict()


def day_index(known: Known) -> PastIndex:
    """The index of a day as the data is now; raises DaysBusy."""
    key = (known.using, known.day)
    cached = _indexes.get(key)
    if cached and cached.version == version_of(known.using):
        with suppress(KeyError):
            _indexes.move_to_end(key)
        return cached
    try:
        with DAYS.place():
            cached = _indexes[key] = _up_to_date(_indexes.get(key), known)
            _indexes.move_to_end(key)
            while len(_indexes) > MOST_DAYS:
                _indexes.popitem(last=False)
            return cached
    except Busy:
        raise DaysBusy from None


def _up_to_date(cached: PastIndex | None, known: Known) -> PastIndex:
    """That of the version of today's index: what changed since is read anew, or all of it."""
    today = index(known.using)
    if cached and cached.version == today.version:
        return cached
    # What a transaction has written and may take back is nobody else's.
    is_shared = not connections[known.using].in_atomic_block
    cached = cached or (kept_days.find(known.day) if is_shared else None)
    if cached and cached.version == today.version:
        cached.take_from_today(today, known.using)
        return cached
    is_read_anew = False
    with snapshot(known.using), unlimited(), _without_collecting():
        touched = touched_since(cached, known.using) if cached else None
        if cached and touched is not None and cached.was_shown == known.was_shown:
            later = cached.with_touched(touched, known, today)
        else:
            later = PastIndex.read(known, today)
            is_read_anew = True
        is_shared = is_shared and data_version(known.using) == today.version
    if is_read_anew:
        give_back()
    if is_shared:
        kept_days.keep(later)
        # Something was removed for good meanwhile, perhaps, and the days that were kept then are gone already.
        if servers[PRIMARY].version() not in (None, later.version):
            kept_days.drop(known.day)
    return later


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Nothing of a day is garbage before it is read: to look for some takes a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def forget() -> None:
    """Drop what is in memory; for tests, whose databases are rolled back."""
    _indexes.clear()
