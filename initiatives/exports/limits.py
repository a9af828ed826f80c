"""How many files that cost a minute of work may be made at once in one process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

# So long one waits for another file to be done: most of them are small.
PATIENCE_SECONDS = 2.0

_free = threading.Condition()
_at_work = 0


class TooManyAtWork(Exception):
    """As many are being made as may be; to be answered with 503 and when to come again."""

    retry_seconds = 30


@contextmanager
def limited() -> Iterator[None]:
    """Make a file that takes long; raises TooManyAtWork where MOST_WORKBOOKS of this process are being made already."""
    global _at_work
    with _free:
        if not _free.wait_for(lambda: _at_work < settings.MOST_WORKBOOKS, PATIENCE_SECONDS):
            raise TooManyAtWork
        _at_work += 1
    try:
        yield
    finally:
        with _free:
            _at_work -= 1
            _free.notify()
