"""What a process gets ready before it takes traffic, and before the day turns, so that no visitor waits for it.

Pages are asked for as a visitor asks for them: that imports, compiles and reads whatever the next ones need.
"""

from __future__ import annotations

import datetime
import gc
import io
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import DatabaseError, connections
from django.urls import reverse
from django.utils import timezone

from initiatives.facets.index import make_ready
from initiatives.languages import PREFIXES
from initiatives.models import Dialogue, Initiative, Meeting, Participant
from initiatives.query.filters import InitiativeFilter

Application = Callable[..., Iterable[bytes]]

# Of each other language too: the first page of all reads its words and its names of days and countries.
PAGES_IN_EACH_LANGUAGE = ("home", "initiative_list")
PAGES = ("home", "initiative_list", "meeting_list", "participant_list", "dialogue_list", "matrix")
# How long before the day turns the next one is made ready, and how often the clock is looked at.
AHEAD = datetime.timedelta(minutes=10)
LOOK_SECONDS = 30
# How many more objects there are before they are looked through for garbage; a page makes some thousands.
GARBAGE_AFTER = 20_000

_was_tried, _is_warm = threading.Event(), threading.Event()
_started = False
log = logging.getLogger(__name__)


def start(application: Application) -> None:
    """Begin to get ready, in a thread of its own that goes on as long as the process."""
    global _started
    _started = True
    threading.Thread(target=_keep_ready, args=[application], daemon=True).start()


def wait(seconds: float) -> bool:
    """Whether by then everything is ready, or could not be made so at once: a database may be away for long."""
    return _was_tried.wait(seconds)


def is_ready() -> bool:
    """Whether visitors need not wait; a process that never began to get ready serves nobody but its developer."""
    return _is_warm.is_set() or not _started


def _keep_ready(application: Application) -> None:
    while not _is_warm.is_set():
        began = time.monotonic()
        if warm(application):
            settle()
            _is_warm.set()
            log.debug("Ready after %.1f s", time.monotonic() - began)
        _was_tried.set()
        if not _is_warm.is_set():
            time.sleep(settings.RETRY_SECONDS)
    while True:
        time.sleep(LOOK_SECONDS)
        prepare_tomorrow(timezone.localtime())


def warm(application: Application) -> bool:
    """Ask for a page of each kind; whether all were answered."""
    try:
        return all(_ask(application, address) < 500 for address in list(_addresses()))
    except DatabaseError as error:
        log.warning("Not ready yet: %s", str(error).strip())
        return False
    finally:
        connections.close_all()


def settle() -> None:
    """Leave what stays for good out of what is looked through for garbage, and look through the rest less often.

    That took a tenth of the time of a list, to find nothing: rows and templates refer to each other in no circles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, *gc.get_threshold()[1:])


def _addresses() -> Iterator[str]:
    yield from (reverse(f"initiatives:{name}") for name in PAGES)
    for model in (Initiative, Meeting, Participant, Dialogue):
        rows: Any = model._default_manager
        if row := rows.public().order_by("pk").first():
            yield row.get_absolute_url()
    yield f"{reverse('initiatives:search')}?q=water"
    for name in InitiativeFilter.sorts:
        yield f"{reverse('initiatives:initiative_list')}?{urlencode({'sort': name})}"
    for code in PREFIXES:
        yield from (f"/{code}{reverse(f'initiatives:{name}')}" for name in PAGES_IN_EACH_LANGUAGE)


def _ask(application: Application, address: str) -> int:
    """The status with which an address is answered."""
    path, _mark, query = address.partition("?")
    host = next((name for name in settings.ALLOWED_HOSTS if name != "*"), "localhost")
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "443" if settings.HTTPS else "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": host.removeprefix("."),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https" if settings.HTTPS else "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    answer = application(environ, lambda status, _headers, *_error: statuses.append(status))
    try:
        for _part in answer:
            pass
    finally:
        if close := getattr(answer, "close", None):
            close()
    return int(statuses[0].split()[0])


def prepare_tomorrow(now: datetime.datetime) -> None:
    """Make ready what is known of the next day, once it is near; beside requests."""
    tomorrow = (now + AHEAD).date()
    if tomorrow == now.date():
        return
    try:
        make_ready(tomorrow)
    except DatabaseError as error:
        log.warning("The next day is not ready: %s", str(error).strip())
    finally:
        connections.close_all()
