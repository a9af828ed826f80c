"""Public pages kept for as long as they are true, and the headers that let others keep them.

A page is known by all that it depends on: the version of the data, the day (flags turn with it), the language, the
address and the program itself. That is its ETag and its key in the cache, so that nothing has to be dropped when data
changes: the page has another key then.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from django import get_version
from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.utils import timezone, translation

from .availability import Breaker
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
)
KEPT_SECONDS = 24 * 3600
KEPT_HEADERS = ("Content-Type", "Content-Language", "Content-Length", "Content-Disposition", "Link")

Kept = tuple[bytes, list[tuple[str, str]]]

breaker = Breaker("The cache")
# Of which state of the data the pages are that this process keeps.
_state: str | None = None


@cache
def build() -> bytes:
    """What stands for the program in every key: code, templates, static files and the settings that pages show."""
    digest = hashlib.blake2b(get_version().encode(), digest_size=16)
    for folder in ("initiatives", "templates", "tracker"):
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".svg", ".css", ".js", ".txt", ".xml"}:
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


def varies() -> str:
    """What a page depends on besides its address; nothing while there is one language."""
    return "Accept-Language, Cookie" if len(settings.LANGUAGES) > 1 else ""


def key_of(request: HttpRequest, reading: Reading) -> str:
    """All that the page depends on, in 32 digits."""
    language = translation.get_language_from_request(request) if varies() else ""
    known_by = (
        reading.state,
        timezone.localdate().isoformat(),
        language,
        f"{request.scheme}://{request.get_host()}{request.get_full_path()}",
    )
    text = "\n".join(known_by).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16, key=build()).hexdigest()


def not_modified(request: HttpRequest, key: str, reading: Reading) -> HttpResponse | None:
    """The answer 304 to who has this page already; None otherwise."""
    # Looked for as it is and not parsed: a proxy that compresses may have put “W/” before it or a suffix behind it.
    if key not in request.META.get("HTTP_IF_NONE_MATCH", ""):
        return None
    response = HttpResponseNotModified()
    _set_cache_headers(response, key, reading)
    return response


def forget_removed(**_signal: Any) -> None:
    """Drop every page once something was removed for good: what showed it is not to be kept anywhere."""

    def clear() -> None:
        for alias in settings.CACHES:
            caches[alias].clear()

    transaction.on_commit(clear)


def _drop_earlier(state: str) -> None:
    """Drop what this process keeps of another state of the data, which nobody finds: it may have been removed."""
    global _state
    if _state == state:
        return
    for alias, config in settings.CACHES.items():
        if config["BACKEND"].endswith("LocMemCache") and _state is not None:
            caches[alias].clear()
    _state = state


def find(key: str, reading: Reading) -> HttpResponse | None:
    """The page of that key, if it is kept."""
    _drop_earlier(reading.state)
    kept = _get(key)
    if kept is None:
        return None
    body, headers = kept
    response = HttpResponse(body)
    for name, value in headers:
        response.headers[name] = value
    _set_cache_headers(response, key, reading)
    return response


def finish(request: HttpRequest, response: HttpResponseBase, reading: Reading) -> None:
    """Keep a page that may be kept, and say so to those who may; say of errors that they may not be."""
    if response.status_code >= 400 or (response.status_code == 200 and not reading.settled):
        response.headers.setdefault("Cache-Control", NEVER)
        return
    if response.status_code != 200 or settings.DEBUG:
        return
    if response.cookies or "cookie" in response.headers.get("Vary", "").lower():
        # It was made for one reader.
        response.headers["Cache-Control"] = f"{NEVER}, private"
        return
    # The version may have moved since the request came.
    key = key_of(request, reading)
    # What is answered to HEAD may lack the body.
    if (
        request.method == "GET"
        and isinstance(response, HttpResponse)
        and len(response.content) <= LARGEST_BODY
    ):
        headers = [(n, response.headers[n]) for n in KEPT_HEADERS if n in response.headers]
        _set(key, (response.content, headers))
    _set_cache_headers(response, key, reading)


def _set_cache_headers(response: HttpResponseBase, key: str, reading: Reading) -> None:
    # Weak: the proxy sends the same page compressed to some and not to others.
    response.headers["ETag"] = f'W/"{key}"'
    response.headers["Cache-Control"] = reading.cache_control
    if words := varies():
        response.headers["Vary"] = words
    elif "Vary" in response.headers:
        del response.headers["Vary"]


# A cache that is out of reach makes pages slower, not impossible. Where it is another machine, each process keeps the
# pages most asked for itself as well: asking for one over the network costs more than all the rest.


def _get(key: str) -> Kept | None:
    near = caches["near"] if "near" in settings.CACHES else None
    kept: Kept | None = near.get(f"page:{key}") if near else None
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


def _set(key: str, kept: Kept) -> None:
    if "near" in settings.CACHES:
        caches["near"].set(f"page:{key}", kept, KEPT_SECONDS)
    if breaker.is_down:
        return
    try:
        caches["default"].set(f"page:{key}", kept, KEPT_SECONDS)
    except Exception as error:
        breaker.failed(error)
