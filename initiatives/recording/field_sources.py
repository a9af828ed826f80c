"""What somebody names at the desk as the source of what they typed: a document, and the place in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction

from ..models import Citation, Delegate, Line, Record, Report
from .permissions import require

if TYPE_CHECKING:
    from django.contrib.auth.models import User


@transaction.atomic
def cite_for_fields(
    *, by: User, row: Record, fields: Iterable[str], report: Report, locator: str = ""
) -> None:
    """Keep that a report states these fields of a row as they are now; what is empty, no report states.

    Raises PermissionDenied where the person may not cite for the row.
    """
    for name in fields:
        if value := row.plain_text(name):
            subject = {str(row._meta.model_name): row}
            citation = Citation(report=report, field=name, locator=locator, says=value, **subject)
            _keep(citation, by)


@transaction.atomic
def cite_for_row(*, by: User, row: Line | Delegate, report: Report, locator: str = "") -> None:
    """Keep that a report states a row as a whole. Raises PermissionDenied where the person may not cite for it."""
    subject = {str(row._meta.model_name): row}
    _keep(Citation(report=report, locator=locator, **subject), by)


def _keep(citation: Citation, by: User) -> None:
    """Write the citation, over the one of that name where there is one."""
    citation.ref = citation.make_ref()
    there = Citation.objects.filter(ref=citation.ref).first()
    if there:
        there.locator, there.says = citation.locator, citation.says
        citation = there
    require(by, "change" if there else "add", citation)
    citation.full_clean(exclude=["ref"])
    citation._history_user = by  # type: ignore[attr-defined]
    citation.save()
