"""Public pages kept for as long as they are true, and the headers that let others keep them.

A page is kept under its address, which says its language, the day (flags turn with it) and the program itself, together
with the version of the data at which it was made and what it rests on (``dependencies.py``). At a later version it is
still true if nothing that changed since touches that. Its ETag is a digest of what it says.
"""

from __future__ import annotations

import hashlib
import logging
import pickle
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

from django import get_version
from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils import timezone

from ..models import DataChange
from .availability import Breaker
from .changes import REMOVED, changes_between, removals_until
from .data_version import Version
from .routing import Reading

NEVER = "no-store"
# Bigger bodies are rare and made anew each time; with the settings' MAX_ENTRIES that bounds the memory of a process.
LARGEST_BODY = 256 * 1024
# The settings that pages show.
SHOWN = (
    "TIME_ZONE",
    "LANGUAGES",
    "STATIC_URL",
    "ADMIN_PATH",
    "DATA_LICENCE",
    "CONTACT_EMAIL",
    "CONTACT_URL",
    "OPERATOR_NAME",
    "OPERATOR_URL",
    "PRIVACY_URL",
)
KEPT_SECONDS = 24 * 3600
KEPT_HEADERS = ("Content-Type", "Content-Length", "Content-Disposition", "Link")


class KeptPage(NamedTuple):
    """A page as it was made at a version of the data, with its tag and what it rests on (``Dependencies``, pickled)."""

    body: bytes
    headers: list[tuple[str, str]]
    tag: str
    version: Version
    rests_on: bytes


breaker = Breaker("The cache")
log = logging.getLogger(__name__)
# Pages that this process keeps for others to see: until which version each is known to be true since it was made.
_true_until: dict[str, tuple[Version, Version]] = {}
MOST_KNOWN = 5000
# By database, how often something was removed for good before this process last dropped what it keeps.
_removals: dict[str, int] = {}


@cache
def build() -> bytes:
    """What stands for the program in every key: code, templates, static files and the settings that pages show."""
    digest = hashlib.blake2b(get_version().encode(), digest_size=16)
    for folder in ("initiatives", "templates", "tracker"):
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".svg", ".css", ".js", ".txt", ".xml", ".mo"}:
                digest.update(f"\0{path.relative_to(settings.BASE_DIR)}\0".encode())
                digest.update(path.read_bytes())
    for path in [
        *settings.STATIC_ROOT.glob("staticfiles.json"),
        *sorted(settings.BASE_DIR.glob("requirements*.txt")),
    ]:
        digest.update(path.read_bytes())
    shown = [getattr(settings, name) for name in SHOWN]
    digest.update(repr(shown).encode())
    return digest.digest()


def key_of(request: HttpRequest, reading: Reading) -> str:
    """Under what a page is kept: all that it depends on besides the data."""
    return _digest(
        timezone.localdate().isoformat(),
        "read-only" if reading.read_only else "",
        f"{request.scheme}://{request.get_host()}{request.get_full_path()}",
    )


def _digest(*texts: str, body: bytes = b"") -> str:
    text = "\n".join(texts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text + body, digest_size=16, key=build()).hexdigest()


def not_modified(request: HttpRequest, tag: str, reading: Reading) -> HttpResponse | None:
    """The answer 304 to who has the page of this tag already; None otherwise."""
    # Looked for as it is and not parsed: a proxy that compresses may have put “W/” before it or a suffix behind it.
    if tag not in request.META.get("HTTP_IF_NONE_MATCH", ""):
        return None
    response = HttpResponseNotModified()
    _set_cache_headers(response, tag, reading)
    return response


def forget_removed(**_signal: Any) -> None:
    """Drop every page once something was removed for good: what showed it is not to be kept anywhere.

    Where it is in the memory of another process, that drops it as soon as it sees the note.
    """
    DataChange.objects.create(table=REMOVED)

    def clear() -> None:
        for alias in settings.CACHES:
            caches[alias].clear()

    transaction.on_commit(clear)


def _drop_removed(reading: Reading) -> None:
    removals = removals_until(reading.version, reading.alias)
    if _removals.get(reading.alias) == removals:
        return
    _removals[reading.alias] = removals
    for alias, config in settings.CACHES.items():
        if config["BACKEND"].endswith("LocMemCache"):
            caches[alias].clear()


