"""What was typed into a form whose person was signed out meanwhile: kept, and offered again after signing in.

A form carries a signed mark that says whose it is; only what comes with one is kept, in the session of that browser,
and only that person is offered it. Nothing is saved by that: the form is shown again with what was typed, to be looked
at and saved. So a request that another site has forged can neither plant anything nor save anything.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure

from ..base.restoring import posted_fields, readable_texts
from . import two_factor

# The hidden boxes: the mark, and which of the forms that are kept it is.
MARK, KEPT = "_typed", "_kept"
SALT = "initiatives.typed"
SESSION_KEY = "typed"
# A form that was open for longer is not kept; nor is more text than a session should hold, or more forms.
OLDEST_SECONDS = 7 * 24 * 3600
LONGEST = 300_000
MOST = 5


def mark_for(user: Any) -> str:
    return signing.dumps(user.pk, salt=SALT)


def owner_of(request: HttpRequest) -> int | None:
    """Who was given the form that a request sends; None where it carries no mark of ours."""
    if request.method != "POST" or not request.path_info.startswith(f"/{settings.ADMIN_PATH}"):
        return None
    try:
        owner = signing.loads(request.POST.get(MARK, ""), salt=SALT, max_age=OLDEST_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    return int(owner)


def keep_if_shut_out(request: HttpRequest, site: AdminSite) -> HttpResponse | None:
    """Keep what is posted by somebody who has to sign in first, and send them to do so; else None."""
    owner = owner_of(request)
    if owner is None:
        return None
    if site.has_permission(request) and not two_factor.missing_step(request):
        # It stands in the page that is shown now.
        _drop(request, request.POST.get(KEPT, ""))
        return None
    return _keep(request, owner)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page, status 403, for a form of another session; a form of the person's own is kept and offered again.

    Signing in changes the token, so that a form that was open before in another tab is refused.
    """
    owner = owner_of(request)
    return csrf_failure(request, reason) if owner is None else _keep(request, owner)


def typed_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """What is kept for the person: open the form with it, or throw it away."""
    kept = [each for each in _kept(request) if each["owner"] == request.user.pk]
    _set(request, kept)
    if request.method == "POST":
        _drop(request, request.POST.get(KEPT, ""))
        return HttpResponseRedirect(reverse("admin:typed" if _kept(request) else "admin:index"))
    shown = [
        {**each, "at": parse_datetime(each["at"]), "texts": readable_texts(each["fields"])}
        for each in kept[::-1]
    ]
    context = {**site.each_context(request), "title": _("What you typed"), "kept": shown}
    return TemplateResponse(request, "admin/initiatives/typed.html", context)


def _keep(request: HttpRequest, owner: int) -> HttpResponse:
    fields = posted_fields(request)
    path = request.get_full_path()
    if sum(len(name) + len(value) for name, value in fields) > LONGEST:
        context = {
            "title": _("What you typed"),
            "kept": [{"path": path, "texts": readable_texts(fields)}],
        }
        page = TemplateResponse(request, "admin/initiatives/typed.html", context | {"too_long": 1})
        page.status_code = 413
        return page
    new = {
        "id": get_random_string(12),
        "owner": owner,
        "path": path,
        "at": timezone.now().isoformat(),
        "fields": fields,
    }
    _set(request, [*(each for each in _kept(request) if each["path"] != path), new][-MOST:])
    said = _(
        "What you typed is not saved yet, and kept: it is offered to you once you are signed in."
    )
    messages.warning(request, said)
    return HttpResponseRedirect(reverse("admin:typed"))


def _kept(request: HttpRequest) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = request.session.get(SESSION_KEY, [])
    return found


def _set(request: HttpRequest, kept: list[dict[str, Any]]) -> None:
    if kept:
        request.session[SESSION_KEY] = kept
    elif SESSION_KEY in request.session:
        del request.session[SESSION_KEY]


def _drop(request: HttpRequest, key: str) -> None:
    kept = _kept(request)
    if kept and key:
        _set(request, [each for each in kept if each["id"] != key])
