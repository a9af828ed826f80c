"""A draft shown to the public, and taken back; what forbids it stands in `publication_rules.py`."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import AnyEntry, Decision, Entry, Initiative, Mention, Publication, Review
from . import actions, permissions, register
from .bulk_history import change_all
from .publication_rules import mention_to_publish, refuse_publication

if TYPE_CHECKING:
    from django.contrib.auth.models import User

Publishable = Initiative | AnyEntry


@transaction.atomic
def publish(
    *, by: User | None, row: Publishable, entries: Collection[AnyEntry] = ()
) -> Mention | None:
    """Show a draft to the public, with those ``entries`` of an initiative; does nothing to a row that is public.

    No initiative is public without a document: where all its mentions are drafts and none is among the entries, the
    earliest becomes public with it and is returned. Raises ValidationError for an initiative without any, and for an
    entry that is withdrawn; Superseded for one that another has taken the place of.
    """
    lock_row(row)
    permissions.require(by, "publish", row)
    if row.publication == Publication.PUBLIC:
        return None
    for entry in entries:
        if entry.initiative_id != row.pk:
            raise ValidationError(
                _("An initiative is published with its own entries."), code="other"
            )
        publish(by=by, row=entry)
    mention = mention_to_publish(row) if isinstance(row, Initiative) else None
    if mention:
        publish(by=by, row=mention)
    _set_publication(row, Publication.PUBLIC, by=by, reason="Published")
    return mention


@transaction.atomic
def unpublish(*, by: User | None, row: Publishable) -> None:
    """Make an entry that nobody outside has seen a draft again; does nothing to a draft.

    An entry is published before its initiative, and then unseen. Raises ValidationError for what the public has seen,
    which is withdrawn instead, for an entry that is withdrawn, and for one that corrects an entry and is corrected by
    another.
    """
    lock_row(row)
    permissions.require(by, "publish", row)
    if row.publication == Publication.DRAFT:
        return
    _set_publication(row, Publication.DRAFT, by=by, reason="Taken back to draft")


def lock_row(row: Publishable) -> None:
    """Hold the row as it is until the end, so that it is decided once."""
    actions.lock_initiative(row.pk if isinstance(row, Initiative) else row.initiative_id)
    row.refresh_from_db()


def _set_publication(
    row: Publishable,
    publication: Publication,
    *,
    by: User | None,
    reason: str,
) -> None:
    refuse_publication(row, publication)
    row.publication = publication
    change_all([row], ["publication"], by=by, reason=reason)
    if publication == Publication.PUBLIC:
        Review.objects.decide(row, Decision.PUBLISHED, by=by)
        if isinstance(row, Entry):
            register.note_corrections([row], by=by, at=timezone.now())
    actions.refresh(
        [row.pk if isinstance(row, Initiative) else row.initiative_id], by=by, reason=reason
    )