def find(request: HttpRequest, reading: Reading) -> HttpResponse | None:
    """The page that a request asks for, if it is kept and still true; the answer 304 to who has it already."""
    key = key_of(request, reading)
    try:
        _drop_removed(reading)
        page = _get(key)
        is_true = page is not None and _is_true(key, page, reading)
    except DatabaseError as error:
        # Whoever makes the page finds out what is the matter, and perhaps another database.
        log.warning("Nothing known of what changed: %s", str(error).strip())
        return None
    # Of what is too large to be kept the tag says the version.
    if answer := not_modified(request, _digest(key, str(reading.version)), reading):
        return answer
    if page is None or not is_true:
        return None
    if answer := not_modified(request, page.tag, reading):
        return answer
    response = HttpResponse(page.body)
    for name, value in page.headers:
        response.headers[name] = value
    _set_cache_headers(response, page.tag, reading)
    return response


def _is_true(key: str, page: KeptPage, reading: Reading) -> bool:
    """Whether nothing has changed since a page was made on which it rests."""
    made, until = _true_until.get(key, (page.version, page.version))
    if made != page.version:
        until = page.version
    if until == reading.version:
        return True
    changes = changes_between(until, reading.version, reading.alias)
    if changes is None or not pickle.loads(page.rests_on).are_untouched(changes):
        return False
    if len(_true_until) >= MOST_KNOWN:
        _true_until.clear()
    _true_until[key] = page.version, reading.version
    return True


def finish(request: HttpRequest, response: HttpResponseBase, reading: Reading) -> HttpResponseBase:
    """Keep a page that may be kept, and say so to those who may; say of errors that they may not be.

    Returns the page, or the answer 304 to who turns out to have it already.
    """
    if response.status_code >= 400 or (response.status_code == 200 and not reading.settled):
        response.headers.setdefault("Cache-Control", NEVER)
        return response
    if response.status_code != 200 or settings.DEBUG:
        return response
    if response.cookies or "cookie" in response.headers.get("Vary", "").lower():
        # It was made for one reader.
        response.headers["Cache-Control"] = f"{NEVER}, private"
        return response
    key = key_of(request, reading)
    # What is answered to HEAD may lack the body.
    if not isinstance(response, HttpResponse) or not 0 < len(response.content) <= LARGEST_BODY:
        # The version may have moved since the request came.
        _set_cache_headers(response, _digest(key, str(reading.version)), reading)
        return response
    headers = [(n, response.headers[n]) for n in KEPT_HEADERS if n in response.headers]
    tag = _digest(key, repr(headers), body=response.content)
    if request.method == "GET":
        with suppress(DatabaseError):
            reading.rests_on.resolve()
            rests_on = pickle.dumps(reading.rests_on)
            _set(key, KeptPage(response.content, headers, tag, reading.version, rests_on))
    _set_cache_headers(response, tag, reading)
    return not_modified(request, tag, reading) or response


def _set_cache_headers(response: HttpResponseBase, tag: str, reading: Reading) -> None:
    # Weak: the proxy sends the same page compressed to some and not to others.
    response.headers["ETag"] = f'W/"{tag}"'
    response.headers["Cache-Control"] = reading.cache_control
    response.headers.pop("Vary", None)


# A cache that is out of reach makes pages slower, not impossible. Where it is another machine, each process keeps the
# pages most asked for itself as well: asking for one over the network costs more than all the rest.


def _get(key: str) -> KeptPage | None:
    near = caches["near"] if "near" in settings.CACHES else None
    kept: KeptPage | None = near.get(f"page:{key}") if near else None
    if kept or not breaker.may_try():
        return kept
    try:
        kept = caches["default"].get(f"page:{key}")
    except Exception as error:
        breaker.failed(error)
        return None
    breaker.worked()
    if near and kept:
        near.set(f"page:{key}", kept, KEPT_SECONDS)
    return kept


def _set(key: str, kept: KeptPage) -> None:
    if "near" in settings.CACHES:
        caches["near"].set(f"page:{key}", kept, KEPT_SECONDS)
    if breaker.is_down:
        return
    try:
        caches["default"].set(f"page:{key}", kept, KEPT_SECONDS)
    except Exception as error:
        breaker.failed(error)
