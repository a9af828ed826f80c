"""Who came to a meeting for a participant, set as one list: as documents print delegations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from ..models import Attendance, Delegate
from .permissions import require

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class Delegation(NamedTuple):
    """One delegate as typed."""

    name: str
    title: str
    is_head: bool

    @property
    def identity(self) -> tuple[str, ...]:
        return (self.name or self.title,)


@transaction.atomic
def set_delegates(
    *, by: User | None, attendance: Attendance, delegates: Sequence[Delegation]
) -> list[Delegate]:
    """Let these be the delegates of an attendance, and return the new ones; who is named there already stays.

    Raises ValidationError and PermissionDenied, with nothing written.
    """
    there = {delegate.identity: delegate for delegate in attendance.delegates.all()}
    named = {delegate.identity for delegate in delegates}
    for identity, row in there.items():
        if identity not in named:
            require(by, "delete", row)
            row._history_user = by  # type: ignore[attr-defined]
            row.delete()
    added = []
    for said in delegates:
        row = there.get(said.identity) or Delegate(attendance=attendance)
        if (row.name, row.title, row.is_head) == said and row.pk:
            continue
        is_new = row.pk is None
        require(by, "add" if is_new else "change", row)
        row.name, row.title, row.is_head = said
        row.ref = row.make_ref()
        row.full_clean()
        row._history_user = by  # type: ignore[attr-defined]
        row.save()
        if is_new:
            added.append(row)
    return added
