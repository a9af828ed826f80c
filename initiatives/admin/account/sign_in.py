"""How staff come in: from which address, how often they may try, how long a session lasts, and what is logged of it."""

from __future__ import annotations

import ipaddress
import logging
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from ...languages import prefix_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)

# In the session: when it began, and when the last request came, in seconds since 1970.
BEGAN, SEEN = "began", "seen"
# The time of the last request is written at most this often, in seconds.
SEEN_EVERY = 60
# Pages that nobody goes on to.
SIGN_IN_PAGES = ("admin:login", "admin:logout")


def address_of(request: HttpRequest) -> str | None:
    """The address of who asks, as the outermost of our own proxies saw it; None where there is none.

    Each proxy adds what it sees at the end of X-Forwarded-For; all that stands before may be made up.
    """
    addresses = [request.META.get("REMOTE_ADDR", "")]
    if settings.PROXIES > 0:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        # Fewer than there are proxies: somebody came in past them.
        if len(forwarded) >= settings.PROXIES:
            addresses.insert(0, forwarded[-settings.PROXIES])
    for address in addresses:
        try:
            return str(ipaddress.ip_address(address.strip().removeprefix("[").removesuffix("]")))
        except ValueError:
            continue
    return None


def username_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """The name that failures are counted for: as much of it as their table takes, for no user has a longer one."""
    name = (credentials or request.POST).get("username")
    return str(name)[:255] if name else None


def render_paused(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """The page, status 429, for a name that was tried too often from one address; the same for any name."""
    seconds = round(settings.AXES_COOLOFF_TIME.total_seconds())
    minutes = max(1, round(seconds / 60))
    context = {
        "minutes": minutes,
        "site_header": admin.site.site_header,
        "site_title": admin.site.site_title,
    }
    page = render(request, "admin/initiatives/paused.html", context, status=429)
    page.headers["Retry-After"] = str(seconds)
    return page


# --- Where it leads -------------------------------------------------------------------------------


def is_own_page(address: str) -> bool:
    """Whether an address is one that this site writes for a page of its own: a path, percent-encoded.

    What the page is about may be gone by now.
    """
    return (
        address.startswith("/")
        and address.isascii()
        and address.isprintable()
        and "%00" not in address
        and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
        and _is_page(unquote(urlsplit(address).path))
    )


def _is_page(path: str) -> bool:
    # Each page has one route, whatever language it is read in.
    if code := prefix_of(path):
        path = path.removeprefix(f"/{code}")
    # Without the slash at its end it is led to the page.
    for candidate in (path, f"{path}/"):
        try:
            match = resolve(candidate)
        except Resolver404:
            continue
        # The admin takes all addresses below its own, and calls those “url” that are none of its pages.
        if "url" not in match.kwargs:
            return match.view_name not in SIGN_IN_PAGES
    return False


def replace_foreign_next(request: HttpRequest) -> None:
    """Put the desk in place of a way on that a request names and that is no page of this site."""
    for name in ("GET", "POST"):
        query = getattr(request, name)
        if "next" in query and not is_own_page(query["next"]):
            query = query.copy()
            query["next"] = reverse("admin:index")
            setattr(request, name, query)


# --- Sessions -------------------------------------------------------------------------------------


def end_expired_session(request: HttpRequest) -> bool:
    """Sign a person out whose session is too old or was idle too long; return whether it was."""
    if not request.user.is_authenticated:
        return False
    now, session = time.time(), request.session
    began, seen = session.setdefault(BEGAN, now), session.setdefault(SEEN, now)
    if now - began > settings.SESSION_COOKIE_AGE or now - seen > settings.SESSION_IDLE_SECONDS:
        logger.info("session of %s ended by its limits", _quoted_name(request.user))
        logout(request)
        messages.warning(
            request,
            _("You were signed out: the session had lasted, or been left alone, for too long."),
        )
        return True
    if now - seen >= SEEN_EVERY:
        session[SEEN] = now
    return False


# --- The log --------------------------------------------------------------------------------------


def connect_log() -> None:
    """Write a line for each sign-in, sign-out, failure and pause."""
    user_logged_in.connect(_signed_in, dispatch_uid="door")
    user_logged_out.connect(_signed_out, dispatch_uid="door")
    user_login_failed.connect(_failed, dispatch_uid="door")
    user_locked_out.connect(_locked_out, dispatch_uid="door")


def log(request: HttpRequest, event: str, *, of: User | None = None, detail: str = "") -> None:
    """Log an event of signing in: who did it, from where, and about whom if not themselves; then what of it."""
    about = f" of {_quoted_name(of)}" if of else ""
    detail = f": {detail}" if detail else ""
    by, address = _quoted_name(request.user), address_of(request)
    logger.info("%s%s by %s from %s%s", event, about, by, address, detail)


def _quoted_name(user: Any) -> str:
    # As a literal: a name may hold what looks like the next line of the log.
    return repr(user.get_username()) if user else "nobody"


def _signed_in(request: HttpRequest | None = None, user: Any = None, **kwargs: Any) -> None:
    if request is not None:
        request.session[BEGAN] = request.session[SEEN] = time.time()
        logger.info("signed in: %s from %s", _quoted_name(user), address_of(request))


def _signed_out(request: HttpRequest | None = None, user: Any = None, **kwargs: Any) -> None:
    if request is not None:
        logger.info("signed out: %s from %s", _quoted_name(user), address_of(request))


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    address = address_of(request) if request else None
    logger.warning("sign-in failed: %r from %s", credentials.get("username"), address)


def _locked_out(request: HttpRequest, username: str, **kwargs: Any) -> None:
    logger.warning("sign-in paused: %r from %s", username, address_of(request))
