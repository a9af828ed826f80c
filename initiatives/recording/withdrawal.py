"""An initiative withdrawn with its entries, and a withdrawal undone: never by changing what has been.

The withdrawal of one entry stands in `actions.py`, what is taken away for good in `removal.py`.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ..models import (
    ENTRIES,
    AnyEntry,
    Citation,
    CorrectionKind,
    Decision,
    Initiative,
    Load,
    Mention,
    Publication,
    Report,
    Review,
    StatusUpdate,
)
from . import actions, permissions, register
from .bulk_history import change_all
from .diff import typed_fields
from .publication import lock_row
from .publication_rules import was_published

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def withdraw_initiative(*, by: User | None, initiative: Initiative, reason: str) -> None:
    """Take an initiative back, and with it every public entry that stands, in one step and for one reason.

    Its page stays and says so; it leaves lists, counts, exports and search. Drafts of entries stay drafts. Raises
    ValidationError when it has no reason, is withdrawn already, or was never public.
    """
    lock_row(initiative)
    permissions.require(by, "withdraw", initiative)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why the initiative is withdrawn.")})
    if initiative.is_withdrawn:
        raise ValidationError(_("The initiative is withdrawn already."), code="withdrawn")
    if not was_published(initiative):
        raise ValidationError(
            _("The public has never seen this initiative: there is nothing to withdraw."),
            code="unseen",
        )
    initiative.publication = Publication.PUBLIC
    actions.mark_withdrawn([initiative], by=by, reason=reason)
    for model in ENTRIES:
        standing: Any = model._default_manager
        entries = standing.current().filter(initiative=initiative, publication=Publication.PUBLIC)
        actions.mark_withdrawn(list(entries), by=by, reason=reason, at=initiative.withdrawn_at)
    Review.objects.decide(initiative, Decision.DROPPED, by=by, reason=reason)
    register.note_initiative(CorrectionKind.WITHDRAWN, initiative, by=by, reason=reason)
    actions.refresh([initiative.pk], by=by, reason="Initiative withdrawn")


@transaction.atomic
def reinstate(*, by: User | None, row: Initiative | AnyEntry, reason: str) -> Any:
    """Undo a withdrawal: record the entry anew, with a ref of its own, and return it; the old one stays withdrawn.

    Of an initiative all entries are recorded anew that were withdrawn with it; it is returned itself. Raises
    ValidationError for what is not withdrawn, was never seen, or was recorded anew already, and without a reason.
    """
    lock_row(row)
    permissions.require(by, "publish", row)
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why it holds after all.")})
    if not row.is_withdrawn:
        raise ValidationError(_("It is not withdrawn."), code="not_withdrawn")
    if isinstance(row, Initiative):
        _reinstate_initiative(row, by=by, reason=reason)
        return row
    if row.publication != Publication.PUBLIC:
        raise ValidationError(
            _("The public has never seen this entry. Record it again as a draft."), code="unseen"
        )
    if hasattr(row, "reinstatement"):
        raise ValidationError(
            _("The entry was recorded anew already: %(ref)s.") % {"ref": row.reinstatement.ref},
            code="reinstated",
        )
    entry = _record_anew(row, by=by)
    register.note_reinstatement(entry, by=by, reason=reason)
    return entry


def _reinstate_initiative(initiative: Initiative, *, by: User | None, reason: str) -> None:
    at = initiative.withdrawn_at
    _mark_public_again([initiative], by=by, reason=reason)
    for model in ENTRIES:
        rows: Any = model._default_manager
        # They bear the moment of the step that withdrew them.
        for entry in rows.filter(initiative=initiative, withdrawn_at=at).order_by("recorded_at"):
            _record_anew(entry, by=by)
    register.note_initiative(CorrectionKind.REINSTATED, initiative, by=by, reason=reason)
    actions.refresh([initiative.pk], by=by, reason="Initiative public again")


def _mark_public_again(initiatives: Sequence[Initiative], *, by: User | None, reason: str) -> None:
    for initiative in initiatives:
        initiative.withdrawn_at = initiative.withdrawn_by = None
        initiative.withdrawal_reason = ""
    changed = ["withdrawn_at", "withdrawn_by", "withdrawal_reason"]
    change_all(initiatives, changed, by=by, reason=reason)


# --- What loads brought ---------------------------------------------------------------------------


def withdraw_loaded(
    *,
    by: User | None,
    load: Load,
    initiatives: Sequence[Initiative],
    entries: Sequence[AnyEntry],
    reports: Sequence[Report],
    reason: str,
    at: datetime.datetime,
) -> None:
    """Take back what the public has seen of a load, in one step, at one moment and with one line in the register.

    To be called in a transaction, with what is public and stands; who calls refreshes the initiatives. Raises
    PermissionDenied for who may not.
    """
    for row in (*initiatives, *entries):
        permissions.require(by, "withdraw", row)
    actions.mark_withdrawn(initiatives, by=by, reason=reason, at=at)
    for model in ENTRIES:
        of_kind = [entry for entry in entries if isinstance(entry, model)]
        actions.mark_withdrawn(of_kind, by=by, reason=reason, at=at)
    if initiatives or entries:
        register.note_load(
            CorrectionKind.WITHDRAWN,
            load,
            initiatives=initiatives,
            entries=entries,
            reports=reports,
            by=by,
            reason=reason,
            at=at,
        )


def reinstate_loaded(
    keys: Sequence[int], *, by: User | None, load: Load, reports: Sequence[Report]
) -> None:
    """Let initiatives (by primary key) be public again of which a load brings entries anew; one line in the register.

    To be called in the transaction of the load, which refreshes them.
    """
    initiatives = actions.lock_initiatives(keys)
    _mark_public_again(initiatives, by=by, reason="Loaded again")
    register.note_load(
        CorrectionKind.REINSTATED, load, initiatives=initiatives, reports=reports, by=by
    )


def _record_anew(old: AnyEntry, *, by: User | None) -> AnyEntry:
    model: Any = type(old)
    names = [name for name in typed_fields(model) if name != "by"]
    entry = model(
        initiative=old.initiative,
        recorded_by=by,
        reinstates=old,
        **{name: getattr(old, name) for name in names},
    )
    speakers = old.by.all() if isinstance(old, Mention) else ()
    actions.record(entry, by=by, participants=speakers)
    if isinstance(old, StatusUpdate):
        # What other documents bear out is the entry that stands.
        citations = list(Citation.objects.filter(status_update=old))
        for citation in citations:
            citation.status_update = entry
        change_all(citations, ["status_update"], by=by, reason=f"Recorded anew: {entry.ref}")
    return entry  # type: ignore[no-any-return]
