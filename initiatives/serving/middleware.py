"""How public pages are answered from memory, and what is answered when a database is out of reach."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions import middleware as sessions
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import DatabaseError
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render

from ..pictures.badge import STYLE_SOURCE
from . import page_cache
from .availability import PRIMARY, hindrance_of, servers, was_lost
from .commits import may_be_saved, track_commits
from .link_marks import without_link_marks
from .routing import Unreachable, choose_reading, remember_seen, seen_by
from .shares import BUSY, Busy
from .statement_limit import limited, unlimited

GetResponse = Callable[[HttpRequest], HttpResponseBase]
LOST = "lost"
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
STAFF = f"/{settings.ADMIN_PATH}"

log = logging.getLogger(__name__)


def unavailable(request: HttpRequest, *, why: str = LOST) -> HttpResponse:
    """The page, status 503, that says why a request cannot be answered; it needs nothing itself.

    ``why`` is LOST where the database cannot be reached, BUSY where no thread is free for it, “days” while days
    are read, or what hindered it (LOCKED, FULL, SLOW).
    """
    context = {
        "why": why,
        "staff": request.path_info.startswith(STAFF),
        "sent": request.method not in SAFE,
        "may_be_saved": may_be_saved(request, lost=why == LOST),
    }
    response = render(request, "503.html", context, status=503)
    response.headers["Retry-After"] = str(round(settings.RETRY_SECONDS * 2))
    response.headers["Cache-Control"] = page_cache.NEVER
    return response


def hindered(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """That page where an error comes from a lock, a full disk or a limit of time; None for all others."""
    why = hindrance_of(error)
    if why:
        log.warning("Not answered for a hindrance (%s): %s", why, error)
    return unavailable(request, why=why) if why else None


# What programs in the pages of other sites may read: all that is no page of ours. None of it looks at who asks.
FOR_OTHER_SITES = re.compile(r"/embed/.*|/.+\.[a-z]+", re.ASCII)
PREFLIGHT = {
    "Allow": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}


class OwnPolicyMiddleware:
    """Lets the card of an initiative into the frames of others, the style of a badge into the badge, and programs of
    other sites read what is for programs (CORS), also where it says what was wrong.

    By address and above the pages that are kept: they, and the answer 304, must carry the policy of the first one.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        is_open = FOR_OTHER_SITES.fullmatch(path) and not path.startswith(STAFF)
        if is_open and request.method == "OPTIONS":
            return _preflight()
        response = self.get_response(request)
        if is_open and request.method in SAFE:
            let_others_read(response)
        if response.status_code not in (200, 304):
            return response
        # The names under which the two middlewares above look for exceptions.
        if path.startswith("/embed/"):
            response.__dict__["xframe_options_exempt"] = True
            response.__dict__["_csp_replace"] = {"frame-ancestors": settings.EMBED_ANCESTORS}
        elif path.endswith("/badge.svg"):
            response.__dict__["_csp_replace"] = {"style-src": [STYLE_SOURCE]}
        return response


def let_others_read(response: HttpResponseBase) -> None:
    """Let programs in the pages of other sites read an answer."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"


def _preflight() -> HttpResponse:
    """What a browser asks before a program of another site may ask with headers of its own (Fetch Standard, CORS).

    It is the same whatever is at the address. Any header may come, since none tells us who asks; cookies may not.
    """
    response = HttpResponse(status=204)
    for name, value in PREFLIGHT.items():
        response.headers[name] = value
    return response


class PublicPagesMiddleware:
    """Answers what is unchanged or kept without going further; chooses where the rest is read.

    Above the sessions, which public pages do without, and below what sets the headers of every answer.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        # While the process starts, and not while the first visitor waits.
        page_cache.build()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer from memory, else from the chosen database, else with 503."""
        if request.method not in ("GET", "HEAD") or request.path_info.startswith(STAFF):
            return self.get_response(request)
        # Before anybody looks: for the key of the page, what is answered and what it shows of its address alike.
        request.META["QUERY_STRING"] = without_link_marks(request.META.get("QUERY_STRING", ""))
        # Raises DisallowedHost here as it would below: a kept page is for the site's own names, too.
        request.get_host()
        try:
            reading = choose_reading(seen=seen_by(request))
        except Unreachable:
            return unavailable(request)
        with reading.active():
            if not settings.DEBUG and (kept := page_cache.find(request, reading)):
                return kept
            with limited():
                response = self.get_response(request)
            response = page_cache.finish(request, response, reading)
            # A file is made already, and best sent by the server itself.
            if response.streaming and not isinstance(response, FileResponse):
                assert isinstance(response, StreamingHttpResponse)
                response.streaming_content = reading.stream(response.streaming_content)  # type: ignore[arg-type]
        return response


class StaffPagesMiddleware:
    """Keeps the pages of staff out of every cache, and says clearly when nothing can be saved."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on, or answer 503 where it could only fail."""
        if not request.path_info.startswith(STAFF):
            return self.get_response(request)
        if servers[PRIMARY].version() is None:
            return unavailable(request)
        with unlimited(), track_commits(request):
            response = self.get_response(request)
        response.headers["Cache-Control"] = f"{page_cache.NEVER}, private"
        if request.method not in SAFE:
            remember_seen(response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer 503 where the database was lost on the way, or cannot be written; leave all else to Django."""
        # First: a server that is locked or full answers, and the public goes on reading.
        if answer := hindered(request, exception):
            return answer
        if isinstance(exception, Busy):
            return unavailable(request, why=BUSY)
        if not was_lost(exception, PRIMARY):
            return None
        servers[PRIMARY].failed(exception)
        return unavailable(request)


class SessionMiddleware(sessions.SessionMiddleware):
    """Django's, for which a session that cannot be written is one that somebody else has ended: status 400."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except (SessionInterrupted, DatabaseError) as error:
            if answer := hindered(request, error):
                return answer
            raise
