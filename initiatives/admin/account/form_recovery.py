"""What was typed into a form whose person was signed out meanwhile: kept, and offered again after signing in.

Files that were sent with it are an upload that nobody works on and nobody else sees (loading/uploads.py).

A form carries a signed mark that says whose it is; only what comes with one is kept, in the session of that browser,
and only that person is offered it. Nothing is saved by that: the form is shown again with what was typed, to be looked
at and saved. So a request that another site has forged can neither plant anything nor save anything.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.csrf import csrf_failure

from ...loading import uploads
from ...models import Upload
from ...recording import permissions
from ..base.restoring import posted_fields, readable_texts, render_unsaved
from . import two_factor

# The hidden boxes: the mark, and which of the forms that are kept it is.
MARK_FIELD, FORM_ID_FIELD = "_typed", "_kept"
SALT = "initiatives.typed"
SESSION_KEY = "typed"
# A form that was open for longer is not kept; nor is more text than a session should hold, or more forms.
MAX_AGE_SECONDS = 7 * 24 * 3600
MAX_CHARACTERS = 300_000
MAX_FORMS = 5
FILES_KEPT = _lazy("Your files are kept: they are offered to you once you are signed in.")
FILES_NOT_KEPT = _lazy("You are signed out, and the files could not be kept. Upload them again.")


def sign_mark(user: Any) -> str:
    return signing.dumps(user.pk, salt=SALT)


def owner_of(request: HttpRequest) -> int | None:
    """Who was given the form that a request sends; None where it carries no mark of ours."""
    if request.method != "POST" or not request.path_info.startswith(f"/{settings.ADMIN_PATH}"):
        return None
    try:
        owner = signing.loads(request.POST.get(MARK_FIELD, ""), salt=SALT, max_age=MAX_AGE_SECONDS)
    except (signing.BadSignature, ValueError):
        return None
    return int(owner)


def save_form_if_signed_out(request: HttpRequest, site: AdminSite) -> HttpResponse | None:
    """Keep what is posted by somebody who has to sign in first, and send them to do so; else None."""
    owner = owner_of(request)
    if owner is None:
        return None
    if site.has_permission(request) and not two_factor.missing_step(request):
        # It stands in the page that is shown now.
        _delete(request, request.POST.get(FORM_ID_FIELD, ""))
        return None
    return _save_form(request, owner)


def csrf_failure_view(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page, status 403, for a form of another session; a form of the person's own is kept and offered again.

    Signing in changes the token, so that a form that was open before in another tab is refused.
    """
    owner = owner_of(request)
    return csrf_failure(request, reason) if owner is None else _save_form(request, owner)


def unsaved_forms_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """What is kept for the person: open the form with it, or throw it away."""
    own = [form for form in _load(request) if form["owner"] == request.user.pk]
    # With files that were gone on with, or are gone, there is nothing to offer.
    own = [form for form in own if not form.get("upload") or _waiting_upload(form)]
    _store(request, own)
    if request.method == "POST":
        _delete(request, request.POST.get(FORM_ID_FIELD, ""))
        return HttpResponseRedirect(reverse("admin:typed" if _load(request) else "admin:index"))
    newest_first = [
        {
            **form,
            "at": parse_datetime(form["at"]),
            "texts": readable_texts(form["fields"]),
            "upload": _waiting_upload(form),
        }
        for form in own[::-1]
    ]
    context = {**site.each_context(request), "title": _("What you typed"), "kept": newest_first}
    return TemplateResponse(request, "admin/initiatives/typed.html", context)


def forget_removed(**_signal: Any) -> None:
    """Drop the forms that are kept for anybody: what was removed for good may have been typed into one of them."""
    for session in Session.objects.iterator():
        content = session.get_decoded()
        if content.pop(SESSION_KEY, None) is not None:
            session.session_data = Session.objects.encode(content)
            session.save(update_fields=["session_data"])


def _save_form(request: HttpRequest, owner: int) -> HttpResponse:
    fields = posted_fields(request)
    path = request.get_full_path()
    if sum(len(name) + len(value) for name, value in fields) > MAX_CHARACTERS:
        page = render_unsaved(request, {"too_long": True})
        page.status_code = 413
        return page
    upload = _keep_files(request, owner)
    form = {
        "id": get_random_string(12),
        "owner": owner,
        "path": path,
        "at": timezone.now().isoformat(),
        "fields": fields,
        "upload": upload,
    }
    others = [other for other in _load(request) if other["path"] != path or upload]
    _store(request, [*others, form][-MAX_FORMS:])
    message = _(
        "What you typed is not saved yet, and kept: it is offered to you once you are signed in."
    )
    if request.FILES:
        message = str(FILES_KEPT if upload else FILES_NOT_KEPT)
    messages.warning(request, message)
    return HttpResponseRedirect(reverse("admin:typed"))


def _keep_files(request: HttpRequest, owner: int) -> int | None:
    """The upload (its primary key) that holds the files of a request until its person is signed in again."""
    user = User.objects.filter(pk=owner, is_active=True).first()
    is_too_large = getattr(request, "upload_is_too_large", False)
    if not request.FILES or is_too_large or user is None or not permissions.may_load(user):
        return None
    uploads.drop_old()
    sent = [file for name in request.FILES for file in request.FILES.getlist(name)]
    upload = uploads.store_for_later([(file.name or "", file.read()) for file in sent], by=user)
    return upload.pk if upload else None


def _waiting_upload(form: dict[str, Any]) -> Upload | None:
    """The files that are kept with a form, as long as nobody has gone on with them."""
    key = form.get("upload")
    return uploads.kept_for_later().with_names().filter(pk=key).first() if key else None


def _load(request: HttpRequest) -> list[dict[str, Any]]:
    forms: list[dict[str, Any]] = request.session.get(SESSION_KEY, [])
    return forms


def _store(request: HttpRequest, forms: list[dict[str, Any]]) -> None:
    if forms:
        request.session[SESSION_KEY] = forms
    elif SESSION_KEY in request.session:
        del request.session[SESSION_KEY]


def _delete(request: HttpRequest, form_id: str) -> None:
    forms = _load(request)
    if forms and form_id:
        for form in forms:
            if form["id"] == form_id and (upload := _waiting_upload(form)):
                upload.delete()
        _store(request, [form for form in forms if form["id"] != form_id])
