"""Drafts on their way to the public: shown for review, and published (publication.py) or returned with a reason."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ..models import Decision, Entry, Publication, Review
from . import permissions
from .publication import Publishable, lock_row
from .publication_rules import Superseded

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def submit(*, by: User | None, row: Publishable, note: str = "") -> Review:
    """Say that a draft is ready, and return the review that it waits for from now on.

    Raises ValidationError for what is public, withdrawn, superseded, or waits already.
    """
    lock_row(row)
    permissions.require(by, "submit", row)
    _require_draft(row)
    reviews = Review.objects.of(row)
    if reviews.waiting().exists():
        raise ValidationError(_("The draft waits for review already."), code="waiting")
    review = Review(
        ref=_free_ref(row),
        note=note.strip(),
        asked_by=by,
        **{Review.name_of(row): row},
    )
    review.save()
    return review


@transaction.atomic
def give_back(*, by: User | None, row: Publishable, reason: str) -> None:
    """Return a draft to whoever showed it, with a reason.

    Raises ValidationError when there is no reason, or nobody has asked for a review.
    """
    lock_row(row)
    permissions.require(by, "publish", row)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the draft is returned.")})
    _require_draft(row)
    if not Review.objects.decide(row, Decision.RETURNED, by=by, reason=reason.strip()):
        raise ValidationError(_("Nobody has shown this draft for review."), code="not_waiting")


def _free_ref(row: Publishable) -> str:
    """Kind / name of the row / the first free number: a review keeps its ref where it moves on to a correction."""
    base = "/".join([Review.name_of(row), *row.natural_key(), ""])
    taken = set(Review.objects.filter(ref__startswith=base).values_list("ref", flat=True))
    return next(ref for number in count(1) if (ref := f"{base}{number}") not in taken)


def _require_draft(row: Publishable) -> None:
    if row.publication == Publication.PUBLIC:
        raise ValidationError(_("This is public already."), code="public")
    if isinstance(row, Entry) and row.is_withdrawn:
        raise ValidationError(_("The entry is withdrawn already."), code="withdrawn")
    if isinstance(row, Entry) and row.is_superseded:
        raise Superseded(row.newest)
