"""The status of many initiatives at once: one document, one text, and what differs from row to row."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.models import ADDITION, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.forms import modelform_factory
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from ...languages import ENGLISH
from ...models import DeliveryStatus, Initiative, StatusUpdate
from ...models.follow_up import LOOK
from ...recording import actions, permissions
from ...recording.bulk_history import deleted_row
from ...recording.criteria import standing_criteria
from ...recording.preview import get_outlooks
from ..base.records import person
from ..base.restoring import OFFER, RESTORE
from ..base.widgets import is_key
from .criteria import criterion_beside_status
from .entries import add_write_error
from .status_forms import (
    InitiativeStatusForm,
    SharedStatusForm,
    limit_publication_choices,
    look_fieldset,
    new_report_fieldset,
    require_report_permission,
)

# More than one page shows; what is written is checked row by row.
MAX_INITIATIVES = 200
SHARED_FIELDS = ("status", "on", "what", "report", "locator", *LOOK, "publication", "language")


def redirect_to_record_many(admin: Any, request: HttpRequest, rows: Any) -> HttpResponse | None:
    """From the chosen rows of the list to the page; None, with a message, where they are too many."""
    keys = list(rows.order_by("sort_key", "pk").values_list("pk", flat=True)[: MAX_INITIATIVES + 1])
    if len(keys) > MAX_INITIATIVES:
        admin.message_user(request, too_many_message(), messages.ERROR)
        return None
    url = reverse("admin:initiatives_initiative_record_statuses")
    return HttpResponseRedirect(f"{url}?{urlencode({'initiative': keys}, doseq=True)}")


def too_many_message() -> str:
    return _("A status is recorded for %(most)d initiatives at most at once; choose fewer.") % {
        "most": MAX_INITIATIVES
    }


def record_many_view(admin: Any, request: HttpRequest) -> HttpResponse:
    """Show the page and write what it says, all of it or nothing; ``admin`` is the admin of status updates."""
    if not permissions.may(request.user, "add", StatusUpdate):
        raise PermissionDenied
    to_list = HttpResponseRedirect(reverse("admin:initiatives_initiative_changelist"))
    posted = request.POST if request.method == "POST" else None
    values = (posted if posted is not None else request.GET).getlist("initiative")
    keys = list(dict.fromkeys(int(key) for key in values if is_key(Initiative, key)))
    if len(keys) > MAX_INITIATIVES:
        admin.message_user(request, too_many_message(), messages.ERROR)
        return to_list
    existing = Initiative.objects.select_related("dialogue", "raised_at").in_bulk(keys)
    missing = [key for key in keys if posted is not None and key not in existing]
    by_key = existing | {key: deleted_row(Initiative, key) for key in missing}
    initiatives = [initiative for key in keys if (initiative := by_key.get(key))]
    if not initiatives:
        admin.message_user(request, _("Choose initiatives of the list."), messages.WARNING)
        return to_list
    shared, rows = _build_forms(admin, request, posted, initiatives)
    criteria = standing_criteria(existing)
    for row in rows:
        row.is_gone = row.initiative.pk in missing
        row.criterion = criterion_beside_status(row.initiative, criteria.get(row.initiative.pk))
    token = ""
    if posted is not None:
        updates = _build_updates(request, shared, rows)
        token = _doubts_token(rows)
        is_valid = shared.is_valid() and all(row.is_valid() for row in rows)
        is_shown_only = not {"_preview", RESTORE, OFFER}.isdisjoint(posted)
        is_confirmed = not is_shown_only and posted.get("_confirm", "") == token
        if is_valid and is_confirmed and _write(admin, request, shared, rows, updates):
            return to_list
    return TemplateResponse(
        request, "admin/initiatives/record_many.html", _context(admin, request, shared, rows, token)
    )


def _build_forms(
    admin: Any, request: HttpRequest, posted: Any, initiatives: Sequence[Initiative]
) -> tuple[SharedStatusForm, list[InitiativeStatusForm]]:
    form_class: Any = modelform_factory(
        StatusUpdate,
        form=SharedStatusForm,
        fields=SHARED_FIELDS,
        formfield_callback=partial(admin.formfield_for_dbfield, request=request),
    )
    shared = form_class(posted)
    limit_publication_choices(shared, request.user)
    return shared, [InitiativeStatusForm(initiative, posted) for initiative in initiatives]


def _build_updates(
    request: HttpRequest, shared: SharedStatusForm, rows: Sequence[InitiativeStatusForm]
) -> list[StatusUpdate]:
    """The updates that the rows describe, not yet written; faults are errors of the forms."""
    shared.full_clean()
    if not shared.errors:
        try:
            require_report_permission(request, shared)
        except ValidationError as error:
            shared.add_error(None, error)
    updates = []
    for row in rows:
        row.full_clean()
        if row.is_gone:
            row.add_error(None, actions.InitiativeDeleted())
    rows = [row for row in rows if not row.is_gone]
    for row in rows:
        update = row.build_update(shared)
        if not row.errors and (refusal := permissions.refusal(request.user, "add", update)):
            row.add_error(None, str(refusal))
        updates.append(update)
    foreseeable = [
        (row, update)
        for row, update in zip(rows, updates, strict=True)
        if update.status in DeliveryStatus.values and "on" not in row.errors
    ]
    outlooks = get_outlooks([update for _row, update in foreseeable])
    for (row, _update), outlook in zip(foreseeable, outlooks, strict=True):
        row.outlook = outlook
    return updates


def _doubts_token(rows: Sequence[InitiativeStatusForm]) -> str:
    """A name for all that speaks against the rows, so that a person says yes to that and to nothing else."""
    doubts = [
        f"{row.initiative.pk}:{doubt.code}"
        for row in rows
        if row.outlook
        for doubt in row.outlook.doubts
    ]
    return hashlib.sha256(" ".join(doubts).encode()).hexdigest()[:16] if doubts else ""


def _write(
    admin: Any,
    request: HttpRequest,
    shared: SharedStatusForm,
    rows: Sequence[InitiativeStatusForm],
    updates: Sequence[StatusUpdate],
) -> bool:
    by = person(request)
    try:
        with transaction.atomic():
            report = shared.get_or_add_report(by)
            for update in updates:
                update.report = report
            actions.record_statuses(by=by, updates=updates)
            with override(ENGLISH):
                LogEntry.objects.log_actions(by.pk, updates, ADDITION, [{"added": {}}])
    except actions.RowErrors as error:
        for position, row_error in error.rows.items():
            rows[position].is_gone = isinstance(row_error, actions.InitiativeDeleted)
            rows[position].add_errors(getattr(row_error, "message_dict", {"": row_error.messages}))
        return False
    except ValidationError as error:
        shared.add_error(None, error)
        return False
    except (IntegrityError, OperationalError) as error:
        add_write_error(shared, error)
        return False
    if shared.report_note:
        admin.message_user(request, shared.report_note, messages.INFO)
    message = ngettext(
        "The status of %(count)d initiative is recorded.",
        "The statuses of %(count)d initiatives are recorded.",
        len(updates),
    )
    admin.message_user(request, message % {"count": len(updates)}, messages.SUCCESS)
    return True


def _context(
    admin: Any,
    request: HttpRequest,
    shared: SharedStatusForm,
    rows: Sequence[InitiativeStatusForm],
    token: str,
) -> dict[str, Any]:
    fieldsets: Any = [
        (_("For all"), {"fields": ("status", "on", "what", "report")}),
        new_report_fieldset(shared),
        (None, {"fields": ("locator",)}),
        look_fieldset(shared),
        (None, {"fields": ("publication", "language")}),
    ]
    adminform = AdminForm(shared, fieldsets, {}, (), model_admin=admin)
    title = ngettext(
        "Record status of %(count)d initiative", "Record status of %(count)d initiatives", len(rows)
    )
    errors = len(shared.errors) + sum(1 for row in rows if row.errors)
    return {
        **admin.admin_site.each_context(request),
        "title": title % {"count": len(rows)},
        "opts": admin.opts,
        "adminform": adminform,
        "media": admin.media + adminform.media,
        "rows": rows,
        "errors": errors,
        "token": token,
        "doubts": sum(1 for row in rows if row.outlook and row.outlook.doubts),
        "is_popup": False,
    }
